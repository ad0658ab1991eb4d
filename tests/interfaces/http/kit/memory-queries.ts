/** Queries over rows in memory, checked and parsed by the product's own parser: for tests of the surface, not of SQL. */
import { Readable } from 'node:stream';
import { type QueryDefinition, tableQuery } from '../../../../projections/kernel/query.ts';
import * as columns from '../../../../projections/kernel/table.ts';
import type { Caller } from '../../../../src/application/caller.ts';
import { sees } from '../../../../src/application/caller.ts';
import type { StoredEvent } from '../../../../src/application/ports/event-log.ts';
import type { Filter, QueryRequest, QueryRunner, Row, Search } from '../../../../src/application/ports/queries.ts';
import { cursorsWith } from '../../../../src/infrastructure/queries/cursor.ts';
import { parserWith } from '../../../../src/infrastructure/queries/parse.ts';

const eventTable = columns.tenantTable('event_index', {
  key: 'event_id',
  permission: 'events:view',
  docs: 'Every event.',
  isAudited: false,
  columns: {
    event_id: columns.uuid(),
    position: columns.bigint().filtered(),
    stream: columns.text().filtered(),
    category: columns.text().filtered(),
    aggregate_id: columns.uuid().filtered(),
    event_type: columns.text().filtered(),
    revision: columns.integer(),
    occurred_at: columns.instant().filtered(),
    actor_kind: columns.text(),
    actor_id: columns.text().filtered(),
    correlation_id: columns.uuid().filtered(),
    causation_id: columns.uuid(),
    data: columns.json(),
  },
});
const boatTable = columns.tenantTable('boat', {
  key: 'boat_id',
  permission: 'boat:view',
  docs: 'Boats as they are.',
  isAudited: false,
  columns: { boat_id: columns.uuid(), name: columns.text().searched(), is_sunk: columns.boolean().filtered() },
});
export const eventIndex: QueryDefinition = tableQuery('event-index', eventTable);
export const boatQuery: QueryDefinition = tableQuery('boats', boatTable);

const eventRow = (event: StoredEvent): Row => ({
  event_id: event.id,
  position: event.position.toString(),
  stream: event.stream,
  category: event.category,
  aggregate_id: event.aggregateId,
  event_type: event.type,
  revision: event.revision,
  occurred_at: event.metadata.occurredAt,
  actor_kind: event.metadata.actor.kind,
  actor_id: event.metadata.actor.id,
  customer_id: event.metadata.tenant,
  account_id: event.metadata.account,
  correlation_id: event.metadata.$correlationId,
  causation_id: event.metadata.$causationId,
  data: event.data,
});

const boatRows = (events: readonly StoredEvent[]): readonly Row[] => {
  const boats = new Map<string, Row>();
  for (const { category, aggregateId, type, data } of events) {
    if (category !== 'boat') continue;
    const before = boats.get(aggregateId) ?? { boat_id: aggregateId, is_sunk: false, account_id: null };
    const named = 'name' in data ? { name: data['name'] } : {};
    const held = 'customerId' in data ? { customer_id: data['customerId'] } : {};
    boats.set(aggregateId, { ...before, ...named, ...held, ...(type === 'BoatSunk' ? { is_sunk: true } : {}) });
  }
  return [...boats.values()];
};

const compare = (a: unknown, b: unknown): number => {
  if (typeof a === 'string' && typeof b === 'string' && /^\d+$/.test(a) && /^\d+$/.test(b)) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
};
const holds = (row: Row, { column, operator, values }: Filter): boolean => {
  const value = row[column];
  const [first] = values;
  if (operator === 'null') return (value === null) === (first === 'true');
  if (value === null || value === undefined) return false;
  if (operator === 'in') return values.includes(String(value));
  if (operator === 'like') return String(value).toLowerCase().includes(String(first).toLowerCase());
  if (operator === 'between') return compare(value, first) >= 0 && compare(value, values[1]) <= 0;
  const order = compare(value, first);
  return { eq: order === 0, ne: order !== 0, gt: order > 0, gte: order >= 0, lt: order < 0, lte: order <= 0 }[operator];
};

/** `eventsOf`: what the read models have taken in. */
export const memoryQueries = (eventsOf: () => readonly StoredEvent[]): { readonly runner: QueryRunner; readonly search: Search } => {
  const cursors = cursorsWith(Buffer.alloc(32, 7));
  const parse = parserWith(cursors);
  const asOf = () => {
    const last = eventsOf().at(-1);
    return { position: (last?.position ?? 0n).toString(), time: last?.metadata.occurredAt ?? null };
  };
  const rowsFor = (definition: QueryDefinition, caller: Caller): readonly Row[] =>
    (definition.name === 'event-index' ? eventsOf().map(eventRow) : boatRows(eventsOf())).filter((row) =>
      sees(caller, row['customer_id'] === null ? null : String(row['customer_id']), row['account_id'] === null ? null : String(row['account_id'])),
    );
  const found = (definition: QueryDefinition, request: QueryRequest, caller: Caller): readonly Row[] =>
    rowsFor(definition, caller)
      .filter((row) => request.filters.every((filter) => holds(row, filter)))
      .toSorted((a, b) => request.sort.reduce((order, { column, isDescending }) => order || compare(a[column], b[column]) * (isDescending ? -1 : 1), 0));
  const runner: QueryRunner = {
    parse: (definition, parameters, caller, reserved = []) => parse({ definition, parameters, caller, reserved }),
    page: async (definition, request, caller) => ({
      data: found(definition, request, caller)
        .slice(0, request.limit)
        .map((row) => Object.fromEntries(request.fields.map((name) => [name, row[name]]))),
      page: { next: null },
      asOf: asOf(),
    }),
    one: async (definition, key, caller) => {
      const data = rowsFor(definition, caller).find((row) => row[definition.key] === key);
      return data === undefined ? { asOf: asOf() } : { data, asOf: asOf() };
    },
    export: async (definition, request, caller) => ({
      body: Readable.from([
        `${request.fields.join(',')}\n`,
        ...found(definition, request, caller).map((row) => `${request.fields.map((name) => row[name]).join(',')}\n`),
      ]),
      contentType: 'text/csv; charset=utf-8',
      asOf: asOf(),
    }),
  };
  const search: Search = {
    searchFor: async (text, caller, limit) => ({
      data: rowsFor(boatQuery, caller)
        .filter((row) => String(row['name']).toLowerCase().includes(text.toLowerCase()))
        .slice(0, limit)
        .map((row) => ({
          id: String(row['boat_id']),
          type: 'boat',
          title: String(row['name']),
          subtitle: null,
          description: null,
          route: `/boats/${row['boat_id']}`,
          score: 1,
        })),
      asOf: asOf(),
    }),
  };
  return { runner, search };
};
