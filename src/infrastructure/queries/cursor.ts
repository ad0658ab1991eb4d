/**
 * Keyset cursors: the last row's sort values, bound by a MAC to the query, its order, its filters and the tenant, so that an edited
 * cursor, or one of another query or tenant, is refused. Form: base64url(JSON list) `.` base64url(first 16 bytes of HMAC-SHA-256).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Caller } from '../../application/caller.ts';
import type { QueryRequest } from '../../application/ports/queries.ts';
import { canonicalJson } from '../../domain/kernel/hash.ts';
import { checkValue } from './values.ts';
import { columnOf } from './words.ts';

/** What a cursor belongs to. */
export type CursorScope = {
  readonly definition: QueryDefinition;
  readonly request: Pick<QueryRequest, 'filters' | 'sort' | 'area'>;
  readonly caller: Pick<Caller, 'tenant'>;
};
export type CursorValues = readonly (string | null)[];

const macBytes = 16;
const cursorLengthMax = 8000;

export type Cursors = {
  readonly write: (scope: CursorScope, values: CursorValues) => string;
  /** Nothing where the cursor is not one of ours for this scope. */
  readonly read: (scope: CursorScope, cursor: string) => CursorValues | undefined;
};

/** `key`: at least 32 bytes, the same on every node of an installation. */
export const cursorsWith = (key: Uint8Array): Cursors => {
  if (key.byteLength < 32) throw new Error('the key of cursors has fewer than 32 bytes');
  const macOf = (scope: CursorScope, body: string): Buffer =>
    createHmac('sha256', key)
      .update(canonicalJson([bindingOf(scope), body]))
      .digest()
      .subarray(0, macBytes);
  return {
    write: (scope, values) => {
      const body = Buffer.from(JSON.stringify(values)).toString('base64url');
      return `${body}.${macOf(scope, body).toString('base64url')}`;
    },
    read: (scope, cursor) => {
      if (cursor.length > cursorLengthMax) return undefined;
      const [body, mac, ...rest] = cursor.split('.');
      if (body === undefined || mac === undefined || rest.length > 0) return undefined;
      const given = Buffer.from(mac, 'base64url');
      // Compared as text too: base64url has several spellings of the same bytes.
      if (given.byteLength !== macBytes || given.toString('base64url') !== mac || !timingSafeEqual(given, macOf(scope, body))) return undefined;
      return valuesOf(scope, body);
    },
  };
};

const bindingOf = ({ definition, request, caller }: CursorScope): unknown => ({
  query: definition.name,
  sort: request.sort,
  // Filters hold together, so their order in the address does not matter.
  filters: request.filters.map(canonicalJson).sort(),
  area: request.area ?? null,
  tenant: caller.tenant,
});

/** A column may have changed its kind since the cursor was written, so the values are checked like any others. */
const valuesOf = ({ definition, request }: CursorScope, body: string): CursorValues | undefined => {
  const values: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
  if (!Array.isArray(values) || values.length !== request.sort.length) return undefined;
  const checked = values.map((value: unknown, index) => {
    const key = request.sort[index];
    if (key === undefined || (value !== null && typeof value !== 'string')) return undefined;
    const column = columnOf(definition, key.column);
    if (value === null) return column.isNullable ? null : undefined;
    // A stored text may be longer than what anybody may ask for.
    if (column.kind === 'text') return value;
    const outcome = checkValue(column.kind, value);
    return outcome.ok ? outcome.value : undefined;
  });
  return checked.every((value) => value !== undefined) ? checked : undefined;
};
