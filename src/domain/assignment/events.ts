import { swappedOut } from '../allocation/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, code, fields, note, optional, text, uuid } from '../kernel/schema.ts';

const unit = { allocationId: uuid(), equipmentId: uuid(), from: businessDate(), until: optional(businessDate()) } as const;
const holder = { customerId: uuid(), accountId: uuid() } as const;

export const assignmentEvents = defineEvents({
  AssignmentRequested: {
    version: 1,
    docs: 'A unit is wanted for an account’s slot; what follows is the assignment process.',
    schema: fields({ ...unit, ...holder }),
  },
  SwapRequested: {
    version: 1,
    docs: 'Another unit is to take the place of one that is out; the slot stays the same.',
    schema: fields({ ...unit, ...holder, replaces: uuid(), reason: text(), swappedOut }),
  },
  AssignmentRetried: {
    version: 1,
    docs: 'After a swap whose new unit was refused: another unit for the slot that is still held.',
    schema: fields({ equipmentId: uuid(), allocationId: uuid(), from: businessDate(), until: optional(businessDate()) }),
  },
  AssignmentCompleted: { version: 1, docs: 'The unit is assigned and its slot confirmed.', schema: fields({ equipmentId: uuid() }) },
  AssignmentFailed: {
    version: 1,
    docs: 'A step was refused; what had been reserved is freed, but for a swap’s slot.',
    schema: fields({ step: code(), code: code(), message: note() }),
  },
});
