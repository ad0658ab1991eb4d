/** P13 on the real command path: what inspections mean for units and their papers, however it is delivered and whoever dies when. */
import { describe, expect } from '@jest/globals';
import { fleetFigures } from '../../../projections/fleet-figures/projection.ts';
import { dotHoldId, inspections } from '../../../src/application/processes/inspection.ts';
import { holdOf, workOrders } from '../../../src/application/processes/work-order.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import type { Equipment } from '../../../src/domain/equipment/state.ts';
import { id, now } from '../../kit/decider.ts';
import { foldWhole } from '../../kit/projections.ts';
import type { Shell } from '../../kit/shell.ts';
import { type Story, type Telling, tellHowever, World } from './deliveries.ts';
import { accountCurrency, accountId, customerId, ownId, photo, policyCurrency, rentedId, setUp } from './maintenance-world.ts';

/** When the processes act; a story may move it. */
const usual = '2026-03-21T00:00:00.000Z';
let clock = usual;
const begin = async () => {
  clock = usual;
  return setUp();
};
const telling: Telling = { setUp: begin, processes: [inspections, workOrders], clock: () => clock, places: { [accountId]: customerId } };
const give = async (people: Shell, [category, target]: readonly [string, string], type: string, data: object): Promise<void> => {
  const outcome = await people.send(category, target, type, { ...data }, { key: `${type} ${JSON.stringify(data)}`, at: now });
  expect([type, outcome.kind, outcome.kind === 'refused' ? outcome.rejection : undefined]).toEqual([type, 'accepted', undefined]);
};
type Act = (people: Shell) => Promise<void>;
const inspection =
  (name: string, type: string, data: object): Act =>
  (people) =>
    give(people, ['inspection', id(name)], type, data);
const record = (name: string, more: object = {}): Act =>
  inspection(name, 'RecordInspection', {
    ...{ equipmentId: ownId, kind: 'roadside', level: 'II', inspectedOn: '2026-02-20', inspectorName: 'Ana', result: 'failed' },
    ...more,
  });
const annual = (name: string, inspectedOn: string, more: object = {}): Act => record(name, { kind: 'annual', result: 'passed', inspectedOn, ...more });
/** Violations get their ids from the command: the n-th that was added. */
const violationOf = (world: World, n: number): string => String(world.of('InspectionViolationAdded')[n]?.data['violationId']);
const violate = (name: string, violationCode: string, isOutOfService = true): Act =>
  inspection(name, 'AddInspectionViolation', { violationCode, severity: 'critical', isOutOfService });
type Told = (people: Shell, log: World['log']) => Promise<void>;
const correct =
  (name: string, n: number, more: object = {}): Told =>
  (people, log) =>
    give(people, ['inspection', id(name)], 'CorrectViolation', {
      ...{ violationId: violationOf(new World(log), n), action: `mended ${n}`, correctedBy: 'Shop', correctedOn: '2026-02-21' },
      ...more,
    });
const takeBack =
  (name: string, n: number): Told =>
  (people, log) =>
    give(people, ['inspection', id(name)], 'WithdrawCorrection', { violationId: violationOf(new World(log), n), reason: 'broke again' });

const unit = async (world: World, target = ownId) => {
  const state = await world.state<Equipment>('equipment', target);
  if (state.situation === 'absent') throw new Error('there is no unit');
  return state;
};
const dotHolds = async (world: World, target = ownId): Promise<readonly string[]> =>
  Object.entries((await unit(world, target)).holds)
    .filter(([, { kind }]) => kind === 'dot_oos')
    .map(([holdId]) => holdId);
/** The days of the annual inspections among the unit's papers, and their last days. */
const papers = async (world: World) =>
  Object.values((await unit(world)).documents)
    .filter(({ category }) => category === 'annual-inspection')
    .map(({ issuedOn, expiresOn }) => [issuedOn, expiresOn]);

const stories: readonly Story[] = [
  {
    name: 'PM-8 out of service it is held and has one order, in the policy’s currency; the first of two repairs frees it not, the second does, before any certification',
    phases: [record('I'), violate('I', '393.9'), violate('I', '393.47'), violate('I', '393.11', false), correct('I', 0), correct('I', 1)],
    ends: async (world) => {
      expect(await dotHolds(world)).toEqual([]);
      expect([world.count('WorkOrderOpened'), world.count('EquipmentHoldReleased')]).toEqual([1, 1]);
      const [order] = world.of('WorkOrderOpened');
      expect(order?.data).toMatchObject({ currency: policyCurrency, inspectionId: id('I'), equipmentId: ownId, kind: 'inspection' });
      // EQ-11: the order's own hold is another one.
      expect(Object.keys((await unit(world)).holds)).toEqual([holdOf(order?.aggregateId ?? '')]);
    },
  },
  {
    name: 'PM-8 with one of two repaired it stays held, by the inspection’s one hold',
    phases: [record('I'), violate('I', '393.9'), violate('I', '393.47'), correct('I', 0)],
    ends: async (world) => expect(await dotHolds(world)).toEqual([dotHoldId(id('I'))]),
  },
  {
    name: 'PM-8 a repair taken back holds it again, and somebody gets the work again',
    phases: [record('I'), violate('I', '393.9'), correct('I', 0), takeBack('I', 0)],
    ends: async (world) => {
      expect(await dotHolds(world)).toEqual([dotHoldId(id('I'))]);
      expect(world.of('WorkOrderOpened').map(({ data }) => data['description'])).toEqual(['Out of service: 393.9', 'Not repaired after all: broke again']);
    },
  },
  {
    name: 'EQ-11 of two inspections that hold it each frees its own',
    phases: [record('I'), violate('I', '393.9'), record('J'), violate('J', '393.47'), correct('I', 0)],
    ends: async (world) => expect(await dotHolds(world)).toEqual([dotHoldId(id('J'))]),
  },
  {
    name: 'the order for a unit that an account has is the account’s, in its currency',
    phases: [record('I', { equipmentId: rentedId }), violate('I', '393.9')],
    ends: async (world) => {
      const [order] = world.of('WorkOrderOpened');
      expect(order?.data).toMatchObject({ currency: accountCurrency, customerId, accountId });
      expect(await dotHolds(world, rentedId)).toEqual([dotHoldId(id('I'))]);
    },
  },
  {
    name: 'an inspection written down by mistake lets the unit go',
    phases: [record('I'), violate('I', '393.9'), inspection('I', 'WithdrawInspection', { reason: 'another unit' })],
    ends: async (world) => expect(await dotHolds(world)).toEqual([]),
  },
  {
    name: 'EQ-7 out of service and in the shop at once it is down once, from the first hold to the end of the last',
    phases: [
      async () => {
        clock = '2026-03-01T12:00:00.000Z';
      },
      record('I'),
      violate('I', '393.9'),
      async () => {
        clock = '2026-03-03T12:00:00.000Z';
      },
      correct('I', 0),
      async () => {
        clock = '2026-03-05T12:00:00.000Z';
      },
      async (people, log) => {
        const [order] = new World(log).of('WorkOrderOpened');
        const act = (type: string, data: object) => give(people, ['workOrder', order?.aggregateId ?? ''], type, data);
        await act('StartWorkOrder', {});
        await act('SignWorkOrder', { signedBy: 'Ana', attachmentId: photo });
        await act('CompleteWorkOrder', { closingReadings: [{ kind: 'odometer', value: 100, uom: 'KMT', readAt: now }] });
      },
    ],
    ends: async (world) => {
      const down = foldWhole(fleetFigures, world.log.events)['stretch']?.map((row): Readonly<Record<string, unknown>> => JSON.parse(row));
      const mine = down?.filter((row) => row['equipment_id'] === ownId && row['measure'] === 'down') ?? [];
      expect(mine.map((row) => [row['starts_at'], row['ends_at']])).toEqual([['2026-03-01T12:00:00.000Z', '2026-03-05T12:00:00.000Z']]);
    },
  },
  {
    name: 'PM-7 a passed annual inspection is the unit’s paper, the next one renews it, and an earlier one told later changes nothing',
    phases: [annual('I', '2025-02-20'), annual('J', '2026-02-20'), annual('K', '2025-08-01')],
    ends: async (world) => {
      expect(await papers(world)).toEqual([['2026-02-20', '2027-02-20']]);
      expect([world.count('EquipmentDocumentAdded'), world.count('EquipmentDocumentRenewed')]).toEqual([1, 1]);
    },
  },
  {
    name: 'PM-7 the latest taken back, the one before counts again; the last taken back, the unit has no paper',
    phases: [
      annual('I', '2025-08-20'),
      annual('J', '2026-02-20'),
      inspection('J', 'WithdrawInspection', { reason: 'another unit' }),
      async (_people, log) => expect(await papers(new World(log))).toEqual([['2025-08-20', '2026-08-20']]),
      inspection('I', 'WithdrawInspection', { reason: 'another unit' }),
    ],
    ends: async (world) => expect(await papers(world)).toEqual([]),
  },
  {
    name: 'PM-7 one that passed with its repairs is no paper once a repair is taken back, and is again when it is repaired again',
    phases: [
      record('I', { kind: 'annual' }),
      violate('I', '393.9', false),
      async (_people, log) => expect(await papers(new World(log))).toEqual([]),
      correct('I', 0),
      async (_people, log) => expect(await papers(new World(log))).toEqual([['2026-02-20', '2027-02-20']]),
      takeBack('I', 0),
      async (_people, log) => expect(await papers(new World(log))).toEqual([]),
      correct('I', 0, { action: 'mended for good' }),
    ],
    ends: async (world) => expect(await papers(world)).toEqual([['2026-02-20', '2027-02-20']]),
  },
  {
    name: 'PM-7 a newer paper that people entered stays',
    phases: [
      (people) => give(people, ['equipment', ownId], 'AddEquipmentDocument', { category: 'annual-inspection', name: 'By hand', issuedOn: '2026-02-25' }),
      annual('I', '2026-02-20'),
      inspection('I', 'WithdrawInspection', { reason: 'another unit' }),
    ],
    ends: async (world) => expect(await papers(world)).toEqual([['2026-02-25', '2027-02-25']]),
  },
  {
    name: 'PM-9 ES-10 its report hangs on it and is kept as long as it must be',
    phases: [annual('I', '2026-02-20', { attachmentId: photo })],
    ends: async (world) => {
      const kept = await world.state<Attachment>('attachment', photo);
      expect(kept).toMatchObject({ links: expect.arrayContaining([expect.stringContaining(id('I'))]), retainedUntil: '2027-04-20' });
    },
  },
];

describe('inspections', () => tellHowever(stories, telling, { alsoHolds: (world) => expect(world.refusals()).toEqual([]) }));
