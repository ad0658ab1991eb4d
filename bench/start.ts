/**
 * From the start of the program to ready, with data present: Node, both stores, every part, levelled read models, the API listening; against the
 * embedded Postgres of the same folder alone, to its first answer.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { startEmbeddedPostgres } from '../src/infrastructure/postgres/embedded/server.ts';
import { startArguments } from '../tests/kit/product.ts';
import type { Benchmark, BenchmarkRow } from './benchmark.ts';
import { median } from './event-store/kit.ts';

const rounds = 5;
/** Units of the demonstration; without any, catalogs and roles only. */
const fleets: readonly number[] = [0, 300, ...(process.env['BENCH_FULL'] === '1' ? [3000] : [])];
const ready = 'Ctrl-C stops it';
const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

type Run = { readonly child: ChildProcess; readonly ms: number };

const started = async (folder: string): Promise<Run> => {
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: folder, DEMO: 'false', HTTP_PORT: '0', LOG_LEVEL: 'error' };
  const begun = performance.now();
  const child = spawn(process.execPath, startArguments, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  // Read to its end, or the program would have nobody to say good-bye to.
  const ms = await new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the program ended with ${code} before it was ready: ${text}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes(ready)) resolve(performance.now() - begun);
    });
  });
  return { child, ms };
};

const stopped = async ({ child }: Run): Promise<number | null> => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code]: unknown[] = await ended;
  return typeof code === 'number' ? code : null;
};

type Runtime = { readonly httpUrl: string; readonly eventStoreUrl: string };
/** Ready is what it says it is: health agrees. Gives the events in the log too. */
const looked = async (folder: string): Promise<{ readonly isReady: boolean; readonly events: number }> => {
  // The boundary: the program has just written it.
  const { httpUrl, eventStoreUrl } = JSON.parse(await readFile(join(folder, 'runtime.json'), 'utf8')) as Runtime;
  const { status } = await fetch(`${httpUrl}/health/ready`);
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  let events = 0;
  for await (const { event } of client.readAll()) if (event?.type.startsWith('$') === false) events += 1;
  await client.dispose();
  return { isReady: status === 200, events };
};

const prepare = async (folder: string, units: number): Promise<void> => {
  if (units > 0) {
    const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: folder };
    const loading = spawn(process.execPath, [script('../src/interfaces/cli/main.ts'), 'demo', '--units', String(units)], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code]: unknown[] = await once(loading, 'exit');
    if (code !== 0) throw new Error('the demonstration could not be loaded');
  }
  await stopped(await started(folder));
};

const postgresAlone = async (folder: string): Promise<number> => {
  const start = performance.now();
  const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres') });
  const ms = performance.now() - start;
  await server.stop();
  return ms;
};

const measure = async (units: number): Promise<BenchmarkRow> => {
  const folder = await mkdtemp(join(tmpdir(), 'leasing-start-'));
  try {
    await prepare(folder, units);
    const ours: number[] = [];
    const baseline: number[] = [];
    const counts = new Set<number>();
    let correct = true;
    for (let round = 0; round < rounds; round += 1) {
      const run = await started(folder);
      ours.push(run.ms);
      const { isReady, events } = await looked(folder);
      correct &&= isReady;
      counts.add(events);
      correct &&= (await stopped(run)) === 0;
      baseline.push(await postgresAlone(folder));
    }
    const [mine, theirs] = [median(ours), median(baseline)];
    // Starting again adds nothing to the log.
    correct &&= counts.size === 1;
    const size = Math.max(...counts);
    return {
      name: 'Start with data, to ready / Postgres alone',
      size,
      unit: 'ms',
      ours: mine,
      baseline: theirs,
      ratio: mine / theirs,
      must: 8,
      dream: 4,
      correct,
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

export const start: Benchmark = {
  name: 'start',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const units of fleets) rows.push(await measure(units));
    return rows;
  },
};
