import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantAt } from '../../../src/domain/kernel/calendar.ts';
import { localTime } from '../../../src/domain/kernel/time-zone.ts';
import {
  addWorkingMs,
  aroundTheClock,
  elapsedWorkingMs,
  type WorkingCalendar,
  workingCalendarProblem,
  workingSpans,
} from '../../../src/domain/kernel/working-time.ts';

const office = [
  { from: '08:00', to: '12:30' },
  { from: '13:30', to: '17:00' },
];
const night = [
  { from: '00:00', to: '06:00' },
  { from: '22:00', to: '24:00' },
];
const calendars: readonly WorkingCalendar[] = [
  {
    timeZone: 'America/Guatemala',
    weekly: [office, office, office, office, office, [{ from: '08:00', to: '12:00' }], []],
    holidays: ['2025-11-01', '2025-12-25'],
  },
  { timeZone: 'America/Chicago', weekly: [night, night, night, night, night, night, night], holidays: ['2025-11-02'] },
  { timeZone: 'America/Havana', weekly: [night, office, night, office, night, office, night], holidays: [] },
  aroundTheClock('Africa/Cairo'),
];

const minute = 60_000;
const start = Date.UTC(2025, 9, 28);
const at = fc.nat(20 * 1440).map((minutes) => start + minutes * minute);
const calendar = fc.constantFrom(...calendars);
const holds = fc
  .array(fc.tuple(at, fc.option(fc.nat(3000), { nil: null, freq: 6 })), { maxLength: 4 })
  .map((list) => list.map(([from, minutes]) => ({ from: instantAt(from), to: minutes === null ? null : instantAt(from + minutes * minute) })));

/** The oracle looks at the wall clock of each minute. */
const isWorking = ({ timeZone, weekly, holidays }: WorkingCalendar, ms: number): boolean => {
  const { date, weekday, millisecondsOfDay } = localTime(instantAt(ms), timeZone);
  const time = new Date(millisecondsOfDay).toISOString().slice(11, 16);
  return !holidays.includes(date) && (weekly[weekday - 1] ?? []).some(({ from, to }) => from <= time && time < to);
};
const isHeld = (list: readonly { from: string; to: string | null }[], ms: number) =>
  list.some(({ from, to }) => from <= instantAt(ms) && (to === null || instantAt(ms) < to));

describe('SR-6 working time', () => {
  test('SR-6 elapsed is the working time of the interval minus the part of holds inside working hours', () => {
    fc.assert(
      fc.property(calendar, at, fc.nat(4000), holds, (of, from, minutes, held) => {
        let expected = 0;
        for (let ms = from; ms < from + minutes * minute; ms += minute) if (isWorking(of, ms) && !isHeld(held, ms)) expected += minute;
        expect(elapsedWorkingMs(of, { from: instantAt(from), to: instantAt(from + minutes * minute) }, held)).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('SR-6 elapsed does not depend on how often it is asked: pieces add up', () => {
    fc.assert(
      fc.property(calendar, fc.array(fc.nat(2e9), { minLength: 2, maxLength: 6 }), holds, (of, offsets, held) => {
        const cuts = offsets.sort((a, b) => a - b).map((offset) => instantAt(start + offset));
        const pieces = cuts.slice(1).map((to, index) => elapsedWorkingMs(of, { from: cuts[index] ?? to, to }, held));
        expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(elapsedWorkingMs(of, { from: cuts[0] ?? '', to: cuts.at(-1) ?? '' }, held));
      }),
    );
  });

  test('SR-6 a deadline is the first instant by which the working time has passed', () => {
    fc.assert(
      fc.property(calendar, at, fc.integer({ min: 1, max: 5 * 24 * 3_600_000 }), holds, (of, from, workingMs, held) => {
        const instant = instantAt(from);
        const due = addWorkingMs(of, { instant, workingMs }, held);
        if (due === undefined) {
          expect(held.some(({ to }) => to === null)).toBe(true);
          return;
        }
        expect(elapsedWorkingMs(of, { from: instant, to: due }, held)).toBe(workingMs);
        expect(elapsedWorkingMs(of, { from: instant, to: instantAt(Date.parse(due) - 1) }, held)).toBe(workingMs - 1);
      }),
    );
    const [guatemala] = calendars;
    if (guatemala === undefined) throw new Error('no calendar');
    const instant = '2025-10-31T22:30:00.000Z';
    expect(addWorkingMs(guatemala, { instant, workingMs: 0 })).toBe(instant);
    // half an hour left on Friday, 1 November is a holiday, Sunday is free: the rest on Monday morning
    expect(addWorkingMs(guatemala, { instant, workingMs: 60 * minute })).toBe('2025-11-03T14:30:00.000Z');
    expect(addWorkingMs({ timeZone: 'UTC', weekly: [[], [], [], [], [], [], []], holidays: [] }, { instant, workingMs: 1 })).toBeUndefined();
  });

  test('SR-6 a night shift is as long as the night the clock made', () => {
    const chicago: WorkingCalendar = { timeZone: 'America/Chicago', weekly: [night, night, night, night, night, night, night], holidays: [] };
    const hours = (date: string) => workingSpans(chicago, date).reduce((sum, { from, to }) => sum + Date.parse(to) - Date.parse(from), 0) / 3_600_000;
    expect([hours('2025-11-02'), hours('2026-03-08'), hours('2026-03-09')]).toEqual([9, 7, 8]);
  });

  test('a calendar that makes no sense is refused in words', () => {
    const week = (day: readonly { from: string; to: string }[]) => ({ timeZone: 'UTC', weekly: [day, [], [], [], [], [], []], holidays: [] });
    expect(workingCalendarProblem(week([{ from: '08:00', to: '08:00' }]))).toContain('no working hours');
    expect(workingCalendarProblem(week([{ from: '8:00', to: '12:00' }]))).toContain('no working hours');
    expect(workingCalendarProblem(week([{ from: '08:00', to: '24:30' }]))).toContain('no working hours');
    expect(
      workingCalendarProblem(
        week([
          { from: '08:00', to: '12:00' },
          { from: '11:00', to: '13:00' },
        ]),
      ),
    ).toContain('overlap');
    expect(workingCalendarProblem({ ...week([]), timeZone: 'Nowhere' })).toContain('no time zone');
    expect(workingCalendarProblem({ ...week([]), weekly: [[]] })).toContain('seven days');
    expect(workingCalendarProblem({ ...week([]), holidays: ['2026-02-30'] })).toContain('holiday');
    expect(calendars.map(workingCalendarProblem)).toEqual([undefined, undefined, undefined, undefined]);
    expect(() => elapsedWorkingMs({ ...week([]), timeZone: 'Nowhere' }, { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' })).toThrow(
      'no time zone',
    );
  });
});
