import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, fields, flag, instant, integer, list, lookup, note, oneOf, optional, ref, text, timeZone, uuid } from '../kernel/schema.ts';

export const inspectionKinds = ['annual', 'roadside', 'driver'] as const;
export const inspectionResults = ['passed', 'failed'] as const;
export const severities = ['minor', 'major', 'critical'] as const;
/** A violation by its part of 49 CFR. */
export const violation = {
  violationCode: lookup('violation-code'),
  severity: oneOf(severities),
  isOutOfService: flag('49 CFR 396.9(c): the unit does not run until this is repaired.'),
  item: optional(lookup('inspection-item')),
  description: optional(note({ max: 1000 })),
} as const;
export const correction = {
  action: note({ max: 1000 }),
  correctedBy: text(),
  correctedOn: businessDate(),
  attachmentId: optional(ref('attachment')),
  workOrderId: optional(uuid()),
} as const;
const about = { equipmentId: uuid(), customerId: optional(uuid()), accountId: optional(uuid()) } as const;

/** What whoever inspects says of it. */
export const inspected = {
  kind: oneOf(inspectionKinds),
  level: lookup('inspection-level'),
  inspectedOn: businessDate(),
  inspectorName: text({ personal: true }),
  inspectorQualification: optional(text()),
  result: oneOf(inspectionResults),
  reportNumber: optional(text({ max: 64 })),
  attachmentId: optional(ref('attachment')),
} as const;
export const inspectionEvents = defineEvents({
  InspectionRecorded: {
    version: 1,
    docs: 'A unit was inspected: when, by whom, at which level, with what result. Kept until `retainedUntil` at least (PM-9).',
    schema: fields({
      ...about,
      ...inspected,
      scheduleAgreementId: optional(uuid()),
      certifyBy: businessDate(),
      retainedUntil: businessDate(),
      timeZone: timeZone(),
    }),
  },
  InspectionViolationAdded: {
    version: 1,
    docs: 'The unit did not meet a rule. With the first one out of service, the unit is.',
    schema: fields({ ...about, violationId: uuid(), ...violation, openOutOfService: integer({ max: 200 }) }),
  },
  InspectionViolationCorrected: {
    version: 1,
    docs: 'It was repaired: how, by whom, when. `openOutOfService`: what still keeps the unit from running.',
    schema: fields({ ...about, violationId: uuid(), ...correction, isOutOfService: flag(), openOutOfService: integer({ max: 200 }) }),
  },
  InspectionCorrectionWithdrawn: {
    version: 1,
    docs: 'It was not repaired after all.',
    schema: fields({ ...about, violationId: uuid(), reason: text({ max: 1000 }), isOutOfService: flag(), openOutOfService: integer({ max: 200 }) }),
  },
  InspectionPassed: {
    version: 1,
    docs: 'An annual inspection is in order: from the day it was made it counts for twelve months (PM-7).',
    schema: fields({ ...about, inspectedOn: businessDate(), attachmentId: optional(uuid()) }),
  },
  InspectionPassWithdrawn: {
    version: 1,
    docs: 'An annual inspection is not in order after all: it counts for nothing, and the one before it counts again.',
    schema: fields({ ...about, inspectedOn: businessDate() }),
  },
  InspectionCertified: {
    version: 1,
    docs: 'The carrier certified that all is repaired; due within fifteen days (49 CFR 396.9(d)).',
    schema: fields({ certifiedBy: text({ personal: true }), certifiedOn: businessDate(), isLate: flag(), attachmentId: optional(ref('attachment')) }),
  },
  InspectionCertificationNear: { version: 1, docs: 'Five days are left to certify; told once.', schema: fields({ ...about, certifyBy: businessDate() }) },
  InspectionCertificationOverdue: { version: 1, docs: 'The day to certify is over; told once.', schema: fields({ ...about, certifyBy: businessDate() }) },
  InspectionClosed: { version: 1, docs: 'Nothing is open any more.', schema: fields({ closedAt: instant(), violationIds: list(uuid(), { max: 200 }) }) },
  InspectionWithdrawn: {
    version: 1,
    docs: 'It was written down by mistake: it keeps no unit from running and counts for nothing. What was written stays as long as any report.',
    schema: fields({ ...about, reason: text({ max: 1000 }), violationIds: list(uuid(), { max: 200 }) }),
  },
  InspectionRemoved: {
    version: 1,
    docs: 'Its retention is over, and it was taken off the books.',
    schema: fields({ reason: text({ max: 1000 }), violationIds: list(uuid(), { max: 200 }) }),
  },
});
