import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { model } from '../../../src/domain/model.ts';
import { product } from '../../../src/domain/product/decider.ts';
import { productEvents } from '../../../src/domain/product/events.ts';
import { priceAt } from '../../../src/domain/product/state.ts';
import type { productCategory } from '../../../src/domain/product-category/decider.ts';
import { categoryTreeId } from '../../../src/domain/product-category/state.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { shellOn } from '../../kit/shell.ts';

const { given, claimsAfter, numbersAfter, run } = scenarios(product);
const event = emit(productEvents);
const gtq = (amount: string) => ({ amount, currency: 'GTQ' });
const category = (name: string, skuPrefix: string, isActive = true) => ({ [id(name)]: { name, skuPrefix, parentCategoryId: null, isActive } });
const facts = { [`productCategory-${categoryTreeId}`]: { categories: { ...category('pumps', 'PUMP'), ...category('old', 'OLD', false) } } };
const asked = { categoryId: id('pumps'), name: 'Hand pump', price: gtq('125.00') } as const;
const defined = event('ProductDefined', { sku: 'PUMP-000123', skuPrefix: 'PUMP', skuNumber: 123, ...asked, effectiveAt: now });
const later = '2026-04-01T06:00:00.000Z';
const latest = '2026-05-01T06:00:00.000Z';
const retired = event('ProductRetired', { reason: 'no maker' });

describe('a product', () => {
  test('QC-4 its SKU is its category’s prefix and the next number', () => {
    given()
      .when('DefineProduct', { ...asked, price: gtq('125') }, { facts, takeNumber: (series) => (series === 'sku:PUMP' ? 123 : 0) })
      .then(defined)
      .andRepeatedNothing();
    given(defined)
      .when('DefineProduct', { ...asked, name: 'another' }, { facts })
      .thenRejected('alreadyDefined');
    given()
      .when('DefineProduct', { ...asked, categoryId: id('nobody') }, { facts })
      .thenRejected('unknownCategory');
    given()
      .when('DefineProduct', { ...asked, categoryId: id('old') }, { facts })
      .thenRejected('categoryRetired');
    given()
      .when('DefineProduct', { ...asked, price: { amount: '1', currency: 'XXX' } }, { facts })
      .thenRejected('unknownCurrency');
  });

  test('QC-4 its SKU is never free again: moved or retired, the claim and the number stay', () => {
    const held = [{ kind: 'sku', scope: 'company', value: 'PUMP-000123' }];
    const moved = event('ProductMoved', { categoryId: id('elsewhere') });
    for (const history of [[defined], [defined, moved], [defined, moved, retired]]) {
      expect(claimsAfter(...history)).toEqual(held);
      expect(numbersAfter(...history)).toEqual([{ series: 'sku:PUMP', number: 123 }]);
    }
  });

  test('QC-4 through the whole command path, products get the numbers one after the other', async () => {
    const shell = shellOn(new MemoryEventLog(), model);
    const tree = await shell.send('productCategory', categoryTreeId, 'DefineProductCategory', { name: 'pumps', skuPrefix: 'PUMP' });
    const made = Object.keys(((await shell.states.loadFresh('productCategory', categoryTreeId)).state as typeof productCategory.initial).categories);
    expect(tree).toMatchObject({ kind: 'accepted' });
    const skus: unknown[] = [];
    for (const name of ['A', 'B', 'C']) {
      expect(await shell.send('product', id(name), 'DefineProduct', { ...asked, name, categoryId: made[0] })).toMatchObject({ kind: 'accepted' });
      skus.push(((await shell.states.loadFresh('product', id(name))).state as { readonly sku: string }).sku);
      await shell.send('product', id(name), 'RetireProduct', { reason: 'a test' });
    }
    expect(skus).toEqual(['PUMP-000001', 'PUMP-000002', 'PUMP-000003']);
  });

  test('QC-4 a price holds from an instant on; the past keeps its prices', () => {
    const set = event('ProductPriceSet', { price: gtq('130.00'), effectiveAt: later });
    given(defined)
      .when('SetProductPrice', { price: gtq('130'), effectiveAt: later })
      .then(set)
      .andRepeatedNothing();
    given(defined)
      .when('SetProductPrice', { price: gtq('130') }, { now: later })
      .then(set)
      .andRepeatedNothing();
    given(defined)
      .when('SetProductPrice', { price: gtq('125') }, { now: later })
      .thenNothing();
    given(defined)
      .when('SetProductPrice', { price: gtq('1'), effectiveAt: now }, { now: later })
      .thenRejected('inThePast');
    given(defined)
      .when('SetProductPrice', { price: gtq('1') })
      .thenRejected('priceIsSet');
    given(defined)
      .when('SetProductPrice', { price: { amount: '1', currency: 'USD' } })
      .thenRejected('otherCurrency');
    const { state } = given(defined, set);
    if (state.situation === 'absent') throw new Error('no product');
    expect([now, '2026-04-01T05:59:59.999Z', later, latest].map((at) => priceAt(state, at)?.amount)).toEqual(['125.00', '125.00', '130.00', '130.00']);
    expect(priceAt(state, '2026-02-28T00:00:00.000Z')).toBeUndefined();
  });

  test('a price that has not taken effect can be corrected or dropped; one that has cannot', () => {
    const set = event('ProductPriceSet', { price: gtq('130.00'), effectiveAt: later });
    given(defined, set)
      .when('SetProductPrice', { price: gtq('131'), effectiveAt: later })
      .then(event('ProductPriceSet', { price: gtq('131.00'), effectiveAt: later }));
    given(defined, set)
      .when('WithdrawProductPrice', { effectiveAt: later })
      .then(event('ProductPriceWithdrawn', { effectiveAt: later }))
      .andRepeatedNothing();
    given(defined, set).when('WithdrawProductPrice', { effectiveAt: later }, { now: later }).thenRejected('inThePast');
  });

  test('QC-4 a price that was set for later is told when it begins to hold, and after downtime only the one that holds then', () => {
    const at = (price: string, effectiveAt: string) => event('ProductPriceSet', { price: gtq(price), effectiveAt });
    const [first, second] = [at('130.00', later), at('140.00', latest)];
    const begin = (effectiveAt: string, instant: string) => given(defined, first, second).when('BeginProductPrice', { effectiveAt }, { now: instant });
    begin(later, '2026-04-01T05:59:59.999Z').thenNothing();
    begin(later, later)
      .then(event('ProductPriceBegan', { price: gtq('130.00'), effectiveAt: later }))
      .andRepeatedNothing();
    begin(later, latest).thenNothing();
    begin(latest, latest).then(event('ProductPriceBegan', { price: gtq('140.00'), effectiveAt: latest }));
    // What held from the moment it was set needs no telling.
    given(defined, event('ProductPriceSet', { price: gtq('9.00'), effectiveAt: now }))
      .when('BeginProductPrice', { effectiveAt: now }, { now: latest })
      .thenNothing();
    given(defined, first, event('ProductPriceWithdrawn', { effectiveAt: later }))
      .when('BeginProductPrice', { effectiveAt: later }, { now: later })
      .thenNothing();
    expect(product.deadlines?.ProductPriceSet?.(first.data as never, '')).toMatchObject([{ change: 'set', dueAt: later, command: 'BeginProductPrice' }]);
  });

  test('QC-4 price(product, t) is single-valued and never changes once t has passed', () => {
    const at = fc.nat({ max: 20 });
    const steps = fc.array(fc.record({ isWithdrawn: fc.boolean(), from: fc.option(at), amount: fc.integer({ min: 1, max: 4 }) }), { maxLength: 20 });
    const instant = (n: number): string => new Date(Date.parse(now) + n * 60_000).toISOString();
    fc.assert(
      fc.property(steps, (chosen) => {
        const commands = chosen.map(({ isWithdrawn, from, amount }, n) =>
          isWithdrawn
            ? { type: 'WithdrawProductPrice' as const, data: { effectiveAt: instant(from ?? n) } }
            : { type: 'SetProductPrice' as const, data: { price: gtq(`${amount}`), ...(from === null ? {} : { effectiveAt: instant(from) }) } },
        );
        const begin = { type: 'DefineProduct' as const, data: asked };
        const told: (string | undefined)[] = [];
        for (const [n] of [begin, ...commands].entries()) {
          const { state } = run([begin, ...commands].slice(0, n + 1), (index) => ({ facts, now: instant(index) }));
          if (state.situation === 'absent') throw new Error('no product');
          expect(new Set(state.prices.map(({ effectiveAt }) => effectiveAt)).size).toBe(state.prices.length);
          for (const [past, price] of told.entries()) expect(priceAt(state, instant(past))?.amount).toBe(price);
          told.push(priceAt(state, instant(n))?.amount);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('it is described anew, moved, retired and reinstated', () => {
    const description = { name: 'Pump', tax: 'gt-iva-12' };
    given(defined).when('DescribeProduct', description).then(event('ProductDescribed', description)).andRepeatedNothing();
    given(defined)
      .when('MoveProduct', { categoryId: id('pumps') }, { facts })
      .thenNothing();
    given(defined, event('ProductMoved', { categoryId: id('x') }))
      .when('MoveProduct', { categoryId: id('pumps') }, { facts })
      .thenTypes('ProductMoved');
    given(defined)
      .when('MoveProduct', { categoryId: id('old') }, { facts })
      .thenRejected('categoryRetired');
    given(defined)
      .when('MoveProduct', { categoryId: id('nobody') }, { facts })
      .thenRejected('unknownCategory');
    given(defined).when('RetireProduct', { reason: 'no maker' }).then(retired).andRepeatedNothing();
    given(defined, retired).when('DescribeProduct', description).thenRejected('productRetired');
    given(defined, retired)
      .when('MoveProduct', { categoryId: id('x') }, { facts })
      .thenRejected('productRetired');
    given(defined, retired)
      .when('SetProductPrice', { price: gtq('1') }, { now: later })
      .thenRejected('productRetired');
    given(defined, retired).when('WithdrawProductPrice', { effectiveAt: later }).thenRejected('productRetired');
    given(defined, retired).when('ReinstateProduct', {}).then(event('ProductReinstated', {})).andRepeatedNothing();
  });
});
