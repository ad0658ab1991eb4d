import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { derivedId, namespaces } from '../kernel/ids.ts';
import { withChange } from '../kernel/records.ts';
import type { productCategoryEvents } from './events.ts';

export type Category = { readonly name: string; readonly skuPrefix: string; readonly parentCategoryId: string | null; readonly isActive: boolean };
/** All categories there are, by id: the whole tree is one aggregate, so that no move ever makes a circle. */
export type CategoryTree = { readonly categories: Readonly<Record<string, Category>> };

/** The id of the one tree. */
export const categoryTreeId = derivedId(namespaces.aggregate, ['productCategory']);
export const categoriesMax = 2000;
export const depthMax = 10;

/** The tree as other aggregates' guards see it: `categoryTreeFact.at(categoryTreeId)`. */
export const categoryTreeFact = fact<CategoryTree>('productCategory');
export const initial: CategoryTree = { categories: {} };

/** The category itself first, then what it hangs under, up to the top. Ends also where a walk would not: at the size of the tree. */
export const pathOf = ({ categories }: Frozen<CategoryTree>, categoryId: string): readonly string[] => {
  const path: string[] = [];
  for (let at: string | null = categoryId; at !== null && path.length <= categoriesMax; at = categories[at]?.parentCategoryId ?? null) path.push(at);
  return path;
};
/** How many levels a category and those below it take: 1 for one with none below. */
export const heightOf = (tree: Frozen<CategoryTree>, categoryId: string): number =>
  Object.keys(tree.categories).reduce((most, each) => Math.max(most, pathOf(tree, each).indexOf(categoryId) + 1), 1);

const changed = ({ categories }: Frozen<CategoryTree>, categoryId: string, change: Partial<Category>): CategoryTree => ({
  categories: withChange(categories, categoryId, change),
});

export const evolve: Evolve<CategoryTree, typeof productCategoryEvents> = {
  ProductCategoryDefined: ({ categories }, { categoryId, parentCategoryId, name, skuPrefix }) => ({
    categories: { ...categories, [categoryId]: { name, skuPrefix, parentCategoryId: parentCategoryId ?? null, isActive: true } },
  }),
  ProductCategoryRenamed: (state, { categoryId, name }) => changed(state, categoryId, { name }),
  ProductCategoryMoved: (state, { categoryId, parentCategoryId }) => changed(state, categoryId, { parentCategoryId: parentCategoryId ?? null }),
  ProductCategoryRetired: (state, { categoryId }) => changed(state, categoryId, { isActive: false }),
  ProductCategoryReinstated: (state, { categoryId }) => changed(state, categoryId, { isActive: true }),
};
