/**
 * EventStoreDB's messages that clients and servers share, as its protocol files define them
 * (https://github.com/kurrent-io/KurrentDB/tree/master/proto): identifiers, entries, and what `Streams/Read` is asked and answers.
 */
import { WireReader } from './reader.ts';
import { emptyField, join, messageField, numberField, type Part, stringField } from './writer.ts';

/** `StreamIdentifier{3 stream_name}` as text. */
export const streamName = (reader: WireReader): string => {
  let name = '';
  while (reader.next()) {
    if (reader.field === 3) name = reader.string();
    else reader.skip();
  }
  return name;
};
export const identifierField = (field: number, name: string): Part => messageField(field, [stringField(3, name)]);

/** An entry of a `map<string, string>`. */
export const mapEntry = (entry: WireReader): readonly [key: string, value: string] => {
  let key = '';
  let value = '';
  while (entry.next()) {
    if (entry.field === 1) key = entry.string();
    else if (entry.field === 2) value = entry.string();
    else entry.skip();
  }
  return [key, value];
};

/** `UUID.Structured{1 most, 2 least significant bits}` */
const structuredText = (reader: WireReader): string => {
  const halves = Buffer.alloc(16);
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) halves.writeBigUInt64BE(reader.bigint(), reader.field === 1 ? 0 : 8);
    else reader.skip();
  }
  const hex = halves.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
/** `UUID{1 structured | 2 string}` as text; empty where neither is there. */
export const idText = (reader: WireReader): string => {
  let id = '';
  while (reader.next()) {
    if (reader.field === 1) id = structuredText(reader.message());
    else if (reader.field === 2) id = reader.string();
    else reader.skip();
  }
  return id;
};

export type ReadRequest = {
  /** A stream's name; nothing is `$all`. */
  readonly stream?: string;
  /** Where to begin: a revision of the stream, or a commit position of `$all`. */
  readonly from: 'start' | 'end' | bigint;
  readonly isBackwards?: boolean;
  /** At most so many events; nothing is a subscription. */
  readonly count?: number;
};

const startOf = ({ stream, from }: ReadRequest): Part => {
  const position = (at: bigint): Part => messageField(1, [numberField(1, at), numberField(2, at)]);
  if (stream === undefined) return from === 'start' ? emptyField(2) : from === 'end' ? emptyField(3) : position(from);
  return from === 'start' ? emptyField(3) : from === 'end' ? emptyField(4) : numberField(2, from);
};
/** `ReadReq{1 options}` without links resolved and without a filter, ids as text. */
export const encodeReadRequest = (request: ReadRequest): Buffer => {
  const { stream, isBackwards = false, count } = request;
  const source = stream === undefined ? messageField(2, [startOf(request)]) : messageField(1, [identifierField(1, stream), startOf(request)]);
  const direction = isBackwards ? [numberField(3, 1)] : [];
  const bound = count === undefined ? emptyField(6) : numberField(5, count);
  return join([messageField(1, [source, ...direction, bound, emptyField(8), messageField(9, [emptyField(2)])])]);
};

/** An event as a server sends it; `customMetadata` and `data` are views of the message. Numbers are exact up to 2^53 - 1 and clamped beyond. */
export type RecordedEvent = {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly contentType: string;
  /** When the server wrote it: 100-nanosecond ticks since 1970. */
  readonly created: string;
  readonly revision: number;
  readonly position: number;
  readonly customMetadata: Buffer;
  readonly data: Buffer;
};
const none: Buffer = Buffer.alloc(0);
const recordedEvent = (reader: WireReader): RecordedEvent => {
  const event = {
    id: '',
    stream: '',
    type: '',
    contentType: '',
    created: '0',
    revision: 0,
    position: 0,
    customMetadata: none,
    data: none,
  };
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        event.id = idText(reader.message());
        break;
      case 2:
        event.stream = streamName(reader.message());
        break;
      case 3:
        event.revision = reader.number();
        break;
      case 5:
        event.position = reader.number();
        break;
      case 6: {
        const [key, value] = mapEntry(reader.message());
        if (key === 'type') event.type = value;
        else if (key === 'content-type') event.contentType = value;
        else if (key === 'created') event.created = value;
        break;
      }
      case 7:
        event.customMetadata = reader.bytes();
        break;
      case 8:
        event.data = reader.bytes();
        break;
      default:
        reader.skip();
    }
  }
  return event;
};
/** The event within `ReadResp{1 event{1 event}}`; nothing for what says something else: confirmations, first and last positions, links to what is gone. Throws `MalformedMessage`. */
export const decodeReadResponse = (message: Uint8Array): RecordedEvent | undefined => {
  const reader = new WireReader(message);
  while (reader.next()) {
    if (reader.field === 1) return firstEvent(reader.message());
    reader.skip();
  }
  return undefined;
};
const firstEvent = (reader: WireReader): RecordedEvent | undefined => {
  while (reader.next()) {
    if (reader.field === 1) return recordedEvent(reader.message());
    reader.skip();
  }
  return undefined;
};
