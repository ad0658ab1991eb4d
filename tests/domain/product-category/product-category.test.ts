import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { productCategory } from '../../../src/domain/product-category/decider.ts';
import { productCategoryEvents } from '../../../src/domain/product-category/events.ts';
import { categoryTreeId, depthMax, pathOf } from '../../../src/domain/product-category/state.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given, run } = scenarios(productCategory);
const event = emit(productCategoryEvents);
const here = { id: categoryTreeId } as const;
const defined = (name: string, skuPrefix: string, parent?: string) =>
  event('ProductCategoryDefined', { categoryId: id(name), name, skuPrefix, ...(parent === undefined ? {} : { parentCategoryId: id(parent) }) });
const tree = [defined('pumps', 'PUMP'), defined('hand pumps', 'HAND', 'pumps'), defined('toilets', 'WC')];

describe('the category tree', () => {
  test('takes a category under another one, or at the top', () => {
    given(...tree)
      .when('DefineProductCategory', { name: 'electric', skuPrefix: 'ELEC', parentCategoryId: id('pumps') }, here)
      .then(event('ProductCategoryDefined', { categoryId: id('made:0'), name: 'electric', skuPrefix: 'ELEC', parentCategoryId: id('pumps') }))
      .andRepeatedNothing();
    given(...tree)
      .when('DefineProductCategory', { name: 'x', skuPrefix: 'X1', parentCategoryId: id('nobody') }, here)
      .thenRejected('unknownParent');
    given().when('DefineProductCategory', { name: 'x', skuPrefix: 'X1' }).thenRejected('notTheTree');
  });

  test('QC-4 a SKU prefix is one category’s for ever, retired or not', () => {
    const history = [...tree, event('ProductCategoryRetired', { categoryId: id('toilets'), reason: 'sold off' })];
    given(...history)
      .when('DefineProductCategory', { name: 'tanks', skuPrefix: 'WC' }, here)
      .thenRejected('skuPrefixInUse');
  });

  test('QC-4 a category never hangs below itself', () => {
    given(...tree)
      .when('MoveProductCategory', { categoryId: id('pumps'), parentCategoryId: id('hand pumps') })
      .thenRejected('wouldMakeCycle');
    given(...tree)
      .when('MoveProductCategory', { categoryId: id('pumps'), parentCategoryId: id('pumps') })
      .thenRejected('wouldMakeCycle');
    given(...tree)
      .when('MoveProductCategory', { categoryId: id('hand pumps') })
      .then(event('ProductCategoryMoved', { categoryId: id('hand pumps') }))
      .andRepeatedNothing();
  });

  test('a category is renamed, retired after those below it, and reinstated after those above', () => {
    const reason = 'old';
    given(...tree)
      .when('RenameProductCategory', { categoryId: id('pumps'), name: 'Pumps' })
      .then(event('ProductCategoryRenamed', { categoryId: id('pumps'), name: 'Pumps' }))
      .andRepeatedNothing();
    given(...tree)
      .when('RetireProductCategory', { categoryId: id('pumps'), reason })
      .thenRejected('hasActiveCategories');
    const retired = ['hand pumps', 'pumps'].map((name) => event('ProductCategoryRetired', { categoryId: id(name), reason }));
    given(...tree, ...retired)
      .when('ReinstateProductCategory', { categoryId: id('hand pumps') })
      .thenRejected('parentRetired');
    given(...tree, ...retired)
      .when('DefineProductCategory', { name: 'x', skuPrefix: 'X1', parentCategoryId: id('pumps') }, here)
      .thenRejected('parentRetired');
    given(...tree, ...retired)
      .when('ReinstateProductCategory', { categoryId: id('pumps') })
      .thenTypes('ProductCategoryReinstated');
    given(...tree)
      .when('RenameProductCategory', { categoryId: id('nobody'), name: 'x' })
      .thenRejected('unknownCategory');
    given(...tree)
      .when('MoveProductCategory', { categoryId: id('nobody') })
      .thenRejected('unknownCategory');
    given(...tree)
      .when('RetireProductCategory', { categoryId: id('nobody'), reason })
      .thenRejected('unknownCategory');
    given(...tree)
      .when('ReinstateProductCategory', { categoryId: id('nobody') })
      .thenRejected('unknownCategory');
  });

  test('QC-4 whatever is defined and moved, the tree is acyclic and shallow', () => {
    const place = fc.nat({ max: 14 });
    const steps = fc.array(fc.record({ isMove: fc.boolean(), what: place, under: fc.option(place) }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (chosen) => {
        const { state } = run(
          chosen.map(({ isMove, what, under }) => {
            const parent = under === null ? {} : { parentCategoryId: id(`made ${under}`) };
            return isMove
              ? { type: 'MoveProductCategory' as const, data: { categoryId: id(`made ${what}`), ...parent } }
              : { type: 'DefineProductCategory' as const, data: { name: `${what}`, skuPrefix: `P${what}`, ...parent } };
          }),
          (index) => ({ ...here, newId: () => id(`made ${chosen[index]?.what}`) }),
        );
        for (const categoryId of Object.keys(state.categories)) {
          const path = pathOf(state, categoryId);
          expect(new Set(path).size).toBe(path.length);
          expect(path.length).toBeLessThanOrEqual(depthMax);
        }
      }),
    );
  });
});
