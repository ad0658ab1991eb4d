import { tableQuery } from '../kernel/query.ts';
import { productCategoryTable, productPriceHistoryTable, productTable } from './tables.ts';

export const productQueries = [productCategoryTable, productTable, productPriceHistoryTable].map((table) => tableQuery('products', table));
