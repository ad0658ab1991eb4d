/** PostgreSQL as the baseline: the same events as rows of an indexed table, by `pgbench` where the machine has it, else by eight connections. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/infrastructure/postgres/embedded/server.ts';
import { payloadText, perSecond } from './kit.ts';

const table = `create table event (
  position bigint generated always as identity primary key, stream text not null, revision bigint not null, id uuid not null, type text not null,
  data jsonb not null, created timestamptz not null default now(), unique (stream, revision))`;
const clients = 8;
const seconds = 2;

export type PostgresBaseline = {
  /** One-row transactions a second. */
  readonly singles: () => Promise<number>;
  /** Events a second, a hundred a transaction by one `unnest` insert. */
  readonly batches: (count: number) => Promise<number>;
  readonly rows: () => Promise<number>;
  /** Adds rows that were there before the measurement. */
  readonly fill: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const script = `\\set s random(1, 1000000000)
\\set r random(1, 1000000000)
insert into event (stream, revision, id, type, data) values ('thing-' || :s, :r, gen_random_uuid(), 'EquipmentDelivered', '${payloadText.replaceAll(':', '\\:')}');
`;

/** Transactions a second as pgbench reports them; nothing where it is not installed. */
const byPgbench = (url: string, folder: string): number | undefined => {
  const file = join(folder, 'insert.sql');
  // pgbench reads `:name` as a variable, so the payload goes in as one.
  writeFileSync(file, script.replace(/'\{.*\}'/, ':payload'));
  const run = spawnSync(
    'pgbench',
    ['-n', '-c', `${clients}`, '-j', '2', '-T', `${seconds}`, '-M', 'prepared', '-D', `payload=${payloadText}`, '-f', file, url],
    { encoding: 'utf8' },
  );
  const rate = /tps = ([\d.]+)/.exec(run.stdout ?? '')?.[1];
  return rate === undefined ? undefined : Number(rate);
};

export const openPostgres = async (): Promise<PostgresBaseline> => {
  const folder = await mkdtemp(join(tmpdir(), 'event-store-bench-pg-'));
  const server = await startEmbeddedPostgres({ folder });
  const pool = new pg.Pool({ connectionString: server.url, max: clients });
  // A connection that is cut while the server stops is no failure of the measurement.
  pool.on('error', () => undefined);
  await pool.query(table);
  let revision = 0;
  const insertOne = async (lane: number): Promise<void> => {
    revision += 1;
    await pool.query({
      name: 'one',
      text: `insert into event (stream, revision, id, type, data) values ($1, $2, gen_random_uuid(), 'EquipmentDelivered', $3)`,
      values: [`lane-${lane}`, revision, payloadText],
    });
  };
  const insertMany = async (lane: number): Promise<void> => {
    const first = revision;
    revision += 100;
    await pool.query({
      name: 'many',
      text: `insert into event (stream, revision, id, type, data)
        select $1, r, gen_random_uuid(), 'EquipmentDelivered', d from unnest($2::bigint[], $3::jsonb[]) as t (r, d)`,
      values: [`lane-${lane}`, Array.from({ length: 100 }, (_, n) => first + n + 1), Array.from({ length: 100 }, () => payloadText)],
    });
  };
  return {
    singles: async () => byPgbench(server.url, folder) ?? (await perSecond(clients, 6000, insertOne)),
    batches: async (count) => 100 * (await perSecond(clients, count, insertMany)),
    rows: async () => Number((await pool.query('select count(*) as count from event')).rows[0].count),
    fill: async (count) => {
      await pool.query(
        `insert into event (stream, revision, id, type, data) select 'before-' || n % 1000, n, gen_random_uuid(), 'EquipmentDelivered', $1 from generate_series(1, $2::int) n`,
        [payloadText, count],
      );
    },
    close: async () => {
      await pool.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
