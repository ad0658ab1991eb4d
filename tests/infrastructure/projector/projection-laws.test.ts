import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkInMemory, checkProjection, foldInBatches, foldWhole, logOf, split } from '../../kit/projections.ts';
import { everything, forgottenStep, people, sample, step, steps } from './sample.ts';

describe('the laws of a projection', () => {
  test('the same rows for the same events: again, in any split, one by one, without strangers', async () => {
    await checkInMemory({ definition: sample(), steps: steps(40), runs: 150 });
    await checkInMemory({ definition: everything(), steps: steps(20), runs: 20 });
  });

  test('ES-3 in Postgres: live = rebuilt = the fold in memory', async () => {
    await checkProjection({ definition: sample(), steps: steps(60), runs: 5 });
  });

  test('ES-9 forgetting a person leaves the rows that a rebuild from the forgotten log gives', async () => {
    await fc.assert(
      fc.asyncProperty(steps(30, false), fc.constantFrom(...people), fc.nat(), async (some, subject, where) => {
        const at = where % (some.length + 1);
        const forget = step('subject', subject, 'SubjectForgotten', { subjectId: subject }, { tenant: null });
        // What is written about the person afterwards is erased before it is stored.
        const later = some.slice(at).map((each) => forgottenStep(each, subject));
        const live = await logOf([...some.slice(0, at), forget, ...later]);
        const forgotten = await logOf([...some.slice(0, at).map((each) => forgottenStep(each, subject)), forget, ...later]);
        const rebuilt = foldWhole(sample(), forgotten.events);
        expect(foldWhole(sample(), live.events)).toEqual(rebuilt);
        expect(
          await foldInBatches(
            sample(),
            live.events.map((event) => [event]),
          ),
        ).toEqual(rebuilt);
        expect(await foldInBatches(sample(), [live.events])).toEqual(rebuilt);
        expect(await foldInBatches(sample(), split(live.events, [at, where]))).toEqual(rebuilt);
      }),
      { numRuns: 100 },
    );
  });

  test('ES-9 a row that is read again in the batch that forgets its person comes back erased', async () => {
    const add = step('unit', 'a', 'UnitAdded', { name: 'a', amount: '1', speed: 1, phones: ['+50255551234'], personId: people[0], personName: 'Ana' });
    const forget = step('subject', 'ana', 'SubjectForgotten', { subjectId: people[0] }, { tenant: null });
    const { events } = await logOf([add, forget, step('unit', 'a', 'UnitRenamed', { name: 'b' })]);
    const rows = await foldInBatches(sample(), [events.slice(0, 1), events.slice(1)]);
    expect(rows).toEqual(foldWhole(sample(), events));
    expect(JSON.stringify(rows)).not.toMatch(/Ana|5555/);
  });
});
