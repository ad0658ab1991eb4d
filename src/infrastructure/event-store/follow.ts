/**
 * Following `$all`, for ever. A subscription that ends without our abort is a failure, whatever it looks like (a clean end included), and is
 * resumed from the last position with capped back-off; a watchdog compares with the tail of the log, so that a silent drop is found.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreDBClient } from '@eventstore/db-client';
import { type LogBatch, UnreadableEvent } from '../../application/ports/event-log.ts';
import type { EventCodec } from './event-codec.ts';
import { HandOver, type Taken } from './hand-over.ts';
import { rawEventOf } from './raw-event.ts';
import { type Reading, startReading } from './reads.ts';

const backOffMaxMs = 5000;
const watchdogMs = 10_000;

type Source = { readonly client: EventStoreDBClient; readonly codec: EventCodec } & {
  readonly concerns: (stream: string) => boolean;
  readonly tail: () => Promise<bigint>;
};
type Options = { readonly from?: bigint; readonly signal: AbortSignal };

export async function* followAll(source: Source, options: Options): AsyncGenerator<LogBatch> {
  let position = options.from;
  let failures = 0;
  while (!options.signal.aborted) {
    const handOver = new HandOver();
    const reading = subscribe(source, position, handOver);
    handOver.from(reading);
    options.signal.addEventListener('abort', reading.cancel, { once: true });
    const reached = { position: position ?? -1n };
    const watchdog = watch(source, reached, reading.cancel);
    try {
      for (let batch = await next(handOver); batch !== undefined; batch = await next(handOver)) {
        const events = await source.codec.decode(batch.events);
        position = batch.position;
        reached.position = batch.position;
        failures = 0;
        yield { events, position };
      }
    } finally {
      clearInterval(watchdog);
      options.signal.removeEventListener('abort', reading.cancel);
      reading.cancel();
    }
    failures += 1;
    await delay(Math.min(backOffMaxMs, 20 * 2 ** failures), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Nothing once the subscription has ended: every way it can fail has one remedy, to subscribe again from what was handed on. */
const next = async (handOver: HandOver): Promise<Taken | undefined> => {
  try {
    return await handOver.take(0);
  } catch (error) {
    if (error instanceof UnreadableEvent) throw error;
    return undefined;
  }
};

const subscribe = ({ client, concerns }: Source, after: bigint | undefined, handOver: HandOver): Reading =>
  startReading(client, {
    request: { from: after ?? 'start' },
    each: (recorded) => {
      const position = BigInt(recorded.position);
      if (after === undefined || position > after) handOver.push(rawEventOf(recorded, concerns), position);
    },
  });

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
