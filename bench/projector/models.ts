/** Read models and events of the size and shape of real ones, for measuring the projector. */
import { randomUUID } from 'node:crypto';
import { type Occurred, type ProjectionDefinition, projecting, type Subscription } from '../../projections/kernel/projection.ts';
import { companyTable, instant, integer, json, numeric, tenantTable, text, uuid } from '../../projections/kernel/table.ts';
import type { EventData, NewEvent } from '../../src/application/ports/event-log.ts';
import { type AnyAggregate, defineEvents } from '../../src/domain/kernel/aggregate.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { decimal, fields, uuid as reference, integer as whole, text as word } from '../../src/domain/kernel/schema.ts';

const root = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const tenants = Array.from({ length: 20 }, (_, i) => uuidv5(root, `tenant ${i}`));

const unitEvents = defineEvents({
  UnitAdded: { version: 1, docs: 'A unit.', schema: fields({ number: word(), name: word(), vin: word(), kind: word(), amount: decimal() }) },
  UnitRead: { version: 1, docs: 'A meter was read.', schema: fields({ value: whole({ min: 0, max: 10_000_000 }), by: reference() }) },
  UnitMoved: { version: 1, docs: 'It went somewhere.', schema: fields({ place: word(), status: word() }) },
});

/** As much of an aggregate as the codec needs. */
export const unitAggregate: AnyAggregate = {
  category: 'unit',
  docs: 'Units.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: unitEvents,
  commands: {},
  initial: {},
  decide: () => [],
  evolve: (state) => state,
  guards: () => [],
  tenantOf: () => null,
  accountOf: () => null,
  claims: () => [],
  numbers: () => [],
  deadlines: () => [],
  shared: () => false,
  exists: () => true,
};

const unit = tenantTable('bench_unit', {
  columns: {
    bench_unit_id: uuid(),
    unit_number: text().searched(),
    name: text().searched(),
    vin: text().filtered(),
    kind: text().filtered(),
    status: text().filtered(),
    place: text().nullable(),
    amount: numeric(),
    meter: integer(),
    metadata: json().nullable(),
  },
  key: 'bench_unit_id',
  permission: 'unit:read',
  docs: 'Units.',
});
const reading = tenantTable('bench_reading', {
  columns: { bench_reading_id: uuid(), bench_unit_id: uuid().filtered(), value: integer(), recorded_at: instant().filtered() },
  key: 'bench_reading_id',
  permission: 'unit:read',
  docs: 'Readings.',
  isAudited: false,
});
const feed = tenantTable('bench_feed', {
  columns: { bench_feed_id: uuid(), bench_unit_id: uuid().filtered(), event_type: text().filtered(), event_time: instant().filtered(), title: text() },
  key: 'bench_feed_id',
  permission: 'unit:read',
  docs: 'What happened.',
  isAudited: false,
});
const statusCount = companyTable('bench_status', {
  columns: { status: text(), units: integer() },
  key: 'status',
  permission: 'unit:read',
  docs: 'Units by status.',
  isAudited: false,
});

type Seen = Occurred<EventData>;
const units = projecting({ unit });
type UnitRows = Parameters<Parameters<typeof units.whenAny>[0]>[1];
const unitHandlers: Readonly<Record<string, (event: Seen, rows: UnitRows) => void>> = {
  UnitAdded: ({ aggregateId, data }, rows) =>
    rows.unit.put({
      bench_unit_id: aggregateId,
      unit_number: String(data['number']),
      name: String(data['name']),
      vin: String(data['vin']),
      kind: String(data['kind']),
      status: 'available',
      place: null,
      amount: String(data['amount']),
      meter: 0,
      metadata: null,
    }),
  UnitRead: ({ aggregateId, data }, rows) => rows.unit.patch(aggregateId, { meter: Number(data['value']) }),
  UnitMoved: ({ aggregateId, data }, rows) => rows.unit.patch(aggregateId, { place: String(data['place']), status: String(data['status']) }),
};
const readings = projecting({ reading });
type ReadingRows = Parameters<Parameters<typeof readings.whenAny>[0]>[1];
const readingHandlers: Readonly<Record<string, (event: Seen, rows: ReadingRows) => void>> = {
  UnitRead: ({ id, aggregateId, occurredAt, data }, rows) =>
    rows.reading.put({ bench_reading_id: id, bench_unit_id: aggregateId, value: Number(data['value']), recorded_at: occurredAt }),
};
const counts = projecting({ count: statusCount });
type CountRows = Parameters<Parameters<typeof counts.whenAny>[0]>[1];
const countHandlers: Readonly<Record<string, (event: Seen, rows: CountRows) => void>> = {
  UnitMoved: ({ data }, rows) => {
    const status = String(data['status']);
    rows.count.put({ status, units: (rows.count.get(status)?.units ?? 0) + 1 });
  },
};
const feeds = projecting({ feed });
// The boundary of types: these handlers read what `eventAt` below writes.
const of = (handlers: object): Subscription => ({ category: 'unit', handlers }) as unknown as Subscription;

/** Four read models: current state, history, a count, and a feed of everything. */
export const benchModels: readonly ProjectionDefinition[] = [
  units.projection({ name: 'bench-units', version: 1, docs: 'Units.', on: [of(unitHandlers)] }),
  readings.projection({ name: 'bench-readings', version: 1, docs: 'Readings.', on: [of(readingHandlers)] }),
  counts.projection({ name: 'bench-counts', version: 1, docs: 'Counts.', on: [of(countHandlers)] }),
  feeds.projection({
    name: 'bench-feed',
    version: 1,
    docs: 'Feed.',
    on: [
      feeds.whenAny(({ id, aggregateId, type, occurredAt }, rows) =>
        rows.feed.put({ bench_feed_id: id, bench_unit_id: aggregateId, event_type: type, event_time: occurredAt, title: type }),
      ),
    ],
  }),
];

const statuses = ['available', 'assigned', 'inTransit', 'inShop'];
/** The n-th event of a fixed history: each unit is added, then read and moved in turn, ten events in all. */
export const eventAt = (n: number): { readonly stream: string; readonly event: NewEvent } => {
  const unitNumber = Math.floor(n / 10);
  const turn = n % 10;
  const id = uuidv5(root, `unit ${unitNumber}`);
  const type = turn === 0 ? 'UnitAdded' : turn % 3 === 0 ? 'UnitMoved' : 'UnitRead';
  const data =
    type === 'UnitAdded'
      ? {
          number: `U-${unitNumber}`,
          name: `Trailer ${unitNumber} of the north yard`,
          vin: `1XKYDP9X0PJ${String(unitNumber).padStart(6, '0')}`,
          kind: 'reefer',
          amount: '1250.50',
        }
      : type === 'UnitRead'
        ? { value: n, by: id }
        : { place: `yard ${n % 50}`, status: statuses[n % statuses.length] ?? 'available' };
  return {
    stream: `unit-${id}`,
    event: {
      id: randomUUID(),
      type,
      data,
      metadata: {
        $correlationId: id,
        $causationId: id,
        commandId: uuidv5(root, `command ${n}`),
        commandHash: 'a'.repeat(64),
        tenant: tenants[unitNumber % tenants.length] ?? null,
        account: null,
        actor: { kind: 'user', id },
        schemaVersion: 1,
        occurredAt: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
      },
    },
  };
};
