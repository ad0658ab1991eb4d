/** What a quotation comes to: exact, each line rounded once, tax on each rate's sum and spread back over its lines (BI-4). */
import { addDecimals, divideDecimals, multiplyDecimals } from '../kernel/decimal.ts';
import {
  addMoney,
  allocateMoney,
  isZeroMoney,
  type Money,
  minorUnitDigits,
  money,
  multiplyMoney,
  roundMoney,
  subtractMoney,
  sumMoney,
  zeroMoney,
} from '../kernel/money.ts';
import type { Line } from './state.ts';

export type Totals = {
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  /** The tax of each line, by line id. */
  readonly lineTaxes: readonly { readonly lineId: string; readonly tax: Money }[];
};

/** The tax on a sum: on top of it, or the part of it that is tax where the price holds it already (sum × rate ÷ (1 + rate)). */
const taxOn = (sum: Money, { taxRate, isTaxIncluded }: Pick<Line, 'taxRate' | 'isTaxIncluded'>): Money => {
  if (!isTaxIncluded) return roundMoney(multiplyMoney(sum, taxRate));
  const digits = minorUnitDigits(sum.currency);
  return money(divideDecimals(multiplyDecimals(sum.amount, taxRate), addDecimals('1', taxRate), { digits }), sum.currency);
};
const groupOf = ({ tax, taxRate, isTaxIncluded }: Line): string => JSON.stringify([tax, taxRate, isTaxIncluded]);

/** All lines are in `currency`, their amounts rounded. */
export const totalsOf = (lines: readonly Line[], currency: string): Totals => {
  const groups = new Map<string, readonly Line[]>();
  for (const each of lines) groups.set(groupOf(each), [...(groups.get(groupOf(each)) ?? []), each]);
  const taxes = new Map<string, Money>();
  for (const group of groups.values()) {
    const [first] = group;
    const sum = sumMoney(
      group.map(({ amount }) => amount),
      currency,
    );
    const tax = first === undefined || isZeroMoney(sum) ? zeroMoney(currency) : taxOn(sum, first);
    const parts = isZeroMoney(sum)
      ? group.map(() => tax)
      : allocateMoney(
          tax,
          group.map(({ amount }) => amount.amount),
        );
    for (const [n, each] of group.entries()) taxes.set(each.lineId, parts[n] ?? zeroMoney(currency));
  }
  const lineTaxes = lines.map(({ lineId }) => ({ lineId, tax: taxes.get(lineId) ?? zeroMoney(currency) }));
  const tax = sumMoney([...taxes.values()], currency);
  const nets = lines.map(({ lineId, amount, isTaxIncluded }) => (isTaxIncluded ? subtractMoney(amount, taxes.get(lineId) ?? zeroMoney(currency)) : amount));
  const net = sumMoney(nets, currency);
  return { net, tax, total: addMoney(net, tax), lineTaxes };
};
