import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { restrictable } from '../kernel/table.ts';
import { eventIndexTable, restrictedEventIndexTable } from './tables.ts';

/** What tenants ask, and staff who need not see what is restricted. */
export const eventIndexQuery: QueryDefinition = tableQuery('event-index', eventIndexTable, { sort: ['position'] });

const together = ['customer_id', 'account_id', ...Object.keys(eventIndexTable.columns).filter((name) => name !== 'customer_id' && name !== 'account_id')];

/** Both together, for staff: row-level security leaves the restricted ones out for whoever does not hold their permission. */
export const wholeEventIndexQuery: QueryDefinition = {
  ...eventIndexQuery,
  name: 'whole-event-index',
  docs: 'Every event of the company and its customers, the restricted ones for those who may see them.',
  from: `select ${together.join(', ')}, null::text as restricted_to from event_index union all select ${together.join(', ')}, restricted_to from restricted_event_index`,
  columns: { ...eventIndexTable.columns, ...restrictable },
  scope: 'company',
};

export const eventIndexQueries: readonly QueryDefinition[] = [
  eventIndexQuery,
  wholeEventIndexQuery,
  tableQuery('event-index', restrictedEventIndexTable, { sort: ['position'] }),
];
