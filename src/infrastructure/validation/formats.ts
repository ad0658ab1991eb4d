/** The formats that the schema words name. Each looks at the length first: with every error listed, a format is also asked about text that is too long. */
import { isUuid } from '../../domain/kernel/ids.ts';

/** `YYYY-MM-DD`, a day that exists, of the years 0001–9999 (those that Postgres and JavaScript agree on). */
export const isDate = (text: string): boolean => {
  if (text.length !== 10 || !/^\d{4}-\d{2}-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const day = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

/** ISO 8601 UTC with milliseconds, an instant that exists: `2026-01-31T08:15:00.000Z`. No leap seconds: they cannot be stored. */
export const isInstant = (text: string): boolean => {
  if (text.length !== 24 || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text) || text.startsWith('0000')) return false;
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
};

/** One address with a dotted domain, of at most 254 characters (RFC 5321): what mail servers take, not all that RFC 5322 permits. */
export const isEmail = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u.test(text);

/** An absolute address that the WHATWG parser takes, without user and password. */
export const isLink = (text: string): boolean => {
  if (text.length > 2000 || /[\s\p{Cc}]/u.test(text)) return false;
  const url = URL.parse(text);
  return url !== null && url.username === '' && url.password === '';
};

const zones = new Map<string, boolean>();
/** An IANA time zone that this runtime knows (aliases included); fixed offsets such as `+06:00` are none. */
export const isTimeZone = (text: string): boolean => {
  if (text.length > 64 || !/^[A-Za-z]/.test(text)) return false;
  const known = zones.get(text);
  if (known !== undefined) return known;
  const isKnown = canFormatIn(text);
  // Only real zones are remembered, of which there are some hundreds: made-up ones must not fill the memory.
  if (isKnown) zones.set(text, true);
  return isKnown;
};
const canFormatIn = (timeZone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** The formats by the names that schemas use. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  instant: isInstant,
  uuid: isUuid,
  email: isEmail,
  uri: isLink,
  'time-zone': isTimeZone,
};

const depthMax = 6;
const keysMax = 200;
const textMax = 10_000;
/** Whether a text can be stored and projected: no NUL, no lone surrogate. */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/**
 * Whether a free JSON object stays within bounds: at most 6 levels, 200 keys or items a level, texts and keys that can be stored, finite
 * numbers, and no `__proto__` that a later copy could take for more than a name.
 */
export const isBoundedDocument = (value: unknown, depth = 1): boolean => {
  if (typeof value === 'string') return value.length <= textMax && isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > depthMax) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= keysMax &&
    entries.every(([key, member]) => key !== '__proto__' && key.length <= 200 && isStorable(key) && isBoundedDocument(member, depth + 1))
  );
};
