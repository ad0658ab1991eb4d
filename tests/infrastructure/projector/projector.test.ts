import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readBuilds } from '../../../src/infrastructure/projector/checkpoints.ts';
import { appendAll, foldWhole, storedTables } from '../../kit/projections.ts';
import { add, everything, idOf, people, sample, some, step } from './sample.ts';
import { newWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await newWorld();
});
afterEach(async () => {
  await world.end();
});

describe('live', () => {
  test('delivered again after a restart, events change nothing', async () => {
    const first = await world.node([sample(), everything()]);
    await world.happen(first, 'units', some(50));
    await first.stop();
    const rows = await storedTables(world.database, sample());
    // As after a crash that lost the last commits: everything is delivered again to whoever believes the checkpoint.
    const second = await world.node([sample(), everything()]);
    await world.happen(second, 'units', [add('one more')]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(await storedTables(world.database, sample())).not.toEqual(rows);
    await second.readModels.waitFor('everything', await world.log.tail(), 5000);
    expect(await storedTables(world.database, everything())).toEqual(foldWhole(everything(), world.log.events));
  });

  test('events of no interest move the checkpoint too, and at once where somebody waits', async () => {
    const node = await world.node([sample()]);
    const position = await world.happen(node, 'units', [step('stranger', 'x', 'Happened', {})]);
    const [build] = await readBuilds(world.database.owner, 'units');
    expect(build?.position).toBe(position);
  });

  test('a process without a projector waits by the checkpoint', async () => {
    const node = await world.node([sample()]);
    const { PostgresReadModels } = await import('../../../src/infrastructure/projector/read-models.ts');
    const elsewhere = new PostgresReadModels(world.database.owner);
    const wanted = 200n;
    const waiting = elsewhere.waitFor('units', wanted, 20_000);
    await world.happen(node, 'units', [add('a'), add('b')]);
    expect(await waiting).toBe('reached');
    expect(await elsewhere.positionOf('units')).toBe(wanted);
    expect(await elsewhere.waitFor('units', wanted + 1n, 0)).toBe('behind');
    expect(await node.readModels.waitFor('units', wanted + 1n, 0)).toBe('behind');
    expect(await elsewhere.positionOf('nothing')).toBe(-1n);
  });

  test('another process stands by and takes over; no event is lost or applied twice', async () => {
    const first = await world.node([sample()]);
    const second = await world.node([sample()]);
    expect(second.projector.localPosition('units')).toBeUndefined();
    await world.happen(first, 'units', some(40, 2));
    await first.stop();
    await world.happen(second, 'units', some(40, 3));
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(second.projector.localPosition('units')).toBe(await world.log.tail());
  });

  test('forgetting a person erases its columns in the same transaction', async () => {
    const node = await world.node([sample()]);
    const personal = { personId: people[0], personName: 'Ana', phones: ['+50255551234'] };
    await world.happen(node, 'units', [add('hers', personal), add('his', { ...personal, personId: people[1] })]);
    await world.happen(node, 'units', [step('subject', 'ana', 'SubjectForgotten', { subjectId: people[0] })]);
    const rows = await world.database.owner.rows(`select name, person_name, phones from read_models.unit order by name`);
    expect(rows).toEqual([
      { name: 'hers', person_name: '[erased]', phones: ['[erased]'] },
      { name: 'his', person_name: 'Ana', phones: ['+50255551234'] },
    ]);
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
  });

  test('new rows have the tenant, account and maker of their event, and keep them', async () => {
    const node = await world.node([sample()]);
    await world.happen(node, 'units', [add('a')]);
    await world.happen(node, 'units', [step('unit', 'a', 'UnitRenamed', { name: 'b' }, { tenant: idOf('other'), account: idOf('else'), at: 5 })]);
    const rows = await world.database.owner.rows(
      `select customer_id, account_id, created_by, to_char(created_at at time zone 'UTC', 'HH24:MI:SS.MS') as made, to_char(updated_at at time zone 'UTC', 'HH24:MI:SS.MS') as changed from read_models.unit`,
    );
    expect(rows).toEqual([{ customer_id: idOf('tenant a'), account_id: null, created_by: idOf('user'), made: '00:00:00.000', changed: '00:00:06.170' }]);
  });
});

describe('faults', () => {
  test.each(['UnitBroke', 'UnitWithBadRow'])('%s stops this projection right before the event, and no other', async (type) => {
    const node = await world.node([sample(), everything()]);
    const before = [add('a'), add('b')];
    const bad = step('unit', 'a', type, { units: 1 });
    const position = await appendAll(world.log, [...before, bad, add('c')]);
    expect(await node.readModels.waitFor('units', position, 20_000)).toBe('faulted');
    expect(await node.readModels.waitFor('everything', position, 20_000)).toBe('reached');
    const [status] = (await node.readModels.status()).filter(({ name }) => name === 'units');
    expect(status).toMatchObject({ state: 'faulted', position: 200n, fault: { eventId: bad.event.id, eventType: type, position: '300' } });
    // The server's own message would carry values of the row.
    expect(status?.fault?.message).not.toContain('NUL');
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events.slice(0, 2)));
    const { PostgresReadModels } = await import('../../../src/infrastructure/projector/read-models.ts');
    expect(await new PostgresReadModels(world.database.owner).waitFor('units', position, 5000)).toBe('faulted');
  });

  test('a restart with handlers that can tries again from there', async () => {
    const broken = await world.node([sample()]);
    const position = await appendAll(world.log, [add('a'), step('unit', 'a', 'UnitBroke', {}), add('b')]);
    expect(await broken.readModels.waitFor('units', position, 20_000)).toBe('faulted');
    await broken.stop();
    const mended = sample();
    const on = mended.on.map((subscription) => ({ ...subscription, handlers: { ...subscription.handlers, UnitBroke: () => undefined } }));
    const node = await world.node([{ ...mended, on }]);
    expect(await node.readModels.waitFor('units', position, 20_000)).toBe('reached');
    expect((await node.readModels.status())[0]).toMatchObject({ state: 'live' });
    expect(await storedTables(world.database, sample())).toEqual(foldWhole({ ...mended, on }, world.log.events));
  });

  test('connections cut off at any moment lose and double nothing', async () => {
    const node = await world.node([sample(), everything()], { writersMax: 2 });
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'leasing projector%'`;
    for (let round = 0; round < 15; round += 1) {
      const written = appendAll(world.log, some(30, 100 + round));
      await world.database.owner.rows(cut);
      await written;
      await new Promise((resolve) => setImmediate(resolve));
      await world.database.owner.rows(cut);
    }
    const position = await world.log.tail();
    expect(await node.readModels.waitFor('units', position, 30_000)).toBe('reached');
    expect(await node.readModels.waitFor('everything', position, 30_000)).toBe('reached');
    expect(await storedTables(world.database, sample())).toEqual(foldWhole(sample(), world.log.events));
    expect(await storedTables(world.database, everything())).toEqual(foldWhole(everything(), world.log.events));
  });
});
