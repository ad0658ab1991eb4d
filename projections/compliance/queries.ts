import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { inspectionTable, violationTable } from './tables.ts';

export const complianceQueries: readonly QueryDefinition[] = [
  tableQuery('compliance', inspectionTable, { sort: ['-inspection_date'] }),
  tableQuery('compliance', violationTable),
  tableQuery('compliance', inspectionTable, {
    name: 'compliance-list',
    docs: 'Inspections by the day their repairs must be certified; filter by status, is_certification_overdue and open_out_of_service.',
    sort: ['certify_by'],
  }),
];
