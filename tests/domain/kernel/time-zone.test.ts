import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, dayNumber, epochMs, instantAt } from '../../../src/domain/kernel/calendar.ts';
import { tiles } from '../../../src/domain/kernel/interval.ts';
import { firstInstantAtLocal, isTimeZone, localDate, localDay, localTime, startOfLocalDay, zoneOffsetMs } from '../../../src/domain/kernel/time-zone.ts';

const day = 86_400_000;
const zones = Intl.supportedValuesOf('timeZone');
const troubled = [
  'America/Guatemala',
  'America/Sao_Paulo',
  'America/Havana',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Asia/Gaza',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'America/Recife',
];
const zone = fc.oneof(fc.constantFrom(...troubled), fc.constantFrom(...zones));
const ms = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2045, 0, 1) });

/** The oracle asks Intl anew, in another way. */
const oracles = new Map<string, Intl.DateTimeFormat>();
const wallClock = (name: string, at: number): number => {
  const format = oracles.get(name) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' });
  oracles.set(name, format);
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`) + (at - Math.floor(at / 1000) * 1000);
};

describe('time zones', () => {
  test('BI-10 the local date and time of any instant are those that Intl shows', () => {
    fc.assert(
      fc.property(zone, ms, (name, at) => {
        const wall = wallClock(name, at);
        const instant = instantAt(at);
        expect(at + zoneOffsetMs(name, at)).toBe(wall);
        expect(localDate(instant, name)).toBe(new Date(wall).toISOString().slice(0, 10));
        const local = localTime(instant, name);
        expect([dayNumber(local.date) * day + local.millisecondsOfDay, local.weekday]).toEqual([wall, new Date(wall).getUTCDay() || 7]);
      }),
      { numRuns: 1500 },
    );
  });

  test('every change of offset of the troubled zones is found to the second', () => {
    for (const name of troubled)
      for (let at = Date.UTC(1999, 0, 1); at < Date.UTC(2020, 0, 1); at += day) {
        const [before, after] = [wallClock(name, at) - at, wallClock(name, at + day) - at - day];
        if (before === after) continue;
        let [low, high] = [at, at + day];
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (wallClock(name, middle) - middle === before) low = middle;
          else high = middle;
        }
        expect([name, zoneOffsetMs(name, low), zoneOffsetMs(name, high)]).toEqual([name, before, after]);
      }
  });

  test('BI-10 days of a zone tile time, whatever its clock does', () => {
    fc.assert(
      fc.property(zone, ms, (name, at) => {
        const first = new Date(at).toISOString().slice(0, 10);
        const week = Array.from({ length: 7 }, (_, index) => localDay(addDays(first, index), name));
        expect(tiles(week, { from: startOfLocalDay(first, name), to: startOfLocalDay(addDays(first, 7), name) })).toBe(true);
      }),
    );
  });

  test('a local time is reached first at the instant that is given for it', () => {
    fc.assert(
      fc.property(zone, ms, fc.nat(72 * 60), (name, local, minutesBefore) => {
        const first = firstInstantAtLocal(name, local);
        expect(wallClock(name, first)).toBeGreaterThanOrEqual(local);
        expect(wallClock(name, first - 1)).toBeLessThan(local);
        expect(wallClock(name, first - 1 - minutesBefore * 60_000)).toBeLessThan(local);
      }),
      { numRuns: 1000 },
    );
  });

  test('a day without midnight begins after the gap, one with two midnights at the first, a skipped one with the next', () => {
    expect(startOfLocalDay('2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00.000Z');
    expect(localDay('2018-11-04', 'America/Sao_Paulo').to).toBe('2018-11-05T02:00:00.000Z');
    expect(localDay('2018-02-17', 'America/Sao_Paulo')).toEqual({ from: '2018-02-17T02:00:00.000Z', to: '2018-02-18T03:00:00.000Z' });
    expect(localDay('2025-11-02', 'America/Havana')).toEqual({ from: '2025-11-02T04:00:00.000Z', to: '2025-11-03T05:00:00.000Z' });
    expect(localDay('2011-12-30', 'Pacific/Apia')).toEqual({ from: '2011-12-30T10:00:00.000Z', to: '2011-12-30T10:00:00.000Z' });
    expect(localDate('2026-03-01T05:59:59.999Z', 'America/Guatemala')).toBe('2026-02-28');
    expect(startOfLocalDay('2026-03-01', 'America/Guatemala')).toBe('2026-03-01T06:00:00.000Z');
    expect(epochMs(startOfLocalDay('0050-03-01', 'Etc/UTC'))).toBe(Date.parse('0050-03-01T00:00:00.000Z'));
  });

  test('a zone is a name of the IANA database, written as there', () => {
    for (const name of ['America/Guatemala', 'UTC', 'Etc/GMT+6', 'US/Central', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])
      expect([name, isTimeZone(name)]).toEqual([name, true]);
    for (const name of ['', 'america/guatemala', 'America/guatemala', '+06:00', 'GMT+25', 'Mars/Olympus', 'America/Guatemala ', '../etc/passwd'])
      expect([name, isTimeZone(name)]).toEqual([name, false]);
  });
});
