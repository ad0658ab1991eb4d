import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areConvertible, convertUnit, isUnit, unitOf, units } from '../../../src/domain/kernel/units.ts';

const pairs = units.flatMap((from) => units.filter((to) => to.kind === from.kind).map((to) => [from.code, to.code] as const));

describe('units of measure', () => {
  test('TL-5 a conversion there and back gives the same reading', () => {
    // up to nine significant digits, as any sensor has
    const reading = fc.tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.nat(6)).map(([digits, places]) => Number(`${digits}e-${places}`));
    fc.assert(
      fc.property(fc.constantFrom(...pairs), reading, ([from, to], value) => {
        const back = convertUnit(convertUnit(value, from, to), to, from);
        if (unitOf(from).kind === 'temperature') expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-10 + Math.abs(value) * 1e-14);
        else expect(Number(back.toPrecision(12))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  test('TL-5 order is kept by every conversion', () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), ([from, to], low, step) => {
        expect(convertUnit(low, from, to)).toBeLessThan(convertUnit(low + step, from, to));
      }),
    );
  });

  test.each([
    [100, 'CEL', 'FAH', 212],
    [-40, 'FAH', 'CEL', -40],
    [0, 'KEL', 'CEL', -273.15],
    [1, 'SMI', 'KMT', 1.609344],
    [60, 'HM', 'KMH', 96.56064],
    [10, 'MTS', 'KMH', 36],
    [100, 'PS', 'KPA', 689.4757293168361],
    [1, 'BAR', 'KPA', 100],
    [1, 'GLL', 'LTR', 3.785411784],
    [1, 'TNE', 'LBR', 2204.622621848776],
    [24, 'G52', 'MQH', 1],
    [1, 'ANN', 'MON', 12],
    [1, 'WEE', 'HUR', 168],
    [53, 'FOT', 'MTR', 16.1544],
    [180, 'DD', 'DD', 180],
  ])('%d %s in %s is %d', (value, from, to, expected) => {
    expect(convertUnit(value, from, to)).toBeCloseTo(expected, 9);
  });

  test('each code stands once, and only units of one kind convert', () => {
    expect(new Set(units.map(({ code }) => code)).size).toBe(units.length);
    const shipped = 'KMT SMI MTR FOT MMT KMH HM MTS CEL FAH KEL KPA BAR PS KGM LBR TNE LTR GLL MTQ MQH G52 SEC MIN HUR DAY WEE MON ANN C62 H87 SET P1 VLT DD';
    expect(shipped.split(' ').filter((code) => !isUnit(code))).toEqual([]);
    expect(areConvertible('KMT', 'KGM')).toBe(false);
    expect(areConvertible('KMT', 'ZZ')).toBe(false);
    expect(() => convertUnit(1, 'KMT', 'KGM')).toThrow('does not convert');
    expect(() => unitOf('ZZ')).toThrow('unknown unit');
  });
});
