import { boolean, instant, numeric, sharedTable, text, uuid } from '../kernel/table.ts';

export const productCategoryTable = sharedTable('product_category', {
  key: 'product_category_id',
  permission: 'product-category:view',
  docs: 'Categories of products, each with the one it hangs under.',
  columns: {
    product_category_id: uuid(),
    parent_category_id: uuid().nullable().filtered(),
    sku_prefix: text().filtered(),
    name: text().searched(),
    is_active: boolean().filtered(),
  },
});
export const productTable = sharedTable('product', {
  key: 'product_id',
  permission: 'product:view',
  docs: 'What is sold, at the price in force; `product-price-history` has those of every instant.',
  columns: {
    product_id: uuid(),
    product_category_id: uuid().filtered(),
    sku: text().searched(),
    name: text().searched(),
    description: text().nullable(),
    uom_lookup_id: uuid().nullable().filtered(),
    tax_lookup_id: uuid().nullable(),
    price: numeric().filtered(),
    currency_code: text().filtered(),
    is_active: boolean().filtered(),
  },
});
export const productPriceHistoryTable = sharedTable('product_price_history', {
  key: 'product_price_history_id',
  permission: 'product:view',
  docs: 'Every price with the instant it holds from, until the next one’s.',
  columns: {
    product_price_history_id: uuid(),
    product_id: uuid().filtered(),
    price: numeric(),
    currency_code: text(),
    effective_at: instant().filtered(),
  },
});
