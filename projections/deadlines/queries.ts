import { tableQuery } from '../kernel/query.ts';
import { deadlineTable } from './tables.ts';

export const deadlineQueries = [tableQuery('deadlines', deadlineTable, { sort: ['due_at'] })];
