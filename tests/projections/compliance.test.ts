import { describe, expect, test } from '@jest/globals';
import { catalogs } from '../../projections/catalogs/projection.ts';
import { compliance } from '../../projections/compliance/projection.ts';
import { complianceQueries } from '../../projections/compliance/queries.ts';
import { customers as customersModel } from '../../projections/customers/projection.ts';
import { fleet } from '../../projections/equipment/projection.ts';
import { maintenanceSchedules } from '../../projections/maintenance/projection.ts';
import { maintenanceQueries } from '../../projections/maintenance/queries.ts';
import { workOrdersModel } from '../../projections/work-orders/projection.ts';
import { type Inspection, outOfServiceOf } from '../../src/domain/inspection/decider.ts';
import { addDays } from '../../src/domain/kernel/calendar.ts';
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { maintenanceId } from '../../src/domain/maintenance/state.ts';
import { zone } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { asking } from '../kit/queries.ts';
import { fc } from '../kit/seed.ts';
import { History, historyOf, type Move, type Order } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const names = ['I', 'J'] as const;
const begin = (history: History): void =>
  history.happen('equipment', id('U1'), [
    { type: 'EquipmentRegistered', data: { unitNumber: 'U1', equipmentType: 'portable-toilet', serialNumber: 'U1', specifications: {}, timeZone: zone } },
  ]);
const stateOf = (history: History, name: string): Inspection => history.state<Inspection>('inspection', id(name));
const on = (name: string, type: string, data: Row = {}): Order => ({ category: 'inspection', target: id(name), type, data });
const today = (history: History): string => localDate(history.now, zone);
const violationOf = (history: History, name: string, n: number): string => {
  const state = stateOf(history, name);
  const all = state.situation === 'absent' ? [] : Object.keys(state.violations);
  return all[n % Math.max(1, all.length)] ?? id('none');
};
type Make = (history: History, name: string, n: number) => Order;
const makes: readonly (readonly [weight: number, make: Make])[] = [
  [
    4,
    (history, name, n) => {
      const kind = (['annual', 'roadside', 'driver'] as const)[n % 3];
      const result = n % 4 === 0 ? 'passed' : 'failed';
      return on(name, 'RecordInspection', { equipmentId: id('U1'), kind, level: 'II', inspectedOn: today(history), inspectorName: 'Ana', result });
    },
  ],
  [5, (_history, name, n) => on(name, 'AddInspectionViolation', { violationCode: '393.9', severity: 'major', isOutOfService: n % 2 === 0 })],
  [
    8,
    (history, name, n) => {
      const violationId = violationOf(history, name, n);
      return on(name, 'CorrectViolation', { violationId, action: 'mended', correctedBy: 'Shop', correctedOn: today(history) });
    },
  ],
  [2, (history, name, n) => on(name, 'WithdrawCorrection', { violationId: violationOf(history, name, n), reason: 'broke' })],
  [3, (history, name) => on(name, 'CertifyInspection', { certifiedBy: 'Luis', certifiedOn: today(history) })],
  [1, (_history, name) => on(name, 'RemindOfCertification')],
  [2, (_history, name) => on(name, 'RaiseCertificationOverdue')],
  [2, (_history, name) => on(name, 'CloseInspection')],
  [1, (_history, name) => on(name, 'WithdrawInspection', { reason: 'another unit' })],
  [2, (_history, name) => on(name, 'RemoveInspection', { reason: 'space' })],
];
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(1, 4, 9, 20, 500).map(
      (days): Move =>
        (history) => {
          history.pass(days);
          return undefined;
        },
    ),
  },
  ...makes.map(([weight, make]) => ({
    weight,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.nat(11)).map(
      ([name, n]): Move =>
        (history) =>
          make(history, name, n),
    ),
  })),
);
const histories = fc.array(moves, { maxLength: 60, size: 'max' }).map((all) => historyOf(all, begin));
const rowsOf = (history: History) => foldedRows(compliance, history.steps);

describe('the read model of inspections', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: compliance, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('PM-8 PM-9 an inspection’s row is what its aggregate says; it leaves the books only when it was removed', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const name of names) {
          const state = stateOf(history, name);
          const row = rows['inspection']?.find(({ dot_inspection_id }) => dot_inspection_id === id(name));
          const violations = rows['violation']?.filter(({ dot_inspection_id }) => dot_inspection_id === id(name)) ?? [];
          seen.add(state.situation);
          if (state.situation === 'absent' || state.situation === 'removed') {
            expect([row, violations]).toEqual([undefined, []]);
            continue;
          }
          const told = history.steps.some(({ stream, event }) => stream === `inspection-${id(name)}` && event.type === 'InspectionCertificationOverdue');
          expect(row).toMatchObject({
            status: state.situation,
            open_out_of_service: outOfServiceOf(state).length,
            is_passed: state.hasPassed,
            is_certification_overdue: told && state.situation === 'open',
            certify_by: state.certifyBy,
            retained_until: state.retainedUntil,
          });
          expect(Object.fromEntries(violations.map((each) => [each['dot_inspection_violation_id'], each['corrected_at'] === null]))).toEqual(
            Object.fromEntries(Object.entries(state.violations).map(([key, { correction }]) => [key, correction === null])),
          );
        }
      }),
      { numRuns: 200 },
    );
    for (const situation of ['open', 'certified', 'closed', 'withdrawn']) expect(seen).toContain(situation);
  });
});

describe('the compliance list and the maintenance calendar', () => {
  const [sur, norte] = [id('Sur'), id('Norte')];
  const models = [fleet, customersModel, catalogs, compliance, maintenanceSchedules, workOrdersModel];
  const now = localDate(new Date().toISOString(), zone);

  /** A unit of each customer: what is due on which day is counted from the real today. */
  const story = (): History => {
    const history = new History();
    for (const [name, customer] of [
      ['S1', sur],
      ['N1', norte],
    ] as const) {
      history.happen('customer', customer, [
        {
          type: 'CustomerRegistered',
          data: { customerName: `${name} & Co`, customerClass: 'enterprise', currency: 'USD', country: 'GT', timeZone: zone },
        },
      ]);
      const ids = { assignmentId: id(`${name} a`), allocationId: id('s'), agreementId: id('g'), scheduleId: id('c'), lineItemId: id('l') };
      const holder = { customerId: customer, accountId: id(`${name} account`) };
      const plate = { licensePlateNumber: `plate of ${name}`, licensePlateState: 'Guatemala', expiresOn: addDays(now, 45), timeZone: zone };
      const paper = (category: string, expiresOn: string) => ({
        type: 'EquipmentDocumentAdded',
        data: { documentId: id(`${name} ${category}`), category, name: `${category} of ${name}`, expiresOn, timeZone: zone },
      });
      history.happen('equipment', id(name), [
        { type: 'EquipmentRegistered', data: { unitNumber: name, equipmentType: 'portable-toilet', serialNumber: name, specifications: {}, timeZone: zone } },
        { type: 'EquipmentAssigned', data: { ...ids, ...holder, equipmentType: 'portable-toilet', from: '2026-01-01', timeZone: zone, status: 'on_rent' } },
        { type: 'EquipmentPermitSet', data: { permitId: id(`${name} permit`), ...plate } },
        paper('insurance', addDays(now, -3)),
        paper('annual-inspection', addDays(now, 20)),
        { type: 'EquipmentDocumentAdded', data: { documentId: id(`${name} manual`), category: 'manual', name: 'for ever', timeZone: zone } },
      ]);
      const inspected = { equipmentId: id(name), ...holder, kind: 'roadside', level: 'II', inspectorName: 'Ana', result: 'failed', timeZone: zone };
      history.happen('inspection', id(`${name} I`), [
        { type: 'InspectionRecorded', data: { ...inspected, inspectedOn: addDays(now, -10), certifyBy: addDays(now, 5), retainedUntil: addDays(now, 300) } },
      ]);
      const outlook = {
        occurrence: 1,
        status: 'due_soon',
        lastDoneOn: addDays(now, -26),
        dueOn: addDays(now, 4),
        dueAt: [],
        forecastOn: addDays(now, 2),
        soonDays: 7,
        timeZone: zone,
      };
      const plan = {
        name: `A of ${name}`,
        tasks: [],
        basis: 'completed',
        calendar: { every: 30, unit: 'day' },
        dueSoonDays: 7,
        dueSoonPercent: 10,
        onDue: 'none',
      };
      history.happen('maintenance', maintenanceId(id(name), 'pm-a'), [
        { type: 'MaintenanceDefined', data: { equipmentId: id(name), ...holder, program: 'pm-a', ...plan, startsOn: addDays(now, -26), usages: [], outlook } },
        { type: 'MaintenanceSnoozed', data: { until: addDays(now, 3), reason: 'x', timeZone: zone } },
      ]);
    }
    // What has left the fleet keeps nobody busy.
    history.happen('equipment', id('gone'), [
      { type: 'EquipmentRegistered', data: { unitNumber: 'gone', equipmentType: 'portable-toilet', serialNumber: 'gone', specifications: {}, timeZone: zone } },
      {
        type: 'EquipmentPermitSet',
        data: { permitId: id('p'), licensePlateNumber: 'gone', licensePlateState: 'x', expiresOn: addDays(now, 1), timeZone: zone },
      },
      { type: 'EquipmentRetired', data: { reason: 'sold' } },
    ]);
    return history;
  };

  test('PM-10 TE-9 list what comes by its day, with the days left, each customer its own', async () => {
    const queries = [...complianceQueries, ...maintenanceQueries];
    await asking({ projections: models, queries, steps: story().steps }, async (ask) => {
      const list = await ask('compliance-list', sur);
      expect(list).toMatchObject([
        { item_kind: 'document', category: 'insurance', urgency: 'over', unit_number: 'S1', customer_name: 'S1 & Co' },
        { item_kind: 'certification', category: 'roadside', urgency: 'within_7', equipment_id: id('S1') },
        { item_kind: 'document', category: 'annual-inspection', urgency: 'within_30', due_on: addDays(now, 20) },
        { item_kind: 'permit', category: 'permit', title: 'plate of S1 Guatemala', urgency: 'within_60' },
      ]);
      // Asked before or after the midnight that may have come meanwhile.
      const left = list.map((row) => row['days_left']);
      expect([
        [-3, 5, 20, 45],
        [-4, 4, 19, 44],
      ]).toContainEqual(left);
      expect((await ask('compliance-list', null)).map((row) => row['unit_number']).sort()).toEqual(['N1', 'N1', 'N1', 'N1', 'S1', 'S1', 'S1', 'S1']);
      const near = await ask('compliance-list', null, `filter[days_left]=between:0,30&filter[customer_id]=${norte}`);
      expect(near.map((row) => row['category'])).toEqual(['roadside', 'annual-inspection']);

      const calendar = await ask('maintenance-calendar', null, `filter[forecast_date]=between:${now},${addDays(now, 3)}`);
      expect(calendar).toMatchObject([
        { unit_number: expect.stringMatching(/^[NS]1$/), status: 'due_soon', is_silent: true, next_due_date: addDays(now, 4) },
        { customer_name: expect.stringMatching(/^[NS]1 & Co$/) },
      ]);
      expect([2, 1]).toContain(calendar[0]?.['days_left']);
      expect(await ask('maintenance-calendar', norte)).toMatchObject([{ unit_number: 'N1', schedule_name: 'A of N1' }]);
      expect(await ask('maintenance-calendar', null, `filter[forecast_date]=lt:${now}`)).toEqual([]);
      expect(JSON.stringify(await Promise.all(queries.map(({ name }) => ask(name, sur))))).not.toMatch(/N1|Norte/);
    });
  });
});
