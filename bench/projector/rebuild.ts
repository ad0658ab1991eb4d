/** Rebuilding all read models from the log, against reading the log through the official client and dropping it. */
import { EventStoreDBClient } from '@eventstore/db-client';
import { LogReader } from '../../src/application/log-reader.ts';
import type { StoredEvent } from '../../src/application/ports/event-log.ts';
import { Projector } from '../../src/infrastructure/projector/projector.ts';
import { foldWhole, storedTables } from '../../tests/kit/projections.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { benchModels } from './models.ts';
import { median, openStores, type Stores } from './stores.ts';

const rounds = 5;

const rebuildAll = async ({ database, log }: Stores): Promise<void> => {
  await database.owner.rows('drop schema read_models cascade');
  await database.owner.rows('create schema read_models');
  await database.owner.rows('delete from kept.projection');
  const projector = new Projector({ database, log, reader: new LogReader({ log }), projections: benchModels });
  await projector.start();
  await projector.stop();
};
const readAll = async (client: EventStoreDBClient): Promise<void> => {
  for await (const _ of client.readAll());
};
const seconds = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const isRight = async ({ database, log }: Stores): Promise<boolean> => {
  const events: StoredEvent[] = [];
  for await (const batch of log.readAll({})) events.push(...batch);
  for (const model of benchModels) if (JSON.stringify(await storedTables(database, model)) !== JSON.stringify(foldWhole(model, events))) return false;
  return true;
};

const measure = async (size: number): Promise<BenchmarkRow> => {
  const stores = await openStores(size);
  const client = EventStoreDBClient.connectionString(stores.eventStoreUrl);
  try {
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      baseline.push(size / (await seconds(() => readAll(client))));
      ours.push(size / (await seconds(() => rebuildAll(stores))));
    }
    const ratio = median(ours) / median(baseline);
    const correct = await isRight(stores);
    return { name: 'Rebuild of all read models', size, unit: 'events/s', ours: median(ours), baseline: median(baseline), ratio, must: 0.6, dream: 2, correct };
  } finally {
    await client.dispose();
    await stores.close();
  }
};

export const rebuild: Benchmark = {
  name: 'projector-rebuild',
  run: async () => [await measure(1_000), await measure(100_000)],
};
