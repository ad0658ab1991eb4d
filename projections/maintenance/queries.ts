import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { partTable, performedTable, scheduleTable } from './tables.ts';

export const maintenanceQueries: readonly QueryDefinition[] = [
  tableQuery('maintenance', scheduleTable, { sort: ['next_due_date'] }),
  tableQuery('maintenance', scheduleTable, {
    name: 'maintenance-calendar',
    docs: 'What is due and what is forecast, by the day it comes; filter by forecast_date, next_due_date and status.',
    sort: ['forecast_date'],
  }),
  tableQuery('maintenance', performedTable, { sort: ['-performed_date'] }),
  tableQuery('maintenance', partTable),
];
