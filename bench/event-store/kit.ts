/** The stores that are compared, the events they are given, and how rounds become a row. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import type { BenchmarkRow } from '../benchmark.ts';

/** What an ordinary event of the domain weighs: about 300 bytes of JSON. */
const payload = {
  equipmentId: '0190a1b2-0000-7000-8000-000000000001',
  customerId: '0190a1b2-0000-7000-8000-000000000002',
  agreementNumber: 'A-000123',
  amount: { amount: '1234.56', currency: 'USD' },
  period: { start: '2026-01-01', end: '2026-12-31' },
  note: 'Delivered to the yard at gate 4, keys handed over, odometer read.',
};

export const eventOf = () => jsonEvent({ id: randomUUID(), type: 'EquipmentDelivered', data: payload });
export const payloadText: string = JSON.stringify(payload);

export type DurableStore = { readonly client: EventStoreDBClient; readonly url: string; readonly folder: string; readonly close: () => Promise<void> };

/** The store as it runs in an installation: its own thread, a folder on disk. */
export const openStore = async (): Promise<DurableStore> => {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-bench-'));
  const store = await startEmbeddedEventStore({ folder: join(folder, 'events') });
  const client = EventStoreDBClient.connectionString(store.url);
  const close = async (): Promise<void> => {
    await client.dispose();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { client, url: store.url, folder, close };
};

/** Runs `count` times `act` with so many under way at once; things done a second. */
export const perSecond = async (inFlight: number, count: number, act: (lane: number) => Promise<void>): Promise<number> => {
  let begun = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async (_, lane) => {
      while (begun < count) {
        begun += 1;
        await act(lane);
      }
    }),
  );
  return (count * 1000) / (performance.now() - start);
};

export const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

export type Rounds = { readonly ours: number[]; readonly baseline: number[] };

/** Rates: more is better, so the ratio is ours over the baseline. */
export const rateRow = (row: Pick<BenchmarkRow, 'name' | 'size' | 'unit' | 'must' | 'dream' | 'correct'>, { ours, baseline }: Rounds): BenchmarkRow => {
  const [mine, theirs] = [median(ours), median(baseline)];
  return { ...row, ours: mine, baseline: theirs, ratio: mine / theirs };
};

/** `BENCH_FULL=1` adds a million events, some minutes. */
export const sizes: readonly number[] = [1000, 100_000, ...(process.env['BENCH_FULL'] === '1' ? [1_000_000] : [])];

/** Puts events into the log before the measurement, a hundred an append, in eight streams. */
export const fill = async (store: DurableStore, count: number): Promise<void> => {
  await perSecond(8, count / 100, async (lane) => {
    await store.client.appendToStream(`before-${lane}`, Array.from({ length: 100 }, eventOf));
  });
};
