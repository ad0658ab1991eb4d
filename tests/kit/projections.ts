/**
 * What every read model must hold: the same events always give the same rows, however they are split into batches, rebuilt or delivered
 * again; other aggregates' events change nothing; handlers change nothing but rows. The properties run in memory, one case against Postgres.
 */
import fc from 'fast-check';
import type { ProjectionDefinition } from '../../projections/kernel/projection.ts';
import type { TableDefinition } from '../../projections/kernel/table.ts';
import { LogReader } from '../../src/application/log-reader.ts';
import type { EventLog, NewEvent, StoredEvent } from '../../src/application/ports/event-log.ts';
import { canonicalJson } from '../../src/domain/kernel/hash.ts';
import { type Database, openDatabase } from '../../src/infrastructure/postgres/database.ts';
import { qualified } from '../../src/infrastructure/postgres/names.ts';
import { occurred, ProjectionFold } from '../../src/infrastructure/projector/fold.ts';
import { Projector } from '../../src/infrastructure/projector/projector.ts';
import { PostgresReadModels } from '../../src/infrastructure/projector/read-models.ts';
import { selectList } from '../../src/infrastructure/projector/row-form.ts';
import type { Row } from '../../src/infrastructure/projector/table-fold.ts';
import { MemoryEventLog } from './memory-event-log.ts';
import { createTestDatabase, type DatabaseTemplate } from './postgres.ts';

/** A database as `openDatabase` leaves it, without read models. */
export const provisioned: DatabaseTemplate = { name: 'provisioned', prepare: async (url) => (await openDatabase({ url })).close() };

/** Rows of each table in the event's form, in the order of their keys; equal texts for equal rows. */
export type TableRows = Readonly<Record<string, readonly string[]>>;
const printed = (definition: ProjectionDefinition, rowsOf: (name: string) => Iterable<Row | undefined>): TableRows =>
  Object.fromEntries(
    Object.keys(definition.tables).map((name) => [name, [...rowsOf(name)].flatMap((row) => (row === undefined ? [] : [canonicalJson(row)])).sort()]),
  );

const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
};

export type Steps = readonly { readonly stream: string; readonly event: NewEvent }[];
/** Events appended one after the other to an empty log in memory. */
export async function logOf(steps: Steps, batch = 7): Promise<MemoryEventLog> {
  const log = new MemoryEventLog(batch);
  const revisions = new Map<string, number>();
  for (const { stream, event } of steps) {
    const revision = revisions.get(stream) ?? -1;
    await log.append(stream, [event], revision);
    revisions.set(stream, revision + 1);
  }
  return log;
}

/** The rows after these batches, kept in memory between them as Postgres would. */
export async function foldInBatches(definition: ProjectionDefinition, batches: readonly (readonly StoredEvent[])[]): Promise<TableRows> {
  const kept = new Map(Object.keys(definition.tables).map((name) => [name, new Map<string, Row>()]));
  const fold = new ProjectionFold(definition, false);
  for (const batch of batches) {
    const changes = await fold.batch(batch, async (name, keys) => new Map(keys.flatMap((key) => pair(key, kept.get(name)?.get(key)))));
    for (const [name, rows] of Object.entries(changes.tables)) {
      const table = kept.get(name) ?? new Map<string, Row>();
      for (const [key, row] of table) table.set(key, frozen(fold.erased(name, row, changes.forgotten)));
      for (const [key, row] of rows) row === undefined ? table.delete(key) : table.set(key, frozen(row));
    }
  }
  return printed(definition, (name) => kept.get(name)?.values() ?? []);
}
const pair = (key: string, row: Row | undefined): readonly (readonly [string, Row])[] => (row === undefined ? [] : [[key, row]]);

/** The rows after these events, by the fold that a rebuild uses. */
export function foldWhole(definition: ProjectionDefinition, events: readonly StoredEvent[]): TableRows {
  const fold = new ProjectionFold(definition, true);
  for (const [index, event] of events.entries()) if (fold.concerns(event)) fold.apply(event, index, occurred(event));
  return printed(definition, (name) => fold.whole(name).values());
}

/** The rows of each table after these steps. */
export const foldedRows = async (definition: ProjectionDefinition, steps: Steps): Promise<Readonly<Record<string, readonly Row[]>>> => {
  const { events } = await logOf(steps);
  return Object.fromEntries(Object.entries(foldWhole(definition, events)).map(([name, rows]) => [name, rows.map((row): Row => JSON.parse(row))]));
};

/** The rows of one table in Postgres, in the event's form. */
export async function storedRows(database: Database, table: TableDefinition, schema = 'read_models'): Promise<readonly string[]> {
  const rows = await database.owner.rows<Record<string, unknown>>(`select ${selectList(table)} from ${qualified(schema, table.name)}`);
  return rows.map((row) => canonicalJson({ ...row })).sort();
}
export async function storedTables(database: Database, definition: ProjectionDefinition, schema?: string): Promise<TableRows> {
  const entries: [string, readonly string[]][] = [];
  for (const [name, table] of Object.entries(definition.tables)) entries.push([name, await storedRows(database, table, schema)]);
  return Object.fromEntries(entries);
}

/** Cuts a list at these places. */
export const split = <T>(items: readonly T[], cuts: readonly number[]): readonly (readonly T[])[] => {
  const places = [0, ...[...new Set(cuts.map((cut) => cut % (items.length + 1)))].sort((a, b) => a - b), items.length];
  return places.slice(1).map((end, i) => items.slice(places[i], end));
};

export type ProjectionCheck = {
  readonly definition: ProjectionDefinition;
  /** Appendable events: the projection's own and whatever else stands in the log. */
  readonly steps: fc.Arbitrary<Steps>;
  /** Cases in memory. */
  readonly runs?: number;
};

const equal = (a: TableRows, b: TableRows, what: string): void => {
  if (canonicalJson(a) === canonicalJson(b)) return;
  for (const name of Object.keys(a)) {
    const [left, right] = [a[name] ?? [], b[name] ?? []];
    const only = (these: readonly string[], those: readonly string[]) => these.filter((row) => !those.includes(row)).slice(0, 3);
    if (canonicalJson(left) !== canonicalJson(right))
      throw new Error(`${what}: ${name} differs\n  only here: ${only(left, right).join('\n    ')}\n  only there: ${only(right, left).join('\n    ')}`);
  }
};

/** All rules at once, in about a second; throws with the smallest counter-example. Needs the test run's Postgres. */
export async function checkProjection(check: ProjectionCheck): Promise<void> {
  await checkInMemory(check);
  const [steps = []] = fc.sample(check.steps, { numRuns: 1, seed: 7 });
  const cases = fc.sample(check.steps, { numRuns: 20, seed: 11 });
  const largest = cases.reduce((most, each) => (each.length > most.length ? each : most), steps);
  await checkRebuild(check.definition, largest);
}

/** Split, twice, foreign and purity, in memory. */
export async function checkInMemory({ definition, steps, runs = 50 }: ProjectionCheck): Promise<void> {
  const cuts = fc.array(fc.nat(), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(steps, cuts, async (some, where) => {
      const { events } = await logOf(some);
      // A handler that writes into an event or a loaded row fails here, in strict mode.
      for (const event of events) frozen(event);
      const whole = foldWhole(definition, events);
      equal(whole, foldWhole(definition, events), 'the same events folded again');
      equal(whole, await foldInBatches(definition, [events]), 'one batch');
      equal(whole, await foldInBatches(definition, split(events, where)), 'another split');
      equal(
        whole,
        await foldInBatches(
          definition,
          events.map((event) => [event]),
        ),
        'one by one',
      );
      if (!definition.on.some(({ category }) => category === '*')) {
        const strangers = events.map((event) => ({ ...event, category: 'stranger', stream: `stranger-${event.aggregateId}` }));
        equal(foldWhole(definition, []), foldWhole(definition, strangers), 'events of strangers');
      }
    }),
    { numRuns: runs },
  );
}

/** Read models in a database of their own that have seen these steps; all is gone after `use`. Needs the test run's Postgres. */
export async function inPostgres(
  { projections, steps }: { readonly projections: readonly ProjectionDefinition[]; readonly steps: Steps },
  use: (world: { readonly database: Database; readonly log: MemoryEventLog; readonly projector: Projector }) => Promise<void>,
): Promise<void> {
  const made = await createTestDatabase({ template: provisioned });
  const database = await openDatabase({ url: made.url });
  const log = await logOf([]);
  const reader = new LogReader({ log });
  const projector = new Projector({ database, log, reader, projections });
  const readModels = new PostgresReadModels(database.owner, projector);
  try {
    await projector.start();
    reader.start();
    await appendAll(log, steps);
    for (const { name } of projections) {
      const outcome = await readModels.waitFor(name, await log.tail(), 20_000);
      if (outcome !== 'reached') throw new Error(`${name} did not get there (${outcome}): ${projector.localFault(name)?.message ?? ''}`);
    }
    await use({ database, log, projector });
  } finally {
    await reader.stop();
    await projector.stop();
    await database.close();
    await made.drop();
  }
}

/** Live in small batches, delivered again, rebuilt: the same rows in Postgres each time, and those of the fold in memory. */
export async function checkRebuild(definition: ProjectionDefinition, steps: Steps): Promise<void> {
  await inPostgres({ projections: [definition], steps }, async ({ database, log, projector }) => {
    const live = await storedTables(database, definition);
    equal(foldWhole(definition, log.events), live, 'rows in Postgres against rows in memory');
    await projector.rebuild(definition.name);
    equal(live, await storedTables(database, definition), 'rebuilt against live');
  });
}

/** Appends to whatever is there. */
export async function appendAll(log: EventLog, steps: Steps): Promise<bigint> {
  for (const { stream, event } of steps) await log.append(stream, [event], (await log.read(stream)).length - 1);
  return log.tail();
}
