import { describe, expect, test } from '@jest/globals';
import { roadsideModel } from '../../projections/roadside/projection.ts';
import { workOrdersModel } from '../../projections/work-orders/projection.ts';
import { catalogId, entryId } from '../../src/domain/kernel/well-known.ts';
import { type Roadside, total } from '../../src/domain/roadside/state.ts';
import { totals, type WorkOrder, workedMs } from '../../src/domain/work-order/state.ts';
import { accountId, customerId, equipmentId, submitted, zone } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { imported } from '../kit/shipped-catalogs.ts';
import { type History, historyOf, type Move, type Order } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const orders = ['W1', 'W2'] as const;
const jobs = ['J1', 'J2'] as const;
const requestId = id('request');
const usd = (amount: number) => ({ amount: (amount / 100).toFixed(2), currency: 'USD' });

const begin = (history: History): void => {
  for (const name of ['vmrs', 'work-order-policy', 'equipment-type', 'uom']) history.happen('catalog', catalogId(name), imported(name));
  const place = { currency: 'USD', country: 'GT', timeZone: zone };
  history.happen('customer', customerId, [
    { type: 'CustomerRegistered', data: { customerName: 'Sur', customerClass: 'enterprise', ...place } },
    { type: 'AccountOpened', data: { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place } },
  ]);
  history.happen('equipment', equipmentId, [
    { type: 'EquipmentRegistered', data: { unitNumber: 'U1', equipmentType: 'portable-toilet', serialNumber: 'S1', specifications: {}, timeZone: zone } },
  ]);
  history.happen('serviceRequest', requestId, submitted('other').events);
  for (const name of orders) {
    const data = {
      requestId,
      equipmentId,
      kind: name === 'W1' ? 'repair' : 'tire',
      description: name,
      currency: 'USD',
      attachmentIds: [id(`${name} file`)],
      source: 'request',
    };
    history.give({ category: 'workOrder', target: id(name), type: 'OpenWorkOrder', data });
    history.happen('workOrder', id(name), [{ type: 'TechnicianAssigned', data: { technicianId: id('tech'), technicianName: 'Rita', isLead: true } }]);
  }
};
const orderAt = (history: History, name: string): Extract<WorkOrder, { readonly situation: 'present' }> => {
  const state = history.state<WorkOrder>('workOrder', id(name));
  if (state.situation === 'absent') throw new Error(`no order ${name}`);
  return state;
};
const nth = (record: object, n: number): string => Object.keys(record)[n % Math.max(1, Object.keys(record).length)] ?? id('none');
const order = (name: string, type: string, data: Row = {}): Order => ({ category: 'workOrder', target: id(name), type, data });
const job = (name: string, type: string, data: Row = {}): Order => ({ category: 'roadside', target: id(name), type, data });

const anOrder = fc.constantFrom(...orders);
const cents = fc.integer({ min: 0, max: 9000 });
const said = (amount: number, codeIndex: number) => ({
  vmrsCode: ['901-001-001', '904-001-002', '901'][codeIndex % 3],
  repairReason: 'breakdown',
  labour: { hours: '1.5', rate: usd(amount) },
  parts: [{ partName: 'part', quantity: '2', unitCost: usd(amount) }],
  overrideReason: 'agreed',
});
const plain = (types: readonly (readonly [string, Row])[]) =>
  fc.tuple(anOrder, fc.constantFrom(...types)).map(
    ([name, [type, data]]): Move =>
      () =>
        order(name, type, data),
  );
const onOrders: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(anOrder, cents, fc.nat(2)).map(
      ([name, amount, code]): Move =>
        () =>
          order(name, 'AddOrderLine', said(amount, code)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(anOrder, cents, fc.nat(5)).map(
      ([name, amount, n]): Move =>
        (at) =>
          order(name, 'ChangeOrderLine', { lineId: nth(orderAt(at, name).lines, n), ...said(amount, n) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(anOrder, fc.nat(5)).map(
      ([name, n]): Move =>
        (at) =>
          order(name, 'RemoveOrderLine', { lineId: nth(orderAt(at, name).lines, n) }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(anOrder, fc.nat(5)).map(
      ([name, n]): Move =>
        (at) =>
          order(name, 'MarkRework', { lineId: nth(orderAt(at, name).lines, n), reworkOf: { workOrderId: id('old'), lineId: id('old line') } }),
    ),
  },
  {
    weight: 8,
    arbitrary: plain([
      ['StartWorkOrder', {}],
      ['StartWorkOrder', {}],
      ['ClockIn', { technicianId: id('tech') }],
      ['ClockOut', { technicianId: id('tech') }],
      ['PauseWorkOrder', { reason: 'parts' }],
      ['ResumeWorkOrder', {}],
      ['RequestCostApproval', {}],
      ['SignWorkOrder', { signedBy: 'Ana', attachmentId: id('signature') }],
      ['CompleteWorkOrder', { closingReadings: [] }],
      ['CompleteWorkOrder', { closingReadings: [] }],
      ['CompleteWorkOrder', { closingReadings: [] }],
      ['ReopenWorkOrder', { reason: 'again' }],
      ['CloseCosts', {}],
      ['CancelWorkOrder', { reason: 'x' }],
      ['AttachToWorkOrder', { attachmentId: id('photo'), documentCategory: 'photo' }],
      ['UnassignTechnician', { technicianId: id('tech') }],
      ['DescribeWorkOrder', { description: 'more' }],
    ]),
  },
);
const jobMoves: readonly (readonly [string, Row])[] = [
  ['RequestRoadside', { requestId, equipmentId, description: 'flat', currency: 'USD', attachmentIds: [id('file')], standbyVendors: ['South'] }],
  ['DispatchVendor', { vendorName: 'North' }],
  ['DispatchVendor', { vendorName: 'South' }],
  ['AcceptDispatch', { technicianName: 'Luis' }],
  ['AcceptDispatch', {}],
  ['DeclineDispatch', { reason: 'x' }],
  ['ReviseEta', { etaAt: '2026-12-01T00:00:00.000Z' }],
  ['ReplaceVendor', { reason: 'x' }],
  ['DepartEnRoute', {}],
  ['DepartEnRoute', {}],
  ['Arrive', {}],
  ['Arrive', {}],
  ['ReportUnable', { reason: 'x' }],
  ['RecordRoadsidePart', { partName: 'tyre', quantity: '2', unitCost: usd(31_000) }],
  ['RecordRoadsideFee', { feeKind: 'callout', amount: usd(8000) }],
  ['LogCommunication', { channel: 'call', direction: 'inbound', driverName: 'Pedro' }],
  ['AttachToRoadside', { attachmentId: id('bill') }],
  ['ResolveRoadside', { outcome: 'repaired' }],
  ['LinkWorkOrder', { workOrderId: id('W1') }],
  ['SettleCosts', {}],
  ['CancelRoadside', { reason: 'x', fee: usd(4500) }],
];
const onJobs: fc.Arbitrary<Move> = fc.tuple(fc.constantFrom(...jobs), fc.nat(jobMoves.length - 1)).map(
  ([name, n]): Move =>
    () => {
      const [type, data] = jobMoves[n] ?? ['SettleCosts', {}];
      return job(name, type, data);
    },
);
/** The next step of a job that goes well. */
const onward: Readonly<Record<string, readonly [string, Row]>> = {
  absent: jobMoves[0] ?? ['RequestRoadside', {}],
  requested: ['DispatchVendor', { vendorName: 'North' }],
  dispatched: ['AcceptDispatch', { technicianName: 'Luis' }],
  accepted: ['DepartEnRoute', {}],
  en_route: ['Arrive', {}],
  on_site: ['ResolveRoadside', { outcome: 'repaired' }],
  resolved: ['SettleCosts', {}],
};
const forward: fc.Arbitrary<Move> = fc.constantFrom(...jobs).map(
  (name): Move =>
    (history) => {
      const state = history.state<Roadside>('roadside', id(name));
      const next = onward[state.situation === 'absent' ? 'absent' : state.status];
      return next === undefined ? undefined : job(name, ...next);
    },
);
const histories = fc.array(fc.oneof(onOrders, onJobs, forward), { maxLength: 60, size: 'max' }).map((moves) => historyOf(moves, begin));
const rowsOf = (definition: typeof roadsideModel, history: History) => foldedRows(definition, history.steps);

describe('the read models of work orders and roadside jobs', () => {
  test.each([workOrdersModel, roadsideModel])('ES-3 $name: the same rows for any split, twice, rebuilt and with strangers', async (definition) => {
    await checkProjection({ definition, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('SR-4 an order’s row is what its aggregate says: costs, status, approval, labour, lines', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(workOrdersModel, history);
        for (const name of orders) {
          const state = orderAt(history, name);
          const row = rows['workOrder']?.find(({ workorder_id }) => workorder_id === id(name));
          const { labourTotal, partTotal, total: all } = totals(state);
          expect(row).toMatchObject({
            workorder_status: state.status,
            approval_status: state.approval.status,
            is_signed: state.signature !== null,
            worked_ms: String(workedMs(state)),
            customer_id: customerId,
            account_id: accountId,
            service_request_id: requestId,
          });
          expect([row?.['labour_cost'], row?.['part_cost'], row?.['total_cost']].map(Number)).toEqual(
            [labourTotal, partTotal, all].map(({ amount }) => Number(amount)),
          );
          const lines = rows['line']?.filter(({ workorder_id }) => workorder_id === id(name)) ?? [];
          expect(Object.fromEntries(lines.map((line) => [line['workorder_vmrs_id'], [line['vmrs_id'], line['is_rework']]]))).toEqual(
            Object.fromEntries(Object.entries(state.lines).map(([key, line]) => [key, [entryId('vmrs', line.vmrsCode ?? ''), line.reworkOf !== null]])),
          );
          expect(rows['labour']?.filter(({ workorder_id }) => workorder_id === id(name))).toHaveLength(state.spells.length);
          seen.add(state.status);
        }
      }),
      { numRuns: 200 },
    );
    expect([...seen].sort()).toEqual(['cancelled', 'closed', 'completed', 'in_progress', 'open', 'paused']);
  });

  test('SR-8 a job’s row is what its aggregate says: status, attempts, total', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(roadsideModel, history);
        for (const name of jobs) {
          const state = history.state<Roadside>('roadside', id(name));
          if (state.situation === 'absent') continue;
          const row = rows['job']?.find(({ ers_id }) => ers_id === id(name));
          expect(row).toMatchObject({ ers_status: state.status, outcome: state.outcome, workorder_id: state.workOrderId, customer_id: customerId });
          expect(Number(row?.['total_cost'])).toBe(Number(total(state).amount));
          const costs = [
            ...(rows['part'] ?? []).map((part) => [part['ers_id'], part['part_cost']]),
            ...(rows['fee'] ?? []).map((fee) => [fee['ers_id'], fee['amount']]),
          ];
          const sum = costs.filter(([of]) => of === id(name)).reduce((all, [, amount]) => all + Math.round(Number(amount) * 100), 0);
          expect(sum).toBe(Math.round(Number(total(state).amount) * 100));
          const attempts = rows['attempt']?.filter(({ ers_id }) => ers_id === id(name)) ?? [];
          expect(
            Object.fromEntries(
              attempts.map((attempt) => [attempt['ers_attempt_id'], [attempt['accepted_at'], attempt['arrived_at'], attempt['ended_at'] === null]]),
            ),
          ).toMatchObject(
            Object.fromEntries(state.attempts.map(({ attemptId, times }) => [attemptId, [times.accepted ?? null, times.arrived ?? null, expect.any(Boolean)]])),
          );
          seen.add(state.status);
        }
      }),
      { numRuns: 150 },
    );
    for (const status of ['requested', 'dispatched', 'accepted', 'en_route', 'on_site', 'resolved', 'closed', 'cancelled']) expect(seen).toContain(status);
  });
});
