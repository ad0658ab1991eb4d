import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../src/application/caller.ts';
import { StoreUnavailable } from '../../src/application/ports/event-log.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { explore, gated, Schedule } from '../kit/explore.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc, seed } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';
import { ticket } from '../kit/ticket.ts';

const model = [erase(ticket)];
const tenantUser = (tenant: string): Caller => ({
  actor: { kind: 'user', id: id(`user of ${tenant}`) },
  tenant: id(tenant),
  accounts: 'all',
  permissions: new Set(['*']),
});
const twoNodes = () => {
  const log = new MemoryEventLog();
  return { log, one: shellOn(log, model), other: shellOn(log, model) };
};

describe('a command', () => {
  test('ES-1 appends its events with actor, cause and correlation, or says that nothing changed; a refused one appends none', async () => {
    const { log, one } = twoNodes();
    const opened = await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' });
    expect(opened).toMatchObject({ kind: 'accepted', revision: 0, created: true, events: [{ type: 'TicketOpened' }] });
    expect(log.events.at(-1)?.metadata).toMatchObject({ actor: { kind: 'system', id: 'test' }, tenant: null, schemaVersion: 1 });
    const before = log.events.length;
    expect(await one.send('ticket', id('a'), 'RenameTicket', { name: 'x' })).toEqual({ kind: 'unchanged', id: id('a'), revision: 0 });
    expect(await one.send('ticket', id('a'), 'NudgeTicket', { by: 1000 })).toMatchObject({ kind: 'accepted' });
    expect(await one.send('ticket', id('a'), 'NudgeTicket', { by: 1 })).toMatchObject({ kind: 'refused', rejection: { code: 'tooMuch' } });
    expect(log.events.length).toBe(before + 1);
  });

  test('ES-2 the same id twice has one effect and one answer, on any node; with another payload it is refused', async () => {
    const { log, one, other } = twoNodes();
    const first = await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' });
    await one.send('ticket', id('a'), 'NudgeTicket', { by: 5 });
    const count = log.events.length;
    expect(await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' })).toEqual(first);
    expect(await other.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' })).toEqual(first);
    expect(await other.send('ticket', id('a'), 'OpenTicket', { name: 'y' }, { key: 'k' })).toEqual({ kind: 'keyReused' });
    expect(log.events.length).toBe(count);
  });

  test('ES-2 two in flight at once on one node are one', async () => {
    const { log, one } = twoNodes();
    const answers = await Promise.all([1, 2, 3].map(() => one.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)))).size).toBe(1);
    expect(log.events.filter(({ type }) => type === 'TicketOpened')).toHaveLength(1);
  });

  test('ES-11 ES-2 ES-8 two nodes with the same command, one of which may crash anywhere: one effect', async () => {
    for (const death of [undefined, ...[0, 1, 2].flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })))]) {
      await explore(async (schedule) => {
        const log = new MemoryEventLog();
        await shellOn(log, model).send('ticket', id('a'), 'OpenTicket', { name: 'x' });
        const actors = [0, 1].map((actor) =>
          shellOn(
            gated(log, schedule, actor, (step) => (actor === 0 && death?.step === step ? death.when : undefined)),
            model,
          ).send('ticket', id('a'), 'NudgeTicket', { by: 7 }, { key: 'nudge' }),
        );
        await schedule.run(actors);
        expect((await shellOn(log, model).send('ticket', id('a'), 'NudgeTicket', { by: 7 }, { key: 'nudge' })).kind).toBe('accepted');
        expect(log.events.filter(({ type }) => type === 'TicketNudged')).toHaveLength(1);
      }, 200);
    }
  });

  test('decides again on a conflict, unless the caller named the revision', async () => {
    const { one, other } = twoNodes();
    await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' });
    await other.send('ticket', id('a'), 'NudgeTicket', { by: 1 });
    expect(await one.send('ticket', id('a'), 'NudgeTicket', { by: 1 }, { expectedRevision: 0 })).toEqual({ kind: 'revisionMismatch', revision: 1 });
    expect(await one.send('ticket', id('a'), 'NudgeTicket', { by: 1 })).toMatchObject({ kind: 'accepted', revision: 2 });
    expect(await other.send('ticket', id('a'), 'NudgeTicket', { by: 1 }, { expectedRevision: 2 })).toMatchObject({ kind: 'accepted', revision: 3 });
  });

  test('answers no refusal, no-op or missing aggregate from memory alone', async () => {
    const { one, other } = twoNodes();
    await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' });
    await other.send('ticket', id('a'), 'NudgeTicket', { by: 1000 });
    await one.send('ticket', id('b'), 'OpenTicket', { name: 'z' });
    await other.send('ticket', id('a'), 'RenameTicket', { name: 'y' });
    expect(await one.send('ticket', id('a'), 'RenameTicket', { name: 'x' })).toMatchObject({ kind: 'accepted' });
  });

  test('TE-1 TE-2 names nothing of another tenant: a foreign id, in the path or in the body, is told like a missing one', async () => {
    const { log, one } = twoNodes();
    await one.send('ticket', id('a'), 'OpenTicket', { name: 'a', tenantId: id('north') });
    await one.send('ticket', id('b'), 'OpenTicket', { name: 'b', tenantId: id('south') });
    const count = log.events.length;
    const caller = tenantUser('north');
    expect(await one.send('ticket', id('b'), 'NudgeTicket', { by: 1 }, { caller })).toEqual(
      await one.send('ticket', id('nothing'), 'NudgeTicket', { by: 1 }, { caller }),
    );
    expect(await one.send('ticket', id('a'), 'JoinTicket', { other: id('b') }, { caller })).toEqual(
      await one.send('ticket', id('a'), 'JoinTicket', { other: id('nothing') }, { caller }),
    );
    expect(log.events.length).toBe(count);
  });

  test('never exceeds what its aggregate allows, whatever two nodes do at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { minLength: 200, maxLength: 200 }),
        fc.array(fc.integer({ min: 100, max: 500 }), { minLength: 4, maxLength: 4 }),
        async (choices, nudges) => {
          const log = new MemoryEventLog();
          await shellOn(log, model).send('ticket', id('a'), 'OpenTicket', { name: 'x' });
          const schedule = new Schedule(choices);
          await schedule.run(nudges.map((by, actor) => shellOn(gated(log, schedule, actor), model).send('ticket', id('a'), 'NudgeTicket', { by })));
          const total = log.events.filter(({ type }) => type === 'TicketNudged').reduce((sum, { data }) => sum + Number(data['by']), 0);
          expect(total).toBeLessThanOrEqual(1000);
        },
      ),
      { numRuns: 40, seed },
    );
  });

  test('throws while the store is away, and has one effect when sent again', async () => {
    const { log, one } = twoNodes();
    log.failure = new StoreUnavailable('away');
    await expect(one.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' })).rejects.toThrow('away');
    log.failure = undefined;
    expect(await one.send('ticket', id('a'), 'OpenTicket', { name: 'x' }, { key: 'k' })).toMatchObject({ kind: 'accepted', created: true });
  });
});
