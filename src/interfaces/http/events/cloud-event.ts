/** Events on the wire: CloudEvents 1.0, JSON format, with the log's own facts as extensions. */
import type { EventData } from '../../../application/ports/event-log.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { erased, personalPaths } from '../../../domain/kernel/personal.ts';
import { kebabCase } from '../names.ts';

/** An event as the event surface knows it, whether it came from the index or went past in the log. */
export type SeenEvent = {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly category: string;
  readonly aggregateId: string;
  readonly revision: number;
  readonly position: bigint;
  readonly occurredAt: string;
  readonly tenant: string | null;
  readonly account: string | null;
  /** The permission without which nobody sees it, where there is one. Told to nobody. */
  readonly restrictedTo: string | null;
  readonly actorKind: string;
  readonly actorId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly data: EventData;
};

export const sourceOf = (category: string): string => `/aggregates/${kebabCase(category)}`;
/** The name of an event's data schema within `/asyncapi.json`. */
export const schemaName = (category: string, type: string): string => `${category}.${type}`;

export const cloudEvent = (event: SeenEvent) => ({
  specversion: '1.0',
  id: event.id,
  source: sourceOf(event.category),
  type: event.type,
  subject: event.stream,
  time: event.occurredAt,
  datacontenttype: 'application/json',
  dataschema: `/asyncapi.json#/components/schemas/${schemaName(event.category, event.type)}`,
  position: event.position.toString(),
  revision: event.revision,
  correlationid: event.correlationId,
  causationid: event.causationId,
  ...(event.tenant === null ? {} : { tenant: event.tenant }),
  ...(event.account === null ? {} : { account: event.account }),
  actor: `${event.actorKind}:${event.actorId}`,
  data: event.data,
});

type Paths = readonly (readonly string[])[];
const eraseAt = (value: unknown, [head, ...rest]: readonly string[]): unknown => {
  if (head === undefined) return typeof value === 'string' ? erased : value;
  if (head === '*') return Array.isArray(value) ? value.map((item) => eraseAt(item, rest)) : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, head)) return value;
  return { ...value, [head]: eraseAt(Reflect.get(value, head), rest) };
};

/** Takes personal fields out of events' data, by the marks of their schemas. */
export const erasing = (
  model: readonly AnyAggregate[],
): (<E extends { readonly category: string; readonly type: string; readonly data: EventData }>(event: E) => E) => {
  const paths = new Map<string, Paths>();
  for (const { category, events } of model) {
    for (const [type, { schema }] of Object.entries(events)) {
      const personal = personalPaths(schema);
      if (personal.length > 0) paths.set(`${category}/${type}`, personal);
    }
  }
  return (event) => {
    const personal = paths.get(`${event.category}/${event.type}`);
    if (personal === undefined) return event;
    // The boundary: erasing keeps the shape of an object.
    return { ...event, data: personal.reduce<unknown>(eraseAt, event.data) as EventData };
  };
};
