/** Answers queries from Postgres: pages by keyset, single rows, whole exports. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Caller } from '../../application/caller.ts';
import type { One, Page, QueryRequest, QueryRunner, Row } from '../../application/ports/queries.ts';
import type { Shape } from '../../domain/kernel/geo/shape.ts';
import type { Database, Session } from '../postgres/database.ts';
import { type Cursors, cursorsWith } from './cursor.ts';
import { exportWhole } from './export.ts';
import { readFenced } from './fenced.ts';
import { hotNames } from './hot.ts';
import { parserWith } from './parse.ts';
import { assertMay, type Marked, onSnapshot, readAsOf, readMarked, readMarkedOnce } from './snapshot.ts';
import { type Asking, countStatement, oneStatement, pageStatement } from './statements.ts';
import { checkValue } from './values.ts';
import { columnOf } from './words.ts';

export type QueryRunnerOptions = {
  readonly database: Database;
  /** At least 32 bytes, the same on every node: what cursors are authenticated with. */
  readonly cursorKey: Uint8Array;
};

type Parts = { readonly database: Database; readonly cursors: Cursors; readonly nameOf: (text: string) => string | undefined };

export const queryRunner = ({ database, cursorKey }: QueryRunnerOptions): QueryRunner => {
  const cursors = cursorsWith(cursorKey);
  const parse = parserWith(cursors);
  const parts: Parts = { database, cursors, nameOf: hotNames() };
  return {
    parse: (definition, parameters, caller, reserved = []) => parse({ definition, parameters, caller, reserved }),
    page: (definition, request, caller) => readPage(parts, { definition, request, caller }),
    one: (definition, key, caller) => readOne(parts, { definition, key, caller }),
    export: async (definition, request, caller, format) => exportWhole(database, { definition, request, caller }, format),
  };
};

const readPage = async (parts: Parts, asking: Asking): Promise<Page> => {
  const { definition, request, caller } = asking;
  assertMay(definition, caller);
  if (request.shape !== undefined) return readFencedPage(parts, asking, request.shape);
  const { asOf, rows, total } = await readRows(parts, asking);
  const last = rows.length > request.limit ? rows[request.limit - 1] : undefined;
  const next = last === undefined ? null : parts.cursors.write(asking, sortValues(request, last));
  const data = rows.slice(0, request.limit).map(wantedOf(request));
  return { data, page: { next }, ...(total === undefined ? {} : { total }), asOf };
};

const readFencedPage = async (parts: Parts, asking: Asking, shape: Shape): Promise<Page> => {
  const { request } = asking;
  const { asOf, rows, next } = await readFenced(asking, shape, { read: (batch) => readRows(parts, batch), valuesOf: (row) => sortValues(request, row) });
  const data = rows.map((row) => Object.fromEntries(request.fields.map((name) => [name, row[name]])));
  return { data, page: { next: next === undefined ? null : parts.cursors.write(asking, next) }, asOf };
};

const readRows = ({ database, nameOf }: Parts, asking: Asking): Promise<Marked & { readonly total?: number }> => {
  const { definition, request, caller } = asking;
  const { projection } = definition;
  if (request.count === undefined) return readMarkedOnce({ database, caller, projection, nameOf }, pageStatement(asking));
  return onSnapshot(database, caller, async (session) => {
    const marked = await readMarked(session, projection, pageStatement(asking));
    return { ...marked, total: await readTotal(session, asking) };
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

type AskingOne = { readonly definition: QueryDefinition; readonly key: string; readonly caller: Caller };

const readOne = async ({ database, nameOf }: Parts, { definition, key, caller }: AskingOne): Promise<One> => {
  assertMay(definition, caller);
  const { projection } = definition;
  const checked = checkValue(columnOf(definition, definition.key).kind, key);
  // What cannot be a key is nobody's row, and is answered like one that does not exist.
  if (!checked.ok) return onSnapshot(database, caller, async (session) => ({ asOf: await readAsOf(session, projection) }));
  const { asOf, rows } = await readMarkedOnce({ database, caller, projection, nameOf }, oneStatement(definition, checked.value, caller));
  const [data] = rows;
  return data === undefined ? { asOf } : { data, asOf };
};
