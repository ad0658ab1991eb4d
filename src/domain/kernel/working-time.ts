/**
 * Working time: what of an interval lies inside a calendar's weekly hours, holidays taken out, in the calendar's own zone. Service levels
 * run on it (SR-6).
 */
import { dayNumber, epochMs, instantAt, isBusinessDate, weekdayOfDayNumber } from './calendar.ts';
import { areDisjoint, clipIntervals, type Interval, mergeIntervals, subtractIntervals } from './interval.ts';
import { firstInstantAtLocal, isTimeZone, zoneOffsetMs } from './time-zone.ts';

/** Wall-clock hours `HH:mm` of a day, end not included; `24:00` is the day's end. */
export type WorkingHours = { readonly from: string; readonly to: string };
/** `weekly` has seven lists, Monday first; holidays are dates without work. */
export type WorkingCalendar = {
  readonly timeZone: string;
  readonly weekly: readonly (readonly WorkingHours[])[];
  readonly holidays: readonly string[];
};

const dayMs = 86_400_000;
/** How far a deadline is looked for: ten years. */
const daysAheadMax = 3660;
const daysKeptMax = 4096;

const timeOfDay = (text: string): number => Number(text.slice(0, 2)) * 3_600_000 + Number(text.slice(3)) * 60_000;
const isTimeOfDay = (text: string): boolean => /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

/** What is wrong with a calendar, in words, or nothing. */
export const workingCalendarProblem = ({ timeZone, weekly, holidays }: WorkingCalendar): string | undefined => {
  if (!isTimeZone(timeZone)) return `${timeZone} is no time zone`;
  if (weekly.length !== 7) return 'a week has seven days';
  const hours = weekly.flat();
  const odd = hours.find(({ from, to }) => !isTimeOfDay(from) || !isTimeOfDay(to) || from >= to);
  if (odd !== undefined) return `${odd.from} to ${odd.to} are no working hours`;
  if (!weekly.every((day) => areDisjoint(day))) return 'working hours of a day overlap';
  return holidays.find((date) => !isBusinessDate(date)) === undefined ? undefined : 'a holiday is no date';
};

type Span = Interval<number> & { readonly to: number };
type Prepared = {
  readonly zone: string;
  readonly weekly: readonly (readonly { readonly fromMs: number; readonly toMs: number }[])[];
  readonly holidays: ReadonlySet<number>;
  readonly days: Map<number, readonly Span[]>;
};
const preparedCalendars = new WeakMap<WorkingCalendar, Prepared>();

const prepare = (calendar: WorkingCalendar): Prepared => {
  const known = preparedCalendars.get(calendar);
  if (known !== undefined) return known;
  const problem = workingCalendarProblem(calendar);
  if (problem !== undefined) throw new Error(problem);
  const made: Prepared = {
    zone: calendar.timeZone,
    weekly: calendar.weekly.map((day) => mergeIntervals(day).map(({ from, to }) => ({ fromMs: timeOfDay(from), toMs: timeOfDay(to ?? '24:00') }))),
    holidays: new Set(calendar.holidays.map(dayNumber)),
    days: new Map(),
  };
  preparedCalendars.set(calendar, made);
  return made;
};

/** The working spans of one local day, in milliseconds; hours that fall into a gap of the clock are not there. */
const spansOfDay = (prepared: Prepared, day: number): readonly Span[] => {
  const known = prepared.days.get(day);
  if (known !== undefined) return known;
  const hours = prepared.holidays.has(day) ? [] : (prepared.weekly[weekdayOfDayNumber(day) - 1] ?? []);
  const at = (ofDayMs: number): number => firstInstantAtLocal(prepared.zone, day * dayMs + ofDayMs);
  const spans = hours.map(({ fromMs, toMs }) => ({ from: at(fromMs), to: at(toMs) })).filter(({ from, to }) => from < to);
  if (prepared.days.size >= daysKeptMax) prepared.days.clear();
  prepared.days.set(day, spans);
  return spans;
};

const localDayOf = (zone: string, ms: number): number => Math.floor((ms + zoneOffsetMs(zone, ms)) / dayMs);

/** Working milliseconds in `[from, to)`. The day before and after are looked at too: where the clock goes back over midnight, a day has two pieces. */
const workingMsWithin = (prepared: Prepared, { from, to }: Span): number => {
  let sum = 0;
  const lastDay = localDayOf(prepared.zone, to) + 1;
  for (let day = localDayOf(prepared.zone, from) - 1; day <= lastDay; day++)
    for (const span of spansOfDay(prepared, day)) sum += Math.max(0, Math.min(span.to, to) - Math.max(span.from, from));
  return sum;
};

const inMs = ({ from, to }: Interval<string>): Interval<number> => ({ from: epochMs(from), to: to === null ? null : epochMs(to) });

/**
 * Working time of an interval of instants in milliseconds, holds taken out. Of a hold only the part inside the interval and inside working
 * hours counts, and overlapping holds count once.
 */
export const elapsedWorkingMs = (
  calendar: WorkingCalendar,
  { from, to }: { readonly from: string; readonly to: string },
  holds: readonly Interval<string>[] = [],
): number => {
  const prepared = prepare(calendar);
  const range: Span = { from: epochMs(from), to: epochMs(to) };
  if (range.to <= range.from) return 0;
  const held = mergeIntervals(clipIntervals(holds.map(inMs), range));
  return held.reduce((left, each) => left - workingMsWithin(prepared, { from: each.from, to: each.to ?? range.to }), workingMsWithin(prepared, range));
};

/**
 * The first instant by which `workingMs` of working time have passed since `instant`, holds taken out; `instant` itself for none. Nothing
 * if it never comes: an open hold, a calendar without hours, or more than ten years ahead.
 */
export const addWorkingMs = (
  calendar: WorkingCalendar,
  { instant, workingMs }: { readonly instant: string; readonly workingMs: number },
  holds: readonly Interval<string>[] = [],
): string | undefined => {
  if (workingMs <= 0) return instant;
  const prepared = prepare(calendar);
  const start = epochMs(instant);
  const held = mergeIntervals(holds.map(inMs));
  const firstDay = localDayOf(prepared.zone, start) - 1;
  let left = workingMs;
  for (let day = firstDay; day < firstDay + daysAheadMax; day++)
    for (const { from, to } of subtractIntervals(clipIntervals(spansOfDay(prepared, day), { from: start, to: null }), held)) {
      const length = (to ?? from) - from;
      if (length >= left) return instantAt(from + left);
      left -= length;
    }
  return undefined;
};

/** The working spans of a local date as instants, for showing a calendar. */
export const workingSpans = (calendar: WorkingCalendar, date: string): readonly { readonly from: string; readonly to: string }[] =>
  spansOfDay(prepare(calendar), dayNumber(date)).map(({ from, to }) => ({ from: instantAt(from), to: instantAt(to) }));

/** A calendar that never rests, for service levels told in plain hours. */
export const aroundTheClock = (timeZone: string): WorkingCalendar => ({
  timeZone,
  weekly: Array.from({ length: 7 }, () => [{ from: '00:00', to: '24:00' }]),
  holidays: [],
});
