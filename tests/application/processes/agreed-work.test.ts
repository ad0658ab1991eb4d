import { describe, expect, test } from '@jest/globals';
import { agreedOrderId, quotations } from '../../../src/application/processes/quotation.ts';
import { serviceRequests } from '../../../src/application/processes/service-request.ts';
import { workOrders } from '../../../src/application/processes/work-order.ts';
import { model } from '../../../src/domain/model.ts';
import type { PresentRequest } from '../../../src/domain/service-request/state.ts';
import type { PresentOrder } from '../../../src/domain/work-order/state.ts';
import { id, now } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { type Story, tellHowever, World } from './deliveries.ts';
import { following, TurnLog } from './equipment-world.ts';
import { accountId, acts, customerId, equipmentId, leadingWorld, rental, requestId } from './quotation-world.ts';

const telling = { setUp: () => leadingWorld(), processes: [quotations, workOrders, serviceRequests], clock: () => now, places: { [accountId]: customerId } };
const orderId = agreedOrderId(id('A'));
const requestIn = (world: World) => world.state<PresentRequest>('serviceRequest', requestId);
const plannedIn = async (world: World) => Object.values((await requestIn(world)).visits).map(({ kind, plannedOn }) => `${kind} ${plannedOn}`);
const byItself = ['delivery 2026-03-10', 'cleaning 2026-03-13', 'pickup 2026-03-17'];
const own = { delivery: '2026-03-11', pickup: '2026-03-12', cleaningsPerWeek: 0 } as const;
const ownOrder = { requestId, kind: 'repair', description: 'Brakes', currency: 'GTQ', attachmentIds: [], source: 'request' } as const;

const goesOn = async (world: World): Promise<void> => {
  expect(await plannedIn(world)).toEqual(byItself);
  expect(await requestIn(world)).toMatchObject({
    status: 'accepted',
    plan: JSON.stringify({ cleaningsPerWeek: 2, delivery: rental.delivery, pickup: rental.pickup }),
  });
  const { opened, description, status } = await world.state<PresentOrder>('workOrder', orderId);
  expect({ ...opened, description, status }).toMatchObject({
    ...{ requestId, equipmentId, customerId, accountId, kind: 'repair', currency: 'GTQ', budget: { amount: '500.00', currency: 'GTQ' } },
    ...{ description: 'a pit', status: 'open', responsibility: { basis: 'quotation' } },
  });
  expect((await requestIn(world)).works).toMatchObject({ [orderId]: { workKind: 'workOrder', kind: 'repair', status: 'open' } });
  expect([world.count('RequestVisitsPlanned'), world.count('WorkOrderOpened')]).toEqual([1, 1]);
};
const nothing = async (world: World): Promise<void> => {
  expect(await plannedIn(world)).toEqual([]);
  expect(world.count('RequestVisitsPlanned')).toBe(0);
  expect(world.count('WorkOrderOpened')).toBe(world.count('WorkOrderCancelled'));
};
type Step = (people: Shell, on: ReturnType<typeof acts>) => Promise<unknown>;
const phase =
  (...steps: readonly Step[]) =>
  async (people: Shell) => {
    for (const step of steps) expect(await step(people, acts(people))).toMatchObject({ kind: 'accepted' });
  };
const issue: Step = (_people, on) => on.issue('A');
const issueWithAdvance: Step = (_people, on) => on.issue('A', '0.2');
const accept: Step = (_people, on) => on.accept('A');
const pay =
  (amount: string, slip: string): Step =>
  (_people, on) =>
    on.pay('A', amount, slip);
const ask =
  (type: string, data: object): Step =>
  (_people, on) =>
    on.request(type, { ...data });
const open: Step = (people) => people.send('workOrder', id('own'), 'OpenWorkOrder', ownOrder);

const stories: readonly Story[] = [
  {
    name: 'P9 accepted without an advance → its visits are planned and its order is opened, for the unit, within what was agreed',
    phases: [phase(issue), phase(accept)],
    ends: goesOn,
  },
  {
    name: 'QC-5 accepted with an advance → nothing, until all of it is in',
    phases: [
      phase(issueWithAdvance),
      phase(accept),
      phase(pay('60', 'one')),
      async (people, log) => {
        await nothing(new World(log));
        await phase(pay('40', 'two'))(people);
      },
    ],
    ends: goesOn,
  },
  {
    name: 'QC-5 an advance that is in before the request hears of its acceptance',
    phases: [phase(issueWithAdvance), phase(accept, pay('100', 'one'))],
    ends: goesOn,
  },
  {
    name: 'QC-5 somebody lets the work begin before the advance is in, and it comes in later',
    phases: [phase(issueWithAdvance), phase(accept, (_people, on) => on.trust('A')), phase(pay('100', 'one'))],
    ends: goesOn,
  },
  {
    name: 'an advance that was taken back at once is waited for again',
    phases: [
      phase(issueWithAdvance),
      phase(accept),
      phase(pay('100', 'one'), (_people, on) => on.give('A', 'ReverseQuotationAdvance', { paymentId: id('one'), reason: 'no such slip' })),
    ],
    ends: nothing,
  },
  {
    name: 'SR-2 whoever planned visits and opened an order first wins',
    phases: [phase(issue), phase(accept, ask('PlanVisits', own), open)],
    ends: async (world) => {
      expect(await plannedIn(world)).toEqual(['delivery 2026-03-11', 'pickup 2026-03-12']);
      expect([world.count('RequestVisitsPlanned'), world.count('WorkOrderOpened')]).toEqual([1, 1]);
      expect(await world.state<PresentOrder>('workOrder', id('own'))).toMatchObject({ status: 'open', description: 'Brakes' });
    },
  },
  {
    name: 'people plan other visits and call the order off: what was opened once is not opened again',
    phases: [
      phase(issueWithAdvance),
      phase(accept, (_people, on) => on.trust('A')),
      phase(ask('PlanVisits', own), (people) => people.send('workOrder', orderId, 'CancelWorkOrder', { reason: 'in the other shop' })),
      phase(pay('100', 'one')),
      phase(ask('PlaceRequestOnHold', { reason: 'rain' }), ask('ReleaseRequestHold', {})),
    ],
    ends: async (world) => {
      expect(await plannedIn(world)).toEqual(['delivery 2026-03-11', 'pickup 2026-03-12']);
      expect(await world.state<PresentOrder>('workOrder', orderId)).toMatchObject({ status: 'cancelled' });
      expect(world.count('WorkOrderOpened')).toBe(1);
    },
  },
  {
    name: 'what somebody did while the request rested is not done again',
    phases: [
      phase(issue),
      phase(ask('PlaceRequestOnHold', { reason: 'rain' }), accept),
      phase(open),
      phase(
        (people) => people.send('workOrder', id('own'), 'StartWorkOrder', {}),
        (people) => people.send('workOrder', id('own'), 'CompleteWorkOrder', { closingReadings: [] }),
      ),
      phase(ask('ReleaseRequestHold', {})),
    ],
    ends: async (world) => {
      expect(await plannedIn(world)).toEqual(byItself);
      expect(world.of('WorkOrderOpened').map(({ aggregateId }) => aggregateId)).toEqual([id('own')]);
    },
  },
  {
    name: 'a request that rests goes on when it is released',
    phases: [
      phase(issue),
      phase(ask('PlaceRequestOnHold', { reason: 'rain' }), accept),
      async (people, log) => {
        await nothing(new World(log));
        await phase(ask('ReleaseRequestHold', {}))(people);
      },
    ],
    ends: goesOn,
  },
  {
    name: 'SR-2 a request that is cancelled before its advance is in gets nothing',
    phases: [phase(issueWithAdvance), phase(accept), phase(pay('100', 'one'), ask('CancelRequest', { reason: 'sold' }))],
    ends: nothing,
  },
];

describe('what follows from an accepted quotation', () => {
  tellHowever(stories, telling);

  test('SR-2 whatever a person plans and opens at the same moment, theirs stands and nothing is there twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat({ max: 20 }), async (scheduler, waits) => {
        const memory = await leadingWorld();
        await phase(issue)(shellOn(memory, model, telling.places));
        await following(quotations, memory, () => memory.events).drain();
        await phase(accept)(shellOn(memory, model, telling.places));
        const log = new TurnLog(memory, (label) => scheduler.schedule(Promise.resolve(), label));
        const [leading, working] = [following(quotations, log, () => memory.events), following(workOrders, log, () => memory.events)];
        const reacting = async (process: typeof leading) => {
          for (let n = 0; n < 8; n += 1) {
            await scheduler.schedule(Promise.resolve(), 'a process looks');
            await process.step();
          }
        };
        const person = shellOn(log, model, telling.places);
        const acting = async () => {
          for (let n = 0; n < waits; n += 1) await scheduler.schedule(Promise.resolve(), 'the person waits');
          await Promise.all([person.send('serviceRequest', requestId, 'PlanVisits', own), person.send('workOrder', id('own'), 'OpenWorkOrder', ownOrder)]);
        };
        await scheduler.waitFor(Promise.all([acting(), reacting(leading), reacting(working)]));
        await scheduler.waitFor(Promise.all([leading.drain(), working.drain()]));
        await scheduler.waitFor(Promise.all([leading.drain(), working.drain()]));
        const world = new World(memory);
        expect(await plannedIn(world)).toEqual(['delivery 2026-03-11', 'pickup 2026-03-12']);
        const { works } = await requestIn(world);
        expect(Object.values(works).filter(({ status }) => status === 'open')).toHaveLength(1);
        expect(world.count('WorkOrderOpened') - world.count('WorkOrderCancelled')).toBe(1);
      }),
      { numRuns: 80 },
    );
  });

  test('what the details do not say is planned by nobody, and the refusal is kept', async () => {
    const log = await leadingWorld({ from: rental.delivery });
    const people = shellOn(log, model, telling.places);
    await phase(issue)(people);
    await following(quotations, log, () => log.events).drain();
    await phase(accept)(people);
    await following(quotations, log, () => log.events).drain();
    expect(new World(log).refusals()).toEqual(['nothingToPlan']);
    expect(new World(log).count('WorkOrderOpened')).toBe(1);
  });
});
