/** The months a contract bills by (AG-9): three ways of cutting time from the start date on, each without gap or overlap. */
import { addDays, addMonths, dayNumber, firstOfMonth, monthsBetween } from './calendar.ts';
import type { Interval } from './interval.ts';

/**
 * `calendar`: to the first of the next month, so the first one may be short · `anniversary`: from the start's day of the month to the same
 * day (or the month's last) of the next · `28-day`: four weeks each.
 */
export type ContractMonth = 'calendar' | 'anniversary' | '28-day';

/** Contract months a contract may have: a century. */
const monthsMax = 1304;

/** The first day of month `index` (0 is the one that begins with the contract). */
const startOf = (kind: ContractMonth, start: string, index: number): string => {
  switch (kind) {
    case 'calendar':
      return index === 0 ? start : addMonths(firstOfMonth(start), index);
    case 'anniversary':
      return addMonths(start, index);
    case '28-day':
      return addDays(start, index * 28);
    default:
      return kind satisfies never;
  }
};

/** Month `index` of a contract that starts on `start`, as half-open business dates. */
export const contractMonth = (kind: ContractMonth, start: string, index: number): Interval<string> & { readonly to: string } => {
  if (!Number.isInteger(index) || index < 0 || index >= monthsMax) throw new Error(`contract month ${index}`);
  return { from: startOf(kind, start, index), to: startOf(kind, start, index + 1) };
};

/** The index of the month that holds `on`; throws for a date before the contract. */
export const contractMonthIndex = (kind: ContractMonth, start: string, on: string): number => {
  if (on < start) throw new Error(`${on} lies before the contract's start, ${start}`);
  if (kind === '28-day') return Math.floor((dayNumber(on) - dayNumber(start)) / 28);
  const months = monthsBetween(start, on);
  return startOf(kind, start, months) <= on ? months : months - 1;
};

/** The months that tile `[start, end)`, the last one cut at the end. */
export const contractMonths = (kind: ContractMonth, start: string, end: string): readonly (Interval<string> & { readonly to: string })[] => {
  if (end <= start) return [];
  const count = contractMonthIndex(kind, start, addDays(end, -1)) + 1;
  return Array.from({ length: count }, (_, index) => contractMonth(kind, start, index)).map(({ from, to }) => ({ from, to: to < end ? to : end }));
};
