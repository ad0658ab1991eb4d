/** One subscriber's side of the log reader: its queue, its position, and how it becomes level with the reader. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogSubscriber } from './log-reader.ts';
import { type EventLog, type LogBatch, type StoredEvent, UnreadableEvent } from './ports/event-log.ts';

type FeedOptions = {
  readonly log: EventLog;
  readonly queueEventsMax: number;
  readonly patienceMs: number;
  /** How far the reader is. */
  readonly level: () => bigint;
  readonly ended: () => void;
};

const backOffMaxMs = 5000;
/** A round of catching up that brought fewer events than this is the last one before joining. */
const nearlyLevelEvents = 1000;
/** Queued batches are handed over together up to this many events. */
const handOverEventsMax = 5000;

export class Feed {
  readonly #subscriber: LogSubscriber;
  readonly #options: FeedOptions;
  #queue: LogBatch[] = [];
  #queued = 0;
  /** True while the reader's batches are put into the queue. */
  #joined = false;
  #position: bigint;
  #handled = 0;
  #wake: (() => void) | undefined;
  #room: (() => void) | undefined;
  readonly #abort = new AbortController();
  #work: Promise<void> | undefined;

  constructor(subscriber: LogSubscriber, options: FeedOptions) {
    this.#subscriber = subscriber;
    this.#options = options;
    this.#position = subscriber.from ?? -1n;
  }

  get position(): bigint {
    return this.#position;
  }

  /** `level`: the reader begins no later than this subscriber; `behind`: it has to catch up by itself first. */
  start(where: 'level' | 'behind'): void {
    if (this.#work !== undefined || this.#abort.signal.aborted) return;
    this.#joined = where === 'level';
    this.#work = this.#run();
  }

  /** Takes a batch of the reader's. A full queue gives a promise of room, or of the subscriber being left to catch up by itself. */
  offer(batch: LogBatch): Promise<void> | undefined {
    if (!this.#joined) return undefined;
    const last = this.#queue.at(-1);
    // Positions alone take no room, however many come.
    if (last !== undefined && batch.events.length === 0) this.#queue[this.#queue.length - 1] = { events: last.events, position: batch.position };
    else this.#queue.push(batch);
    this.#queued += batch.events.length;
    this.#wake?.();
    return this.#queued > this.#options.queueEventsMax ? this.#untilRoom() : undefined;
  }

  fail(reason: unknown): void {
    this.#end();
    this.#subscriber.detached?.(reason);
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#work;
  }

  #end(): void {
    this.#abort.abort();
    this.#leave();
    this.#options.ended();
  }

  #leave(): void {
    this.#joined = false;
    this.#queue = [];
    this.#queued = 0;
    this.#room?.();
    this.#room = undefined;
    this.#wake?.();
  }

  async #untilRoom(): Promise<void> {
    const timer = new AbortController();
    const room = new Promise<void>((resolve) => {
      this.#room = resolve;
    });
    let before = this.#handled;
    for (;;) {
      const late = delay(this.#options.patienceMs, 'late' as const, { signal: timer.signal }).catch(() => undefined);
      if ((await Promise.race([room, late])) !== 'late') break;
      // It may be slow, but it must move; one that stands still (its database is away) does not hold up the others.
      if (this.#handled === before) this.#leave();
      before = this.#handled;
    }
    timer.abort();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#abort.signal.aborted) {
      try {
        if (!this.#joined) await this.#catchUp();
        failures = 0;
        await this.#drain();
      } catch (error) {
        if (error instanceof HandlerFailed) return this.fail(error.cause);
        if (error instanceof UnreadableEvent) return this.fail(error);
        failures += 1;
        this.#leave();
        await delay(Math.min(backOffMaxMs, 20 * 2 ** Math.min(failures, 10)), undefined, { signal: this.#abort.signal }).catch(() => undefined);
      }
    }
  }

  /** Reads for itself until nearly level, then joins and fills the gap: what the reader hands on meanwhile waits in the queue. */
  async #catchUp(): Promise<void> {
    while (!this.#abort.signal.aborted && (await this.#readToEnd()) >= nearlyLevelEvents);
    const level = this.#options.level();
    this.#joined = true;
    await this.#readToEnd();
    // The end of the log was at or after the reader's level when that reading began, so nothing up to the level is missing.
    if (level > this.#position) await this.#handle([], level);
  }

  async #readToEnd(): Promise<number> {
    let count = 0;
    const from = this.#position < 0n ? {} : { from: this.#position };
    for await (const events of this.#options.log.readAll({ ...from, signal: this.#abort.signal })) {
      const last = events.at(-1);
      if (last === undefined || this.#abort.signal.aborted) continue;
      await this.#handle(events, last.position);
      count += events.length;
    }
    return count;
  }

  /** Hands the queue over until the feed is left behind or ended. */
  async #drain(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const batch = this.#take();
      if (batch !== undefined) await this.#handle(batch.events, batch.position);
      else if (!this.#joined) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  #take(): LogBatch | undefined {
    const [first, ...rest] = this.#queue;
    if (first === undefined) return undefined;
    let { events, position } = first;
    let taken = 1;
    if (rest.length > 0) {
      const merged = [...events];
      for (const batch of rest) {
        if (merged.length + batch.events.length > handOverEventsMax) break;
        merged.push(...batch.events);
        position = batch.position;
        taken += 1;
      }
      events = merged;
    }
    this.#queue.splice(0, taken);
    this.#queued -= events.length;
    if (this.#queued <= this.#options.queueEventsMax / 2) {
      this.#room?.();
      this.#room = undefined;
    }
    return { events, position };
  }

  async #handle(events: readonly StoredEvent[], position: bigint): Promise<void> {
    if (position <= this.#position) return;
    const first = events[0];
    const unseen = first !== undefined && first.position <= this.#position ? events.filter((event) => event.position > this.#position) : events;
    try {
      await this.#subscriber.handle({ events: unseen, position });
    } catch (cause) {
      throw new HandlerFailed('a subscriber of the log failed', { cause });
    }
    this.#position = position;
    this.#handled += 1;
  }
}

/** Tells a subscriber's own failure from one of the log. */
class HandlerFailed extends Error {
  override readonly name = 'HandlerFailed';
}
