/** Values as people write them in an address, checked by the kind of their column, so that no cast in SQL can fail. */
import type { ColumnKind } from '../../../projections/kernel/table.ts';

/** The value in the event's form, or a sentence that says what it should have been. */
export type Checked = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly expected: string };

const textLengthMax = 1000;
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const wholePattern = /^-?[0-9]{1,19}$/;
const numericPattern = /^-?[0-9]{1,30}(\.[0-9]{1,30})?$/;
const doublePattern = /^-?[0-9]{1,30}(\.[0-9]{1,30})?(e[+-]?[0-9]{1,3})?$/i;
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;
// A plus that was not encoded arrives as a space.
const instantPattern = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(?::(\d{2}))?(?:\.(\d{1,3}))?(Z|[+ -]\d{2}:\d{2}))?$/;

const good = (value: string): Checked => ({ ok: true, value });
const bad = (expected: string): Checked => ({ ok: false, expected });

const isDate = (value: string): boolean => {
  const parts = datePattern.exec(value);
  if (parts === null || parts[1] === '0000') return false;
  const day = new Date(`${value}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
};

const within = (value: string, bits: 32 | 64): boolean => wholePattern.test(value) && BigInt.asIntN(bits, BigInt(value)) === BigInt(value);

/** `2026-01-31` (midnight UTC), `2026-01-31T08:15Z`, with seconds, milliseconds and any offset; years 0001–9999. */
const instantOf = (value: string): string | undefined => {
  const [whole, day, time, seconds = '00', fraction = '', zone = 'Z'] = instantPattern.exec(value) ?? [];
  if (whole === undefined || day === undefined || !isDate(day)) return undefined;
  const moment = new Date(`${day}T${time ?? '00:00'}:${seconds}.${fraction.padEnd(3, '0')}${zone.replace(' ', '+')}`);
  if (Number.isNaN(moment.getTime())) return undefined;
  const written = moment.toISOString();
  // An offset may lead out of the years that four digits can say.
  return isDate(written.slice(0, 10)) ? written : undefined;
};

const doubleOf = (value: string): string | undefined => {
  if (!doublePattern.test(value)) return undefined;
  const number = Number(value);
  // Postgres refuses what JavaScript rounds to zero or infinity, so the rounded number is what is sent.
  return Number.isFinite(number) ? String(number) : undefined;
};

const orExpect = (value: string | undefined, expected: string): Checked => (value === undefined ? bad(expected) : good(value));

type Checker = (value: string) => Checked;
const checkText: Checker = (value) =>
  value.length <= textLengthMax && value.isWellFormed() && !value.includes('\0') ? good(value) : bad(`a text of at most ${textLengthMax} characters`);
const checkUuid: Checker = (value) => (uuidPattern.test(value) ? good(value.toLowerCase()) : bad('a UUID'));

const checkers: Readonly<Record<ColumnKind, Checker>> = {
  uuid: checkUuid,
  uuidArray: checkUuid,
  text: checkText,
  textArray: checkText,
  integer: (value) => (within(value, 32) ? good(String(Number(value))) : bad('a whole number of 32 bits')),
  bigint: (value) => (within(value, 64) ? good(String(BigInt(value))) : bad('a whole number of 64 bits')),
  numeric: (value) => (numericPattern.test(value) ? good(value) : bad('a decimal number without exponent')),
  double: (value) => orExpect(doubleOf(value), 'a finite number'),
  boolean: (value) => (value === 'true' || value === 'false' ? good(value) : bad('true or false')),
  date: (value) => (isDate(value) ? good(value) : bad('a date such as 2026-01-31')),
  instant: (value) => orExpect(instantOf(value), 'a date or an instant such as 2026-01-31T08:15:00Z'),
  json: () => bad('nothing: documents cannot be compared'),
};

/** Checks one value for a column (for a list column: one of its items) and gives it in the event's form. */
export const checkValue = (kind: ColumnKind, value: string): Checked => checkers[kind](value);
