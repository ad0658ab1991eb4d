/**
 * Fifty rows of a million: tenant filter, row-level security and declared filters and orders, against the same SQL (the customer as a mere
 * condition) sent by pg as the tables' owner, without transaction, position or row-level security.
 */
import pg from 'pg';
import type { Caller } from '../../src/application/caller.ts';
import type { QueryRequest } from '../../src/application/ports/queries.ts';
import { queryRunner } from '../../src/infrastructure/queries/runner.ts';
import { pageStatement } from '../../src/infrastructure/queries/statements.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { customerId, customers, openFleet, unitQuery } from './fleet.ts';
import { interleaved, median, quantile, rounded } from './measure.ts';

const addresses = [
  '',
  'sort=-seen_at',
  'sort=seen_at&filter[status]=on_rent',
  'filter[type]=in:type-3,type-9&sort=unit_number',
  'filter[unit_number]=like:T-4711',
  'filter[rate]=between:10,11&sort=rate',
  'filter[odometer]=gte:899000&sort=-odometer',
  'filter[odometer]=null:true&sort=unit_number',
  'filter[due_on]=2026-05-05',
  'sort=note',
  'sort=-due_on,unit_number&filter[status]=assigned',
  'filter[seen_at]=gte:2026-06-01&filter[seen_at]=lt:2026-06-02&sort=-rate',
] as const;
const caller = (n: number): Caller => ({
  actor: { kind: 'user', id: 'bench' },
  tenant: customerId(n % customers),
  accounts: 'all',
  permissions: new Set(['unit:view']),
});

export const measurePages = async (size: number): Promise<readonly BenchmarkRow[]> => {
  const bench = await openFleet(size);
  const plain = new pg.Pool({ connectionString: bench.url, max: 2, options: '-c search_path=read_models,public' });
  // A connection that is still saying goodbye when the server stops.
  plain.on('error', () => undefined);
  try {
    const runner = queryRunner({ database: bench.database, cursorKey: Buffer.alloc(32, 1) });
    const parsed = (address: string, who: Caller): QueryRequest => {
      const outcome = runner.parse(unitQuery, new URLSearchParams(address), who);
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
      return outcome.request;
    };
    const at = (round: number): string => addresses[Math.floor(round / 7) % addresses.length] ?? '';
    const ours = (round: number) => runner.page(unitQuery, parsed(at(round), caller(round)), caller(round));
    const baseline = (round: number) => {
      const { text, values } = pageStatement({ definition: unitQuery, request: parsed(at(round), caller(round)), caller: caller(round) });
      return plain.query(text, [...values]);
    };
    const rounds = { warmUp: 200, counted: 2400 };
    const times = await interleaved(rounds, { ours, baseline });
    const correct = await isOwn(runner.page.bind(runner), parsed);
    const row = (name: string, of: (samples: readonly number[]) => number, goal: { readonly must: number; readonly dream: number }): BenchmarkRow => {
      const [mine, theirs] = [of(times.ours), of(times.baseline)];
      return { name, size, unit: 'ms', ours: rounded(mine), baseline: rounded(theirs), ratio: rounded(mine / theirs), ...goal, correct };
    };
    return [row('query page p99', (samples) => quantile(samples, 0.99), { must: 2, dream: 1.3 }), row('query page median', median, { must: 2, dream: 1.3 })];
  } finally {
    await plain.end();
    await bench.stop();
  }
};

/** Every row of every address is the caller's, and there are rows. */
const isOwn = async (page: ReturnType<typeof queryRunner>['page'], parsed: (address: string, who: Caller) => QueryRequest): Promise<boolean> => {
  let rows = 0;
  for (const address of addresses) {
    const { data } = await page(unitQuery, parsed(address, caller(3)), caller(3));
    rows += data.length;
    if (data.some((row) => row['customer_id'] !== caller(3).tenant)) return false;
  }
  return rows > 0;
};

export const pages: Benchmark = {
  name: 'queries',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const size of [1000, 100_000, 1_000_000]) rows.push(...(await measurePages(size)));
    return rows;
  },
};
