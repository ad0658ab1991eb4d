/**
 * Ids. Name-based UUIDs (version 5) wherever a retry must find the same one again, time-ordered ones (version 7) otherwise; both by
 * RFC 9562. Nothing here draws randomness or reads a clock: both are arguments.
 */
import { hash } from 'node:crypto';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in its canonical form: lower case, dashes, a known version and the RFC's variant. */
export const isUuid = (text: string): boolean => pattern.test(text);

/** A UUID taken apart; `timestampMs` is there for version 7 alone. */
export type ParsedUuid = { readonly version: number; readonly bytes: Uint8Array; readonly timestampMs?: number };

/** The parts of a canonical UUID, or nothing if the text is none. */
export const parseUuid = (text: string): ParsedUuid | undefined => {
  if (!isUuid(text)) return undefined;
  const bytes = bytesOf(text);
  const version = Number.parseInt(text.charAt(14), 16);
  return version === 7 ? { version, bytes, timestampMs: Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16) } : { version, bytes };
};

const bytesOf = (uuid: string): Uint8Array => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** Sets version and variant of 16 bytes and prints them. */
const print = (bytes: Buffer, version: number): string => {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** The name-based UUID (SHA-1) of `name`, UTF-8, within `namespace`: the same two always give the same id. Throws if the namespace is no UUID. */
export const uuidv5 = (namespace: string, name: string): string => {
  if (!isUuid(namespace)) throw new Error(`not a UUID: ${JSON.stringify(namespace)}`);
  return print(hash('sha1', Buffer.concat([bytesOf(namespace), Buffer.from(name, 'utf8')]), 'buffer'), 5);
};

/**
 * The id of several parts within a namespace. The parts are written as a JSON list, so that no two lists make the same name
 * (`['a', 'bc']` and `['ab', 'c']` differ).
 */
export const derivedId = (namespace: string, parts: readonly string[]): string => uuidv5(namespace, JSON.stringify(parts));

/**
 * A time-ordered UUID: 48 bits of milliseconds since 1970, then 74 random bits from the ten bytes given. Ids of a later millisecond sort
 * after those of an earlier one. Throws on a time out of range or too few bytes.
 */
export const uuidv7 = (timestampMs: number, random: Uint8Array): string => {
  if (!Number.isSafeInteger(timestampMs) || timestampMs < 0 || timestampMs >= 2 ** 48) throw new Error(`not a time in milliseconds: ${timestampMs}`);
  if (random.length < 10) throw new Error('ten random bytes are needed');
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(timestampMs, 0, 6);
  bytes.set(random.subarray(0, 10), 6);
  return print(bytes, 7);
};

/**
 * The product's own namespaces, fixed for ever: ids in the log were made in them. `root` is uuidv5(DNS, "leasing-backend"), each other one
 * is uuidv5(root, its name).
 */
export const namespaces = {
  root: 'a21767b1-2ffa-5afc-a33f-63dfe01783e0',
  aggregate: '44db59f1-8176-51a2-afac-3f9c16a004dd',
  command: 'f115a12f-3aa8-5db6-bed5-5bfe45c3c4c0',
  event: '874408d6-4825-5cd6-bb05-70e7503db64c',
  claim: 'c5c80b92-cf8a-57cf-b64d-f8115db6223d',
  series: 'd94ce9af-f662-5329-990d-f33c016e40c6',
  process: '62e70911-3d21-53d7-b34d-73fdbc00f83e',
  deadline: '85ca2193-307a-50c2-b7b4-05dbba88d1e3',
  catalog: 'be070c64-1ce1-5688-8f8a-1f39a0aedfd7',
  entry: 'bdd487f7-ccf1-590e-926a-c6e565c6f4b1',
  visit: '991cb086-bc00-5f1f-bd3e-1b1e3a0b4de6',
} as const;
