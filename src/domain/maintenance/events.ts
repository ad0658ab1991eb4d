import { meterKinds } from '../equipment/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import {
  businessDate,
  decimal,
  fields,
  instant,
  integer,
  list,
  lookup,
  measurement,
  money,
  note,
  oneOf,
  optional,
  ref,
  text,
  timeZone,
  uuid,
} from '../kernel/schema.ts';

export const bases = ['completed', 'scheduled'] as const;
export const calendarUnits = ['day', 'week', 'month', 'year'] as const;
/** What a due maintenance brings about by itself. */
export const dueActions = ['none', 'request', 'workOrder'] as const;
/** By what it came due: the date, or one of the two meters. */
export const dimensions = ['date', 'primary', 'secondary'] as const;
/** How it stands: by day and meters while it runs, in the order of how pressing it is, else what keeps it from coming due. */
export const standings = ['ok', 'due_soon', 'due', 'overdue', 'paused', 'ended'] as const;

export const calendar = fields({
  every: integer({ min: 1, max: 1200 }),
  unit: oneOf(calendarUnits),
  anchorDay: optional(integer({ min: 1, max: 31, docs: 'The day of the month that slots keep; without it the first day’s own.' })),
});
export const meterInterval = { kind: oneOf(meterKinds), every: measurement({ min: 0.001 }), uom: lookup('uom') } as const;
/** What is to be done how often, but its meter intervals. */
export const plan = {
  name: text(),
  tasks: list(text({ max: 500 }), { max: 100 }),
  basis: oneOf(bases, 'completed: counted from when it was done; scheduled: fixed slots, however late it was done.'),
  calendar: optional(calendar),
  dueSoonDays: integer({ max: 365 }),
  dueSoonPercent: integer({ max: 50, docs: 'Of a meter’s interval: so much before its end it is due soon.' }),
  onDue: oneOf(dueActions),
} as const;
const interval = fields({ ...meterInterval, siEvery: measurement({ min: 0 }) });
const planned = { ...plan, primaryMeter: optional(interval), secondaryMeter: optional(interval) } as const;
export const reading = { kind: oneOf(meterKinds), value: measurement({ min: 0 }), uom: lookup('uom'), readAt: instant() } as const;
/** What the unit was used for in all, over every meter it has had: metres or seconds. */
const usage = measurement({ min: 0 });
const usages = list(fields({ kind: oneOf(meterKinds), usage }), { max: meterKinds.length });
export const part = { partName: text(), partNumber: optional(text({ max: 64 })), quantity: decimal(), cost: optional(money()) } as const;

/** What is to come, as it follows from all that is known: whichever of these comes first. */
const outlook = fields({
  occurrence: integer({ min: 1 }),
  status: oneOf(standings, 'as it stood when this was said; whether it was told, or is silent, is another matter'),
  lastDoneOn: businessDate(),
  dueOn: optional(businessDate()),
  dueAt: usages,
  forecastOn: optional(businessDate()),
  soonDays: integer({ max: 365 }),
  timeZone: timeZone(),
});
const told = {
  equipmentId: uuid(),
  customerId: optional(uuid()),
  accountId: optional(uuid()),
  occurrence: integer({ min: 1 }),
  by: oneOf(dimensions),
  dueOn: optional(businessDate()),
} as const;

export const maintenanceEvents = defineEvents({
  MaintenanceDefined: {
    version: 1,
    docs: 'A unit is maintained by a programme from its last time on.',
    schema: fields({
      equipmentId: uuid(),
      customerId: optional(uuid()),
      accountId: optional(uuid()),
      program: lookup('maintenance-program'),
      ...planned,
      startsOn: businessDate(),
      usages,
      outlook,
    }),
  },
  MaintenanceChanged: { version: 1, docs: 'Other tasks, intervals or rules from now on; what was done stays.', schema: fields({ ...planned, outlook }) },
  MaintenancePaused: { version: 1, docs: 'Nothing comes due for a while.', schema: fields({ reason: text({ max: 1000 }) }) },
  MaintenanceResumed: { version: 1, docs: 'Comes due again as if it had never been paused.', schema: fields({ outlook }) },
  MaintenanceSnoozed: {
    version: 1,
    docs: 'Stays silent until a day; what is due stays due.',
    schema: fields({ until: businessDate(), reason: text({ max: 1000 }), timeZone: timeZone() }),
  },
  MaintenanceUsageRecorded: {
    version: 1,
    docs: 'What a meter of the unit says now: use in all, when it was read, use a day (SI), and the use at those earlier times that stated none.',
    schema: fields({
      kind: oneOf(meterKinds),
      readAt: optional(instant()),
      usage: optional(usage),
      averageDaily: optional(usage),
      derived: list(fields({ occurrence: integer({ min: 1 }), usage }), { max: 1000 }),
      outlook,
    }),
  },
  MaintenanceDueSoon: { version: 1, docs: 'An occurrence comes near; told once.', schema: fields(told) },
  MaintenanceDue: {
    version: 1,
    docs: 'An occurrence is due; told exactly once, also where slots were jumped over.',
    schema: fields({ ...told, program: lookup('maintenance-program'), name: text(), tasks: list(text({ max: 500 }), { max: 100 }), onDue: oneOf(dueActions) }),
  },
  MaintenanceOverdue: { version: 1, docs: 'An occurrence is past its day or meter; told once.', schema: fields(told) },
  MaintenanceReassessed: {
    version: 1,
    docs: 'It stands otherwise than before, by the day alone, and nobody is told: it is silent now, or was told of before.',
    schema: fields({ status: oneOf(standings) }),
  },
  MaintenancePerformed: {
    version: 1,
    docs: 'It was done: what, on which day, by which parts, and what the meters said. The next occurrence begins.',
    schema: fields({
      performanceId: uuid(),
      equipmentId: uuid(),
      /** Of the occurrence that begins with it. */
      occurrence: integer({ min: 2 }),
      workOrderId: optional(uuid()),
      inspectionId: optional(uuid()),
      performedOn: businessDate(),
      workPerformed: optional(note()),
      readings: list(fields(reading), { max: 10 }),
      usages,
      parts: list(fields({ partId: uuid(), ...part }), { max: 100 }),
      cost: optional(money()),
      attachmentId: optional(ref('attachment')),
      outlook,
    }),
  },
  MaintenancePerformanceWithdrawn: {
    version: 1,
    docs: 'It was not done after all: what it had ended goes on.',
    schema: fields({
      performanceId: uuid(),
      occurrence: integer({ min: 2 }),
      partIds: list(uuid(), { max: 100 }),
      reason: optional(text({ max: 1000 })),
      outlook,
    }),
  },
  MaintenanceSkipped: {
    version: 1,
    docs: 'An occurrence is left out; the next one counts as if it had been done on that day and at that use.',
    schema: fields({
      performanceId: uuid(),
      occurrence: integer({ min: 2 }),
      skippedOn: businessDate(),
      countsAsOn: businessDate(),
      usages,
      reason: text({ max: 1000 }),
      outlook,
    }),
  },
  MaintenanceLeftAccount: {
    version: 1,
    docs: 'The unit came back from the account: its maintenance is the company’s own.',
    schema: fields({ accountId: uuid() }),
  },
  MaintenanceEnded: {
    version: 1,
    docs: 'The unit left the fleet: nothing comes due any more. Its records are kept through these days (49 CFR 396.3(c)): a year, and six months from now.',
    schema: fields({
      reason: text({ max: 1000 }),
      endedOn: businessDate(),
      records: list(fields({ performanceId: uuid(), retainedUntil: businessDate(), attachmentId: optional(uuid()) }), { max: 1000 }),
    }),
  },
  MaintenanceRecordRemoved: {
    version: 1,
    docs: 'The retention of a record is over, and it was taken off the books.',
    schema: fields({ performanceId: uuid(), partIds: list(uuid(), { max: 100 }), attachmentId: optional(uuid()), reason: text({ max: 1000 }) }),
  },
});
