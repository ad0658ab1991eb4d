import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { products } from '../../projections/products/projection.ts';
import { quotations } from '../../projections/quotations/projection.ts';
import type { EventData } from '../../src/application/ports/event-log.ts';
import { quotation } from '../../src/domain/quotation/decider.ts';
import { approver, type Event, event, fold, having, leading, lineOf } from '../domain/quotation/kit.ts';
import { id, now } from '../kit/decider.ts';
import { checkInMemory, foldWhole, logOf } from '../kit/projections.ts';
import { type Step, step } from './occurrences.ts';

const tenant = id('Sur');
const account = id('Sur norte');
type Happened = { readonly type: string; readonly data: unknown };
const told = (category: string, history: readonly Happened[]): readonly Step[] =>
  history.map(({ type, data }, n) => step(n, `${category}-${id(category)}`, { type, data: data as EventData, tenant }));
/** As the shell stamps them: whose the quotation is after an event, else before it. */
const offered = (history: readonly Event[]): readonly Step[] =>
  history.map((event, n) => {
    const [before, after] = [n, n + 1].map((count) => {
      const state = fold(history.slice(0, count));
      return { tenant: quotation.tenantOf(state, ''), account: quotation.accountOf?.(state, '') ?? null };
    });
    const whose = { tenant: after?.tenant ?? before?.tenant ?? null, account: after?.account ?? before?.account ?? null };
    return step(n, `quotation-${id('quotation')}`, { type: event.type, data: event.data as EventData, ...whose });
  });
const rows = async (definition: typeof quotations | typeof products, steps: readonly Step[]) =>
  Object.fromEntries(
    Object.entries(foldWhole(definition, (await logOf(steps)).events)).map(([name, texts]) => [name, texts.map((text) => JSON.parse(text) as object)]),
  );
const anyOf = (steps: readonly Step[]) =>
  fc
    .array(fc.constantFrom(...steps), { maxLength: 20 })
    .map((chosen) => chosen.map(({ stream, event }, n) => ({ stream, event: { ...event, id: id(`e${n}`) } })));

const revised = having(having(leading.issued, 'ReviseQuotation', {}), 'IssueQuotation', {});
const accepted = leading.accepted;
const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
const later = '2026-04-01T06:00:00.000Z';
const all: readonly Happened[] = [
  {
    type: 'ProductDefined',
    data: { sku: 'P-000001', skuPrefix: 'PP', skuNumber: 1, categoryId: id('c'), name: 'Pump', price: gtq('1.00'), effectiveAt: '2026-01-01T00:00:00.000Z' },
  },
  { type: 'ProductPriceSet', data: { price: gtq('2.00'), effectiveAt: later } },
  { type: 'ProductRetired', data: { reason: 'x' } },
];
const sold = told('product', all);
const begun = { type: 'ProductPriceBegan', data: { price: gtq('2.00'), effectiveAt: later } };

/** What a customer's users are shown: the rows that are theirs. */
const shown = async (history: readonly Event[]) => {
  const all = await rows(quotations, offered(history));
  return Object.fromEntries(Object.entries(all).map(([name, some]) => [name, some.filter((row) => 'customer_id' in row && row.customer_id === tenant)]));
};
const paper = (revision: number): Event => event('QuotationDocumentAttached', { attachmentId: id(`paper ${revision}`), role: 'quotation', revision });

describe('quotations as they are read', () => {
  test('TE-2 a customer sees nothing of a draft: neither the first one nor that of a later revision, nor what salespeople note', async () => {
    const secret = event('QuotationLineAdded', lineOf('secret', '1.00'));
    const noted = event('QuotationFollowUpLogged', { followUpId: id('F'), notes: 'hesitates' });
    const nothing = { quotation: [], given: [], revision: [], line: [], followUp: [], acceptance: [] };
    for (const status of ['draft', 'pending_approval', 'approved', 'withdrawn'] as const) expect(await shown(leading[status])).toEqual(nothing);
    const anew = [...leading.issued, ...having(leading.issued, 'ReviseQuotation', {}).slice(-1), secret, noted];
    const during = await shown(anew);
    expect(during).toMatchObject({ quotation: [], followUp: [], line: [{ revision: 1 }], revision: [{ revision: 1, status: 'issued', customer_id: tenant }] });
    expect(JSON.stringify(during)).not.toContain('secret');
    const ended = having(having(anew, 'SubmitQuotation', {}), 'WithdrawQuotation', { reason: 'not worth it' });
    const after = await shown(ended);
    expect(after).toMatchObject({
      quotation: [{ status: 'withdrawn', total_amount: null, notes: null, is_being_revised: false }],
      given: [],
      line: [{ revision: 1 }],
      revision: [{ revision: 1, status: 'withdrawn' }],
    });
    expect(JSON.stringify(after)).not.toContain('secret');
    const again = await shown(having(anew, 'IssueQuotation', {}));
    expect(again).toMatchObject({
      quotation: [{ revision: 2, status: 'issued', account_id: account, is_being_revised: false }],
      given: [],
      revision: [{ status: 'superseded' }, { status: 'issued' }],
    });
    expect(again['line']).toHaveLength(3);
  });

  test('QC-1 while a quotation is written anew its customer goes on seeing what it was given, as it was, and the company what it writes', async () => {
    const [issued] = (await shown([...leading.issued, paper(1)]))['quotation'] ?? [];
    const anew = having([...leading.issued, paper(1)], 'ReviseQuotation', {});
    const edited = [...having(anew, 'SetQuotationTerms', { validDays: 5, notes: 'cheaper' }), event('QuotationLineAdded', lineOf('secret', '1.00'))];
    for (const history of [anew, edited, having(edited, 'SubmitQuotation', {})])
      expect(await shown(history)).toMatchObject({ quotation: [], given: [{ ...issued, is_being_revised: true }] });
    const { quotation: [written] = [] } = await rows(quotations, offered(edited));
    expect(written).toMatchObject({ revision: 2, status: 'draft', notes: 'cheaper', customer_id: null, total_amount: null, is_being_revised: true });
    // Also one that it declined, or let pass; and its paper, however late that comes.
    const declined = having(having(leading.issued, 'DeclineQuotation', { reason: 'dear' }), 'ReviseQuotation', {});
    expect(await shown([...declined, paper(1)])).toMatchObject({
      given: [{ revision: 1, status: 'declined', status_reason: 'dear', attachment_id: id('paper 1') }],
      revision: [{ status: 'declined' }],
    });
    expect(await shown(having(declined, 'IssueQuotation', {}))).toMatchObject({ given: [], revision: [{ status: 'declined' }, { status: 'issued' }] });
  });

  test('the company sees drafts, and whom they are for', async () => {
    const { quotation: [row] = [] } = await rows(quotations, offered(leading.draft));
    expect(row).toMatchObject({ status: 'draft', customer_id: null, recipient_customer_id: tenant, recipient_account_id: account });
  });

  test('QC-1 each revision keeps its paper, however late that comes', async () => {
    const second = having(having(leading.issued, 'ReviseQuotation', {}), 'IssueQuotation', {});
    const late = await rows(quotations, offered([...second, paper(1)]));
    expect(late).toMatchObject({ quotation: [{ attachment_id: null }] });
    const { quotation: current = [], revision: all = [] } = await rows(quotations, offered([...second, paper(2), paper(1)]));
    expect(current).toMatchObject([{ attachment_id: id('paper 2') }]);
    expect(all).toMatchObject([
      { revision: 1, attachment_id: id('paper 1') },
      { revision: 2, attachment_id: id('paper 2') },
    ]);
  });

  test('QC-5 what came in of the advance', async () => {
    const paid = having(leading.accepted, 'RecordQuotationAdvance', { paymentId: id('p'), amount: gtq('60.00') }, approver);
    const { quotation: [row] = [] } = await rows(quotations, offered(having(paid, 'ApproveWorkBeforeAdvance', { reason: 'x' }, approver)));
    expect(row).toMatchObject({ advance_amount: '100.00', advance_received: '65.00', is_work_approved: true });
  });

  test('QC-1 one current revision, the lines of each, and what was accepted', async () => {
    const { quotation = [], line = [] } = await rows(quotations, offered(revised));
    expect(quotation).toMatchObject([{ revision: 2, status: 'issued', total_amount: '500.00', valid_until: '2026-03-31', customer_id: tenant }]);
    expect(line).toHaveLength(2);
    const { acceptance = [] } = await rows(quotations, offered(accepted));
    expect(acceptance).toMatchObject([{ revision: 1, accepted_at: now, signatory_name: 'Rosa Chay', customer_snapshot: { customerName: 'Sur' } }]);
  });

  test('the same rows whatever the batches, delivered twice, and from strangers none', async () => {
    await checkInMemory({ definition: quotations, steps: anyOf([...offered(revised), ...offered(leading.withdrawn)]), runs: 20 });
    await checkInMemory({ definition: products, steps: anyOf(sold), runs: 20 });
  });

  test('QC-4 a price of later is in the history, and not yet the product’s', async () => {
    const { product = [], price = [] } = await rows(products, sold);
    expect(product).toMatchObject([{ price: '1.00', is_active: false, sku: 'P-000001' }]);
    expect(price).toHaveLength(2);
    const { product: then = [] } = await rows(products, [...sold, ...told('product', [...all, begun]).slice(-1)]);
    expect(then).toMatchObject([{ price: '2.00' }]);
  });
});
