/** The things that can be found, one row each, kept up to date by whatever their events say. */
import { type Occurred, type ProjectionDefinition, projecting, type Rows } from '../kernel/projection.ts';
import type { Change, Documents, Kind } from './document.ts';
import { documents, kinds } from './documents.ts';
import { globalSearchTable } from './tables.ts';
import { searchText } from './words.ts';

const tables = { documents: globalSearchTable } as const;
const { projection } = projecting(tables);
type Found = NonNullable<ReturnType<Rows<typeof tables>['documents']['get']>>;
type Parts = Readonly<Record<string, string>>;

/** The boundary of types: only `parts` below is ever written there. */
const partsOf = (row: Found | undefined): Parts => (row?.parts ?? {}) as Parts;
const merged = (before: Parts, changes: Change['parts'] = {}): Parts =>
  Object.fromEntries(Object.entries({ ...before, ...changes }).flatMap(([name, text]) => (text === null ? [] : [[name, text]])));

const changed = (before: Found | undefined, { change, event, kind }: { readonly change: Change; readonly event: Occurred; readonly kind: Kind }): Found => {
  const id = change.id ?? event.aggregateId;
  const title = change.title ?? before?.title ?? '';
  const subtitle = change.subtitle === undefined ? (before?.subtitle ?? null) : change.subtitle;
  const description = change.description === undefined ? (before?.description ?? null) : change.description;
  const parts = merged(partsOf(before), change.parts);
  return {
    id,
    type: change.kind,
    ...{ title, subtitle, description, parts },
    route: kind.route({ id, aggregateId: event.aggregateId }),
    subject_id: change.subjectId ?? before?.subject_id ?? null,
    search_text: searchText([title, subtitle, ...Object.values(parts), description]),
    customer_id: change.owner === undefined ? (before === undefined ? event.tenant : (before.customer_id ?? null)) : change.owner.customerId,
    account_id: change.owner === undefined ? (before === undefined ? event.account : (before.account_id ?? null)) : change.owner.accountId,
  };
};

const apply = (rows: Rows<typeof tables>, { change, event, kind }: { readonly change: Change; readonly event: Occurred; readonly kind: Kind }): void => {
  const id = change.id ?? event.aggregateId;
  const before = rows.documents.get(id);
  if (change.isGone === true) rows.documents.remove(id);
  else if (before !== undefined || change.title !== undefined) rows.documents.put(changed(before, { change, event, kind }));
};

/** Subscribes to exactly the events that say something. */
export const globalSearchOf = (said: Documents, known: Readonly<Record<string, Kind>>): ProjectionDefinition => {
  const categories = [...new Set(Object.keys(said).map((key) => key.slice(0, key.indexOf('/'))))];
  const handlersOf = (category: string) =>
    Object.fromEntries(
      Object.entries(said).flatMap(([key, says]) => {
        if (!key.startsWith(`${category}/`)) return [];
        const handler = (event: Occurred<never>, rows: Rows<typeof tables>): void => {
          for (const change of says(event.data, event)) {
            const kind = known[change.kind];
            if (kind === undefined) throw new Error(`there is no kind ${change.kind}`);
            // Nothing that is restricted is found by its words (TE-11).
            apply(rows, { change: event.restrictedTo === null ? change : { ...change, isGone: true }, event, kind });
          }
        };
        // The boundary of types: the runner hands back the rows of these very tables.
        return [[key.slice(category.length + 1), handler as (event: Occurred<never>, rows: never) => void]];
      }),
    );
  return projection({
    name: 'global-search',
    version: 3,
    docs: 'Everything that can be found by its words.',
    on: categories.map((category) => ({ category, handlers: handlersOf(category) })),
  });
};

export const globalSearch = globalSearchOf(documents, kinds);
