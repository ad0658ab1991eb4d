/** A small read model with everything a projection can do, and events for it. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { type Occurred, type ProjectionDefinition, projecting, type Subscription } from '../../../projections/kernel/projection.ts';
import {
  boolean,
  companyTable,
  date,
  double,
  instant,
  integer,
  json,
  numeric,
  restrictedTable,
  sharedTable,
  tenantTable,
  text,
  textArray,
  uuid,
  uuidArray,
} from '../../../projections/kernel/table.ts';
import type { EventData, NewEvent } from '../../../src/application/ports/event-log.ts';
import { uuidv5 } from '../../../src/domain/kernel/ids.ts';
import { erased } from '../../../src/domain/kernel/personal.ts';

const root = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
export const idOf = (name: string): string => uuidv5(root, name);

export const unitTable = tenantTable('unit', {
  columns: {
    unit_id: uuid(),
    name: text().searched(),
    linked_unit_id: uuid().nullable().filtered(),
    linked_name: text().nullable(),
    person_id: uuid().nullable(),
    person_name: text().nullable().personal('person_id'),
    phones: textArray().personal('person_id'),
    amount: numeric().filtered(),
    speed: double(),
    count: integer(),
    is_active: boolean(),
    on: date(),
    seen_at: instant(),
    facts: json().nullable(),
    group_ids: uuidArray(),
  },
  key: 'unit_id',
  permission: 'unit:read',
  docs: 'Units.',
});
export const entryTable = tenantTable('unit_entry', {
  columns: { unit_entry_id: uuid(), unit_id: uuid().filtered(), kind: text().filtered(), position: text() },
  key: 'unit_entry_id',
  permission: 'unit:read',
  docs: 'One row an event.',
  isAudited: false,
});
export const nameTable = companyTable('unit_name', {
  columns: { name: text(), units: integer() },
  key: 'name',
  permission: 'unit:read',
  docs: 'How many units have a name.',
});
export const kindTable = sharedTable('unit_kind', {
  columns: { code: text(), title: text() },
  key: 'code',
  permission: 'unit:read',
  docs: 'Everybody reads it.',
});
export const incidentTable = restrictedTable('unit_incident', {
  columns: { unit_incident_id: uuid(), story: text() },
  key: 'unit_incident_id',
  permission: 'incident:read',
  docs: 'Few may read it.',
});

const tables = { unit: unitTable, entry: entryTable, name: nameTable, kind: kindTable, incident: incidentTable };
const words = projecting(tables);
type Handler = Parameters<typeof words.whenAny>[0];
type Rows = Parameters<Handler>[1];
type Seen = Occurred<EventData>;

const count = (rows: Rows, name: string, by: number): void => {
  const units = (rows.name.get(name)?.units ?? 0) + by;
  if (units === 0) rows.name.remove(name);
  else rows.name.put({ name, units });
};
const entry = (event: Seen, rows: Rows): void =>
  rows.entry.put({ unit_entry_id: event.id, unit_id: event.aggregateId, kind: event.type, position: event.position });
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const handlers: Readonly<Record<string, (event: Seen, rows: Rows) => void>> = {
  UnitAdded: (event, rows) => {
    const { data } = event;
    const before = rows.unit.get(event.aggregateId);
    if (before !== undefined) count(rows, before.name, -1);
    const name = String(data['name']);
    count(rows, name, 1);
    rows.unit.put({
      unit_id: event.aggregateId,
      name,
      linked_unit_id: null,
      linked_name: null,
      person_id: data['personId'] === undefined ? null : String(data['personId']),
      person_name: data['personName'] === undefined ? null : String(data['personName']),
      phones: texts(data['phones']),
      amount: String(data['amount']),
      speed: Number(data['speed']),
      count: 0,
      is_active: true,
      on: event.occurredAt.slice(0, 10),
      seen_at: event.occurredAt,
      facts: data['facts'] ?? null,
      group_ids: [event.aggregateId],
    });
    entry(event, rows);
  },
  UnitRenamed: (event, rows) => {
    const unit = rows.unit.get(event.aggregateId);
    if (unit === undefined) return;
    const name = String(event.data['name']);
    count(rows, unit.name, -1);
    count(rows, name, 1);
    rows.unit.patch(event.aggregateId, { name, count: unit.count + 1 });
    entry(event, rows);
  },
  /** Two steps: the unit it is linked to is found in the unit's own row. */
  UnitLinked: (event, rows) => {
    const other = String(event.data['other']);
    const next = rows.unit.get(rows.unit.get(other)?.linked_unit_id ?? other);
    rows.unit.patch(event.aggregateId, { linked_unit_id: other, linked_name: next?.name ?? null });
  },
  UnitRemoved: (event, rows) => {
    const unit = rows.unit.get(event.aggregateId);
    if (unit === undefined) return;
    count(rows, unit.name, -1);
    rows.unit.remove(event.aggregateId);
  },
  KindAdded: (event, rows) => rows.kind.put({ code: String(event.data['code']), title: String(event.data['title']) }),
  IncidentReported: (event, rows) => rows.incident.put({ unit_incident_id: event.id, story: String(event.data['story']) }),
  UnitBroke: () => {
    throw new Error('this event cannot be applied');
  },
  UnitWithBadRow: (event, rows) => rows.name.put({ name: 'a NUL: \u0000', units: Number(event.data['units']) }),
};
// The boundary of types in this sample: it has no aggregate whose schemas could say what the data is.
const subscription = { category: 'unit', handlers } as unknown as Subscription;

export const sample = (changes: Partial<Pick<ProjectionDefinition, 'version' | 'name'>> = {}): ProjectionDefinition =>
  words.projection({ name: 'units', version: 1, docs: 'Units.', on: [subscription], ...changes });

const audits = companyTable('seen_event', {
  columns: { event_id: uuid(), type: text() },
  key: 'event_id',
  permission: 'unit:read',
  docs: 'All events.',
  isAudited: false,
});
const auditWords = projecting({ seen: audits });
/** Takes every event of every category. */
export const everything = (): ProjectionDefinition =>
  auditWords.projection({
    name: 'everything',
    version: 1,
    docs: 'All events.',
    on: [auditWords.whenAny((event, rows) => rows.seen.put({ event_id: event.id, type: event.type }))],
  });

/** Something that happens to one of a few units. */
export type Step = { readonly stream: string; readonly event: NewEvent };
export const tenants = [idOf('tenant a'), idOf('tenant b')] as const;
export const accounts = [idOf('account 1'), idOf('account 2')] as const;
export const people = ['person 1', 'person 2', 'person 3'].map(idOf);

export const step = (
  category: string,
  name: string,
  type: string,
  data: EventData,
  of: { readonly tenant?: string | null; readonly account?: string | null; readonly at?: number } = {},
): Step => ({
  stream: `${category}-${idOf(name)}`,
  event: {
    id: randomUUID(),
    type,
    data,
    metadata: {
      $correlationId: idOf('correlation'),
      $causationId: idOf('cause'),
      commandId: randomUUID(),
      commandHash: 'none',
      tenant: of.tenant === undefined ? tenants[0] : of.tenant,
      account: of.account === undefined ? null : of.account,
      actor: { kind: 'user', id: idOf('user') },
      schemaVersion: 1,
      occurredAt: new Date(Date.UTC(2026, 0, 1) + (of.at ?? 0) * 1234).toISOString(),
    },
  },
});

const unit = fc.constantFrom('1', '2', '3', '4', '5');
// What any text column must take: quotes, backslashes, line ends, tabs, other alphabets, but no NUL and no lone surrogate.
const word = fc.oneof(
  fc.constantFrom('a', 'b', 'c'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => !text.includes('\u0000')),
  fc.constantFrom('"\\', 'tab\tline\nend\r', "it's {a,b}", 'Ünïcode', '\\N', '\\.'),
);
const amount = fc
  .tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 0, max: 99 }))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`);
const place = fc.record({ tenant: fc.constantFrom(...tenants, null), account: fc.constantFrom(...accounts, null), at: fc.nat({ max: 1_000_000 }) });
const added = fc.record(
  {
    name: word,
    amount,
    speed: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => n + 0),
    phones: fc.array(word, { maxLength: 2 }),
    personId: fc.constantFrom(...people),
    personName: word,
    facts: fc.record({ note: word, n: fc.integer() }),
  },
  { requiredKeys: ['name', 'amount', 'speed', 'phones'] },
);
/** Steps of units, with some of other categories and some persons forgotten. */
export const steps = (max: number, forgetting = true): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(unit, added, place).map(([name, data, of]) => step('unit', name, 'UnitAdded', data, of)) },
      { weight: 3, arbitrary: fc.tuple(unit, word, place).map(([name, text, of]) => step('unit', name, 'UnitRenamed', { name: text }, of)) },
      { weight: 3, arbitrary: fc.tuple(unit, unit, place).map(([name, other, of]) => step('unit', name, 'UnitLinked', { other: idOf(other) }, of)) },
      { weight: 1, arbitrary: unit.map((name) => step('unit', name, 'UnitRemoved', {})) },
      { weight: 1, arbitrary: fc.tuple(word, word).map(([code, title]) => step('unit', 'kinds', 'KindAdded', { code, title }, { tenant: null })) },
      { weight: 1, arbitrary: unit.map((name) => step('stranger', name, 'UnitAdded', { name: 'not ours' })) },
      ...(forgetting
        ? [
            {
              weight: 1,
              arbitrary: fc.constantFrom(...people).map((subjectId) => step('subject', subjectId, 'SubjectForgotten', { subjectId }, { tenant: null })),
            },
          ]
        : []),
    ),
    { maxLength: max },
  );

/** The event as it reads once its person is forgotten. */
export const forgottenStep = (of: Step, subject: string): Step => {
  const { data } = of.event;
  if (of.event.type !== 'UnitAdded' || data['personId'] !== subject) return of;
  const personal = { ...(data['personName'] === undefined ? {} : { personName: erased }), phones: texts(data['phones']).map(() => erased) };
  return { ...of, event: { ...of.event, data: { ...data, ...personal } } };
};
/** The longest of the histories that a seed draws. */
export const some = (count: number, seed = 1): readonly Step[] =>
  fc.sample(steps(count), { numRuns: 30, seed }).reduce((most, each) => (each.length > most.length ? each : most));
export const add = (name: string, more: EventData = {}): Step => step('unit', name, 'UnitAdded', { name, amount: '1.50', speed: 1, phones: [], ...more });
