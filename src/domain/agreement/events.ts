import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, currency, fields, flag, integer, list, lookup, money, note, oneOf, optional, text, timeZone, uuid } from '../kernel/schema.ts';

export const billingMethods = ['advance', 'arrears'] as const;
export const ratePeriods = ['day', 'week', 'month', '28-day'] as const;
export const documentRoles = ['signed', 'amendment', 'certificate', 'other'] as const;

/** What a master agreement says; an amendment replaces all of it from a date on. */
export const terms = {
  billingMethod: oneOf(billingMethods),
  paymentDays: integer({ min: 0, max: 365, docs: 'Days from an invoice to its due date.' }),
  holdoverFactor: oneOf(['1', '1.25', '1.5', '2'], 'The rate of an unreturned unit after expiry, as a multiple of the line’s.'),
  notes: optional(note()),
} as const;
export const master = {
  customerId: uuid(),
  effectiveDate: businessDate(),
  termMonths: integer({ min: 1, max: 600 }),
  isEvergreen: flag('Runs on after its term until terminated.'),
  currency: currency(),
  timeZone: timeZone(),
} as const;
export const schedule = {
  effectiveDate: businessDate(),
  endDate: optional(businessDate()),
  contractType: lookup('contract-type'),
  facility: optional(lookup('facility')),
} as const;
export const rate = { rate: money(), per: oneOf(ratePeriods) } as const;
export const line = {
  equipmentType: lookup('equipment-type'),
  numberOfUnits: integer({ min: 1, max: 100_000 }),
  from: businessDate(),
  until: optional(businessDate()),
} as const;
const inSchedule = { scheduleId: uuid() } as const;
const inLine = { ...inSchedule, lineItemId: uuid() } as const;

export const agreementEvents = defineEvents({
  AgreementDrafted: { version: 1, docs: 'A master agreement is being prepared.', schema: fields({ ...master, ...terms }) },
  AgreementChanged: { version: 1, docs: 'A draft says something else.', schema: fields({ ...master, ...terms }) },
  AgreementDiscarded: { version: 1, docs: 'A draft was given up.', schema: fields({ reason: text() }) },
  AgreementActivated: {
    version: 1,
    docs: 'The agreement is signed and in force until its end date, unless evergreen.',
    schema: fields({ endDate: businessDate(), isEvergreen: flag(), timeZone: timeZone() }),
  },
  AgreementAmended: {
    version: 1,
    docs: 'Other terms hold from a date on; what was billed before is not touched.',
    schema: fields({ amendmentId: uuid(), effectiveOn: businessDate(), ...terms }),
  },
  AgreementRenewed: { version: 1, docs: 'The term is longer.', schema: fields({ endDate: businessDate(), isEvergreen: flag(), timeZone: timeZone() }) },
  AgreementTerminated: { version: 1, docs: 'Nothing new starts; units still out come home.', schema: fields({ on: businessDate(), reason: text() }) },
  AgreementExpired: {
    version: 1,
    docs: 'The term ended: nothing new starts; units still out come home, at the holdover rate.',
    schema: fields({ on: businessDate() }),
  },
  AgreementDocumentAttached: { version: 1, docs: 'A paper of the agreement.', schema: fields({ attachmentId: uuid(), role: oneOf(documentRoles) }) },

  ScheduleAdded: { version: 1, docs: 'A rental schedule under the agreement.', schema: fields({ ...inSchedule, ...schedule }) },
  ScheduleActivated: {
    version: 1,
    docs: 'Units may be assigned under it.',
    schema: fields({ ...inSchedule, endDate: optional(businessDate()), timeZone: timeZone() }),
  },
  ScheduleDiscarded: { version: 1, docs: 'A drafted schedule was given up.', schema: fields({ ...inSchedule, reason: text() }) },
  ScheduleRenewed: {
    version: 1,
    docs: 'The schedule runs until a later date.',
    schema: fields({ ...inSchedule, endDate: businessDate(), timeZone: timeZone() }),
  },
  ScheduleTerminated: { version: 1, docs: 'Nothing new starts under the schedule.', schema: fields({ ...inSchedule, on: businessDate(), reason: text() }) },
  ScheduleExpired: { version: 1, docs: 'The schedule’s end date passed.', schema: fields({ ...inSchedule, on: businessDate() }) },
  ScheduleDocumentAttached: { version: 1, docs: 'A paper of a schedule.', schema: fields({ ...inSchedule, attachmentId: uuid(), role: oneOf(documentRoles) }) },

  LineAdded: { version: 1, docs: 'So many units of a type at a rate.', schema: fields({ ...inLine, ...line, ...rate }) },
  LineUnitsChanged: {
    version: 1,
    docs: 'A line is for another number of units.',
    schema: fields({ ...inLine, numberOfUnits: integer({ min: 1, max: 100_000 }) }),
  },
  LineRateChanged: { version: 1, docs: 'Another rate holds from a date on.', schema: fields({ ...inLine, from: businessDate(), ...rate }) },
  UnitsGranted: {
    version: 1,
    docs: 'An account may have so many more of a line’s units (`total` in all); its allocation is raised by as many next.',
    schema: fields({
      ...inLine,
      allocationId: uuid(),
      accountId: uuid(),
      units: integer({ min: 1, max: 100_000 }),
      total: integer({ min: 1, max: 100_000 }),
      customerId: uuid(),
      equipmentType: lookup('equipment-type'),
    }),
  },
  GrantReduced: {
    version: 1,
    docs: 'An allocation was lowered by so many units, so its grant is too (`total` left).',
    schema: fields({ ...inLine, allocationId: uuid(), units: integer({ min: 1, max: 100_000 }), total: integer({ max: 100_000 }) }),
  },
  AllocationsClosing: {
    version: 1,
    docs: 'Nothing new starts under these allocations; named here so that each is closed.',
    schema: fields({ ...inSchedule, allocationIds: list(uuid(), { max: 5000 }) }),
  },
});
