/** Search over a million documents under row-level security, against the same statements sent by the table's owner, whom no policy concerns. */
import { globalSearchTable } from '../../projections/global-search/tables.ts';
import type { Caller } from '../../src/application/caller.ts';
import type { Search } from '../../src/application/ports/queries.ts';
import type { Database, Session } from '../../src/infrastructure/postgres/database.ts';
import { search } from '../../src/infrastructure/queries/search.ts';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';
import { type Bench, customerId, customers, makeTable, openBench } from './fleet.ts';
import { interleaved, median, quantile, rounded } from './measure.ts';

const surnames = ['transportes', 'logistica', 'frigorificos', 'construcciones', 'agricola', 'distribuidora', 'cementos', 'ingenio', 'comercial', 'servicios'];
const places = ['istmo', 'norte', 'quetzal', 'atlantico', 'pacifico', 'peten', 'coban', 'zacapa', 'jalapa', 'solola', 'escuintla', 'retalhuleu'];
const texts = `array['${surnames.join("','")}']`;
const towns = `array['${places.join("','")}']`;
const documents = (size: number): string => `
  select md5('d' || n)::uuid as id, ('00000000-0000-4000-8000-' || lpad(to_hex((hashint8(n) & 2147483647) % ${customers}), 12, '0'))::uuid as customer_id,
    null::uuid as account_id, 'equipment' as type, 'T-' || n as title, null as subtitle, null as description, '/equipment/' || n as route, null::uuid as subject_id,
    ' t ' || n || ' t' || n || ' ' || (${texts})[1 + n % 10] || ' ' || (${towns})[1 + n % 12] || ' ' || md5(n::text) || ' ' as search_text, '{}'::jsonb as parts
  from generate_series(1::bigint, ${size}::bigint) n`;

/** A whole number, a beginning, two words, a wrong letter, a common word, something that is not there. */
const questions = (round: number): string => {
  const n = (round * 7919) % 1000;
  const asked = [
    `T-${n}`,
    `${surnames[round % 10]?.slice(0, 5)}`,
    `${surnames[round % 10]} ${places[round % 12]}`,
    'trasportes',
    'quetsal istmo',
    `zzz${n}qqq`,
  ];
  return asked[round % asked.length] ?? '';
};
const caller = (round: number): Caller => ({
  actor: { kind: 'user', id: 'bench' },
  tenant: customerId(round % customers),
  accounts: 'all',
  permissions: new Set(['equipment:view']),
});

/** Search through the owner's pool: the same statements in a transaction of the same kind, without policies. */
const withoutIsolation = ({ database }: Bench): Search => {
  const as: Database['as'] = (_caller, work) =>
    database.owner.use(async (client) => {
      await client.query('begin isolation level repeatable read read only; set local search_path = read_models, public');
      const session: Session = {
        rows: async (text, values = []) => (await client.query(text, [...values])).rows,
        copyOut: () => {
          throw new Error('nothing is copied here');
        },
      };
      const result = await work(session);
      await client.query('commit');
      return result;
    });
  // The boundary: search asks the database for nothing but `as`.
  return search({ as } as Database);
};

export const measureSearch = async (size: number): Promise<readonly BenchmarkRow[]> => {
  const bench = await openBench();
  try {
    await makeTable(bench, globalSearchTable, { projection: 'global-search', rows: documents(size) });
    const [isolated, open] = [search(bench.database), withoutIsolation(bench)];
    let correct = true;
    const ask = async (asked: Search, round: number): Promise<string> =>
      JSON.stringify((await asked.searchFor(questions(round), caller(round), 20)).data.map(({ id, score }) => [id, score]));
    for (let round = 0; round < 60; round += 1) correct &&= (await ask(isolated, round)) === (await ask(open, round));
    const times = await interleaved({ warmUp: 30, counted: 600 }, { ours: (round) => ask(isolated, round), baseline: (round) => ask(open, round) });
    const row = (name: string, of: (samples: readonly number[]) => number): BenchmarkRow => {
      const [ours, baseline] = [of(times.ours), of(times.baseline)];
      return { name, size, unit: 'ms', ours: rounded(ours), baseline: rounded(baseline), ratio: rounded(ours / baseline), must: 1.5, dream: 1.1, correct };
    };
    return [row('search p99', (samples) => quantile(samples, 0.99)), row('search median', median)];
  } finally {
    await bench.stop();
  }
};

export const searching: Benchmark = {
  name: 'search',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const size of [1000, 100_000, 1_000_000]) rows.push(...(await measureSearch(size)));
    return rows;
  },
};
