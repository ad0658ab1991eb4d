import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, code, document, fields, list, note, optional, text } from '../kernel/schema.ts';

/** A row of reference data. `attributes` are the catalog's own further facts. */
export const entry = fields({
  code: code(),
  name: text(),
  names: optional(document()),
  description: optional(note()),
  parent: optional(text({ max: 130, pattern: '^[a-z0-9-]+/[A-Za-z0-9._:-]{1,64}$', docs: 'catalog/code' })),
  attributes: optional(document()),
});

export const catalogEvents = defineEvents({
  CatalogDefined: {
    version: 1,
    docs: 'A list of reference data exists.',
    schema: fields({ name: code(), source: note({ max: 1000 }), asOf: optional(businessDate()) }),
  },
  EntriesImported: {
    version: 1,
    docs: 'Entries were added or changed together (at most 500 an event).',
    schema: fields({ entries: list(entry, { min: 1, max: 500 }) }),
  },
  EntryDefined: { version: 1, docs: 'One entry was added.', schema: fields({ entry }) },
  EntryChanged: { version: 1, docs: 'One entry says something else from now on.', schema: fields({ entry }) },
  EntryDeactivated: { version: 1, docs: 'The code may no longer be chosen; what uses it keeps it.', schema: fields({ code: code() }) },
  EntryReactivated: { version: 1, docs: 'The code may be chosen again.', schema: fields({ code: code() }) },
});
