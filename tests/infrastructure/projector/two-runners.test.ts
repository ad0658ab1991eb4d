import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { Pool } from '../../../src/infrastructure/postgres/pool.ts';
import { BatchWriter } from '../../../src/infrastructure/projector/batch-writer.ts';
import { readBuilds } from '../../../src/infrastructure/projector/checkpoints.ts';
import { Superseded } from '../../../src/infrastructure/projector/row-store.ts';
import { foldWhole, logOf, storedTables } from '../../kit/projections.ts';
import { sample, steps } from './sample.ts';
import { newWorld, type World } from './world.ts';

let world: World;
let writers: Pool;
beforeEach(async () => {
  world = await newWorld();
  writers = new Pool({ url: world.url, name: 'two runners', max: 4, isPipelined: true });
});
afterEach(async () => {
  await writers.close();
  await world.end();
});

/** Two runners that both believe to be elected, each with its own idea of where batches end; gives whether the rows came out right. */
async function race(seed: number): Promise<boolean> {
  const node = await world.node([sample()]);
  await node.stop();
  const some = fc.sample(steps(40), { numRuns: 20, seed }).reduce((most, each) => (each.length > most.length ? each : most));
  const { events } = await logOf(some);
  const run = async (batch: number): Promise<void> => {
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const [build] = await readBuilds(world.database.owner, 'units');
      if (build === undefined) throw new Error('there is no build');
      const rest = events.filter((event) => event.position > build.position);
      if (rest.length === 0) return;
      const writer = new BatchWriter(sample(), build, { owner: world.database.owner, writers });
      try {
        for (let start = 0; start < rest.length; start += batch) {
          const part = rest.slice(start, start + batch);
          await writer.write(
            part.filter((event) => writer.concerns(event)),
            part.at(-1)?.position ?? 0n,
          );
        }
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
    }
  };
  await Promise.all([run(2), run(3), run(5)]);
  return JSON.stringify(await storedTables(world.database, sample())) === JSON.stringify(foldWhole(sample(), events));
}

describe('two runners at once', () => {
  test('no batch is applied twice, and none is skipped', async () => {
    expect(await race(3)).toBe(true);
  });

  test('a checkpoint that only refuses to go back would be found by this test', async () => {
    const planted = await openDatabase({ url: world.url });
    await planted.owner.rows(`create or replace function kept.advance(build bigint, was bigint, reached bigint) returns void language plpgsql as $$
      begin
        update kept.projection set position = reached where build_id = build and position < reached;
        if not found then raise exception 'planted' using errcode = 'LB001'; end if;
      end $$`);
    await planted.close();
    let wrong = 0;
    for (let seed = 1; seed <= 8 && wrong === 0; seed += 1) {
      await world.database.owner.rows('truncate read_models.unit, read_models.unit_entry, read_models.unit_name, read_models.unit_kind').catch(() => undefined);
      await world.database.owner.rows('update kept.projection set position = -1');
      if (!(await race(seed))) wrong += 1;
    }
    expect(wrong).toBe(1);
  });
});
