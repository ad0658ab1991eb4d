import { describe, expect, test } from '@jest/globals';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { explore, gated, Schedule } from '../kit/explore.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc, seed } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';
import { ticket } from '../kit/ticket.ts';

const model = [erase(ticket)];

/** Who holds the value, asked of the streams themselves. */
const holders = async (log: MemoryEventLog, ids: readonly string[]): Promise<readonly string[]> => {
  const { states } = shellOn(log, model);
  const loaded = await Promise.all(ids.map((one) => states.loadFresh('ticket', one)));
  return loaded.filter(({ aggregate, state, id: own }) => aggregate.claims(state, own).length > 0).map(({ id: own }) => own);
};

/** Creators of the same name, one of which may die at any of its steps; then one more comes. */
const contest = async (
  schedule: Schedule,
  creators: readonly string[],
  death: { readonly actor: number; readonly step: number; readonly when: 'before' | 'after' } | undefined,
) => {
  const log = new MemoryEventLog();
  const actors = creators.map((creator, actor) => {
    const dies = (step: number) => (death?.actor === actor && death.step === step ? death.when : undefined);
    return shellOn(gated(log, schedule, actor, dies), model).send('ticket', creator, 'OpenTicket', { name: 'the one' });
  });
  await schedule.run(actors);
  const before = await holders(log, creators);
  const late = await shellOn(log, model).send('ticket', id('late'), 'OpenTicket', { name: 'The One ' });
  const after = await holders(log, [...creators, id('late')]);
  return { before, late, after };
};

/** All schedules on demand (`EXPLORE=all`); else so many of each crash, which finds each planted bug. */
const schedulesMax = process.env.EXPLORE === 'all' ? 100_000 : 120;

describe('EQ-10 a unique value', () => {
  test('is never held twice, in every order of two creators with one crash anywhere', async () => {
    let schedules = 0;
    const deaths = [undefined, ...[0, 1, 2, 3, 4, 5].flatMap((step) => (['before', 'after'] as const).map((when) => ({ actor: 0, step, when })))];
    for (const death of deaths) {
      const explored = await explore(async (schedule) => {
        const { before, late, after } = await contest(schedule, [id('first'), id('second')], death);
        expect(before.length).toBeLessThanOrEqual(1);
        expect(after).toHaveLength(1);
        // What a failed or dead creator left behind does not keep the value from the next one.
        expect(late.kind).toBe(before.length === 1 ? 'refused' : 'accepted');
      }, schedulesMax);
      schedules += explored.schedules;
    }
    expect(schedules).toBeGreaterThan(500);
  });

  test('is never held twice by three creators in random orders', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2 }), { minLength: 60, maxLength: 60 }), fc.nat({ max: 8 }), fc.boolean(), async (choices, step, dies) => {
        const schedule = new Schedule(choices);
        const death = dies ? ({ actor: 1, step, when: 'after' } as const) : undefined;
        const { before, after } = await contest(schedule, [id('a'), id('b'), id('c')], death);
        expect(before.length).toBeLessThanOrEqual(1);
        expect(after).toHaveLength(1);
      }),
      { numRuns: 150, seed },
    );
  });

  test('is free again when its holder lets it go, and its old claim bothers nobody', async () => {
    const log = new MemoryEventLog();
    const { send } = shellOn(log, model);
    await send('ticket', id('a'), 'OpenTicket', { name: 'x' });
    expect(await send('ticket', id('b'), 'OpenTicket', { name: 'X' })).toMatchObject({ kind: 'refused', rejection: { code: 'nameTaken' } });
    await send('ticket', id('a'), 'RenameTicket', { name: 'y' });
    expect((await send('ticket', id('b'), 'OpenTicket', { name: 'x' })).kind).toBe('accepted');
    expect(await send('ticket', id('a'), 'RenameTicket', { name: 'x' })).toMatchObject({ kind: 'refused' });
    await send('ticket', id('b'), 'CloseTicket', {});
    expect((await send('ticket', id('a'), 'RenameTicket', { name: 'x' })).kind).toBe('accepted');
  });
});
