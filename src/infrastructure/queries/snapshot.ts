/** Reading on behalf of a caller, with the position of the read model in the same snapshot. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import { type Caller, may } from '../../application/caller.ts';
import { type AsOf, QueryForbidden } from '../../application/ports/queries.ts';
import { DatabaseUnavailable } from '../../application/ports/read-models.ts';
import { codeOf } from '../failure.ts';
import type { Database, Session, SessionOptions } from '../postgres/database.ts';
import type { Statement } from './statements.ts';

/** A name that no table's column has: identifiers of columns are lower-case words. */
const markName = 'As of';
const undefinedTable = '42P01';
/** The tables are still those of an older version of the read model, which is being built anew beside them. */
const undefinedColumn = '42703';
/** A prepared statement whose table was swapped for one with other types. */
const isStale = (error: unknown): boolean => codeOf(error) === '0A000';

const markSelect = (place: string): string =>
  `(select position || ' ' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from kept.projection where name = ${place}::text and is_live)`;

const asOfMark = (mark: unknown): AsOf => {
  const [position, time] = typeof mark === 'string' ? mark.split(' ') : [];
  // Its tables are being built for the first time.
  if (position === undefined || time === undefined) throw new DatabaseUnavailable('this read model has not been built yet');
  return { position, time };
};

/** How far the projection was in this session's snapshot. */
export const readAsOf = async (session: Session, projection: string): Promise<AsOf> => {
  const [row] = await session.rows<{ mark: string | null }>(`select ${markSelect('$1')} as mark`, [projection]);
  return asOfMark(row?.mark);
};

const withMark = (projection: string, { text, values }: Statement): Statement => {
  const select = `select ${markSelect(`$${values.length + 1}`)} as "${markName}", `;
  return { text: text.replace(/^select /, () => select), values: [...values, projection] };
};
type MarkedRow = Readonly<Record<string, unknown>>;
const unmarked = (rows: readonly MarkedRow[]): readonly MarkedRow[] => rows.map(({ [markName]: _mark, ...row }) => row);

export type Marked = { readonly asOf: AsOf; readonly rows: readonly MarkedRow[] };
/** A select and the position in one snapshot, of a session. */
export const readMarked = async (session: Session, projection: string, statement: Statement): Promise<Marked> => {
  const { text, values } = withMark(projection, statement);
  const rows = await session.rows<Record<string, unknown>>(text, values);
  const [first] = rows;
  // No row to carry the mark.
  const asOf = first === undefined ? await readAsOf(session, projection) : asOfMark(first[markName]);
  return { asOf, rows: unmarked(rows) };
};

export type Reading = {
  readonly database: Database;
  readonly caller: Caller;
  readonly projection: string;
  readonly nameOf: (text: string) => string | undefined;
};
/** The same in a single round trip, where there is a row; where there is none, both are read again in one snapshot. */
export const readMarkedOnce = async ({ database, caller, projection, nameOf }: Reading, statement: Statement): Promise<Marked> => {
  const { text, values } = withMark(projection, statement);
  const name = nameOf(text);
  const once = (named: { readonly name?: string }) => database.once<Record<string, unknown>>(caller, { text, values, ...named });
  const rows = await builtOnly(() =>
    name === undefined ? once({}) : once({ name }).catch((error: unknown) => (isStale(error) ? once({}) : Promise.reject(error))),
  );
  const [first] = rows;
  if (first === undefined) return onSnapshot(database, caller, (session) => readMarked(session, projection, statement));
  return { asOf: asOfMark(first[markName]), rows: unmarked(rows) };
};

/** Throws `QueryForbidden` where the caller may not ask this at all: whoever stands before has to refuse, this only makes sure. */
export const assertMay = (definition: QueryDefinition, caller: Caller): void => {
  const isClosed = caller.tenant !== null && (definition.scope === 'company' || definition.scope === 'restricted');
  if (isClosed || !may(caller, definition.permission)) throw new QueryForbidden(`this caller may not ask ${definition.name}`);
};

/** Work on one snapshot under the caller's row-level security. */
export const onSnapshot = <T>(database: Database, caller: Caller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> =>
  builtOnly(() => database.as(caller, work, options));

const builtOnly = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefinedTable) throw new DatabaseUnavailable('this read model has not been built yet', { cause: error });
    if (codeOf(error) === undefinedColumn) throw new DatabaseUnavailable('this read model is being built anew', { cause: error });
    throw error;
  }
};
