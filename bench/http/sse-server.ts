/**
 * One of the two servers of the SSE benchmark, by its argument: `ours`, the HTTP interface's event streams fed as the reader of the log feeds
 * them, or `raw`, a loop that writes each frame to each response. Prints its port; a message publishes events, another asks for its memory.
 */
import type { RequestListener, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogSubscriber } from '../../src/application/log-reader.ts';
import type { EventLog, StoredEvent } from '../../src/application/ports/event-log.ts';
import { createHttpApplication } from '../../src/interfaces/http/application.ts';
import { frameOf, seenOf } from '../../src/interfaces/http/events/event-hub.ts';
import { caller, listening, partsAround, tenant, token } from './served.ts';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const eventAt = (n: number): StoredEvent => ({
  id: id(n),
  type: 'GaugeRenamed',
  data: { name: `a name ${n}` },
  stream: `gauge-${id(1)}`,
  category: 'gauge',
  aggregateId: id(1),
  revision: n,
  position: BigInt(n),
  metadata: {
    $correlationId: id(n),
    $causationId: id(n),
    commandId: id(n),
    commandHash: id(n),
    tenant,
    account: null,
    actor: caller.actor,
    schemaVersion: 1,
    occurredAt: '2026-01-31T08:15:00.000Z',
  },
});
type Publish = (events: readonly StoredEvent[]) => Promise<void> | void;

const ours = (): { readonly listener: RequestListener; readonly publish: Publish } => {
  let position = 0n;
  let subscriber: LogSubscriber | undefined;
  const reader = {
    get position() {
      return position;
    },
    subscribe: (given: LogSubscriber) => {
      subscriber = given;
      return { position, unsubscribe: async () => undefined };
    },
  };
  const none = (): never => {
    throw new Error('the benchmark has no log');
  };
  const log: EventLog = { append: none, read: none, tail: async () => position, readAll: none, follow: none };
  return {
    listener: createHttpApplication(partsAround(log, reader, { ...caller, tenant: null })),
    publish: async (events) => {
      position = events.at(-1)?.position ?? position;
      await subscriber?.handle({ events, position });
    },
  };
};

const raw = (): { readonly listener: RequestListener; readonly publish: Publish } => {
  const open = new Set<ServerResponse>();
  return {
    listener: (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      open.add(response);
      response.once('close', () => open.delete(response));
    },
    publish: (events) => {
      for (const event of events) {
        const frame = frameOf(seenOf(event));
        for (const response of open) response.write(frame);
      }
    },
  };
};

const { listener, publish } = process.argv[2] === 'ours' ? ours() : raw();
console.log(JSON.stringify({ port: await listening(listener), token }));

type Asked = { readonly kind: 'publish'; readonly from: number; readonly count: number; readonly batch: number } | { readonly kind: 'memory' };
process.on('message', async (asked: Asked) => {
  if (asked.kind === 'memory') {
    // What is held, not what the collector has not yet given back.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    process.send?.({ rssBytes: process.memoryUsage.rss() });
    return;
  }
  const { from, count, batch } = asked;
  for (let at = from; at < from + count; at += batch) {
    await publish(Array.from({ length: Math.min(batch, from + count - at) }, (_, n) => eventAt(at + n)));
    await turn();
  }
});
