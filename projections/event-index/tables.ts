import { bigint, instant, integer, json, restrictable, restrictedTable, tenantTable, text, uuid } from '../kernel/table.ts';

/** By position, which is the order they are read in; events of one append have positions of their own. */
const columns = {
  position: bigint(),
  event_id: uuid().filtered(),
  stream: text().filtered(),
  category: text().filtered(),
  aggregate_id: uuid(),
  revision: integer(),
  event_type: text().filtered(),
  occurred_at: instant().filtered(),
  actor_kind: text(),
  actor_id: text().filtered(),
  correlation_id: text().filtered(),
  causation_id: text(),
  data: json().described('The event’s data; personal fields are erased.'),
} as const;

export const eventIndexTable = tenantTable('event_index', {
  key: 'position',
  permission: 'event:view',
  docs: 'Every event, with the customer that held its aggregate at that moment; without one, the company’s own.',
  isAudited: false,
  columns,
});
export const restrictedEventIndexTable = restrictedTable('restricted_event_index', {
  key: 'position',
  permission: 'restricted-event:view',
  docs: 'Every event that only holders of a permission of its own may see, of whole aggregates or of single ones.',
  isAudited: false,
  columns: { ...columns, customer_id: uuid().nullable().filtered(), account_id: uuid().nullable(), ...restrictable },
});
