import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, code, fields, list, note, optional } from '../kernel/schema.ts';
import { entry } from './events.ts';

const permission = 'catalog:edit';

export const catalogCommands = defineCommands({
  ImportEntries: {
    permission,
    docs: 'Adds or changes up to 500 entries at once; makes the catalog if it is new. What already says the same is left alone.',
    creates: true,
    rejects: ['notThisCatalog', 'codeTwice', 'unknownParent'],
    schema: fields({ catalog: code(), source: note({ max: 1000 }), asOf: optional(businessDate()), entries: list(entry, { min: 1, max: 500 }) }),
  },
  DefineEntry: { permission, docs: 'Adds one entry.', rejects: ['codeInUse', 'unknownParent'], schema: fields({ entry }) },
  ChangeEntry: { permission, docs: 'Changes what an entry says; its code stays.', rejects: ['unknownCode', 'unknownParent'], schema: fields({ entry }) },
  DeactivateEntry: {
    permission,
    docs: 'Ends the choosing of a code. Nothing is ever removed: what uses it keeps it.',
    rejects: ['unknownCode'],
    schema: fields({ code: code() }),
  },
  ReactivateEntry: { permission, docs: 'Lets a code be chosen again.', rejects: ['unknownCode'], schema: fields({ code: code() }) },
});
