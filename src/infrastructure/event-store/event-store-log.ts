/** The log on EventStoreDB's own client: the same code against our embedded server and a cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import {
  type AppendOutcome,
  type EventLog,
  type LogBatch,
  type NewEvent,
  type StoredEvent,
  StoreUnavailable,
  type StreamRead,
  UnreadableEvent,
} from '../../application/ports/event-log.ts';
import type { ReadRequest, RecordedEvent } from '../protocol/messages.ts';
import { Appends } from './appends.ts';
import type { EventCodec, RawEvent } from './event-codec.ts';
import { followAll } from './follow.ts';
import { HandOver } from './hand-over.ts';
import { rawEventOf } from './raw-event.ts';
import { startReading } from './reads.ts';

const appendAttemptsMax = 5;
const closeMs = 300;

/** Refusals that trying again would not change: mistakes of ours, told as such. Any other leaves the outcome unknown. */
const final: ReadonlySet<string> = new Set(['AccessDenied', 'BadRequest', 'MaximumAppendSizeExceeded', 'StreamDeleted']);

/** Failures of the connection become one of ours; what an event is refused for stays. */
const unavailable = (error: unknown): Error =>
  error instanceof StoreUnavailable || error instanceof UnreadableEvent ? error : new StoreUnavailable('the event store cannot be read', { cause: error });
const unknownOutcome = (error: unknown) => ({ kind: 'unknown', error }) as const;
const whoever = (): boolean => true;

export class EventStoreLog implements EventLog {
  readonly #client: EventStoreDBClient;
  readonly #appends: Appends;
  readonly #codec: EventCodec;
  readonly #concerns = (stream: string): boolean => this.#codec.concerns(stream);

  readonly #answerMs: number;

  /** `answerMs`: how long the store may take to answer, and to say more of what it reads. */
  constructor(connectionString: string, codec: EventCodec, { answerMs = 12_000 }: { readonly answerMs?: number } = {}) {
    this.#client = EventStoreDBClient.connectionString(connectionString);
    this.#appends = new Appends(this.#client, answerMs);
    this.#answerMs = answerMs;
    this.#codec = codec;
  }

  async append(stream: string, events: readonly NewEvent[], expected: number): Promise<AppendOutcome> {
    const sealed = await this.#codec.encode(stream, events);
    let failure: unknown;
    for (let attempt = 0; attempt < appendAttemptsMax; attempt += 1) {
      const answer = await this.#appends.append(stream, sealed, expected).catch(unknownOutcome);
      if (answer.kind === 'appended') return { ok: true, revision: answer.revision, position: answer.position };
      if (answer.kind === 'conflict') return { ok: false, actual: answer.actual };
      if (answer.kind === 'refused' && final.has(answer.type))
        throw new Error(`the event store refuses an append to ${stream}: ${answer.type} ${answer.message}`);
      // The outcome is unknown. The same ids at the same revision are either stored once or answered as stored.
      failure = answer.kind === 'unknown' ? answer.error : new Error(`${answer.type} ${answer.message}`);
      await delay(50 * 2 ** attempt);
    }
    throw new StoreUnavailable('the event store does not answer', { cause: failure });
  }

  async read(stream: string, { from, max = Number.MAX_SAFE_INTEGER, backwards: isBackwards = false }: StreamRead = {}): Promise<readonly StoredEvent[]> {
    const events: RawEvent[] = [];
    await this.#read({ stream, from: from === undefined ? (isBackwards ? 'end' : 'start') : BigInt(from), isBackwards, count: max }, (recorded) => {
      const raw = rawEventOf(recorded, whoever);
      if (raw !== undefined) events.push(raw);
    });
    return this.#codec.decode(events);
  }

  async tail(): Promise<bigint> {
    let position = 0n;
    await this.#read({ from: 'end', isBackwards: true, count: 1 }, (recorded) => {
      position = BigInt(recorded.position);
    });
    return position;
  }

  async #read(request: ReadRequest, each: (recorded: RecordedEvent) => void): Promise<void> {
    try {
      await startReading(this.#client, { request, each, idleMs: this.#answerMs }).over;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async *readAll({
    from,
    batch = 1000,
    signal,
  }: {
    readonly from?: bigint;
    readonly batch?: number;
    readonly signal?: AbortSignal;
  }): AsyncIterable<readonly StoredEvent[]> {
    const end = await this.tail();
    const handOver = new HandOver();
    const request = { from: from ?? ('start' as const), count: Number.MAX_SAFE_INTEGER };
    const each = (recorded: RecordedEvent): void => {
      const position = BigInt(recorded.position);
      if (position > end) reading.cancel();
      else if (from === undefined || position > from) handOver.push(rawEventOf(recorded, this.#concerns), position);
    };
    const reading = startReading(this.#client, { request, each, idleMs: this.#answerMs });
    handOver.from(reading);
    try {
      for (let taken = await handOver.take(batch); taken !== undefined; taken = await handOver.take(batch)) {
        for (let first = 0; first < taken.events.length; first += batch) {
          if (signal?.aborted) return;
          yield await this.#codec.decode(taken.events.slice(first, first + batch));
        }
      }
    } catch (error) {
      throw unavailable(error);
    } finally {
      reading.cancel();
    }
  }

  follow(options: { readonly from?: bigint; readonly signal: AbortSignal }): AsyncIterable<LogBatch> {
    return followAll({ client: this.#client, codec: this.#codec, concerns: this.#concerns, tail: () => this.tail() }, options);
  }

  /** The client cancels its calls at once, but waits for streams that never say they have ended: that wait is cut short. */
  async close(): Promise<void> {
    const cut = new AbortController();
    await Promise.race([this.#client.dispose(), delay(closeMs, undefined, { signal: cut.signal })]);
    cut.abort();
  }
}
