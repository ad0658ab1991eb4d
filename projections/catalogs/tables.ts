import { boolean, date, json, sharedTable, text, uuid } from '../kernel/table.ts';

export const catalogTable = sharedTable('catalog', {
  key: 'catalog_id',
  permission: 'catalog:view',
  docs: 'The lists of reference data, with where each comes from.',
  columns: { catalog_id: uuid(), catalog_name: text().searched(), source: text(), as_of: date().nullable() },
});
export const catalogEntryTable = sharedTable('catalog_entry', {
  key: 'catalog_entry_id',
  permission: 'catalog:view',
  docs: 'Every entry of every catalog with all that is known of it; the lookup tables hold the same entries by their own columns.',
  columns: {
    catalog_entry_id: uuid().described('The id that columns `…_lookup_id` hold.'),
    catalog_id: uuid().filtered(),
    catalog_name: text().filtered(),
    code: text().filtered(),
    name: text().searched(),
    names: json().described('By language tag.'),
    description: text().nullable(),
    parent: text().nullable().filtered().described('catalog/code'),
    parent_entry_id: uuid().nullable().filtered(),
    attributes: json(),
    is_active: boolean().filtered(),
  },
});
