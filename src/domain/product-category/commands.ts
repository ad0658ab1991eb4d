import { defineCommands } from '../kernel/aggregate.ts';
import { fields, optional, text, uuid } from '../kernel/schema.ts';
import { skuPrefix } from './events.ts';

const edit = 'product-category:edit';
const category = { categoryId: uuid() } as const;
const place = { parentCategoryId: optional(uuid()) } as const;
const hangs = ['unknownParent', 'parentRetired', 'tooDeep'] as const;

export const productCategoryCommands = defineCommands({
  DefineProductCategory: {
    permission: 'product-category:create',
    docs: 'Adds a category to the one tree there is, under another one or at the top.',
    creates: true,
    rejects: ['notTheTree', 'skuPrefixInUse', 'tooMany', ...hangs],
    schema: fields({ ...place, name: text(), skuPrefix: skuPrefix() }),
  },
  RenameProductCategory: {
    permission: edit,
    docs: 'Gives a category another name.',
    rejects: ['unknownCategory'],
    schema: fields({ ...category, name: text() }),
  },
  MoveProductCategory: {
    permission: edit,
    docs: 'Hangs a category with all below it elsewhere; without a parent, at the top. Never below itself.',
    rejects: ['unknownCategory', 'wouldMakeCycle', ...hangs],
    schema: fields({ ...category, ...place }),
  },
  RetireProductCategory: {
    permission: edit,
    docs: 'Takes a category out of use; those below it first.',
    rejects: ['unknownCategory', 'hasActiveCategories'],
    schema: fields({ ...category, reason: text() }),
  },
  ReinstateProductCategory: {
    permission: edit,
    docs: 'Takes a retired category into use again.',
    rejects: ['unknownCategory', 'parentRetired'],
    schema: fields(category),
  },
});
