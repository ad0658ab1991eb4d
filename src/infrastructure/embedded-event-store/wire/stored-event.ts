/** Reading a stored record (`record.ts`) without building messages: each part is found in place, and only when asked for. */

import { WireReader } from '../../protocol/reader.ts';
import { varintLength, writeVarint } from '../../protocol/writer.ts';
import { tombstoneRevision } from './record.ts';

const idFieldLength = 40;

/** An event of the log. `revision` is `tombstoneRevision` for a tombstone. */
export type StoredEvent = { readonly position: number; readonly revision: number; readonly record: Buffer };

const readVarint = (bytes: Uint8Array, offset: number): readonly [value: number, after: number] => {
  let value = 0;
  let scale = 1;
  let at = offset;
  for (;;) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    at += 1;
    if (byte < 0x80) return [value, at];
    scale *= 128;
  }
};

export const idOf = (record: Buffer): string => record.toString('latin1', 4, idFieldLength);

/** Where the bytes of the stream's name begin and end. */
const nameSpan = (record: Buffer): readonly [start: number, end: number] => {
  const [, inner] = readVarint(record, idFieldLength + 1);
  const [length, start] = readVarint(record, inner + 1);
  return [start, start + length];
};

export const streamNameOf = (record: Buffer): string => {
  const [start, end] = nameSpan(record);
  return record.toString('utf8', start, end);
};

/** Whether the stream's name begins with `$`. */
export const isSystemRecord = (record: Buffer): boolean => record[nameSpan(record)[0]] === 0x24;

export const typeOf = (record: Buffer): string => {
  let at = nameSpan(record)[1];
  for (let field = 0; field < 3; field += 1) at = readVarint(record, at + 1)[1];
  const [, entry] = readVarint(record, at + 1);
  // 0a 04 "type" 12 <length> <type>
  const [length, start] = readVarint(record, entry + 7);
  return record.toString('utf8', start, start + length);
};

export type RecordContent = {
  readonly id: string;
  readonly streamName: string;
  readonly type: string;
  readonly createdMs: number;
  readonly contentType: string;
  readonly data: Buffer;
  readonly customMetadata: Buffer;
};

const readEntry = (reader: WireReader): readonly [key: string, value: string] => {
  let key = '';
  let value = '';
  const entry = reader.message();
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else value = entry.string();
  }
  return [key, value];
};

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Everything in a record but its place. */
export const contentOf = (record: Buffer): RecordContent => {
  const reader = new WireReader(record);
  const entries = new Map<string, string>();
  let data: Uint8Array = Buffer.alloc(0);
  let customMetadata: Uint8Array = Buffer.alloc(0);
  while (reader.next()) {
    if (reader.field === 6) entries.set(...readEntry(reader));
    else if (reader.field === 7) customMetadata = reader.bytes();
    else if (reader.field === 8) data = reader.bytes();
    else reader.skip();
  }
  return {
    id: idOf(record),
    streamName: streamNameOf(record),
    type: entries.get('type') ?? '',
    createdMs: Number(BigInt(entries.get('created') ?? '0') / 10000n),
    contentType: entries.get('content-type') ?? '',
    data: asBuffer(data),
    customMetadata: asBuffer(customMetadata),
  };
};

/** The place a record says it has; checked against the index by `verify`. */
export const placeOf = (record: Buffer): { readonly revision: number; readonly position: number } => {
  const start = nameSpan(record)[1];
  const [revision, afterRevision] = readVarint(record, start + 1);
  const [, afterPrepare] = readVarint(record, afterRevision + 1);
  const [position] = readVarint(record, afterPrepare + 1);
  return { revision: Math.min(revision, tombstoneRevision), position };
};

const structuredId = (id: string): Buffer => {
  const hex = Buffer.from(id.replaceAll('-', ''), 'hex');
  const half = (tag: number, value: bigint): Buffer => {
    const bytes = [tag];
    let rest = value;
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return Buffer.from(bytes);
  };
  const body = Buffer.concat([half(0x08, hex.readBigUInt64BE(0)), half(0x10, hex.readBigUInt64BE(8))]);
  return Buffer.concat([Buffer.from([0x0a, body.length + 2, 0x0a, body.length]), body]);
};

/** The record with its id as two 64-bit halves (big-endian), for clients that ask for it. */
export const withStructuredId = (record: Buffer): Buffer => Buffer.concat([structuredId(idOf(record)), record.subarray(idFieldLength)]);

/**
 * `ReadResp{event{event?, link?, commit_position, retry_count?}}` of either service as one gRPC frame (5-byte prefix included).
 * `position` is that of the original event: the link's if there is one.
 */
export const eventFrame = (parts: { readonly event?: Buffer; readonly link?: Buffer; readonly position: number; readonly retryCount?: number }): Buffer => {
  const sized = (bytes: Buffer | undefined): number => (bytes === undefined ? 0 : 1 + varintLength(bytes.length) + bytes.length);
  const retryLength = parts.retryCount === undefined ? 0 : 1 + varintLength(parts.retryCount);
  const inner = sized(parts.event) + sized(parts.link) + 1 + varintLength(parts.position) + retryLength;
  const message = 1 + varintLength(inner) + inner;
  const frame = Buffer.allocUnsafe(5 + message);
  frame[0] = 0;
  frame.writeUInt32BE(message, 1);
  frame[5] = 0x0a;
  let at = writeVarint(frame, 6, inner);
  const put = (tag: number, bytes: Buffer | undefined): void => {
    if (bytes === undefined) return;
    frame[at] = tag;
    at = writeVarint(frame, at + 1, bytes.length);
    bytes.copy(frame, at);
    at += bytes.length;
  };
  put(0x0a, parts.event);
  put(0x12, parts.link);
  frame[at] = 0x18;
  at = writeVarint(frame, at + 1, parts.position);
  if (parts.retryCount !== undefined) {
    frame[at] = 0x28;
    writeVarint(frame, at + 1, parts.retryCount);
  }
  return frame;
};
