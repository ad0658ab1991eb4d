/**
 * `BatchAppend`: one long-lived call carries the appends of many callers, each under a correlation id, each answered exactly once and
 * never by failing the call, because that would reject everybody's.
 */

import { streamName } from '../../protocol/messages.ts';
import { WireReader } from '../../protocol/reader.ts';
import type { Call } from '../grpc/call.ts';
import { GrpcFailure, status } from '../grpc/failure.ts';
import { frame } from '../grpc/frames.ts';
import type { Incoming, Method } from '../grpc/server.ts';
import type { Store } from '../read/context.ts';
import type { ProposedEvent } from '../wire/record.ts';
import { addSize, appendBytesMax, expectedOf, proposedEvent, successParts } from '../wire/shared-messages.ts';
import {
  type BatchError,
  type BatchHeader,
  batchAccessDenied,
  batchBadRequest,
  batchConflict,
  batchResponse,
  batchStreamDeleted,
  batchTimeout,
  batchTooBig,
  batchUnknown,
} from '../wire/streams-responses.ts';
import type { Expected } from '../write/expectation.ts';
import { type AppendOutcome, append } from '../write/operations.ts';

const writeTimeoutMs = 2000;

type Options = { readonly stream: string; readonly expected: Expected; readonly timeoutMs: number };
type Assembling = { readonly header: BatchHeader; readonly events: ProposedEvent[]; bytes: number; timer: NodeJS.Timeout | undefined };

const pair = (bytes: Uint8Array): readonly [first: bigint, second: bigint] => {
  const reader = new WireReader(bytes);
  let first = 0n;
  let second = 0n;
  while (reader.next()) {
    if (reader.field === 1) first = reader.signed();
    else if (reader.field === 2) second = reader.signed();
    else reader.skip();
  }
  return [first, second];
};

const milliseconds = ([seconds, nanos]: readonly [bigint, bigint]): number => Number(seconds) * 1000 + Number(nanos) / 1e6;

/** Field 6 is a point in time, field 7 (of other clients) a duration. */
const optionsOf = (bytes: Uint8Array, nowMs: number): Options => {
  const reader = new WireReader(bytes);
  let stream = '';
  let expected: Expected = { kind: 'any' };
  let timeoutMs = writeTimeoutMs;
  while (reader.next()) {
    if (reader.field === 1) stream = streamName(reader.message());
    else if (reader.field === 6) timeoutMs = Math.min(timeoutMs, milliseconds(pair(reader.bytes())) - nowMs);
    else if (reader.field === 7) timeoutMs = Math.min(timeoutMs, milliseconds(pair(reader.bytes())));
    else {
      const found = expectedOf(reader);
      if (found === undefined) reader.skip();
      else expected = found;
    }
  }
  return { stream, expected, timeoutMs };
};

type Message = { readonly correlationId: Uint8Array; readonly options?: Uint8Array; readonly proposed: readonly Uint8Array[]; readonly isFinal: boolean };
const messageOf = (bytes: Uint8Array): Message => {
  const reader = new WireReader(bytes);
  let correlationId: Uint8Array = Buffer.alloc(0);
  let options: Uint8Array | undefined;
  let isFinal = false;
  const proposed: Uint8Array[] = [];
  while (reader.next()) {
    if (reader.field === 1) correlationId = reader.bytes();
    else if (reader.field === 2) options = reader.bytes();
    else if (reader.field === 3) proposed.push(reader.bytes());
    else if (reader.field === 4) isFinal = reader.boolean();
    else reader.skip();
  }
  return { correlationId, proposed, isFinal, ...(options === undefined ? {} : { options }) };
};

/** What went wrong, in the words of `google.rpc.Status`. */
const batchErrorOf = (error: unknown): BatchError => {
  if (!(error instanceof GrpcFailure)) return batchBadRequest(error instanceof Error ? error.message : String(error));
  if (error.code === status.permissionDenied) return batchAccessDenied;
  if (error.trailers['exception'] === 'maximum-append-size-exceeded') return batchTooBig(appendBytesMax);
  if (error.code === status.aborted) return batchTimeout;
  if (error.code === status.invalidArgument || error.code === status.resourceExhausted) return batchBadRequest(error.message);
  return batchUnknown;
};

const errorOf = (outcome: Exclude<AppendOutcome, { readonly kind: 'appended' }>, header: BatchHeader): BatchError =>
  outcome.kind === 'deleted' ? batchStreamDeleted(header.stream) : batchConflict(outcome.current, header.expected);

class BatchCall implements Incoming {
  readonly #call: Call;
  readonly #store: Store;
  readonly #assembling = new Map<string, Assembling>();
  #unanswered = 0;
  #isHalfClosed = false;
  #replies: Buffer[] = [];

  constructor(store: Store, call: Call) {
    this.#store = store;
    this.#call = call;
    call.begin();
    call.onClose(() => {
      for (const { timer } of this.#assembling.values()) clearTimeout(timer);
    });
  }

  message = (bytes: Buffer): void => {
    const message = messageOf(bytes);
    const key = Buffer.from(message.correlationId).toString('latin1');
    const assembling = this.#assembling.get(key) ?? this.#open(key, message);
    if (assembling === undefined) return;
    try {
      for (const proposed of message.proposed) {
        const event = proposedEvent(proposed);
        assembling.bytes = addSize(assembling.bytes, event);
        assembling.events.push(event);
      }
    } catch (error) {
      this.#close(key, assembling);
      this.#reply(batchResponse(assembling.header, { error: batchErrorOf(error) }));
      return;
    }
    if (message.isFinal) this.#submit(key, assembling);
  };

  end = (): void => {
    this.#isHalfClosed = true;
    for (const [key, assembling] of this.#assembling) {
      this.#close(key, assembling);
      this.#unanswered -= 1;
    }
    this.#finishIfDone();
  };

  /** The first message of an append carries its options; anything else under an unknown id belongs to an append that was answered already. */
  #open(key: string, message: Message): Assembling | undefined {
    if (message.options === undefined) return undefined;
    const options = optionsOf(message.options, Date.now());
    const header = { correlationId: Buffer.from(message.correlationId), stream: options.stream, expected: options.expected };
    this.#unanswered += 1;
    if (options.timeoutMs <= 0) {
      this.#reply(batchResponse(header, { error: batchTimeout }));
      return undefined;
    }
    const assembling: Assembling = { header, events: [], bytes: 0, timer: undefined };
    if (!message.isFinal) {
      assembling.timer = setTimeout(() => {
        this.#close(key, assembling);
        this.#reply(batchResponse(header, { error: batchTimeout }));
      }, options.timeoutMs);
      this.#assembling.set(key, assembling);
    }
    return assembling;
  }

  #close(key: string, assembling: Assembling): void {
    clearTimeout(assembling.timer);
    this.#assembling.delete(key);
  }

  #submit(key: string, assembling: Assembling): void {
    this.#close(key, assembling);
    const { header, events } = assembling;
    this.#store.queue.submit(
      () => append(this.#store.log, { stream: header.stream, expected: header.expected, events }),
      (outcome) => this.#reply(batchResponse(header, outcome.kind === 'appended' ? { success: successParts(outcome) } : { error: errorOf(outcome, header) })),
      (error) => this.#reply(batchResponse(header, { error: batchErrorOf(error) })),
    );
  }

  /** Replies of one commit leave in one write. */
  #reply(response: Buffer): void {
    if (this.#replies.length === 0) queueMicrotask(() => this.#flush());
    this.#replies.push(frame(response));
    this.#unanswered -= 1;
  }

  #flush(): void {
    const replies = this.#replies;
    this.#replies = [];
    this.#call.write(Buffer.concat(replies));
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (this.#isHalfClosed && this.#unanswered === 0 && this.#replies.length === 0) this.#call.finish();
  }
}

export const batchAppend =
  (store: Store): Method =>
  (call) =>
    new BatchCall(store, call);
