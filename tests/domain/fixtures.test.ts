import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { model } from '../../src/domain/model.ts';
import { EventCodec, type RawEvent } from '../../src/infrastructure/event-store/event-codec.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { checksumOf, checksums, type FrozenEvent, fileOf, folder, frozenFiles, knownEvents } from '../fixtures/frozen.ts';
import { MemoryKeyVault } from '../kit/memory-key-vault.ts';

const id = '0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f';
const actor = { kind: 'user', id } as const;
const occurredAt = '2026-01-31T08:15:00.000Z';
const read = (file: string): FrozenEvent => JSON.parse(readFileSync(folder + file, 'utf8'));
const rawOf = ({ category, type, schemaVersion }: FrozenEvent, data: Readonly<Record<string, unknown>>): RawEvent => ({
  id,
  stream: `${category}-${id}`,
  type,
  revision: 0,
  position: 0n,
  data,
  metadata: {
    $correlationId: id,
    $causationId: id,
    commandId: id,
    commandHash: 'hash',
    tenant: null,
    account: null,
    actor,
    schemaVersion,
    occurredAt,
  },
});

const files = frozenFiles();
const definitions = new Map(knownEvents.map(({ type, definition }) => [type, definition]));
const aggregates = new Map(model.map((aggregate) => [aggregate.category, aggregate]));
const codec = new EventCodec(model, new MemoryKeyVault());
const validator = new Validator();

describe('ES-9 events of any age are read as this program knows them', () => {
  test('every event, in every version it ever had, is frozen; a new one: node scripts/freeze-fixtures.ts', () => {
    const wanted = knownEvents.flatMap(({ type, definition }) => Array.from({ length: definition.version }, (_, n) => fileOf(type, n + 1)));
    expect(wanted.filter((file) => !files.includes(file))).toEqual([]);
  });

  test('a frozen event is never edited, renamed or removed', () => {
    expect(Object.fromEntries(files.map((file) => [file, checksumOf(file)]))).toEqual(Object.fromEntries(checksums()));
  });

  test.each(files)('%s is lifted, valid, and folds', async (file) => {
    const frozen = read(file);
    const decoded = await codec.decode(frozen.samples.map((sample) => rawOf(frozen, sample)));
    const schema = definitions.get(frozen.type)?.schema;
    const errors = decoded.map(({ data }) => (schema === undefined ? 'no such event any more' : validator.errorsOf(schema, data)));
    expect(errors).toEqual(decoded.map(() => []));
    const aggregate = aggregates.get(frozen.category);
    if (aggregate === undefined) return;
    for (const { data, type } of decoded) expect(aggregate.evolve(aggregate.initial, { type, data }, { id, occurredAt, actor })).toBeDefined();
    // One on the other, as after a repeat.
    decoded.reduce<unknown>((state, { data, type }) => aggregate.evolve(state, { type, data }, { id, occurredAt, actor }), aggregate.initial);
  });
});

test('names of events and of commands are unique over all aggregates, and each says what it means', () => {
  const events = knownEvents.map(({ type }) => type);
  const commands = model.flatMap((aggregate) => Object.keys(aggregate.commands));
  expect(events.filter((type, at) => events.indexOf(type) !== at)).toEqual([]);
  expect(commands.filter((type, at) => commands.indexOf(type) !== at)).toEqual([]);
  const all = [
    ...knownEvents.map(({ type, definition }) => [type, definition.docs]),
    ...model.flatMap(({ commands: of }) => Object.entries(of).map(([type, { docs }]) => [type, docs])),
  ];
  expect(all.filter(([, docs]) => docs === undefined || docs.trim().length < 10)).toEqual([]);
});

test('an event with an upcaster has one from every version before', () => {
  const lacking = knownEvents.filter(({ definition: { version, upcasters } }) =>
    Array.from({ length: version - 1 }, (_, n) => upcasters?.[n + 1]).includes(undefined),
  );
  expect(lacking.map(({ type }) => type)).toEqual([]);
});
