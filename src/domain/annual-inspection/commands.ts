import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, fields, optional, uuid } from '../kernel/schema.ts';

const pass = { equipmentId: uuid(), inspectionId: uuid(), inspectedOn: businessDate() } as const;

export const annualInspectionCommands = defineCommands({
  NoteAnnualPass: {
    permission: 'inspection:edit',
    docs: 'An annual inspection of the unit is in order.',
    creates: true,
    internal: true,
    rejects: ['tooMany'],
    schema: fields({ ...pass, attachmentId: optional(uuid()) }),
  },
  WithdrawAnnualPass: {
    permission: 'inspection:edit',
    docs: 'An annual inspection of the unit is not in order after all.',
    internal: true,
    rejects: [],
    schema: fields({ inspectionId: uuid() }),
  },
});
