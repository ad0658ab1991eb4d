/** Appends, durable and checked for their revision, through the official client: one event at a time and a hundred. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { NO_STREAM } from '@eventstore/db-client';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { type DurableStore, eventOf, fill, openStore, payloadText, perSecond, type Rounds, rateRow, sizes } from './kit.ts';
import { openPostgres } from './postgres.ts';

const rounds = 5;
const lanes = 32;
const warmUp = 2000;

/** Appends to a stream a lane, each expecting the revision the last one gave. */
const appender = (store: DurableStore, round: string, perAppend: number) => {
  const revisions = new Map<number, bigint>();
  return async (lane: number): Promise<void> => {
    const events = Array.from({ length: perAppend }, eventOf);
    const expectedRevision = revisions.get(lane) ?? NO_STREAM;
    const { nextExpectedRevision } = await store.client.appendToStream(`lane${round}-${lane}`, events, { expectedRevision });
    revisions.set(lane, nextExpectedRevision);
  };
};

/** The log holds exactly what was appended. */
const isComplete = async (store: DurableStore, expected: number): Promise<boolean> => {
  let count = 0;
  for await (const { event } of store.client.readAll()) if (event?.type === 'EquipmentDelivered') count += 1;
  return count === expected;
};

/** One committed row at a time into the same kind of file: what a commit costs here without anything around it. */
const rawSqlite = async (folder: string, count: number): Promise<number> => {
  const path = join(folder, 'raw.sqlite');
  const database = new DatabaseSync(path);
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table if not exists event (position integer primary key, stream text, revision integer, record text)',
  );
  const insert = database.prepare('insert into event (stream, revision, record) values (?, ?, ?)');
  const rate = await perSecond(1, count, async (lane) => {
    insert.run(`lane-${lane}`, 1, payloadText);
  });
  database.close();
  await rm(path, { force: true });
  return rate;
};

const measureSingles = async (size: number): Promise<readonly BenchmarkRow[]> => {
  const [store, postgres] = [await openStore(), await openPostgres()];
  const [byPostgres, bySqlite]: [Rounds, Rounds] = [
    { ours: [], baseline: [] },
    { ours: [], baseline: [] },
  ];
  const perRound = 6000;
  await fill(store, size);
  await postgres.fill(size);
  await perSecond(lanes, warmUp, appender(store, 'warm', 1));
  for (let round = 0; round < rounds; round += 1) {
    const rate = await perSecond(lanes, perRound, appender(store, `${round}`, 1));
    byPostgres.ours.push(rate);
    bySqlite.ours.push(rate);
    byPostgres.baseline.push(await postgres.singles());
    bySqlite.baseline.push(await rawSqlite(store.folder, 1500));
  }
  const correct = await isComplete(store, size + warmUp + rounds * perRound);
  await store.close();
  await postgres.close();
  const row = { size, unit: 'appends/s', correct };
  return [
    rateRow({ ...row, name: 'Append 1 event, 32 in flight / PostgreSQL one-row insert, 8 clients', must: 0.25, dream: 0.6 }, byPostgres),
    rateRow({ ...row, name: 'Append 1 event, 32 in flight / raw SQLite, one commit a row', must: 0.25, dream: 1 }, bySqlite),
  ];
};

const measureBatches = async (size: number): Promise<readonly BenchmarkRow[]> => {
  const [store, postgres] = [await openStore(), await openPostgres()];
  const measured: Rounds = { ours: [], baseline: [] };
  const perRound = 150;
  await fill(store, size);
  await postgres.fill(size);
  await perSecond(8, 50, appender(store, 'warm', 100));
  await postgres.batches(20);
  for (let round = 0; round < rounds; round += 1) {
    measured.ours.push(100 * (await perSecond(8, perRound, appender(store, `${round}`, 100))));
    measured.baseline.push(await postgres.batches(perRound));
  }
  const isOurs = await isComplete(store, size + 100 * (50 + rounds * perRound));
  const isTheirs = (await postgres.rows()) === size + 100 * (20 + rounds * perRound);
  await store.close();
  await postgres.close();
  return [
    rateRow({ name: 'Append batches of 100 / PostgreSQL unnest insert', size, unit: 'events/s', must: 0.4, dream: 1, correct: isOurs && isTheirs }, measured),
  ];
};

const atEachSize = async (measure: (size: number) => Promise<readonly BenchmarkRow[]>): Promise<readonly BenchmarkRow[]> => {
  const rows: BenchmarkRow[] = [];
  for (const size of sizes) rows.push(...(await measure(size)));
  return rows;
};

/** `size` is how many events the log holds when the measurement begins. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'event-store-append', run: () => atEachSize(measureSingles) },
  { name: 'event-store-append-batches', run: () => atEachSize(measureBatches) },
];
