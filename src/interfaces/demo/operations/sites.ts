/** Services at customers' sites: toilets on building grounds, tanks to empty, plants; from the lead to the work, or to the lost lead. */
import { addDays } from '../../../domain/kernel/calendar.ts';
import { quotation } from '../../../domain/quotation/decider.ts';
import { serviceRequest } from '../../../domain/service-request/decider.ts';
import { workOrder } from '../../../domain/work-order/decider.ts';
import type { DemoCustomer } from '../company.ts';
import { type Cast, priceIn, type Scene, type Story, staff } from './scene.ts';

/** A customer who wants something at a place of its own. */
export type Site = { readonly customer: DemoCustomer; readonly accountId: string; readonly reporterId: string };

const places = [
  { street: '15 avenida 8-40', zona: '0101-12', municipio: '0101' },
  { street: 'Bulevar Austríaco, lote 7', zona: '0101-16', municipio: '0101' },
  { street: 'Km 14.5 carretera a El Salvador', municipio: '0113' },
] as const;

type Wanted = { readonly serviceType: string; readonly description: string; readonly details: Readonly<Record<string, unknown>>; readonly issue?: string };
const submit = async (scene: Scene, cast: Cast, { site, wanted }: { readonly site: Site; readonly wanted: Wanted }): Promise<string> => {
  const to = scene.id('request');
  const as = { userId: site.reporterId, tenant: site.customer.id };
  const location = { ...scene.random.pick(places), position: { latitude: '14.5939', longitude: '-90.5150' } };
  const data = { accountId: site.accountId, urgency: 'normal', urgencyType: 'customer-site', location, ...wanted };
  await scene.send(serviceRequest, 'SubmitRequest', { to, as, data });
  const seller = staff(cast.sellerId);
  await scene.send(serviceRequest, 'RecordRequestGeocode', {
    to,
    data: { position: { latitude: '14.5941', longitude: '-90.5152' }, precision: 'street', provider: 'offline' },
  });
  await scene.send(serviceRequest, 'AssignRequest', { to, as: seller, data: { role: 'salesperson', userId: cast.sellerId } });
  await scene.send(serviceRequest, 'StartReview', { to, as: seller, data: {} });
  return to;
};

type Offer = { readonly requestId: string; readonly site: Site; readonly productId: string; readonly quantity: string; readonly advanceRate?: string };
/** Lines from the price list and one for the way there; prices are in quetzales, another currency's are given with a reason. */
const draft = async (scene: Scene, cast: Cast, { requestId, site, productId, quantity, advanceRate }: Offer): Promise<string> => {
  const to = scene.id('quotation');
  const as = staff(cast.sellerId);
  const { currency } = site.customer;
  const terms = { notes: 'Prices include transport within the department.', ...(advanceRate === undefined ? {} : { advanceRate }) };
  await scene.send(quotation, 'DraftQuotation', { to, as, data: { requestId, currency, validDays: 15, ...terms } });
  const abroad = currency === 'GTQ' ? {} : { unitPrice: priceIn(currency, 760), priceReason: 'Price list for the United States.', tax: 'none' };
  await scene.send(quotation, 'AddQuotationLine', { to, as, data: { productId, quantity, ...abroad } });
  const tax = currency === 'GTQ' ? 'gt-iva-12' : 'none';
  await scene.send(quotation, 'AddQuotationLine', {
    to,
    as,
    data: { description: 'Delivery and pickup', quantity: '1', unitPrice: priceIn(currency, 450), tax },
  });
  return to;
};
const accept = async (scene: Scene, cast: Cast, { quotationId, site }: { readonly quotationId: string; readonly site: Site }): Promise<void> => {
  const offered = await cast.offered(quotationId);
  const as = { userId: site.reporterId, tenant: site.customer.id };
  const signed = { contactId: site.customer.contactId, name: 'Contacto de compras', position: 'Jefe de compras' };
  await scene.send(quotation, 'AcceptQuotation', { to: quotationId, as, data: { ...offered, ...signed } });
};
const agreeOnTime = async (scene: Scene, cast: Cast, { requestId, hours }: { readonly requestId: string; readonly hours: number }): Promise<void> => {
  const times = { startsAt: scene.minutesFromNow(60 * hours), endsAt: scene.minutesFromNow(60 * (hours + 4)) };
  await scene.send(serviceRequest, 'ScheduleRequest', { to: requestId, as: staff(cast.sellerId), data: times });
};
type Waste = { readonly requestId: string; readonly volumeM3: string; readonly site: Site };
/** Taken away under a manifest, and left where that is allowed, in two loads. */
const removeWaste = async (scene: Scene, cast: Cast, { requestId, volumeM3, site }: Waste): Promise<void> => {
  const as = staff(scene.technicianId);
  const manifestNumber = `MAN-${100_000 + scene.random.below(899_999)}`;
  await scene.send(serviceRequest, 'RecordCollection', { to: requestId, as, data: { manifestNumber, volumeM3, collectedOn: scene.today } });
  const attachmentId = await cast.paper('manifest', site.customer);
  const left = { manifestNumber, site: 'VNV-WASTE', volumeM3, disposedOn: scene.today, ticketNumber: `T-${scene.random.below(9999)}`, attachmentId };
  await scene.send(serviceRequest, 'RecordDisposal', { to: requestId, as, data: left });
};
const photograph = async (scene: Scene, cast: Cast, { requestId, site }: { readonly requestId: string; readonly site: Site }): Promise<void> => {
  const attachmentId = await cast.paper('photo', site.customer);
  await scene.send(serviceRequest, 'AttachRequestMedia', { to: requestId, as: staff(scene.technicianId), data: { attachmentId, mediaCategory: 'photo' } });
};

/** For one site at most; the fleet promises no more than it has (SR-14). */
export const toiletsMax = 6;

/** Toilets for a building site: quoted, accepted, delivered, cleaned, picked up. */
export async function* toiletsOnSite(scene: Scene, cast: Cast, site: Site): Story {
  const quantity = 2 + scene.random.below(toiletsMax - 1);
  const [delivery, pickup] = [addDays(scene.today, 3), addDays(scene.today, 10)];
  const details = { quantity, rentalStartDate: delivery, rentalEndDate: pickup, purpose: 'construction', cleaningsPerWeek: 2 };
  const requestId = await submit(scene, cast, {
    site,
    wanted: { serviceType: 'sanitarios', description: `${quantity} toilets for the new warehouse`, details },
  });
  const productId = cast.products['toilet'] ?? '';
  const unitPrice = priceIn(site.customer.currency, 650);
  await scene.send(serviceRequest, 'AddRequestProduct', { to: requestId, data: { productId, quantity: String(quantity), unitPrice } });
  const quotationId = await draft(scene, cast, { requestId, site, productId, quantity: String(quantity) });
  yield 3;
  yield* approve(scene, cast, quotationId);
  await scene.send(quotation, 'IssueQuotation', { to: quotationId, as: staff(cast.sellerId), data: {} });
  yield 24;
  await accept(scene, cast, { quotationId, site });
  yield 2;
  await agreeOnTime(scene, cast, { requestId, hours: 46 });
  yield 45;
  await scene.send(serviceRequest, 'StartRequest', { to: requestId, as: staff(scene.technicianId), data: {} });
  const planned = await cast.planned(requestId);
  for (const [n, visitId] of planned.entries()) {
    await scene.send(serviceRequest, 'CompleteVisit', { to: requestId, as: staff(scene.technicianId), data: { visitId, doneOn: scene.today } });
    if (n < planned.length - 1) yield 48;
  }
  await removeWaste(scene, cast, { requestId, volumeM3: '1.2', site });
  await photograph(scene, cast, { requestId, site });
  await scene.send(serviceRequest, 'ResolveRequest', { to: requestId, as: staff(cast.sellerId), data: { resolution: 'All picked up and cleaned.' } });
  yield 24;
  await scene.send(serviceRequest, 'CloseRequest', { to: requestId, as: { userId: site.reporterId, tenant: site.customer.id }, data: { rating: 4 } });
}
/** Above the limit somebody else approves it to the letter. */
async function* approve(scene: Scene, cast: Cast, quotationId: string): Story {
  await scene.send(quotation, 'SubmitQuotation', { to: quotationId, as: staff(cast.sellerId), data: {} });
  yield 1;
  await scene.send(quotation, 'ApproveLargeQuotation', { to: quotationId, as: staff(cast.managerId), data: {} });
}

/** A tank to empty: the first offer is too dear, the second is taken; done on an order that is signed for. */
export async function* tankToEmpty(scene: Scene, cast: Cast, site: Site): Story {
  const volumeM3 = 6 + scene.random.below(12);
  const details = { waterType: scene.random.pick(['black', 'grey', 'grease']), volumeM3, tankCount: 1, hoseDistanceMeters: 25 };
  const description = 'The septic tank is full, it smells.';
  const requestId = await submit(scene, cast, { site, wanted: { serviceType: 'fosas', description, details, issue: 'full-tank' } });
  const quotationId = await draft(scene, cast, { requestId, site, productId: cast.products['pumping'] ?? '', quantity: String(volumeM3) });
  const as = staff(cast.sellerId);
  yield 1;
  yield* approve(scene, cast, quotationId);
  await scene.send(quotation, 'IssueQuotation', { to: quotationId, as, data: {} });
  await scene.send(quotation, 'LogFollowUp', {
    to: quotationId,
    as,
    data: { notes: 'Finds it dear, asks for a discount.', nextFollowUpOn: addDays(scene.today, 2) },
  });
  yield 22;
  await scene.send(quotation, 'ReviseQuotation', { to: quotationId, as, data: { reason: 'A discount for two visits a year.' } });
  await scene.send(quotation, 'SetQuotationTerms', { to: quotationId, as, data: { notes: 'Second visit within the year at the same price.', validDays: 10 } });
  yield* approve(scene, cast, quotationId);
  await scene.send(quotation, 'IssueQuotation', { to: quotationId, as, data: {} });
  yield 4;
  await accept(scene, cast, { quotationId, site });
  yield 1;
  await agreeOnTime(scene, cast, { requestId, hours: 18 });
  yield 18;
  const orderId = scene.id('order');
  const opened = { requestId, kind: 'service', description, currency: site.customer.currency, attachmentIds: [] } as const;
  await scene.send(workOrder, 'OpenWorkOrder', { to: orderId, as, data: { ...opened, source: 'request' } });
  yield 1;
  yield* emptied(scene, cast, { orderId, requestId, site, volumeM3: String(volumeM3) });
  yield 20;
  await scene.send(serviceRequest, 'CloseRequest', { to: requestId, as: { userId: site.reporterId, tenant: site.customer.id }, data: { rating: 5 } });
}
async function* emptied(scene: Scene, cast: Cast, { orderId, requestId, site, volumeM3 }: Waste & { readonly orderId: string }): Story {
  const as = staff(scene.technicianId);
  await scene.send(workOrder, 'StartWorkOrder', { to: orderId, as, data: {} });
  yield 2;
  await removeWaste(scene, cast, { requestId, volumeM3, site });
  await photograph(scene, cast, { requestId, site });
  const rate = priceIn(site.customer.currency, 120);
  const line = { vmrsCode: '904-001-002', repairReason: 'other', labour: { hours: '2.0', rate }, parts: [], overrideReason: 'Prices of our shop.' } as const;
  await scene.send(workOrder, 'AddOrderLine', { to: orderId, as, data: line });
  const attachmentId = await cast.paper('signature', site.customer);
  await scene.send(workOrder, 'SignWorkOrder', { to: orderId, as, data: { signedBy: 'Encargado de mantenimiento', attachmentId } });
  await scene.send(workOrder, 'CompleteWorkOrder', { to: orderId, as, data: { closingReadings: [] } });
}

/** A plant: looked at by a manager, quoted with an advance, approved to begin, under way. */
export async function* treatmentPlant(scene: Scene, cast: Cast, site: Site): Story {
  const plan = await cast.paper('inspection', site.customer);
  const details = { designFlowM3Day: 40 + scene.random.below(200), scope: 'maintenance', waterOrigin: 'domestic', populationServed: 900, uploads: [plan] };
  const requestId = await submit(scene, cast, { site, wanted: { serviceType: 'ptar', description: 'The plant of the housing estate smells.', details } });
  const seller = staff(cast.sellerId);
  await scene.send(serviceRequest, 'RequestManagerReview', { to: requestId, as: seller, data: { note: 'Large for us: can we take it on?' } });
  await scene.send(serviceRequest, 'AssignRequest', { to: requestId, as: seller, data: { role: 'reviewer', userId: cast.managerId } });
  yield 20;
  await scene.send(serviceRequest, 'ApproveManagerReview', { to: requestId, as: staff(cast.managerId), data: { note: 'Yes, with an advance.' } });
  const offer = { requestId, site, productId: cast.products['plant-visit'] ?? '', quantity: '6', advanceRate: '0.3' };
  const quotationId = await draft(scene, cast, offer);
  yield 4;
  yield* approve(scene, cast, quotationId);
  await scene.send(quotation, 'IssueQuotation', { to: quotationId, as: seller, data: {} });
  yield 70;
  await accept(scene, cast, { quotationId, site });
  yield 2;
  await scene.send(quotation, 'ApproveWorkBeforeAdvance', { to: quotationId, as: staff(cast.managerId), data: { reason: 'The neighbours complain.' } });
  yield 1;
  await agreeOnTime(scene, cast, { requestId, hours: 40 });
}

/** A lead that is lost: the customer takes another offer. */
export async function* lostLead(scene: Scene, cast: Cast, site: Site): Story {
  const details = { waterType: 'grey', volumeM3: 5 };
  const requestId = await submit(scene, cast, { site, wanted: { serviceType: 'fosas', description: 'Price for a grey water tank.', details } });
  const quotationId = await draft(scene, cast, { requestId, site, productId: cast.products['pumping'] ?? '', quantity: '5' });
  const seller = staff(cast.sellerId);
  yield 2;
  yield* approve(scene, cast, quotationId);
  await scene.send(quotation, 'IssueQuotation', { to: quotationId, as: seller, data: {} });
  yield 44;
  const as = { userId: site.reporterId, tenant: site.customer.id };
  await scene.send(quotation, 'DeclineQuotation', { to: quotationId, as, data: { reason: 'Another vendor was cheaper.' } });
  yield 1;
  await scene.send(serviceRequest, 'DeclineRequest', { to: requestId, as: seller, data: { reason: 'Lost to another vendor.' } });
}

/** Something else: looked into, put on hold while the customer thinks, then done or called off. */
export async function* somethingElse(scene: Scene, cast: Cast, site: Site): Story {
  const wanted = { serviceType: 'other', description: 'A fence around the yard of the units.', details: { description: 'About 80 m of fence.' } };
  const requestId = await submit(scene, cast, { site, wanted });
  const seller = staff(cast.sellerId);
  await scene.send(serviceRequest, 'PlaceRequestOnHold', { to: requestId, as: seller, data: { reason: 'The customer measures again.' } });
  yield 30;
  await scene.send(serviceRequest, 'ReleaseRequestHold', { to: requestId, as: seller, data: {} });
  if (scene.random.below(2) === 0) {
    await scene.send(serviceRequest, 'CancelRequest', {
      to: requestId,
      as: { userId: site.reporterId, tenant: site.customer.id },
      data: { reason: 'Not needed any more.' },
    });
    return;
  }
  await scene.send(serviceRequest, 'StartRequest', { to: requestId, as: seller, data: {} });
  yield 20;
  await scene.send(serviceRequest, 'ResolveRequest', { to: requestId, as: seller, data: { resolution: 'Built by the vendor.' } });
}
