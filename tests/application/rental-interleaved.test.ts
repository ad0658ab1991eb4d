/** People, processes and leases at once: every call to the log waits for its turn, and any may be next. */
import { expect, test } from '@jest/globals';
import { Machine } from '../kit/machine.ts';
import { accountId, acts, alwaysHolds, otherAccountId, rentalLog, rentalNode, rentalProcesses, replay, restHolds, today } from '../kit/rental.ts';
import { fc } from '../kit/seed.ts';
import { TurnLog } from './processes/equipment-world.ts';

const units = ['U1', 'U2', 'U3'] as const;
const unit = fc.constantFrom(...units);
// The first is out when the story begins, the second may be a swap that failed.
const name = fc.constantFrom('a', 'a', 'b', 'b', 'c', 'd');
// No unit comes back before it went out: such a swap is refused.
const from = fc.constantFrom(today, '2026-02-20');
const account = fc.constantFrom(accountId, otherAccountId);
type Acts = ReturnType<typeof acts>;
type Wish = { readonly label: string; readonly act: (does: Acts) => Promise<{ readonly kind: string }> };

const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, unit).map(([n, u]) => ({ label: `request ${n} ${u}`, act: (does: Acts) => does.request(n, u) })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(name, name, unit, from)
      .map(([n, old, u, day]) => ({ label: `swap ${n} for ${old} ${u} ${day}`, act: (does: Acts) => does.swap(n, old, u, accountId, day) })),
  },
  { weight: 3, arbitrary: fc.tuple(name, unit).map(([n, u]) => ({ label: `retry ${n} ${u}`, act: (does: Acts) => does.retry(n, u) })) },
  { weight: 4, arbitrary: fc.tuple(name, unit).map(([n, u]) => ({ label: `return ${n} ${u}`, act: (does: Acts) => does.giveBack(n, u) })) },
  { weight: 3, arbitrary: name.map((n) => ({ label: `lapse ${n}`, act: (does: Acts) => does.lapse(n) })) },
  { weight: 1, arbitrary: unit.map((u) => ({ label: `hold ${u}`, act: (does: Acts) => does.hold(u, `hold ${u}`) })) },
  { weight: 1, arbitrary: unit.map((u) => ({ label: `release ${u}`, act: (does: Acts) => does.release(u, `hold ${u}`) })) },
  { weight: 1, arbitrary: fc.tuple(account, fc.nat(99)).map(([a, n]) => ({ label: `grant ${n}`, act: (does: Acts) => does.grant(a, 1, `g${n}`) })) },
  { weight: 1, arbitrary: fc.tuple(account, fc.nat(99)).map(([a, n]) => ({ label: `lower ${n}`, act: (does: Acts) => does.lower(a, 1, `l${n}`) })) },
);
const wishes = fc.array(
  wish.map((each) => Object.assign(each, { [fc.toStringMethod]: () => each.label })),
  { minLength: 1, maxLength: 6 },
);
const numRuns = Number(process.env['FAULTS'] ?? 150);

/** The business with one unit out, or with a swap that failed and still holds its slot. */
const opened = async (isSwapped: boolean) => {
  const log = await rentalLog(units);
  const checkpoints = new Map<string, number>();
  const options = { node: rentalNode, processes: rentalProcesses, events: () => log.events, checkpoints };
  const people = acts(rentalNode(log));
  const machine = new Machine(log, options);
  await people.grant(accountId, 2, 'first');
  await machine.drain();
  await people.request('a', 'U1');
  await machine.drain();
  if (isSwapped) {
    await people.hold('U2', 'hold U2');
    await people.swap('b', 'a', 'U2');
    await machine.drain();
  }
  return { log, options };
};

test('EQ-3 AG-3 AG-8 hold at every version and slots equal assignments at rest, for every interleaving of two people, leases and the processes', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.tuple(wishes, wishes), fc.integer({ min: 1, max: 5 }), fc.boolean(), async (scheduler, people, batch, isSwapped) => {
      const { log: memory, options } = await opened(isSwapped);
      const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
      const log = new TurnLog(memory, turn);
      const machine = new Machine(log, { ...options, batch });
      const acting = people.map(async (mine) => {
        const does = acts(rentalNode(log));
        for (const { label, act } of mine) if ((await act(does)).kind === 'contention') throw new Error(`${label} gave up`);
      });
      const reacting = (async () => {
        for (let n = 0; n < 14; n += 1) {
          await turn('the processes look');
          await machine.step();
        }
      })();
      await scheduler.waitFor(Promise.all([...acting, reacting]));
      await new Machine(memory, { ...options, batch }).drain();
      restHolds(replay(memory.events, alwaysHolds));

      // Everything comes again after a restart: nothing is left to do.
      const before = memory.events.length;
      const again = new Machine(memory, { ...options, checkpoints: new Map() });
      await again.start();
      await again.drain();
      expect(memory.events.slice(before).map(({ type, stream }) => `${type} ${stream}`)).toEqual([]);
      for (const { type } of memory.events) seen.add(type);
    }),
    { numRuns },
  );
  const wanted = ['SlotSwapBegun', 'SlotSwapCancelled', 'ReservationLapsed', 'AssignmentAbandoned', 'AssignmentRetried', 'StepRefused', 'GrantReduced'];
  expect(wanted.filter((type) => !seen.has(type))).toEqual([]);
});
