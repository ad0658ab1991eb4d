/**
 * Reading protocol buffers (https://protobuf.dev/programming-guides/encoding/), the subset EventStoreDB's messages use:
 * varints, 64-bit, 32-bit and length-delimited fields. Groups are refused.
 */

/** A message that is not what its schema says; answered with INVALID_ARGUMENT. */
export class MalformedMessage extends Error {}

const u64Max = 0xffffffffffffffffn;

/** A cursor over the bytes of one message. `field` and `wire` describe the field that `next` stopped at. */
export class WireReader {
  field = 0;
  wire = 0;
  #at: number;
  readonly #end: number;
  readonly #bytes: Buffer;

  /** Over all of the bytes, or those between `start` and `end`. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.number();
    this.field = Math.floor(tag / 8);
    this.wire = tag & 7;
    if (this.field === 0) throw new MalformedMessage('field number 0');
    return true;
  }

  /** An unsigned varint as a number; exact up to 2^53, -1 for 2^64 - 1 (which servers read as int64 -1), larger values are clamped to 2^53 - 1. */
  number(): number {
    // Nearly all are of one byte: tags, lengths, small counts.
    const first = this.#byte();
    if (first < 0x80) return first;
    this.#at -= 1;
    let value = 0;
    let scale = 1;
    for (let read = 0; read < 10; read += 1) {
      const byte = this.#byte();
      if (read < 7) value += (byte & 0x7f) * scale;
      else if (byte !== 0) return this.#large(value, byte, read);
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new MalformedMessage('a varint is longer than ten bytes');
  }

  /** A 64-bit varint read exactly. */
  bigint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value & u64Max;
    }
    throw new MalformedMessage('a varint is longer than ten bytes');
  }

  /** A signed 64-bit varint (int64, int32). */
  signed(): bigint {
    return BigInt.asIntN(64, this.bigint());
  }

  boolean(): boolean {
    return this.bigint() !== 0n;
  }

  /** A view, not a copy: keep it only as long as the message. */
  bytes(): Buffer {
    const start = this.#delimited();
    return this.#bytes.subarray(start, this.#at);
  }

  string(): string {
    const start = this.#delimited();
    return this.#bytes.toString('utf8', start, this.#at);
  }

  message(): WireReader {
    const start = this.#delimited();
    return new WireReader(this.#bytes, start, this.#at);
  }

  skip(): void {
    if (this.wire === 0) this.bigint();
    else if (this.wire === 1) this.#jump(8);
    else if (this.wire === 2) this.#delimited();
    else if (this.wire === 5) this.#jump(4);
    else throw new MalformedMessage(`wire type ${this.wire}`);
  }

  /** Moves over a length-delimited field; returns where it begins. */
  #delimited(): number {
    const length = this.number();
    if (this.wire !== 2 || length < 0 || length > this.#end - this.#at) throw new MalformedMessage('a field runs past its message');
    const start = this.#at;
    this.#at += length;
    return start;
  }

  #large(low: number, byte: number, read: number): number {
    let value = BigInt(low) | (BigInt(byte & 0x7f) << BigInt(7 * read));
    let last = byte;
    for (let index = read + 1; last >= 0x80; index += 1) {
      if (index === 10) throw new MalformedMessage('a varint is longer than ten bytes');
      last = this.#byte();
      value |= BigInt(last & 0x7f) << BigInt(7 * index);
    }
    if ((value & u64Max) === u64Max) return -1;
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
  }

  #byte(): number {
    const byte = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    if (byte === undefined) throw new MalformedMessage('a message ends within a field');
    this.#at += 1;
    return byte;
  }

  #jump(count: number): void {
    if (count > this.#end - this.#at) throw new MalformedMessage('a field runs past its message');
    this.#at += count;
  }
}

/** Calls `handle` for each field of a message; a field that `handle` does not answer `true` for is skipped. */
export const eachField = (bytes: Uint8Array, handle: (reader: WireReader) => boolean): void => {
  const reader = new WireReader(bytes);
  while (reader.next()) if (!handle(reader)) reader.skip();
};
