import { tableQuery } from '../kernel/query.ts';
import { allocationSlotTable, equipmentTypeAllocationTable, lineAllocationCountTable } from './tables.ts';

export const allocationCountQueries = [
  tableQuery('allocation-counts', equipmentTypeAllocationTable, { name: 'allocation-counts' }),
  tableQuery('allocation-counts', allocationSlotTable),
  tableQuery('allocation-counts', lineAllocationCountTable),
];
