/**
 * Exact arithmetic on decimal strings (`-12.50`), the only form in which amounts, rates and quantities are kept.
 * Nothing here rounds unless the name says so; a text that is no decimal is a bug of the caller and throws.
 */
import { Decimal } from 'decimal.js';

/** Ties go to the even neighbour (`half-even`, the default everywhere) or away from zero (`half-up`). */
export type RoundingMode = 'half-even' | 'half-up';

// Wide enough that sums and products of anything the schemas let in are exact; reaching the limit throws instead of rounding.
const digitsMax = 1000;
const Exact = Decimal.clone({ precision: digitsMax, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -9e15, toExpPos: 9e15 });
const pattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const libraryMode = { 'half-even': Decimal.ROUND_HALF_EVEN, 'half-up': Decimal.ROUND_HALF_UP } as const;

/** Whether the text is a plain decimal number: no exponent, no plus sign, no leading zeros, at most 200 characters. */
export const isDecimal = (text: string): boolean => text.length <= 200 && pattern.test(text);

const parse = (text: string): Decimal => {
  if (!isDecimal(text)) throw new Error(`not a decimal number: ${JSON.stringify(text)}`);
  return new Exact(text);
};

const print = (value: Decimal): string => {
  if (value.precision() >= digitsMax) throw new Error(`a decimal of more than ${digitsMax} digits`);
  return value.isZero() ? '0' : value.toFixed();
};

/** The shortest text of the same number: `1.500` → `1.5`, `-0.0` → `0`. */
export const normalizeDecimal = (text: string): string => print(parse(text));

export const addDecimals = (a: string, b: string): string => print(parse(a).plus(parse(b)));
export const subtractDecimals = (a: string, b: string): string => print(parse(a).minus(parse(b)));
export const multiplyDecimals = (a: string, b: string): string => print(parse(a).times(parse(b)));
export const negateDecimal = (a: string): string => print(parse(a).negated());
export const absoluteDecimal = (a: string): string => print(parse(a).abs());
/** −1, 0 or 1 by numeric order (`1.0` equals `1`). */
export const compareDecimals = (a: string, b: string): -1 | 0 | 1 => {
  const order = parse(a).comparedTo(parse(b));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
};
export const sumDecimals = (values: readonly string[]): string => print(values.reduce((sum, value) => sum.plus(parse(value)), new Exact(0)));
export const minimumDecimal = (a: string, b: string): string => (compareDecimals(a, b) <= 0 ? a : b);
export const maximumDecimal = (a: string, b: string): string => (compareDecimals(a, b) >= 0 ? a : b);
export const isZeroDecimal = (a: string): boolean => parse(a).isZero();
export const isNegativeDecimal = (a: string): boolean => parse(a).isNegative() && !parse(a).isZero();

/** Rounds to `digits` places after the point and prints exactly that many: (`2.345`, 2) → `2.34` half-even, `2.35` half-up. */
export const roundDecimal = (a: string, digits: number, mode: RoundingMode = 'half-even'): string => {
  const rounded = parse(a).toDecimalPlaces(digits, libraryMode[mode]);
  return (rounded.isZero() ? new Exact(0) : rounded).toFixed(digits);
};

/**
 * a ÷ b rounded once to `digits` places. The quotient is found as a whole number of units plus a remainder, so no digit is lost
 * before the one rounding (dividing first and rounding after would round twice). Throws when b is zero.
 */
export const divideDecimals = (a: string, b: string, rounding: { readonly digits: number; readonly mode?: RoundingMode }): string => {
  const divisor = parse(b);
  if (divisor.isZero()) throw new Error('division of a decimal by zero');
  const scaled = parse(a).times(new Exact(10).pow(rounding.digits));
  const units = scaled.divToInt(divisor);
  const twiceRest = scaled.minus(units.times(divisor)).abs().times(2);
  const tie = twiceRest.comparedTo(divisor.abs());
  const awayFromZero = tie > 0 || (tie === 0 && (rounding.mode === 'half-up' || !units.mod(2).isZero()));
  const direction = parse(a).isNegative() === divisor.isNegative() ? 1 : -1;
  const quotient = (awayFromZero ? units.plus(direction) : units).div(new Exact(10).pow(rounding.digits));
  return (quotient.isZero() ? new Exact(0) : quotient).toFixed(rounding.digits);
};

/** The number of digits after the point, trailing zeros not counted. */
export const decimalPlaces = (a: string): number => parse(a).decimalPlaces();
