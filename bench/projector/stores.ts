/** Both stores, embedded, for the time of a benchmark. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../src/infrastructure/event-store/event-store-log.ts';
import { type Database, openDatabase } from '../../src/infrastructure/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/server.ts';
import { MemoryKeyVault } from '../../tests/kit/memory-key-vault.ts';
import { eventAt, unitAggregate } from './models.ts';

export type Stores = { readonly database: Database; readonly log: EventStoreLog; readonly url: string; readonly eventStoreUrl: string; close(): Promise<void> };

/** A database, and a log in memory that holds the first `size` events of the fixed history. */
export async function openStores(size: number): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), 'leasing-bench-'));
  const postgres = await startEmbeddedPostgres({ folder });
  const store = await startEmbeddedEventStore({});
  const database = await openDatabase({ url: postgres.url });
  const log = new EventStoreLog(store.url, new EventCodec([unitAggregate], new MemoryKeyVault()));
  await fill(log, size);
  return {
    database,
    log,
    url: postgres.url,
    eventStoreUrl: store.url,
    close: async () => {
      await log.close();
      await database.close();
      await store.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fill(log: EventStoreLog, size: number): Promise<void> {
  const unitsAtOnce = 64;
  for (let start = 0; start < size; start += unitsAtOnce * 10) {
    const appends: Promise<unknown>[] = [];
    for (let first = start; first < Math.min(size, start + unitsAtOnce * 10); first += 10) {
      const events = Array.from({ length: Math.min(10, size - first) }, (_, i) => eventAt(first + i));
      appends.push(
        log.append(
          events[0]?.stream ?? '',
          events.map(({ event }) => event),
          -1,
        ),
      );
    }
    await Promise.all(appends);
  }
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
