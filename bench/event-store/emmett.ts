/**
 * Against emmett on PostgreSQL, the event sourcing library of this language: an append with its revision checked, and a cold aggregate. Its
 * database is an embedded Postgres of its own with the settings that ours has.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, type PostgresEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import type { NewEvent } from '../../src/application/ports/event-log.ts';
import { EventCodec } from '../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../src/infrastructure/event-store/event-store-log.ts';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/server.ts';
import { MemoryKeyVault } from '../../tests/kit/memory-key-vault.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { eventAt, unitAggregate } from '../projector/models.ts';
import { eventOf, openStore, payloadText, perSecond, type Rounds, rateRow } from './kit.ts';

type Delivered = Event<'EquipmentDelivered', { readonly note: string }>;
type Delivery = { readonly deliveries: number };
const delivered = (): Delivered => ({ type: 'EquipmentDelivered', data: JSON.parse(payloadText) });

type Emmett = { readonly store: PostgresEventStore; readonly close: () => Promise<void> };
const openEmmett = async (): Promise<Emmett> => {
  const folder = await mkdtemp(join(tmpdir(), 'emmett-bench-'));
  const server = await startEmbeddedPostgres({ folder });
  // A pool of ours: its own stays open after its end, and a connection that breaks when the server stops would end this process.
  const pool = new pg.Pool({ connectionString: server.url, max: 10 });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(server.url, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  const close = async (): Promise<void> => {
    await store.close();
    await pool.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { store, close };
};

const lanes = 32;
const rounds = 3;
const perRound = 2000;

const measureAppends = async (): Promise<BenchmarkRow> => {
  const [ours, emmett] = [await openStore(), await openEmmett()];
  const measured: Rounds = { ours: [], baseline: [] };
  for (let round = -1; round < rounds; round += 1) {
    const [mine, theirs] = [new Map<number, bigint>(), new Map<number, bigint>()];
    const rates = {
      ours: await perSecond(lanes, perRound, async (lane) => {
        const expectedRevision = mine.get(lane) ?? 'no_stream';
        mine.set(lane, (await ours.client.appendToStream(`lane${round}-${lane}`, eventOf(), { expectedRevision })).nextExpectedRevision);
      }),
      baseline: await perSecond(lanes, perRound, async (lane) => {
        const expectedStreamVersion = theirs.get(lane) ?? 'STREAM_DOES_NOT_EXIST';
        theirs.set(lane, (await emmett.store.appendToStream(`lane${round}-${lane}`, [delivered()], { expectedStreamVersion })).nextExpectedStreamVersion);
      }),
    };
    // The first round warms up.
    if (round < 0) continue;
    measured.ours.push(rates.ours);
    measured.baseline.push(rates.baseline);
  }
  await ours.close();
  await emmett.close();
  const name = 'Append 1 event, 32 in flight / emmett on PostgreSQL';
  return rateRow({ name, size: perRound, unit: 'appends/s', must: 1.5, dream: 4, correct: true }, measured);
};

const stored = (): NewEvent => ({ ...eventAt(3).event, id: randomUUID(), data: JSON.parse(payloadText) });

/** Both fold the same: how many events there are. Ours as the command path reads a stream, each event looked up, checked for its version and lifted. */
const coldOurs = async (log: EventStoreLog, stream: string): Promise<number> =>
  (await log.read(stream)).reduce(({ deliveries }: Delivery) => ({ deliveries: deliveries + 1 }), { deliveries: 0 }).deliveries;
const coldTheirs = async ({ store }: Emmett, stream: string): Promise<number> => {
  const folded = await store.aggregateStream<Delivery, Delivered>(stream, {
    evolve: ({ deliveries }: Delivery) => ({ deliveries: deliveries + 1 }),
    initialState: () => ({ deliveries: 0 }),
  });
  return folded.state.deliveries;
};

const measureCold = async ({ size, must, dream }: { readonly size: number; readonly must: number; readonly dream: number }): Promise<BenchmarkRow> => {
  const [ours, emmett] = [await openStore(), await openEmmett()];
  const log = new EventStoreLog(ours.url, new EventCodec([unitAggregate], new MemoryKeyVault()));
  const stream = `unit-${randomUUID()}`;
  for (let first = 0; first < size; first += 500) {
    const count = Math.min(500, size - first);
    await log.append(stream, Array.from({ length: count }, stored), first - 1);
    await emmett.store.appendToStream(stream, Array.from({ length: count }, delivered));
  }
  const measured: Rounds = { ours: [], baseline: [] };
  const times = Math.max(2, Math.round(10_000 / size));
  let correct = true;
  for (let round = -1; round < rounds; round += 1) {
    const counted = async (read: () => Promise<number>) =>
      perSecond(1, times, async () => {
        correct = (await read()) === size && correct;
      });
    const rates = { ours: await counted(() => coldOurs(log, stream)), baseline: await counted(() => coldTheirs(emmett, stream)) };
    if (round < 0) continue;
    measured.ours.push(rates.ours);
    measured.baseline.push(rates.baseline);
  }
  await log.close();
  await ours.close();
  await emmett.close();
  return rateRow({ name: 'Cold aggregate / emmett’s aggregateStream', size, unit: 'aggregates/s', must, dream, correct }, measured);
};

export const emmett: Benchmark = {
  name: 'emmett',
  run: async () => [await measureAppends(), await measureCold({ size: 20, must: 2, dream: 5 }), await measureCold({ size: 10_000, must: 3, dream: 10 })],
};
