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

/** Runs a select together with its mark: the rows and the position cost one statement, where there are rows. */
export const readMarked = async (session: Session, projection: string, { text, values }: Statement): Promise<Marked> => {
  const place = `$${values.length + 1}`;
  const marked = text.replace(/^select /, () => `select ${markSelect(place)} as "${markName}", `);
  const rows = await session.rows<Record<string, unknown>>(marked, [...values, projection]);
  const [first] = rows;
  const asOf = first === undefined ? await readAsOf(session, projection) : asOfMark(first[markName]);
  return { asOf, rows: rows.map(({ [markName]: _mark, ...row }) => row) };
};
export type Marked = { readonly asOf: AsOf; readonly rows: readonly Readonly<Record<string, unknown>>[] };

/** Throws `QueryForbidden` where the caller may not ask this at all: whoever stands before has to refuse, this only makes sure. */
export const assertMay = (definition: QueryDefinition, caller: Caller): void => {
  const isClosed = caller.tenant !== null && (definition.scope === 'company' || definition.scope === 'restricted');
  if (isClosed || !may(caller, definition.permission)) throw new QueryForbidden(`this caller may not ask ${definition.name}`);
};

/** Work on one snapshot under the caller's row-level security. */
export const onSnapshot = async <T>(database: Database, caller: Caller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> => {
  try {
    return await database.as(caller, work, options);
  } catch (error) {
    if (codeOf(error) === undefinedTable) throw new DatabaseUnavailable('this read model has not been built yet', { cause: error });
    throw error;
  }
};
