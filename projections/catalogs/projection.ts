/** Every entry twice: in the table of all catalogs, whole, and in its own lookup table, by that table's columns. */
import { catalog, type Entry } from '../../src/domain/catalog/decider.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting, type Rows, type TableRows } from '../kernel/projection.ts';
import type { TableDefinition } from '../kernel/table.ts';
import { type Lookup, lookups } from './lookups.ts';
import { catalogEntryTable, catalogTable } from './tables.ts';

type Row = Readonly<Record<string, unknown>>;
const tables = { catalog: catalogTable, entry: catalogEntryTable };
const lookupTables: Readonly<Record<string, TableDefinition>> = Object.fromEntries(lookups.map(({ table }) => [table.name, table]));
const { projection, when } = projecting({ ...lookupTables, ...tables });
type All = Rows<typeof tables>;

/** The rows of a lookup table: named by data, so its columns are not known to the compiler. */
const rowsOf = (rows: object, { table }: Lookup): TableRows<Row> => (rows as Readonly<Record<string, TableRows<Row>>>)[table.name] as TableRows<Row>;
const parentIdOf = (parent: string | undefined): string | null => {
  const slash = parent?.indexOf('/') ?? -1;
  return parent === undefined || slash < 0 ? null : entryId(parent.slice(0, slash), parent.slice(slash + 1));
};

/** A list of a licensed catalog's part is the list itself: what refers to `vmrs` finds the code, whichever import brought it. */
const idIn = (catalogName: string, code: string): string => entryId(lookups.find(({ takes }) => takes(catalogName))?.catalog ?? catalogName, code);
const put = (
  rows: All,
  of: { readonly catalogId: string; readonly catalogName: string },
  listed: { readonly entry: Entry; readonly isActive: boolean },
): void => {
  const { entry, isActive } = listed;
  const id = idIn(of.catalogName, entry.code);
  rows.entry.put({
    catalog_entry_id: id,
    catalog_id: of.catalogId,
    catalog_name: of.catalogName,
    code: entry.code,
    name: entry.name,
    names: entry.names ?? {},
    description: entry.description ?? null,
    parent: entry.parent ?? null,
    parent_entry_id: parentIdOf(entry.parent),
    attributes: entry.attributes ?? {},
    is_active: isActive,
  });
  for (const lookup of lookups) {
    if (!lookup.takes(of.catalogName)) continue;
    const cells = Object.entries(lookup.cells).map(([column, read]) => [column, read(listed)] as const);
    rowsOf(rows, lookup).put({ [lookup.table.key]: id, ...Object.fromEntries(cells) });
  }
};

/** New and changed entries; a code that was deactivated stays so whatever is said of it. */
const putAll = (rows: All, catalogId: string, entries: readonly Entry[]): void => {
  const catalogName = rows.catalog.get(catalogId)?.catalog_name;
  if (catalogName === undefined) return;
  for (const entry of entries) put(rows, { catalogId, catalogName }, { entry, isActive: rows.entry.get(idIn(catalogName, entry.code))?.is_active ?? true });
};
const setActive = (rows: All, catalogId: string, { code, isActive }: { readonly code: string; readonly isActive: boolean }): void => {
  const catalogName = rows.catalog.get(catalogId)?.catalog_name;
  if (catalogName === undefined) return;
  const id = idIn(catalogName, code);
  rows.entry.patch(id, { is_active: isActive });
  for (const lookup of lookups.filter(({ takes }) => takes(catalogName))) {
    if (lookup.table.columns['is_active'] !== undefined) rowsOf(rows, lookup).patch(id, { is_active: isActive });
    if (lookup.table.columns['status'] !== undefined) rowsOf(rows, lookup).patch(id, { status: isActive ? 'active' : 'inactive' });
  }
};

export const catalogs = projection({
  name: 'catalogs',
  version: 1,
  docs: 'Reference data: every catalog, every entry, and the lookup tables of the portal.',
  on: [
    when(catalog, {
      CatalogDefined: ({ aggregateId, data }, rows) =>
        rows.catalog.put({ catalog_id: aggregateId, catalog_name: data.name, source: data.source, as_of: data.asOf ?? null }),
      EntriesImported: ({ aggregateId, data }, rows) => putAll(rows, aggregateId, data.entries),
      EntryDefined: ({ aggregateId, data }, rows) => putAll(rows, aggregateId, [data.entry]),
      EntryChanged: ({ aggregateId, data }, rows) => putAll(rows, aggregateId, [data.entry]),
      EntryDeactivated: ({ aggregateId, data }, rows) => setActive(rows, aggregateId, { code: data.code, isActive: false }),
      EntryReactivated: ({ aggregateId, data }, rows) => setActive(rows, aggregateId, { code: data.code, isActive: true }),
    }),
  ],
});
