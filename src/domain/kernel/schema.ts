/**
 * The words in which commands and events are written down. Every word is bounded (length, count, range), refuses unknown fields,
 * NUL and lone surrogates: what passes here can be stored, projected into Postgres and shown, always.
 */
import { type Static, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';

export type { Static, TProperties, TSchema };

/** Everything readable, nothing writable: what handlers receive. */
export type Frozen<T> = T extends readonly (infer I)[] ? readonly Frozen<I>[] : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

/** Annotations of a word that the shell reads: `x-personal` (encrypt), `x-ref` and `x-lookup` (check existence). */
export const annotations = ['x-personal', 'x-ref', 'x-lookup', 'x-unit'] as const;

// No NUL (Postgres refuses it), no lone surrogate (no UTF-8 for it), at least one character that is not white space.
const filled = '^(?=\\s*\\S)[^\\u0000\\uD800-\\uDFFF]*$';
const storable = '^[^\\u0000\\uD800-\\uDFFF]*$';

type TextOptions = { readonly max?: number; readonly min?: number; readonly pattern?: string; readonly personal?: true; readonly docs?: string };
const annotate = (options: { readonly personal?: true; readonly docs?: string }) => ({
  ...(options.personal ? { 'x-personal': true } : {}),
  ...(options.docs ? { description: options.docs } : {}),
});

/** An object with exactly these fields; any other is refused. */
export const fields = <P extends TProperties>(properties: P, docs?: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...(docs ? { description: docs } : {}) });

/** A field that may be absent (never `undefined` or `null`). */
export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** One line of text, 1–200 characters unless said otherwise. `personal` marks it as a person's: stored encrypted under the subject's key. */
export const text = (options: TextOptions = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', minLength: options.min ?? 1, maxLength: options.max ?? 200, pattern: options.pattern ?? filled, ...annotate(options) });

/** Free text of up to 4,000 characters; may be empty. */
export const note = (options: TextOptions = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', maxLength: options.max ?? 4000, pattern: storable, ...annotate(options) });

/** One of a closed list of words. */
export const oneOf = <const V extends readonly string[]>(values: V, docs?: string): TUnsafe<V[number]> =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values], ...(docs ? { description: docs } : {}) });

export const flag = (docs?: string): TUnsafe<boolean> => Type.Unsafe<boolean>({ type: 'boolean', ...(docs ? { description: docs } : {}) });

/** A whole number in a range (both ends included; safe integers only). */
export const integer = (range: { readonly min?: number; readonly max?: number; readonly docs?: string } = {}): TUnsafe<number> =>
  Type.Unsafe<number>({
    type: 'integer',
    minimum: range.min ?? 0,
    maximum: range.max ?? Number.MAX_SAFE_INTEGER,
    ...(range.docs ? { description: range.docs } : {}),
  });

/** A finite measurement in a unit; never money, a rate or a position (those are strings). */
export const measurement = (range: { readonly min?: number; readonly max?: number; readonly unit?: string } = {}): TUnsafe<number> =>
  Type.Unsafe<number>({ type: 'number', minimum: range.min ?? -1e12, maximum: range.max ?? 1e12, ...(range.unit ? { 'x-unit': range.unit } : {}) });

/** An exact decimal number as a string: up to 15 digits before and 6 after the point, no exponent. */
export const decimal = (options: { readonly signed?: true } = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', pattern: `^${options.signed ? '-?' : ''}(0|[1-9][0-9]{0,14})(\\.[0-9]{1,6})?$`, maxLength: 24 });

export const currency = (): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' });
export const country = (): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2 code' });

/** `{ amount: "1234.50", currency: "USD" }`; the amount is a decimal string. */
export const money = (options: { readonly signed?: true } = {}) => fields({ amount: decimal(options), currency: currency() });

/** A business date `YYYY-MM-DD`, in the account's time zone. */
export const businessDate = (): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', format: 'date', maxLength: 10 });

/** An instant, ISO 8601 UTC with milliseconds: `2026-01-31T08:15:00.000Z`. */
export const instant = (): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', format: 'instant', maxLength: 24, description: 'ISO 8601 UTC with milliseconds' });

/** An IANA time zone, `America/Guatemala`. */
export const timeZone = (): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', format: 'time-zone', maxLength: 64 });

export const uuid = (): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', format: 'uuid', maxLength: 36 });

/** The id of an aggregate of `category`. The shell refuses an id that does not exist or is another tenant's, both in the same words. */
export const ref = (category: string): TUnsafe<string> => Type.Unsafe<string>({ type: 'string', format: 'uuid', maxLength: 36, 'x-ref': category });

/** A code of a catalog. The shell refuses one that does not exist or is no longer active. */
export const lookup = (catalog: string): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', pattern: '^[A-Za-z0-9._:-]{1,64}$', maxLength: 64, 'x-lookup': catalog });

/** A code as people write them: letters, digits and `._:-/#`, 1–64 characters. */
export const code = (options: { readonly max?: number } = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', pattern: '^[A-Za-z0-9._:/#-]+$', minLength: 1, maxLength: options.max ?? 64 });

export const email = (options: { readonly personal?: true } = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', format: 'email', maxLength: 254, pattern: storable, ...annotate(options) });

/** E.164: `+50255551234`. */
export const phone = (options: { readonly personal?: true } = {}): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', pattern: '^\\+[1-9][0-9]{6,14}$', maxLength: 16, ...annotate(options) });

/** An absolute http or https address. */
export const link = (): TUnsafe<string> =>
  Type.Unsafe<string>({ type: 'string', format: 'uri', pattern: '^https?://[^\\u0000\\uD800-\\uDFFF]+$', maxLength: 2000 });

/** A list of at most `max` items (100 unless said otherwise). */
export const list = <S extends TSchema>(item: S, options: { readonly min?: number; readonly max?: number; readonly unique?: true } = {}) =>
  Type.Array(item, { minItems: options.min ?? 0, maxItems: options.max ?? 100, ...(options.unique ? { uniqueItems: true } : {}) });

/** A WGS84 coordinate as a decimal string, so that the log carries no rounded positions. */
const coordinate = (limit: 90 | 180): TUnsafe<string> =>
  Type.Unsafe<string>({
    type: 'string',
    pattern: limit === 90 ? '^-?(90(\\.0{1,9})?|[0-8]?[0-9](\\.[0-9]{1,9})?)$' : '^-?(180(\\.0{1,9})?|(1[0-7][0-9]|[0-9]?[0-9])(\\.[0-9]{1,9})?)$',
    maxLength: 16,
  });

/** `{ latitude: "14.6349", longitude: "-90.5069" }`, WGS84 degrees as decimal strings. */
export const position = () => fields({ latitude: coordinate(90), longitude: coordinate(180) });

/** Extra facts without a schema of their own: at most 50 keys of plain values; the shell also holds it to 16 KiB. */
export const metadata = (): TUnsafe<Record<string, string | number | boolean>> =>
  Type.Unsafe<Record<string, string | number | boolean>>({
    type: 'object',
    maxProperties: 50,
    propertyNames: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,63}$' },
    additionalProperties: {
      anyOf: [{ type: 'string', maxLength: 1000, pattern: storable }, { type: 'number', minimum: -1e15, maximum: 1e15 }, { type: 'boolean' }],
    },
  });

/** A JSON object of unknown shape that another schema, stored with the event, describes (≤ 200 keys a level, ≤ 6 levels, checked by the shell). */
export const document = (): TUnsafe<Record<string, unknown>> =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', maxProperties: 200, format: 'bounded-document' });

/** Either of some object shapes that a `kind` field tells apart. */
export const either = <const S extends readonly TSchema[]>(...schemas: S): TUnsafe<Static<S[number]>> =>
  Type.Unsafe<Static<S[number]>>({ anyOf: [...schemas] });
