import { describe, expect, test } from '@jest/globals';
import { maintenanceSchedules } from '../../projections/maintenance/projection.ts';
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { outlookOf } from '../../src/domain/maintenance/rules.ts';
import { type Maintenance, maintenanceId, type PresentMaintenance } from '../../src/domain/maintenance/state.ts';
import { meterId } from '../../src/domain/meter/state.ts';
import { customerId, zone } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { type History, historyOf, type Move, type Order } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const units = ['U1', 'U2'] as const;
const plan = { name: 'A service', tasks: ['Lights'], basis: 'completed', dueSoonDays: 3, dueSoonPercent: 10, onDue: 'none' };
const every = (days: number) => ({ ...plan, calendar: { every: days, unit: 'day' }, primaryMeter: { kind: 'odometer', every: 1000, uom: 'KMT' } });
const scheduleId = (name: string): string => maintenanceId(id(name), 'pm-a');
const year = 2026;

const begin = (history: History): void => {
  for (const name of units) {
    history.happen('equipment', id(name), [
      { type: 'EquipmentRegistered', data: { unitNumber: name, equipmentType: 'portable-toilet', serialNumber: name, specifications: {}, timeZone: zone } },
    ]);
    // U2 is an account's: its rows are its customer's.
    const ids = {
      assignmentId: id('a'),
      allocationId: id('s'),
      agreementId: id('g'),
      scheduleId: id('c'),
      lineItemId: id('l'),
      customerId,
      accountId: id('account'),
    };
    if (name === 'U2')
      history.happen('equipment', id(name), [
        { type: 'EquipmentAssigned', data: { ...ids, equipmentType: 'portable-toilet', from: '2026-01-01', timeZone: zone, status: 'on_rent' } },
      ]);
    const owner = name === 'U2' ? { accountId: id('account') } : {};
    const data = { equipmentId: id(name), program: 'pm-a', ...owner, ...every(10), startsOn: '2026-02-25', readings: [] };
    history.give({ category: 'maintenance', target: scheduleId(name), type: 'DefineMaintenance', data });
  }
};
const stateOf = (history: History, name: string): PresentMaintenance => {
  const state = history.state<Maintenance>('maintenance', scheduleId(name));
  if (state.situation === 'absent') throw new Error(`no schedule of ${name}`);
  return state;
};
const today = (history: History): string => localDate(history.now, zone);
const on = (name: string, type: string, data: Row = {}): Order => ({ category: 'maintenance', target: scheduleId(name), type, data });
const aUnit = fc.constantFrom(...units);
type Make = (history: History, name: string, n: number) => Order | undefined;
const nth = (history: History, name: string, n: number): string => {
  const all = Object.keys(stateOf(history, name).records);
  return all[n % Math.max(1, all.length)] ?? id('none');
};
const makes: readonly (readonly [weight: number, make: Make])[] = [
  [3, (_history, name) => on(name, 'CheckMaintenance')],
  [
    4,
    (history, name, n) => {
      const parts = [{ partName: `part ${n}`, quantity: '2', cost: { amount: '3.50', currency: 'USD' } }];
      return on(name, 'RecordMaintenancePerformed', { workOrderId: id(`W${n % 5}`), performedOn: today(history), readings: [], parts });
    },
  ],
  [2, (_history, name, n) => on(name, 'WithdrawMaintenancePerformed', { workOrderId: id(`W${n % 5}`), reason: 'reopened' })],
  [1, (_history, name) => on(name, 'SkipMaintenance', { reason: 'new' })],
  [
    1,
    (history, name, n) =>
      on(name, 'SnoozeMaintenance', { until: localDate(new Date(Date.parse(history.now) + (n + 1) * 86_400_000).toISOString(), zone), reason: 'x' }),
  ],
  [1, (_history, name) => on(name, 'PauseMaintenance', { reason: 'x' })],
  [2, (_history, name) => on(name, 'ResumeMaintenance')],
  [1, (_history, name, n) => on(name, 'ChangeMaintenance', every(5 + n))],
  [1, (_history, name) => on(name, 'LeaveMaintenanceAccount', { accountId: id('account') })],
  [1, (_history, name, n) => (n < 3 ? on(name, 'EndMaintenance', { reason: 'sold' }) : undefined)],
  [4, (history, name, n) => on(name, 'RemoveMaintenanceRecord', { performanceId: nth(history, name, n), reason: 'space' })],
  [
    2,
    (history, name, n) => {
      const data = { equipmentId: id(name), kind: 'odometer', year, value: history.steps.length * 40 + n, uom: 'KMT', readAt: history.now, source: 'manual' };
      return { category: 'meter', target: meterId(id(name), 'odometer', year), type: 'RecordReading', data };
    },
  ],
  [2, (_history, name) => on(name, 'RecordUsage', { kind: 'odometer', year })],
];
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.oneof({ weight: 20, arbitrary: fc.integer({ min: 1, max: 6 }) }, { weight: 6, arbitrary: fc.constant(500) }).map(
      (days): Move =>
        (history) => {
          // A year's meter ends with it.
          if (days < 100 || units.some((name) => stateOf(history, name).situation === 'ended')) history.pass(days);
          return undefined;
        },
    ),
  },
  ...makes.map(([weight, make]) => ({
    weight,
    arbitrary: fc.tuple(aUnit, fc.nat(9)).map(
      ([name, n]): Move =>
        (history) =>
          make(history, name, n),
    ),
  })),
);
const histories = fc.array(moves, { maxLength: 50, size: 'max' }).map((all) => historyOf(all, begin));
/** The unit leaves the fleet, long ago, and some record of it goes. */
const left = (name: string): readonly Move[] => [
  () => on(name, 'ResumeMaintenance'),
  (history) => on(name, 'RecordMaintenancePerformed', { workOrderId: id('last'), performedOn: today(history), readings: [] }),
  () => on(name, 'EndMaintenance', { reason: 'sold' }),
  (history) => {
    history.pass(500);
    return on(name, 'RemoveMaintenanceRecord', { performanceId: nth(history, name, 0), reason: 'space' });
  },
];
const lives = fc
  .tuple(fc.array(moves, { maxLength: 50, size: 'max' }), fc.boolean())
  .map(([all, isOver]) => historyOf([...all, ...(isOver ? left('U1') : [])], begin));
const rowsOf = (history: History) => foldedRows(maintenanceSchedules, history.steps);

describe('the read model of maintenance', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: maintenanceSchedules, steps: lives.map(({ steps }) => steps), runs: 25 });
  });

  test('PM-2 a schedule’s row stands as its aggregate does, whatever happened to it', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const name of units) {
          const state = stateOf(history, name);
          const { dueOn, lastDoneOn, forecastOn, occurrence } = outlookOf(state);
          seen.add(state.status);
          const row = rows['schedule']?.find(({ pm_schedule_id }) => pm_schedule_id === scheduleId(name));
          expect(row).toMatchObject({ status: state.status, is_open: state.situation !== 'ended', customer_id: state.customerId, account_id: state.accountId });
          if (state.situation === 'ended') continue;
          expect(row).toMatchObject({
            occurrence,
            next_due_date: dueOn ?? null,
            forecast_date: forecastOn ?? null,
            last_performed_on: lastDoneOn,
            snoozed_until: state.snoozedUntil,
            frequency_interval: state.plan.calendar?.every,
          });
        }
      }),
      { numRuns: 200 },
    );
    expect([...seen].sort()).toEqual(['due', 'due_soon', 'ended', 'ok', 'overdue', 'paused']);
  });

  test('PM-9 nothing that was recorded leaves the books before its retention is over, withdrawn or not', async () => {
    let [withdrawn, removed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(lives, async (history) => {
        const rows = await rowsOf(history);
        for (const name of units) {
          const state = stateOf(history, name);
          const own = rows['performed']?.filter(({ pm_schedule_id }) => pm_schedule_id === scheduleId(name)) ?? [];
          expect(own.map(({ pm_event_id }) => pm_event_id).sort()).toEqual(Object.keys(state.records).sort());
          const standing = new Set(state.bases.map(({ performanceId }) => performanceId));
          for (const row of own) {
            // What is over is no basis of anything any more.
            if (state.situation !== 'ended') expect(row['is_withdrawn']).toBe(!standing.has(String(row['pm_event_id'])));
            expect(row['retained_until'] !== null).toBe(state.situation === 'ended');
            withdrawn += row['is_withdrawn'] === true ? 1 : 0;
            if (row['work_order_id'] === id('last')) continue;
            const parts = rows['part']?.filter(({ pm_event_id }) => pm_event_id === row['pm_event_id']) ?? [];
            expect(parts).toHaveLength(row['is_skipped'] === true ? 0 : 1);
            for (const part of parts) expect(part).toMatchObject({ is_withdrawn: row['is_withdrawn'], part_quantity: '2', part_cost: '3.50' });
          }
          const told = history.steps.filter(({ stream, event }) => stream === `maintenance-${scheduleId(name)}` && event.type === 'MaintenanceRecordRemoved');
          removed += told.length;
        }
      }),
      { numRuns: 150 },
    );
    expect(withdrawn).toBeGreaterThan(0);
    expect(removed).toBeGreaterThan(0);
  });
});
