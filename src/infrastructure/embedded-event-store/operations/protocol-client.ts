/** A client of any EventStoreDB server that moves bytes exactly as they are; the official one would parse and rewrite JSON. */
import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { decodeReadResponse, encodeReadRequest, identifierField, type RecordedEvent } from '../../protocol/messages.ts';
import { WireReader } from '../../protocol/reader.ts';
import { bytesField, emptyField, join, messageField, numberField, type Part, stringField } from '../../protocol/writer.ts';
import type { ProposedEvent } from '../wire/record.ts';

/** An event of `$all` as it was read. Revisions and positions are exact numbers; a tombstone's revision is clamped. */
export type ReadRecord = ProposedEvent & { readonly stream: string; readonly revision: number; readonly position: number; readonly created: string };

const service = '/event_store.client.streams.Streams';
const same = (bytes: Buffer): Buffer => bytes;

const readRecord = ({ created, ...event }: RecordedEvent): ReadRecord => ({
  ...event,
  created: new Date(Number(BigInt(created) / 10_000n)).toISOString(),
});
const readAllRequest = encodeReadRequest({ from: 'start', count: Number.MAX_SAFE_INTEGER });

const proposedPart = (event: ProposedEvent): Part =>
  messageField(2, [
    messageField(1, [stringField(2, event.id)]),
    messageField(2, [stringField(1, 'type'), stringField(2, event.type)]),
    messageField(2, [stringField(1, 'content-type'), stringField(2, event.contentType)]),
    bytesField(3, event.customMetadata),
    bytesField(4, event.data),
  ]);

/** `undefined` expects nothing in particular, -1 that the stream is new. */
const optionsPart = (stream: string, revision: number | undefined): Part =>
  messageField(1, [identifierField(1, stream), revision === undefined ? emptyField(4) : revision < 0 ? emptyField(3) : numberField(2, revision)]);

const hasField = (response: Buffer, field: number): boolean => {
  const reader = new WireReader(response);
  let isFound = false;
  while (reader.next()) {
    isFound ||= reader.field === field;
    reader.skip();
  }
  return isFound;
};

const isTombstoned = (error: ServiceError): boolean => error.metadata.get('exception')[0] === 'stream-deleted';

/** The stream is somewhere else than the append expected. */
export class RevisionConflict extends Error {}

export type ProtocolClient = {
  /** Every event of `$all`, oldest first. */
  readonly readAll: () => AsyncIterable<ReadRecord>;
  /** Rejects with `RevisionConflict` when the stream is not at the revision; a stream that is tombstoned already takes nothing and needs nothing. */
  readonly append: (stream: string, events: readonly ProposedEvent[], revision: number | undefined) => Promise<void>;
  /** Tombstones a stream; one that is tombstoned already stays so. */
  readonly tombstone: (stream: string) => Promise<void>;
  readonly close: () => void;
};

/** Connects to `esdb://[user:password@]host:port?tls=…`. */
export const connect = (url: string): ProtocolClient => {
  const parsed = new URL(url.replace(/^esdb(\+discover)?:/, 'http:'));
  const isPlain = parsed.searchParams.get('tls') === 'false';
  const client = new Client(`${parsed.hostname}:${parsed.port || 2113}`, isPlain ? credentials.createInsecure() : credentials.createSsl(), {
    'grpc.max_receive_message_length': 17 * 1024 * 1024,
  });
  const metadata = new Metadata();
  if (parsed.username !== '') {
    const pair = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    metadata.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  async function* readAll(): AsyncIterable<ReadRecord> {
    const responses: AsyncIterable<Buffer> = client.makeServerStreamRequest(`${service}/Read`, same, same, readAllRequest, metadata);
    for await (const response of responses) {
      const read = decodeReadResponse(response);
      if (read !== undefined) yield readRecord(read);
    }
  }
  const append = (stream: string, events: readonly ProposedEvent[], revision: number | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, response?: Buffer): void => {
        if (error !== null && isTombstoned(error)) resolve();
        else if (error !== null) reject(error);
        else if (response === undefined || hasField(response, 2)) reject(new RevisionConflict(`Stream '${stream}' is not at revision ${revision}.`));
        else resolve();
      };
      const call = client.makeClientStreamRequest(`${service}/Append`, same, same, metadata, answered);
      call.write(join([optionsPart(stream, revision)]));
      for (const event of events) call.write(join([proposedPart(event)]));
      call.end();
    });
  const tombstone = (stream: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = join([optionsPart(stream, undefined)]);
      client.makeUnaryRequest(`${service}/Tombstone`, same, same, request, metadata, (error) => {
        if (error === null || isTombstoned(error)) resolve();
        else reject(error);
      });
    });
  return { readAll, append, tombstone, close: () => client.close() };
};
