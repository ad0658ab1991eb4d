import { type Aggregate, type DataOf, type Decide, type Evolve, emit, type Facts, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Static } from '../kernel/schema.ts';
import { catalogId } from '../kernel/well-known.ts';
import { catalogCommands } from './commands.ts';
import { catalogEvents, type entry } from './events.ts';

export type Entry = Frozen<Static<typeof entry>>;
export type Catalog = { readonly name: string | null; readonly entries: Readonly<Record<string, { readonly isActive: boolean; readonly entry: Entry }>> };

/** A catalog as other aggregates' guards see it: `catalogFact.at(catalogId('equipment-type'))`. */
export const catalogFact = fact<Catalog>('catalog');
type Listed = Frozen<Catalog['entries'][string]>;
const listed = (entries: Frozen<Catalog['entries']>, code: string): Listed | undefined => (Object.hasOwn(entries, code) ? entries[code] : undefined);
/** What a catalog says of a code, whether it may still be chosen or not; nothing where it does not list it, or is not among the facts. */
export const listedIn = (facts: Facts, catalog: string, code: string): Listed | undefined => listed(catalogFact.of(facts, catalog)?.entries ?? {}, code);

const event = emit(catalogEvents);
const initial: Catalog = { name: null, entries: {} };
const known = (state: Frozen<Catalog>, code: string): Entry | undefined => listed(state.entries, code)?.entry;
const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

const parentCatalog = (parent: string): string => parent.slice(0, parent.indexOf('/'));
const parentCode = (parent: string): string => parent.slice(parent.indexOf('/') + 1);

type Given = { readonly state: Frozen<Catalog>; readonly facts: Parameters<typeof catalogFact.of>[0]; readonly name: string };
/** The first entry whose parent neither exists nor comes with it. */
const orphan = (entries: readonly Entry[], { state, facts, name }: Given): Entry | undefined => {
  const together = new Set(entries.map(({ code }) => code));
  return entries.find(({ parent }) => {
    if (parent === undefined) return false;
    const code = parentCode(parent);
    if (parentCatalog(parent) === name) return !together.has(code) && known(state, code) === undefined;
    const other = catalogFact.of(facts, catalogId(parentCatalog(parent)));
    return other === undefined || !Object.hasOwn(other.entries, code);
  });
};
const noParent = (entry: Entry) =>
  reject('unknownParent', `The parent ${entry.parent} of ${entry.code} does not exist.`, { code: entry.code, parent: entry.parent });

const decide: Decide<Catalog, typeof catalogCommands, typeof catalogEvents> = {
  ImportEntries: (state, command, { id, facts }) => {
    if (catalogId(command.catalog) !== id) return reject('notThisCatalog', `The catalog ${command.catalog} has the id ${catalogId(command.catalog)}.`);
    const codes = new Set<string>();
    const repeated = command.entries.find(({ code }) => codes.size === codes.add(code).size);
    if (repeated !== undefined) return reject('codeTwice', `The code ${repeated.code} comes twice.`, { code: repeated.code });
    const orphaned = orphan(command.entries, { state, facts, name: command.catalog });
    if (orphaned !== undefined) return noParent(orphaned);
    const news = command.entries.filter((candidate) => !same(known(state, candidate.code), candidate));
    const { catalog: name, source, asOf } = command;
    const defined = state.name === null ? [event('CatalogDefined', { name, source, ...(asOf === undefined ? {} : { asOf }) })] : [];
    return news.length === 0 ? defined : [...defined, event('EntriesImported', { entries: news })];
  },
  DefineEntry: (state, command, { facts }) => {
    const before = known(state, command.entry.code);
    if (before !== undefined) return same(before, command.entry) ? [] : reject('codeInUse', `The code ${command.entry.code} is in use.`);
    return orphan([command.entry], { state, facts, name: state.name ?? '' }) === undefined ? [event('EntryDefined', command)] : noParent(command.entry);
  },
  ChangeEntry: (state, command, { facts }) => {
    const before = known(state, command.entry.code);
    if (before === undefined) return reject('unknownCode', `There is no code ${command.entry.code}.`);
    if (same(before, command.entry)) return [];
    return orphan([command.entry], { state, facts, name: state.name ?? '' }) === undefined ? [event('EntryChanged', command)] : noParent(command.entry);
  },
  DeactivateEntry: (state, { code }) => {
    if (known(state, code) === undefined) return reject('unknownCode', `There is no code ${code}.`);
    return state.entries[code]?.isActive === true ? [event('EntryDeactivated', { code })] : [];
  },
  ReactivateEntry: (state, { code }) => {
    if (known(state, code) === undefined) return reject('unknownCode', `There is no code ${code}.`);
    return state.entries[code]?.isActive === true ? [] : [event('EntryReactivated', { code })];
  },
};

const withEntries = (state: Frozen<Catalog>, entries: readonly Entry[]): Catalog => ({
  ...state,
  entries: { ...state.entries, ...Object.fromEntries(entries.map((one) => [one.code, { isActive: state.entries[one.code]?.isActive ?? true, entry: one }])) },
});
const withActivity = (state: Frozen<Catalog>, code: string, isActive: boolean): Catalog => {
  const before = state.entries[code];
  return before === undefined ? state : { ...state, entries: { ...state.entries, [code]: { ...before, isActive } } };
};

const evolve: Evolve<Catalog, typeof catalogEvents> = {
  CatalogDefined: (state, { name }) => ({ ...state, name }),
  EntriesImported: (state, { entries }) => withEntries(state, entries),
  EntryDefined: (state, { entry }) => withEntries(state, [entry]),
  EntryChanged: (state, { entry }) => withEntries(state, [entry]),
  EntryDeactivated: (state, { code }) => withActivity(state, code, false),
  EntryReactivated: (state, { code }) => withActivity(state, code, true),
};

const parents = (entries: readonly DataOf<{ schema: typeof entry }>[]) => [
  ...new Set(entries.flatMap(({ parent }) => (parent === undefined ? [] : [parentCatalog(parent)]))),
];
const guards: Guards<Catalog, typeof catalogCommands> = {
  ImportEntries: (_state, { entries }) => parents(entries).map((name) => catalogFact.at(catalogId(name))),
  DefineEntry: (_state, command) => parents([command.entry]).map((name) => catalogFact.at(catalogId(name))),
  ChangeEntry: (_state, command) => parents([command.entry]).map((name) => catalogFact.at(catalogId(name))),
};

/** Reference data: every lookup of the portal, shared by all tenants. */
export const catalog: Aggregate<'catalog', Catalog, typeof catalogCommands, typeof catalogEvents> = {
  category: 'catalog',
  docs: 'Reference data: every lookup of the portal, shared by all tenants. One stream a catalog, its id made from the name.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: catalogEvents,
  commands: catalogCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: () => null,
  shared: () => true,
  exists: ({ name }) => name !== null,
};
