import { swappedOut } from '../allocation/events.ts';
import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, code, fields, note, optional, ref, text, uuid } from '../kernel/schema.ts';

const permission = 'equipment:assign';
const unit = { allocationId: ref('allocation'), equipmentId: ref('equipment'), from: businessDate(), until: optional(businessDate()) } as const;

export const assignmentCommands = defineCommands({
  RequestAssignment: {
    permission,
    docs: 'Asks for a unit to be assigned to an account’s slot, now or from a later day. The answer is 202: watch the assignment.',
    creates: true,
    startsProcess: true,
    rejects: ['alreadyRequested', 'endsBeforeItStarts'],
    schema: fields(unit),
  },
  RequestSwap: {
    permission,
    docs: 'Asks for another unit in the place of one that is out, without a change of the count.',
    creates: true,
    startsProcess: true,
    rejects: ['alreadyRequested', 'endsBeforeItStarts', 'notAssigned'],
    schema: fields({ ...unit, replaces: uuid(), reason: text(), swappedOut }),
  },
  RetryAssignment: {
    permission,
    docs: 'Names another unit for the slot that a failed swap still holds.',
    startsProcess: true,
    rejects: ['notFailed', 'slotGone', 'endsBeforeItStarts'],
    schema: fields({ equipmentId: ref('equipment'), from: businessDate(), until: optional(businessDate()) }),
  },
  CompleteAssignment: { permission, docs: 'Slot and unit agree.', internal: true, rejects: [], schema: fields({ equipmentId: uuid() }) },
  FailAssignment: { permission, docs: 'A step was refused.', internal: true, rejects: [], schema: fields({ step: code(), code: code(), message: note() }) },
});
