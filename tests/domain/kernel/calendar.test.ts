import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  addMilliseconds,
  addMonths,
  addWeeks,
  addYears,
  dateOfDayNumber,
  dayNumber,
  dayOfMonth,
  daysBetween,
  daysInMonth,
  epochMs,
  firstOfMonth,
  instantAt,
  isBusinessDate,
  isInForce,
  isInstant,
  millisecondsBetween,
  monthsBetween,
  validThrough,
  weekday,
} from '../../../src/domain/kernel/calendar.ts';
import { type ContractMonth, contractMonth, contractMonthIndex, contractMonths } from '../../../src/domain/kernel/contract-month.ts';
import { tiles } from '../../../src/domain/kernel/interval.ts';

// The platform's own calendar is the oracle.
const day = 86_400_000;
const platformDate = (days: number) => new Date(days * day).toISOString().slice(0, 10);
const days = fc.integer({ min: -25_000, max: 60_000 });
const date = days.map(platformDate);

describe('business dates', () => {
  test('day numbers, dates and weekdays are those of the Gregorian calendar', () => {
    for (let number = -719_162; number < 2_932_896; number += 97) {
      const text = platformDate(number);
      expect(dateOfDayNumber(number)).toBe(text);
      if (dayNumber(text) !== number || weekday(text) !== (new Date(number * day).getUTCDay() || 7)) throw new Error(text);
    }
  });

  test('days and weeks: there and back, and as far as said', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: -20_000, max: 20_000 }), (from, count) => {
        const to = addDays(from, count);
        expect([daysBetween(from, to), addDays(to, -count)]).toEqual([count, from]);
        expect(from < to).toBe(count > 0);
        expect(addWeeks(from, 3)).toBe(addDays(from, 21));
      }),
    );
  });

  test('PM-3 months keep their anchor day, however many steps are taken', () => {
    fc.assert(
      fc.property(date, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }), (start, steps) => {
        const anchor = dayOfMonth(start);
        let [stepped, total] = [start, 0];
        for (const step of steps) {
          stepped = addMonths(stepped, step, anchor);
          total += step;
        }
        expect(stepped).toBe(addMonths(start, total));
        expect(monthsBetween(start, stepped)).toBe(total);
        const [year, month] = [Number(stepped.slice(0, 4)), Number(stepped.slice(5, 7))];
        expect(dayOfMonth(stepped)).toBe(Math.min(anchor, daysInMonth(year, month)));
      }),
    );
    expect(['2026-01-31', addMonths('2026-01-31', 1), addMonths('2026-02-28', 1, 31), addMonths('2026-03-31', 1, 31)]).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
    ]);
    expect(addMonths('2026-03-15', -14)).toBe('2025-01-15');
    expect(firstOfMonth('2026-03-15')).toBe('2026-03-01');
  });

  test('PM-7 an annual inspection is in force through the same date twelve months on, 29 February through the 28th', () => {
    expect(validThrough('2024-02-29')).toBe('2025-02-28');
    expect(addYears('2024-02-29', 4)).toBe('2028-02-29');
    fc.assert(
      fc.property(date, fc.integer({ min: -400, max: 800 }), (inspected, later) => {
        const on = addDays(inspected, later);
        const sameDay = inspected.endsWith('02-29')
          ? `${Number(inspected.slice(0, 4)) + 1}-02-28`
          : `${Number(inspected.slice(0, 4)) + 1}${inspected.slice(4)}`;
        expect(validThrough(inspected)).toBe(sameDay);
        expect(isInForce(inspected, on)).toBe(later >= 0 && on <= sameDay);
      }),
    );
  });

  test('only existing days and instants in their one form are taken', () => {
    for (const text of ['2024-02-29', '0001-01-01', '9999-12-31']) expect([text, isBusinessDate(text)]).toEqual([text, true]);
    for (const text of [
      '2023-02-29',
      '2026-04-31',
      '2026-13-01',
      '2026-00-10',
      '0000-01-01',
      '2026-1-1',
      '2026-01-01T',
      ' 2026-01-01',
      '20260101',
      '२०२६-०१-०१',
      '',
    ])
      expect([text, isBusinessDate(text)]).toEqual([text, false]);
    expect(isInstant('2026-01-31T08:15:00.000Z')).toBe(true);
    for (const text of [
      '2026-01-31T08:15:00Z',
      '2026-02-30T08:15:00.000Z',
      '2026-01-31T24:00:00.000Z',
      '2026-01-31T08:15:00.000+00:00',
      '2026-01-31',
      '+026-01-31T08:15:00.000Z',
      '',
    ])
      expect([text, isInstant(text)]).toEqual([text, false]);
    expect(() => addDays('2026-02-30', 1)).toThrow('not a business date');
    expect(() => addDays('9999-12-31', 1)).toThrow('year 10000');
    expect(() => epochMs('2026-01-31')).toThrow('not an instant');
    expect(() => instantAt(0.5)).toThrow('not a time');
    expect(() => instantAt(8.64e15)).toThrow('year');
  });

  test('instants: there and back', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
        fc.integer({ min: -1e10, max: 1e10 }),
        (at, ms) => {
          const instant = instantAt(at.getTime());
          expect(instant).toBe(at.toISOString());
          expect(isInstant(instant)).toBe(true);
          expect(epochMs(instant)).toBe(at.getTime());
          fc.pre(at.getTime() + ms > Date.UTC(1, 0, 1));
          expect(millisecondsBetween(instant, addMilliseconds(instant, ms))).toBe(ms);
        },
      ),
    );
  });
});

describe('contract months', () => {
  const kind = fc.constantFrom<ContractMonth>('calendar', 'anniversary', '28-day');

  test('AG-9 contract months tile time without gap or overlap', () => {
    fc.assert(
      fc.property(kind, date, fc.integer({ min: 0, max: 1500 }), (of, start, length) => {
        const end = addDays(start, length);
        const months = contractMonths(of, start, end);
        expect(tiles(months, { from: start, to: end })).toBe(true);
        for (const [index, month] of months.entries()) {
          expect(month.from).toBe(contractMonth(of, start, index).from);
          expect(contractMonthIndex(of, start, month.from)).toBe(index);
          expect(contractMonthIndex(of, start, addDays(month.to, -1))).toBe(index);
        }
      }),
    );
  });

  test('AG-9 each kind cuts where its name says', () => {
    const cuts = (of: ContractMonth) => contractMonths(of, '2026-01-31', '2026-05-02').map(({ from, to }) => `${from.slice(5)}/${to.slice(5)}`);
    expect(cuts('calendar')).toEqual(['01-31/02-01', '02-01/03-01', '03-01/04-01', '04-01/05-01', '05-01/05-02']);
    expect(cuts('anniversary')).toEqual(['01-31/02-28', '02-28/03-31', '03-31/04-30', '04-30/05-02']);
    expect(cuts('28-day')).toEqual(['01-31/02-28', '02-28/03-28', '03-28/04-25', '04-25/05-02']);
    expect(() => contractMonthIndex('calendar', '2026-01-31', '2026-01-30')).toThrow('before the contract');
    expect(() => contractMonth('calendar', '2026-01-31', -1)).toThrow('contract month -1');
  });
});
