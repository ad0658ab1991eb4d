/** A read model of a million units of two hundred customers, on an embedded Postgres of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type QueryDefinition, tableQuery } from '../../projections/kernel/query.ts';
import { date, instant, integer, numeric, type TableDefinition, tenantTable, text, uuid } from '../../projections/kernel/table.ts';
import { type Database, openDatabase } from '../../src/infrastructure/postgres/database.ts';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/server.ts';
import { liveSchema } from '../../src/infrastructure/postgres/names.ts';
import { tableDdl } from '../../src/infrastructure/postgres/table-ddl.ts';

export const customers = 200;
export const customerId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

const columns = {
  unit_id: uuid(),
  unit_number: text().searched(),
  status: text().filtered(),
  type: text().filtered(),
  note: text().nullable().filtered(),
  odometer: integer().nullable().filtered(),
  rate: numeric().filtered(),
  due_on: date().nullable().filtered(),
  seen_at: instant().nullable().filtered(),
} as const;
const options = { key: 'unit_id', permission: 'unit:view', docs: 'A unit.', isAudited: false, columns } as const;
export const unitTable = tenantTable('unit', options);
export const unitQuery: QueryDefinition = tableQuery('unit', unitTable);

export type Bench = { readonly database: Database; readonly url: string; readonly stop: () => Promise<void> };

/** An empty database with these tables bare; index and secure them when they are full. */
export const openBench = async (): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'leasing-bench-'));
  const server = await startEmbeddedPostgres({ folder });
  const database = await openDatabase({ url: server.url, exportTimeoutMs: 600_000 });
  const stop = async (): Promise<void> => {
    await database.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { database, url: server.url, stop };
};

/** Makes the table, fills it by this select (names as in the table) and secures it, as a rebuild does. */
export const makeTable = async (
  { database, url }: Bench,
  table: TableDefinition,
  { projection, rows }: { readonly projection: string; readonly rows: string },
): Promise<void> => {
  const { roles, wordCollation } = database;
  const ddl = (await tableDdl([table], { schema: liveSchema, roles, wordCollation })).get(table.name);
  const names = Object.keys(table.columns).join(', ');
  const fill = `insert into ${liveSchema}.${table.name} (${names}) select ${names} from (${rows}) r`;
  // A connection without the time limits of the program's own.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of [...(ddl?.create ?? []), fill, ...(ddl?.index ?? []), ...(ddl?.secure ?? []), `vacuum analyze ${liveSchema}.${table.name}`]) {
      await client.query(statement);
    }
    await client.query(
      `insert into kept.projection (name, version, fingerprint, schema_name, tables, position, state, is_live) values ($1, 1, '', 'read_models', '{}', 1, 'live', true)`,
      [projection],
    );
  } finally {
    await client.end();
  }
};

/** Units spread over the customers, the same in every run. */
const units = (size: number, of: number): string => `
  select md5('u' || n)::uuid as unit_id, null::uuid as account_id,
    ('00000000-0000-4000-8000-' || lpad(to_hex((hashint8(n) & 2147483647) % ${of}), 12, '0'))::uuid as customer_id,
    'T-' || n as unit_number, (array['available', 'assigned', 'on_rent', 'retired'])[1 + n % 4] as status, 'type-' || n % 37 as type,
    case when n % 3 = 0 then 'note ' || md5(n::text) end as note, case when n % 5 > 0 then ((n * 7919) % 900000)::integer end as odometer,
    ((n * 31) % 100000)::numeric / 100 as rate, case when n % 2 = 0 then date '2026-01-01' + (n % 700)::integer end as due_on,
    timestamptz '2026-01-01' + (n * 7919 % 31536000) * interval '1 second' as seen_at
  from generate_series(1::bigint, ${size}::bigint) n`;

/** `of`: how many customers the units are spread over. */
export const openFleet = async (size: number, of = customers): Promise<Bench> => {
  const bench = await openBench();
  await makeTable(bench, unitTable, { projection: 'unit', rows: units(size, of) });
  return bench;
};
