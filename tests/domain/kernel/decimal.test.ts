import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addDecimals,
  compareDecimals,
  decimalPlaces,
  divideDecimals,
  isDecimal,
  isNegativeDecimal,
  multiplyDecimals,
  negateDecimal,
  normalizeDecimal,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from '../../../src/domain/kernel/decimal.ts';

// A decimal as a whole number of 10⁻ˢᶜᵃˡᵉ, which BigInt computes with exactly: the oracle.
const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat(9));
const textOf = ([units, scale]: readonly [bigint, number]): string => {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const body = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${body}` : body;
};
const atScale = ([units, scale]: readonly [bigint, number], wanted: number): bigint => units * 10n ** BigInt(wanted - scale);

describe('decimal strings', () => {
  test('sums, differences, products and comparisons equal those of whole numbers', () => {
    fc.assert(
      fc.property(scaled, scaled, (a, b) => {
        const [x, y] = [textOf(a), textOf(b)];
        expect(addDecimals(x, y)).toBe(normalizeDecimal(textOf([atScale(a, 9) + atScale(b, 9), 9])));
        expect(subtractDecimals(x, y)).toBe(normalizeDecimal(textOf([atScale(a, 9) - atScale(b, 9), 9])));
        expect(multiplyDecimals(x, y)).toBe(normalizeDecimal(textOf([a[0] * b[0], a[1] + b[1]])));
        expect(compareDecimals(x, y)).toBe(atScale(a, 9) < atScale(b, 9) ? -1 : atScale(a, 9) > atScale(b, 9) ? 1 : 0);
      }),
    );
  });

  test('a sum does not depend on order', () => {
    fc.assert(
      fc.property(fc.array(scaled.map(textOf), { maxLength: 20 }), (values) => {
        expect(sumDecimals(values.toReversed())).toBe(sumDecimals(values));
      }),
    );
  });

  test('rounding is at most half a unit away, and a tie goes where the mode says', () => {
    fc.assert(
      fc.property(scaled, fc.nat(8), fc.constantFrom('half-even' as const, 'half-up' as const), (value, digits, mode) => {
        const text = textOf(value);
        const rounded = roundDecimal(text, digits, mode);
        const twiceOff = BigInt(multiplyDecimals(subtractDecimals(rounded, text), `2${'0'.repeat(9)}`));
        const unit = 10n ** BigInt(9 - digits);
        expect(twiceOff <= unit && twiceOff >= -unit).toBe(true);
        if (twiceOff === unit || twiceOff === -unit) {
          const lastDigit = Number(rounded.at(-1));
          if (mode === 'half-even') expect(lastDigit % 2).toBe(0);
          else expect(compareDecimals(rounded, text) > 0).toBe(!isNegativeDecimal(text));
        }
        expect(rounded.split('.')[1]?.length ?? 0).toBe(digits);
      }),
    );
  });

  test('a quotient is rounded once', () => {
    fc.assert(
      fc.property(scaled, scaled, fc.nat(6), fc.constantFrom('half-even' as const, 'half-up' as const), (a, b, digits, mode) => {
        fc.pre(b[0] !== 0n);
        const [x, y] = [textOf(a), textOf(b)];
        const quotient = divideDecimals(x, y, { digits, mode });
        // |2 · (q·y − x)| ≤ |y| · 10⁻ᵈ, in whole numbers
        const off = subtractDecimals(multiplyDecimals(quotient, y), x);
        const bound = multiplyDecimals(y, `0.${'0'.repeat(digits)}5`);
        expect(compareDecimals(absolute(off), absolute(bound))).toBeLessThanOrEqual(0);
        expect(divideDecimals(negateDecimal(x), y, { digits, mode })).toBe(normalizeZero(negateText(quotient)));
      }),
    );
    expect(divideDecimals('1', '8', { digits: 2 })).toBe('0.12');
    expect(divideDecimals('1', '8', { digits: 2, mode: 'half-up' })).toBe('0.13');
    expect(divideDecimals('3', '8', { digits: 2 })).toBe('0.38');
    // 0.1249999…: rounding twice would give 0.13
    expect(divideDecimals('124999999999999999999999999999', '1000000000000000000000000000000', { digits: 2, mode: 'half-up' })).toBe('0.12');
    expect(() => divideDecimals('1', '0.00', { digits: 2 })).toThrow('by zero');
  });

  test('only plain decimal text is a decimal', () => {
    for (const text of ['0', '-0', '12', '-12.50', '0.000001', '10.0']) expect([text, isDecimal(text)]).toEqual([text, true]);
    for (const text of ['', '.5', '5.', '+1', '01', '1e3', '0x10', 'NaN', 'Infinity', '1,5', ' 1', '1 ', '--1', '1_000', '1'.repeat(201)])
      expect([text, isDecimal(text)]).toEqual([text, false]);
    expect(() => addDecimals('1', '1e3')).toThrow('not a decimal');
    expect(normalizeDecimal('-0.00')).toBe('0');
    expect(decimalPlaces('1.500')).toBe(1);
  });
});

const negateText = (text: string): string => (text.startsWith('-') ? text.slice(1) : `-${text}`);
const absolute = (text: string): string => (text.startsWith('-') ? text.slice(1) : text);
const normalizeZero = (text: string): string => (/^-0(\.0*)?$/.test(text) ? text.slice(1) : text);
