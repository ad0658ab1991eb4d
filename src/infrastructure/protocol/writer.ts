/**
 * Writing protocol buffers: a message is a list of parts, each already encoded, joined once. Field order is ascending, as the
 * reference implementations write it.
 */

export type Part = Uint8Array;

const none = Buffer.alloc(0);
const shortVarints: readonly Buffer[] = Array.from({ length: 128 }, (_, value) => Buffer.from([value]));

/** Bytes a varint of this value takes; values are whole numbers from 0 to 2^53. */
export const varintLength = (value: number): number => {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
};

/** Writes a varint at an offset and returns the offset after it. */
export const writeVarint = (target: Uint8Array, offset: number, value: number): number => {
  let at = offset;
  let rest = value;
  for (; rest >= 0x80000000; rest = Math.floor(rest / 128)) {
    target[at] = (rest % 128) + 128;
    at += 1;
  }
  for (; rest >= 128; rest >>>= 7) {
    target[at] = (rest & 127) | 128;
    at += 1;
  }
  target[at] = rest;
  return at + 1;
};

const varint = (value: number): Part => {
  const short = shortVarints[value];
  if (short !== undefined) return short;
  const bytes = Buffer.allocUnsafe(varintLength(value));
  writeVarint(bytes, 0, value);
  return bytes;
};

const bigVarint = (value: bigint): Part => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
};

const tag = (field: number, wire: number): Part => varint(field * 8 + wire);

export const join = (parts: readonly Part[]): Buffer => Buffer.concat(parts);

/** A number field, written even when 0: members of a oneof are present with their default. Negative numbers go as ten bytes, as int32 and int64 do. */
export const numberField = (field: number, value: number | bigint): Part =>
  join([tag(field, 0), typeof value === 'number' && value >= 0 ? varint(value) : bigVarint(BigInt(value))]);

export const booleanField = (field: number, value: boolean): Part => (value ? numberField(field, 1) : none);

export const bytesField = (field: number, value: Uint8Array): Part => join([tag(field, 2), varint(value.length), value]);

export const stringField = (field: number, value: string): Part => bytesField(field, Buffer.from(value, 'utf8'));

/** A string that is left out when empty, as proto3 scalars outside a oneof are. */
export const textField = (field: number, value: string): Part => (value === '' ? none : stringField(field, value));

/** A number that is left out when 0, as proto3 scalars outside a oneof are. */
export const countField = (field: number, value: number | bigint): Part => (value === 0 || value === 0n ? none : numberField(field, value));

export const messageField = (field: number, parts: readonly Part[]): Part => bytesField(field, join(parts));

export const emptyField = (field: number): Part => bytesField(field, none);
