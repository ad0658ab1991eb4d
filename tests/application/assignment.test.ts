/** P1 with P2 and P3 around it, on the real command path: slots and units agree, whoever dies when and whatever comes twice. */
import { describe, expect, test } from '@jest/globals';
import { id, now } from '../kit/decider.ts';
import { type Death, killedAnywhere } from '../kit/machine.ts';
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
import { addedAgain, lived } from './processes/deliveries.ts';

const units = ['U1', 'U2', 'U3', 'U4'] as const;
type Acts = ReturnType<typeof acts>;
type Phase = (act: Acts) => Promise<unknown>;
type Story = { readonly name: string; readonly phases: readonly Phase[]; readonly ends: (rental: Rental) => void };

const all = (...each: readonly Promise<unknown>[]) => Promise.all(each);
const granted: Phase = (act) => act.grant(accountId, 2, 'g');
const damaged: Phase = async (act) => {
  await granted(act);
  await act.hold('U2', 'damage');
};
/** A swap whose new unit is refused. */
const failedSwap: readonly Phase[] = [damaged, (act) => act.request('a', 'U1'), (act) => act.swap('b', 'a', 'U2')];
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
    phases: [damaged, (act) => all(act.request('a', 'U1'), act.request('b', 'U1'), act.request('c', 'U2'))],
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
    phases: [...failedSwap, (act) => act.retry('b', 'U3')],
    ends: (rental) => expect(slots(rental)).toEqual({ [id('b')]: ['assigned', id('U3')] }),
  },
  {
    name: 'a failed swap whose lease ends',
    phases: [...failedSwap, (act) => act.lapse('b')],
    ends: (rental) => expect(slots(rental)).toEqual({}),
  },
  {
    name: 'a failed swap tried again with the same unit',
    phases: [
      ...failedSwap,
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
      ...failedSwap,
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

const running = { node: rentalNode, processes: rentalProcesses, clock: () => now };
/** Tells a story; the processes die once, are started again from what they had saved, and go on. */
const told = async (story: Story, death: Death, batch: number) => {
  const log = await rentalLog(units);
  const people = acts(rentalNode(log));
  return { log, died: await lived(log, running, { phases: story.phases.map((phase) => () => phase(people)), death, batch }) };
};

const judged = (story: Story, log: MemoryEventLog): Rental => {
  const rental = replay(log.events, alwaysHolds);
  restHolds(rental);
  story.ends(rental);
  return rental;
};

describe('the assignment process', () => {
  test.each(stories)('EQ-3 AG-8 ES-8 $name: the same end, killed before and after every call to the log', async (story) => {
    const kills = await killedAnywhere(async (death) => {
      const { log, died } = await told(story, death, 1 + (death.step % 7));
      judged(story, log);
      expect(await addedAgain(log, running)).toEqual([]);
      return died > 0;
    });
    expect(kills).toBeGreaterThan(10);
  });
});
