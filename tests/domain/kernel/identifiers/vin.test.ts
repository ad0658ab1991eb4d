import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isNorthAmericanVin, normalizeVin, vinCheckDigit, vinProblem } from '../../../../src/domain/kernel/identifiers/vin.ts';

const legal = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
const northAmerican = fc
  .tuple(fc.constantFrom('1', '2', '3', '4', '5', '7F', '7Z', '71', '70'), fc.string({ unit: fc.constantFrom(...legal), minLength: 17, maxLength: 17 }))
  .map(([region, rest]) => (region + rest).slice(0, 17))
  .map((vin) => vin.slice(0, 8) + vinCheckDigit(vin) + vin.slice(9));

describe('EQ-1 vehicle identification numbers', () => {
  test('EQ-1 published valid numbers pass', () => {
    for (const vin of [
      '1M8GDM9AXKP042788',
      '11111111111111111',
      '5GZCZ43D13S812715',
      '1HGCM82633A004352',
      '1JJV532D4KL123456'.replace(/^(.{8})./, (_, head: string) => head + vinCheckDigit('1JJV532D4KL123456')),
    ])
      expect([vin, vinProblem(vin)]).toEqual([vin, undefined]);
  });

  test('EQ-1 a North American number passes with its check digit and with no other', () => {
    fc.assert(
      fc.property(northAmerican, fc.constantFrom(...'0123456789X'), (vin, other) => {
        expect(vinProblem(vin)).toBeUndefined();
        expect(vinProblem(vin.slice(0, 8) + other + vin.slice(9))).toBe(other === vin.charAt(8) ? undefined : 'checkDigit');
      }),
    );
  });

  test('EQ-1 a single digit changed in a North American number is found', () => {
    fc.assert(
      fc.property(northAmerican, fc.integer({ min: 1, max: 16 }), fc.constantFrom(...'0123456789'), (vin, at, digit) => {
        fc.pre(at !== 8 && /[0-9]/.test(vin.charAt(at)) && vin.charAt(at) !== digit);
        const changed = vin.slice(0, at) + digit + vin.slice(at + 1);
        expect(vinProblem(changed)).toBe(isNorthAmericanVin(changed) ? 'checkDigit' : undefined);
      }),
    );
  });

  test('EQ-1 length and letters are those of a VIN, everywhere in the world', () => {
    expect(vinProblem('1M8GDM9AXKP04278')).toBe('length');
    expect(vinProblem('')).toBe('length');
    for (const letter of 'IOQ') expect(vinProblem(`WDB${letter}2345678901234`)).toBe('characters');
    for (const odd of ['Ñ', 'a', '-', ' ', '١']) expect(vinProblem(`WDB${odd}2345678901234`)).toBe('characters');
    expect(normalizeVin(' 1m8gdm9a xkp-042788 ')).toBe('1M8GDM9AXKP042788');
  });

  test('EQ-1 the check digit binds makers of 1–5 and 7F–70 only', () => {
    const regions = [...'123456789'].flatMap((first) => [...`${legal.slice(0, 23)}0123456789`].map((second) => first + second));
    const bound = regions.filter(isNorthAmericanVin);
    expect(bound.filter((region) => region.startsWith('7')).join(' ')).toBe(
      '7F 7G 7H 7J 7K 7L 7M 7N 7P 7R 7S 7T 7U 7V 7W 7X 7Y 7Z 70 71 72 73 74 75 76 77 78 79',
    );
    expect([...new Set(bound.map((region) => region.charAt(0)))].join('')).toBe('123457');
    expect(vinProblem('7A812345678901234')).toBeUndefined();
    expect(vinProblem('WDB12345678901234')).toBeUndefined();
  });
});
