/** Requests that the official client never sends, built from its own generated messages. */
import { randomUUID } from 'node:crypto';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { BatchAppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, type ServiceError } from '@grpc/grpc-js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { Server } from './harness.ts';

export const identifier = (name: string) => {
  const message = new shared.StreamIdentifier();
  message.setStreamName(Buffer.from(name).toString('base64'));
  return message;
};

export const stringId = (id: string) => {
  const message = new shared.UUID();
  message.setString(id);
  return message;
};

/** The two big-endian halves of a UUID. */
export const structuredId = (id: string) => {
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex');
  const structured = new shared.UUID.Structured();
  structured.setMostSignificantBits(bytes.readBigInt64BE(0).toString());
  structured.setLeastSignificantBits(bytes.readBigInt64BE(8).toString());
  const message = new shared.UUID();
  message.setStructured(structured);
  return message;
};

export type ReadShape = {
  readonly stream?: { readonly name: string; readonly from: 'start' | 'end' | string };
  readonly all?: 'start' | 'end' | string;
  readonly backwards?: boolean;
  readonly count?: string;
  readonly subscribe?: boolean;
  readonly filter?: { readonly regex?: string; readonly prefixes?: readonly string[]; readonly on: 'stream' | 'type'; readonly multiplier?: number };
  readonly noFilter?: boolean;
  readonly structuredIds?: boolean;
  readonly direction?: number;
};

const streamOptions = ({ name, from }: { readonly name: string; readonly from: string }) => {
  const options = new streams.ReadReq.Options.StreamOptions();
  options.setStreamIdentifier(identifier(name));
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else options.setRevision(from);
  return options;
};

const allOptions = (from: string) => {
  const options = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') options.setStart(new shared.Empty());
  else if (from === 'end') options.setEnd(new shared.Empty());
  else {
    const position = new streams.ReadReq.Options.Position();
    position.setCommitPosition(from);
    position.setPreparePosition(from);
    options.setPosition(position);
  }
  return options;
};

const filterOptions = (filter: NonNullable<ReadShape['filter']>) => {
  const expression = new streams.ReadReq.Options.FilterOptions.Expression();
  if (filter.regex !== undefined) expression.setRegex(filter.regex);
  expression.setPrefixList([...(filter.prefixes ?? [])]);
  const options = new streams.ReadReq.Options.FilterOptions();
  if (filter.on === 'stream') options.setStreamIdentifier(expression);
  else options.setEventType(expression);
  options.setCount(new shared.Empty());
  options.setCheckpointintervalmultiplier(filter.multiplier ?? 1);
  return options;
};

export const readRequest = (shape: ReadShape) => {
  const options = new streams.ReadReq.Options();
  if (shape.stream !== undefined) options.setStream(streamOptions(shape.stream));
  if (shape.all !== undefined) options.setAll(allOptions(shape.all));
  if (shape.backwards === true) options.setReadDirection(1);
  if (shape.count !== undefined) options.setCount(shape.count);
  if (shape.subscribe === true) options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  if (shape.filter !== undefined) options.setFilter(filterOptions(shape.filter));
  if (shape.noFilter !== false && shape.filter === undefined) options.setNoFilter(new shared.Empty());
  const uuidOption = new streams.ReadReq.Options.UUIDOption();
  if (shape.structuredIds === true) uuidOption.setStructured(new shared.Empty());
  else uuidOption.setString(new shared.Empty());
  options.setUuidOption(uuidOption);
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
};

/** Every message of a read, or the status it failed with. */
export const rawRead = (server: Server, shape: ReadShape, metadata = new Metadata()): Promise<readonly ReadResp[]> =>
  new Promise((resolve, reject) => {
    const messages: ReadResp[] = [];
    const call = server.streams.read(readRequest(shape), metadata);
    call.on('data', (message: ReadResp) => messages.push(message));
    call.on('error', reject);
    call.on('end', () => resolve(messages));
  });

export type RawEvent = {
  readonly id?: string;
  readonly type?: string;
  readonly contentType?: string;
  readonly data?: Uint8Array;
  readonly structured?: boolean;
};

const fill = <
  T extends {
    setId(id: ReturnType<typeof stringId>): unknown;
    getMetadataMap(): { set(key: string, value: string): unknown };
    setData(data: Uint8Array): unknown;
  },
>(
  message: T,
  event: RawEvent,
): T => {
  const id = event.id ?? randomUUID();
  message.setId(event.structured === true ? structuredId(id) : stringId(id));
  if (event.type !== undefined) message.getMetadataMap().set('type', event.type);
  if (event.contentType !== undefined) message.getMetadataMap().set('content-type', event.contentType);
  message.setData(event.data ?? new Uint8Array());
  return message;
};

export const rawEvent: RawEvent = { type: 'Raw', contentType: 'application/octet-stream' };

/** The classic append, message by message. `options: false` leaves the options out. */
export const rawAppend = (
  server: Server,
  stream: string,
  events: readonly RawEvent[],
  how: { readonly options?: boolean; readonly metadata?: Metadata; readonly expected?: string } = {},
): Promise<InstanceType<typeof streams.AppendResp>> =>
  new Promise((resolve, reject) => {
    const call = server.streams.append(how.metadata ?? new Metadata(), (error: ServiceError | null, response: InstanceType<typeof streams.AppendResp>) =>
      error === null ? resolve(response) : reject(error),
    );
    if (how.options !== false) {
      const options = new streams.AppendReq.Options();
      options.setStreamIdentifier(identifier(stream));
      if (how.expected === undefined) options.setAny(new shared.Empty());
      else options.setRevision(how.expected);
      const request = new streams.AppendReq();
      request.setOptions(options);
      call.write(request);
    }
    for (const event of events) {
      const request = new streams.AppendReq();
      request.setProposedMessage(fill(new streams.AppendReq.ProposedMessage(), event));
      call.write(request);
    }
    call.end();
  });

export type BatchPart = {
  readonly correlation: string;
  readonly stream?: string;
  readonly expected?: string;
  readonly deadlineMs?: number;
  readonly events?: readonly RawEvent[];
  readonly isFinal: boolean;
  readonly structured?: boolean;
};

const batchRequest = (part: BatchPart) => {
  const request = new streams.BatchAppendReq();
  request.setCorrelationId(part.structured === true ? structuredId(part.correlation) : stringId(part.correlation));
  if (part.stream !== undefined) {
    const options = new streams.BatchAppendReq.Options();
    options.setStreamIdentifier(identifier(part.stream));
    if (part.expected === undefined) options.setAny(new shared.Empty());
    else options.setStreamPosition(part.expected);
    if (part.deadlineMs !== undefined) options.setDeadline(timestamp.Timestamp.fromDate(new Date(part.deadlineMs)));
    request.setOptions(options);
  }
  request.setProposedMessagesList((part.events ?? []).map((event) => fill(new streams.BatchAppendReq.ProposedMessage(), event)));
  request.setIsFinal(part.isFinal);
  return request;
};

/** Sends the parts on one call, half-closes, and answers everything that came back until the server ended the call. */
export const rawBatch = (server: Server, parts: readonly BatchPart[], metadata = new Metadata()): Promise<readonly BatchAppendResp[]> =>
  new Promise((resolve, reject) => {
    const responses: BatchAppendResp[] = [];
    const call = server.streams.batchAppend(metadata);
    call.on('data', (response: BatchAppendResp) => responses.push(response));
    call.on('error', reject);
    call.on('end', () => resolve(responses));
    for (const part of parts) call.write(batchRequest(part));
    call.end();
  });

/** Like `rawBatch`, but keeps the call open until `count` responses are there. */
export const openBatch = (server: Server, parts: readonly BatchPart[], count: number): Promise<readonly BatchAppendResp[]> =>
  new Promise((resolve, reject) => {
    const responses: BatchAppendResp[] = [];
    const call = server.streams.batchAppend(new Metadata());
    call.on('data', (response: BatchAppendResp) => {
      responses.push(response);
      if (responses.length === count) call.end();
    });
    call.on('error', reject);
    call.on('end', () => resolve(responses));
    for (const part of parts) call.write(batchRequest(part));
  });
