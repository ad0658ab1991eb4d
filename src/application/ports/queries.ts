/** Asking read models: what a request may say, and who answers it. Adapter: infrastructure/queries. */
import type { Readable } from 'node:stream';
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Shape } from '../../domain/kernel/geo/shape.ts';
import type { Caller } from '../caller.ts';

export const operators = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'between', 'like', 'null'] as const;
export type Operator = (typeof operators)[number];

/** `values` are checked and in the event's form; one of them, but for `in` (1–200) and `between` (2). Of `null`: `true` (is null) or `false`. */
export type Filter = { readonly column: string; readonly operator: Operator; readonly values: readonly string[] };
export type SortKey = { readonly column: string; readonly isDescending: boolean };

/** WGS84 degrees. A box whose west is greater than its east crosses the antimeridian. Of a fence, `shape` of the request says where it is. */
export type Area =
  | { readonly kind: 'near'; readonly latitude: number; readonly longitude: number; readonly withinMeters: number }
  | { readonly kind: 'box'; readonly west: number; readonly south: number; readonly east: number; readonly north: number }
  | { readonly kind: 'fence'; readonly fenceId: string };

export type Format = 'json' | 'csv' | 'xlsx';

/** A checked request: whatever it holds can be run without an error of SQL. `parse` makes it, and code may write one down by hand. */
export type QueryRequest = {
  readonly filters: readonly Filter[];
  /** The whole order, the key last. */
  readonly sort: readonly SortKey[];
  /** The columns wanted, in order. */
  readonly fields: readonly string[];
  /** 1–500. */
  readonly limit: number;
  /** The last row's values of the sort columns. */
  readonly after?: readonly (string | null)[];
  readonly count?: 'exact' | 'estimate';
  readonly area?: Area;
  /** Of the fence that `area` names: put here by whoever knows that the caller may see it. Without it such a request cannot be run. */
  readonly shape?: Shape;
  readonly format: Format;
};

/** One mistake of a request; `known` lists what would have been right. */
export type RequestError = { readonly parameter: string; readonly message: string; readonly known?: readonly string[] };
export type ParsedRequest = { readonly ok: true; readonly request: QueryRequest } | { readonly ok: false; readonly errors: readonly RequestError[] };

/** A row's columns in the event's form: ISO instants and dates, decimal strings for numeric and bigint. */
export type Row = Readonly<Record<string, unknown>>;
/** How far the read model was in the very snapshot that was read: a commit position (`-1`: no event yet), and the snapshot's own instant where there is one. */
export type AsOf = { readonly position: string; readonly time: string | null };

export type Page = {
  readonly data: readonly Row[];
  readonly page: { readonly next: string | null };
  /** Only where the request counts. */
  readonly total?: number;
  readonly asOf: AsOf;
};
/** `data` is absent where there is no such row or it is not the caller's: the two are not told apart. */
export type One = { readonly data?: Row; readonly asOf: AsOf };

/** The whole filtered result, of any size; destroying `body` cancels it in the database too. */
export type Export = { readonly body: Readable; readonly contentType: string; readonly asOf: AsOf };

/** Thrown when a caller without the definition's permission gets as far as here: the caller of the port has to refuse before. */
export class QueryForbidden extends Error {
  override readonly name = 'QueryForbidden';
}
/** All of these throw `DatabaseUnavailable` and `QueryTooSlow` of `read-models.ts`. */
export interface QueryRunner {
  /** Every mistake at once. `reserved`: parameters that somebody else reads (such as `q`). */
  parse(definition: QueryDefinition, parameters: URLSearchParams, caller: Caller, reserved?: readonly string[]): ParsedRequest;
  page(definition: QueryDefinition, request: QueryRequest, caller: Caller): Promise<Page>;
  one(definition: QueryDefinition, key: string, caller: Caller): Promise<One>;
  export(definition: QueryDefinition, request: QueryRequest, caller: Caller, format: 'csv' | 'xlsx'): Promise<Export>;
}

/** What search finds, best first. */
export type Found = {
  readonly id: string;
  /** The aggregate's category. */
  readonly type: string;
  readonly title: string;
  readonly subtitle: string | null;
  readonly description: string | null;
  /** The portal's path that opens it. */
  readonly route: string;
  /** 0–1. */
  readonly score: number;
};
export type SearchAnswer = { readonly data: readonly Found[]; readonly asOf: AsOf };

export interface Search {
  /** Over everything the caller may see; typing errors are forgiven. `text` of 1–200 characters, `limit` 1–100. */
  searchFor(text: string, caller: Caller, limit: number): Promise<SearchAnswer>;
}
