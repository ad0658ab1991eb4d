/**
 * Money: an exact amount in one currency. Arithmetic never rounds; rounding to the currency's minor unit is a named step that the
 * business takes once (BI-4), and splitting keeps the whole (AG-5). Two currencies in one sum are a bug of the caller and throw:
 * the domain asks `sameCurrency` first and refuses.
 */
import {
  absoluteDecimal,
  addDecimals,
  compareDecimals,
  decimalPlaces,
  divideDecimals,
  isNegativeDecimal,
  isZeroDecimal,
  multiplyDecimals,
  negateDecimal,
  normalizeDecimal,
  type RoundingMode,
  roundDecimal,
  subtractDecimals,
  sumDecimals,
} from './decimal.ts';

/** `{ amount: "1234.50", currency: "USD" }`: a decimal string with at least the currency's minor digits, and an ISO 4217 code. */
export type Money = { readonly amount: string; readonly currency: string };

// ISO 4217:2015 with its amendments to 2025: the active national currencies by number of minor digits (funds, metals and test codes left out).
const codesByDigits: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK
      DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL
      MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
      SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};
const minorDigits: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByDigits).flatMap(([digits, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)])),
);

/** Every currency code the kernel knows, in order. */
export const currencyCodes: readonly string[] = [...minorDigits.keys()].sort();
export const isCurrency = (code: string): boolean => minorDigits.has(code);

/** Digits after the point of the currency's smallest unit: GTQ 2, JPY 0, KWD 3. Throws for a code ISO 4217 does not list. */
export const minorUnitDigits = (currency: string): number => {
  const digits = minorDigits.get(currency);
  if (digits === undefined) throw new Error(`unknown currency ${JSON.stringify(currency)}`);
  return digits;
};

/** The amount in its one written form: at least the minor digits (`5` → `5.00` USD), more only where they are not zero. */
export const money = (amount: string, currency: string): Money => {
  const plain = normalizeDecimal(amount);
  const digits = minorUnitDigits(currency);
  return { amount: decimalPlaces(plain) <= digits ? roundDecimal(plain, digits) : plain, currency };
};
export const zeroMoney = (currency: string): Money => money('0', currency);

/** Whether all are in one currency; true of none and of one. */
export const sameCurrency = (...amounts: readonly Money[]): boolean => amounts.every(({ currency }) => currency === amounts[0]?.currency);

const currencyOf = (a: Money, b: Money): string => {
  if (a.currency !== b.currency) throw new Error(`amounts of ${a.currency} and ${b.currency} do not mix`);
  return a.currency;
};

export const addMoney = (a: Money, b: Money): Money => money(addDecimals(a.amount, b.amount), currencyOf(a, b));
export const subtractMoney = (a: Money, b: Money): Money => money(subtractDecimals(a.amount, b.amount), currencyOf(a, b));
export const negateMoney = (a: Money): Money => money(negateDecimal(a.amount), a.currency);
/** Exact: the product keeps every digit until it is rounded by name. `factor` is a decimal string. */
export const multiplyMoney = (a: Money, factor: string): Money => money(multiplyDecimals(a.amount, factor), a.currency);
/** −1, 0 or 1. */
export const compareMoney = (a: Money, b: Money): -1 | 0 | 1 => {
  currencyOf(a, b);
  return compareDecimals(a.amount, b.amount);
};
export const equalMoney = (a: Money, b: Money): boolean => a.currency === b.currency && compareDecimals(a.amount, b.amount) === 0;
export const isZeroMoney = (a: Money): boolean => isZeroDecimal(a.amount);
export const isNegativeMoney = (a: Money): boolean => isNegativeDecimal(a.amount);
export const minimumMoney = (a: Money, b: Money): Money => (compareMoney(a, b) <= 0 ? a : b);
export const maximumMoney = (a: Money, b: Money): Money => (compareMoney(a, b) >= 0 ? a : b);

/** The exact sum; `currency` says what none is worth. */
export const sumMoney = (amounts: readonly Money[], currency: string): Money => {
  for (const amount of amounts) currencyOf(amount, { amount: '0', currency });
  return money(sumDecimals(amounts.map(({ amount }) => amount)), currency);
};

/** To the currency's minor unit; the mode is the jurisdiction's. */
export const roundMoney = (a: Money, mode: RoundingMode = 'half-even'): Money => money(roundDecimal(a.amount, minorUnitDigits(a.currency), mode), a.currency);
/** Whether the amount is a whole number of minor units. */
export const isRoundMoney = (a: Money): boolean => decimalPlaces(a.amount) <= minorUnitDigits(a.currency);

/** A document line: rate × quantity, rounded once (BI-4). */
export const lineAmount = (rate: Money, quantity: string, mode: RoundingMode = 'half-even'): Money => roundMoney(multiplyMoney(rate, quantity), mode);

/**
 * Splits a rounded total in proportion to `weights` (decimal strings ≥ 0, not all zero) so that the parts sum exactly to it (AG-5):
 * each part is cut down to the minor unit and the units left over go to the largest remainders, earlier parts first on a tie.
 * A part of weight zero is zero, and no part is further than one minor unit from its exact share. Throws on a total with
 * fractions of the minor unit.
 */
export const allocateMoney = (total: Money, weights: readonly string[]): readonly Money[] => {
  if (!isRoundMoney(total)) throw new Error(`only a rounded total can be split: ${total.amount} ${total.currency}`);
  const weightSum = sumDecimals(weights);
  if (weights.some(isNegativeDecimal) || isZeroDecimal(weightSum)) throw new Error('weights must be zero or more and not all zero');
  const scale = minorUnitDigits(total.currency);
  const units = BigInt(roundDecimal(absoluteDecimal(total.amount), scale).replace('.', ''));
  // Weights as whole numbers, so that shares and remainders are exact integers.
  const places = Math.max(...weights.map(decimalPlaces));
  const whole = weights.map((weight) => BigInt(roundDecimal(weight, places).replace('.', '')));
  const wholeSum = whole.reduce((sum, weight) => sum + weight, 0n);
  const floors = whole.map((weight) => (units * weight) / wholeSum);
  const left = Number(units - floors.reduce((sum, floor) => sum + floor, 0n));
  const byRemainder = whole
    .map((weight, index) => ({ index, remainder: (units * weight) % wholeSum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const lucky = new Set(byRemainder.slice(0, left).map(({ index }) => index));
  const sign = isNegativeMoney(total) ? -1n : 1n;
  return floors.map((floor, index) => ofMinorUnits(sign * (floor + (lucky.has(index) ? 1n : 0n)), total.currency));
};

/** A whole number of minor units (cents) as money. */
export const ofMinorUnits = (units: bigint, currency: string): Money => {
  const digits = minorUnitDigits(currency);
  return money(divideDecimals(String(units), `1${'0'.repeat(digits)}`, { digits }), currency);
};

/**
 * The part to bill next when parts of one charge are billed one by one (AG-5): round(before + next) − round(before), so that at
 * every point what was billed equals the rounded running total. `before` is the exact sum of the earlier parts.
 */
export const cumulativePart = (before: Money, next: Money, mode: RoundingMode = 'half-even'): Money =>
  subtractMoney(roundMoney(addMoney(before, next), mode), roundMoney(before, mode));

/** All parts of a charge by cumulative rounding: part i = round(Σ to i) − round(Σ to i−1). */
export const cumulativeParts = (exact: readonly Money[], mode: RoundingMode = 'half-even'): readonly Money[] => {
  const first = exact[0];
  if (first === undefined) return [];
  let before = zeroMoney(first.currency);
  return exact.map((next) => {
    const part = cumulativePart(before, next, mode);
    before = addMoney(before, next);
    return part;
  });
};
