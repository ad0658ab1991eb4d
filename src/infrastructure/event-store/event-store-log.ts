/** The log on EventStoreDB's own client: the same code against our embedded server and a cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  BACKWARDS,
  END,
  ErrorType,
  EventStoreDBClient,
  FORWARDS,
  isCommandError,
  jsonEvent,
  type ResolvedEvent,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  type AppendOutcome,
  type EventLog,
  type LogBatch,
  type NewEvent,
  type StoredEvent,
  StoreUnavailable,
  type StreamRead,
} from '../../application/ports/event-log.ts';
import type { EventCodec, RawEvent } from './event-codec.ts';
import { followAll } from './follow.ts';
import { rawEventOf } from './raw-event.ts';

const appendAttemptsMax = 5;
const readPageMax = 4000;
const closeMs = 300;
const answerMs = 12_000;

/** Answers that trying again would not change: mistakes of ours, told as such. Everything else leaves the outcome unknown. */
const final: ReadonlySet<string> = new Set([
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
  ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED,
  ErrorType.MISSING_REQUIRED_METADATA_PROPERTY,
  ErrorType.STREAM_DELETED,
  ErrorType.UNSUPPORTED,
]);

/**
 * An answer that does not come leaves the outcome unknown, like one that was lost: the client sets no limit of its own on its shared stream.
 * A bare timer: one abort signal for each append costs more than the decision it follows.
 */
const withinLimit = <T>(answer: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer within ${answerMs} ms`)), answerMs);
    answer.finally(() => clearTimeout(late)).then(resolve, reject);
  });

/** Everything a bounded read gives. By its events: leaving an async iterator makes an error, with its stack, for each read. */
const drained = (reading: ReadableEvents, each: (resolved: ResolvedEvent) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    reading.on('data', each).on('error', reject).on('end', resolve);
  });
type ReadableEvents = ReturnType<EventStoreDBClient['readStream']>;

export class EventStoreLog implements EventLog {
  readonly #client: EventStoreDBClient;
  readonly #codec: EventCodec;

  constructor(connectionString: string, codec: EventCodec) {
    this.#client = EventStoreDBClient.connectionString(connectionString);
    this.#codec = codec;
  }

  async append(stream: string, events: readonly NewEvent[], expected: number): Promise<AppendOutcome> {
    const sealed = await this.#codec.encode(stream, events);
    // The boundary to the client's own event type: ours is plain JSON.
    const prepared = sealed.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data: { ...data }, metadata: { ...metadata } }));
    let failure: unknown;
    for (let attempt = 0; attempt < appendAttemptsMax; attempt += 1) {
      try {
        const result = await withinLimit(this.#client.appendToStream(stream, prepared, { expectedRevision: expected < 0 ? 'no_stream' : BigInt(expected) }));
        return { ok: true, revision: Number(result.nextExpectedRevision), position: result.position?.commit ?? 0n };
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) return { ok: false, actual: error.actualVersion === 'no_stream' ? -1 : Number(error.actualVersion) };
        if (error instanceof Error && isCommandError(error) && final.has(error.type)) throw error;
        // The outcome is unknown. The same ids at the same revision are either stored once or answered as stored.
        failure = error;
        await delay(50 * 2 ** attempt);
      }
    }
    throw new StoreUnavailable('the event store does not answer', { cause: failure });
  }

  async read(stream: string, options: StreamRead = {}): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    let from = options.from;
    for (;;) {
      const left = (options.max ?? Number.MAX_SAFE_INTEGER) - events.length;
      const page = await this.#page(stream, { from, backwards: options.backwards === true, max: Math.min(left, readPageMax) });
      events.push(...(await this.#codec.decode(page)));
      const last = page.at(-1);
      if (last === undefined || page.length < readPageMax || events.length >= (options.max ?? Number.MAX_SAFE_INTEGER)) return events;
      from = options.backwards ? last.revision - 1 : last.revision + 1;
    }
  }

  async #page(stream: string, options: { readonly from: number | undefined; readonly backwards: boolean; readonly max: number }): Promise<RawEvent[]> {
    const page: RawEvent[] = [];
    try {
      const reading = this.#client.readStream(stream, {
        direction: options.backwards ? BACKWARDS : FORWARDS,
        fromRevision: options.from === undefined ? (options.backwards ? END : START) : BigInt(options.from),
        maxCount: options.max,
      });
      await drained(reading, ({ event }) => {
        const raw = rawEventOf(event);
        if (raw !== undefined) page.push(raw);
      });
      return page;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw new StoreUnavailable('the event store cannot be read', { cause: error });
    }
  }

  async tail(): Promise<bigint> {
    try {
      for await (const { event } of this.#client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })) return event?.position.commit ?? 0n;
      return 0n;
    } catch (error) {
      throw new StoreUnavailable('the event store cannot be reached', { cause: error });
    }
  }

  async *readAll(options: { readonly from?: bigint; readonly batch?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly StoredEvent[]> {
    const end = await this.tail();
    let batch: RawEvent[] = [];
    const fromPosition = options.from === undefined ? START : { commit: options.from, prepare: options.from };
    try {
      for await (const { event } of this.#client.readAll({ direction: FORWARDS, fromPosition })) {
        if (options.signal?.aborted) return;
        const position = event?.position.commit ?? 0n;
        if (position > end) break;
        const raw = rawEventOf(event);
        if (raw === undefined || !this.#codec.concerns(raw.stream) || (options.from !== undefined && position <= options.from)) continue;
        batch.push(raw);
        if (batch.length < (options.batch ?? 1000)) continue;
        yield await this.#codec.decode(batch);
        batch = [];
      }
    } catch (error) {
      if (error instanceof StoreUnavailable || (error instanceof Error && error.name === 'UnreadableEvent')) throw error;
      throw new StoreUnavailable('the event store cannot be read', { cause: error });
    }
    if (batch.length > 0) yield await this.#codec.decode(batch);
  }

  follow(options: { readonly from?: bigint; readonly signal: AbortSignal; readonly caughtUp?: () => void }): AsyncIterable<LogBatch> {
    return followAll({ client: this.#client, codec: this.#codec, tail: () => this.tail() }, options);
  }

  /** The client cancels its calls at once, but waits for streams that never say they have ended: that wait is cut short. */
  async close(): Promise<void> {
    const cut = new AbortController();
    await Promise.race([this.#client.dispose(), delay(closeMs, undefined, { signal: cut.signal })]);
    cut.abort();
  }
}
