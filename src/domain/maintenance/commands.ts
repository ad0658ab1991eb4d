import { meterKinds } from '../equipment/events.ts';
import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, fields, integer, list, lookup, money, note, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { meterInterval, part, plan, reading } from './events.ts';

const edit = 'maintenance:edit';
const planned = { ...plan, primaryMeter: optional(fields(meterInterval)), secondaryMeter: optional(fields(meterInterval)) } as const;
const wrongPlan = ['intervalNeeded', 'sameMeter', 'wrongUnit', 'implausible'] as const;
const reason = { reason: text({ max: 1000 }) } as const;

export const maintenanceCommands = defineCommands({
  DefineMaintenance: {
    permission: 'maintenance:create',
    docs: 'Maintains a unit by a programme: every so many days, weeks, months or years, and by one or two meters, whichever comes first. Its id is made from unit and programme. `startsOn` is when it was done last; what a meter showed then is looked up where it is not given.',
    creates: true,
    rejects: ['notThisSchedule', 'alreadyDefined', 'unitRetired', 'notHeld', 'inFuture', 'tooLongAgo', 'wrongReading', ...wrongPlan],
    schema: fields({
      equipmentId: ref('equipment'),
      accountId: optional(ref('account')),
      program: lookup('maintenance-program'),
      ...planned,
      startsOn: businessDate(),
      readings: list(fields(reading), { max: 10 }),
    }),
  },
  ChangeMaintenance: {
    permission: edit,
    docs: 'Replaces tasks, intervals and rules; the next due follows from what was done and the new plan.',
    rejects: ['notAllowedNow', ...wrongPlan],
    schema: fields(planned),
  },
  PauseMaintenance: { permission: edit, docs: 'Lets nothing come due until it is resumed.', rejects: ['notAllowedNow'], schema: fields(reason) },
  ResumeMaintenance: { permission: edit, docs: 'Lets it come due again.', rejects: ['notAllowedNow'], schema: fields({}) },
  RecordMaintenancePerformed: {
    permission: 'maintenance:edit',
    docs: 'Says that it was done; for a work order or an inspection at most once until that is withdrawn.',
    rejects: ['notAllowedNow', 'inFuture', 'beforeStart', 'wrongReading', 'alreadyRecorded', 'tooMany'],
    schema: fields({
      workOrderId: optional(uuid()),
      inspectionId: optional(uuid()),
      performedOn: businessDate(),
      workPerformed: optional(note()),
      readings: list(fields(reading), { max: 10 }),
      parts: optional(list(fields(part), { max: 100 })),
      cost: optional(money()),
      attachmentId: optional(ref('attachment')),
    }),
  },
  WithdrawMaintenancePerformed: {
    permission: 'maintenance:approve',
    docs: 'Says that it was not done after all, by its work order, its inspection or its own id: the occurrence that it had ended goes on.',
    rejects: ['notAllowedNow'],
    schema: fields({
      workOrderId: optional(uuid()),
      inspectionId: optional(uuid()),
      performanceId: optional(uuid()),
      reason: optional(text({ max: 1000 })),
    }),
  },
  SkipMaintenance: {
    permission: 'maintenance:approve',
    docs: 'Leaves the present occurrence out; one ahead at most.',
    rejects: ['notAllowedNow', 'alreadySkipped', 'tooMany'],
    schema: fields(reason),
  },
  SnoozeMaintenance: {
    permission: edit,
    docs: 'Says nothing of it until a day; the due itself does not move.',
    rejects: ['notAllowedNow', 'notAhead', 'tooFar'],
    schema: fields({ until: businessDate(), ...reason }),
  },
  RemoveMaintenanceRecord: {
    permission: 'maintenance:delete',
    docs: 'Takes the record of one time off the books; refused inside its retention: a year, and six months after the unit left the fleet (PM-9).',
    rejects: ['retained', 'unknownRecord'],
    schema: fields({ performanceId: uuid(), ...reason }),
  },
  RecordUsage: {
    permission: edit,
    docs: 'A meter of the unit has another reading, or one less: it is looked at again.',
    internal: true,
    rejects: [],
    schema: fields({ kind: oneOf(meterKinds), year: integer({ min: 1970, max: 9999 }) }),
  },
  CheckMaintenance: { permission: edit, docs: 'A day has come that may make it due.', internal: true, rejects: [], schema: fields({}) },
  LeaveMaintenanceAccount: {
    permission: edit,
    docs: 'The unit is no longer with the account.',
    internal: true,
    rejects: [],
    schema: fields({ accountId: uuid() }),
  },
  EndMaintenance: { permission: edit, docs: 'The unit left the fleet.', internal: true, rejects: [], schema: fields(reason) },
});
