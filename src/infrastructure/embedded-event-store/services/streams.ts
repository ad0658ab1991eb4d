/** The service `event_store.client.streams.Streams`. */

import { WireReader } from '../../protocol/reader.ts';
import type { Call } from '../grpc/call.ts';
import { invalidRequest, streamDeleted, wrongVersionOfDelete } from '../grpc/failure.ts';
import { type Method, type Methods, unary } from '../grpc/server.ts';
import type { Store } from '../read/context.ts';
import { read } from '../read/reads.ts';
import { subscribe } from '../read/subscriptions.ts';
import { readRequest } from '../wire/read-request.ts';
import type { ProposedEvent } from '../wire/record.ts';
import { addSize, proposedEvent, type Target, targetOf } from '../wire/shared-messages.ts';
import { appendResponse, deleteResponse } from '../wire/streams-responses.ts';
import type { Expected } from '../write/expectation.ts';
import { type AppendOutcome, append, type DeleteRequest, softDelete, tombstone } from '../write/operations.ts';
import { batchAppend } from './batch-append.ts';

const optionsOf = (message: Uint8Array): Uint8Array => {
  const reader = new WireReader(message);
  let options: Uint8Array | undefined;
  while (reader.next()) {
    if (reader.field === 1) options = reader.bytes();
    else reader.skip();
  }
  if (options === undefined) throw invalidRequest('The options are missing.');
  return options;
};

/** The classic append: options first, then one message an event, then the client's half-close. */
const classicAppend =
  (store: Store): Method =>
  (call) => {
    let target: Target | undefined;
    let bytes = 0;
    const events: ProposedEvent[] = [];
    const message = (request: Buffer): void => {
      const reader = new WireReader(request);
      while (reader.next()) {
        if (reader.field === 1 && target === undefined) target = targetOf(reader.bytes());
        else if (reader.field === 2 && target !== undefined) {
          const event = proposedEvent(reader.bytes());
          bytes = addSize(bytes, event);
          events.push(event);
        } else throw invalidRequest('The options come first and once, then events.');
      }
    };
    const end = (): void => {
      if (target === undefined) throw invalidRequest('The options are missing.');
      const { stream, expected } = target;
      store.queue.submit(
        () => append(store.log, { stream, expected, events }),
        answer(call, target),
        (error) => call.fail(error),
      );
    };
    return { message, end };
  };

const answer =
  (call: Call, { stream, expected }: Target): ((outcome: AppendOutcome) => void) =>
  (outcome) => {
    if (outcome.kind === 'deleted') {
      call.fail(streamDeleted(stream));
      return;
    }
    call.send(appendResponse(outcome, expected));
    call.finish();
  };

/** As the real server prints them. */
const expectedNumber = (expected: Expected): bigint => {
  switch (expected.kind) {
    case 'any':
      return -2n;
    case 'noStream':
      return -1n;
    case 'streamExists':
      return -4n;
    case 'exact':
      return expected.asked;
    default:
      return expected satisfies never;
  }
};

const remove = (store: Store, act: (log: Store['log'], request: DeleteRequest) => AppendOutcome): Method =>
  unary(async (message) => {
    const target = targetOf(optionsOf(message));
    const outcome = await store.queue.write(() => act(store.log, target));
    if (outcome.kind === 'deleted') throw streamDeleted(target.stream);
    if (outcome.kind === 'conflict') {
      throw wrongVersionOfDelete({ stream: target.stream, expected: expectedNumber(target.expected), actual: BigInt(outcome.current) });
    }
    return deleteResponse(outcome.position);
  });

const readMethod =
  (store: Store): Method =>
  (call) => {
    let isBegun = false;
    const message = (bytes: Buffer): void => {
      if (isBegun) throw invalidRequest('A read takes one request.');
      isBegun = true;
      const request = readRequest(bytes);
      const served = request.count === undefined ? subscribe(store, call, request) : read(store, call, request);
      served.catch((error: unknown) => call.fail(error));
    };
    const end = (): void => {
      if (!isBegun) throw invalidRequest('The request is empty');
    };
    return { message, end };
  };

const service = '/event_store.client.streams.Streams';

export const streamsService = (store: Store): Methods =>
  new Map<string, Method>([
    [`${service}/Read`, readMethod(store)],
    [`${service}/Append`, classicAppend(store)],
    [`${service}/BatchAppend`, batchAppend(store)],
    [`${service}/Delete`, remove(store, softDelete)],
    [`${service}/Tombstone`, remove(store, tombstone)],
  ]);
