import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, currency, fields, flag, integer, oneOf, ref, text, timeZone, uuid } from '../kernel/schema.ts';
import { documentRoles, line, rate, schedule, terms } from './events.ts';

const edit = 'agreement:edit';
const approve = 'agreement:approve';
const draft = {
  customerId: ref('customer'),
  effectiveDate: businessDate(),
  termMonths: integer({ min: 1, max: 600 }),
  isEvergreen: flag('Runs on after its term until terminated.'),
  currency: currency(),
  timeZone: timeZone(),
  ...terms,
} as const;
const inSchedule = { scheduleId: uuid() } as const;
const inLine = { ...inSchedule, lineItemId: uuid() } as const;

export const agreementCommands = defineCommands({
  DraftAgreement: {
    permission: 'agreement:create',
    docs: 'Begins a master agreement with a customer.',
    creates: true,
    rejects: ['alreadyDrafted', 'customerBlocked', 'unknownCurrency'],
    schema: fields(draft),
  },
  ChangeAgreement: {
    permission: edit,
    docs: 'Changes a draft. Its customer stays.',
    rejects: ['notAllowed', 'unknownCurrency', 'otherCustomer', 'otherCurrency'],
    schema: fields(draft),
  },
  DiscardAgreement: { permission: edit, docs: 'Gives a draft up.', rejects: ['notAllowed'], schema: fields({ reason: text() }) },
  AttachAgreementDocument: {
    permission: edit,
    docs: 'Attaches a paper; the signed one is needed to activate.',
    rejects: ['notAllowed', 'tooMany'],
    schema: fields({ attachmentId: ref('attachment'), role: oneOf(documentRoles) }),
  },
  ActivateAgreement: {
    permission: approve,
    docs: 'Puts it in force. Needs a signed document and a customer who is not blocked.',
    rejects: ['notAllowed', 'notSigned', 'customerBlocked'],
    schema: fields({}),
  },
  AmendAgreement: {
    permission: approve,
    docs: 'Lets other terms hold from a date on.',
    rejects: ['notAllowed', 'outsideTerm', 'tooMany'],
    schema: fields({ effectiveOn: businessDate(), ...terms }),
  },
  RenewAgreement: {
    permission: approve,
    docs: 'Makes the term longer.',
    rejects: ['notAllowed'],
    schema: fields({ termMonths: integer({ min: 1, max: 600 }), isEvergreen: flag() }),
  },
  TerminateAgreement: {
    permission: approve,
    docs: 'Ends it: nothing new starts, units out come home.',
    rejects: ['notAllowed'],
    schema: fields({ on: businessDate(), reason: text() }),
  },
  ExpireAgreement: { permission: approve, docs: 'The term’s last day has passed.', internal: true, rejects: [], schema: fields({ on: businessDate() }) },

  AddSchedule: {
    permission: edit,
    docs: 'Adds a rental schedule.',
    rejects: ['notAllowed', 'outsideTerm', 'endsBeforeItStarts', 'tooMany'],
    schema: fields(schedule),
  },
  ActivateSchedule: {
    permission: approve,
    docs: 'Lets units be assigned under a schedule.',
    rejects: ['notAllowed', 'unknownSchedule', 'noLines', 'outsideTerm'],
    schema: fields(inSchedule),
  },
  DiscardSchedule: {
    permission: edit,
    docs: 'Gives a drafted schedule up.',
    rejects: ['notAllowed', 'unknownSchedule'],
    schema: fields({ ...inSchedule, reason: text() }),
  },
  RenewSchedule: {
    permission: approve,
    docs: 'Makes a schedule run longer, also after it expired.',
    rejects: ['notAllowed', 'unknownSchedule', 'notLater'],
    schema: fields({ ...inSchedule, endDate: businessDate() }),
  },
  TerminateSchedule: {
    permission: approve,
    docs: 'Ends a schedule: nothing new starts under it.',
    rejects: ['notAllowed', 'unknownSchedule'],
    schema: fields({ ...inSchedule, on: businessDate(), reason: text() }),
  },
  ExpireSchedule: {
    permission: approve,
    docs: 'A schedule’s last day has passed.',
    internal: true,
    rejects: [],
    schema: fields({ ...inSchedule, on: businessDate() }),
  },
  AttachScheduleDocument: {
    permission: edit,
    docs: 'Attaches a paper to a schedule.',
    rejects: ['notAllowed', 'unknownSchedule', 'tooMany'],
    schema: fields({ ...inSchedule, attachmentId: ref('attachment'), role: oneOf(documentRoles) }),
  },

  AddLine: {
    permission: edit,
    docs: 'Adds so many units of a type at a rate; its dates lie in the schedule’s.',
    rejects: ['notAllowed', 'unknownSchedule', 'outsideSchedule', 'endsBeforeItStarts', 'otherCurrency', 'tooMany'],
    schema: fields({ ...inSchedule, ...line, ...rate }),
  },
  ChangeLineUnits: {
    permission: edit,
    docs: 'Changes the number of units, never below what is granted.',
    rejects: ['notAllowed', 'unknownLine', 'belowGranted'],
    schema: fields({ ...inLine, numberOfUnits: integer({ min: 1, max: 100_000 }) }),
  },
  ChangeRate: {
    permission: edit,
    docs: 'Lets another rate hold from a date on.',
    rejects: ['notAllowed', 'unknownLine', 'outsideSchedule', 'otherCurrency'],
    schema: fields({ ...inLine, from: businessDate(), ...rate }),
  },
  GrantUnits: {
    permission: edit,
    docs: 'Gives an account so many more of a line’s units. Its allocation is raised right after.',
    startsProcess: true,
    rejects: ['notAllowed', 'unknownLine', 'overGranted', 'accountClosed', 'tooMany'],
    schema: fields({ ...inLine, accountId: ref('account'), units: integer({ min: 1, max: 100_000 }) }),
  },
  ReduceGrant: {
    permission: edit,
    docs: 'An allocation was lowered: its grant follows.',
    internal: true,
    rejects: ['unknownLine'],
    schema: fields({ ...inLine, allocationId: uuid(), units: integer({ min: 1, max: 100_000 }) }),
  },
});
