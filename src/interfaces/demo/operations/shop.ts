/** Work in the shop: tires, breakdowns that could roll in, what maintenance and inspections bring. */
import { epochMs } from '../../../domain/kernel/calendar.ts';
import { addMoney, multiplyMoney } from '../../../domain/kernel/money.ts';
import { serviceRequest } from '../../../domain/service-request/decider.ts';
import { workOrder } from '../../../domain/work-order/decider.ts';
import { type Cast, type OutUnit, priceIn, type Scene, type Story, staff } from './scene.ts';

const dayMs = 86_400_000;
const kilometresADay = 140;
const quetzalsAnHour = 184;
/** A part that costs more makes its order one that somebody else approves. */
const unapprovedQuetzals = 4000;

/** What the meters of a unit show at an instant: each day a little more, so that no reading is below an earlier one. */
export const odometerOf = ({ ordinal, type }: OutUnit, at: string) => {
  const days = epochMs(at) / dayMs - 20_000;
  const odometer = { kind: 'odometer', value: Math.round(20_000 + 37 * ordinal + kilometresADay * days), uom: 'KMT', readAt: at } as const;
  if (type !== 'reefer') return [odometer];
  return [odometer, { kind: 'reefer-hours', value: Math.round(1000 + ordinal + 6 * days), uom: 'HUR', readAt: at } as const];
};

const jobs = [
  { kind: 'tire', issue: 'tires', code: '901-002-001', said: 'Tread below the limit on the rear axle.', hours: '1.5', part: 'Tire 11R22.5', cost: 1980 },
  { kind: 'repair', issue: 'brakes', code: '901-001-001', said: 'Linings worn, one drum cracked.', hours: '3.0', part: 'Brake drum', cost: 1250 },
  { kind: 'repair', issue: 'lights', code: '902-001-001', said: 'Marker lights dead on the left.', hours: '1.0', part: 'Marker lamp', cost: 145 },
  { kind: 'repair', issue: 'reefer', code: '903-001-001', said: 'The cooling unit stops after an hour.', hours: '4.0', part: 'Compressor', cost: 5200 },
  { kind: 'repair', issue: 'doors', code: '902-001-002', said: 'The rear door does not close.', hours: '2.5', part: 'Hinge set', cost: 420 },
] as const;

type Lined = {
  readonly currency: string;
  readonly code: string;
  readonly hours: string;
  readonly part: string;
  readonly cost: number;
  readonly because: string;
};
/** A line as a mechanic would write it; what the catalog says is usual is in another currency. */
export const lineOf = ({ currency, code, hours, part, cost, because }: Lined) =>
  ({
    vmrsCode: code,
    repairReason: because === 'pm' ? 'pm' : because === 'inspection' ? 'inspection' : 'wear',
    complaint: because,
    correction: `${part} replaced.`,
    labour: { hours, rate: priceIn(currency, quetzalsAnHour) },
    parts: [{ partName: part, quantity: '1', unitCost: priceIn(currency, cost) }],
    overrideReason: 'Prices of our shop.',
  }) as const;

/** What an order with this line alone costs. */
const totalOf = ({ labour, parts: [part] }: ReturnType<typeof lineOf>) => addMoney(multiplyMoney(labour.rate, labour.hours), part.unitCost);

/** The work on an order: who, how long with a rest for want of parts, what it came to. The order's hours lie within half a day. */
export async function* workOn(scene: Scene, cast: Cast, { orderId, line }: { readonly orderId: string; readonly line: ReturnType<typeof lineOf> }): Story {
  const { technicianId } = scene;
  const as = staff(technicianId);
  await scene.send(workOrder, 'AssignTechnician', { to: orderId, as: staff(cast.sellerId), data: { technicianId, isLead: true } });
  await scene.send(workOrder, 'AddOrderLine', { to: orderId, as, data: line });
  yield 1;
  await scene.send(workOrder, 'StartWorkOrder', { to: orderId, as, data: {} });
  await scene.send(workOrder, 'ClockIn', { to: orderId, as, data: { technicianId } });
  yield 2;
  await scene.send(workOrder, 'ClockOut', { to: orderId, as, data: { technicianId } });
  if (scene.random.below(3) === 0) {
    await scene.send(workOrder, 'PauseWorkOrder', { to: orderId, as, data: { reason: 'Waits for parts.' } });
    yield 2;
    await scene.send(workOrder, 'ResumeWorkOrder', { to: orderId, as, data: {} });
  }
}

/** A unit that rolls in, until its costs are closed. */
export async function* visitToTheShop(scene: Scene, cast: Cast, unit: OutUnit): Story {
  const { customer } = unit;
  const job = scene.random.pick(jobs.filter(({ issue }) => issue !== 'reefer' || unit.type === 'reefer'));
  const [requestId, orderId] = [scene.id('request'), scene.id('order')];
  const reporter = { userId: unit.reporterId, tenant: customer.id };
  const photo = await cast.paper('photo', customer);
  const details = job.kind === 'tire' ? { positions: ['2LO', '2LI'], damage: 'worn', treadDepthMillimeters: 2.4 } : { symptom: job.said, isLoaded: false };
  await scene.send(serviceRequest, 'SubmitRequest', {
    to: requestId,
    as: reporter,
    data: {
      accountId: unit.accountId,
      equipmentId: unit.id,
      serviceType: job.kind === 'tire' ? 'tire' : 'breakdown',
      urgency: scene.random.pick(['urgent', 'normal']),
      urgencyType: 'our-shop',
      issue: job.issue,
      ...(job.kind === 'tire' ? { tireSize: '11R22.5' } : {}),
      facility: 'VNV-SHOP',
      description: job.said,
      details,
    },
  });
  await scene.send(serviceRequest, 'AttachRequestMedia', { to: requestId, as: reporter, data: { attachmentId: photo, mediaCategory: 'photo' } });
  const opened = { requestId, equipmentId: unit.id, kind: job.kind, description: job.said, currency: customer.currency, attachmentIds: [photo] };
  await scene.send(workOrder, 'OpenWorkOrder', { to: orderId, as: staff(cast.sellerId), data: { ...opened, source: 'request' } });
  const line = lineOf({ ...job, currency: customer.currency, because: job.said });
  yield* workOn(scene, cast, { orderId, line });
  if (job.cost > unapprovedQuetzals) {
    await scene.send(workOrder, 'RequestCostApproval', { to: orderId, as: staff(scene.technicianId), data: { note: `${job.part} is dear.` } });
    yield 1;
    await scene.send(workOrder, 'ApproveCost', { to: orderId, as: staff(cast.managerId), data: { amount: totalOf(line) } });
  }
  await scene.send(workOrder, 'CompleteWorkOrder', { to: orderId, as: staff(scene.technicianId), data: { closingReadings: odometerOf(unit, scene.at) } });
  yield 20;
  if (scene.random.below(2) === 0) await scene.send(serviceRequest, 'CloseRequest', { to: requestId, as: reporter, data: { rating: 5 } });
  await scene.send(workOrder, 'CloseCosts', { to: orderId, as: staff(cast.managerId), data: {} });
}
