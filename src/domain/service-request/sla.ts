/** SR-6: the clock of a request's state. Working time since it was entered, holds taken out, against the limit of the policy. */
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import { type Context, type EventOf, emit, type Facts, type Frozen } from '../kernel/aggregate.ts';
import { catalogId } from '../kernel/well-known.ts';
import { addWorkingMs, aroundTheClock, elapsedWorkingMs, type WorkingCalendar } from '../kernel/working-time.ts';
import { serviceRequestEvents } from './events.ts';
import { holidayCatalog, holidaysOf } from './holidays.ts';
import { evolve, isHeld, type PresentRequest, type Sla } from './state.ts';

export type RequestEvent = EventOf<typeof serviceRequestEvents>;
export const event = emit(serviceRequestEvents);
export const slaPolicies = catalogId('sla-policy');
/** What a decision that moves the clock must see. */
export const clockFacts = [catalogFact.at(slaPolicies), catalogFact.at(holidayCatalog)];

const shift = [
  { from: '08:00', to: '12:00' },
  { from: '13:00', to: '17:00' },
];
/** The company's hours: Monday to Friday 8–12 and 13–17, Saturday 8–12, in the account's zone. */
const businessWeek = [shift, shift, shift, shift, shift, shift.slice(0, 1), []];
const yearsAhead = 2;

type Place = { readonly timeZone: string; readonly country: string };
const calendarOf = (sla: Sla | null, { timeZone, country }: Place, at: { readonly facts: Facts; readonly from: string }): WorkingCalendar => {
  if (sla?.calendar !== 'business-hours') return aroundTheClock(timeZone);
  const first = Number(at.from.slice(0, 4));
  const years = Array.from({ length: yearsAhead + 2 }, (_, n) => first - 1 + n);
  return { timeZone, weekly: businessWeek, holidays: holidaysOf(at.facts, country, years) };
};

type Key = Pick<PresentRequest, 'serviceType' | 'urgency' | 'status'>;
/** The policy of a type, an urgency and a state; nothing where the catalog names none or it is no longer active. */
export const slaFor = (facts: Facts, { serviceType, urgency, status }: Key): Sla | null => {
  const catalog: Frozen<Catalog> | undefined = catalogFact.of(facts, slaPolicies);
  const code = `${serviceType}.${urgency}.${status}`;
  const found = catalog !== undefined && Object.hasOwn(catalog.entries, code) ? catalog.entries[code] : undefined;
  const { minutes, calendar, version, waitingOn } = found?.entry.attributes ?? {};
  if (found?.isActive !== true || typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 0) return null;
  return {
    policyCode: code,
    policyVersion: typeof version === 'number' && Number.isInteger(version) && version >= 0 ? version : 1,
    limitMinutes: minutes,
    calendar: calendar === 'business-hours' ? 'business-hours' : 'always',
    waitingOn: waitingOn === 'customer' ? 'customer' : 'company',
  };
};

/** Working time spent so far in the state it is in, in milliseconds; the same however often it is asked. */
export const workedMs = (state: PresentRequest, { facts, now }: Pick<Context, 'facts' | 'now'>): number => {
  const { sla, enteredAt, holds } = state.clock;
  return elapsedWorkingMs(calendarOf(sla, state, { facts, from: enteredAt }), { from: enteredAt, to: now }, holds);
};

/** The state after some events, as the log will have it. */
export const after = (state: PresentRequest, events: readonly RequestEvent[], { now, actor }: Context): PresentRequest =>
  events.reduce<PresentRequest>((folded, { type, data }) => {
    // The boundary of types: an event of this name has this data.
    const next = evolve[type](folded, data as never, { id: '', occurredAt: now, actor });
    return next.situation === 'absent' ? folded : next;
  }, state);

/** Recorded with whatever comes first after it was due, so that a late scheduler loses no breach; once a state. */
export const breach = ({ clock, status }: PresentRequest, now: string): readonly RequestEvent[] =>
  clock.dueAt !== null && now > clock.dueAt && !clock.isBreached
    ? [event('RequestSlaBreached', { entry: clock.entry, state: status, dueAt: clock.dueAt })]
    : [];

const dueOf = (state: PresentRequest, sla: Sla | null, from: string, facts: Facts): string | undefined => {
  const { clock } = state;
  if (sla === null || isHeld(state) || clock.isBreached) return undefined;
  return addWorkingMs(calendarOf(sla, state, { facts, from }), { instant: from, workingMs: sla.limitMinutes * 60_000 }, clock.holds);
};
const clockSet = (state: PresentRequest, sla: Sla | null, dueAt: string | undefined) => ({
  entry: state.clock.entry,
  state: state.status,
  enteredAt: state.clock.enteredAt,
  ...(sla === null ? {} : { sla }),
  ...(dueAt === undefined ? {} : { dueAt }),
});

/** The clock set anew in the same state: after a hold began or ended by the policy it has, after another urgency by that one's. */
export const reset = (state: PresentRequest, { facts }: Context, isOtherUrgency = false): RequestEvent => {
  const sla = isOtherUrgency ? slaFor(facts, state) : state.clock.sla;
  return event('RequestClockSet', clockSet(state, sla, dueOf(state, sla, state.clock.enteredAt, facts)));
};

/** Events that bring a request into another state, with the breach before and the clock after; `state` is the one before them. */
export const moved = (state: PresentRequest, events: readonly RequestEvent[], context: Context): readonly RequestEvent[] => {
  const { facts, now } = context;
  const late = breach(state, now);
  const next = after(state, [...late, ...events], context);
  if (next.status === state.status && state.clock.entry > 0) return [...late, ...events];
  const fresh = { ...next, clock: { ...next.clock, entry: state.clock.entry + 1, enteredAt: now, isBreached: false, holds: [] } };
  const sla = slaFor(facts, next);
  const left = state.clock.entry === 0 ? {} : { left: { entry: state.clock.entry, workingMs: workedMs(state, context) } };
  return [...late, ...events, event('RequestClockSet', { ...clockSet(fresh, sla, dueOf(fresh, sla, now, facts)), ...left })];
};
