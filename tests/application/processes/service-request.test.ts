/** P9 and P11 on the real command path: what a cancellation calls off, and where the costs of roadside jobs go, whoever dies when. */
import { describe, expect, test } from '@jest/globals';
import { lateOrderOf, orderOf, roadsideJobs } from '../../../src/application/processes/roadside.ts';
import { holdOf } from '../../../src/application/processes/work-order.ts';
import type { Roadside } from '../../../src/domain/roadside/state.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import { totals } from '../../../src/domain/work-order/state.ts';
import { times } from '../../domain/service-request/kit.ts';
import { id } from '../../kit/decider.ts';
import { killedAnywhere } from '../../kit/machine.ts';
import { done, helped, interrupted, requestId, type Story, tell, usd, World } from './service-world.ts';

const costOf = async (world: World, orderId: string) => {
  const order = await world.order(orderId);
  return order.situation === 'absent' ? undefined : { status: order.status, total: totals(order).total.amount };
};
const jobOf = async (world: World, name = 'job') => {
  const job = await world.state<Roadside>('roadside', id(name));
  if (job.situation === 'absent') throw new Error('there is no such job');
  return job;
};
const schedule = async (act: Parameters<Story['phases'][number]>[0]) => expect(await act.request('ScheduleRequest', times)).toMatchObject({ kind: 'accepted' });

const stories: readonly Story[] = [
  {
    name: 'SR-2 P9 a cancelled request calls off its dispatches and unstarted orders; an order that started meanwhile is reported back',
    phases: [
      schedule,
      (act) => act.open('unstarted'),
      (act) => act.open('started', { kind: 'tire' }),
      (act) => act.ask(),
      async (act) => {
        await act.order('started', 'StartWorkOrder', {});
        expect(await act.request('CancelRequest', { reason: 'not needed' })).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => {
      const request = await world.state<ServiceRequest>('serviceRequest', requestId);
      expect(request).toMatchObject({ status: 'cancelled', continuing: [id('started')] });
      expect([await costOf(world, id('unstarted')), await costOf(world, id('started'))]).toMatchObject([{ status: 'cancelled' }, { status: 'in_progress' }]);
      expect(await jobOf(world)).toMatchObject({ status: 'cancelled' });
      expect(await world.holds()).toEqual([holdOf(id('started'))]);
      expect(world.count('RequestWorkContinues')).toBe(1);
    },
  },
  {
    name: 'P9 a job whose vendor is done cannot be called off any more: it is reported back, and its costs are booked',
    phases: [
      schedule,
      (act) => act.ask(),
      async (act) => {
        await helped('job', '80.00')(act);
        expect(await act.request('CancelRequest', { reason: 'not needed' })).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => {
      expect(await world.state<ServiceRequest>('serviceRequest', requestId)).toMatchObject({ status: 'cancelled', continuing: [id('job')] });
      expect(await costOf(world, orderOf(id('job')))).toEqual({ status: 'open', total: '80.00' });
      // Nobody works on the unit: the order only books.
      expect(await world.holds()).toEqual([]);
    },
  },
  {
    name: 'P9 a declined request sends nobody either',
    phases: [
      (act) => act.request('StartReview', {}),
      (act) => act.request('RequestManagerReview', {}),
      (act) => act.ask(),
      (act) => act.open('unstarted'),
      async (act) => expect(await act.request('DeclineRequest', { reason: 'too far' })).toMatchObject({ kind: 'accepted' }),
    ],
    ends: async (world) => {
      expect([await world.request(), (await costOf(world, id('unstarted')))?.status, (await jobOf(world)).status]).toEqual([
        'declined',
        'cancelled',
        'cancelled',
      ]);
      expect(await world.holds()).toEqual([]);
    },
  },
  {
    name: 'P9 the order of a job that is done is not called off with its request: somebody decides what becomes of its costs',
    phases: [
      (act) => act.ask(),
      helped('job', '80.00'),
      async (act) => {
        expect(await act.request('ScheduleRequest', times)).toMatchObject({ kind: 'accepted' });
        expect(await act.request('CancelRequest', { reason: 'not needed' })).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => {
      expect(await costOf(world, orderOf(id('job')))).toEqual({ status: 'open', total: '80.00' });
      expect(await world.state<ServiceRequest>('serviceRequest', requestId)).toMatchObject({ status: 'cancelled', continuing: [orderOf(id('job'))] });
    },
  },
  {
    name: 'SR-1 an order that starts starts its scheduled request',
    phases: [schedule, (act) => act.open('first'), (act) => act.order('first', 'StartWorkOrder', {})],
    ends: async (world) => expect([await world.request(), world.count('RequestStarted')]).toEqual(['in_progress', 1]),
  },
  {
    name: 'P11 a second job of a request, while the order of the first is open, adds its costs to that order',
    phases: [
      (act) => act.ask('first'),
      helped('first', '80.00'),
      (act) => act.ask('second'),
      helped('second', '45.50'),
      async (act) => {
        await act.job('RecordRoadsideFee', { feeKind: 'mileage', amount: usd('4.50') }, 'second');
        await act.job('SettleCosts', {}, 'second');
      },
    ],
    ends: async (world) => {
      expect(await costOf(world, orderOf(id('first')))).toEqual({ status: 'open', total: '130.00' });
      expect(await costOf(world, orderOf(id('second')))).toBeUndefined();
      expect([(await jobOf(world, 'second')).workOrderId, await world.request()]).toEqual([orderOf(id('first')), 'in_progress']);
    },
  },
  {
    name: 'P11 a fee that comes after the order is done is booked by a correction of it, at the difference',
    phases: [
      (act) => act.ask(),
      helped('job', '80.00'),
      async (act) => {
        const order = orderOf(id('job'));
        const done = (type: string, data: object) => act.at(order, type, data);
        await done('StartWorkOrder', {});
        await done('SignWorkOrder', { signedBy: 'Ana', attachmentId: id('photo') });
        expect(await done('CompleteWorkOrder', { closingReadings: [act.odometer(100)] })).toMatchObject({ kind: 'accepted' });
      },
      async (act) => {
        await act.job('RecordRoadsideFee', { feeKind: 'mileage', amount: usd('12.50') });
        expect(await act.job('SettleCosts', {})).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => {
      const [order, late] = [orderOf(id('job')), lateOrderOf(id('job'))];
      expect([await costOf(world, order), await costOf(world, late)]).toEqual([
        { status: 'completed', total: '80.00' },
        { status: 'open', total: '12.50' },
      ]);
      expect(world.log.events.find(({ aggregateId, type }) => aggregateId === late && type === 'WorkOrderOpened')?.data).toMatchObject({ correctionOf: order });
      expect([await world.holds(), await world.request()]).toEqual([[], 'resolved']);
    },
  },
  {
    name: 'P11 costs that are settled before the order is made end in that order all the same',
    phases: [
      (act) => act.ask(),
      async (act) => {
        await helped('job', '80.00')(act);
        await act.job('RecordRoadsideFee', { feeKind: 'mileage', amount: usd('12.50') });
        expect(await act.job('SettleCosts', {})).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => {
      expect(await costOf(world, orderOf(id('job')))).toEqual({ status: 'open', total: '92.50' });
      expect(world.count('WorkOrderOpened')).toBe(1);
      expect(await jobOf(world)).toMatchObject({ status: 'closed', workOrderId: orderOf(id('job')) });
    },
  },
  {
    name: 'P11 the fee of a vendor that was called off is booked; the request goes on',
    phases: [
      (act) => act.ask(),
      (act) => act.job('AcceptDispatch', {}),
      async (act) => expect(await act.job('CancelRoadside', { reason: 'it rolls again', fee: usd('35.00') })).toMatchObject({ kind: 'accepted' }),
    ],
    ends: async (world) => {
      expect(await costOf(world, orderOf(id('job')))).toEqual({ status: 'open', total: '35.00' });
      expect([await world.holds(), await world.request()]).toEqual([[], 'in_progress']);
    },
  },
  {
    name: 'P10 an order that only books costs holds nothing, also when it is reopened',
    phases: [
      (act) => act.ask(),
      (act) => act.job('AcceptDispatch', {}),
      (act) => act.job('CancelRoadside', { reason: 'it rolls again', fee: usd('35.00') }),
      async (act) => {
        const order = orderOf(id('job'));
        await act.at(order, 'StartWorkOrder', {});
        expect(await act.at(order, 'CompleteWorkOrder', { closingReadings: [] })).toMatchObject({ kind: 'accepted' });
        expect(await act.at(order, 'ReopenWorkOrder', { reason: 'another bill' })).toMatchObject({ kind: 'accepted' });
      },
    ],
    ends: async (world) => expect([await world.holds(), world.count('EquipmentHoldPlaced'), await world.readings()]).toEqual([[], 0, []]),
  },
  {
    name: 'P11 a first fee after a job that had cost nothing makes its order then',
    phases: [
      (act) => act.ask(),
      async (act) => {
        for (const type of ['AcceptDispatch', 'DepartEnRoute', 'Arrive']) await act.job(type, {});
        await act.job('ResolveRoadside', { outcome: 'gone_on_arrival' });
      },
      async (act) => {
        await act.job('RecordRoadsideFee', { feeKind: 'callout', amount: usd('60.00') });
        await act.job('SettleCosts', {});
      },
    ],
    ends: async (world) => {
      expect(await costOf(world, orderOf(id('job')))).toEqual({ status: 'open', total: '60.00' });
      expect((await jobOf(world)).workOrderId).toBe(orderOf(id('job')));
    },
  },
  {
    name: 'SR-7 of a job and an order of one request the last one done resolves it, once',
    phases: [
      (act) => act.ask(),
      (act) => act.open('first'),
      async (act) => {
        for (const type of ['AcceptDispatch', 'DepartEnRoute', 'Arrive']) await act.job(type, {});
        await act.job('ResolveRoadside', { outcome: 'gone_on_arrival' });
        await done('first')(act);
      },
    ],
    ends: async (world) => expect([await world.request(), world.count('RequestResolved')]).toEqual(['resolved', 1]),
  },
];

describe('requests with orders and roadside jobs', () => {
  tell(stories);

  test('P11 whenever the request is cancelled while a done job is made an order, its costs are booked once, on an order that stands', async () => {
    const fates = new Set<string>();
    const deaths = await killedAnywhere(async (death) => {
      const cancelled: Story['phases'][number] = (act) => act.request('CancelRequest', { reason: 'not needed' });
      const before = [schedule, (act) => act.ask(), helped('job', '80.00')] satisfies Story['phases'];
      const { log, died } = await interrupted(roadsideJobs, death, { before, meanwhile: cancelled });
      const world = new World(log);
      const job = await jobOf(world);
      const opened = log.events.flatMap(({ type, aggregateId }) => (type === 'WorkOrderOpened' ? [aggregateId] : []));
      const booked = (await Promise.all(opened.map((orderId) => costOf(world, orderId)))).filter((each) => each?.status !== 'cancelled');
      expect({ ...death, booked: booked.map((each) => each?.total) }).toEqual({ ...death, booked: ['80.00'] });
      expect(opened).toContain(job.workOrderId);
      expect((await costOf(world, job.workOrderId ?? ''))?.status).toBe('open');
      fates.add(job.workOrderId === orderOf(id('job')) ? 'own' : 'books');
      return died;
    });
    expect(deaths).toBeGreaterThan(10);
    expect([...fates].sort()).toEqual(['books', 'own']);
  });
});
