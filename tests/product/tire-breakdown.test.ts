/**
 * A tyre breaks down on the road, told over HTTP by the people it concerns, each with their own token and permissions: the customer's
 * dispatcher reports it, the desk sends vendors, a technician does the work, a manager approves what it costs.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { orderOf } from '../../src/application/processes/roadside.ts';
import { templateRoleId } from '../../src/application/role-templates.ts';
import { allocationIdOf } from '../../src/domain/agreement/decider.ts';
import { maintenanceId } from '../../src/domain/maintenance/state.ts';
import { id } from '../kit/decider.ts';
import { accountId, agreementId, customerId, scheduleId } from '../kit/rental.ts';
import { type Founder, openWorld, strangerId } from './world.ts';

const trailer = id('trailer');
const rent = id('rent');
const pm = maintenanceId(trailer, 'pm-a');
const usd = (amount: string) => ({ amount, currency: 'USD' });

/** Roles as a company and its customer would make them: what each may do, and no more. */
const roles = {
  technician: [
    'work-order:view',
    'work-order:edit',
    'roadside:view',
    'roadside:edit',
    'attachment:view',
    'attachment:create',
    'equipment:view',
    'service-request:view',
  ],
  dispatcher: [
    ...['service-request:view', 'service-request:create', 'service-request:edit', 'attachment:view', 'attachment:create', 'equipment:view', 'meter:view'],
    ...['work-order:view', 'roadside:view', 'maintenance:view', 'activity:view', 'customer:view'],
  ],
} as const;

const technicianId = id('technician');

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A trailer on rent with the customer, maintained every quarter, and people with accounts here. */
const setUp = async ({ done, person, roles: define, settled }: Founder): Promise<void> => {
  const line = { scheduleId, equipmentType: 'dry-van', numberOfUnits: 2, from: '2026-03-01', rate: usd('980.00'), per: 'month' };
  const lineItemId = await done('agreement', agreementId, 'AddLine', line);
  await done('agreement', agreementId, 'GrantUnits', { scheduleId, lineItemId, accountId, units: 1 });
  const unit = { unitNumber: 'T-100', equipmentType: 'dry-van', vin: '1M8GDM9AXKP042788', specifications: { axles: 2 }, timeZone: 'America/Guatemala' };
  await done('equipment', trailer, 'RegisterEquipment', unit);
  await done('equipment', trailer, 'SetPermit', { licensePlateNumber: 'TC-1', licensePlateState: 'Guatemala', expiresOn: '2099-12-31' });
  await done('equipment', trailer, 'AddEquipmentDocument', { category: 'insurance', name: 'insurance', expiresOn: '2099-12-31' });
  await done('equipment', trailer, 'AddEquipmentDocument', { category: 'annual-inspection', name: 'inspection', issuedOn: daysAgo(30) });
  await settled();
  await done('assignment', rent, 'RequestAssignment', { allocationId: allocationIdOf(lineItemId, accountId), equipmentId: trailer, from: daysAgo(1) });
  await settled();
  await done('maintenance', pm, 'DefineMaintenance', {
    equipmentId: trailer,
    accountId,
    program: 'pm-a',
    name: 'A service',
    tasks: ['Lubricate'],
    basis: 'completed',
    calendar: { every: 3, unit: 'month' },
    dueSoonDays: 7,
    dueSoonPercent: 10,
    onDue: 'none',
    startsOn: daysAgo(80),
    readings: [],
  });
  await define(roles);
  await person('gerente', templateRoleId('gerente'));
  await person('technician', id('role technician'));
  await person('north-dispatch', id('role dispatcher'), { customerId, accountIds: [accountId] });
  await person('south-admin', id('role dispatcher'), { customerId: strangerId });
};

const opened = async () => {
  const world = await openWorld(setUp);
  const people = {
    desk: await world.signIn('gerente'),
    technician: await world.signIn('technician'),
    dispatcher: await world.signIn('north-dispatch'),
    stranger: await world.signIn('south-admin'),
  };
  return { ...world, people };
};
let world: Awaited<ReturnType<typeof opened>>;
beforeAll(async () => {
  world = await opened();
}, 240_000);
afterAll(() => world?.stop());

test('SR-3 SR-7 SR-8 SR-12 a tyre breakdown, from the driver’s call to the closed request', async () => {
  const { give, refusal, rows, upload, timePasses, consistent } = world;
  const { desk, technician, dispatcher, stranger } = world.people;

  // The customer's dispatcher reports it, with a photo, for a unit that its account has.
  const photo = await upload(dispatcher, 'photo', 'tyre.png');
  const breakdown = {
    accountId,
    equipmentId: trailer,
    serviceType: 'tire',
    urgency: 'emergency',
    urgencyType: 'roadside',
    issue: 'tires',
    tireSize: '11R22.5',
    description: 'Blowout of the left outer tyre at km 62',
    location: { directions: 'CA-9 south, km 62', position: { latitude: '14.27', longitude: '-90.80' } },
    details: { positions: ['2LO'], damage: 'blowout', isLoaded: true },
  };
  expect(await refusal(dispatcher, 'service-request/submit-request', { ...breakdown, equipmentId: id('another unit') })).toBe(404);
  expect(await refusal(stranger, 'service-request/submit-request', breakdown)).toBe(404);
  const { id: requestId } = await give(dispatcher, 'service-request/submit-request', breakdown);
  await give(dispatcher, `service-request/${requestId}/attach-request-media`, { attachmentId: photo, mediaCategory: 'photo' });
  expect(await rows(desk, `/queries/request-board?filter[service_request_id]=${requestId}`)).toMatchObject([
    { status: 'submitted', service_type: 'tire', urgency_code: 'emergency', unit_number: 'T-100', request_number: 1, sla_state: 'running' },
  ]);
  expect(await rows(stranger, `/queries/service-request?filter[service_request_id]=${requestId}`)).toEqual([]);

  // Only the company sends vendors. The first one does not answer, the next one standing by is asked.
  const job = { requestId, description: 'Blowout, loaded', currency: 'USD', attachmentIds: [], standbyVendors: ['Llantas Uno', 'Llantas Dos'] };
  expect(await refusal(dispatcher, 'roadside/request-roadside', job)).toBe(403);
  const { id: roadsideId } = await give(desk, 'roadside/request-roadside', job);
  expect(await rows(dispatcher, `/queries/ers-attempt?filter[ers_id]=${roadsideId}`)).toMatchObject([{ vendor_name: 'Llantas Uno' }]);
  await timePasses({ minutes: 16 });
  const attempts = await rows(desk, `/queries/ers-attempt?filter[ers_id]=${roadsideId}&sort=dispatched_at`);
  expect(attempts).toMatchObject([{ vendor_name: 'Llantas Uno', attempt_status: 'timed_out' }, { vendor_name: 'Llantas Dos' }]);
  expect((await rows(desk, `/queries/request-board?filter[service_request_id]=${requestId}`))[0]).toMatchObject({ status: 'in_progress' });

  const onTheRoad = (command: string, body: object) => give(technician, `roadside/${roadsideId}/${command}`, body);
  await onTheRoad('accept-dispatch', { technicianName: 'Chepe' });
  await onTheRoad('revise-eta', { etaAt: new Date(Date.now() + 3_600_000).toISOString(), reason: 'Traffic' });
  await onTheRoad('depart-en-route', {});
  await onTheRoad('arrive', {});
  await onTheRoad('record-roadside-part', { partName: 'Tyre 11R22.5', quantity: '1', unitCost: usd('412.35') });
  await onTheRoad('record-roadside-fee', { feeKind: 'callout', amount: usd('95.00') });
  await onTheRoad('resolve-roadside', { outcome: 'repaired', summary: 'Replaced the outer tyre' });

  // The job became an order of the request, with its costs, the customer's photo and its link; the request waits for it.
  const orderId = orderOf(roadsideId);
  expect(await rows(technician, `/queries/work-order-board?filter[workorder_id]=${orderId}`)).toMatchObject([
    { workorder_status: 'open', service_request_id: requestId, ers_id: roadsideId, total_cost: '507.35', unit_number: 'T-100', customer_id: customerId },
  ]);
  expect(await rows(technician, `/queries/workorder-has-attachment?filter[workorder_id]=${orderId}`)).toMatchObject([{ attachment_id: photo }]);
  expect(await rows(desk, `/queries/service-request?filter[service_request_id]=${requestId}`)).toMatchObject([{ open_work_ids: [orderId] }]);

  // While the unit stands there, its maintenance is done too: a second order of the request.
  const { id: pmOrderId } = await give(desk, 'work-order/open-work-order', {
    requestId,
    equipmentId: trailer,
    maintenanceId: pm,
    kind: 'pm',
    description: 'A service on the spot',
    currency: 'USD',
    attachmentIds: [],
    source: 'request',
  });
  const closing = { closingReadings: [{ kind: 'odometer', value: 128_450, uom: 'KMT', readAt: new Date().toISOString() }] };
  const inTheShop = (order: string, command: string, body: object) => give(technician, `work-order/${order}/${command}`, body);
  for (const order of [orderId, pmOrderId]) {
    expect(await refusal(technician, `work-order/${order}/assign-technician`, { technicianId })).toBe(403);
    await give(desk, `work-order/${order}/assign-technician`, { technicianId });
    await inTheShop(order, 'start-work-order', {});
  }

  const plate = await rows(technician, `/queries/technician-day?filter[technician_id]=${technicianId}&filter[entry_kind]=order`);
  expect(plate.map(({ workorder_id: order, unit_number: unit }) => [order, unit]).sort()).toEqual([orderId, pmOrderId].map((order) => [order, 'T-100']).sort());

  // VMRS lines with labour and parts, the technician's time, a signature; what exceeds the limit waits for another's approval.
  await inTheShop(orderId, 'clock-in', { technicianId });
  expect(await refusal(technician, `work-order/${pmOrderId}/clock-in`, { technicianId })).toBe(409);
  const line = {
    vmrsCode: '901-001-001',
    position: '2LO',
    repairReason: 'breakdown',
    complaint: 'Blowout',
    correction: 'Replaced and balanced',
    labour: { hours: '1.5', rate: usd('64.00') },
    parts: [{ partName: 'Rim', quantity: '2', unitCost: usd('310.10') }],
    overrideReason: 'Price agreed with the vendor',
  };
  await inTheShop(orderId, 'add-order-line', line);
  await inTheShop(orderId, 'clock-out', { technicianId });
  const signature = await upload(technician, 'signature', 'signature.png');
  await inTheShop(orderId, 'sign-work-order', { signedBy: 'Driver Juan', attachmentId: signature });
  expect(await refusal(technician, `work-order/${orderId}/complete-work-order`, closing)).toBe(409);
  await inTheShop(orderId, 'request-cost-approval', {});
  expect(await refusal(technician, `work-order/${orderId}/approve-cost`, { amount: usd('1223.55') })).toBe(403);
  await give(desk, `work-order/${orderId}/approve-cost`, { amount: usd('1223.55') });
  await inTheShop(orderId, 'complete-work-order', closing);
  expect((await rows(desk, `/queries/service-request?filter[service_request_id]=${requestId}`))[0]).toMatchObject({ status: 'in_progress' });
  await inTheShop(pmOrderId, 'complete-work-order', closing);

  // What it came to: the customer sees it, with what each thing cost left to the company's own lists.
  const [request] = await rows(dispatcher, `/queries/service-request?filter[service_request_id]=${requestId}`);
  expect(request).toMatchObject({ status: 'resolved', open_work_ids: [] });
  const readings = await rows(dispatcher, `/queries/equipment-reading?filter[equipment_id]=${trailer}`);
  expect(readings.filter(({ equipment_reading: value }) => value === 128_450)).toHaveLength(1);
  const [schedule] = await rows(dispatcher, `/queries/preventive-maintenance-schedule?filter[pm_schedule_id]=${pm}`);
  expect(schedule).toMatchObject({ last_performed_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), status: 'ok' });
  expect(String(schedule?.['last_performed_on']) >= daysAgo(1)).toBe(true);
  expect(await rows(desk, `/queries/equipment-hold?filter[equipment_id]=${trailer}&filter[is_open]=true`)).toEqual([]);
  const labour = await rows(technician, `/queries/labour-book?filter[technician_id]=${technicianId}&filter[workorder_id]=${orderId}`);
  expect(labour).toHaveLength(1);

  // What the company writes for itself stays there: not in the customer's lists, not among the events it may read.
  expect(await refusal(dispatcher, `service-request/${requestId}/add-internal-note`, { text: 'Pays late' })).toBe(403);
  await give(desk, `service-request/${requestId}/add-internal-note`, { text: 'Pays late' });
  await give(dispatcher, `service-request/${requestId}/add-request-note`, { text: 'Thank you' });
  expect((await rows(desk, `/queries/service-request-note?filter[service_request_id]=${requestId}`)).map(({ note }) => note).sort()).toEqual([
    'Pays late',
    'Thank you',
  ]);
  expect((await rows(dispatcher, `/queries/service-request-note?filter[service_request_id]=${requestId}`)).map(({ note }) => note)).toEqual(['Thank you']);
  const log = await rows(dispatcher, `/queries/service-request-log?filter[service_request_id]=${requestId}&limit=200`);
  expect(log.map(({ change }) => change)).not.toContain('RequestInternalNoteAdded');
  const told = JSON.stringify(await dispatcher.json(`/history/service-request/${requestId}`));
  expect([told.includes('RequestSubmitted'), told.includes('Thank you'), told.includes('Pays late')]).toEqual([true, true, false]);
  expect(JSON.stringify(await desk.json(`/history/service-request/${requestId}`))).toContain('Pays late');

  // Everybody may read what happened, in sentences and by search; the stranger nothing of it.
  const feed = (await rows(dispatcher, '/queries/activity-feed?limit=200')).map(({ event_type: type }) => type);
  for (const type of ['RequestSubmitted', 'DispatchTimedOut', 'RoadsideResolved', 'WorkOrderCompleted', 'RequestResolved']) expect(feed).toContain(type);
  expect(feed).not.toContain('RequestInternalNoteAdded');
  const found = await dispatcher.json('/queries/search?q=blowout', await consistent());
  expect(JSON.stringify(found.body)).toContain(requestId);
  const strange = (await rows(stranger, '/queries/activity-feed?limit=200')).filter(({ aggregate_id: of }) =>
    [requestId, roadsideId, orderId, pmOrderId].includes(String(of)),
  );
  expect(strange).toEqual([]);
  expect((await stranger.json(`/queries/work-order-board/${orderId}`)).status).toBe(404);

  // The customer confirms.
  await give(dispatcher, `service-request/${requestId}/close-request`, { rating: 5 });
  expect((await rows(dispatcher, `/queries/service-request?filter[service_request_id]=${requestId}`))[0]).toMatchObject({ status: 'closed', rating: 5 });
}, 240_000);
