/** P10 and P11 on the real command path: what orders and roadside jobs mean for units, meters and requests, whoever dies when. */
import { describe, expect, test } from '@jest/globals';
import { orderOf, roadsideJobs } from '../../../src/application/processes/roadside.ts';
import { holdOf, workOrders } from '../../../src/application/processes/work-order.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import { catalogEvents } from '../../../src/domain/catalog/events.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import type { Equipment } from '../../../src/domain/equipment/state.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { type Meter, meterId } from '../../../src/domain/meter/state.ts';
import { model } from '../../../src/domain/model.ts';
import type { Roadside } from '../../../src/domain/roadside/state.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import { totals, type WorkOrder } from '../../../src/domain/work-order/state.ts';
import { defined } from '../../domain/maintenance/kit.ts';
import { accountId, customerId, equipmentId, shipped, submitted, zone } from '../../domain/service-request/kit.ts';
import { id, now } from '../../kit/decider.ts';
import { type Death, Machine, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { happened } from './equipment-world.ts';

const requestId = id('request');
const photo = id('photo');
const catalog = emit(catalogEvents);
const usd = (amount: string) => ({ amount, currency: 'USD' });
const node = (log: ConstructorParameters<typeof MortalLog>[0]): Shell => shellOn(log, model, { [accountId]: customerId });

const setUp = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  for (const name of ['uom', 'vmrs', 'work-order-policy', 'equipment-type', 'document-category']) {
    const entries = Object.values(shipped(name).entries).map(({ entry }) => entry as { readonly code: string; readonly name: string });
    await happened(
      log,
      `catalog-${catalogId(name)}`,
      catalog('CatalogDefined', { name, source: 'test' }),
      catalog('EntriesImported', { entries: entries.slice(0, 100) }),
    );
  }
  const place = { currency: 'USD', country: 'GT', timeZone: zone } as const;
  const customer = emit(customerEvents);
  await happened(
    log,
    `customer-${customerId}`,
    customer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }),
    customer('AccountOpened', { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place }),
  );
  const unit = { unitNumber: 'U1', equipmentType: 'dry-van', vin: '1M8GDM9AXKP042788', specifications: { axles: 2 }, timeZone: zone } as const;
  await happened(log, `equipment-${equipmentId}`, emit(equipmentEvents)('EquipmentRegistered', unit));
  const file = { name: 'photo.jpg', declaredType: 'image/jpeg', declaredSizeBytes: 10, removeUnlinkedAt: now } as const;
  await happened(log, `attachment-${photo}`, emit(attachmentEvents)('AttachmentUploadBegun', { uploadId: photo, documentCategory: 'photo', ...file }));
  const pm = defined();
  await happened(log, `maintenance-${id('pm')}`, { ...pm, data: { ...pm.data, equipmentId } });
  await happened(log, `serviceRequest-${requestId}`, ...submitted('other').events);
  return log;
};

/** The processes run after all that is told. */
const clock = () => '2026-03-21T00:00:00.000Z';
const later = '2026-03-01T12:00:01.000Z';
const odometer = (value: number) => ({ kind: 'odometer', value, uom: 'KMT', readAt: now });
const line = { vmrsCode: '901-001-001', repairReason: 'breakdown' };
const acts = ({ send }: Shell) => {
  const order = (name: string, type: string, data: object, at: string = now) =>
    send('workOrder', id(name), type, { ...data }, { key: `${name} ${type} ${JSON.stringify(data)}`, at });
  const job = (type: string, data: object) => send('roadside', id('job'), type, { ...data }, { key: `job ${type} ${JSON.stringify(data)}` });
  return {
    order,
    job,
    open: (name: string, more: object = {}, at: string = now) =>
      order(
        name,
        'OpenWorkOrder',
        { requestId, equipmentId, kind: 'repair', description: 'Brakes', currency: 'USD', attachmentIds: [], source: 'request', ...more },
        at,
      ),
    ask: () => job('RequestRoadside', { requestId, description: 'Flat tyre', currency: 'USD', attachmentIds: [photo], standbyVendors: ['North', 'South'] }),
  };
};
type Acts = ReturnType<typeof acts>;

class World {
  readonly log: MemoryEventLog;
  constructor(log: MemoryEventLog) {
    this.log = log;
  }
  async state<S>(category: string, target: string): Promise<S> {
    // The boundary of types: the caller names its category's state.
    return (await node(this.log).states.loadFresh(category, target)).state as S;
  }
  async holds(): Promise<readonly string[]> {
    const unit = await this.state<Equipment>('equipment', equipmentId);
    return unit.situation === 'present' ? Object.keys(unit.holds) : [];
  }
  async request(): Promise<string> {
    const request = await this.state<ServiceRequest>('serviceRequest', requestId);
    return request.situation === 'present' ? request.status : 'absent';
  }
  async readings(): Promise<readonly number[]> {
    const found = await this.state<Meter>('meter', meterId(equipmentId, 'odometer', 2026));
    return found.situation === 'open' ? Object.values(found.readings).map(({ value }) => value) : [];
  }
  order(target: string) {
    return this.state<WorkOrder>('workOrder', target);
  }
  count(type: string): number {
    return this.log.events.filter((event) => event.type === type).length;
  }
}

type Phase = (act: Acts) => Promise<unknown>;
type Story = { readonly name: string; readonly phases: readonly Phase[]; readonly ends: (world: World) => Promise<void> };
const done =
  (name: string, value = 100) =>
  async (act: Acts) => {
    await act.order(name, 'StartWorkOrder', {});
    expect(await act.order(name, 'CompleteWorkOrder', { closingReadings: [odometer(value)] })).toMatchObject({ kind: 'accepted' });
  };
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
      expect(Object.keys(order.attachments)).toEqual([photo]);
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

const told = async (story: Story, death: Death | undefined, batch: number) => {
  const log = await setUp();
  const people = acts(node(log));
  const checkpoints = new Map<string, number>();
  const options = { node, processes: [workOrders, roadsideJobs], events: () => log.events, checkpoints, batch, isStaggered: batch % 2 === 0, clock };
  let mortal = new MortalLog(log, death);
  let machine = new Machine(mortal, options);
  let died = 0;
  for (const phase of story.phases) {
    await phase(people);
    while ((await Promise.race([machine.drain(), mortal.died])) === 'died') {
      died += 1;
      mortal = new MortalLog(log);
      machine = new Machine(mortal, options);
      await machine.start();
    }
  }
  return { log, died };
};
const redelivered = async (log: MemoryEventLog): Promise<number> => {
  const before = log.events.length;
  const machine = new Machine(log, { node, processes: [workOrders, roadsideJobs], events: () => log.events, checkpoints: new Map(), batch: 1000, clock });
  await machine.start();
  await machine.drain();
  return log.events.length - before;
};

describe('work orders and roadside jobs', () => {
  test.each(stories)('$name', async (story) => {
    const { log } = await told(story, undefined, 3);
    await story.ends(new World(log));
    expect(await redelivered(log)).toBe(0);
  });
  test.each(stories)('ES-8 the same end, killed around calls to the log: $name', async (story) => {
    let kills = 0;
    // Every third call: each kind of call is met in each story.
    for (const when of ['before', 'after'] as const) {
      for (let step = when === 'before' ? 0 : 1; ; step += 3) {
        const { log, died } = await told(story, { step, when }, 1 + (step % 5));
        await story.ends(new World(log));
        expect(await redelivered(log)).toBe(0);
        if (died === 0) break;
        kills += 1;
      }
    }
    expect(kills).toBeGreaterThan(3);
  });
});
