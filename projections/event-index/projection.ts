/** One row an event, whatever the aggregate: what auditors filter by, and what `/events` and histories are read from. */
import { model } from '../../src/domain/model.ts';
import { type Occurred, type ProjectionDefinition, projecting } from '../kernel/projection.ts';
import { type Described, erasingBy } from './personal.ts';
import { eventIndexTable, restrictedEventIndexTable } from './tables.ts';

const { projection, whenAny } = projecting({ events: eventIndexTable, restricted: restrictedEventIndexTable });

const envelope = (event: Occurred) => ({
  position: event.position,
  event_id: event.id,
  stream: event.stream,
  category: event.category,
  aggregate_id: event.aggregateId,
  revision: event.revision,
  event_type: event.type,
  occurred_at: event.occurredAt,
  actor_kind: event.actor.kind,
  actor_id: event.actor.id,
  correlation_id: event.correlationId,
  causation_id: event.causationId,
});

/** The index of the events of these aggregates; categories it does not know (the shell's own) are the company's. */
export const eventIndexOf = (aggregates: readonly Described[]): ProjectionDefinition => {
  const classes = new Map(aggregates.map(({ category, confidentiality }) => [category, confidentiality]));
  const withoutPersonal = erasingBy(aggregates);
  return projection({
    name: 'event-index',
    version: 2,
    docs: 'Every event, filterable by who, what, when and where.',
    on: [
      whenAny((event, rows) => {
        const row = { ...envelope(event), data: withoutPersonal(event) };
        const holder = { customer_id: event.tenant, account_id: event.account };
        const confidentiality = classes.get(event.category) ?? 'company';
        if (confidentiality === 'restricted' || event.restrictedTo !== null) rows.restricted.put({ ...row, ...holder, restricted_to: event.restrictedTo });
        else rows.events.put({ ...row, ...(confidentiality === 'tenant' ? holder : { customer_id: null, account_id: null }) });
      }),
    ],
  });
};

export const eventIndex = eventIndexOf(model);
