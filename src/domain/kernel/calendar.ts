/**
 * Business dates (`YYYY-MM-DD`, a day of the account's own calendar) and instants (ISO 8601 UTC with milliseconds). Dates are computed as
 * whole day numbers of the proleptic Gregorian calendar, so no time zone and no clock can leak in; both kinds of text sort in time order.
 */

const datePattern = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
/** Days in a month 1–12. */
export const daysInMonth = (year: number, month: number): number => (month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 0));

type DateParts = { readonly year: number; readonly month: number; readonly day: number };

/** Whether the text is an existing day of the years 0001–9999. */
export const isBusinessDate = (text: string): boolean =>
  datePattern.test(text) && Number(text.slice(8)) <= daysInMonth(Number(text.slice(0, 4)), Number(text.slice(5, 7))) && !text.startsWith('0000');

const partsOf = (date: string): DateParts => {
  if (!isBusinessDate(date)) throw new Error(`not a business date: ${JSON.stringify(date)}`);
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8)) };
};

const dateOf = ({ year, month, day }: DateParts): string => {
  if (!(year >= 1 && year <= 9999)) throw new Error(`a date of the year ${year}`);
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
};

/** Days since 1970-01-01 (negative before it). Algorithm: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
export const dayNumber = (date: string): number => {
  const { year, month, day } = partsOf(date);
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

/** The date of a day number; the inverse of `dayNumber` (civil_from_days of the same source). */
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

/** Whether the text is an existing instant in the one written form: `2026-01-31T08:15:00.000Z`. */
export const isInstant = (text: string): boolean => {
  if (!instantPattern.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
};

/** Milliseconds since 1970 of an instant; throws for any other text. */
export const epochMs = (instant: string): number => {
  const ms = instant.length === 24 ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`not an instant: ${JSON.stringify(instant)}`);
  return ms;
};

/** The instant of a whole number of milliseconds since 1970, within the years 0–9999. */
export const instantAt = (ms: number): string => {
  const text = new Date(ms).toISOString();
  if (text.length !== 24) throw new Error(`an instant outside the years 0 to 9999: ${text}`);
  return text;
};
export const addMilliseconds = (instant: string, ms: number): string => instantAt(epochMs(instant) + ms);
export const millisecondsBetween = (from: string, to: string): number => epochMs(to) - epochMs(from);
