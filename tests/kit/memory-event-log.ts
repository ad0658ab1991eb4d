/** An event log in memory with the promises of the port: positions strictly increase, revisions are checked, followers miss nothing. */
import {
  type AppendOutcome,
  type EventLog,
  type LogBatch,
  type NewEvent,
  type StoredEvent,
  StoreUnavailable,
  type StreamRead,
} from '../../src/application/ports/event-log.ts';

export class MemoryEventLog implements EventLog {
  readonly #events: StoredEvent[] = [];
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #waiting = new Set<() => void>();
  /** Batches of a following have at most so many events. */
  readonly #batch: number;
  /** While set, every call fails with it. */
  failure: Error | undefined;

  constructor(batch = 100) {
    this.#batch = batch;
  }

  get events(): readonly StoredEvent[] {
    return this.#events;
  }

  async append(stream: string, events: readonly NewEvent[], expected: number): Promise<AppendOutcome> {
    this.#check();
    const known = this.#streams.get(stream) ?? [];
    const actual = known.length - 1;
    if (actual !== expected) {
      const again = known.slice(expected + 1, expected + 1 + events.length);
      const isRepeat = again.length === events.length && again.every((event, i) => event.id === events[i]?.id);
      return isRepeat ? { ok: true, revision: expected + events.length, position: again.at(-1)?.position ?? 0n } : { ok: false, actual };
    }
    const dash = stream.indexOf('-');
    for (const event of events) {
      const stored: StoredEvent = {
        ...event,
        stream,
        category: stream.slice(0, dash),
        aggregateId: stream.slice(dash + 1),
        revision: known.length,
        position: BigInt(this.#events.length + 1) * 100n,
      };
      known.push(stored);
      this.#events.push(stored);
    }
    this.#streams.set(stream, known);
    this.wake();
    return { ok: true, revision: known.length - 1, position: await this.tail() };
  }

  /** Lets followers look again, as after `failure` was set. */
  wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async read(stream: string, options: StreamRead = {}): Promise<readonly StoredEvent[]> {
    this.#check();
    const known = this.#streams.get(stream) ?? [];
    if (options.backwards === true) {
      const end = options.from === undefined ? known.length : options.from + 1;
      return known.slice(Math.max(0, end - (options.max ?? known.length)), end).reverse();
    }
    const start = options.from ?? 0;
    return known.slice(start, start + (options.max ?? known.length));
  }

  async tail(): Promise<bigint> {
    this.#check();
    return this.#events.at(-1)?.position ?? 0n;
  }

  async *readAll(options: { readonly from?: bigint; readonly batch?: number; readonly signal?: AbortSignal }): AsyncIterable<readonly StoredEvent[]> {
    this.#check();
    const end = this.#events.length;
    for (let next = this.#indexAfter(options.from); next < end; next += options.batch ?? 1000) {
      if (options.signal?.aborted === true) return;
      this.#check();
      yield this.#events.slice(next, Math.min(end, next + (options.batch ?? 1000)));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async *follow(options: { readonly from?: bigint; readonly signal: AbortSignal }): AsyncIterable<LogBatch> {
    options.signal.addEventListener('abort', () => this.wake(), { once: true });
    let next = this.#indexAfter(options.from);
    while (!options.signal.aborted) {
      this.#check();
      const events = this.#events.slice(next, next + this.#batch);
      const last = events.at(-1);
      if (last === undefined) {
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
        continue;
      }
      next += events.length;
      yield { events, position: last.position };
    }
  }

  #indexAfter(from: bigint | undefined): number {
    return from === undefined || from < 0n ? 0 : Number(from / 100n);
  }

  #check(): void {
    if (this.failure !== undefined) throw this.failure;
  }
}

/** What a store that is away throws. */
export const storeAway = (): Error => new StoreUnavailable('the store is away');
