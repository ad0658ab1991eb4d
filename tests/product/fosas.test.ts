/**
 * A septic tank, from the first call to the confirmed work, told over HTTP by the people it concerns, each with their own token and
 * permissions: a salesperson offers, a manager approves and confirms the advance, the customer answers, a technician does it.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { categoryTreeId } from '../../src/domain/product-category/state.ts';
import { id } from '../kit/decider.ts';
import { pagesOf, wordsOf } from '../kit/pdf-text.ts';
import type { Person } from '../kit/product.ts';
import { accountId, customerId } from '../kit/rental.ts';
import { readModelsThatDiffer, wholeLog } from '../kit/system.ts';
import { gtq, openSite, type Site, technicianId, today } from './fosas-world.ts';
import type { Row } from './world.ts';

let site: Site;
beforeAll(async () => {
  site = await openSite();
}, 240_000);
afterAll(() => site?.stop());

test('QC-1 QC-2 QC-3 QC-4 QC-5 SR-13 a septic tank, from the lead to the work that is done', async () => {
  const { give, refusal, rows, one, upload, download, consistent } = site;
  const { manager, seller, technician, customer, colleague, stranger } = site.people;

  // What is sold: a category, a product with its number, at a price that holds from now on.
  const { made: categories } = await give(manager, 'product-category/define-product-category', { id: categoryTreeId, name: 'Fosas', skuPrefix: 'FOSA' });
  const emptying = { categoryId: categories[0], name: 'Vaciado de fosa séptica', uom: 'MTQ', tax: 'gt-iva-12', price: gtq('350.00') };
  expect(await refusal(seller, 'product/define-product', emptying)).toBe(403);
  const { id: productId } = await give(manager, 'product/define-product', emptying);
  expect(await one(seller, '/queries/product?filter[sku]=FOSA-000001')).toMatchObject({ product_id: productId, price: '350.00' });

  // The lead: the customer's own user asks, for an account that is theirs.
  const lead = {
    accountId,
    serviceType: 'fosas',
    urgency: 'normal',
    description: 'La fosa del hotel está llena',
    location: { street: '5a avenida 1-23, zona 10' },
    details: { waterType: 'black', volumeM3: 20 },
  };
  expect(await refusal(stranger, 'service-request/submit-request', lead)).toBe(404);
  const { id: requestId } = await give(customer, 'service-request/submit-request', lead);
  expect(await refusal(customer, `service-request/${requestId}/start-review`, {})).toBe(403);
  const times = { startsAt: new Date(Date.now() + 3_600_000).toISOString(), endsAt: new Date(Date.now() + 7_200_000).toISOString() };
  expect(await refusal(manager, `service-request/${requestId}/schedule-request`, times)).toBe(409);
  await give(manager, `service-request/${requestId}/start-review`, {});

  // The offer is written by the salesperson; no customer writes one, and nobody outside the company sees it meanwhile.
  const draft = { requestId, currency: 'GTQ', advanceRate: '0.3', notes: 'Incluye transporte y disposición.' };
  expect(await refusal(customer, 'quotation/draft-quotation', draft)).toBe(403);
  const { id: quotationId } = await give(seller, 'quotation/draft-quotation', draft);
  await give(seller, `quotation/${quotationId}/add-quotation-line`, { productId, quantity: '40' });
  const listed = `/queries/service-request-quotation?filter[service_request_id]=${requestId}`;
  expect(await one(seller, listed)).toMatchObject({ status: 'draft', recipient_customer_id: customerId, quotation_number: null });
  const hidden = async () => expect((await customer.json(`/history/quotation/${quotationId}?asOf=${today()}`)).status).toBe(404);
  const answered = () => refusal(customer, `quotation/${quotationId}/decline-quotation`, { reason: 'x' });
  await hidden();
  expect([await rows(customer, listed), await rows(customer, '/queries/quotation-line'), await answered()]).toEqual([[], [], 404]);
  const feedOf = async (person: Person) =>
    (await rows(person, `/queries/activity-feed?filter[aggregate_id]=${quotationId}&limit=200`)).map(({ title }) => String(title));
  expect(await feedOf(customer)).toEqual([]);
  expect((await feedOf(seller)).join('\n')).toContain('Offered: 40 × Vaciado de fosa séptica for 14000.00 GTQ');

  // QC-3: 14,000 is above the limit. Whoever wrote it does not approve it, and it is issued as it was approved.
  expect(await refusal(seller, `quotation/${quotationId}/issue-quotation`, {})).toBe(409);
  await give(seller, `quotation/${quotationId}/submit-quotation`, {});
  expect(await refusal(seller, `quotation/${quotationId}/approve-quotation`, {})).toBe(403);
  await give(manager, `quotation/${quotationId}/approve-quotation`, {});
  await give(seller, `quotation/${quotationId}/issue-quotation`, {});
  const first = await one(customer, listed);
  expect(first).toMatchObject({
    status: 'issued',
    revision: 1,
    total_amount: '14000.00',
    advance_amount: '4200.00',
    customer_id: customerId,
    account_id: accountId,
  });
  expect(String(first['quotation_number'])).toMatch(/^Q-\d{4}-000001$/);
  expect((await one(customer, `/queries/service-request?filter[service_request_id]=${requestId}`))['status']).toBe('quoted');
  expect([await rows(colleague, listed), await rows(stranger, listed)]).toEqual([[], []]);
  await give(seller, `quotation/${quotationId}/log-follow-up`, { notes: 'pide descuento', nextFollowUpOn: today() });
  expect(await customer.json('/queries/quotation-followup', await consistent())).toMatchObject({ status: 403 });
  expect(await rows(seller, '/queries/quotation-followup')).toMatchObject([{ notes: 'pide descuento' }]);

  const searched = async (person: Person, q: string) =>
    JSON.stringify((await person.json(`/queries/search?q=${encodeURIComponent(q)}`, await consistent())).body);

  // Too dear: a second revision, with a discount. While it is written it is nobody's, and the customer sees the first one as it was, to be answered no more.
  const before = await one(customer, listed);
  await give(seller, `quotation/${quotationId}/revise-quotation`, { reason: 'Descuento por volumen' });
  await hidden();
  expect(await rows(customer, listed)).toEqual([{ ...before, is_being_revised: true }]);
  expect([await answered(), await refusal(stranger, `quotation/${quotationId}/decline-quotation`, { reason: 'x' })]).toEqual([409, 404]);
  expect(await one(customer, `/queries/service-request-quotation?filter[quotation_number]=${String(first['quotation_number'])}`)).toMatchObject({
    revision: 1,
  });
  expect(await rows(seller, listed)).toMatchObject([{ revision: 2, status: 'draft', is_being_revised: true }]);
  expect(await searched(customer, String(first['quotation_number']))).toContain(`/quotations/${quotationId}`);
  expect([await rows(colleague, listed), await rows(stranger, listed)]).toEqual([[], []]);
  expect(await rows(seller, `/queries/quotation-line?filter[service_request_quotation_id]=${quotationId}&sort=revision`)).toMatchObject([
    { revision: 1 },
    { revision: 2 },
  ]);
  expect(await rows(customer, `/queries/quotation-line?filter[service_request_quotation_id]=${quotationId}`)).toMatchObject([
    { revision: 1, amount: '14000.00' },
  ]);
  const history = (await seller.json(`/history/quotation/${quotationId}?asOf=${new Date(Date.now() + 1000).toISOString()}`)).body['data'] as Row;
  const [line] = Object.keys(history['lines'] as Row);
  await give(seller, `quotation/${quotationId}/change-quotation-line`, { lineId: line, productId, quantity: '40', discount: gtq('2000.00') });
  await give(seller, `quotation/${quotationId}/issue-quotation`, {});
  const second = await one(customer, listed);
  expect(second).toMatchObject({ status: 'issued', revision: 2, total_amount: '12000.00', quotation_number: first['quotation_number'] });
  const revisions = await rows(customer, `/queries/quotation-revision?filter[service_request_quotation_id]=${quotationId}&sort=revision`);
  expect(revisions).toMatchObject([
    { revision: 1, status: 'superseded', content_hash: first['content_hash'] },
    { revision: 2, status: 'issued', content_hash: second['content_hash'] },
  ]);

  // The paper of each revision: the customer's own file, its bytes those that were stored, its content the one that is offered.
  const [early, paper] = await Promise.all(revisions.map(async ({ attachment_id: file }) => Buffer.from(await (await download(customer, file)).arrayBuffer())));
  if (early === undefined || paper === undefined) throw new Error('the papers are missing');
  const stored = await one(customer, `/queries/attachment?filter[attachment_id]=${String(second['attachment_id'])}`);
  expect(stored).toMatchObject({ sha256: createHash('sha256').update(paper).digest('hex'), mime_type: 'application/pdf', customer_id: customerId });
  const words = wordsOf(pagesOf(paper).flat());
  for (const wanted of [
    ...[String(second['quotation_number']), 'Revisión 2', String(second['content_hash']), 'Sur, S. A.', 'NIT 576937-K', '5a avenida 1-23', 'FOSA-000001'],
    ...[
      'Vaciado de fosa séptica',
      'Q 350.00',
      'Q 2,000.00',
      'Q 12,000.00',
      'IVA 12 % (incluido)',
      'Q 3,600.00',
      'Incluye transporte y disposición.',
      'Página 1 de',
    ],
  ])
    expect([wanted, words.includes(wanted)]).toEqual([wanted, true]);
  expect(wordsOf(pagesOf(early).flat())).toContain('Q 14,000.00');
  expect((await stranger.json(`/files/${String(second['attachment_id'])}/link`)).status).toBe(404);
  expect((await colleague.json(`/files/${String(second['attachment_id'])}/link`)).status).toBe(404);

  // QC-1: the customer accepts what it saw, and only that; nobody else does.
  const yes = { revision: 2, contentHash: second['content_hash'], name: 'Rosa Chay', position: 'Gerente general' };
  const accept = `quotation/${quotationId}/accept-quotation`;
  expect([await refusal(stranger, accept, yes), await refusal(colleague, accept, yes)]).toEqual([404, 404]);
  expect(await refusal(customer, accept, { ...yes, revision: 1, contentHash: first['content_hash'] })).toBe(409);
  await give(customer, accept, yes);
  expect(await refusal(customer, `quotation/${quotationId}/decline-quotation`, { reason: 'too late' })).toBe(409);
  expect(await one(manager, `/queries/quotation-acceptance?filter[service_request_quotation_id]=${quotationId}`)).toMatchObject({
    revision: 2,
    content_hash: second['content_hash'],
    signatory_name: 'Rosa Chay',
    customer_snapshot: { customerName: 'Sur', signatoryPosition: 'Gerente general' },
  });
  expect((await one(customer, `/queries/service-request?filter[service_request_id]=${requestId}`))['status']).toBe('accepted');

  // QC-5: it is scheduled, but no work begins before the advance is in; a customer does not say so itself.
  await give(manager, `service-request/${requestId}/schedule-request`, times);
  const begin = `service-request/${requestId}/start-request`;
  expect(await refusal(manager, begin, {})).toBe(409);
  const paid = { paymentId: id('slip'), amount: gtq('3600.00') };
  expect([
    await refusal(customer, `quotation/${quotationId}/record-quotation-advance`, paid),
    await refusal(seller, `quotation/${quotationId}/record-quotation-advance`, paid),
  ]).toEqual([403, 403]);
  await give(manager, `quotation/${quotationId}/record-quotation-advance`, paid);
  expect(await one(customer, listed)).toMatchObject({ status: 'accepted', advance_received: '3600.00' });

  // The work: an order of the request, its manifest, its photo.
  const order = { requestId, kind: 'service', description: '', currency: 'GTQ', attachmentIds: [], source: 'quotation' };
  const { id: orderId } = await give(manager, 'work-order/open-work-order', order);
  await give(technician, begin, {});
  await give(manager, `work-order/${orderId}/assign-technician`, { technicianId });
  await give(technician, `work-order/${orderId}/start-work-order`, {});
  await give(technician, `work-order/${orderId}/clock-in`, { technicianId });
  await give(technician, `work-order/${orderId}/clock-out`, { technicianId });
  const collected = { manifestNumber: 'MAN-77', volumeM3: '20', collectedOn: today() };
  await give(technician, `service-request/${requestId}/record-collection`, collected);
  const photo = await upload(technician, 'photo', 'fosa.png');
  await give(technician, `service-request/${requestId}/attach-request-media`, { attachmentId: photo, mediaCategory: 'photo' });
  await give(technician, `service-request/${requestId}/record-disposal`, { manifestNumber: 'MAN-77', site: 'VNV-WASTE', volumeM3: '20', disposedOn: today() });
  const signature = await upload(technician, 'signature', 'firma.png');
  await give(technician, `work-order/${orderId}/sign-work-order`, { signedBy: 'Rosa Chay', attachmentId: signature });
  await give(technician, `work-order/${orderId}/complete-work-order`, { closingReadings: [] });
  expect((await one(customer, `/queries/service-request?filter[service_request_id]=${requestId}`))['status']).toBe('resolved');
  await give(customer, `service-request/${requestId}/close-request`, { rating: 5 });

  // Everybody reads what happened that concerns them, in sentences, by search and as events.
  const told = (await feedOf(customer)).join('\n');
  for (const wanted of [
    'issued, valid until',
    'Revision 2 of the quotation is being written: Descuento por volumen',
    'was accepted for 12000.00 GTQ',
    'that is all of it',
  ])
    expect(told).toContain(wanted);
  for (const secret of ['Offered', 'Approval', 'approved']) expect(told).not.toContain(secret);
  const events = (await customer.json(`/events?aggregate=quotation/${quotationId}&limit=200`, await consistent())).body['data'] as readonly Row[];
  const types = events.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['QuotationIssued', 'QuotationAccepted']));
  for (const secret of ['QuotationDrafted', 'QuotationLineAdded', 'QuotationApproved', 'QuotationLineChanged', 'QuotationFollowUpLogged'])
    expect(types).not.toContain(secret);
  expect(await searched(customer, String(second['quotation_number']))).toContain(`/quotations/${quotationId}`);
  expect(await searched(stranger, String(second['quotation_number']))).not.toContain(quotationId);
  expect(await searched(seller, 'FOSA-000001')).toContain(`/products/${productId}`);
}, 240_000);

test('QC-4 a price that was set for later is in the history at once, and the product’s when its day has come', async () => {
  const { give, one, rows, timePasses } = site;
  const { manager, seller } = site.people;
  const { made: categories } = await give(manager, 'product-category/define-product-category', { id: categoryTreeId, name: 'Renta', skuPrefix: 'RENTA' });
  const asked = { categoryId: categories[0], name: 'Sanitario portátil', tax: 'gt-iva-12', price: gtq('900.00') };
  const { id: productId } = await give(manager, 'product/define-product', asked);
  const effectiveAt = new Date(Date.now() + 86_400_000).toISOString();
  await give(manager, `product/${productId}/set-product-price`, { price: gtq('950.00'), effectiveAt });
  const product = () => one(seller, `/queries/product?filter[product_id]=${productId}`);
  const priceAt = async (at: string) => {
    const path = `/queries/product-price-history?filter[product_id]=${productId}&filter[effective_at]=lte:${at}&sort=-effective_at&limit=1`;
    return (await rows(seller, path))[0]?.['price'];
  };
  expect(await product()).toMatchObject({ sku: 'RENTA-000001', price: '900.00' });
  expect([await priceAt(new Date().toISOString()), await priceAt(effectiveAt)]).toEqual(['900.00', '950.00']);
  await timePasses({ days: 2 });
  expect(await product()).toMatchObject({ price: '950.00' });
}, 120_000);

test('QC-1 QC-2 two offers for one lead: one runs out, the other is declined with a reason, a third one ends the rest', async () => {
  const { give, refusal, one, timePasses } = site;
  const { manager, seller, customer } = site.people;
  const location = { street: '6a avenida 4-56, zona 1' };
  const lead = {
    accountId,
    serviceType: 'fosas',
    urgency: 'normal',
    description: 'Trampa de grasa',
    location,
    details: { waterType: 'grease', volumeM3: 5 },
  };
  const { id: requestId } = await give(customer, 'service-request/submit-request', lead);
  await give(manager, `service-request/${requestId}/start-review`, {});
  const offer = async (price: string, body: object = {}) => {
    const { id: quotationId } = await give(seller, 'quotation/draft-quotation', { requestId, currency: 'GTQ' });
    const line = { description: 'Limpieza de trampa', quantity: '1', unitPrice: gtq(price), tax: 'gt-iva-12' };
    await give(seller, `quotation/${quotationId}/add-quotation-line`, line);
    await give(seller, `quotation/${quotationId}/issue-quotation`, body);
    return quotationId;
  };
  const requestNow = async () => (await one(customer, `/queries/service-request?filter[service_request_id]=${requestId}`))['status'];
  const statusOf = async (quotationId: string) =>
    (await one(customer, `/queries/service-request-quotation?filter[service_request_quotation_id]=${quotationId}`))['status'];
  const answer = async (quotationId: string) => {
    const { revision, content_hash: contentHash } = await one(
      customer,
      `/queries/service-request-quotation?filter[service_request_quotation_id]=${quotationId}`,
    );
    return { revision, contentHash, name: 'Rosa Chay' };
  };

  const brief = await offer('900.00', { validUntil: today() });
  await give(seller, `quotation/${brief}/log-follow-up`, { notes: 'llamar mañana', nextFollowUpOn: today() });
  const other = await offer('800.00');
  expect(await requestNow()).toBe('quoted');

  // A day passes: the first one is over, somebody is reminded to ask, and the other one still stands.
  const late = await answer(brief);
  await timePasses({ days: 2 });
  expect([await statusOf(brief), await statusOf(other), await requestNow()]).toEqual(['expired', 'issued', 'quoted']);
  expect(await refusal(customer, `quotation/${brief}/accept-quotation`, late)).toBe(409);
  expect(await one(seller, `/queries/quotation-followup?filter[service_request_quotation_id]=${brief}`)).toMatchObject({ is_due: true });

  // Declined needs a reason; with the last one the lead is in review again.
  expect(await refusal(customer, `quotation/${other}/decline-quotation`, {})).toBe(422);
  await give(customer, `quotation/${other}/decline-quotation`, { reason: 'Muy caro' });
  expect([await statusOf(other), await requestNow()]).toEqual(['declined', 'in_review']);

  // Two more at once: the one that is accepted ends the other, and nothing is accepted after it.
  const [cheap, dear] = [await offer('500.00'), await offer('700.00')];
  const [yes, no] = [await answer(cheap), await answer(dear)];
  await give(customer, `quotation/${cheap}/accept-quotation`, yes);
  expect([await statusOf(cheap), await statusOf(dear), await requestNow()]).toEqual(['accepted', 'withdrawn', 'accepted']);
  expect(await refusal(customer, `quotation/${dear}/accept-quotation`, no)).toBe(409);
  expect((await give(customer, `quotation/${cheap}/accept-quotation`, yes)).position).toBeUndefined();

  // ES-3: the lists are those of the whole log.
  expect(await readModelsThatDiffer(site.system, await wholeLog(site.system))).toEqual([]);
}, 240_000);
