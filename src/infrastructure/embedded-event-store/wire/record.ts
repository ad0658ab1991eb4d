/**
 * An event as it is stored: the bytes of `RecordedEvent` exactly as both services send it, so a read copies and never builds.
 * Fields in this order, so that what filters need is found without decoding the rest:
 * 1 id{2 string}, 2 stream{3 bytes}, 3 revision, 4 prepare, 5 commit, 6 type, 6 created, 6 content-type, 7 custom metadata, 8 data.
 */
import { varintLength, writeVarint } from '../../protocol/writer.ts';

/** Where a tombstone stands in our index; clients see int64's maximum instead. */
export const tombstoneRevision = Number.MAX_SAFE_INTEGER;
const tombstoneVarint = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
/** 0a 26 12 24 + 36 characters. */
const idLength = 40;

/** What a client proposes: `data` and `customMetadata` are opaque bytes. */
export type ProposedEvent = {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly customMetadata: Uint8Array;
};

export type Placement = { readonly revision: number; readonly position: number; readonly createdMs: number };

const lengthPrefixed = (tagByte: number, body: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(1 + varintLength(body.length) + body.length);
  bytes[0] = tagByte;
  bytes.set(body, writeVarint(bytes, 1, body.length));
  return bytes;
};

const mapEntry = (key: string, value: string): Buffer =>
  lengthPrefixed(0x32, Buffer.concat([lengthPrefixed(0x0a, Buffer.from(key)), lengthPrefixed(0x12, Buffer.from(value))]));

const entriesMax = 4096;
const remembered = (key: string): ((value: string) => Buffer) => {
  const known = new Map<string, Buffer>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const made = mapEntry(key, value);
    if (known.size < entriesMax) known.set(value, made);
    return made;
  };
};
const typeEntry = remembered('type');
const contentTypeEntry = remembered('content-type');

let createdAtMs = -1;
let createdEntry: Buffer = Buffer.alloc(0);
/** Events of one commit share their millisecond. Ticks are 100 ns since the Unix epoch. */
const createdEntryOf = (createdMs: number): Buffer => {
  if (createdMs !== createdAtMs) {
    createdEntry = mapEntry('created', (BigInt(createdMs) * 10000n).toString());
    createdAtMs = createdMs;
  }
  return createdEntry;
};

/** Field 2 of a record, made once a stream. */
export const streamField = (name: string): Buffer => lengthPrefixed(0x12, lengthPrefixed(0x1a, Buffer.from(name, 'utf8')));

const bytesLength = (value: Uint8Array): number => (value.length === 0 ? 0 : 1 + varintLength(value.length) + value.length);

const writeBytes = (target: Buffer, offset: number, field: { readonly tag: number; readonly value: Uint8Array }): number => {
  if (field.value.length === 0) return offset;
  target[offset] = field.tag;
  const at = writeVarint(target, offset + 1, field.value.length);
  target.set(field.value, at);
  return at + field.value.length;
};

/** The stored bytes of an event at its place. */
export const encodeRecord = (stream: Buffer, event: ProposedEvent, place: Placement): Buffer => {
  const isTombstone = place.revision === tombstoneRevision;
  const type = typeEntry(event.type);
  const created = createdEntryOf(place.createdMs);
  const contentType = contentTypeEntry(event.contentType);
  const positionLength = varintLength(place.position);
  const length =
    idLength +
    stream.length +
    1 +
    (isTombstone ? tombstoneVarint.length : varintLength(place.revision)) +
    2 * (1 + positionLength) +
    type.length +
    created.length +
    contentType.length +
    bytesLength(event.customMetadata) +
    bytesLength(event.data);
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(0x0a261224, 0);
  bytes.write(event.id, 4, 36, 'latin1');
  bytes.set(stream, idLength);
  let at = idLength + stream.length;
  bytes[at] = 0x18;
  if (isTombstone) {
    bytes.set(tombstoneVarint, at + 1);
    at += 1 + tombstoneVarint.length;
  } else at = writeVarint(bytes, at + 1, place.revision);
  bytes[at] = 0x20;
  at = writeVarint(bytes, at + 1, place.position);
  bytes[at] = 0x28;
  at = writeVarint(bytes, at + 1, place.position);
  for (const entry of [type, created, contentType]) {
    bytes.set(entry, at);
    at += entry.length;
  }
  at = writeBytes(bytes, at, { tag: 0x3a, value: event.customMetadata });
  writeBytes(bytes, at, { tag: 0x42, value: event.data });
  return bytes;
};
