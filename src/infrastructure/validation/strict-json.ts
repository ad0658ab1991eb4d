/**
 * JSON as a body or a token may have it. `JSON.parse` takes the last of two equal keys without a word, and any depth; two parsers that
 * differ in that are how a check is passed with one value and the work is done with another. Here both are errors.
 */
export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };
type Limits = { readonly depthMax?: number; readonly valuesMax?: number };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes UTF-8 strictly, then parses. `depthMax` levels (32 unless said otherwise), `valuesMax` values (200,000) at most. */
export const parseJsonBytes = (bytes: Uint8Array, limits: Limits = {}): ParsedJson => {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { ok: false, message: 'It is not UTF-8.' };
  }
  return parseJson(text, limits);
};

/** Parses JSON (RFC 8259) with every member name at most once in its object. */
export const parseJson = (text: string, { depthMax = 32, valuesMax = 200_000 }: Limits = {}): ParsedJson => {
  const shape = shapeOf(text, depthMax, valuesMax);
  if (typeof shape === 'string') return { ok: false, message: shape };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: 'It is not JSON.' };
  }
  return membersOf(value) === shape ? { ok: true, value } : { ok: false, message: 'A name stands twice in one object.' };
};

const quote = 0x22;
/** Counts the members (colons outside strings) of what may be JSON, or says what is too much. Whether it *is* JSON is the parser's business. */
const shapeOf = (text: string, depthMax: number, valuesMax: number): number | string => {
  let depth = 0;
  let members = 0;
  let separators = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === quote) {
      index = endOfString(text, index);
      if (index < 0) return 'It is not JSON.';
    } else if (unit === 0x7b || unit === 0x5b) {
      depth += 1;
      if (depth > depthMax) return `It is nested deeper than ${depthMax} levels.`;
    } else if (unit === 0x7d || unit === 0x5d) {
      depth -= 1;
    } else if (unit === 0x3a) {
      members += 1;
    } else if (unit === 0x2c) {
      separators += 1;
      if (separators > valuesMax) return `It holds more than ${valuesMax} values.`;
    }
  }
  return members;
};

/** The index of the closing quote, or −1. */
const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes += 1;
    if (escapes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
};

const membersOf = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((count, item) => count + membersOf(item), 0);
  let count = 0;
  for (const member of Object.values(value)) count += 1 + membersOf(member);
  return count;
};
