import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { products } from '../../projections/products/projection.ts';
import { quotations } from '../../projections/quotations/projection.ts';
import type { EventData } from '../../src/application/ports/event-log.ts';
import { having, leading } from '../domain/quotation/kit.ts';
import { id, now } from '../kit/decider.ts';
import { checkInMemory, foldWhole, logOf } from '../kit/projections.ts';
import { type Step, step } from './occurrences.ts';

const tenant = id('Sur');
const told = (category: string, history: readonly { readonly type: string; readonly data: unknown }[]): readonly Step[] =>
  history.map(({ type, data }, n) => step(n, `${category}-${id(category)}`, { type, data: data as EventData, tenant }));
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
const sold = told('product', [
  {
    type: 'ProductDefined',
    data: { sku: 'P-000001', skuPrefix: 'PP', skuNumber: 1, categoryId: id('c'), name: 'Pump', price: gtq('1.00'), effectiveAt: '2026-01-01T00:00:00.000Z' },
  },
  { type: 'ProductPriceSet', data: { price: gtq('2.00'), effectiveAt: later } },
  { type: 'ProductRetired', data: { reason: 'x' } },
]);

describe('quotations as they are read', () => {
  test('QC-1 one current revision, the lines of each, and what was accepted', async () => {
    const { quotation = [], line = [] } = await rows(quotations, told('quotation', revised));
    expect(quotation).toMatchObject([{ revision: 2, status: 'issued', total_amount: '500.00', valid_until: '2026-03-31', customer_id: tenant }]);
    expect(line).toHaveLength(2);
    const { acceptance = [] } = await rows(quotations, told('quotation', accepted));
    expect(acceptance).toMatchObject([{ revision: 1, accepted_at: now, signatory_name: 'Rosa Chay', customer_snapshot: { customerName: 'Sur' } }]);
  });

  test('the same rows whatever the batches, delivered twice, and from strangers none', async () => {
    await checkInMemory({ definition: quotations, steps: anyOf([...told('quotation', revised), ...told('quotation', leading.withdrawn)]), runs: 20 });
    await checkInMemory({ definition: products, steps: anyOf(sold), runs: 20 });
  });

  test('QC-4 a price of later is in the history, and not yet the product’s', async () => {
    const { product = [], price = [] } = await rows(products, sold);
    expect(product).toMatchObject([{ price: '1.00', is_active: false, sku: 'P-000001' }]);
    expect(price).toHaveLength(2);
  });
});
