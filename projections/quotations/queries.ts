import { tableQuery } from '../kernel/query.ts';
import { quotationAcceptanceTable, quotationFollowupTable, quotationLineTable, quotationRevisionTable, quotationTable } from './tables.ts';

export const quotationQueries = [quotationTable, quotationRevisionTable, quotationLineTable, quotationFollowupTable, quotationAcceptanceTable].map((table) =>
  tableQuery('quotations', table),
);
