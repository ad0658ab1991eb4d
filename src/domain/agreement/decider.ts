import { customerFact } from '../customer/state.ts';
import { type Aggregate, type Context, type DataOf, type EventOf, emit, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { derivedId } from '../kernel/ids.ts';
import { isCurrency } from '../kernel/money.ts';
import { localDate } from '../kernel/time-zone.ts';
import { agreementCommands } from './commands.ts';
import { deadlines } from './deadlines.ts';
import { agreementEvents } from './events.ts';
import {
  allocationsOf,
  allows,
  amendmentsMax,
  beginsInTerm,
  documentsMax,
  endOfTerm,
  endsAfterStart,
  grantsMax,
  liesInSchedule,
  linesIn,
  linesMax,
  scheduleIs,
  schedulesMax,
} from './rules.ts';
import { type Agreement, evolve, grantedOf, initial, type Line, type PresentAgreement, type Schedule, termsIn } from './state.ts';

const event = emit(agreementEvents);
const namespace = '2f0e6f3c-55f2-5c39-9d6b-0a4a1b6c9e01';
/** One allocation a line and account: granting again raises the same one. */
export const allocationIdOf = (lineItemId: string, accountId: string): string => derivedId(namespace, [lineItemId, accountId]);

const present = (state: Frozen<Agreement>): PresentAgreement => {
  if (state.status === 'absent') throw new Error('a command reached an agreement that does not exist');
  return state;
};
const roomFor = (count: number, max: number) => (count >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined);
const unknownSchedule = () => reject('unknownSchedule', 'There is no such schedule in the agreement.');
const unknownLine = () => reject('unknownLine', 'There is no such line in the schedule.');
const customerIn = (facts: Context['facts'], customerId: string) => {
  const customer = customerFact.of(facts, customerId);
  return customer?.situation === 'active' ? undefined : reject('customerBlocked', 'The customer is blocked or closed.');
};
const lineAt = (state: PresentAgreement, { scheduleId, lineItemId }: { readonly scheduleId: string; readonly lineItemId: string }) => {
  const schedule: Frozen<Schedule> | undefined = state.schedules[scheduleId];
  const line: Frozen<Line> | undefined = schedule?.lines[lineItemId];
  return schedule === undefined || line === undefined ? undefined : { schedule, line };
};

/** Every schedule that takes assignments or would have, with its allocations: named in events, so that each is closed. */
const closing = (state: PresentAgreement): readonly EventOf<typeof agreementEvents>[] =>
  Object.entries(state.schedules)
    .filter(([, schedule]) => schedule.status === 'active' || schedule.status === 'draft')
    .flatMap(([scheduleId, schedule]) => closingOf(scheduleId, schedule));
const closingOf = (scheduleId: string, schedule: Frozen<Schedule>): readonly EventOf<typeof agreementEvents>[] => {
  const allocationIds = allocationsOf(schedule);
  return allocationIds.length === 0 ? [] : [event('AllocationsClosing', { scheduleId, allocationIds })];
};

type Decide = Aggregate<'agreement', Agreement, typeof agreementCommands, typeof agreementEvents>['decide'];

const master: Pick<
  Decide,
  | 'DraftAgreement'
  | 'ChangeAgreement'
  | 'DiscardAgreement'
  | 'AttachAgreementDocument'
  | 'ActivateAgreement'
  | 'AmendAgreement'
  | 'RenewAgreement'
  | 'TerminateAgreement'
  | 'ExpireAgreement'
> = {
  DraftAgreement: (state, command, { facts }) => {
    if (!isCurrency(command.currency)) return reject('unknownCurrency', `${command.currency} is no ISO 4217 currency.`);
    if (state.status === 'absent') return customerIn(facts, command.customerId) ?? [event('AgreementDrafted', command)];
    return state.content === canonicalJson(command) ? [] : reject('alreadyDrafted', 'This agreement exists.');
  },
  ChangeAgreement: (state, command) => {
    const at = present(state);
    if (command.customerId !== at.customerId) return reject('otherCustomer', 'An agreement does not change its customer.');
    if (!isCurrency(command.currency)) return reject('unknownCurrency', `${command.currency} is no ISO 4217 currency.`);
    if (command.currency !== at.currency && linesIn(at).length > 0) return reject('otherCurrency', `The lines’ rates are in ${at.currency}.`);
    return allows(at, 'ChangeAgreement') ?? (at.content === canonicalJson(command) ? [] : [event('AgreementChanged', command)]);
  },
  DiscardAgreement: (state, command) =>
    state.status === 'discarded' ? [] : (allows(present(state), 'DiscardAgreement') ?? [event('AgreementDiscarded', command), ...closing(present(state))]),
  AttachAgreementDocument: (state, command) => {
    const { documents } = present(state);
    if (documents[command.attachmentId] === command.role) return [];
    return (
      allows(present(state), 'AttachAgreementDocument') ?? roomFor(Object.keys(documents).length, documentsMax) ?? [event('AgreementDocumentAttached', command)]
    );
  },
  ActivateAgreement: (state, _command, { facts }) => {
    const at = present(state);
    if (at.status === 'active') return [];
    const wrong = allows(at, 'ActivateAgreement') ?? customerIn(facts, at.customerId);
    if (wrong !== undefined) return wrong;
    if (!Object.values(at.documents).includes('signed')) return reject('notSigned', 'Attach the signed document first.');
    const { effectiveDate, termMonths, isEvergreen, timeZone } = at;
    return [event('AgreementActivated', { endDate: endOfTerm(effectiveDate, termMonths), isEvergreen, timeZone })];
  },
  AmendAgreement: (state, command, { newId }) => {
    const at = present(state);
    const { effectiveOn, ...terms } = command;
    const isKnown = at.terms.some((known) => known.from === effectiveOn && canonicalJson(known.terms) === canonicalJson(termsIn(terms)));
    if (isKnown && at.status === 'active') return [];
    return (
      allows(at, 'AmendAgreement') ??
      beginsInTerm(at, effectiveOn) ??
      roomFor(at.terms.length, amendmentsMax) ?? [event('AgreementAmended', { amendmentId: newId(0), ...command })]
    );
  },
  RenewAgreement: (state, { termMonths, isEvergreen }) => {
    const at = present(state);
    const { endDate, timeZone } = at;
    return (
      allows(at, 'RenewAgreement') ?? [
        event('AgreementRenewed', { endDate: endOfTerm(addDays(endDate ?? at.effectiveDate, 1), termMonths), isEvergreen, timeZone }),
      ]
    );
  },
  TerminateAgreement: (state, command) =>
    state.status === 'terminated' ? [] : (allows(present(state), 'TerminateAgreement') ?? [event('AgreementTerminated', command), ...closing(present(state))]),
  ExpireAgreement: (state, command) => {
    const at = present(state);
    if (at.status !== 'active' || at.isEvergreen || at.endDate !== command.on) return [];
    return [event('AgreementExpired', command), ...closing(at)];
  },
};

const schedules: Pick<
  Decide,
  'AddSchedule' | 'ActivateSchedule' | 'DiscardSchedule' | 'RenewSchedule' | 'TerminateSchedule' | 'ExpireSchedule' | 'AttachScheduleDocument'
> = {
  AddSchedule: (state, command, { newId }) => {
    const at = present(state);
    return (
      allows(at, 'AddSchedule') ??
      endsAfterStart(command.effectiveDate, command.endDate) ??
      beginsInTerm(at, command.effectiveDate) ??
      roomFor(Object.keys(at.schedules).length, schedulesMax) ?? [event('ScheduleAdded', { scheduleId: newId(0), ...command })]
    );
  },
  ActivateSchedule: (state, { scheduleId }) => {
    const at = present(state);
    const schedule = at.schedules[scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (schedule.status === 'active') return [];
    const wrong = allows(at, 'ActivateSchedule') ?? scheduleIs(schedule, 'draft') ?? beginsInTerm(at, schedule.effectiveDate);
    if (wrong !== undefined) return wrong;
    if (Object.keys(schedule.lines).length === 0) return reject('noLines', 'Add a line first.');
    const ends = schedule.endDate === null ? {} : { endDate: schedule.endDate };
    return [event('ScheduleActivated', { scheduleId, ...ends, timeZone: at.timeZone })];
  },
  DiscardSchedule: (state, command) => {
    const at = present(state);
    const schedule = at.schedules[command.scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (schedule.status === 'discarded') return [];
    return allows(at, 'DiscardSchedule') ?? scheduleIs(schedule, 'draft') ?? [event('ScheduleDiscarded', command), ...closingOf(command.scheduleId, schedule)];
  },
  RenewSchedule: (state, command) => {
    const at = present(state);
    const schedule = at.schedules[command.scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (schedule.status === 'active' && schedule.endDate === command.endDate) return [];
    const wrong = allows(at, 'RenewSchedule') ?? scheduleIs(schedule, 'active', 'expired');
    if (wrong !== undefined) return wrong;
    if (schedule.endDate === null) return reject('notLater', 'The schedule runs without an end.');
    if (command.endDate <= schedule.endDate) return reject('notLater', 'A renewal ends later than before.', { endDate: schedule.endDate });
    return [event('ScheduleRenewed', { ...command, timeZone: at.timeZone })];
  },
  TerminateSchedule: (state, command) => {
    const at = present(state);
    const schedule = at.schedules[command.scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (schedule.status === 'terminated') return [];
    return (
      allows(at, 'TerminateSchedule') ?? scheduleIs(schedule, 'active') ?? [event('ScheduleTerminated', command), ...closingOf(command.scheduleId, schedule)]
    );
  },
  ExpireSchedule: (state, command) => {
    const schedule = present(state).schedules[command.scheduleId];
    if (schedule?.status !== 'active' || schedule.endDate !== command.on) return [];
    return [event('ScheduleExpired', command), ...closingOf(command.scheduleId, schedule)];
  },
  AttachScheduleDocument: (state, command) => {
    const schedule = present(state).schedules[command.scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (schedule.documents.includes(command.attachmentId)) return [];
    return (
      allows(present(state), 'AttachScheduleDocument') ??
      scheduleIs(schedule, 'draft', 'active', 'expired', 'terminated') ??
      roomFor(schedule.documents.length, documentsMax) ?? [event('ScheduleDocumentAttached', command)]
    );
  },
};

const lines: Pick<Decide, 'AddLine' | 'ChangeLineUnits' | 'ChangeRate' | 'GrantUnits' | 'ReduceGrant'> = {
  AddLine: (state, command, { newId }) => {
    const at = present(state);
    const schedule = at.schedules[command.scheduleId];
    if (schedule === undefined) return unknownSchedule();
    if (command.rate.currency !== at.currency) return reject('otherCurrency', `The agreement is in ${at.currency}.`);
    return (
      allows(at, 'AddLine') ??
      scheduleIs(schedule, 'draft', 'active') ??
      endsAfterStart(command.from, command.until) ??
      liesInSchedule(schedule, command) ??
      roomFor(Object.keys(schedule.lines).length, linesMax) ?? [event('LineAdded', { lineItemId: newId(0), ...command })]
    );
  },
  ChangeLineUnits: (state, command) => {
    const found = lineAt(present(state), command);
    if (found === undefined) return unknownLine();
    if (found.line.numberOfUnits === command.numberOfUnits) return [];
    const granted = grantedOf(found.line);
    if (command.numberOfUnits < granted) return reject('belowGranted', `${granted} units are granted.`, { granted });
    return allows(present(state), 'ChangeLineUnits') ?? scheduleIs(found.schedule, 'draft', 'active') ?? [event('LineUnitsChanged', command)];
  },
  ChangeRate: (state, command) => {
    const found = lineAt(present(state), command);
    if (found === undefined) return unknownLine();
    if (command.rate.currency !== present(state).currency) return reject('otherCurrency', `The agreement is in ${present(state).currency}.`);
    const { from, rate, per } = command;
    if (found.line.rates.some((known) => canonicalJson(known) === canonicalJson({ from, rate, per }))) return [];
    return (
      allows(present(state), 'ChangeRate') ??
      scheduleIs(found.schedule, 'draft', 'active') ??
      liesInSchedule(found.schedule, { from }) ?? [event('LineRateChanged', command)]
    );
  },
  GrantUnits: (state, command, context) => {
    const at = present(state);
    const found = lineAt(at, command);
    if (found === undefined) return unknownLine();
    const wrong = allows(at, 'GrantUnits') ?? scheduleIs(found.schedule, 'draft', 'active') ?? accountIsOpen(at, command, context);
    if (wrong !== undefined) return wrong;
    const granted = grantedOf(found.line);
    const { numberOfUnits, equipmentType, grants } = found.line;
    if (granted + command.units > numberOfUnits)
      return reject('overGranted', `The line has ${numberOfUnits} units; ${granted} are granted.`, { numberOfUnits, granted });
    const allocationId = allocationIdOf(command.lineItemId, command.accountId);
    const total = (grants[allocationId]?.units ?? 0) + command.units;
    // The cap is the whole agreement's: a schedule that ends names all its allocations in one event.
    const known = Object.values(at.schedules).reduce((sum, schedule) => sum + allocationsOf(schedule).length, 0);
    const full = Object.hasOwn(grants, allocationId) ? undefined : roomFor(known, grantsMax);
    return full ?? [event('UnitsGranted', { ...command, allocationId, total, customerId: at.customerId, equipmentType })];
  },
  ReduceGrant: (state, command) => {
    const grant = lineAt(present(state), command)?.line.grants[command.allocationId];
    if (grant === undefined) return unknownLine();
    return [event('GrantReduced', { ...command, total: grant.units - command.units })];
  },
};

const accountIsOpen = (state: PresentAgreement, { accountId }: DataOf<(typeof agreementCommands)['GrantUnits']>, { facts }: Context) => {
  const customer = customerFact.of(facts, state.customerId);
  const isOpen = customer !== undefined && customer.situation !== 'absent' && customer.accounts[accountId]?.isOpen === true;
  return isOpen ? undefined : reject('accountClosed', 'The account is closed, or not this customer’s.');
};

const customerOf = (state: Frozen<Agreement>) => (state.status === 'absent' ? [] : [customerFact.at(state.customerId)]);
const guards: Guards<Agreement, typeof agreementCommands> = {
  DraftAgreement: (_state, { customerId }) => [customerFact.at(customerId)],
  ActivateAgreement: customerOf,
  GrantUnits: customerOf,
};

/** A master agreement with a customer: its terms, schedules, lines and what each account is granted of them. */
export const agreement: Aggregate<'agreement', Agreement, typeof agreementCommands, typeof agreementEvents> = {
  category: 'agreement',
  docs: 'A master agreement with a customer: its terms, schedules, lines and what each account is granted of them.',
  confidentiality: 'tenant',
  stateVersion: 3,
  events: agreementEvents,
  commands: agreementCommands,
  initial,
  decide: { ...master, ...schedules, ...lines },
  evolve,
  guards,
  tenantOf: (state) => (state.status === 'absent' ? null : state.customerId),
  exists: ({ status }) => status !== 'absent',
  deadlines,
};
/** The local day of an instant where the agreement's business days are counted. */
export const businessDay = (state: PresentAgreement, now: string): string => localDate(now, state.timeZone);
