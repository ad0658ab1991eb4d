/** Calls of the streams service on the official client's connection, with its discovery, credentials and reconnecting, whose messages are bytes. */
import type { EventStoreDBClient } from '@eventstore/db-client';
import { type CallOptions, type Metadata, makeGenericClientConstructor, type ServiceClientConstructor } from '@grpc/grpc-js';

const same = (bytes: Buffer): Buffer => bytes;

/** A client with one method, `call`, that answers with any number of messages. */
export const bytesMethod = (name: string, { requestStream }: { readonly requestStream: boolean }): ServiceClientConstructor => {
  const path = `/event_store.client.streams.Streams/${name}`;
  const serialized = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
  return makeGenericClientConstructor({ call: { path, requestStream, responseStream: true, ...serialized } }, 'Streams');
};

/** What each call is made with. The client's protected parts are reached by name: its `connectionString` makes no subclasses. */
export const argumentsOf = (client: EventStoreDBClient): readonly [Metadata, CallOptions] =>
  client['callArguments']({}, { deadline: Number.POSITIVE_INFINITY });
