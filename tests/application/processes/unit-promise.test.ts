/** SR-14 on the real command path: requests that want toilets on overlapping days, several nodes, a processor that dies. */
import { describe, expect, test } from '@jest/globals';
import { unitPromises } from '../../../src/application/processes/unit-promise.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { model } from '../../../src/domain/model.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import { mostPromised, type UnitPromise, unitPromiseId } from '../../../src/domain/unit-promise/state.ts';
import { accountId, asked, customerId, Story, zone } from '../../domain/service-request/kit.ts';
import { id } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { killedAnywhere, Machine, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { fc } from '../../kit/seed.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { importShipped } from '../../kit/shipped-catalogs.ts';

const toilets = unitPromiseId('portable-toilet');
const names = ['R1', 'R2', 'R3'] as const;
type Wish = { readonly from: number; readonly days: number; readonly quantity: number };
const detailsOf = ({ from, days, quantity }: Wish) => ({
  quantity,
  rentalStartDate: addDays('2026-03-10', from),
  rentalEndDate: addDays('2026-03-10', from + days),
});
const node = (log: ConstructorParameters<typeof MortalLog>[0]): Shell => shellOn(log, model, { [accountId]: customerId });

/** Four toilets, one of them a mistake that was corrected, and a request each that waits for the answer to its quotation. */
const setUp = async (wishes: readonly Wish[]): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await importShipped(log, ['service-type', 'sla-policy', 'holiday', 'facility']);
  const unit = emit(equipmentEvents);
  for (const name of ['T1', 'T2', 'T3', 'T4', 'T5']) {
    const toilet = { unitNumber: name, equipmentType: 'portable-toilet', serialNumber: name, specifications: {}, timeZone: zone } as const;
    const corrected = name === 'T4' ? [unit('EquipmentCorrected', { ...toilet, equipmentType: 'sink' })] : [];
    const retired = name === 'T5' ? [unit('EquipmentRetired', { reason: 'burnt' })] : [];
    await happened(log, `equipment-${id(name)}`, unit('EquipmentRegistered', toilet), ...corrected, ...retired);
  }
  for (const [n, name] of names.entries()) {
    const story = new Story();
    story.give('SubmitRequest', { ...asked('sanitarios'), details: detailsOf(wishes[n] ?? { from: 0, days: 0, quantity: 1 }) });
    story.give('StartReview', {});
    story.give('MarkQuoted', { quotationId: id('Q1') });
    await happened(log, `serviceRequest-${id(name)}`, ...story.events);
  }
  return log;
};
const wish = fc.record({ from: fc.nat({ max: 6 }), days: fc.nat({ max: 6 }), quantity: fc.integer({ min: 1, max: 3 }) });
type Act = { readonly name: (typeof names)[number]; readonly node: number } & (
  | { readonly does: 'accept' | 'cancel' | 'ask' }
  | { readonly does: 'amend'; readonly wish: Wish }
);
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    name: fc.constantFrom(...names),
    node: fc.nat({ max: 1 }),
    does: fc.constantFrom('accept' as const, 'accept' as const, 'cancel' as const, 'ask' as const),
  }),
  fc.record({ name: fc.constantFrom(...names), node: fc.nat({ max: 1 }), does: fc.constant('amend' as const), wish }),
);
const give = ({ send }: Shell, one: Act, key: string): Promise<unknown> => {
  const to = (type: string, data: Readonly<Record<string, unknown>>) =>
    send('serviceRequest', id(one.name), type, data, { key, at: '2026-03-03T12:00:00.000Z' });
  switch (one.does) {
    case 'accept':
      return to('MarkAccepted', { quotationId: id('Q1') });
    case 'cancel':
      return to('CancelRequest', { reason: 'x' });
    case 'ask':
      return to('AskForUnits', {});
    case 'amend':
      return to('AmendRequest', { description: 'more', details: detailsOf(one.wish), location: { street: 'x' } });
    default:
      return one satisfies never;
  }
};
const promiseOf = async (log: MemoryEventLog) => (await node(log).states.loadFresh('unitPromise', toilets)).state as UnitPromise;
const requestOf = async (log: MemoryEventLog, name: string) => (await node(log).states.loadFresh('serviceRequest', id(name))).state as ServiceRequest;

/** At rest: within the fleet, and each request says what the fleet keeps for it. */
const holds = async (log: MemoryEventLog): Promise<number> => {
  const fleet = await promiseOf(log);
  const promises = fleet.situation === 'absent' ? {} : fleet.promises;
  const units = fleet.situation === 'absent' ? 0 : Object.keys(fleet.units).length;
  expect(units).toBe(3);
  expect(mostPromised(Object.values(promises), { from: '2026-01-01', to: '2027-01-01' })).toBeLessThanOrEqual(3);
  let made = 0;
  for (const name of names) {
    const request = await requestOf(log, name);
    if (request.situation === 'absent') throw new Error('there is no request');
    if (request.promised !== null) expect(JSON.parse(request.promised)).toEqual(promises[id(name)]);
    if (request.promised !== null) made += 1;
    if (request.status === 'cancelled') expect(promises[id(name)]).toBeUndefined();
  }
  return made;
};

describe('units that requests are promised', () => {
  test('SR-14 whatever is accepted, amended, asked for again and cancelled, on two nodes at once, with a processor that dies anywhere', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { minLength: 3, maxLength: 3 }),
        fc.array(fc.array(act, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        fc.record({ step: fc.nat({ max: 120 }), when: fc.constantFrom('before' as const, 'after' as const) }),
        async (wishes, rounds, death) => {
          const log = await setUp(wishes);
          const nodes = [node(log), node(log)];
          const options = { node, processes: [unitPromises], events: () => log.events, checkpoints: new Map<string, number>(), batch: 3 };
          let mortal = new MortalLog(log, death);
          let machine = new Machine(mortal, options);
          for (const [n, round] of rounds.entries()) {
            await Promise.all(round.map((one, m) => give(nodes[one.node] ?? node(log), one, `${n} ${m}`)));
            // Every other round the processes lag behind.
            if (n % 2 === 1 && n < rounds.length - 1) continue;
            while ((await Promise.race([machine.drain(), mortal.died])) === 'died') {
              mortal = new MortalLog(log);
              machine = new Machine(mortal, options);
              await machine.start();
            }
          }
          await machine.drain();
          made += await holds(log);
          const before = log.events.length;
          const again = new Machine(log, { ...options, checkpoints: new Map(), batch: 1000 });
          await again.start();
          await again.drain();
          await holds(log);
          expect(log.events.slice(before).map(({ type }) => type)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
    expect(made).toBeGreaterThan(20);
  }, 120_000);

  test('SR-14 whenever a request is amended while its units are being promised, it is told of what the fleet keeps for it', async () => {
    const wishes = [
      { from: 0, days: 3, quantity: 1 },
      { from: 0, days: 1, quantity: 1 },
      { from: 9, days: 1, quantity: 1 },
    ];
    const promised = new Set<unknown>();
    const deaths = await killedAnywhere(async (death) => {
      const log = await setUp(wishes);
      const options = { node, processes: [unitPromises], events: () => log.events, checkpoints: new Map<string, number>(), batch: 4 };
      await new Machine(log, options).drain();
      await give(node(log), { name: 'R1', node: 0, does: 'accept' }, 'accept');
      const mortal = new MortalLog(log, death);
      const died = (await Promise.race([new Machine(mortal, options).drain(), mortal.died])) === 'died';
      await give(node(log), { name: 'R1', node: 0, does: 'amend', wish: { from: 2, days: 4, quantity: 2 } }, 'amend');
      const again = new Machine(log, options);
      await again.start();
      await again.drain();
      expect(await holds(log)).toBe(1);
      const request = await requestOf(log, 'R1');
      promised.add(request.situation === 'present' && request.promised === JSON.stringify(request.wanted, ['from', 'quantity', 'to']));
      for (const each of log.events.filter(({ type }) => type === 'RequestUnitsPromised')) {
        // What it was told then, the fleet had decided before.
        const kept = log.events.findLast(({ type, position, data }) => type === 'UnitsPromised' && position < each.position && data['requestId'] === id('R1'));
        expect(kept?.data).toMatchObject(each.data);
      }
      return died;
    });
    expect([deaths > 5, [...promised]]).toEqual([true, [true]]);
  });

  test('SR-14 nothing is scheduled that was not promised; what another lets go can be asked for again', async () => {
    const all = { from: 0, days: 3, quantity: 3 };
    const log = await setUp([all, all, { ...all, from: 10 }]);
    const machine = new Machine(log, { node, processes: [unitPromises], events: () => log.events, checkpoints: new Map<string, number>() });
    const people = node(log);
    const schedule = (name: string, key: string) =>
      people.send(
        'serviceRequest',
        id(name),
        'ScheduleRequest',
        { startsAt: '2026-03-10T14:00:00.000Z', endsAt: '2026-03-10T16:00:00.000Z' },
        { key, at: '2026-03-03T12:00:00.000Z' },
      );
    for (const name of names) await give(people, { name, node: 0, does: 'accept' }, 'accept');
    expect(await schedule('R1', 'early')).toMatchObject({ kind: 'refused', rejection: { code: 'unitsNotPromised' } });
    await machine.drain();
    expect(await Promise.all(['R1', 'R2', 'R3'].map((name) => schedule(name, 'first')))).toMatchObject([
      { kind: 'accepted' },
      { kind: 'refused', rejection: { code: 'unitsNotPromised' } },
      { kind: 'accepted' },
    ]);
    expect(log.events.find(({ type }) => type === 'RequestUnitsShort')?.data).toMatchObject({ available: 0, quantity: 3 });
    await give(people, { name: 'R1', node: 0, does: 'cancel' }, 'cancel');
    await machine.drain();
    await give(people, { name: 'R2', node: 0, does: 'ask' }, 'ask');
    await machine.drain();
    expect(await schedule('R2', 'second')).toMatchObject({ kind: 'accepted' });
  });
});
