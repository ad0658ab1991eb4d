/**
 * A cold aggregate: a unit of the fleet whose state is nowhere in memory, read from its stream through the official client, checked, decoded
 * and folded; against the same client reading the same stream and the same `evolve`, with nothing in between.
 */
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient } from '@eventstore/db-client';
import type { EventData, NewEvent } from '../src/application/ports/event-log.ts';
import { States } from '../src/application/states.ts';
import { equipment } from '../src/domain/equipment/decider.ts';
import { type AnyEvent, emit, erase } from '../src/domain/kernel/aggregate.ts';
import { canonicalJson } from '../src/domain/kernel/hash.ts';
import { EventCodec } from '../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../src/infrastructure/event-store/event-store-log.ts';
import { plain } from '../src/interfaces/http/events/history.ts';
import { MemoryKeyVault } from '../tests/kit/memory-key-vault.ts';
import type { Benchmark, BenchmarkRow } from './benchmark.ts';
import { openStore, type Rounds, rateRow } from './event-store/kit.ts';

const rounds = 7;
/** Events that each round reads, so that short streams are timed as long as long ones. */
const eventsPerRound = 20_000;
const sizes = [20, 1000, 10_000] as const;
const unit = erase(equipment);
const make = emit(equipment.events);

const instantAt = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();

const happened = (n: number): AnyEvent =>
  n === 0
    ? make('EquipmentRegistered', {
        unitNumber: 'RF-1001',
        equipmentType: 'reefer-trailer',
        vin: '1M8GDM9AXKP042788',
        specifications: {},
        timeZone: 'America/Guatemala',
      })
    : make('LoadStatusChanged', { loadDetailId: randomUUID(), loadStatus: n % 2 === 0 ? 'loaded' : 'empty', observedAt: instantAt(n) });

const stored = (n: number): NewEvent => {
  const { type, data } = happened(n);
  const id = randomUUID();
  return {
    id,
    type,
    // The boundary: `make` gives a plain object of the event's schema.
    data: data as EventData,
    metadata: {
      $correlationId: id,
      $causationId: id,
      commandId: randomUUID(),
      commandHash: id,
      tenant: null,
      account: null,
      actor: { kind: 'user', id },
      schemaVersion: 1,
      occurredAt: instantAt(n),
    },
  };
};

const fill = async (log: EventStoreLog, id: string, size: number): Promise<void> => {
  for (let first = 0; first < size; first += 500) {
    const events = Array.from({ length: Math.min(500, size - first) }, (_, index) => stored(first + index));
    const appended = await log.append(`equipment-${id}`, events, first - 1);
    if (!appended.ok) throw new Error('the append was refused');
  }
};

type Read = { readonly state: unknown; readonly revision: number };

/** What a program would do that trusts every byte and keeps nothing. */
const readBare = async (client: EventStoreDBClient, id: string): Promise<Read> => {
  let state: unknown = unit.initial;
  let revision = -1;
  for await (const { event } of client.readStream(`equipment-${id}`)) {
    if (event === undefined) continue;
    // The boundary: the client has parsed the JSON that was written above.
    const { occurredAt, actor } = event.metadata as NewEvent['metadata'];
    state = unit.evolve(state, { type: event.type, data: event.data }, { id: event.id, occurredAt, actor });
    revision = Number(event.revision);
  }
  return { state, revision };
};

const timed = async (times: number, read: () => Promise<Read>): Promise<{ readonly perSecond: number; readonly last: Read }> => {
  let last: Read = { state: undefined, revision: -1 };
  const start = performance.now();
  for (let n = 0; n < times; n += 1) last = await read();
  return { perSecond: (times * 1000) / (performance.now() - start), last };
};

const measure = async (size: number): Promise<BenchmarkRow> => {
  const store = await openStore();
  const log = new EventStoreLog(store.url, new EventCodec([unit], new MemoryKeyVault()));
  const bare = EventStoreDBClient.connectionString(store.url);
  const id = randomUUID();
  await fill(log, id, size);
  const measured: Rounds = { ours: [], baseline: [] };
  const times = Math.max(2, Math.round(eventsPerRound / size));
  const states = new States(log, [unit]);
  const readOurs = async (): Promise<Read> => {
    states.clear();
    return (await states.load('equipment', id)).loaded;
  };
  let correct = true;
  for (let round = -1; round < rounds; round += 1) {
    const ours = await timed(times, readOurs);
    const baseline = await timed(times, () => readBare(bare, id));
    correct &&= ours.last.revision === size - 1 && baseline.last.revision === size - 1;
    correct &&= canonicalJson(plain(ours.last.state)) === canonicalJson(plain(baseline.last.state));
    // The first one warms up.
    if (round < 0) continue;
    measured.ours.push(ours.perSecond);
    measured.baseline.push(baseline.perSecond);
  }
  await bare.dispose();
  await log.close();
  await store.close();
  return rateRow({ name: 'Cold aggregate / the client and evolve alone', size, unit: 'aggregates/s', must: 0.7, dream: 0.95, correct }, measured);
};

export const coldAggregate: Benchmark = {
  name: 'cold-aggregate',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const size of sizes) rows.push(await measure(size));
    return rows;
  },
};
