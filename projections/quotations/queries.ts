import { tableQuery } from '../kernel/query.ts';
import { quotationAcceptanceTable, quotationFollowupTable, quotationLineTable, quotationTable } from './tables.ts';

export const quotationQueries = [quotationTable, quotationLineTable, quotationFollowupTable, quotationAcceptanceTable].map((table) =>
  tableQuery('quotations', table),
);
