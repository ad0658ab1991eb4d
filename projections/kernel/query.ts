/** What a read model answers. Every table has the plain query by default; joins are written here, in SQL, never kept in the tables. */
import type { Columns, Scope, TableDefinition } from './table.ts';

export type QueryDefinition = {
  /** kebab-case: the last part of the path. */
  readonly name: string;
  readonly docs: string;
  /** The read model whose position the answer carries. */
  readonly projection: string;
  /** A table of the projection, or a select over its tables (names unqualified: the runner sets the search path) whose columns are `columns`. */
  readonly from: string;
  readonly columns: Columns;
  readonly key: string;
  readonly scope: Scope;
  readonly permission: string;
  /** Default order, `-` for descending; the key is always the last tie-breaker. */
  readonly sort: readonly string[];
  /** The columns with the row's position, where `near`, `within` and `bbox` make sense. */
  readonly place?: { readonly latitude: string; readonly longitude: string };
};

/** `equipment_has_addon` → `equipment-has-addon`. */
export const kebab = (name: string): string => name.replaceAll('_', '-');

/** The plain query over one table: every declared filter, any page, field and format. */
export const tableQuery = (
  projection: string,
  table: TableDefinition,
  options: Partial<Pick<QueryDefinition, 'name' | 'sort' | 'place' | 'docs'>> = {},
): QueryDefinition => ({
  name: options.name ?? kebab(table.name),
  docs: options.docs ?? table.docs,
  projection,
  from: table.name,
  columns: table.columns,
  key: table.key,
  scope: table.scope,
  permission: table.permission,
  sort: options.sort ?? (table.isAudited ? ['-created_at'] : [table.key]),
  ...(options.place === undefined ? {} : { place: options.place }),
});
