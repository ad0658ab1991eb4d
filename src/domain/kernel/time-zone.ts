/**
 * Local dates and times of IANA zones. `Intl` is the only source of the rules, and slow (about a microsecond a question), so each zone's
 * changes of offset are found once per block of about thirteen months, and every later question is a look-up.
 */
import { addDays, dateOfDayNumber, dayNumber, epochMs, instantAt, weekdayOfDayNumber } from './calendar.ts';

const dayMs = 86_400_000;
const blockMs = 2 ** 35;
/** Blocks kept over all zones; beyond it the cache starts afresh. */
const blocksMax = 4096;
/** No zone was ever further from UTC, and none ever skipped more than a day. */
const farthestMs = 40 * 3_600_000;

/** A stretch of time with one offset from UTC. */
type Stretch = { readonly startMs: number; readonly offsetMs: number };

const formatters = new Map<string, Intl.DateTimeFormat>();
const blocks = new Map<string, Map<number, readonly Stretch[]>>();
let blocksKept = 0;

const formatterOf = (zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const field = 'numeric';
  const options = { timeZone: zone, hourCycle: 'h23', year: field, month: field, day: field, hour: field, minute: field, second: field } as const;
  const made = new Intl.DateTimeFormat('en-US', options);
  formatters.set(zone, made);
  return made;
};

const askIntl = (zone: string, ms: number): number => {
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = (formatterOf(zone).format(ms).match(/\d+/g) ?? []).map(Number);
  // Date.UTC takes the years 0–99 for 1900–1999.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000 - Math.floor(ms / 1000) * 1000;
};

/** The first millisecond after `low` with the offset of `high`. */
const findChange = (zone: string, low: number, high: number): number => {
  const after = askIntl(zone, high);
  let [before, at] = [low, high];
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (askIntl(zone, middle) === after) at = middle;
    else before = middle;
  }
  return at;
};

/** Asked once a day: no zone ever changed twice within one. */
const buildBlock = (zone: string, block: number): readonly Stretch[] => {
  const [from, to] = [block * blockMs, (block + 1) * blockMs];
  const stretches: Stretch[] = [{ startMs: from, offsetMs: askIntl(zone, from) }];
  for (let at = from; at < to; at += dayMs) {
    const next = Math.min(at + dayMs, to - 1);
    const offsetMs = askIntl(zone, next);
    if (offsetMs !== stretches.at(-1)?.offsetMs) stretches.push({ startMs: findChange(zone, at, next), offsetMs });
  }
  return stretches;
};

const blockOf = (zone: string, block: number): readonly Stretch[] => {
  const known = blocks.get(zone)?.get(block);
  if (known !== undefined) return known;
  const made = buildBlock(zone, block);
  if (++blocksKept > blocksMax) {
    blocks.clear();
    blocksKept = 1;
  }
  const ofZone = blocks.get(zone) ?? new Map<number, readonly Stretch[]>();
  blocks.set(zone, ofZone.set(block, made));
  return made;
};

/** Whether it is a zone of the IANA database, written as there. Offsets (`+06:00`) are no zones. */
export const isTimeZone = (zone: string): boolean => {
  if (!/^[A-Z][A-Za-z0-9_+\-/]{1,63}$/.test(zone)) return false;
  try {
    // An alias resolves to another name; the same name in other letters is a slip.
    const resolved = formatterOf(zone).resolvedOptions().timeZone;
    return resolved === zone || resolved.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
};

/** What to add to UTC for the zone's wall clock at `ms`. */
export const zoneOffsetMs = (zone: string, ms: number): number => {
  const stretches = blockOf(zone, Math.floor(ms / blockMs));
  let index = stretches.length - 1;
  while (index > 0 && (stretches[index]?.startMs ?? 0) > ms) index--;
  return stretches[index]?.offsetMs ?? 0;
};

/**
 * The first instant (ms) at which the zone's wall clock shows `localMs` (a wall time told as if it were UTC) or later. In a gap that is
 * the moment after it, in an overlap the first of the two: so days and working hours cut time into pieces that meet.
 */
export const firstInstantAtLocal = (zone: string, localMs: number): number => {
  const [from, to] = [localMs - farthestMs, localMs + farthestMs];
  let previous: Stretch | undefined;
  for (let block = Math.floor(from / blockMs); block <= Math.floor(to / blockMs); block++)
    for (const stretch of blockOf(zone, block)) {
      // The clock of the stretch before reached the time before it ended.
      if (previous !== undefined && stretch.startMs + previous.offsetMs > localMs) return Math.max(previous.startMs, localMs - previous.offsetMs);
      previous = stretch;
    }
  return Math.max(previous?.startMs ?? 0, localMs - (previous?.offsetMs ?? 0));
};

/** The business date that a wall calendar in the zone shows at the instant. */
export const localDate = (instant: string, zone: string): string => {
  const ms = epochMs(instant);
  return dateOfDayNumber(Math.floor((ms + zoneOffsetMs(zone, ms)) / dayMs));
};

/** What a wall clock and calendar in the zone show at the instant; weekday 1 Monday … 7 Sunday. */
export const localTime = (instant: string, zone: string): { readonly date: string; readonly weekday: number; readonly millisecondsOfDay: number } => {
  const ms = epochMs(instant);
  const local = ms + zoneOffsetMs(zone, ms);
  const day = Math.floor(local / dayMs);
  return { date: dateOfDayNumber(day), weekday: weekdayOfDayNumber(day), millisecondsOfDay: local - day * dayMs };
};

/** The instant at which the date begins in the zone; a date that the zone skipped begins and ends with the next one. */
export const startOfLocalDay = (date: string, zone: string): string => instantAt(firstInstantAtLocal(zone, dayNumber(date) * dayMs));
/** The date as half-open instants: 23, 24 or 25 hours, as the zone has it. */
export const localDay = (date: string, zone: string): { readonly from: string; readonly to: string } => ({
  from: startOfLocalDay(date, zone),
  to: startOfLocalDay(addDays(date, 1), zone),
});
