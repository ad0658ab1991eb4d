import { json, tenantTable, text, uuid } from '../kernel/table.ts';

/** A document about a person is erased with the person. */
export const globalSearchTable = tenantTable('global_search_view', {
  key: 'id',
  permission: 'search:view',
  docs: 'What can be found by its words: one row a thing.',
  isAudited: false,
  columns: {
    id: uuid(),
    type: text().filtered(),
    title: text().personal('subject_id'),
    subtitle: text().nullable().personal('subject_id'),
    description: text().nullable().personal('subject_id'),
    route: text().described('The portal’s path that opens it.'),
    subject_id: uuid().nullable(),
    search_text: text().prose().personal('subject_id'),
    parts: json().described('Further texts it is found by, by what they belong to.'),
  },
});
