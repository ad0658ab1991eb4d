import { describe, expect, test } from '@jest/globals';
import { seriesStream } from '../../src/application/numbering.ts';
import { erase } from '../../src/domain/kernel/aggregate.ts';
import { id } from '../kit/decider.ts';
import { explore, gated, Schedule } from '../kit/explore.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { fc, seed } from '../kit/seed.ts';
import { shellOn } from '../kit/shell.ts';
import { ticket } from '../kit/ticket.ts';

const model = [erase(ticket)];
const series = 'tickets:2026';
const schedulesMax = process.env.EXPLORE === 'all' ? 100_000 : 120;

const numbersIn = async (log: MemoryEventLog, ids: readonly string[]): Promise<readonly number[]> => {
  const { states } = shellOn(log, model);
  const loaded = await Promise.all(ids.map((one) => states.loadFresh('ticket', one)));
  return loaded.flatMap(({ aggregate, state, id: own }) => aggregate.numbers(state, own).map(({ number }) => number)).sort((a, b) => a - b);
};
const opened = async (names: readonly string[]): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  const { send } = shellOn(log, model);
  for (const name of names) await send('ticket', id(name), 'OpenTicket', { name });
  return log;
};
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

describe('BI-2 numbers of a series', () => {
  test('are 1..n without gap or duplicate, in the orders of two takers with one crash anywhere', async () => {
    const deaths = [undefined, ...[0, 1, 2, 3, 4].flatMap((step) => (['before', 'after'] as const).map((when) => ({ step, when })))];
    for (const death of deaths) {
      await explore(async (schedule) => {
        const log = await opened(['a', 'b']);
        const actors = ['a', 'b'].map((name, actor) => {
          const dies = (step: number) => (actor === 0 && death?.step === step ? death.when : undefined);
          return shellOn(gated(log, schedule, actor, dies), model).send('ticket', id(name), 'NumberTicket', { series });
        });
        await schedule.run(actors);
        // One more closes whatever gap the crash left.
        await shellOn(log, model).send('ticket', id('b'), 'NumberTicket', { series });
        const numbers = await numbersIn(log, [id('a'), id('b')]);
        expect(numbers).toEqual(upTo(numbers.length));
        expect(numbers.length).toBeGreaterThanOrEqual(2);
      }, schedulesMax);
    }
  });

  test('stay gapless for four takers in random orders, retries included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { minLength: 150, maxLength: 150 }), async (choices) => {
        const schedule = new Schedule(choices);
        const names = ['a', 'b', 'c', 'd'];
        const log = await opened(names);
        await schedule.run(names.map((name, actor) => shellOn(gated(log, schedule, actor), model).send('ticket', id(name), 'NumberTicket', { series })));
        const numbers = await numbersIn(log, names.map(id));
        expect(numbers).toEqual(upTo(numbers.length));
      }),
      { numRuns: 60, seed },
    );
  });

  test('are given again to the same command', async () => {
    const log = await opened(['a']);
    const first = shellOn(log, model);
    const second = shellOn(log, model);
    const answers = [
      await first.send('ticket', id('a'), 'NumberTicket', { series }, { key: 'k' }),
      await second.send('ticket', id('a'), 'NumberTicket', { series }, { key: 'k' }),
    ];
    expect(answers[1]).toEqual(answers[0]);
    expect(await numbersIn(log, [id('a')])).toEqual([1]);
    expect(await log.read(seriesStream(series))).toHaveLength(1);
  });
});
