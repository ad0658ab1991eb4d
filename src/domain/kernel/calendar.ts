/**
 * Business dates (`YYYY-MM-DD`, a day of the account's own calendar) and instants (ISO 8601 UTC with milliseconds). Dates are computed as
 * whole day numbers of the proleptic Gregorian calendar, so no time zone and no clock can leak in; both kinds of text sort in time order.
 */

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const dayMs = 86_400_000;
const pairs: readonly string[] = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
/** Days in a month 1–12. */
export const daysInMonth = (year: number, month: number): number => (month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 0));

type DateParts = { readonly year: number; readonly month: number; readonly day: number };

/** The two digits at a place of a text, or NaN. Read by code: dates are parsed for every line of every bill and every reading. */
const pairAt = (text: string, at: number): number => {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
};
const parseDate = (text: string): DateParts | undefined => {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  const [year, month, day] = [pairAt(text, 0) * 100 + pairAt(text, 2), pairAt(text, 5), pairAt(text, 8)];
  return year >= 1 && month >= 1 && day >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : undefined;
};

/** Whether the text is an existing day of the years 0001–9999. */
export const isBusinessDate = (text: string): boolean => text.length === 10 && parseDate(text) !== undefined;

const partsOf = (date: string): DateParts => {
  const parts = date.length === 10 ? parseDate(date) : undefined;
  if (parts === undefined) throw new Error(`not a business date: ${JSON.stringify(date)}`);
  return parts;
};

const dateOf = ({ year, month, day }: DateParts): string => {
  if (!(year >= 1 && year <= 9999)) throw new Error(`a date of the year ${year}`);
  return `${pairs[Math.floor(year / 100)]}${pairs[year % 100]}-${pairs[month]}-${pairs[day]}`;
};

/** Algorithm: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil and civil_from_days. */
const dayNumberOf = ({ year, month, day }: DateParts): number => {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

/** Days since 1970-01-01 (negative before it). */
export const dayNumber = (date: string): number => dayNumberOf(partsOf(date));

/** The date of a day number; the inverse of `dayNumber`. */
export const dateOfDayNumber = (days: number): string => {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return dateOf({ year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1 });
};

/** ISO weekday of a day number: 1 Monday … 7 Sunday. */
export const weekdayOfDayNumber = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;
export const weekday = (date: string): number => weekdayOfDayNumber(dayNumber(date));

export const addDays = (date: string, days: number): string => dateOfDayNumber(dayNumber(date) + days);
export const addWeeks = (date: string, weeks: number): string => addDays(date, weeks * 7);
/** Whole days from one date to another; negative if the second is earlier. */
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from);

/**
 * The same day some months on, or the month's last day where it has no such day. A series keeps its anchor day by passing it (PM-3):
 * 31 January, 28 February, 31 March. Without it the date's own day is the anchor.
 */
export const addMonths = (date: string, months: number, anchorDay?: number): string => {
  const parts = partsOf(date);
  const index = parts.year * 12 + parts.month - 1 + months;
  const [year, month] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
  return dateOf({ year, month, day: Math.min(anchorDay ?? parts.day, daysInMonth(year, month)) });
};
/** The same day some years on; 29 February becomes the 28th where there is none. */
export const addYears = (date: string, years: number, anchorDay?: number): string => addMonths(date, years * 12, anchorDay);

export const dayOfMonth = (date: string): number => partsOf(date).day;
export const firstOfMonth = (date: string): string => dateOf({ ...partsOf(date), day: 1 });
/** Calendar months from one date's month to another's, days not looked at. */
export const monthsBetween = (from: string, to: string): number => {
  const [a, b] = [partsOf(from), partsOf(to)];
  return (b.year - a.year) * 12 + b.month - a.month;
};

/**
 * The last date on which an annual inspection still counts (PM-7, 49 CFR 396.17(c)): the same date twelve months on, the 28th for a
 * 29 February.
 */
export const validThrough = (inspectedOn: string, months = 12): string => addMonths(inspectedOn, months);
/** Whether an inspection of one date is in force on another: not before it was made, and up to and including `validThrough`. */
export const isInForce = (inspectedOn: string, on: string, months = 12): boolean => inspectedOn <= on && on <= validThrough(inspectedOn, months);

/** The instant's milliseconds since 1970, or NaN for any other text. */
const parseInstant = (text: string): number => {
  if (text.length !== 24 || text.charCodeAt(10) !== 84 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58 || text.charCodeAt(19) !== 46)
    return Number.NaN;
  const parts = parseDate(text);
  const [hour, minute, second, centiseconds] = [pairAt(text, 11), pairAt(text, 14), pairAt(text, 17), pairAt(text, 20)];
  const lastDigit = text.charCodeAt(22) - 48;
  if (parts === undefined || !(hour < 24 && minute < 60 && second < 60 && lastDigit >= 0 && lastDigit <= 9) || text.charCodeAt(23) !== 90) return Number.NaN;
  return dayNumberOf(parts) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000 + centiseconds * 10 + lastDigit;
};

/** Whether the text is an existing instant in the one written form: `2026-01-31T08:15:00.000Z`. */
export const isInstant = (text: string): boolean => !Number.isNaN(parseInstant(text));

/** Milliseconds since 1970 of an instant; throws for any other text. */
export const epochMs = (instant: string): number => {
  const ms = parseInstant(instant);
  if (Number.isNaN(ms)) throw new Error(`not an instant: ${JSON.stringify(instant)}`);
  return ms;
};

/** The instant of a whole number of milliseconds since 1970, within the years 0001–9999. */
export const instantAt = (ms: number): string => {
  const days = Math.floor(ms / dayMs);
  const ofDay = ms - days * dayMs;
  const seconds = Math.floor(ofDay / 1000);
  const minutes = Math.floor(seconds / 60);
  const thousandths = ofDay - seconds * 1000;
  if (!Number.isInteger(ms)) throw new Error(`not a time in milliseconds: ${ms}`);
  const time = `${pairs[Math.floor(minutes / 60)]}:${pairs[minutes % 60]}:${pairs[seconds % 60]}.${Math.floor(thousandths / 100)}${pairs[thousandths % 100]}`;
  return `${dateOfDayNumber(days)}T${time}Z`;
};
export const addMilliseconds = (instant: string, ms: number): string => instantAt(epochMs(instant) + ms);
export const millisecondsBetween = (from: string, to: string): number => epochMs(to) - epochMs(from);
