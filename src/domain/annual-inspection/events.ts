import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, fields, optional, uuid } from '../kernel/schema.ts';

const pass = { equipmentId: uuid(), inspectionId: uuid(), inspectedOn: businessDate() } as const;

export const annualInspectionEvents = defineEvents({
  AnnualPassNoted: {
    version: 1,
    docs: 'An annual inspection of the unit is in order: the latest one is its paper (PM-7).',
    schema: fields({ ...pass, attachmentId: optional(uuid()) }),
  },
  AnnualPassWithdrawn: { version: 1, docs: 'That one is not in order after all: the latest of the others counts.', schema: fields(pass) },
});
