/** When maintenance is due: pure functions of what was done, the plan, and what the meters say. Nothing here knows the order of events. */
import type { Facts, Frozen } from '../kernel/aggregate.ts';
import { addDays, addMonths, addWeeks, dayNumber, dayOfMonth, epochMs, monthsBetween } from '../kernel/calendar.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { toSi } from '../kernel/units.ts';
import { generationAt, type MeterKind, meterFact, meterId, meterYear, readingsOf } from '../meter/state.ts';
import type { dimensions } from './events.ts';
import type { Base, Kept, Outlook, Plan, PresentMaintenance, Standing, Usage } from './state.ts';

export type Dimension = (typeof dimensions)[number];
type Calendar = NonNullable<Plan['calendar']>;
type Interval = NonNullable<Plan['primaryMeter']>;
/** How far back an average looks. */
const averageDays = 90;
const yearsBack = 2;
const dayMs = 86_400_000;
/** A forecast farther away than this is none. */
const forecastDaysMax = 36_500;

const monthsOf: Readonly<Record<'month' | 'year', number>> = { month: 1, year: 12 };
const daysOf: Readonly<Record<'day' | 'week', number>> = { day: 1, week: 7 };
/** The n-th slot after a day; months keep their anchor day (PM-3). */
export const slot = (from: string, { every, unit, anchorDay }: Frozen<Calendar>, n: number): string => {
  if (unit === 'day') return addDays(from, every * n);
  if (unit === 'week') return addWeeks(from, every * n);
  return addMonths(from, monthsOf[unit] * every * n, anchorDay ?? dayOfMonth(from));
};
/** The first slot of a series from `start` that lies after a day. */
export const slotAfter = (start: string, calendar: Frozen<Calendar>, day: string): string => {
  const { unit, every } = calendar;
  const estimate =
    unit === 'day' || unit === 'week' ? (dayNumber(day) - dayNumber(start)) / (daysOf[unit] * every) : monthsBetween(start, day) / (monthsOf[unit] * every);
  // One too few at most, where the month's day has not come yet: then the next one is it.
  let n = Math.max(1, Math.floor(estimate));
  while (slot(start, calendar, n) <= day) n += 1;
  return slot(start, calendar, n);
};
const later = (a: string, b: string): string => (a > b ? a : b);

/** What was done, by its day; told later, it comes later within a day. The last one begins the present occurrence. */
export const inOrder = (bases: readonly Frozen<Base>[]): readonly Frozen<Base>[] =>
  [...bases].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : a.occurrence - b.occurrence));
const usageIn = (base: Frozen<Base>, kind: MeterKind): number | undefined => base.stated[kind] ?? base.derived[kind];

const dueDate = (calendar: Frozen<Calendar>, { plan, startsOn, bases }: Pick<PresentMaintenance, 'plan' | 'startsOn' | 'bases'>): string => {
  const done = inOrder(bases);
  const last = done.at(-1)?.on ?? startsOn;
  if (plan.basis === 'completed') return slot(last, { every: calendar.every, unit: calendar.unit }, 1);
  return done.slice(1).reduce((due, { on }) => slotAfter(startsOn, calendar, later(due, on)), slotAfter(startsOn, calendar, startsOn));
};
const dueUsage = ({ kind, siEvery }: Frozen<Interval>, { plan, bases }: Pick<PresentMaintenance, 'plan' | 'bases'>): number | undefined => {
  const done = inOrder(bases);
  const [first, ...rest] = done;
  const last = done.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (plan.basis === 'completed') {
    const used = usageIn(last, kind);
    return used === undefined ? undefined : used + siEvery;
  }
  const start = usageIn(first, kind);
  if (start === undefined) return undefined;
  const after = (used: number): number => start + siEvery * (Math.floor((used - start) / siEvery) + 1);
  return rest.reduce((due, base) => after(Math.max(due, usageIn(base, kind) ?? due)), start + siEvery);
};

type Projected = { readonly readOn: string; readonly due: number; readonly used: number; readonly averageDaily: number };
/**
 * PM-6: today + (due − projected) / average daily use, in whole days; the projection being what was read plus the average since, that is the
 * day of the reading + (due − read) / average, whatever today is. Nothing where the unit stands still or it is a lifetime away.
 */
export const forecastDate = ({ readOn, due, used, averageDaily }: Projected): string | undefined => {
  if (due <= used) return readOn;
  if (!(averageDaily > 0)) return undefined;
  const days = Math.ceil((due - used) / averageDaily);
  return days > forecastDaysMax ? undefined : addDays(readOn, days);
};

const metersOf = ({ primaryMeter, secondaryMeter }: Frozen<Plan>): readonly Frozen<Interval>[] =>
  [primaryMeter, secondaryMeter].filter((meter) => meter !== undefined);
/** The meters a plan goes by. */
export const kindsOf = (plan: Frozen<Plan>): readonly MeterKind[] => metersOf(plan).map(({ kind }) => kind);
const isBefore = (a: string | undefined, b: string): boolean => a === undefined || b < a;

type Known = Pick<PresentMaintenance, 'plan' | 'startsOn' | 'bases' | 'usage' | 'timeZone'>;
type Ahead = Omit<Outlook, 'status'>;
/** What is to come (PM-1, PM-3, PM-5): a function of the plan, all that was done, and the meters. */
export const outlookOf = (state: Known): Ahead => {
  const { plan, bases, usage, timeZone } = state;
  const dueOn = plan.calendar === undefined ? undefined : dueDate(plan.calendar, state);
  let forecastOn = dueOn;
  const dueAt: { readonly kind: MeterKind; readonly usage: number }[] = [];
  for (const meter of metersOf(plan)) {
    const due = dueUsage(meter, state);
    if (due === undefined) continue;
    dueAt.push({ kind: meter.kind, usage: due });
    const at = usage[meter.kind];
    const comes =
      at === undefined ? undefined : forecastDate({ readOn: localDate(at.readAt, timeZone), due, used: at.usage, averageDaily: at.averageDaily ?? 0 });
    if (comes !== undefined && isBefore(forecastOn, comes)) forecastOn = comes;
  }
  const done = inOrder(bases);
  return {
    occurrence: done.at(-1)?.occurrence ?? 1,
    lastDoneOn: done.findLast(({ isSkipped }) => !isSkipped)?.on ?? state.startsOn,
    ...(dueOn === undefined ? {} : { dueOn }),
    dueAt,
    ...(forecastOn === undefined ? {} : { forecastOn }),
    soonDays: plan.dueSoonDays,
    timeZone,
  };
};

export const statuses = ['ok', 'due_soon', 'overdue'] as const;
export type Status = (typeof statuses)[number];
export type Dueness = { readonly status: Status; readonly isDue: boolean; readonly by: Dimension };
type Looked = Pick<PresentMaintenance, 'plan' | 'usage'>;
const rank = ({ status, isDue }: Dueness): number => statuses.indexOf(status) * 2 + (isDue ? 1 : 0);
const byDate = (dueOn: string, soonDays: number, today: string): Dueness => ({
  status: today > dueOn ? 'overdue' : today >= addDays(dueOn, -soonDays) ? 'due_soon' : 'ok',
  isDue: today >= dueOn,
  by: 'date',
});
const byMeter = (by: Dimension, { due, soon }: { readonly due: number; readonly soon: number }, used: number): Dueness => ({
  status: used > due ? 'overdue' : used >= due - soon || used >= due ? 'due_soon' : 'ok',
  isDue: used >= due,
  by,
});
/** PM-1, PM-2: the most pressing of date, primary and secondary meter on a day; ok < due soon < overdue. */
export const duenessOf = ({ plan, usage }: Looked, outlook: Ahead, today: string): Dueness => {
  const all: Dueness[] = outlook.dueOn === undefined ? [] : [byDate(outlook.dueOn, outlook.soonDays, today)];
  for (const { kind, usage: due } of outlook.dueAt) {
    const used = usage[kind]?.usage;
    const by = plan.primaryMeter?.kind === kind ? 'primary' : 'secondary';
    const interval = metersOf(plan).find((meter) => meter.kind === kind);
    if (used !== undefined) all.push(byMeter(by, { due, soon: ((interval?.siEvery ?? 0) * plan.dueSoonPercent) / 100 }, used));
  }
  return all.reduce<Dueness>((most, each) => (rank(each) > rank(most) ? each : most), all[0] ?? { status: 'ok', isDue: false, by: 'date' });
};
/** How it stands on a day, told or not. */
export const standingOf = (state: Known & Pick<PresentMaintenance, 'situation'>, outlook: Ahead, today: string): Standing => {
  if (state.situation !== 'active') return state.situation;
  const { status, isDue } = duenessOf(state, outlook, today);
  return isDue && status !== 'overdue' ? 'due' : status;
};
/** What is to come, and how it stands at an instant. */
export const outlookAt = (state: Known & Pick<PresentMaintenance, 'situation'>, now: string): Outlook => {
  const outlook = outlookOf(state);
  return { ...outlook, status: standingOf(state, outlook, localDate(now, state.timeZone)) };
};

/** Months that a record is kept from when it was done, and from when the unit left (49 CFR 396.3(c)). */
const retentionMonths = { done: 12, left: 6 } as const;
/** PM-9: the last day on which a record is kept. */
export const retainedUntil = ({ on }: Pick<Kept, 'on'>, endedOn: string): string =>
  later(addMonths(on, retentionMonths.done), addMonths(endedOn, retentionMonths.left));

/**
 * The years of a unit's meter that are looked at: around the latest reading known, or the year that a command is about. Enough for an
 * average, and for what was done lately.
 */
export const meterYears = (known: string | undefined, year: number): readonly number[] => {
  const latest = Math.max(year, known === undefined ? year : meterYear(known));
  return Array.from({ length: yearsBack + 2 }, (_, n) => latest - yearsBack + n);
};
type Sample = { readonly readAt: string; readonly usage: number };
type Metered = { readonly equipmentId: string; readonly kind: MeterKind; readonly years: readonly number[] };
/** All readings that count, as use in all over every meter (SI), in time. */
export const samplesOf = (facts: Facts, { equipmentId, kind, years }: Metered): readonly Sample[] =>
  years.flatMap((year) => {
    const meter = meterFact.of(facts, meterId(equipmentId, kind, year));
    if (meter === undefined || meter.situation === 'absent') return [];
    return meter.generations.flatMap(({ carried, start }, n) =>
      readingsOf(meter, n).map(({ readAt, value }) => ({ readAt, usage: Math.max(0, carried + value - start) })),
    );
  });
/** The latest reading, and the use a day over the 90 days before it; none where they span less than a day. */
export const usageOf = (samples: readonly Sample[]): Usage | undefined => {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const end = epochMs(last.readAt);
  const first = samples.find(({ readAt }) => epochMs(readAt) >= end - averageDays * dayMs) ?? last;
  const days = (end - epochMs(first.readAt)) / dayMs;
  return { ...last, averageDaily: days < 1 ? null : Math.max(0, last.usage - first.usage) / days };
};
/** What was used up to the end of a day: the last reading until then, else the first one after. */
export const usageOn = (samples: readonly Sample[], day: string, timeZone: string): number | undefined => {
  const end = startOfLocalDay(addDays(day, 1), timeZone);
  return (samples.findLast(({ readAt }) => readAt < end) ?? samples[0])?.usage;
};
type Read = { readonly kind: MeterKind; readonly value: number; readonly uom: string; readonly readAt: string };
/** A reading as use in all: over the meters the unit had before that one. */
export const usageRead = (facts: Facts, equipmentId: string, { kind, value, uom, readAt }: Read): number => {
  const si = toSi(value, uom);
  const meter = meterFact.of(facts, meterId(equipmentId, kind, meterYear(readAt)));
  const generation = meter === undefined || meter.situation === 'absent' ? undefined : meter.generations[generationAt(meter, readAt)];
  return generation === undefined ? si : Math.max(0, generation.carried + si - generation.start);
};
