import { defineEvents } from '../kernel/aggregate.ts';
import { fields, optional, text, uuid } from '../kernel/schema.ts';

/** The first part of the SKUs of a category’s products: `PUMP` in `PUMP-000123`. */
export const skuPrefix = () => text({ max: 10, pattern: '^[A-Z][A-Z0-9]{1,9}$', docs: 'first part of its products’ SKUs' });
const category = { categoryId: uuid() } as const;
const place = { parentCategoryId: optional(uuid()) } as const;

export const productCategoryEvents = defineEvents({
  ProductCategoryDefined: {
    version: 1,
    docs: 'A category of products exists, under another one or at the top. Its SKU prefix is its own for ever.',
    schema: fields({ ...category, ...place, name: text(), skuPrefix: skuPrefix() }),
  },
  ProductCategoryRenamed: { version: 1, docs: 'A category has another name; SKUs stay.', schema: fields({ ...category, name: text() }) },
  ProductCategoryMoved: { version: 1, docs: 'A category and all below it hang elsewhere; SKUs stay.', schema: fields({ ...category, ...place }) },
  ProductCategoryRetired: { version: 1, docs: 'A category takes no new products or categories.', schema: fields({ ...category, reason: text() }) },
  ProductCategoryReinstated: { version: 1, docs: 'A retired category is used again.', schema: fields(category) },
});
