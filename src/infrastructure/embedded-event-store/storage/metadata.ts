/** What a stream's metadata (`$$stream`, last event) says about which of its events can be read. */
import { tombstoneRevision } from '../wire/record.ts';

export type StreamMetadata = {
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
  /** `$tb`: events before this revision cannot be read. */
  readonly truncateBefore: number;
  /** `$tb` at int64's maximum: the stream reads as absent until something is appended. */
  readonly isSoftDeleted: boolean;
};

export const noMetadata: StreamMetadata = { truncateBefore: 0, isSoftDeleted: false };
export const softDeleteMetadata = '{"$tb":9223372036854775807}';

const int64Max = 9223372036854775807n;
const whole = /^-?\d+$/;

type Source = { readonly source?: string };
/** Whole numbers as BigInt, because JSON.parse alone would round the soft-delete mark. */
const parseExactly = (text: string): unknown => {
  const reviver = (_key: string, value: unknown, context?: Source): unknown =>
    typeof value === 'number' && context?.source !== undefined && whole.test(context.source) ? BigInt(context.source) : value;
  return JSON.parse(text, reviver);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

class NotMetadata extends Error {}

const numberOf = (object: Readonly<Record<string, unknown>>, key: string, least: bigint): bigint | undefined => {
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'bigint' || value < least || value > int64Max) throw new NotMetadata(key);
  return value;
};

const interpret = (object: Readonly<Record<string, unknown>>): StreamMetadata => {
  const maxCount = numberOf(object, '$maxCount', 1n);
  const maxAge = numberOf(object, '$maxAge', 1n);
  const before = numberOf(object, '$tb', 0n) ?? 0n;
  numberOf(object, '$cacheControl', 1n);
  return {
    ...(maxCount === undefined ? {} : { maxCount: Number(maxCount) }),
    ...(maxAge === undefined ? {} : { maxAgeMs: Number(maxAge) * 1000 }),
    truncateBefore: before > BigInt(tombstoneRevision) ? tombstoneRevision : Number(before),
    isSoftDeleted: before === int64Max,
  };
};

/** Anything that is not metadata (not JSON, or a key of the wrong type) counts as empty. */
export const parseMetadata = (data: Buffer): StreamMetadata => {
  try {
    const parsed = parseExactly(data.toString('utf8'));
    return isObject(parsed) ? interpret(parsed) : noMetadata;
  } catch {
    return noMetadata;
  }
};

/** The same metadata with another `$tb`, everything else kept. */
export const withTruncateBefore = (data: Buffer, revision: number): string => {
  let kept: Readonly<Record<string, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(data.toString('utf8'));
    if (isObject(parsed)) kept = parsed;
  } catch {
    // Unreadable metadata counts as empty.
  }
  return JSON.stringify({ ...kept, $tb: revision });
};

const metaPrefix = '$$';
export const isMetastream = (name: string): boolean => name.startsWith(metaPrefix);
export const metastreamOf = (name: string): string => `${metaPrefix}${name}`;
export const originalOf = (metastream: string): string => metastream.slice(metaPrefix.length);
