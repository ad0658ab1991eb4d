/** What keeps units running before they break: preventive maintenance, and inspections with what they find. */

import { inspection } from '../../../domain/inspection/decider.ts';
import { addDays } from '../../../domain/kernel/calendar.ts';
import { derivedId } from '../../../domain/kernel/ids.ts';
import { maintenance } from '../../../domain/maintenance/decider.ts';
import { maintenanceId } from '../../../domain/maintenance/state.ts';
import { serviceRequest } from '../../../domain/service-request/decider.ts';
import { workOrder } from '../../../domain/work-order/decider.ts';
import { type Cast, type OutUnit, priceIn, type Scene, type Story, staff } from './scene.ts';
import { lineOf, odometerOf, workOn } from './shop.ts';

const tasks = ['Tyre pressure and tread', 'Brake stroke and linings', 'Lights and reflectors', 'Air leaks', 'Lubrication'];
const everyDays = 90;

/** Maintained every ninety days, for the last time so many days ago. */
const define = async (scene: Scene, unit: OutUnit, { daysAgo, onDue }: { readonly daysAgo: number; readonly onDue: 'none' | 'request' }): Promise<string> => {
  const to = maintenanceId(unit.id, 'pm-a');
  const plan = {
    name: 'A service',
    tasks,
    basis: 'completed',
    calendar: { every: everyDays, unit: 'day' },
    dueSoonDays: 7,
    dueSoonPercent: 10,
    onDue,
  } as const;
  const startsOn = addDays(scene.today, -daysAgo);
  await scene.send(maintenance, 'DefineMaintenance', {
    to,
    data: { equipmentId: unit.id, accountId: unit.accountId, program: 'pm-a', ...plan, startsOn, readings: [] },
  });
  return to;
};

/** Comes due by itself and asks for its service; the shop does it. */
export async function* maintenanceInTheShop(scene: Scene, cast: Cast, unit: OutUnit): Story {
  const to = await define(scene, unit, { daysAgo: everyDays - 1, onDue: 'request' });
  // The request of the first occurrence: the process makes it when the day has come.
  const requestId = derivedId(to, ['due', '1']);
  yield 48;
  const startsAt = scene.minutesFromNow(120);
  await scene.send(serviceRequest, 'ScheduleRequest', { to: requestId, as: staff(cast.sellerId), data: { startsAt, endsAt: scene.minutesFromNow(360) } });
  yield 2;
  const orderId = scene.id('order');
  const { currency } = unit.customer;
  const opened = { requestId, equipmentId: unit.id, maintenanceId: to, kind: 'pm', description: 'A service', currency, attachmentIds: [] } as const;
  await scene.send(workOrder, 'OpenWorkOrder', { to: orderId, as: staff(cast.sellerId), data: { ...opened, source: 'request' } });
  const line = lineOf({ currency, code: '901-001-003', hours: '2.0', part: 'Grease and filters', cost: 190, because: 'pm' });
  yield* workOn(scene, cast, { orderId, line });
  await scene.send(workOrder, 'CompleteWorkOrder', { to: orderId, as: staff(scene.technicianId), data: { closingReadings: odometerOf(unit, scene.at) } });
  yield 20;
  await scene.send(workOrder, 'CloseCosts', { to: orderId, as: staff(cast.managerId), data: {} });
}

/** Done where the unit stands, without an order; now and then it is put off or left out. */
export async function* maintenanceOnSite(scene: Scene, _cast: Cast, unit: OutUnit): Story {
  const to = await define(scene, unit, { daysAgo: everyDays - 3, onDue: 'none' });
  yield 24;
  // The first of all is done, so that every demonstration has one.
  const choice = scene.isFirst ? 4 : scene.random.below(5);
  if (choice === 0) {
    await scene.send(maintenance, 'SnoozeMaintenance', { to, data: { until: addDays(scene.today, 5), reason: 'The unit is under way.' } });
    return;
  }
  if (choice === 1) {
    await scene.send(maintenance, 'SkipMaintenance', { to, data: { reason: 'Went through the B service a week ago.' } });
    return;
  }
  const { currency } = unit.customer;
  const parts = [{ partName: 'Grease cartridge', quantity: '2', cost: priceIn(currency, 35) }];
  const done = { workPerformed: 'A service at the customer’s yard.', parts, cost: priceIn(currency, 260) };
  await scene.send(maintenance, 'RecordMaintenancePerformed', { to, data: { performedOn: scene.today, readings: odometerOf(unit, scene.at), ...done } });
}

const findings = [
  { violationCode: '393.75', description: 'Tread below 2/32 inch on the left outside.', code: '901-002-001', part: 'Tire 11R22.5', cost: 1980 },
  { violationCode: '393.47', description: 'Lining thickness below the limit.', code: '901-001-001', part: 'Brake shoe set', cost: 960 },
  { violationCode: '393.45', description: 'An air hose chafes through.', code: '901-001-003', part: 'Air hose', cost: 180 },
] as const;

/** Stopped at the roadside with a violation out of service, repaired, certified. */
export async function* failedInspection(scene: Scene, cast: Cast, unit: OutUnit): Story {
  const { customer } = unit;
  const to = scene.id('inspection');
  const finding = scene.random.pick(findings);
  const report = await cast.paper('inspection', customer);
  await scene.send(inspection, 'RecordInspection', {
    to,
    data: {
      equipmentId: unit.id,
      kind: 'roadside',
      level: 'II',
      inspectedOn: scene.today,
      inspectorName: 'R. Castellanos',
      result: 'failed',
      reportNumber: `DOT-${10_000 + scene.random.below(89_999)}`,
      attachmentId: report,
    },
  });
  const { violationCode, description } = finding;
  const out = await scene.send(inspection, 'AddInspectionViolation', { to, data: { violationCode, description, severity: 'critical', isOutOfService: true } });
  const minor = await scene.send(inspection, 'AddInspectionViolation', { to, data: { violationCode: '393.11', severity: 'minor', isOutOfService: false } });
  yield 3;
  // The process opened it for the first violation out of service.
  const orderId = derivedId(out.events[0]?.id ?? '', ['order']);
  const line = lineOf({ currency: customer.currency, code: finding.code, hours: '2.0', part: finding.part, cost: finding.cost, because: 'inspection' });
  yield* workOn(scene, cast, { orderId, line });
  const signature = await cast.paper('signature', customer);
  const as = staff(scene.technicianId);
  await scene.send(workOrder, 'SignWorkOrder', { to: orderId, as, data: { signedBy: 'Encargado de patio', attachmentId: signature } });
  await scene.send(workOrder, 'CompleteWorkOrder', { to: orderId, as, data: { closingReadings: odometerOf(unit, scene.at) } });
  for (const violationId of [...out.made, ...minor.made]) {
    const repaired = { violationId, action: 'Repaired in the shop.', correctedBy: 'Taller Villa Nueva', correctedOn: scene.today, workOrderId: orderId };
    await scene.send(inspection, 'CorrectViolation', { to, as, data: repaired });
  }
  yield 24 + 24 * scene.random.below(4);
  await scene.send(inspection, 'CertifyInspection', { to, as: staff(cast.managerId), data: { certifiedBy: 'Gabriel Paz', certifiedOn: scene.today } });
  await scene.send(inspection, 'CloseInspection', { to, as: staff(cast.managerId), data: {} });
}

/** The year's inspection, passed: it becomes the unit's paper. */
export async function* annualInspection(scene: Scene, cast: Cast, unit: OutUnit): Story {
  const to = scene.id('inspection');
  const attachmentId = await cast.paper('inspection', unit.customer);
  const seen = { kind: 'annual', level: 'V', inspectedOn: scene.today, inspectorName: 'E. Marroquín', result: 'passed' } as const;
  await scene.send(inspection, 'RecordInspection', { to, data: { equipmentId: unit.id, ...seen, attachmentId } });
  yield 2;
  await scene.send(inspection, 'CloseInspection', { to, data: {} });
}
