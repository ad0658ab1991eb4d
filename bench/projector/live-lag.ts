/** From an append's acknowledgement to its rows being visible to a query of the tenant, against one commit round trip of Postgres. */
import { LogReader } from '../../src/application/log-reader.ts';
import { Pool } from '../../src/infrastructure/postgres/pool.ts';
import { Projector } from '../../src/infrastructure/projector/projector.ts';
import { PostgresReadModels } from '../../src/infrastructure/projector/read-models.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { benchModels, eventAt } from './models.ts';
import { openStores } from './stores.ts';

const rounds = 5;
const perRound = 200;
/** Events a second that arrive meanwhile: a third of what one writer can append. */
const pauseMs = 2;

const percentile = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

const measure = async (): Promise<readonly BenchmarkRow[]> => {
  const stores = await openStores(1_000);
  const { database, log } = stores;
  const reader = new LogReader({ log });
  const projector = new Projector({ database, log, reader, projections: benchModels });
  await projector.start();
  reader.start();
  const readModels = new PostgresReadModels(database.owner, projector);
  const commits = new Pool({ url: stores.url, name: 'baseline', max: 1 });
  await commits.rows('create table if not exists public.baseline (id int primary key, n int)');
  await commits.rows('insert into public.baseline values (1, 0) on conflict do nothing');
  const lags: number[] = [];
  const baseline: number[] = [];
  let correct = true;
  let n = 1_000;
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < perRound; i += 1, n += 1) {
      const { stream, event } = eventAt(n);
      const appended = await log.append(stream, [event], (n % 10) - 1);
      if (!appended.ok) throw new Error('the append was refused');
      const start = performance.now();
      await Promise.all(benchModels.map(({ name }) => readModels.waitFor(name, appended.position, 10_000)));
      lags.push(performance.now() - start);
      const [row] = await database.owner.rows<{ n: number }>('select count(*)::int as n from read_models.bench_feed where bench_feed_id = $1', [event.id]);
      correct &&= row?.n === 1;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    for (let i = 0; i < perRound; i += 1) {
      const start = performance.now();
      await commits.rows('update public.baseline set n = n + 1 where id = 1');
      baseline.push(performance.now() - start);
    }
  }
  await commits.close();
  await reader.stop();
  await projector.stop();
  await stores.close();
  const commit = percentile(baseline, 0.5);
  const row = (name: string, part: number, must: number, dream: number): BenchmarkRow => {
    const ours = percentile(lags, part);
    return { name, size: lags.length, unit: 'ms', ours, baseline: commit, ratio: ours / commit, must, dream, correct };
  };
  return [row('Live lag, p50', 0.5, 20, 8), row('Live lag, p99', 0.99, 20, 8)];
};

export const liveLag: Benchmark = { name: 'projector-live-lag', run: measure };
