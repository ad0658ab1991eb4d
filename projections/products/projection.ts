import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { product } from '../../src/domain/product/decider.ts';
import { productCategory } from '../../src/domain/product-category/decider.ts';
import { projecting } from '../kernel/projection.ts';
import { productCategoryTable, productPriceHistoryTable, productTable } from './tables.ts';

const { projection, when } = projecting({ category: productCategoryTable, product: productTable, price: productPriceHistoryTable });

const entry = (catalog: string, code: string | undefined): string | null => (code === undefined ? null : entryId(catalog, code));
const priceId = (productId: string, effectiveAt: string): string => derivedId(productId, ['price', effectiveAt]);
type Priced = { readonly price: { readonly amount: string; readonly currency: string }; readonly effectiveAt: string };
const priceRow = (productId: string, { price, effectiveAt }: Priced) => ({
  product_price_history_id: priceId(productId, effectiveAt),
  product_id: productId,
  price: price.amount,
  currency_code: price.currency,
  effective_at: effectiveAt,
});
type Said = { readonly name: string; readonly description?: string; readonly uom?: string; readonly tax?: string };
const said = ({ name, description, uom, tax }: Said) => ({
  name,
  description: description ?? null,
  uom_lookup_id: entry('uom', uom),
  tax_lookup_id: entry('tax', tax),
});

export const products = projection({
  name: 'products',
  version: 2,
  docs: 'Products, their categories and every price.',
  on: [
    when(productCategory, {
      ProductCategoryDefined: ({ data }, rows) =>
        rows.category.put({
          product_category_id: data.categoryId,
          parent_category_id: data.parentCategoryId ?? null,
          sku_prefix: data.skuPrefix,
          name: data.name,
          is_active: true,
        }),
      ProductCategoryRenamed: ({ data }, rows) => rows.category.patch(data.categoryId, { name: data.name }),
      ProductCategoryMoved: ({ data }, rows) => rows.category.patch(data.categoryId, { parent_category_id: data.parentCategoryId ?? null }),
      ProductCategoryRetired: ({ data }, rows) => rows.category.patch(data.categoryId, { is_active: false }),
      ProductCategoryReinstated: ({ data }, rows) => rows.category.patch(data.categoryId, { is_active: true }),
    }),
    when(product, {
      ProductDefined: ({ aggregateId, data }, rows) => {
        const { price } = data;
        rows.product.put({
          product_id: aggregateId,
          product_category_id: data.categoryId,
          sku: data.sku,
          ...said(data),
          price: price.amount,
          currency_code: price.currency,
          is_active: true,
        });
        rows.price.put(priceRow(aggregateId, data));
      },
      ProductDescribed: ({ aggregateId, data }, rows) => rows.product.patch(aggregateId, said(data)),
      ProductMoved: ({ aggregateId, data }, rows) => rows.product.patch(aggregateId, { product_category_id: data.categoryId }),
      ProductPriceSet: ({ aggregateId, data, occurredAt }, rows) => {
        rows.price.put(priceRow(aggregateId, data));
        if (data.effectiveAt <= occurredAt) rows.product.patch(aggregateId, { price: data.price.amount });
      },
      ProductPriceBegan: ({ aggregateId, data }, rows) => rows.product.patch(aggregateId, { price: data.price.amount }),
      ProductPriceWithdrawn: ({ aggregateId, data }, rows) => rows.price.remove(priceId(aggregateId, data.effectiveAt)),
      ProductRetired: ({ aggregateId }, rows) => rows.product.patch(aggregateId, { is_active: false }),
      ProductReinstated: ({ aggregateId }, rows) => rows.product.patch(aggregateId, { is_active: true }),
    }),
  ],
});
