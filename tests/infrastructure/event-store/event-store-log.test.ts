/** The adapter's reads against those of the official client on the same store: what is ours comes whole and in order, whatever else stands in the log. */
import { randomUUID } from 'node:crypto';
import { binaryEvent, EventStoreDBClient, jsonEvent, type RecordedEvent } from '@eventstore/db-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { unitAggregate } from '../../../bench/projector/models.ts';
import type { NewEvent, StoredEvent } from '../../../src/application/ports/event-log.ts';
import type { Call } from '../../../src/infrastructure/embedded-event-store/grpc/call.ts';
import { notReady } from '../../../src/infrastructure/embedded-event-store/grpc/failure.ts';
import { serve } from '../../../src/infrastructure/embedded-event-store/grpc/server.ts';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../../../src/infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../../src/infrastructure/event-store/event-store-log.ts';
import { MemoryKeyVault } from '../../kit/memory-key-vault.ts';
import { fc } from '../../kit/seed.ts';

let store: EmbeddedEventStore;
let client: EventStoreDBClient;
let log: EventStoreLog;
beforeAll(async () => {
  store = await startEmbeddedEventStore({});
  client = EventStoreDBClient.connectionString(store.url);
  log = new EventStoreLog(store.url, new EventCodec([unitAggregate], new MemoryKeyVault()));
});
afterAll(async () => {
  await client.dispose();
  await log.close();
  await store.close();
});

const metadataOf = (id: string) => ({
  ...{ $correlationId: id, $causationId: id, commandId: id, commandHash: id, tenant: null, account: null },
  ...{ actor: { kind: 'system', id: 'test' }, schemaVersion: 1, occurredAt: '2026-01-01T00:00:00.000Z' },
});
const ours = (note: string) => {
  const id = randomUUID();
  return jsonEvent({ id, type: 'UnitMoved', data: { place: note, status: 'out' }, metadata: metadataOf(id) });
};
/** As the official client gives it, with what our codec adds. */
const asStored = (event: RecordedEvent): unknown => ({
  ...{ id: event.id, stream: event.streamId, type: event.type, revision: Number(event.revision), position: event.position?.commit },
  ...{ category: 'unit', aggregateId: event.streamId.slice('unit-'.length), data: event.data, metadata: event.metadata },
});
const isOurs = (event: RecordedEvent | undefined): event is RecordedEvent => event?.streamId.startsWith('unit-') === true && event.isJson;

type Written = { readonly what: 'ours' | 'binary' | 'other program' | 'system type' | 'metadata'; readonly stream: number; readonly notes: readonly string[] };
const written: fc.Arbitrary<Written> = fc.record({
  what: fc.constantFrom('ours', 'ours', 'ours', 'binary', 'other program', 'system type', 'metadata'),
  stream: fc.nat({ max: 3 }),
  notes: fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 5 }),
});
const write = async (streams: readonly string[], { what, stream, notes }: Written): Promise<void> => {
  const name = `unit-${streams[stream]}`;
  if (what === 'ours') await client.appendToStream(name, notes.map(ours));
  else if (what === 'binary') await client.appendToStream(`${name}`, binaryEvent({ type: 'UnitMoved', data: Buffer.from(notes.join()) }));
  else if (what === 'other program') await client.appendToStream(`elsewhere-${streams[stream]}`, jsonEvent({ type: 'UnitMoved', data: { notes } }));
  else if (what === 'system type') await client.appendToStream(name, jsonEvent({ type: '$settings', data: { notes } }));
  else await client.setStreamMetadata(name, { maxCount: 1_000_000, note: notes.join() });
};
const collected = async (batches: AsyncIterable<readonly StoredEvent[]>, batch: number): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const some of batches) {
    expect(some.length).toBeLessThanOrEqual(batch);
    events.push(...some);
  }
  return events;
};
/** Everything up to the tail by following, then no more. */
const followed = async (from: bigint | undefined, tail: bigint): Promise<{ readonly events: StoredEvent[]; readonly position: bigint }> => {
  const stop = new AbortController();
  const events: StoredEvent[] = [];
  for await (const batch of log.follow({ ...(from === undefined ? {} : { from }), signal: stop.signal })) {
    events.push(...batch.events);
    if (batch.position >= tail) return { events, position: batch.position };
  }
  throw new Error('the log was followed to its end');
};

describe('reading', () => {
  test('ES-5 streams and $all, forwards, backwards, from anywhere and in parts, come as the official client reads them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(written, { minLength: 1, maxLength: 12 }),
        fc.record({ from: fc.nat({ max: 12 }), max: fc.integer({ min: 1, max: 20 }), batch: fc.integer({ min: 1, max: 7 }) }),
        async (all, { from, max, batch }) => {
          const streams = Array.from({ length: 4 }, () => randomUUID());
          const before = await log.tail();
          for (const one of all) await write(streams, one);
          const whole: RecordedEvent[] = [];
          for await (const { event } of client.readAll()) if (event !== undefined) whole.push(event);
          const now = whole.filter(({ position }) => (position?.commit ?? 0n) > before);
          const tail = whole.at(-1)?.position?.commit ?? 0n;
          expect(await log.tail()).toBe(tail);
          const expected = now.filter((event) => isOurs(event) && !event.type.startsWith('$')).map(asStored);
          expect(await collected(log.readAll({ from: before, batch }), batch)).toEqual(expected);
          expect(await followed(before, tail)).toEqual({ events: expected, position: tail });
          for (const stream of streams.map((name) => `unit-${name}`)) {
            const there = now.filter((event) => event.streamId === stream);
            const told = (events: readonly RecordedEvent[]) => events.filter((event) => isOurs(event) && !event.type.startsWith('$')).map(asStored);
            expect(await log.read(stream)).toEqual(told(there));
            expect(await log.read(stream, { backwards: true })).toEqual(told([...there].reverse()));
            expect(await log.read(stream, { from })).toEqual(told(there.slice(from)));
            // Some of so many events may be none of ours.
            if (told(there).length === there.length) {
              expect(await log.read(stream, { max })).toEqual(told(there.slice(0, max)));
              expect(await log.read(stream, { backwards: true, max })).toEqual(told([...there].reverse().slice(0, max)));
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('what should be JSON and is not is refused where it is ours, and passed over where it is not', async () => {
    const memory = await startEmbeddedEventStore({});
    const [writer, reader] = [
      EventStoreDBClient.connectionString(memory.url),
      new EventStoreLog(memory.url, new EventCodec([unitAggregate], new MemoryKeyVault())),
    ];
    const broken = () => ({ ...jsonEvent({ type: 'UnitMoved', data: {} }), toJSON: () => undefined });
    await writer.appendToStream('elsewhere-1', jsonEvent({ type: 'UnitMoved', data: 'a text, and no metadata' as never }));
    await writer.appendToStream('unit-1', ours('good'));
    expect(await collected(reader.readAll({}), 1000)).toHaveLength(1);
    // No metadata at all: not even an empty object.
    await writer.appendToStream('unit-1', broken());
    await expect(reader.read('unit-1')).rejects.toMatchObject({ name: 'UnreadableEvent' });
    await expect(collected(reader.readAll({}), 1000)).rejects.toMatchObject({ name: 'UnreadableEvent' });
    const following = reader.follow({ signal: new AbortController().signal })[Symbol.asyncIterator]();
    await expect(
      (async () => {
        for (;;) await following.next();
      })(),
    ).rejects.toMatchObject({ name: 'UnreadableEvent' });
    await reader.close();
    await writer.dispose();
    await memory.close();
  });

  test('a slow follower gets more than is handed over at once whole and in order, while others read and leave early', async () => {
    const stream = `unit-${randomUUID()}`;
    const before = await log.tail();
    const count = 10_000;
    for (let n = 0; n < count; n += 500)
      await client.appendToStream(
        stream,
        Array.from({ length: 500 }, (_, index) => ours(`${n + index}`)),
      );
    const tail = await log.tail();
    const stop = new AbortController();
    const places: string[] = [];
    for await (const { events, position } of log.follow({ from: before, signal: stop.signal })) {
      places.push(...events.map(({ data }) => String(data['place'])));
      // Whoever leaves early harms no other call of the same connection.
      for await (const some of log.readAll({ from: before, batch: 10 })) if (some.length > 0) break;
      expect(await log.read(stream, { backwards: true, max: 1 })).toHaveLength(1);
      if (position >= tail) stop.abort();
    }
    expect(places).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
  });
});

const fresh = (note: string): NewEvent => {
  const id = randomUUID();
  return { id, type: 'UnitMoved', data: { place: note, status: 'out' }, metadata: metadataOf(id) as NewEvent['metadata'] };
};
const readBack = async (stream: string): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const { event } of client.readStream(stream)) if (event !== undefined) events.push(event);
  return events;
};

describe('appending', () => {
  test('what is appended is what the official client reads; a revision that is not the last is answered with the last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ notes: fc.array(fc.string({ unit: 'binary', maxLength: 100 }), { minLength: 1, maxLength: 6 }), error: fc.constantFrom(0, 0, -1, 2) }),
          {
            maxLength: 8,
          },
        ),
        async (appends) => {
          const stream = `unit-${randomUUID()}`;
          const there: NewEvent[] = [];
          for (const { notes, error } of appends) {
            const events = notes.map(fresh);
            const last = there.length - 1;
            const expected = Math.max(-1, last + error);
            const outcome = await log.append(stream, events, expected);
            if (expected === last) there.push(...events);
            expect(outcome).toEqual(expected === last ? { ok: true, revision: there.length - 1, position: await log.tail() } : { ok: false, actual: last });
          }
          const stored = there.length === 0 ? [] : await readBack(stream);
          expect(stored.map(({ id, type, data, metadata, isJson }) => ({ id, type, data, metadata, isJson }))).toEqual(
            there.map((event) => ({ ...event, isJson: true })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the same ids at the same revision again are answered as stored', async () => {
    const stream = `unit-${randomUUID()}`;
    const events = [fresh('a'), fresh('b')];
    const first = await log.append(stream, events, -1);
    expect(await log.append(stream, events, -1)).toEqual(first);
    await log.append(stream, [fresh('c')], 1);
    expect(await log.append(stream, events, -1)).toMatchObject({ ok: true });
    expect(await readBack(stream)).toHaveLength(3);
  });

  test('each of many at once gets its own answer, whatever becomes of the others', async () => {
    const gone = `unit-${randomUUID()}`;
    await client.appendToStream(gone, ours('a'));
    await client.tombstoneStream(gone);
    const big = 'x'.repeat(300_000);
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const stream = n % 50 === 7 ? gone : `unit-${randomUUID()}`;
        // Over what a server takes in one append, and over what goes in one message.
        const events = n % 50 === 9 ? Array.from({ length: 14 }, () => fresh(big)) : [fresh(`${n}`)];
        return log.append(stream, events, n % 50 === 11 ? 5 : -1).then(
          (outcome) => (outcome.ok ? `${outcome.revision}` : `conflict ${outcome.actual}`),
          (error: unknown) => (error instanceof Error ? error.message.replace(/unit-[0-9a-f-]+/, 'X') : ''),
        );
      }),
    );
    const expected = Array.from({ length: 300 }, (_, n) => {
      if (n % 50 === 7) return expect.stringContaining('the event store refuses an append to X: StreamDeleted');
      if (n % 50 === 9) return expect.stringContaining('the event store refuses an append to X: MaximumAppendSizeExceeded');
      return n % 50 === 11 ? 'conflict -1' : '0';
    });
    expect(outcomes).toEqual(expected);
  });
});

test('a store that takes calls and never answers is one that is away, for reads as for appends', async () => {
  const silence = () => ({ message: () => undefined, end: () => undefined });
  const streams = '/event_store.client.streams.Streams';
  const methods = new Map([`${streams}/Read`, `${streams}/BatchAppend`].map((path) => [path, silence]));
  const mute = await serve({ host: '127.0.0.1', port: 0, methods, authenticate: () => undefined });
  const asking = new EventStoreLog(`esdb://127.0.0.1:${mute.port}?tls=false`, new EventCodec([unitAggregate], new MemoryKeyVault()), { answerMs: 50 });
  const away = { name: 'StoreUnavailable' };
  await Promise.all([
    expect(asking.read('unit-1')).rejects.toMatchObject(away),
    expect(asking.tail()).rejects.toMatchObject(away),
    expect(collected(asking.readAll({}), 1000)).rejects.toMatchObject(away),
    expect(asking.append('unit-1', [fresh('a')], -1)).rejects.toMatchObject(away),
  ]);
  await asking.close();
  await mute.close(notReady());
});

test('a store that answers what is no message is one that is away, and the program goes on', async () => {
  // Field 1, length-delimited, that runs past its message.
  const nonsense = Buffer.from([0x0a, 0x7f, 0x01]);
  const streams = '/event_store.client.streams.Streams';
  const talk = (call: Call) => ({ message: () => void call.send(nonsense), end: () => undefined });
  const methods = new Map([`${streams}/Read`, `${streams}/BatchAppend`].map((path) => [path, talk]));
  const babbling = await serve({ host: '127.0.0.1', port: 0, methods, authenticate: () => undefined });
  const asking = new EventStoreLog(`esdb://127.0.0.1:${babbling.port}?tls=false`, new EventCodec([unitAggregate], new MemoryKeyVault()));
  const away = { name: 'StoreUnavailable' };
  await Promise.all([
    expect(asking.read('unit-1')).rejects.toMatchObject(away),
    expect(collected(asking.readAll({}), 1000)).rejects.toMatchObject(away),
    expect(asking.append('unit-1', [fresh('a')], -1)).rejects.toMatchObject(away),
  ]);
  await asking.close();
  await babbling.close(notReady());
});
