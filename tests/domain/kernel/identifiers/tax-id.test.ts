import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkTaxId,
  cuiProblem,
  municipalitiesByDepartment,
  nitCheckCharacter,
  nitProblem,
  normalizeNit,
} from '../../../../src/domain/kernel/identifiers/tax-id.ts';

const body = fc.integer({ min: 1, max: 999_999_999 }).map(String);
const two = (value: number) => String(value).padStart(2, '0');
const cuiOf = (serial: string, place: string) => {
  const check = [...serial].reduce((sum, digit, index) => sum + Number(digit) * (index + 2), 0) % 11;
  return check === 10 ? undefined : `${serial}${check}${place}`;
};
const serial = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 8, maxLength: 8 });

describe('TE-8 tax ids', () => {
  test('TE-8 a NIT with its own check passes, also with K, dashes and leading zeros', () => {
    fc.assert(
      fc.property(body, (digits) => {
        const nit = digits + nitCheckCharacter(digits);
        expect(nitProblem(nit)).toBeUndefined();
        expect(normalizeNit(` 00${digits}-${nitCheckCharacter(digits).toLowerCase()} `)).toBe(nit);
      }),
    );
    expect(nitCheckCharacter('576937')).toBe('K');
    expect(nitProblem('576937K')).toBeUndefined();
    expect(nitProblem('12345678')).toBe(nitCheckCharacter('1234567') === '8' ? undefined : 'checkDigit');
  });

  test('TE-8 any single character changed in a valid NIT of a body up to nine digits is refused', () => {
    fc.assert(
      fc.property(body, fc.nat(9), fc.constantFrom(...'0123456789K'), (digits, at, other) => {
        const nit = digits + nitCheckCharacter(digits);
        fc.pre(at < nit.length && nit.charAt(at) !== other);
        expect(nitProblem(normalizeNit(nit.slice(0, at) + other + nit.slice(at + 1)))).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });

  test('TE-8 what is no NIT is refused', () => {
    for (const text of ['', 'K', '0', '00', 'CF', '12A4', '1234567890123K', 'K1', '１２'])
      expect([text, nitProblem(normalizeNit(text))]).toEqual([text, 'format']);
  });

  test('TE-8 a CUI passes exactly when its check digit, department and municipality exist', () => {
    expect(municipalitiesByDepartment).toHaveLength(22);
    expect(municipalitiesByDepartment.reduce((sum, count) => sum + count, 0)).toBe(340);
    fc.assert(
      fc.property(serial, fc.nat(24), fc.nat(36), fc.nat(9), (digits, department, municipality, check) => {
        const place = two(department) + two(municipality);
        const real = municipality >= 1 && municipality <= (municipalitiesByDepartment[department - 1] ?? 0);
        const cui = cuiOf(digits, place);
        if (cui !== undefined) expect(cuiProblem(cui)).toBe(real ? undefined : 'municipality');
        const guess = `${digits}${check}${place}`;
        if (guess !== cui) expect(cuiProblem(guess)).toBe('checkDigit');
      }),
      { numRuns: 2000 },
    );
    for (const text of ['', '123', '12345678901234', '12345678K0101']) expect(cuiProblem(text)).toBe('format');
  });

  test('TE-8 CF passes only by a dated entry of the policy', () => {
    const cf = { country: 'GT', kind: 'nit', value: 'cf ' } as const;
    const exceptions = [{ country: 'GT', value: 'CF', validity: { from: '2020-01-01', to: '2027-01-01' } }];
    expect(checkTaxId(cf, { on: '2026-06-30', exceptions: [] })).toEqual({ problem: 'format' });
    expect(checkTaxId(cf, { on: '2026-06-30', exceptions })).toEqual({ value: 'CF' });
    expect(checkTaxId(cf, { on: '2027-01-01', exceptions })).toEqual({ problem: 'format' });
    expect(checkTaxId({ ...cf, country: 'SV' }, { on: '2026-06-30', exceptions })).toEqual({ problem: 'format' });
    expect(checkTaxId({ country: 'GT', kind: 'nit', value: '57693-7k' }, { on: '2026-06-30', exceptions })).toEqual({ value: '576937K' });
    expect(checkTaxId({ country: 'US', kind: 'other', value: ' 12-3456789 ' }, { on: '2026-06-30', exceptions })).toEqual({ value: '12-3456789' });
    expect(checkTaxId({ country: 'US', kind: 'other', value: ' ' }, { on: '2026-06-30', exceptions })).toEqual({ problem: 'format' });
  });
});
