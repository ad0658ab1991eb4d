/** What `Streams/BatchAppend` is asked and answers: one call carries the appends of many, each under a correlation id. */
import { identifierField, idText } from './messages.ts';
import { WireReader } from './reader.ts';
import { bytesField, emptyField, join, messageField, numberField, type Part, stringField } from './writer.ts';

/** An event to append; `data` and `metadata` become JSON. */
export type Proposed = { readonly id: string; readonly type: string; readonly data: object; readonly metadata: object };
export type AppendRequest = {
  readonly correlationId: string;
  readonly stream: string;
  /** The stream's last revision; below 0: it must not exist. */
  readonly expected: number;
  /** Nothing is written after this instant. */
  readonly deadlineMs: number;
  readonly events: readonly Proposed[];
};

/** A server takes 4 MiB in one message; the official client sends no more than this. */
const messageBytesMax = 3 * 1024 * 1024;
const typeKey = stringField(1, 'type');
const jsonType = messageField(2, [stringField(1, 'content-type'), stringField(2, 'application/json')]);
const isFinal = numberField(4, 1);

/** `ProposedMessage{1 id, 2 metadata, 3 custom_metadata, 4 data}` */
const proposedField = ({ id, type, data, metadata }: Proposed): Part =>
  messageField(3, [
    messageField(1, [stringField(2, id)]),
    messageField(2, [typeKey, stringField(2, type)]),
    jsonType,
    bytesField(3, Buffer.from(JSON.stringify(metadata))),
    bytesField(4, Buffer.from(JSON.stringify(data))),
  ]);

/** `BatchAppendReq{1 correlation_id, 2 options, 3 proposed_messages, 4 is_final}`: as many messages as its size asks for. */
export const encodeAppend = ({ correlationId, stream, expected, deadlineMs, events }: AppendRequest): readonly Buffer[] => {
  const correlation = messageField(1, [stringField(2, correlationId)]);
  const deadline = messageField(6, [numberField(1, Math.floor(deadlineMs / 1000)), numberField(2, (deadlineMs % 1000) * 1_000_000)]);
  const options = messageField(2, [identifierField(1, stream), expected < 0 ? emptyField(3) : numberField(2, expected), deadline]);
  const messages: Buffer[] = [];
  let parts: Part[] = [correlation, options];
  let size = 0;
  for (const event of events) {
    const part = proposedField(event);
    if (size > 0 && size + part.length >= messageBytesMax) {
      messages.push(join(parts));
      parts = [correlation];
      size = 0;
    }
    parts.push(part);
    size += part.length;
  }
  return [...messages, join([...parts, isFinal])];
};

export type AppendAnswer =
  | { readonly kind: 'appended'; readonly revision: number; readonly position: bigint }
  /** The stream's last revision, −1 where it does not exist. */
  | { readonly kind: 'conflict'; readonly actual: number }
  /** `type`: the detail's short name, such as `StreamDeleted`. */
  | { readonly kind: 'refused'; readonly type: string; readonly message: string };
export type AppendResponse = { readonly correlationId: string; readonly answer: AppendAnswer };

/** `{1 commit, 2 prepare}` */
const commitOf = (reader: WireReader): bigint => {
  let commit = 0n;
  while (reader.next()) {
    if (reader.field === 1) commit = BigInt(reader.number());
    else reader.skip();
  }
  return commit;
};
/** `{1 current_revision | 2 no_stream, 3 position | 4 no_position}` */
const appended = (reader: WireReader): AppendAnswer => {
  let revision = -1;
  let position = 0n;
  while (reader.next()) {
    if (reader.field === 1) revision = reader.number();
    else if (reader.field === 3) position = commitOf(reader.message());
    else reader.skip();
  }
  return { kind: 'appended', revision, position };
};
/** `WrongExpectedVersion{1 current_stream_revision | 2 current_no_stream}` */
const conflict = (reader: WireReader): AppendAnswer => {
  let actual = -1;
  while (reader.next()) {
    if (reader.field === 1) actual = reader.number();
    else reader.skip();
  }
  return { kind: 'conflict', actual };
};
/** `google.protobuf.Any{1 type_url, 2 value}` */
const detailOf = (reader: WireReader): { readonly type: string; readonly value: WireReader } => {
  let url = '';
  let value = new WireReader(Buffer.alloc(0));
  while (reader.next()) {
    if (reader.field === 1) url = reader.string();
    else if (reader.field === 2) value = reader.message();
    else reader.skip();
  }
  return { type: url.slice(url.lastIndexOf('.') + 1), value };
};
/** `google.rpc.Status{1 code, 2 message, 3 details}` */
const failed = (reader: WireReader): AppendAnswer => {
  let message = '';
  let detail = { type: '', value: new WireReader(Buffer.alloc(0)) };
  while (reader.next()) {
    if (reader.field === 2) message = reader.string();
    else if (reader.field === 3) detail = detailOf(reader.message());
    else reader.skip();
  }
  return detail.type === 'WrongExpectedVersion' ? conflict(detail.value) : { kind: 'refused', type: detail.type, message };
};

/** `BatchAppendResp{1 correlation_id, 2 error | 3 success}`. Throws `MalformedMessage`. */
export const decodeAppendResponse = (message: Uint8Array): AppendResponse => {
  const reader = new WireReader(message);
  let correlationId = '';
  let answer: AppendAnswer = { kind: 'refused', type: '', message: 'an answer that says nothing' };
  while (reader.next()) {
    if (reader.field === 1) correlationId = idText(reader.message());
    else if (reader.field === 2) answer = failed(reader.message());
    else if (reader.field === 3) answer = appended(reader.message());
    else reader.skip();
  }
  return { correlationId, answer };
};
