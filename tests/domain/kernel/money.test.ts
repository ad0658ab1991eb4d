import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addMoney,
  allocateMoney,
  compareMoney,
  cumulativePart,
  cumulativeParts,
  currencyCodes,
  equalMoney,
  isRoundMoney,
  lineAmount,
  type Money,
  minorUnitDigits,
  money,
  multiplyMoney,
  negateMoney,
  ofMinorUnits,
  roundMoney,
  sameCurrency,
  subtractMoney,
  sumMoney,
  zeroMoney,
} from '../../../src/domain/kernel/money.ts';

const currency = fc.constantFrom('USD', 'GTQ', 'JPY', 'KWD', 'CLF');
const amountIn = (code: string, digits = minorUnitDigits(code)) =>
  fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }).map((units) => exact(units, digits, code));
const exact = (units: bigint, digits: number, code: string): Money => {
  const text = String(units < 0n ? -units : units).padStart(digits + 1, '0');
  const body = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return money(units < 0n ? `-${body}` : body, code);
};
const unitsOf = (amount: Money): bigint => BigInt(amount.amount.replace('.', ''));

describe('money', () => {
  test('there and back: adding and subtracting, negating, minor units', () => {
    const pair = currency.chain((code) => fc.tuple(amountIn(code, 7), amountIn(code, 7)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(subtractMoney(addMoney(a, b), b)).toEqual(a);
        expect(addMoney(a, b)).toEqual(addMoney(b, a));
        expect(addMoney(a, negateMoney(a))).toEqual(zeroMoney(a.currency));
        expect(compareMoney(a, b) + compareMoney(b, a)).toBe(0);
        expect(equalMoney(ofMinorUnits(unitsOf(roundMoney(a)), a.currency), roundMoney(a))).toBe(true);
      }),
    );
  });

  test('an amount has one written form', () => {
    expect(money('5', 'USD')).toEqual({ amount: '5.00', currency: 'USD' });
    expect(money('5.1000', 'GTQ').amount).toBe('5.10');
    expect(money('5.12345', 'USD').amount).toBe('5.12345');
    expect(money('5.0', 'JPY').amount).toBe('5');
    expect(money('-0.000', 'KWD').amount).toBe('0.000');
    expect(() => money('5', 'QQQ')).toThrow('unknown currency');
    expect(() => money('5,00', 'USD')).toThrow('not a decimal');
  });

  test('the minor digits are those of ISO 4217', () => {
    const digits = (codes: string) => codes.split(' ').map(minorUnitDigits);
    expect(digits('USD GTQ EUR MXN HNL NIO CRC XCG')).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    expect(digits('JPY KRW CLP PYG VND XAF')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(digits('BHD IQD JOD KWD LYD OMR TND')).toEqual([3, 3, 3, 3, 3, 3, 3]);
    expect(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
    expect(currencyCodes).not.toContain('XXX');
  });

  test('two currencies never meet in one sum', () => {
    const [quetzal, dollar] = [money('1', 'GTQ'), money('1', 'USD')];
    expect(sameCurrency(quetzal, dollar)).toBe(false);
    expect(sameCurrency(quetzal, quetzal)).toBe(true);
    expect(sameCurrency()).toBe(true);
    for (const mix of [() => addMoney(quetzal, dollar), () => compareMoney(quetzal, dollar), () => sumMoney([quetzal, dollar], 'GTQ')])
      expect(mix).toThrow('do not mix');
  });

  test('BI-4 a line is rate × quantity, rounded once', () => {
    expect(lineAmount(money('0.3333', 'USD'), '3').amount).toBe('1.00');
    expect(lineAmount(money('2.675', 'USD'), '1').amount).toBe('2.68');
    expect(lineAmount(money('2.665', 'USD'), '1').amount).toBe('2.66');
    expect(lineAmount(money('2.665', 'USD'), '1', 'half-up').amount).toBe('2.67');
    expect(lineAmount(money('-2.665', 'USD'), '1', 'half-up').amount).toBe('-2.67');
    expect(lineAmount(money('1.0005', 'KWD'), '1').amount).toBe('1.000');
    expect(lineAmount(money('10.5', 'JPY'), '1').amount).toBe('10');
    expect(multiplyMoney(money('0.1', 'USD'), '0.001').amount).toBe('0.0001');
  });

  test('AG-5 parts billed together sum to the whole, by largest remainder', () => {
    const split = currency.chain((code) => fc.tuple(amountIn(code), fc.array(fc.tuple(fc.nat(100_000), fc.nat(3)), { minLength: 1, maxLength: 30 })));
    fc.assert(
      fc.property(split, ([total, raw]) => {
        const weights = raw.map(([units, digits]) => exact(BigInt(units), digits, 'CLF').amount);
        fc.pre(raw.some(([units]) => units > 0));
        const parts = allocateMoney(total, weights);
        expect(sumMoney(parts, total.currency)).toEqual(total);
        const scale = raw.map(([units, digits]) => BigInt(units) * 10n ** BigInt(3 - digits));
        const whole = scale.reduce((sum, weight) => sum + weight, 0n);
        parts.forEach((part, index) => {
          // within one minor unit of the exact share, and nothing for nothing
          const off = unitsOf(part) * whole - unitsOf(total) * (scale[index] ?? 0n);
          expect(off > -whole && off < whole).toBe(true);
          if (scale[index] === 0n) expect(unitsOf(part)).toBe(0n);
        });
      }),
    );
    expect(allocateMoney(money('100', 'USD'), ['1', '1', '1']).map(({ amount }) => amount)).toEqual(['33.34', '33.33', '33.33']);
    expect(allocateMoney(money('-0.05', 'USD'), ['1', '1']).map(({ amount }) => amount)).toEqual(['-0.03', '-0.02']);
    expect(allocateMoney(money('10', 'JPY'), ['0.5', '0.25', '0.25']).map(({ amount }) => amount)).toEqual(['5', '3', '2']);
    expect(() => allocateMoney(money('1.005', 'USD'), ['1'])).toThrow('rounded total');
    expect(() => allocateMoney(money('1', 'USD'), ['0'])).toThrow('weights');
    expect(() => allocateMoney(money('1', 'USD'), ['2', '-1'])).toThrow('weights');
  });

  test('AG-5 parts billed one by one follow the rounded running total', () => {
    const charge = currency.chain((code) => fc.array(amountIn(code, 6), { maxLength: 25 }));
    fc.assert(
      fc.property(charge, fc.constantFrom('half-even' as const, 'half-up' as const), (exactParts, mode) => {
        const parts = cumulativeParts(exactParts, mode);
        expect(parts).toHaveLength(exactParts.length);
        exactParts.forEach((next, index) => {
          const before = sumMoney(exactParts.slice(0, index), next.currency);
          expect(parts[index]).toEqual(cumulativePart(before, next, mode));
          expect(sumMoney(parts.slice(0, index + 1), next.currency)).toEqual(roundMoney(addMoney(before, next), mode));
        });
        expect(parts.every(isRoundMoney)).toBe(true);
      }),
    );
  });
});
