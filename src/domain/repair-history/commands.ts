import { defineCommands } from '../kernel/aggregate.ts';
import { fields } from '../kernel/schema.ts';
import { line, repair, what } from './events.ts';

const internal = { permission: 'work-order:edit', internal: true, rejects: [] } as const;

export const repairHistoryCommands = defineCommands({
  NoteRepair: {
    ...internal,
    docs: 'A completed order repaired the part; marks it as rework of an earlier repair, or a later one as rework of it.',
    creates: true,
    schema: fields({ ...what, ...repair }),
  },
  WithdrawRepair: { ...internal, docs: 'The order was reopened.', schema: fields(line) },
});
