/** The event store as one object: opens the log, serves the protocol, closes cleanly. Runs in whatever thread calls it. */
import { notReady } from './grpc/failure.ts';
import { type Methods, serve } from './grpc/server.ts';
import { Groups } from './persistent/groups.ts';
import type { Store } from './read/context.ts';
import { LinkIndex } from './read/links.ts';
import { everything, Signals } from './read/signals.ts';
import { discoveryServices } from './services/discovery.ts';
import { persistentService } from './services/persistent.ts';
import { streamsService } from './services/streams.ts';
import { authenticate } from './services/users.ts';
import { openDatabase } from './storage/database.ts';
import { EventLog } from './storage/log.ts';
import { metastreamOf } from './storage/metadata.ts';
import { tombstoneRevision } from './wire/record.ts';
import { type StoredEvent, streamNameOf } from './wire/stored-event.ts';
import { append, systemEvent } from './write/operations.ts';
import { WriteQueue } from './write/queue.ts';

export type ServerOptions = { readonly folder?: string; readonly host: string; readonly port: number };
/** `close` twice is once. */
export type RunningServer = { readonly port: number; readonly store: Store; readonly close: () => Promise<void> };

const topicsOf = (events: readonly StoredEvent[]): Iterable<string> => {
  const topics = new Set([everything]);
  for (const event of events) {
    const name = streamNameOf(event.record);
    topics.add(name);
    if (event.revision === tombstoneRevision) topics.add(metastreamOf(name));
  }
  return topics;
};

const openStore = (log: EventLog): Store => {
  const signals = new Signals();
  const queue = new WriteQueue(log, (events) => {
    if (!signals.isIdle) signals.notify(topicsOf(events));
  });
  return { log, queue, signals, links: new LinkIndex(log, queue) };
};

/** A log is never empty: readers find a system event in it from the start, as on a real server. */
const writeFirstEvent = async ({ log, queue }: Store): Promise<void> => {
  if (log.next > 0) return;
  const event = systemEvent('$metadata', '{"$maxAge":2592000,"$cacheControl":10}');
  await queue.write(() => append(log, { stream: '$$$scavenges', expected: { kind: 'noStream' }, events: [event] }));
};

const dialable = (host: string): string => (host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host);

/** Starts the server on a folder, or in memory without one. */
export const startServer = async (options: ServerOptions): Promise<RunningServer> => {
  const opened = openDatabase(options.folder);
  try {
    const store = openStore(new EventLog(opened.database));
    await writeFirstEvent(store);
    let port = options.port;
    const groups = new Groups(store);
    const methods: Methods = new Map([
      ...streamsService(store),
      ...persistentService(store, groups),
      ...discoveryServices(() => ({ host: dialable(options.host), port })),
    ]);
    const server = await serve({ host: options.host, port: options.port, methods, authenticate });
    port = server.port;
    const stop = async (): Promise<void> => {
      groups.close();
      await server.close(notReady());
      store.queue.close();
      opened.close();
    };
    let stopped: Promise<void> | undefined;
    const close = (): Promise<void> => {
      stopped ??= stop();
      return stopped;
    };
    return { port, store, close };
  } catch (error) {
    opened.close();
    throw error;
  }
};
