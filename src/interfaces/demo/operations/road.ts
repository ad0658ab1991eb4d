/** Units that stand on the road: called for, dispatched, repaired there, and paid. */
import { derivedId } from '../../../domain/kernel/ids.ts';
import { roadside } from '../../../domain/roadside/decider.ts';
import { serviceRequest } from '../../../domain/service-request/decider.ts';
import { workOrder } from '../../../domain/work-order/decider.ts';
import { type Cast, type OutUnit, priceIn, type Scene, type Story, staff } from './scene.ts';
import { odometerOf } from './shop.ts';

const vendors = ['Grúas del Sur', 'Llantera La 20', 'Auxilio Vial Pacífico', 'Taller Móvil Ixchel', 'Servicio Ruta Norte'] as const;
const drivers = ['Mario Chávez', 'Luis Toc', 'Pedro Ajú', 'Hugo Reyes'] as const;
const troubles = [
  { serviceType: 'breakdown', issue: 'brakes', said: 'Air leak at the rear axle, the brakes lock.', part: 'Brake chamber', cost: 640 },
  { serviceType: 'breakdown', issue: 'lights', said: 'No lights at all after the toll station.', part: 'Seven-way cable', cost: 310 },
  { serviceType: 'breakdown', issue: 'suspension', said: 'An air bag burst, the trailer leans to the right.', part: 'Air bag', cost: 890 },
  { serviceType: 'tire', issue: 'tires', said: 'Blowout on the second axle, left outside.', part: 'Tire 11R22.5', cost: 2150 },
  { serviceType: 'tire', issue: 'tires', said: 'Two flat tires, nails on the shoulder.', part: 'Tire 295/75R22.5', cost: 2380 },
] as const;
const places = [
  { street: 'CA-9 Norte, km 87, El Rancho', position: { latitude: '14.9182', longitude: '-90.0061' } },
  { street: 'CA-2 Occidente, km 118, Cocales', position: { latitude: '14.3981', longitude: '-91.2050' } },
  { street: 'CA-9 Sur, km 63, Escuintla', position: { latitude: '14.2702', longitude: '-90.7877' } },
  { street: 'CA-1 Oriente, km 42, Barberena', position: { latitude: '14.3095', longitude: '-90.3614' } },
] as const;

type Trouble = (typeof troubles)[number];
const detailsOf = ({ serviceType, said }: Trouble, driverName: string) =>
  serviceType === 'tire' ? { positions: ['2LO'], damage: 'blowout', driverName } : { symptom: said, isLoaded: true, isSafeLocation: true, driverName };

/** A vendor that does not come, now and then; then one that does. */
const dispatch = async (scene: Scene, jobId: string, driverName: string): Promise<void> => {
  const vendorName = scene.random.pick(vendors);
  if (scene.random.below(4) === 0) {
    await scene.send(roadside, 'DispatchVendor', { to: jobId, data: { vendorName: 'Grúas Express', etaAt: scene.minutesFromNow(90) } });
    await scene.send(roadside, 'DeclineDispatch', { to: jobId, data: { reason: 'No truck free before the evening.' } });
  }
  await scene.send(roadside, 'DispatchVendor', { to: jobId, data: { vendorName, vendorPhone: '+50255550199', etaAt: scene.minutesFromNow(60) } });
  await scene.send(roadside, 'AcceptDispatch', { to: jobId, data: { technicianName: scene.random.pick(drivers), etaAt: scene.minutesFromNow(50) } });
  const summary = 'The driver waits with the unit and has put out the triangles.';
  await scene.send(roadside, 'LogCommunication', { to: jobId, data: { channel: 'call', direction: 'inbound', vendorName, driverName, summary } });
  await scene.send(roadside, 'DepartEnRoute', { to: jobId, data: {} });
};

/** A call for help on the road, until it is paid and confirmed. */
export async function* helpOnTheRoad(scene: Scene, cast: Cast, unit: OutUnit): Story {
  const { customer } = unit;
  const trouble = scene.random.pick(troubles);
  const driverName = scene.random.pick(drivers);
  const [requestId, jobId] = [scene.id('request'), scene.id('roadside')];
  const location = scene.random.pick(places);
  const reporter = { userId: unit.reporterId, tenant: customer.id };
  const photo = await cast.paper('photo', customer);
  await scene.send(serviceRequest, 'SubmitRequest', {
    to: requestId,
    as: reporter,
    data: {
      accountId: unit.accountId,
      equipmentId: unit.id,
      serviceType: trouble.serviceType,
      urgency: 'emergency',
      urgencyType: 'roadside',
      issue: trouble.issue,
      description: trouble.said,
      location,
      details: detailsOf(trouble, driverName),
    },
  });
  await scene.send(serviceRequest, 'AttachRequestMedia', { to: requestId, as: reporter, data: { attachmentId: photo, mediaCategory: 'photo' } });
  await scene.send(serviceRequest, 'AssignRequest', { to: requestId, as: staff(cast.sellerId), data: { role: 'salesperson', userId: cast.sellerId } });
  const place = { street: location.street, position: location.position };
  const asked = { requestId, description: trouble.said, currency: customer.currency, place, attachmentIds: [photo] };
  await scene.send(roadside, 'RequestRoadside', { to: jobId, data: asked });
  await dispatch(scene, jobId, driverName);
  yield 1;
  yield* onSite(scene, cast, { unit, jobId, photo, trouble });
  const orderId = derivedId(jobId, ['work-order']);
  await scene.send(roadside, 'SettleCosts', { to: jobId, as: staff(cast.managerId), data: {} });
  await scene.send(workOrder, 'StartWorkOrder', { to: orderId, data: {} });
  await scene.send(workOrder, 'CompleteWorkOrder', { to: orderId, data: { closingReadings: odometerOf(unit, scene.at) } });
  yield 22;
  if (scene.random.below(3) > 0) await scene.send(serviceRequest, 'CloseRequest', { to: requestId, as: reporter, data: { rating: 3 + scene.random.below(3) } });
  await scene.send(workOrder, 'CloseCosts', { to: orderId, as: staff(cast.managerId), data: {} });
}

type Job = { readonly unit: OutUnit; readonly jobId: string; readonly photo: string; readonly trouble: Trouble };
async function* onSite(scene: Scene, _cast: Cast, { unit, jobId, photo, trouble }: Job): Story {
  const { currency } = unit.customer;
  await scene.send(roadside, 'Arrive', { to: jobId, data: {} });
  await scene.send(roadside, 'RecordRoadsidePart', { to: jobId, data: { partName: trouble.part, quantity: '1', unitCost: priceIn(currency, trouble.cost) } });
  await scene.send(roadside, 'RecordRoadsideFee', { to: jobId, data: { feeKind: 'callout', amount: priceIn(currency, 350 + 25 * scene.random.below(10)) } });
  await scene.send(roadside, 'AttachToRoadside', { to: jobId, data: { attachmentId: photo, documentCategory: 'photo' } });
  const readings = odometerOf(unit, scene.at);
  const summary = `${trouble.part} replaced on the shoulder.`;
  await scene.send(roadside, 'ResolveRoadside', { to: jobId, data: { outcome: 'repaired', summary, readings } });
  yield 2;
}
