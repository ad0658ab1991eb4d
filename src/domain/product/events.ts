import { defineEvents } from '../kernel/aggregate.ts';
import { fields, instant, integer, lookup, money, note, optional, text, uuid } from '../kernel/schema.ts';
import { skuPrefix } from '../product-category/events.ts';

/** What a product is called, how it is counted, and the tax on it where a document names none. */
export const description = { name: text(), description: optional(note()), uom: optional(lookup('uom')), tax: optional(lookup('tax')) } as const;

export const productEvents = defineEvents({
  ProductDefined: {
    version: 1,
    docs: 'Something is sold from now on, under a SKU that is its own for ever.',
    schema: fields({
      sku: text({ max: 30 }),
      skuPrefix: skuPrefix(),
      skuNumber: integer({ min: 1 }),
      categoryId: uuid(),
      ...description,
      price: money(),
      effectiveAt: instant(),
    }),
  },
  ProductDescribed: { version: 1, docs: 'Name, description, unit or usual tax changed.', schema: fields(description) },
  ProductMoved: { version: 1, docs: 'The product is in another category; its SKU stays.', schema: fields({ categoryId: uuid() }) },
  ProductPriceSet: {
    version: 1,
    docs: 'The price is this from an instant on, until the next one takes effect.',
    schema: fields({ price: money(), effectiveAt: instant() }),
  },
  ProductPriceBegan: {
    version: 1,
    docs: 'A price that was set for later holds from now on.',
    schema: fields({ price: money(), effectiveAt: instant() }),
  },
  ProductPriceWithdrawn: { version: 1, docs: 'A price that had not taken effect yet never will.', schema: fields({ effectiveAt: instant() }) },
  ProductRetired: { version: 1, docs: 'The product is not sold any more.', schema: fields({ reason: text() }) },
  ProductReinstated: { version: 1, docs: 'A retired product is sold again.', schema: fields({}) },
});
