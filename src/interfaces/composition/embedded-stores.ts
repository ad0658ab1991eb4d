/**
 * The stores that run embedded, begun at once: making a cluster and starting a server are other processes' work, and go on while the rest of the
 * program is loaded. Light: it imports nothing but them.
 */
import { join } from 'node:path';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { startEmbeddedEventStore } from '../../infrastructure/embedded-event-store/start.ts';
import { startEmbeddedPostgres } from '../../infrastructure/postgres/embedded/server.ts';

type Running = { readonly url: string; readonly failed: Promise<Error>; readonly stop: () => Promise<void> };
/** Absent: somebody else's server is used. */
export type EmbeddedStores = {
  readonly postgres: Promise<Running> | undefined;
  readonly eventStore: Promise<Running> | undefined;
  /** Resolves once other processes are at work, or nothing of this is to be waited for. */
  readonly underWay: Promise<void>;
};

type Embedding = Pick<Configuration, 'dataFolder' | 'databaseUrl' | 'eventStoreUrl' | 'embeddedPostgresPort' | 'embeddedEventStorePort'>;

/** Begins what the configuration gives no address for. What fails is told to whoever waits for it. */
export const beginEmbeddedStores = (configuration: Embedding): EmbeddedStores => {
  const { dataFolder, databaseUrl, eventStoreUrl } = configuration;
  const { promise: underWay, resolve: spawned } = Promise.withResolvers<void>();
  const postgres =
    databaseUrl === undefined ? startEmbeddedPostgres({ folder: join(dataFolder, 'postgres'), port: configuration.embeddedPostgresPort, spawned }) : undefined;
  const eventStore = eventStoreUrl === undefined ? startedEventStore(configuration) : undefined;
  for (const store of [postgres, eventStore]) store?.catch(() => undefined);
  if (postgres === undefined) spawned();
  postgres?.catch(() => spawned());
  return { postgres, eventStore, underWay };
};

const startedEventStore = async ({ dataFolder, embeddedEventStorePort }: Embedding): Promise<Running> => {
  const { url, failed, close } = await startEmbeddedEventStore({ folder: join(dataFolder, 'events'), port: embeddedEventStorePort });
  return { url, failed, stop: close };
};

/** Stops what was begun, also where only one of the two did start. */
export const stopEmbeddedStores = async ({ postgres, eventStore }: Pick<EmbeddedStores, 'postgres' | 'eventStore'>): Promise<void> => {
  const stopped = [postgres, eventStore].map(async (starting) => (await starting?.catch(() => undefined))?.stop());
  await Promise.all(stopped);
};
