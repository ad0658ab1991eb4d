import { describe, expect, test } from '@jest/globals';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { workOrder } from '../../../src/domain/work-order/decider.ts';
import { id, now } from '../../kit/decider.ts';
import {
  about,
  accountId,
  assigned,
  catalogFactOf,
  closed,
  closesAt,
  completed,
  customerId,
  event,
  facts,
  lineOf,
  opened,
  opening,
  otherTechId,
  paused,
  policy,
  reading,
  reopened,
  saidLine,
  started,
  techId,
  unitId,
  usd,
  words,
} from './kit.ts';

const { given, claimsAfter, numbersAfter } = words;
const requestId = id('request');
const request = (change: object = {}) => ({
  [`serviceRequest-${requestId}`]: {
    situation: 'present',
    status: 'in_progress',
    customerId,
    accountId,
    equipmentId: unitId,
    particulars: JSON.stringify({ description: 'Flat tyre at km 40' }),
    media: { [id('photo')]: 'photo' },
    ...change,
  },
});
const dataOf = (decision: unknown): Readonly<Record<string, unknown>> =>
  (decision as readonly { readonly data: Readonly<Record<string, unknown>> }[])[0]?.data ?? {};
const outUnit = {
  [`equipment-${unitId}`]: {
    situation: 'present',
    lifecycle: 'active',
    equipmentType: 'reefer',
    outId: 'a',
    assignments: { a: { ids: { customerId, accountId } } },
  },
};

describe('opening', () => {
  test('SR-3 an order made from a request carries its text, files, unit and owner; SR-10 its number is its customer’s own', () => {
    const series: string[] = [];
    const takeNumber = (name: string) => series.push(name) && 7;
    const { equipmentId: _, ...rest } = opening;
    const data = { ...rest, description: '', attachmentIds: [id('more')], requestId, source: 'request' } as const;
    const outcome = given().when('OpenWorkOrder', data, { facts: { ...facts, ...request() }, takeNumber });
    expect(dataOf(outcome.decision)).toMatchObject({
      workOrderNumber: 7,
      requestId,
      equipmentId: unitId,
      customerId,
      accountId,
      description: 'Flat tyre at km 40',
      attachmentIds: [id('more'), id('photo')],
    });
    expect(series).toEqual([`work-order:${customerId}`]);
    expect(workOrder.tenantOf(outcome.state, id('self'))).toBe(customerId);
    expect(workOrder.accountOf?.(outcome.state, id('self'))).toBe(accountId);
  });
  test('TE-9 without a request it is the unit’s holder’s now, and the company’s own while nobody has it', () => {
    const held = given().when('OpenWorkOrder', opening, { facts: { ...facts, ...outUnit } });
    expect(dataOf(held.decision)).toMatchObject({ customerId, accountId, policy: { meterKinds: ['odometer', 'reefer-hours'] } });
    const own = given().when('OpenWorkOrder', opening, { facts });
    expect(workOrder.tenantOf(own.state, id('self'))).toBeNull();
    expect(numbersAfter(opened)).toEqual([{ series: 'work-order:company', number: 1 }]);
  });
  test('refuses a retired unit, none at all, another one than the request’s, a foreign account, another currency', () => {
    const retired = { [`equipment-${unitId}`]: { situation: 'present', lifecycle: 'retired', equipmentType: 'dry-van', assignments: {}, outId: null } };
    given()
      .when('OpenWorkOrder', opening, { facts: { ...facts, ...retired } })
      .thenRejected('equipmentRetired');
    const { equipmentId: _, ...rest } = opening;
    given().when('OpenWorkOrder', rest, { facts }).thenRejected('equipmentRequired');
    given()
      .when('OpenWorkOrder', { ...rest, kind: 'service' }, { facts })
      .thenTypes('WorkOrderOpened');
    const other = request({ equipmentId: id('another unit') });
    given()
      .when('OpenWorkOrder', { ...opening, requestId }, { facts: { ...facts, ...other } })
      .thenRejected('otherEquipment');
    given()
      .when('OpenWorkOrder', { ...opening, customerId, accountId: id('foreign') }, { facts })
      .thenRejected('unknownAccount');
    given()
      .when('OpenWorkOrder', { ...opening, accountId }, { facts })
      .thenRejected('unknownAccount');
    given()
      .when('OpenWorkOrder', { ...opening, currency: 'ZZZ' }, { facts })
      .thenRejected('unknownCurrency');
    given()
      .when('OpenWorkOrder', { ...opening, budget: { amount: '1', currency: 'GTQ' } }, { facts })
      .thenRejected('otherCurrency');
  });
  test.each(['cancelled', 'declined', 'closed'])('SR-2 a request that is %s gets no order', (status) => {
    given()
      .when('OpenWorkOrder', { ...opening, requestId }, { facts: { ...facts, ...request({ status }) } })
      .thenRejected('requestEnded');
  });
  test('SR-5 an order keeps the rework policy of its kind, and tells it when it is done', () => {
    const rework = { days: 30, distanceMeters: 3_000_000 };
    const { decision } = given().when('OpenWorkOrder', opening, { facts });
    expect(Array.isArray(decision) && decision[0]?.data).toMatchObject({ policy: { rework } });
    const ordered = event('WorkOrderOpened', { workOrderNumber: 1, ...opening, policy: { ...policy, rework: { days: 7, distanceMeters: 10 } } });
    const done = given(ordered, started).when('CompleteWorkOrder', { closingReadings: [reading] }).decision;
    expect(Array.isArray(done) && done.at(-1)?.data).toMatchObject({ rework: { days: 7, distanceMeters: 10 } });
  });
  test('SR-2 a request has one open order a kind: the order claims it while it is open, and again once reopened', () => {
    const ofRequest = event('WorkOrderOpened', { ...opened.data, requestId } as never);
    const claim = { kind: 'requestWorkOrder', scope: requestId, value: 'repair' };
    expect(claimsAfter(ofRequest, started)).toEqual([claim]);
    expect(claimsAfter(ofRequest, started, completed)).toEqual([]);
    expect(claimsAfter(ofRequest, started, completed, reopened)).toEqual([claim]);
    given(opened).when('OpenWorkOrder', opening, { facts }).thenNothing();
    given(opened)
      .when('OpenWorkOrder', { ...opening, kind: 'tire' }, { facts })
      .thenRejected('alreadyOpened');
  });
});

describe('lines', () => {
  const plain = { vmrsCode: '901-001-001', repairReason: 'breakdown' } as const;
  test('SR-5 a code is known at each level of system, assembly and component', () => {
    const known = (vmrsCode: string, entries: Readonly<Record<string, unknown>>) => {
      const [key] = catalogFactOf('vmrs');
      const active = Object.fromEntries(
        Object.entries(entries).map(([code, level]) => [code, { isActive: level !== 'inactive', entry: { code, name: code, attributes: { level } } }]),
      );
      return given(opened).when('AddOrderLine', { ...plain, vmrsCode }, { facts: { ...facts, [key]: { name: 'vmrs', entries: active } } });
    };
    const whole = { '901': 'system', '901-001': 'assembly', '901-001-001': 'component' };
    for (const code of Object.keys(whole)) known(code, whole).thenTypes('OrderLineAdded');
    known('901-001-001', { ...whole, '901-001': 'inactive' }).thenRejected('unknownVmrsCode');
    known('901-001-001', { ...whole, '901': 'assembly' }).thenRejected('unknownVmrsCode');
    known('901-001-002', whole).thenRejected('unknownVmrsCode');
    known('901-001-001-001', { ...whole, '901-001-001-001': 'component' }).thenRejected('unknownVmrsCode');
    given(opened)
      .when('AddOrderLine', { ...plain, vmrsCode: 'constructor' }, { facts })
      .thenRejected('unknownVmrsCode');
  });
  test('SR-5 a licensed list has a catalog a system', () => {
    const key = `catalog-${catalogId('vmrs-013')}`;
    const entries = { '013': { isActive: true, entry: { code: '013', name: 'Brakes', attributes: { level: 'system' } } } };
    given(opened)
      .when('AddOrderLine', { ...plain, vmrsCode: '013' }, { facts: { [key]: { name: 'vmrs-013', entries } } })
      .thenTypes('OrderLineAdded');
  });
  test('SR-4 the catalog’s costs are the default of a line; anything else needs a reason', () => {
    const { decision } = given(opened).when('AddOrderLine', plain, { facts });
    expect(dataOf(decision)).toMatchObject({ labourCost: usd('120.00'), partCost: usd('85.00'), total: usd('205.00') });
    const other = { ...plain, labour: { hours: '1.5', rate: usd('33.33') }, parts: [{ partName: 'lining', quantity: '3', unitCost: usd('0.115') }] };
    given(opened).when('AddOrderLine', other, { facts }).thenRejected('overrideReasonNeeded');
    const said = given(opened).when('AddOrderLine', { ...other, overrideReason: 'dealer price' }, { facts });
    // 1.5 × 33.33 = 49.995 → 50.00 (half even), 3 × 0.115 = 0.345 → 0.34.
    expect(dataOf(said.decision)).toMatchObject({ labourCost: usd('50.00'), partCost: usd('0.34'), total: usd('50.34') });
  });
  test('SR-4 one currency, and no amount beyond all reason', () => {
    const quetzales = { ...saidLine('1'), labour: { hours: '1', rate: { amount: '1', currency: 'GTQ' } } };
    given(opened).when('AddOrderLine', quetzales, { facts }).thenRejected('otherCurrency');
    const huge = { ...saidLine('1'), labour: { hours: '999999999', rate: usd('999999999') } };
    given(opened).when('AddOrderLine', huge, { facts }).thenRejected('amountTooLarge');
  });
  test('a line that says the same again says nothing; removed twice is removed', () => {
    const line = lineOf('line', '10.00');
    given(opened, line)
      .when('ChangeOrderLine', { lineId: id('line'), ...saidLine('10.00') }, { facts })
      .thenNothing();
    given(opened, line)
      .when('ChangeOrderLine', { lineId: id('line'), ...saidLine('12.00') }, { facts })
      .thenTypes('OrderLineChanged');
    const removed = given(opened, line).when('RemoveOrderLine', { lineId: id('line') });
    removed.thenTypes('OrderLineRemoved');
    expect(dataOf(removed.decision)).toMatchObject({ total: usd('0.00') });
  });
  test('the costs of a roadside job are one line, brought up to date when they come again', () => {
    const carried = { roadsideId: id('job'), parts: [{ partName: 'tyre', quantity: '2', unitCost: usd('310.00') }], fees: usd('150.00') };
    const first = given(opened).when('CarryOverRoadsideCosts', carried);
    expect(dataOf(first.decision)).toMatchObject({ labourCost: usd('150.00'), partCost: usd('620.00'), total: usd('770.00') });
    const line = (first.decision as readonly (typeof opened)[])[0] ?? opened;
    given(opened, line).when('CarryOverRoadsideCosts', carried).thenNothing();
    const again = given(opened, line).when('CarryOverRoadsideCosts', { ...carried, fees: usd('175.00') }, { newId: (n) => id(`later ${n}`) });
    again.thenTypes('OrderLineChanged');
    expect(dataOf(again.decision)).toMatchObject({ lineId: id('made:0'), total: usd('795.00') });
  });
});

describe('approval and signature', () => {
  const manager = { facts, actor: { kind: 'user', id: id('manager') } } as const;
  const line = lineOf('line', '600.00');
  const asked = event('CostApprovalRequested', { amount: usd('600.00') });
  const approved = event('CostApproved', { amount: usd('600.00') });

  test('TE-10 who asked or wrote a line does not approve, nor reject', () => {
    given(opened, line, asked)
      .when('ApproveCost', { amount: usd('600.00') }, { facts })
      .thenRejected('ownWork');
    given(opened, line, asked)
      .when('ApproveLargeCost', { amount: usd('600.00') }, { facts })
      .thenRejected('ownWork');
    given(opened, line, asked)
      .when('RejectCost', { amount: usd('600.00'), reason: 'no' }, { facts })
      .thenRejected('ownWork');
    given(opened, line, asked)
      .when('ApproveCost', { amount: usd('600.00') }, manager)
      .then(approved)
      .andRepeatedNothing();
  });
  test('TE-10 above the approvers’ limit a permission of its own is needed', () => {
    const large = event('CostApprovalRequested', { amount: usd('5000.01') });
    given(opened, large)
      .when('ApproveCost', { amount: usd('5000.01') }, manager)
      .thenRejected('aboveApproverLimit');
    given(opened, large)
      .when('ApproveLargeCost', { amount: usd('5000.01') }, manager)
      .thenTypes('CostApproved');
    expect(workOrder.commands.ApproveCost.permission).not.toBe(workOrder.commands.ApproveLargeCost.permission);
  });
  test('only the amount that was asked for is approved', () => {
    given(opened, line, asked)
      .when('ApproveCost', { amount: usd('700.00') }, manager)
      .thenRejected('amountChanged');
  });
  test('SR-4 a total above the approved amount resets the approval; one at or below it does not', () => {
    const base = [opened, line, asked, approved] as const;
    given(...base)
      .when('AddOrderLine', saidLine('0.01'), { facts })
      .thenTypes('OrderLineAdded', 'CostApprovalLapsed');
    given(...base)
      .when('ChangeOrderLine', { lineId: id('line'), ...saidLine('600.01') }, { facts })
      .thenTypes('OrderLineChanged', 'CostApprovalLapsed');
    given(...base)
      .when('ChangeOrderLine', { lineId: id('line'), ...saidLine('599.00') }, { facts })
      .thenTypes('OrderLineChanged');
  });
  test('SR-4 a budget below the policy’s limit counts instead of it; one above does not', () => {
    const withBudget = (amount: string) => event('WorkOrderOpened', { ...opened.data, budget: usd(amount) } as never);
    const done = { closingReadings: [reading] };
    given(withBudget('100.00'), started, lineOf('line', '100.01')).when('CompleteWorkOrder', done).thenRejected('approvalNeeded');
    given(withBudget('100.00'), started, lineOf('line', '100.00')).when('CompleteWorkOrder', done).thenTypes('WorkOrderCompleted');
    given(withBudget('9000.00'), started, lineOf('line', '500.01')).when('CompleteWorkOrder', done).thenRejected('approvalNeeded');
    given(withBudget('0.00'), started, lineOf('line', '0.01')).when('CompleteWorkOrder', done).thenRejected('approvalNeeded');
  });
  test('SR-4 a required signature is required, also after a line changed and after a reopening', () => {
    const signable = event('WorkOrderOpened', { ...opened.data, policy: { ...(opened.data as { policy: object }).policy, signatureRequired: true } } as never);
    const signed = event('WorkOrderSigned', { signatureId: id('s'), signedBy: 'Ana', attachmentId: id('image') });
    const done = { closingReadings: [reading] };
    given(signable, started).when('CompleteWorkOrder', done).thenRejected('signatureMissing');
    const complete = given(signable, started, signed).when('CompleteWorkOrder', done);
    expect(dataOf(complete.decision)).toMatchObject({ evidence: ['signature'] });
    given(signable, started, signed, lineOf('line', '1.00')).when('CompleteWorkOrder', done).thenRejected('signatureMissing');
    given(signable, started, signed, completed, reopened).when('CompleteWorkOrder', done).thenRejected('signatureMissing');
  });
});

describe('labour', () => {
  const clockedIn = event('TechnicianClockedIn', { intervalId: id('spell'), technicianId: techId, startedAt: now });
  const inAnHour = '2026-03-01T13:00:00.000Z';

  test('SR-15 whose clock runs is claimed by the order, and free once it stops', () => {
    expect(claimsAfter(opened, assigned, started, clockedIn)).toEqual([{ kind: 'technicianClock', scope: 'company', value: techId }]);
    const { decision } = given(opened, assigned, started, clockedIn).when('ClockOut', { technicianId: techId }, { now: inAnHour });
    expect(dataOf(decision)).toMatchObject({ startedAt: now, endedAt: inAnHour, workedMs: 3_600_000 });
    expect(claimsAfter(opened, assigned, started, clockedIn, (decision as readonly (typeof clockedIn)[])[0] ?? clockedIn)).toEqual([]);
  });
  test('a pause stops every clock; going on starts none', () => {
    given(opened, assigned, started, clockedIn)
      .when('PauseWorkOrder', { reason: 'parts' }, { now: inAnHour })
      .thenTypes('TechnicianClockedOut', 'WorkOrderPaused');
    given(opened, assigned, started, paused).when('ResumeWorkOrder', {}).thenTypes('WorkOrderResumed');
  });
  test('nobody completes over a running clock, works unassigned, ends before the start or in the future', () => {
    const at = given(opened, assigned, started, clockedIn);
    at.when('CompleteWorkOrder', { closingReadings: [reading] }).thenRejected('clockedIn');
    at.when('UnassignTechnician', { technicianId: techId }).thenRejected('clockedIn');
    at.when('ClockIn', { technicianId: otherTechId }).thenRejected('notAssigned');
    at.when('ClockIn', { technicianId: techId }).thenNothing();
    at.when('ClockOut', { technicianId: techId, endedAt: '2026-03-01T11:59:59.999Z' }).thenRejected('beforeStart');
    at.when('ClockOut', { technicianId: techId, endedAt: inAnHour }).thenRejected('inFuture');
  });
  test('SR-15 a node whose clock is behind never starts before the last end', () => {
    const out = event('TechnicianClockedOut', { intervalId: id('spell'), technicianId: techId, startedAt: now, endedAt: inAnHour, workedMs: 3_600_000 });
    const { decision } = given(opened, assigned, started, clockedIn, out).when('ClockIn', { technicianId: techId }, { now });
    expect(dataOf(decision)).toMatchObject({ startedAt: inAnHour });
  });
  test('TE-2 nobody of another customer is put on an order', () => {
    const of = (customer: string) => ({ facts: { ...facts, [`user-${otherTechId}`]: { situation: 'active', name: 'Omar', customerId: customer } } });
    const ordered = event('WorkOrderOpened', { workOrderNumber: 1, ...opening, customerId, policy });
    given(ordered)
      .when('AssignTechnician', { technicianId: otherTechId }, of(id('another customer')))
      .thenRejected('otherCustomersUser');
    given(ordered).when('AssignTechnician', { technicianId: otherTechId }, of(customerId)).thenTypes('TechnicianAssigned');
    given(opened).when('AssignTechnician', { technicianId: otherTechId }, of(customerId)).thenRejected('otherCustomersUser');
  });
  test('what a roadside job cost is not undone by calling off its order', () => {
    const costs = event('OrderLineAdded', {
      lineId: id('line'),
      roadsideId: id('job'),
      repairReason: 'breakdown',
      parts: [],
      labourCost: usd('80.00'),
      partCost: usd('0.00'),
      labourTotal: usd('80.00'),
      partTotal: usd('0.00'),
      total: usd('80.00'),
    });
    given(opened, costs).when('CallOffWorkOrder', { reason: 'the request is cancelled' }).thenRejected('begun');
    given(opened, lineOf('line', '1.00')).when('CallOffWorkOrder', { reason: 'the request is cancelled' }).thenTypes('WorkOrderCancelled');
  });
  test('an inactive user is not assigned; the first one leads until another is said to', () => {
    const inactive = { ...facts, [`user-${techId}`]: { situation: 'suspended', name: 'Rita' } };
    given(opened).when('AssignTechnician', { technicianId: techId }, { facts: inactive }).thenRejected('userNotActive');
    given(opened).when('AssignTechnician', { technicianId: techId }, { facts }).then(assigned).andRepeatedNothing();
    const second = given(opened, assigned).when('AssignTechnician', { technicianId: otherTechId }, { facts });
    expect(dataOf(second.decision)).toMatchObject({ isLead: false });
    given(opened, assigned).when('AssignTechnician', { technicianId: techId, isLead: true }, { facts }).thenNothing();
  });
});

describe('the end', () => {
  test('a completion wants one reading of each meter, in its unit, not of the future', () => {
    const at = given(opened, started);
    at.when('CompleteWorkOrder', { closingReadings: [] }).thenRejected('readingsMissing');
    at.when('CompleteWorkOrder', { closingReadings: [{ ...reading, uom: 'CEL' }] }).thenRejected('wrongUnit');
    at.when('CompleteWorkOrder', { closingReadings: [reading, reading] }).thenRejected('repeatedReading');
    at.when('CompleteWorkOrder', { closingReadings: [{ ...reading, readAt: '2026-03-01T12:00:00.001Z' }] }).thenRejected('inFuture');
    at.when('CompleteWorkOrder', { closingReadings: [reading] })
      .then(completed)
      .andRepeatedNothing();
  });
  test('once begun, an order with work or costs on it is not cancelled', () => {
    given(opened, lineOf('line', '1.00')).when('CancelWorkOrder', { reason: 'x' }).thenTypes('WorkOrderCancelled');
    given(opened, started, lineOf('line', '1.00')).when('CancelWorkOrder', { reason: 'x' }).thenRejected('booked');
  });
  test('costs close by themselves once, for the last completion only', () => {
    expect(workOrder.deadlines?.WorkOrderCompleted?.(completed.data as never, id('self'))).toEqual([
      { change: 'set', name: 'close-costs', dueAt: closesAt, command: 'CloseCostsWhenDue', data: { completion: 1 } },
    ]);
    expect(workOrder.deadlines?.WorkOrderReopened?.(reopened.data as never, id('self'))).toEqual([{ change: 'cancel', name: 'close-costs' }]);
    given(opened, started, completed).when('CloseCostsWhenDue', { completion: 2 }).thenNothing();
    given(opened, started, completed, closed).when('CloseCostsWhenDue', { completion: 1 }).thenNothing();
  });
  test('SR-5 a mark of rework stays on its line, also when the line is written anew', () => {
    const reworkOf = { workOrderId: unitId, lineId: techId };
    const marked = event('ReworkMarked', { lineId: id('line'), reworkOf });
    given(opened, lineOf('line', '1.00'))
      .when('MarkRework', { lineId: id('line'), reworkOf })
      .then(marked)
      .andRepeatedNothing();
    const { state } = given(opened, lineOf('line', '1.00'), marked).when('ChangeOrderLine', { lineId: id('line'), ...saidLine('2.00') }, { facts });
    expect(state.situation === 'present' && state.lines[id('line')]?.reworkOf).not.toBeNull();
  });
  test('SR-1 a completion stays in history when it is reopened, and the next one is another', () => {
    const { decision } = given(opened, started, completed, reopened).when('CompleteWorkOrder', { closingReadings: [reading] });
    expect(dataOf(decision)).toMatchObject({ ...about, completion: 2 });
  });
});
