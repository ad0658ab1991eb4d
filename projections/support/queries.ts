import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { groupTable, incidentTable, memberTable, systemCaseTable } from './tables.ts';

export const supportQueries: readonly QueryDefinition[] = [
  tableQuery('support', systemCaseTable, { sort: ['-reported_at'] }),
  tableQuery('support', incidentTable, { sort: ['-reported_at'] }),
  tableQuery('support', groupTable, { sort: ['name'] }),
  tableQuery('support', memberTable),
];
