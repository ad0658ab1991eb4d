import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, fields, optional, ref, text, uuid } from '../kernel/schema.ts';
import { correction, inspected, violation } from './events.ts';

const edit = 'inspection:edit';
const reason = { reason: text({ max: 1000 }) } as const;

export const inspectionCommands = defineCommands({
  RecordInspection: {
    permission: 'inspection:create',
    docs: 'Writes down an inspection of a unit: annual, at the roadside, or a driver’s. Its violations follow one by one.',
    creates: true,
    rejects: ['alreadyRecorded', 'unknownUnit', 'inFuture', 'tooLongAgo'],
    schema: fields({
      equipmentId: ref('equipment'),
      ...inspected,
    }),
  },
  AddInspectionViolation: {
    permission: edit,
    docs: 'Adds a violation by its code of 49 CFR. One out of service keeps the unit from running until it is corrected. Added after the day to certify, it is overdue at once.',
    startsProcess: true,
    rejects: ['notAllowedNow', 'passed', 'tooMany'],
    schema: fields(violation),
  },
  CorrectViolation: {
    permission: edit,
    docs: 'Says how, by whom and when a violation was repaired. With the last one out of service the unit may run again, before any certification (49 CFR 396.9(c)).',
    startsProcess: true,
    rejects: ['notAllowedNow', 'unknownViolation', 'alreadyCorrected', 'inFuture', 'beforeInspection'],
    schema: fields({ violationId: uuid(), ...correction }),
  },
  WithdrawCorrection: {
    permission: 'inspection:approve',
    docs: 'Says that a violation was not repaired after all; not once it is certified.',
    startsProcess: true,
    rejects: ['notAllowedNow', 'unknownViolation'],
    schema: fields({ violationId: uuid(), ...reason }),
  },
  CertifyInspection: {
    permission: 'inspection:approve',
    docs: 'Certifies that all is repaired: refused while any is open, recorded as late after fifteen days (PM-8).',
    rejects: ['notAllowedNow', 'violationsOpen', 'inFuture', 'beforeInspection'],
    schema: fields({ certifiedBy: text({ personal: true }), certifiedOn: businessDate(), attachmentId: optional(ref('attachment')) }),
  },
  WithdrawInspection: {
    permission: 'inspection:approve',
    docs: 'Says that it was written down by mistake (another unit, another day): its hold ends, and as an annual one it no longer counts.',
    startsProcess: true,
    rejects: ['notAllowedNow'],
    schema: fields(reason),
  },
  CloseInspection: {
    permission: edit,
    docs: 'Ends it: every violation is corrected, and certified where there was one.',
    rejects: ['notAllowedNow', 'violationsOpen', 'notCertified'],
    schema: fields({}),
  },
  RemindOfCertification: { permission: edit, docs: 'The day to certify comes near.', internal: true, rejects: [], schema: fields({}) },
  RaiseCertificationOverdue: { permission: edit, docs: 'The day to certify is over.', internal: true, rejects: [], schema: fields({}) },
  RemoveInspection: {
    permission: 'inspection:delete',
    docs: 'Takes a closed or withdrawn inspection off the books; refused inside its retention: annual reports 14 months, roadside 12, driver’s 3 (PM-9).',
    rejects: ['notAllowedNow', 'retained'],
    schema: fields(reason),
  },
});
