/**
 * The one reader of `$all` in a process. It follows the log once and hands every batch to its subscribers in memory, each at its own
 * position: a subscriber sees every event after its start once, in order, whenever it was added.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Feed } from './log-feed.ts';
import { type EventLog, type LogBatch, UnreadableEvent } from './ports/event-log.ts';

export type LogSubscriber = {
  readonly name: string;
  /** Exclusive; `undefined` = from the beginning. */
  readonly from: bigint | undefined;
  /** One batch after the other; `position` may move without events. A handler that throws is detached: it alone decides what that means. */
  readonly handle: (batch: LogBatch) => Promise<void> | void;
  /** Told once when it is detached without having asked for it: its own error, or `UnreadableEvent` of the log. */
  readonly detached?: (reason: unknown) => void;
};
export type LogSubscription = {
  /** Everything up to here has been handled; −1 where nothing has. */
  readonly position: bigint;
  /** Ends it after the batch in work. */
  readonly unsubscribe: () => Promise<void>;
};
export type LogReaderOptions = {
  readonly log: EventLog;
  /** Events a subscriber may have waiting before the reader waits for it. */
  readonly queueEventsMax?: number;
  /** How long the reader waits for a full queue that does not move; that subscriber then reads for itself until it is level again. */
  readonly patienceMs?: number;
  readonly failed?: (error: unknown) => void;
};

const backOffMaxMs = 5000;

export class LogReader {
  readonly #log: EventLog;
  readonly #options: LogReaderOptions;
  readonly #feeds = new Set<Feed>();
  #position = -1n;
  #abort: AbortController | undefined;
  #running: Promise<void> | undefined;
  #fault: UnreadableEvent | undefined;

  constructor(options: LogReaderOptions) {
    this.#log = options.log;
    this.#options = options;
  }

  /** The last commit position handed on; −1 before the first. */
  get position(): bigint {
    return this.#position;
  }
  /** Why the reader stands still for good: the log holds what this program does not know. */
  get fault(): UnreadableEvent | undefined {
    return this.#fault;
  }

  /** How far the reader is behind the end of the log, in bytes of commit position. Throws `StoreUnavailable`. */
  async tailLag(): Promise<bigint> {
    const tail = await this.#log.tail();
    return tail > this.#position ? tail - (this.#position < 0n ? 0n : this.#position) : 0n;
  }

  subscribe(subscriber: LogSubscriber): LogSubscription {
    const feed = new Feed(subscriber, {
      log: this.#log,
      queueEventsMax: this.#options.queueEventsMax ?? 20_000,
      patienceMs: this.#options.patienceMs ?? 500,
      level: () => this.#position,
      ended: () => this.#feeds.delete(feed),
    });
    this.#feeds.add(feed);
    if (this.#fault !== undefined) feed.fail(this.#fault);
    // Before the start all wait for the common beginning; after it, a late one catches up by itself.
    else if (this.#running !== undefined) feed.start('behind');
    return {
      get position() {
        return feed.position;
      },
      unsubscribe: () => feed.stop(),
    };
  }

  /** Begins at the earliest position of all subscribers; with none, at the end of the log. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#abort = new AbortController();
    for (const feed of this.#feeds) feed.start('level');
    this.#running = this.#run(this.#abort.signal);
  }

  /** Ends the reading, lets every subscriber finish the batch in work, and resolves when all is quiet. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    await Promise.all([...this.#feeds].map((feed) => feed.stop()));
    await this.#running;
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#startingPoint();
        for await (const batch of this.#log.follow({ ...(this.#position < 0n ? {} : { from: this.#position }), signal })) {
          failures = 0;
          await this.#fanOut(batch);
        }
      } catch (error) {
        if (isUnreadable(error)) return this.#fail(error);
        this.#options.failed?.(error);
      }
      // A following that ends without our abort is a failure too, whatever it looks like.
      failures += 1;
      if (!signal.aborted) await delay(Math.min(backOffMaxMs, 20 * 2 ** Math.min(failures, 10)), undefined, { signal }).catch(() => undefined);
    }
  }

  async #startingPoint(): Promise<void> {
    if (this.#position >= 0n) return;
    const tail = await this.#log.tail();
    // Never past the end, as a checkpoint is after the log was restored from a backup: whoever joins relies on what is before it being there.
    const first = [...this.#feeds].reduce((least, { position }) => (position < least ? position : least), tail);
    // 0 stands for an empty log too, whose first event may get that very position.
    this.#position = first === 0n && tail === 0n ? -1n : first;
  }

  async #fanOut(batch: LogBatch): Promise<void> {
    const full: Promise<void>[] = [];
    // The position moves together with the queues, so that a subscriber joining between two batches misses nothing.
    this.#position = batch.position;
    for (const feed of this.#feeds) {
      const room = feed.offer(batch);
      if (room !== undefined) full.push(room);
    }
    if (full.length > 0) await Promise.all(full);
  }

  #fail(error: UnreadableEvent): void {
    this.#fault = error;
    for (const feed of [...this.#feeds]) feed.fail(error);
  }
}

const isUnreadable = (error: unknown): error is UnreadableEvent => error instanceof UnreadableEvent;
