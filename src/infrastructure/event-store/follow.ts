/**
 * Following `$all`, for ever. A subscription that ends without our abort is a failure, whatever it looks like (a clean end included), and is
 * resumed from the last position with capped back-off; a watchdog compares with the tail of the log, so that a silent drop is found.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type AllStreamSubscription, type EventStoreDBClient, START } from '@eventstore/db-client';
import type { LogBatch } from '../../application/ports/event-log.ts';
import type { EventCodec, RawEvent } from './event-codec.ts';
import { rawEventOf } from './raw-event.ts';

const bufferMax = 4000;
const backOffMaxMs = 5000;
const watchdogMs = 10_000;

type Source = { readonly client: EventStoreDBClient; readonly codec: EventCodec; readonly tail: () => Promise<bigint> };
type Options = { readonly from?: bigint; readonly signal: AbortSignal; readonly caughtUp?: () => void };

/** A bounded hand-over between the subscription and its reader: the pump waits while it is full, the reader while it is empty. */
class Buffer {
  #events: RawEvent[] = [];
  #position: bigint | undefined;
  #wake: (() => void) | undefined;
  #drained: (() => void) | undefined;
  ended = false;

  async push(raw: RawEvent | undefined, position: bigint): Promise<void> {
    if (raw !== undefined) this.#events.push(raw);
    this.#position = position;
    this.#wake?.();
    if (this.#events.length >= bufferMax) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  end(): void {
    this.ended = true;
    this.#wake?.();
    this.#drained?.();
  }

  /** All that has come since the last call; waits for the first. Nothing, once the subscription has ended and all is taken. */
  async take(): Promise<{ readonly events: RawEvent[]; readonly position: bigint } | undefined> {
    while (this.#position === undefined) {
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const taken = { events: this.#events, position: this.#position };
    this.#events = [];
    this.#position = undefined;
    this.#drained?.();
    return taken;
  }
}

export async function* followAll(source: Source, options: Options): AsyncGenerator<LogBatch> {
  let position = options.from;
  let failures = 0;
  while (!options.signal.aborted) {
    const buffer = new Buffer();
    const subscription = subscribe(source, position, options);
    const stop = () => void subscription.unsubscribe().catch(() => buffer.end());
    options.signal.addEventListener('abort', stop, { once: true });
    const reached = { position: position ?? -1n };
    const watchdog = watch(source, reached, stop);
    const pumping = pump(subscription, { buffer, codec: source.codec, after: position });
    try {
      for (let batch = await buffer.take(); batch !== undefined; batch = await buffer.take()) {
        const events = await source.codec.decode(batch.events);
        position = batch.position;
        reached.position = batch.position;
        failures = 0;
        yield { events, position };
      }
    } finally {
      clearInterval(watchdog);
      options.signal.removeEventListener('abort', stop);
      buffer.end();
      await subscription.unsubscribe().catch(() => undefined);
      await pumping;
    }
    failures += 1;
    await delay(Math.min(backOffMaxMs, 20 * 2 ** failures), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

const subscribe = ({ client }: Source, position: bigint | undefined, options: Options): AllStreamSubscription => {
  const subscription = client.subscribeToAll({ fromPosition: position === undefined ? START : { commit: position, prepare: position } });
  if (options.caughtUp !== undefined) subscription.on('caughtUp', options.caughtUp);
  return subscription;
};

/** Moves events into the buffer until the subscription ends, however it ends: the caller resumes. */
const pump = async (
  subscription: AllStreamSubscription,
  into: { readonly buffer: Buffer; readonly codec: EventCodec; readonly after: bigint | undefined },
): Promise<void> => {
  try {
    for await (const { event } of subscription) {
      const at = event?.position.commit;
      if (at === undefined || (into.after !== undefined && at <= into.after)) continue;
      const raw = rawEventOf(event);
      await into.buffer.push(raw !== undefined && into.codec.concerns(raw.stream) ? raw : undefined, at);
      if (into.buffer.ended) return;
    }
  } catch {
    // Every way a subscription can fail has one remedy: the caller subscribes again from the last position it has handed on.
  } finally {
    into.buffer.end();
  }
};

const watch = (source: Source, reached: { position: bigint }, stop: () => void): NodeJS.Timeout => {
  let before = reached.position;
  const timer = setInterval(async () => {
    const tail = await source.tail().catch(() => undefined);
    if (tail !== undefined && tail > reached.position && before === reached.position) stop();
    before = reached.position;
  }, watchdogMs);
  timer.unref();
  return timer;
};
