import { tableQuery } from '../kernel/query.ts';
import type { TableDefinition } from '../kernel/table.ts';
import { lookups } from './lookups.ts';
import { catalogEntryTable, catalogTable } from './tables.ts';

/** A lookup is listed by the first of its own words that every row has. */
const firstWord = ({ columns, key }: TableDefinition): string =>
  Object.entries(columns).find(([, { kind, filter, isNullable }]) => kind === 'text' && filter !== 'none' && !isNullable)?.[0] ?? key;

export const catalogQueries = [
  tableQuery('catalogs', catalogTable, { sort: ['catalog_name'] }),
  tableQuery('catalogs', catalogEntryTable, { sort: ['catalog_name', 'code'] }),
  ...lookups.map(({ table }) => tableQuery('catalogs', table, { sort: [firstWord(table)] })),
];
