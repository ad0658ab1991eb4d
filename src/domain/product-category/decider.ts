import { type Aggregate, type Decide, emit, type Frozen, reject } from '../kernel/aggregate.ts';
import { productCategoryCommands } from './commands.ts';
import { productCategoryEvents } from './events.ts';
import { type CategoryTree, categoriesMax, categoryTreeId, depthMax, evolve, heightOf, initial, pathOf } from './state.ts';

const event = emit(productCategoryEvents);
const unknown = () => reject('unknownCategory', 'There is no such category.');

/** Whether something of this height may hang there: the parent is there and in use, and the tree stays shallow. */
const mayHang = (state: Frozen<CategoryTree>, parentCategoryId: string | undefined, height: number) => {
  if (parentCategoryId === undefined) return undefined;
  const parent = state.categories[parentCategoryId];
  if (parent === undefined) return reject('unknownParent', 'There is no such category to hang it under.');
  if (!parent.isActive) return reject('parentRetired', 'The category above is retired.');
  const depth = pathOf(state, parentCategoryId).length + height;
  return depth > depthMax ? reject('tooDeep', `At most ${depthMax} levels.`, { depth, max: depthMax }) : undefined;
};

const decide: Decide<CategoryTree, typeof productCategoryCommands, typeof productCategoryEvents> = {
  DefineProductCategory: (state, command, { id, newId }) => {
    if (id !== categoryTreeId) return reject('notTheTree', `All categories are in one tree, with the id ${categoryTreeId}.`);
    const namesake = Object.values(state.categories).find(({ skuPrefix }) => skuPrefix === command.skuPrefix);
    if (namesake !== undefined) {
      const isSame = namesake.name === command.name && namesake.parentCategoryId === (command.parentCategoryId ?? null);
      return isSame ? [] : reject('skuPrefixInUse', `The prefix ${command.skuPrefix} is that of ${namesake.name}.`);
    }
    const isFull = Object.keys(state.categories).length >= categoriesMax;
    const refused = isFull ? reject('tooMany', `At most ${categoriesMax} categories.`, { max: categoriesMax }) : mayHang(state, command.parentCategoryId, 1);
    return refused ?? [event('ProductCategoryDefined', { categoryId: newId(0), ...command })];
  },
  RenameProductCategory: (state, command) => {
    const category = state.categories[command.categoryId];
    if (category === undefined) return unknown();
    return category.name === command.name ? [] : [event('ProductCategoryRenamed', command)];
  },
  MoveProductCategory: (state, command) => {
    const { categoryId, parentCategoryId } = command;
    const category = state.categories[categoryId];
    if (category === undefined) return unknown();
    if (category.parentCategoryId === (parentCategoryId ?? null)) return [];
    if (parentCategoryId !== undefined && pathOf(state, parentCategoryId).includes(categoryId))
      return reject('wouldMakeCycle', 'A category cannot hang below itself.');
    return mayHang(state, parentCategoryId, heightOf(state, categoryId)) ?? [event('ProductCategoryMoved', command)];
  },
  RetireProductCategory: (state, command) => {
    const category = state.categories[command.categoryId];
    if (category === undefined) return unknown();
    if (!category.isActive) return [];
    const active = Object.entries(state.categories).filter(([, each]) => each.parentCategoryId === command.categoryId && each.isActive);
    return active.length === 0
      ? [event('ProductCategoryRetired', command)]
      : reject('hasActiveCategories', 'Retire the categories below it first.', { categoryIds: active.map(([id]) => id) });
  },
  ReinstateProductCategory: (state, command) => {
    const category = state.categories[command.categoryId];
    if (category === undefined) return unknown();
    if (category.isActive) return [];
    const parent = category.parentCategoryId === null ? undefined : state.categories[category.parentCategoryId];
    return parent?.isActive === false ? reject('parentRetired', 'The category above is retired.') : [event('ProductCategoryReinstated', command)];
  },
};

/** The tree of product categories, whole (QC-4): the company’s own, which everybody may refer to. */
export const productCategory: Aggregate<'productCategory', CategoryTree, typeof productCategoryCommands, typeof productCategoryEvents> = {
  category: 'productCategory',
  docs: 'The tree of product categories, whole, so that no move makes a circle: the company’s own, which everybody may refer to.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: productCategoryEvents,
  commands: productCategoryCommands,
  initial,
  decide,
  evolve,
  tenantOf: () => null,
  shared: () => true,
  exists: ({ categories }) => Object.keys(categories).length > 0,
};
