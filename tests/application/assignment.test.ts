/** P1 with P2 and P3 around it, on the real command path: slots and units agree, whoever dies when and whatever comes twice. */
import { describe, expect, test } from '@jest/globals';
import { id } from '../kit/decider.ts';
import { type Death, Machine, MortalLog } from '../kit/machine.ts';
import type { MemoryEventLog } from '../kit/memory-event-log.ts';
import {
  accountId,
  acts,
  alwaysHolds,
  otherAccountId,
  type Rental,
  rentalLog,
  rentalNode,
  rentalProcesses,
  replay,
  restHolds,
  slotsOf,
} from '../kit/rental.ts';

const units = ['U1', 'U2', 'U3', 'U4'] as const;
type Acts = ReturnType<typeof acts>;
type Phase = (act: Acts) => Promise<unknown>;
type Story = { readonly name: string; readonly phases: readonly Phase[]; readonly ends: (rental: Rental) => void };

const all = (...each: readonly Promise<unknown>[]) => Promise.all(each);
const granted: Phase = (act) => act.grant(accountId, 2, 'g');
const statusOf = (rental: Rental, name: string) => rental.assignments.get(id(name))?.status;
const slots = (rental: Rental, account: string = accountId) => {
  const found = rental.allocations.get(slotsOf(account));
  if (found === undefined) throw new Error('there is no such allocation');
  return Object.fromEntries(Object.entries(found.slots).map(([assignmentId, { status, equipmentId }]) => [assignmentId, [status, equipmentId]]));
};

const stories: readonly Story[] = [
  {
    name: 'four requests for two slots',
    phases: [granted, (act) => all(...units.map((unit) => act.request(`for ${unit}`, unit)))],
    ends: (rental) => {
      expect(rental.open(slotsOf(accountId))).toHaveLength(2);
      expect(units.map((unit) => statusOf(rental, `for ${unit}`)).sort()).toEqual(['completed', 'completed', 'failed', 'failed']);
    },
  },
  {
    name: 'one unit wanted twice, and one that is held',
    phases: [
      async (act) => {
        await granted(act);
        await act.hold('U2', 'damage');
      },
      (act) => all(act.request('a', 'U1'), act.request('b', 'U1'), act.request('c', 'U2')),
    ],
    ends: (rental) => {
      expect(rental.open(slotsOf(accountId))).toHaveLength(1);
      expect(statusOf(rental, 'c')).toBe('failed');
    },
  },
  {
    name: 'out, back and out again',
    phases: [granted, (act) => act.request('a', 'U1'), (act) => act.giveBack('a', 'U1'), (act) => act.request('b', 'U1')],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('b')]: ['assigned', id('U1')] }),
  },
  {
    name: 'reserved for later and cancelled',
    phases: [granted, (act) => act.request('a', 'U1', accountId, '2026-05-01'), (act) => act.cancel('a', 'U1')],
    ends: (rental) => expect(slots(rental)).toEqual({}),
  },
  {
    name: 'a swap',
    phases: [granted, (act) => act.request('a', 'U1'), (act) => act.swap('b', 'a', 'U2')],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('b')]: ['assigned', id('U2')] }),
  },
  {
    name: 'a swap whose return is refused',
    // A unit cannot come back before it went out.
    phases: [granted, (act) => act.request('a', 'U1'), (act) => act.swap('b', 'a', 'U2', accountId, '2026-02-20')],
    ends: (rental) => {
      expect(slots(rental)).toEqual({ [id('a')]: ['assigned', id('U1')] });
      expect(statusOf(rental, 'b')).toBe('failed');
    },
  },
  {
    name: 'a swap whose new unit is refused, and another one instead',
    phases: [
      async (act) => {
        await granted(act);
        await act.hold('U2', 'damage');
      },
      (act) => act.request('a', 'U1'),
      (act) => act.swap('b', 'a', 'U2'),
      (act) => act.retry('b', 'U3'),
    ],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('b')]: ['assigned', id('U3')] }),
  },
  {
    name: 'a failed swap whose lease ends',
    phases: [
      async (act) => {
        await granted(act);
        await act.hold('U2', 'damage');
      },
      (act) => act.request('a', 'U1'),
      (act) => act.swap('b', 'a', 'U2'),
      (act) => act.lapse('b'),
    ],
    ends: (rental) => expect(slots(rental)).toEqual({}),
  },
  {
    name: 'a failed swap tried again with the same unit',
    phases: [
      async (act) => {
        await granted(act);
        await act.hold('U2', 'damage');
      },
      (act) => act.request('a', 'U1'),
      (act) => act.swap('b', 'a', 'U2'),
      async (act) => {
        await act.release('U2', 'damage');
        await act.retry('b', 'U2');
      },
    ],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('b')]: ['assigned', id('U2')] }),
  },
  {
    name: 'a failed swap whose lease ends while another unit is named',
    phases: [
      async (act) => {
        await granted(act);
        await act.hold('U2', 'damage');
      },
      (act) => act.request('a', 'U1'),
      (act) => act.swap('b', 'a', 'U2'),
      async (act) => {
        await act.lapse('b');
        await act.retry('b', 'U3');
      },
    ],
    ends: (rental) => expect(rental.open(slotsOf(accountId)).length).toBe(Object.keys(slots(rental)).length),
  },
  {
    name: 'a swap of a unit that has just come back',
    phases: [
      granted,
      (act) => act.request('a', 'U1'),
      async (act) => {
        await act.giveBack('a', 'U1');
        await act.swap('b', 'a', 'U2', accountId, '2026-02-20');
      },
    ],
    ends: (rental) => expect(slots(rental)).toEqual({}),
  },
  {
    name: 'a lease that ends before anything is done',
    phases: [granted, (act) => all(act.request('a', 'U1'), act.lapse('a')), (act) => act.lapse('a')],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('a')]: ['assigned', id('U1')] }),
  },
  {
    name: 'a schedule renewed and soon over',
    phases: [granted, (act) => act.renew('2026-12-31'), (act) => act.expire('2026-12-31')],
    ends: (rental) => expect(rental.allocations.get(slotsOf(accountId))?.status).toBe('closed'),
  },
  {
    name: 'grants raised and lowered around assignments',
    phases: [
      granted,
      (act) => all(act.request('a', 'U1'), act.grant(otherAccountId, 3, 'g2')),
      (act) => all(act.lower(accountId, 1, 'l'), act.request('b', 'U2', otherAccountId), act.grant(accountId, 5, 'g3')),
    ],
    ends: (rental) => expect(rental.granted()).toBe(9),
  },
];

/** Tells a story; the processes die once, are started again from what they had saved, and go on. */
const told = async (story: Story, deaths: readonly Death[], batch: number) => {
  const log = await rentalLog(units);
  const people = acts(rentalNode(log));
  const checkpoints = new Map<string, number>();
  const left = [...deaths];
  let died = 0;
  const options = { node: rentalNode, processes: rentalProcesses, events: () => log.events, checkpoints, batch, isStaggered: batch % 2 === 0 };
  let mortal = new MortalLog(log, left.shift());
  let machine = new Machine(mortal, options);
  for (const phase of story.phases) {
    await phase(people);
    while ((await Promise.race([machine.drain(), mortal.died])) === 'died') {
      died += 1;
      mortal = new MortalLog(log, left.shift());
      machine = new Machine(mortal, options);
      await machine.start();
    }
  }
  return { log, died };
};

/** Everything delivered once more, after a restart. */
const redelivered = async (log: MemoryEventLog): Promise<number> => {
  const before = log.events.length;
  const machine = new Machine(log, { node: rentalNode, processes: rentalProcesses, events: () => log.events, checkpoints: new Map(), batch: 1000 });
  await machine.start();
  await machine.drain();
  return log.events.length - before;
};
const judged = (story: Story, log: MemoryEventLog): Rental => {
  const rental = replay(log.events, alwaysHolds);
  restHolds(rental);
  story.ends(rental);
  return rental;
};

describe('the assignment process', () => {
  test.each(stories)('EQ-3 AG-8 ES-8 $name: the same end, killed before and after every call to the log', async (story) => {
    let kills = 0;
    for (const when of ['before', 'after'] as const) {
      for (let step = 0; ; step += 1) {
        const { log, died } = await told(story, [{ step, when }], 1 + (step % 7));
        judged(story, log);
        expect(await redelivered(log)).toBe(0);
        if (died === 0) break;
        kills += 1;
      }
    }
    expect(kills).toBeGreaterThan(10);
  });
});
