/** Reading `$all` through the official client, beside the same client reading bytes that were made beforehand. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { fill, openStore, payloadText, type Rounds, rateRow, sizes } from './kit.ts';

const rounds = 5;

const countAll = async (client: EventStoreDBClient): Promise<{ readonly events: number; readonly perSecond: number }> => {
  let events = 0;
  const start = performance.now();
  for await (const { event } of client.readAll()) if (event?.type === 'EquipmentDelivered') events += 1;
  return { events, perSecond: (events * 1000) / (performance.now() - start) };
};

const openPrepared = async (size: number) => {
  const worker = new Worker(new URL('./prepared-server.ts', import.meta.url), { workerData: { size, payload: payloadText } });
  const [port]: unknown[] = await once(worker, 'message');
  const client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${String(port)}?tls=false`);
  const close = async (): Promise<void> => {
    await client.dispose();
    worker.postMessage('close');
    await once(worker, 'exit');
  };
  return { client, close };
};

const measureSize = async (size: number): Promise<BenchmarkRow> => {
  const store = await openStore();
  await fill(store, size);
  const prepared = await openPrepared(size);
  const measured: Rounds = { ours: [], baseline: [] };
  let correct = true;
  for (let round = 0; round < rounds; round += 1) {
    const [ours, baseline] = [await countAll(store.client), await countAll(prepared.client)];
    correct &&= ours.events === size && baseline.events === size;
    measured.ours.push(ours.perSecond);
    measured.baseline.push(baseline.perSecond);
  }
  await prepared.close();
  await store.close();
  return rateRow({ name: 'Read $all / bytes made beforehand', size, unit: 'events/s', must: 0.7, dream: 0.95, correct }, measured);
};

export const benchmarks: readonly Benchmark[] = [
  {
    name: 'event-store-read-all',
    run: async () => {
      const rows: BenchmarkRow[] = [];
      for (const size of sizes) rows.push(await measureSize(size));
      return rows;
    },
  },
];
