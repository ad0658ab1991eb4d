/** P10 and P11 on the real command path: what orders and roadside jobs mean for units, meters and requests, whoever dies when. */
import { describe, expect } from '@jest/globals';
import { orderOf } from '../../../src/application/processes/roadside.ts';
import { holdOf } from '../../../src/application/processes/work-order.ts';
import type { Roadside } from '../../../src/domain/roadside/state.ts';
import { totals } from '../../../src/domain/work-order/state.ts';
import { id } from '../../kit/decider.ts';
import { done, later, line, odometer, type Story, tell, usd } from './service-world.ts';

const stories: readonly Story[] = [
  {
    name: 'SR-7 the last order of a request, done: meters once, hold released, request resolved once',
    phases: [(act) => act.open('first'), done('first')],
    ends: async (world) => {
      expect([await world.holds(), await world.readings(), await world.request()]).toEqual([[], [100_000], 'resolved']);
      expect(world.count('RequestResolved')).toBe(1);
    },
  },
  {
    name: 'SR-7 of two orders the first one done leaves the unit held and the request open',
    phases: [(act) => act.open('first'), (act) => act.open('second', { kind: 'tire' }), done('first')],
    ends: async (world) => {
      expect([await world.holds(), await world.request()]).toEqual([[holdOf(id('second'))], 'in_progress']);
    },
  },
  {
    name: 'SR-1 SR-7 reopened and done again: held in between, the same reading once, resolved again',
    phases: [(act) => act.open('first'), done('first'), (act) => act.order('first', 'ReopenWorkOrder', { reason: 'still squeals' })],
    ends: async (world) => {
      expect([await world.holds(), await world.readings(), await world.request()]).toEqual([[holdOf(id('first'))], [100_000], 'in_progress']);
    },
  },
  {
    name: 'SR-2 a second order of a kind is refused at once, and one cancelled leaves nothing behind',
    phases: [
      (act) => act.open('first'),
      async (act) => expect(await act.open('twin')).toMatchObject({ kind: 'refused', rejection: { code: 'requestWorkOrderTaken' } }),
      (act) => act.order('first', 'CancelWorkOrder', { reason: 'not needed' }),
    ],
    ends: async (world) => {
      expect(await world.holds()).toEqual([]);
      expect(world.count('WorkOrderOpened')).toBe(1);
    },
  },
  {
    name: 'SR-5 the same part of the same unit again: rework',
    phases: [
      (act) => act.open('first', { requestId: undefined }),
      (act) => act.order('first', 'AddOrderLine', line),
      done('first'),
      (act) => act.open('again', { requestId: undefined }, '2026-03-20T12:00:00.000Z'),
      (act) => act.order('again', 'AddOrderLine', line),
      async (act) => {
        await act.order('again', 'StartWorkOrder', {});
        await act.order('again', 'CompleteWorkOrder', { closingReadings: [] }, '2026-03-20T13:00:00.000Z');
        await act.order(
          'again',
          'CompleteWorkOrder',
          { closingReadings: [{ ...odometer(120), readAt: '2026-03-20T12:30:00.000Z' }] },
          '2026-03-20T13:00:00.000Z',
        );
      },
    ],
    ends: async (world) => {
      expect(world.count('ReworkMarked')).toBe(1);
      const again = await world.order(id('again'));
      expect(again.situation === 'present' && Object.values(again.lines).map(({ reworkOf }) => reworkOf !== null)).toEqual([true]);
    },
  },
  {
    name: 'SR-7 an order of maintenance resets it once; reopened, that is withdrawn, and done again it is reset again',
    phases: [
      (act) => act.open('first', { requestId: undefined, kind: 'pm', maintenanceId: id('pm'), source: 'maintenance' }),
      done('first'),
      (act) => act.order('first', 'ReopenWorkOrder', { reason: 'a filter was forgotten' }),
      (act) => act.order('first', 'CompleteWorkOrder', { closingReadings: [{ ...odometer(101), readAt: later }] }, later),
    ],
    ends: async (world) => {
      expect([world.count('MaintenancePerformed'), world.count('MaintenancePerformanceWithdrawn')]).toEqual([2, 1]);
      expect([await world.readings(), await world.holds()]).toEqual([[100_000, 101_000], []]);
      expect(world.log.events.filter(({ type }) => type === 'StepRefused').map(({ data }) => data)).toEqual([]);
    },
  },
  {
    name: 'P11 vendors standing by are asked in turn; resolved, the job’s parts and fees are an order, and the request waits for it',
    phases: [
      (act) => act.ask(),
      (act) => act.job('DeclineDispatch', { reason: 'no truck' }),
      async (act) => {
        await act.job('AcceptDispatch', {});
        await act.job('DepartEnRoute', {});
        await act.job('Arrive', {});
        await act.job('RecordRoadsidePart', { partName: 'tyre', quantity: '2', unitCost: usd('310.00') });
        await act.job('RecordRoadsideFee', { feeKind: 'callout', amount: usd('80.00') });
        expect(await act.job('ResolveRoadside', { outcome: 'repaired' })).toMatchObject({ kind: 'accepted' });
      },
      async (act) => {
        await act.job('RecordRoadsideFee', { feeKind: 'mileage', amount: usd('12.50') });
        await act.job('SettleCosts', {});
      },
    ],
    ends: async (world) => {
      const job = await world.state<Roadside>('roadside', id('job'));
      expect(job).toMatchObject({
        status: 'closed',
        workOrderId: orderOf(id('job')),
        attempts: [
          { vendorName: 'North', end: 'declined' },
          { vendorName: 'South', end: null },
        ],
      });
      const order = await world.order(orderOf(id('job')));
      if (order.situation === 'absent') throw new Error('the job made no order');
      expect(totals(order).total).toEqual(usd('712.50'));
      expect(Object.keys(order.attachments)).toEqual([id('photo')]);
      expect([await world.holds(), await world.request(), world.count('RequestResolved')]).toEqual([[holdOf(orderOf(id('job')))], 'in_progress', 0]);
      expect(world.count('VendorDispatched')).toBe(2);
    },
  },
  {
    name: 'a job whose unit was gone makes no order',
    phases: [
      (act) => act.ask(),
      async (act) => {
        await act.job('AcceptDispatch', {});
        await act.job('DepartEnRoute', {});
        await act.job('Arrive', {});
        await act.job('ResolveRoadside', { outcome: 'gone_on_arrival' });
      },
    ],
    ends: async (world) => expect([world.count('WorkOrderOpened'), await world.request()]).toEqual([0, 'resolved']),
  },
];

describe('work orders and roadside jobs', () => {
  tell(stories);
});
