/** P12 on the real command path: what meters say, what comes due and what is done, however it is delivered and whoever dies when. */
import { describe, expect, test } from '@jest/globals';
import { dueId, maintenances } from '../../../src/application/processes/maintenance.ts';
import { workOrders } from '../../../src/application/processes/work-order.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { type Maintenance, maintenanceId } from '../../../src/domain/maintenance/state.ts';
import { meterId } from '../../../src/domain/meter/state.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import type { WorkOrder } from '../../../src/domain/work-order/state.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import type { MemoryEventLog } from '../../kit/memory-event-log.ts';
import type { Shell } from '../../kit/shell.ts';
import { catalogStream } from '../../kit/shipped-catalogs.ts';
import { type Story, type Telling, tellHowever, World } from './deliveries.ts';
import { following, nodeOn, TurnLog } from './equipment-world.ts';
import { accountCurrency, accountId, customerId, ownId, photo, policyCurrency, rentedId, returnedNow, setUp } from './maintenance-world.ts';

const telling: Telling = { setUp, processes: [maintenances, workOrders], clock: () => '2026-03-21T00:00:00.000Z', places: { [accountId]: customerId } };
const rented = maintenanceId(rentedId, 'pm-a');
const own = maintenanceId(ownId, 'pm-a');
const plan = { name: 'A service', tasks: ['Lights'], basis: 'completed', dueSoonDays: 7, dueSoonPercent: 10, onDue: 'request' } as const;
const monthly = { calendar: { every: 1, unit: 'month' } } as const;
const metered = { primaryMeter: { kind: 'odometer', every: 1000, uom: 'KMT' } } as const;
const later = '2026-03-01T13:00:00.000Z';

const give = async (people: Shell, [category, target]: readonly [string, string], type: string, data: object, at: string = now): Promise<void> => {
  // Everything said once: a story is told by one person, who repeats nothing.
  const outcome = await people.send(category, target, type, { ...data }, { key: `${type} ${at} ${JSON.stringify(data)}`, at });
  expect([type, outcome.kind, outcome.kind === 'refused' ? outcome.rejection : undefined]).toEqual([type, 'accepted', undefined]);
};
/** Last done a month and a day ago: due already. */
const define = (equipmentId: string, more: object = {}, program = 'pm-a') => {
  const data = { equipmentId, program, ...plan, ...monthly, startsOn: '2026-01-31', readings: [], ...more };
  return (people: Shell) => give(people, ['maintenance', maintenanceId(equipmentId, program)], 'DefineMaintenance', data);
};
const odometer = (value: number, readAt = now) => ({ kind: 'odometer', value, uom: 'KMT', readAt });
const work = (target: string) => ({
  act: (people: Shell, type: string, data: object, at: string = now) => give(people, ['workOrder', target], type, data, at),
});
const open = (target: string, more: object) => (people: Shell) =>
  work(target).act(people, 'OpenWorkOrder', {
    kind: 'pm',
    description: 'PM',
    currency: accountCurrency,
    attachmentIds: [],
    source: 'request',
    equipmentId: rentedId,
    ...more,
  });
/** With two parts on a line, which costs nothing to the policy where they are free. */
const done =
  (target: string, currency: string, reading = odometer(100)) =>
  async (people: Shell) => {
    const { act } = work(target);
    const parts = [{ partName: 'Filter', quantity: '2', unitCost: { amount: '0.00', currency } }];
    await act(people, 'AddOrderLine', { vmrsCode: '901-001-001', repairReason: 'pm', overrideReason: 'agreed', parts });
    await act(people, 'StartWorkOrder', {});
    await act(people, 'CompleteWorkOrder', { closingReadings: [reading] });
  };
const scheduleOf = async (world: World, target: string) => {
  const state = await world.state<Maintenance>('maintenance', target);
  if (state.situation === 'absent') throw new Error('there is no schedule');
  return state;
};
const orderOf = async (world: World, target: string) => {
  const state = await world.state<WorkOrder>('workOrder', target);
  if (state.situation === 'absent') throw new Error('there is no order');
  return state.opened;
};
const meterOf2026 = { equipmentId: ownId, kind: 'odometer', year: 2026 } as const;
const statusOf = async (log: MemoryEventLog): Promise<string> => (await scheduleOf(new World(log), own)).status;
const partsDone = (world: World) =>
  world
    .of('MaintenancePerformed')
    .map(({ data }) => (data['parts'] as readonly { partName: string; quantity: string }[]).map(({ partName, quantity }) => [partName, quantity]));

const annualDot = maintenanceId(ownId, 'annual-dot');
const inspected = (people: Shell, name: string) =>
  give(people, ['inspection', id(name)], 'RecordInspection', {
    ...{ equipmentId: ownId, kind: 'annual', level: 'V', inspectedOn: '2026-02-28', inspectorName: 'Ana', result: 'passed', reportNumber: name },
  });
const plannedVisit = (people: Shell) =>
  give(people, ['serviceRequest', dueId(rented, 1)], 'ScheduleRequest', { startsAt: '2026-03-02T14:00:00.000Z', endsAt: '2026-03-02T16:00:00.000Z' });

const stories: readonly Story[] = [
  {
    name: 'PM-4 what comes due of an account’s schedule is one request, in its name; its order, done, resets the schedule once with its parts',
    phases: [define(rentedId, { accountId }), plannedVisit, open(id('W'), { requestId: dueId(rented, 1) }), done(id('W'), accountCurrency)],
    ends: async (world) => {
      const request = await world.state<ServiceRequest>('serviceRequest', dueId(rented, 1));
      expect(request).toMatchObject({ situation: 'present', serviceType: 'pm', accountId, customerId, equipmentId: rentedId, status: 'resolved' });
      expect([world.count('RequestSubmitted'), world.count('WorkOrderOpened'), world.count('MaintenancePerformed')]).toEqual([1, 1, 1]);
      expect(partsDone(world)).toEqual([[['Filter', '2']]]);
      expect(await scheduleOf(world, rented)).toMatchObject({
        status: 'ok',
        bases: [{}, { sourceId: id('W'), on: '2026-03-01', stated: { odometer: 100_000 } }],
      });
      expect(world.refusals()).toEqual([]);
    },
  },
  {
    name: 'SR-7 that order reopened withdraws it, and done again resets it again; the reading enters the meter once',
    phases: [
      define(rentedId, { accountId }),
      open(id('W'), { requestId: dueId(rented, 1) }),
      done(id('W'), accountCurrency),
      (people) => work(id('W')).act(people, 'ReopenWorkOrder', { reason: 'a filter was forgotten' }),
      (people) => work(id('W')).act(people, 'CompleteWorkOrder', { closingReadings: [odometer(101, later)] }, later),
    ],
    ends: async (world) => {
      expect([world.count('MaintenancePerformed'), world.count('MaintenancePerformanceWithdrawn'), world.count('MeterReadingRecorded')]).toEqual([2, 1, 2]);
      const { bases, status, records } = await scheduleOf(world, rented);
      expect([bases.length, status, Object.keys(records).length]).toEqual([2, 'ok', 2]);
      expect(world.count('MaintenanceDue')).toBe(1);
    },
  },
  {
    name: 'a repair that the request also needed is no maintenance',
    phases: [define(rentedId, { accountId }), open(id('W'), { requestId: dueId(rented, 1), kind: 'repair' }), done(id('W'), accountCurrency)],
    ends: async (world) => expect([world.count('WorkOrderCompleted'), world.count('MaintenancePerformed')]).toEqual([1, 0]),
  },
  {
    name: 'PM-4 of the company’s own unit it is an order, in the currency of the policy; done, it resets the schedule once',
    phases: [define(ownId), done(dueId(own, 1), policyCurrency)],
    ends: async (world) => {
      expect(await orderOf(world, dueId(own, 1))).toMatchObject({ currency: policyCurrency, maintenanceId: own, kind: 'pm' });
      expect([world.count('RequestSubmitted'), world.count('WorkOrderOpened'), world.count('MaintenancePerformed')]).toEqual([0, 1, 1]);
      expect(partsDone(world)).toEqual([[['Filter', '2']]]);
      expect(world.refusals()).toEqual([]);
    },
  },
  {
    name: 'an order on a unit that an account has is in the account’s currency, whoever’s the schedule is',
    phases: [define(rentedId, { onDue: 'workOrder' })],
    ends: async (world) => expect(await orderOf(world, dueId(rented, 1))).toMatchObject({ currency: accountCurrency, customerId, accountId }),
  },
  {
    name: 'a request that is refused (the customer is blocked) becomes an order of the account, in its currency',
    phases: [
      async (people) => {
        await give(people, ['customer', customerId], 'BlockCustomer', { reason: 'late' });
        await define(rentedId, { accountId })(people);
      },
    ],
    ends: async (world) => {
      expect(await orderOf(world, dueId(rented, 1))).toMatchObject({ currency: accountCurrency, customerId, accountId, maintenanceId: rented });
      expect([world.count('RequestSubmitted'), world.refusals().length]).toEqual([0, 1]);
    },
  },
  {
    name: 'PM-7 a programme that is an inspection asks for one, and its order resets it',
    phases: [
      define(rentedId, { accountId }, 'annual-dot'),
      open(id('W'), { requestId: dueId(maintenanceId(rentedId, 'annual-dot'), 1), kind: 'inspection' }),
      async (people) => {
        await work(id('W')).act(people, 'StartWorkOrder', {});
        await work(id('W')).act(people, 'AttachToWorkOrder', { attachmentId: photo, documentCategory: 'signature' });
        await work(id('W')).act(people, 'SignWorkOrder', { signedBy: 'Ana', attachmentId: photo });
        await work(id('W')).act(people, 'CompleteWorkOrder', { closingReadings: [odometer(100)] });
      },
    ],
    ends: async (world) => {
      const request = await world.state<ServiceRequest>('serviceRequest', dueId(maintenanceId(rentedId, 'annual-dot'), 1));
      expect(request).toMatchObject({ situation: 'present', serviceType: 'inspection' });
      expect(await scheduleOf(world, maintenanceId(rentedId, 'annual-dot'))).toMatchObject({ status: 'ok', occurrences: 2 });
    },
  },
  {
    name: 'PM-7 an annual inspection that passed resets the programme that asks for it, once; taken back it is due again',
    phases: [
      define(ownId, { onDue: 'none' }, 'annual-dot'),
      define(ownId, { onDue: 'none' }),
      (people) => inspected(people, 'I'),
      (people) => inspected(people, 'J'),
      async (people, log) => {
        expect(await scheduleOf(new World(log), annualDot)).toMatchObject({ status: 'ok', occurrences: 3 });
        await give(people, ['inspection', id('J')], 'WithdrawInspection', { reason: 'another unit' });
      },
      async (people, log) => {
        expect(await scheduleOf(new World(log), annualDot)).toMatchObject({ status: 'ok', bases: [{}, { sourceId: id('I') }] });
        await give(people, ['inspection', id('I')], 'WithdrawInspection', { reason: 'another unit' });
      },
    ],
    ends: async (world) => {
      expect(await scheduleOf(world, annualDot)).toMatchObject({ status: 'overdue', bases: [{ performanceId: null }] });
      expect([world.count('MaintenancePerformed'), world.count('MaintenancePerformanceWithdrawn')]).toEqual([2, 2]);
      expect(world.refusals()).toEqual([]);
    },
  },
  {
    name: 'PM-5 readings make it due by its meter; one taken back takes that back, another brings it back, and it is told once',
    phases: [
      define(ownId, { ...metered, calendar: undefined, onDue: 'none', startsOn: '2026-02-01', readings: [odometer(0, '2026-02-01T12:00:00.000Z')] }),
      (people) => give(people, ['meter', meterId(ownId, 'odometer', 2026)], 'RecordReading', { ...meterOf2026, ...odometer(1100), source: 'manual' }),
      async (people, log) => {
        const [first] = log.events.filter(({ type }) => type === 'MeterReadingRecorded');
        const reading = { equipmentId: ownId, readingId: first?.data['readingId'], reason: 'misread' };
        expect(await statusOf(log)).toBe('overdue');
        await give(people, ['meter', meterId(ownId, 'odometer', 2026)], 'VoidReading', reading);
      },
      async (people, log) => {
        expect(await statusOf(log)).toBe('ok');
        await give(people, ['meter', meterId(ownId, 'odometer', 2026)], 'RecordReading', { ...meterOf2026, ...odometer(1200, later), source: 'manual' }, later);
      },
    ],
    ends: async (world) => {
      expect([world.count('MaintenanceDue'), world.count('MaintenanceOverdue')]).toEqual([1, 1]);
      expect(await scheduleOf(world, own)).toMatchObject({ status: 'overdue', usage: { odometer: { usage: 1_200_000 } } });
    },
  },
  {
    name: 'PM-5 a reading that comes before anybody has noted the schedule counts for it all the same',
    phases: [
      async (people) => {
        await define(ownId, { ...metered, calendar: undefined, onDue: 'none', startsOn: '2026-02-01', readings: [odometer(0, '2026-02-01T12:00:00.000Z')] })(
          people,
        );
        await give(people, ['meter', meterId(ownId, 'odometer', 2026)], 'RecordReading', { ...meterOf2026, ...odometer(1100), source: 'manual' });
      },
    ],
    ends: async (world) => {
      expect(await scheduleOf(world, own)).toMatchObject({ status: 'overdue', usage: { odometer: { usage: 1_100_000 } } });
      expect([world.count('MaintenanceDue'), world.count('EquipmentMaintenanceNoted')]).toEqual([1, 1]);
    },
  },
  {
    name: 'PM-9 people’s record of it enters the meter once, its report hangs on it, and is kept when the unit has left the fleet',
    phases: [
      define(ownId, { onDue: 'none' }),
      (people) =>
        give(people, ['maintenance', own], 'RecordMaintenancePerformed', { performedOn: '2026-03-01', readings: [odometer(50)], attachmentId: photo }),
      (people) => give(people, ['equipment', ownId], 'RetireEquipment', { reason: 'sold' }),
    ],
    ends: async (world) => {
      expect(world.count('MeterReadingRecorded')).toBe(1);
      expect(await scheduleOf(world, own)).toMatchObject({ situation: 'ended', status: 'ended' });
      expect(await world.state<Attachment>('attachment', photo)).toMatchObject({ links: [expect.stringContaining(own)], retainedUntil: '2027-03-01' });
      expect(world.refusals()).toEqual([]);
    },
  },
  {
    name: 'P12 a unit that comes back takes its schedule with it: the account’s no more, and the next due is the company’s own order',
    phases: [
      define(rentedId, { accountId, startsOn: '2026-02-20' }),
      (_people, log) => happened(log, `equipment-${rentedId}`, returnedNow),
      (people) => give(people, ['maintenance', rented], 'CheckMaintenance', {}, '2026-03-20T12:00:00.000Z'),
    ],
    ends: async (world) => {
      expect(await scheduleOf(world, rented)).toMatchObject({ accountId: null, customerId: null, status: 'due' });
      expect((await orderOf(world, dueId(rented, 1))).customerId).toBeUndefined();
      expect([world.count('RequestSubmitted'), world.count('WorkOrderOpened')]).toEqual([0, 1]);
    },
  },
];

describe('maintenance', () => tellHowever(stories, telling));

/** How often the process reads the log for a reading of a unit with one schedule that goes by it, where there are so many more programmes. */
const readsForReading = async (programs: number): Promise<number> => {
  const log = await setUp();
  const entries = Array.from({ length: programs }, (_, n) => ({ code: `more-${n}`, name: `More ${n}` }));
  if (programs > 0) await happened(log, catalogStream('maintenance-program'), { type: 'EntriesImported', data: { entries } });
  const people = nodeOn(log);
  let reads = 0;
  const counted = new TurnLog(log, async (label) => {
    if (label.startsWith('read')) reads += 1;
  });
  const { drain, step } = following(maintenances, counted, () => log.events);
  await define(ownId, { ...metered, onDue: 'none' })(people);
  await drain();
  reads = 0;
  await give(people, ['meter', meterId(ownId, 'odometer', 2026)], 'RecordReading', { ...meterOf2026, ...odometer(100), source: 'manual' });
  await step();
  expect((await scheduleOf(new World(log), own)).usage).toMatchObject({ odometer: { usage: 100_000 } });
  return reads;
};
test('P12 a reading asks the log for the schedules that its unit has, however many programmes there are', async () => {
  expect(await readsForReading(40)).toBe(await readsForReading(0));
});
