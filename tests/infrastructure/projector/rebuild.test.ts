import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { Caller } from '../../../src/application/caller.ts';
import { AsOf } from '../../../src/infrastructure/projector/as-of.ts';
import { ddlFor, loadTables } from '../../../src/infrastructure/projector/bulk-load.ts';
import { addBuild, readBuilds } from '../../../src/infrastructure/projector/checkpoints.ts';
import { swapIn } from '../../../src/infrastructure/projector/swap.ts';
import { appendAll, foldWhole, storedTables } from '../../kit/projections.ts';
import { add, everything, sample, some, step, tenants } from './sample.ts';
import { newWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await newWorld();
});
afterEach(async () => {
  await world.end();
});

const user: Caller = { actor: { kind: 'user', id: 'u' }, tenant: tenants[0], accounts: 'all', permissions: new Set() };
/** The same model whose units are all called alike. */
const changed = (): ProjectionDefinition => {
  const definition = sample({ version: 2 });
  const on = definition.on.map((subscription) => ({ ...subscription, handlers: { ...subscription.handlers, UnitRenamed: () => undefined } }));
  return { ...definition, on };
};

/** By table and columns; the server makes up the names. */
const indexesOf = async (): Promise<readonly string[]> => {
  const rows = await world.database.owner.rows<{ indexdef: string }>(`select indexdef from pg_indexes where schemaname = 'read_models'`);
  return rows.map(({ indexdef }) => indexdef.replace(/INDEX \S+ ON/, 'INDEX ON')).sort();
};

describe('rebuild', () => {
  test('ES-3 a first build of an existing log gives the rows of the fold, in memory or not', async () => {
    await appendAll(world.log, some(60, 5));
    const node = await world.node([sample(), everything()]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    await node.stop();
    // What does not fit in memory goes on batch by batch.
    const small = await world.node([sample({ version: 2 }), { ...everything(), version: 2 }], { rowsMax: 3 });
    await small.projector.settled();
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(await storedTables(world.database, everything())).toEqual(foldWhole(everything(), world.log.events));
    await world.happen(small, 'units', some(20, 6));
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });

  test('ES-3 tables that were made while the log was being filled hold what filled it, and are those of any other build', async () => {
    const filling = appendAll(world.log, some(60, 5)).then(() => undefined);
    const node = await world.node([sample(), everything()], { after: filling });
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(await storedTables(world.database, everything())).toEqual(foldWhole(everything(), world.log.events));
    const made = await indexesOf();
    await world.happen(node, 'units', some(20, 6));
    await node.projector.rebuild('units');
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(await indexesOf()).toEqual(made);
  });

  test('ES-3 where the filling fails nothing is live, and the next start builds what there is', async () => {
    await expect(world.node([sample()], { after: Promise.reject(new Error('the filling failed')) })).rejects.toThrow('the filling failed');
    expect((await readBuilds(world.database.owner)).filter((build) => build.isLive)).toEqual([]);
    await appendAll(world.log, some(20, 9));
    await world.node([sample()]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });

  test('ES-3 whatever a text holds, COPY and upsert store it alike', async () => {
    const texts = ['"', '\\', '\\N', '\\.', '\t', '\n', '\r\n', '{a,"b"}', 'NULL', '', ' ', "'", '\u0001', 'Ünï🚚', '\u2028', '\\"', '%_'];
    const reports: string[] = [];
    const node = await world.node([sample()], { report: (sentence) => reports.push(sentence) });
    const unit = (name: string, i: number) =>
      step('unit', `${i}`, 'UnitAdded', {
        name,
        amount: '-0.10',
        speed: 1e21 / (i + 1),
        phones: [name, ...texts],
        personName: name,
        facts: { [name]: [name, 1.5, null] },
      });
    await world.happen(node, 'units', texts.map(unit));
    const live = await storedTables(world.database, sample());
    expect(live).toEqual(foldWhole(sample(), world.log.events));
    await node.projector.rebuild('units');
    expect(await storedTables(world.database, sample())).toEqual(live);
    expect(reports).toEqual([]);
  });

  test('ES-3 on demand, while events go on, gives the same rows and then goes on', async () => {
    const node = await world.node([sample()]);
    await world.happen(node, 'units', some(50, 7));
    let ended = false;
    const rebuilding = node.projector.rebuild('units').then(() => {
      ended = true;
    });
    for (let round = 0; !ended; round += 1) await world.happen(node, 'units', some(10, 50 + round));
    await rebuilding;
    const before = await readBuilds(world.database.owner, 'units');
    expect(before.filter((build) => build.isLive)).toHaveLength(1);
    await world.happen(node, 'units', some(30, 8));
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });

  test('a raised version is swapped in; until then, and without a gap, queries have the old rows', async () => {
    const old = await world.node([sample()]);
    await world.happen(old, 'units', some(60, 9));
    const visible = Number((await world.database.owner.rows(`select count(*) from read_models.unit where customer_id = '${tenants[0]}'`))[0]?.['count']);
    let asking = true;
    let answers = 0;
    const asked = (async () => {
      while (asking) {
        const rows = await world.database.as(user, (session) => session.rows<{ n: number }>('select count(*)::int as n from unit'));
        expect(rows[0]?.n).toBe(visible);
        answers += 1;
      }
    })();
    // The old program goes on while the new one builds beside it.
    const node = await world.node([changed()]);
    await node.projector.settled();
    asking = false;
    await asked;
    expect(answers).toBeGreaterThan(0);
    await world.happen(node, 'units', [add('new')]);
    expect(await storedTables(world.database, changed())).toEqual(foldWhole(changed(), world.log.events));
    const [build] = await readBuilds(world.database.owner, 'units');
    expect(build).toMatchObject({ version: 2, isLive: true, state: 'live', schema: 'read_models' });
    // The old program stops by itself, at the next event it hears of, and does not build its version again.
    if (old.projector.localPosition('units') !== undefined) expect(await old.projector.waits.wait('units', 10n ** 12n, 10_000)).toBe('lost');
    expect(old.projector.localPosition('units')).toBeUndefined();
    await expect(old.projector.rebuild('units')).rejects.toThrow('version 2');
  });

  test('the live model cannot move while the new one catches up with it for the swap', async () => {
    const node = await world.node([sample()]);
    const position = await world.happen(node, 'units', some(20, 13));
    const { owner } = world.database;
    const [live] = await readBuilds(owner, 'units');
    const build = await addBuild(owner, sample({ version: 2 }), 'building_units');
    await loadTables(world.database, owner, {
      definition: sample(),
      build,
      ddl: await ddlFor(world.database, sample(), build.schema),
      rows: () => new Map(),
      position: -1n,
    });
    const wanted: bigint[] = [];
    await swapIn(owner, build, async (until) => {
      wanted.push(until);
      const moving = owner.transaction(async (client) => {
        await client.query(`set local lock_timeout = '20ms'`);
        await client.query('select kept.advance($1, $2, $3)', [live?.buildId, String(until), String(until + 1n)]);
      });
      await expect(moving).rejects.toMatchObject({ code: '55P03' });
    });
    expect(wanted).toEqual([position]);
    expect(await readBuilds(owner, 'units')).toMatchObject([{ version: 2, isLive: true }]);
  });

  test('a changed version that cannot apply an event replaces nothing', async () => {
    const old = await world.node([sample()]);
    await world.happen(old, 'units', [add('a'), step('unit', 'a', 'UnitRenamed', { name: 'b' })]);
    const definition = sample({ version: 2 });
    const fails = () => {
      throw new Error('not this one');
    };
    const on = definition.on.map((subscription) => ({ ...subscription, handlers: { ...subscription.handlers, UnitRenamed: fails } }));
    const node = await world.node([{ ...definition, on }]);
    await node.projector.settled();
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect((await node.readModels.status())[0]).toMatchObject({ state: 'faulted', version: 1, fault: { message: 'handler: not this one', position: '200' } });
    await world.happen(old, 'units', [add('c')]);
  });

  test('a checkpoint past the end of the log is of another log: the model is built anew', async () => {
    const node = await world.node([sample()]);
    await world.happen(node, 'units', some(30, 12));
    await node.stop();
    await world.database.owner.rows('update kept.projection set position = 1000000');
    const next = await world.node([sample()]);
    await next.projector.settled();
    await world.happen(next, 'units', [add('new')]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });

  test('row-level security is the same after a swap', async () => {
    const policies = `select tablename, policyname, roles::text, cmd, qual from pg_policies where schemaname = 'read_models' order by 1, 2`;
    const grants = `select relname, relacl::text, relrowsecurity from pg_class where relnamespace = 'read_models'::regnamespace and relkind = 'r' order by 1`;
    const indexes = `select indexdef from pg_indexes where schemaname = 'read_models' order by 1`;
    const look = async () => [await world.database.owner.rows(policies), await world.database.owner.rows(grants), await world.database.owner.rows(indexes)];
    const node = await world.node([sample()]);
    await world.happen(node, 'units', some(30, 10));
    const before = await look();
    await node.projector.rebuild('units');
    expect(await look()).toEqual(before);
    expect(before[0]).toHaveLength(8);
  });

  test('ES-4 as-of a position is the fold of the events up to it, under the same policies', async () => {
    const node = await world.node([sample(), everything()]);
    await world.happen(node, 'units', some(60, 11));
    const asOf = new AsOf({ database: world.database, log: world.log, projections: [sample()], nowSeconds: () => 1_800_000_000 });
    const positions = [0n, 100n, 1700n, (await world.log.tail()) + 0n];
    for (const position of positions) {
      const schema = await asOf.make('units', position);
      const until = world.log.events.filter((event) => event.position <= position);
      expect(await storedTables(world.database, sample(), schema)).toEqual(foldWhole(sample(), until));
      const seen = await world.database.as(user, (session) => session.rows('select distinct customer_id from unit'), { schema });
      expect(seen.every((row) => row['customer_id'] === tenants[0])).toBe(true);
      await asOf.drop(schema);
      await asOf.drop(schema);
    }
    await asOf.close();
    expect(await readBuilds(world.database.owner)).toHaveLength(2);
    expect(await world.database.owner.rows(`select from pg_namespace where nspname like 'as_of%' or nspname like 'building%'`)).toEqual([]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });
});
