/** The dates of the holiday catalog's rules, for working calendars. Half days count as working days. */
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import type { Facts, Frozen } from '../kernel/aggregate.ts';
import { addDays, dateOfDayNumber, dayNumber, weekday } from '../kernel/calendar.ts';
import { catalogId } from '../kernel/well-known.ts';

export const holidayCatalog = catalogId('holiday');

/** Easter Sunday of the western church, by the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, chapter 8). */
export const easterSunday = (year: number): string => {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(Math.floor(sum / 31))}-${two((sum % 31) + 1)}`;
};

type Rule = Readonly<Record<string, unknown>>;
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
/** The n-th weekday of a month; negative counts from its end. */
const ordinalWeekday = (year: number, { month, isoWeekday, ordinal }: Rule): string => {
  const first = dayNumber(`${year}-${String(numberOf(month)).padStart(2, '0')}-01`);
  const next = numberOf(month) === 12 ? dayNumber(`${year + 1}-01-01`) : dayNumber(`${year}-${String(numberOf(month) + 1).padStart(2, '0')}-01`);
  const all = Array.from({ length: next - first }, (_, n) => dateOfDayNumber(first + n)).filter((date) => weekday(date) === numberOf(isoWeekday));
  return all.at(numberOf(ordinal) > 0 ? numberOf(ordinal) - 1 : numberOf(ordinal)) ?? dateOfDayNumber(first);
};
const longWeekend: readonly number[] = [0, -1, -2, 4, 3, 2, 1];
const nearest: readonly number[] = [0, 0, 0, 0, 0, -1, 1];
const observed = (date: string, how: unknown): string => {
  const moves = how === 'gt-long-weekend' ? longWeekend : how === 'nearest-weekday' ? nearest : [];
  return addDays(date, moves[weekday(date) - 1] ?? 0);
};
const dateIn = (year: number, rule: Rule): string | undefined => {
  switch (rule['rule']) {
    case 'fixed':
      return observed(`${year}-${String(rule['monthDay'])}`, rule['observed']);
    case 'easter':
      return addDays(easterSunday(year), numberOf(rule['offsetDays']));
    case 'weekday':
      return ordinalWeekday(year, rule);
    default:
      return undefined;
  }
};

/** The holidays of a country in some years, in order; those of one municipality alone are left out. */
export const holidaysOf = (facts: Facts, country: string, years: readonly number[]): readonly string[] => {
  const catalog: Frozen<Catalog> | undefined = catalogFact.of(facts, holidayCatalog);
  const rules = Object.values(catalog?.entries ?? {})
    .filter(({ isActive }) => isActive)
    .map(({ entry }) => entry.attributes ?? {})
    .filter((rule) => rule['jurisdiction'] === country && rule['isHalfDay'] !== true && rule['municipio'] === undefined);
  return [...new Set(years.flatMap((year) => rules.flatMap((rule) => dateIn(year, rule) ?? [])))].sort();
};
