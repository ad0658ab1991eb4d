/** Answers queries from Postgres: pages by keyset, single rows, whole exports. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Caller } from '../../application/caller.ts';
import type { One, Page, QueryRequest, QueryRunner, Row } from '../../application/ports/queries.ts';
import type { Database, Session } from '../postgres/database.ts';
import { type Cursors, cursorsWith } from './cursor.ts';
import { exportWhole } from './export.ts';
import { parserWith } from './parse.ts';
import { assertMay, onSnapshot, readAsOf, readMarked } from './snapshot.ts';
import { type Asking, countStatement, oneStatement, pageStatement } from './statements.ts';
import { checkValue } from './values.ts';
import { columnOf } from './words.ts';

export type QueryRunnerOptions = {
  readonly database: Database;
  /** At least 32 bytes, the same on every node: what cursors are authenticated with. */
  readonly cursorKey: Uint8Array;
};

export const queryRunner = ({ database, cursorKey }: QueryRunnerOptions): QueryRunner => {
  const cursors = cursorsWith(cursorKey);
  const parse = parserWith(cursors);
  return {
    parse: (definition, parameters, caller, reserved = []) => parse({ definition, parameters, caller, reserved }),
    page: (definition, request, caller) => readPage({ database, cursors }, { definition, request, caller }),
    one: (definition, key, caller) => readOne(database, definition, key, caller),
    export: async (definition, request, caller, format) => exportWhole(database, { definition, request, caller }, format),
  };
};

const readPage = async ({ database, cursors }: { readonly database: Database; readonly cursors: Cursors }, asking: Asking): Promise<Page> => {
  const { definition, request, caller } = asking;
  assertMay(definition, caller);
  return onSnapshot(database, caller, async (session) => {
    const { asOf, rows } = await readMarked(session, definition.projection, pageStatement(asking));
    const total = request.count === undefined ? {} : { total: await readTotal(session, asking) };
    const last = rows.length > request.limit ? rows[request.limit - 1] : undefined;
    const next = last === undefined ? null : cursors.write(asking, sortValues(request, last));
    return { data: rows.slice(0, request.limit).map(wantedOf(request)), page: { next }, ...total, asOf };
  });
};

const sortValues = (request: QueryRequest, row: Row): readonly (string | null)[] =>
  request.sort.map(({ column }) => (row[column] === null ? null : String(row[column])));

/** Without the columns that were read for the cursor only. */
const wantedOf = (request: QueryRequest): ((row: Row) => Row) => {
  const wanted = new Set(request.fields);
  const isAll = request.sort.every(({ column }) => wanted.has(column));
  return isAll ? (row) => row : (row) => Object.fromEntries(request.fields.map((name) => [name, row[name]]));
};

const readTotal = async (session: Session, asking: Asking): Promise<number> => {
  const { text, values } = countStatement(asking);
  const [row] = await session.rows<Record<string, unknown>>(text, values);
  return asking.request.count === 'estimate' ? estimateOf(row?.['QUERY PLAN']) : Number(row?.['total'] ?? 0);
};

/** The planner's own estimate: `[{ "Plan": { "Plan Rows": n } }]`. */
const estimateOf = (plan: unknown): number => {
  const [first]: readonly unknown[] = Array.isArray(plan) ? plan : [];
  const top = memberOf(first, 'Plan');
  const rows = memberOf(top, 'Plan Rows');
  return typeof rows === 'number' ? rows : 0;
};
const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

const readOne = async (database: Database, definition: QueryDefinition, key: string, caller: Caller): Promise<One> => {
  assertMay(definition, caller);
  const checked = checkValue(columnOf(definition, definition.key).kind, key);
  return onSnapshot(database, caller, async (session) => {
    // What cannot be a key is nobody's row, and is answered like one that does not exist.
    if (!checked.ok) return { asOf: await readAsOf(session, definition.projection) };
    const { asOf, rows } = await readMarked(session, definition.projection, oneStatement(definition, checked.value, caller));
    const [data] = rows;
    return data === undefined ? { asOf } : { data, asOf };
  });
};
