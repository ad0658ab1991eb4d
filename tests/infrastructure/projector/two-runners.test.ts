import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pool } from '../../../src/infrastructure/postgres/pool.ts';
import { BatchWriter } from '../../../src/infrastructure/projector/batch-writer.ts';
import { readBuilds } from '../../../src/infrastructure/projector/checkpoints.ts';
import { Superseded } from '../../../src/infrastructure/projector/row-store.ts';
import { foldWhole, logOf, storedTables } from '../../kit/projections.ts';
import { sample, step, steps } from './sample.ts';
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

  test('who comes second with a longer batch writes nothing; a checkpoint that only refuses to go back would double rows', async () => {
    expect(await overlap()).toEqual({ isRefused: true, isRight: true });
    await world.database.owner.rows(`create or replace function kept.advance(build bigint, was bigint, reached bigint) returns void language plpgsql as $$
      begin
        update kept.projection set position = reached where build_id = build and position < reached;
        if not found then raise exception 'planted' using errcode = 'LB001'; end if;
      end $$`);
    await world.database.owner.rows('truncate read_models.unit, read_models.unit_entry, read_models.unit_name, read_models.unit_kind');
    await world.database.owner.rows('update kept.projection set position = -1');
    expect(await overlap()).toEqual({ isRefused: false, isRight: false });
  });
});

/** Both begin at the same checkpoint; the first writes one event, then the second, which does not know, that one and more. */
async function overlap(): Promise<{ readonly isRefused: boolean; readonly isRight: boolean }> {
  const node = await world.node([sample()]);
  await node.stop();
  const add = (name: string) => step('unit', name, 'UnitAdded', { name, amount: '1', speed: 1, phones: [] });
  const { events } = await logOf([add('a'), step('unit', 'a', 'UnitRenamed', { name: 'b' }), step('unit', 'a', 'UnitRenamed', { name: 'c' }), add('d')]);
  const writer = async (): Promise<BatchWriter> => {
    const [build] = await readBuilds(world.database.owner, 'units');
    if (build === undefined) throw new Error('there is no build');
    return new BatchWriter(sample(), build, { owner: world.database.owner, writers });
  };
  await (await writer()).write(events.slice(0, 1), 100n);
  const [first, second] = [await writer(), await writer()];
  await first.write(events.slice(1, 2), 200n);
  const isRefused = await second.write(events.slice(1), 400n).then(
    () => false,
    (error: unknown) => error instanceof Superseded,
  );
  if (isRefused) await first.write(events.slice(2), 400n);
  return { isRefused, isRight: JSON.stringify(await storedTables(world.database, sample())) === JSON.stringify(foldWhole(sample(), events)) };
}
