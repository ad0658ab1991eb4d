/** Pages of the event index, as one caller may see them. */
import type { Caller } from '../../../application/caller.ts';
import type { EventData } from '../../../application/ports/event-log.ts';
import type { Filter, QueryRequest, Row } from '../../../application/ports/queries.ts';
import type { HttpParts } from '../parts.ts';
import type { SeenEvent } from './cloud-event.ts';
import { type EventFilter, indexFilters } from './event-filter.ts';
import type { Visibility } from './visibility.ts';

/** The columns that the event index must have; `position` is a bigint, `data` json, the rest text, uuid, integer and instant. */
export const indexColumns = [
  'event_id',
  'position',
  'stream',
  'category',
  'aggregate_id',
  'event_type',
  'revision',
  'occurred_at',
  'actor_kind',
  'actor_id',
  'customer_id',
  'account_id',
  'correlation_id',
  'causation_id',
  'data',
] as const;

export type EventPage = {
  readonly events: readonly SeenEvent[];
  /** How far this page reaches: asking again after it gives the rest of the log. */
  readonly reaches: bigint;
  /** More may follow at once. */
  readonly isFull: boolean;
};
export type PageAsked = {
  readonly filter: EventFilter;
  readonly visibility: Visibility;
  readonly caller: Caller;
  readonly after: bigint;
  readonly limit: number;
};

const text = (row: Row, column: string): string => String(row[column]);
const textOrNull = (row: Row, column: string): string | null => (row[column] === null || row[column] === undefined ? null : String(row[column]));

const seenEvent = (row: Row): SeenEvent => ({
  id: text(row, 'event_id'),
  type: text(row, 'event_type'),
  stream: text(row, 'stream'),
  category: text(row, 'category'),
  aggregateId: text(row, 'aggregate_id'),
  revision: Number(row['revision']),
  position: BigInt(text(row, 'position')),
  occurredAt: text(row, 'occurred_at'),
  tenant: textOrNull(row, 'customer_id'),
  account: textOrNull(row, 'account_id'),
  restrictedTo: textOrNull(row, 'restricted_to'),
  actorKind: text(row, 'actor_kind'),
  actorId: text(row, 'actor_id'),
  correlationId: text(row, 'correlation_id'),
  causationId: text(row, 'causation_id'),
  // The boundary: the projection wrote an event's data there.
  data: row['data'] as EventData,
});

/** The database leaves out other tenants' rows by itself; this leaves out what the caller's permissions do not reach. */
const visibilityFilters = ({ hidden }: Visibility): readonly Filter[] => hidden.map((category) => ({ column: 'category', operator: 'ne', values: [category] }));

/** The next events after a position, in the log's order, `limit` at most. */
export const eventPages =
  ({ queryRunner, eventIndex, wholeEventIndex }: Pick<HttpParts, 'queryRunner' | 'eventIndex' | 'wholeEventIndex'>) =>
  async ({ filter, visibility, caller, after, limit }: PageAsked): Promise<EventPage> => {
    const definition = caller.tenant === null ? (wholeEventIndex ?? eventIndex) : eventIndex;
    const request: QueryRequest = {
      filters: [{ column: 'position', operator: 'gt', values: [after.toString()] }, ...indexFilters(filter), ...visibilityFilters(visibility)],
      sort: [{ column: 'position', isDescending: false }, ...(definition.key === 'position' ? [] : [{ column: definition.key, isDescending: false }])],
      fields: definition.columns['restricted_to'] === undefined ? indexColumns : [...indexColumns, 'restricted_to'],
      limit,
      format: 'json',
    };
    const { data, asOf } = await queryRunner.page(definition, request, caller);
    const found = data.map(seenEvent);
    const isFull = found.length >= limit;
    const last = found.at(-1)?.position ?? after;
    const indexed = BigInt(asOf.position);
    // Twice checked: a row that a mistake of the index gave to the wrong tenant is not shown.
    return { events: found.filter(visibility.sees), reaches: isFull || indexed < last ? last : indexed, isFull };
  };
