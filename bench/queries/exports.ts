/** A customer's whole fleet as CSV and as a workbook, under row-level security, guarded and in order, against a bare COPY of the same table. */
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Caller } from '../../src/application/caller.ts';
import { queryRunner } from '../../src/infrastructure/queries/runner.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { type Bench, customerId, openFleet, unitQuery } from './fleet.ts';
import { median, rounded, timed } from './measure.ts';

const rounds = 5;
const caller: Caller = { actor: { kind: 'user', id: 'bench' }, tenant: customerId(0), accounts: 'all', permissions: new Set(['unit:view']) };
/** What memory may grow by while a million rows pass. */
const growthMaxBytes = 96 * 2 ** 20;

/** Counts lines and forgets the bytes; keeps the largest memory seen. */
const drain = (): { readonly sink: Writable; readonly lines: () => number; readonly peak: () => number } => {
  let [lines, peak] = [0, 0];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      peak = Math.max(peak, process.memoryUsage.rss());
      done();
    },
  });
  return { sink, lines: () => lines, peak: () => peak };
};

type Passed = { readonly ms: number; readonly lines: number; readonly grownBytes: number };
const pass = async (open: () => Promise<NodeJS.ReadableStream>): Promise<Passed> => {
  const { sink, lines, peak } = drain();
  const before = process.memoryUsage.rss();
  const ms = await timed(async () => pipeline(await open(), sink));
  return { ms, lines: lines(), grownBytes: peak() - before };
};

const measure = async (bench: Bench, size: number): Promise<readonly BenchmarkRow[]> => {
  const runner = queryRunner({ database: bench.database, cursorKey: Buffer.alloc(32, 1) });
  const parsed = runner.parse(unitQuery, new URLSearchParams(), caller);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const client = new pg.Client({ connectionString: bench.url });
  client.on('error', () => undefined);
  await client.connect();
  const sides = {
    csv: async () => (await runner.export(unitQuery, parsed.request, caller, 'csv')).body,
    xlsx: async () => (await runner.export(unitQuery, parsed.request, caller, 'xlsx')).body,
    baseline: async () => client.query(copyTo('copy read_models.unit to stdout')),
  };
  const results: Record<keyof typeof sides, Passed[]> = { csv: [], xlsx: [], baseline: [] };
  for (let round = 0; round < rounds; round += 1) for (const side of ['csv', 'xlsx', 'baseline'] as const) results[side].push(await pass(sides[side]));
  const ended = once(client, 'end');
  await client.end();
  await ended;
  const perSecond = (side: keyof typeof sides): number => (size * 1000) / median(results[side].map(({ ms }) => ms));
  const isFlat = (side: 'csv' | 'xlsx'): boolean => results[side].slice(1).every(({ grownBytes }) => grownBytes < growthMaxBytes);
  const row = (name: string, side: 'csv' | 'xlsx', isWhole: boolean): BenchmarkRow => {
    const [ours, baseline] = [perSecond(side), perSecond('baseline')];
    // Nothing is promised of a workbook's speed, only of its memory.
    const goal = side === 'csv' ? { must: 0.3, dream: 0.7 } : { must: 0, dream: 0.1 };
    return {
      name,
      size,
      unit: 'rows/s',
      ours: rounded(ours),
      baseline: rounded(baseline),
      ratio: rounded(ours / baseline),
      ...goal,
      correct: isWhole && isFlat(side),
    };
  };
  // A heading and a line each; of a workbook only the flow is checked here, its content by the tests.
  return [
    row(
      'export CSV',
      'csv',
      results.csv.every(({ lines }) => lines === size + 1),
    ),
    row('export XLSX', 'xlsx', true),
  ];
};

export const measureExports = async (size: number): Promise<readonly BenchmarkRow[]> => {
  const bench = await openFleet(size, 1);
  try {
    return await measure(bench, size);
  } finally {
    await bench.stop();
  }
};

export const exports: Benchmark = {
  name: 'exports',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const size of [1000, 100_000, 1_000_000]) rows.push(...(await measureExports(size)));
    return rows;
  },
};
