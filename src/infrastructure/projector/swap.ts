/** Putting a finished build in the place of the live one, in one transaction: readers see the old rows until it commits, then the new ones. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { isTransient } from '../postgres/failures.ts';
import { id, liveSchema, qualified } from '../postgres/names.ts';
import type { Pool } from '../postgres/pool.ts';
import type { Build } from './checkpoints.ts';

const attemptsMax = 30;

/**
 * `catchUp` is called with the live build's position while that cannot move, and must bring the new build at least there: readers never
 * go back in time. Waits for queries under way on the old tables, not for long at a time.
 */
export async function swapIn(owner: Pool, build: Build, catchUp: (position: bigint) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await owner.transaction((client) => swap(client, build, catchUp));
    } catch (error) {
      // A long query held the old tables; it goes on undisturbed and the swap comes later.
      if (!isTransient(error) || attempt >= attemptsMax) throw error;
      await delay(200);
    }
  }
}

async function swap(client: pg.PoolClient, build: Build, catchUp: (position: bigint) => Promise<void>): Promise<void> {
  const live = await client.query<{ build_id: string; position: string; tables: string[] }>(
    'select build_id::text, position::text, tables from kept.projection where name = $1 and is_live for update',
    [build.name],
  );
  const old = live.rows[0];
  if (old !== undefined) await catchUp(BigInt(old.position));
  // New queries queue behind a waiting lock, so it does not wait long.
  await client.query(`set local lock_timeout = '1s'`);
  const drops = (old?.tables ?? []).map((table) => `drop table if exists ${qualified(liveSchema, table)}`);
  const moves = build.tables.map((table) => `alter table ${qualified(build.schema, table)} set schema ${id(liveSchema)}`);
  await client.query([...drops, ...moves, `drop schema ${id(build.schema)}`].join(';'));
  if (old !== undefined) await client.query('delete from kept.projection where build_id = $1', [old.build_id]);
  await client.query(
    `update kept.projection set is_live = true, schema_name = $2, state = case state when 'faulted' then state else 'live' end where build_id = $1`,
    [build.buildId, liveSchema],
  );
}
