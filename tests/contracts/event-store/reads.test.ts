import type { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { freshName, gather, made, refusal, several, useServer } from './harness.ts';
import { rawRead, structuredId } from './raw-requests.ts';

const server = useServer();
const withEvents = async (count: number): Promise<string> => {
  const stream = freshName();
  await server().client.appendToStream(stream, several(count));
  return stream;
};
type ReadOptions = NonNullable<Parameters<EventStoreDBClient['readStream']>[1]>;
const revisions = async (stream: string, options: ReadOptions = {}) =>
  (await gather(server().client.readStream(stream, options))).map(({ event }) => Number(event?.revision));
const backwards = { direction: 'backwards' } as const;

describe('§8 reading a stream of ten events', () => {
  const rows: readonly { readonly what: string; readonly options: ReadOptions; readonly expected: readonly number[] }[] = [
    { what: 'forwards from the start', options: {}, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { what: 'forwards, three of them', options: { maxCount: 3 }, expected: [0, 1, 2] },
    { what: 'forwards from revision 4, inclusive', options: { fromRevision: 4n }, expected: [4, 5, 6, 7, 8, 9] },
    { what: 'forwards from revision 4, two of them', options: { fromRevision: 4n, maxCount: 2 }, expected: [4, 5] },
    { what: 'forwards from the last revision', options: { fromRevision: 9n }, expected: [9] },
    { what: 'forwards past the end', options: { fromRevision: 10n }, expected: [] },
    { what: 'forwards far past the end', options: { fromRevision: 10n ** 15n }, expected: [] },
    { what: 'backwards from the end', options: { ...backwards, fromRevision: 'end' }, expected: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] },
    { what: 'backwards, three of them', options: { ...backwards, fromRevision: 'end', maxCount: 3 }, expected: [9, 8, 7] },
    { what: 'backwards from revision 4, inclusive', options: { ...backwards, fromRevision: 4n }, expected: [4, 3, 2, 1, 0] },
    { what: 'backwards from past the end, clamped', options: { ...backwards, fromRevision: 400n, maxCount: 2 }, expected: [9, 8] },
    { what: 'backwards from the start', options: { ...backwards, fromRevision: 'start' }, expected: [0] },
  ];
  test.each(rows)('$what', async ({ options, expected }) => {
    expect(await revisions(await withEvents(10), options)).toEqual(expected);
  });
});

describe('§8 what metadata hides of ten events', () => {
  type Metadata = Record<string, number>;
  const rows: readonly { readonly metadata: Metadata; readonly expected: readonly number[] }[] = [
    { metadata: { maxCount: 3 }, expected: [7, 8, 9] },
    { metadata: { maxCount: 50 }, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { metadata: { truncateBefore: 6 }, expected: [6, 7, 8, 9] },
    { metadata: { truncateBefore: 6, maxCount: 2 }, expected: [8, 9] },
    { metadata: { truncateBefore: 9, maxCount: 5 }, expected: [9] },
    { metadata: { truncateBefore: 10 }, expected: [] },
    { metadata: { truncateBefore: 400 }, expected: [] },
    { metadata: { maxAge: 3600 }, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { metadata: { maxCount: 0 }, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { metadata: { maxCount: -4 }, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { metadata: { maxAge: 0, truncateBefore: 3 }, expected: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { metadata: { cacheControl: 10, truncateBefore: 8 }, expected: [8, 9] },
  ];
  test.each(rows)('$metadata, forwards', async ({ metadata, expected }) => {
    const stream = await withEvents(10);
    await server().client.setStreamMetadata(stream, metadata);
    expect(await revisions(stream)).toEqual(expected);
  });
  test.each(rows)('$metadata, backwards', async ({ metadata, expected }) => {
    const stream = await withEvents(10);
    await server().client.setStreamMetadata(stream, metadata);
    expect(await revisions(stream, { ...backwards, fromRevision: 'end' })).toEqual([...expected].reverse());
  });
  test('from a revision that is hidden, reading begins with the first that is not', async () => {
    const stream = await withEvents(10);
    await server().client.setStreamMetadata(stream, { truncateBefore: 6 });
    expect(await revisions(stream, { fromRevision: 2n, maxCount: 2 })).toEqual([6, 7]);
    expect(await revisions(stream, { ...backwards, fromRevision: 2n })).toEqual([]);
  });
  test('$all shows what the stream hides', async () => {
    const stream = await withEvents(3);
    await server().client.setStreamMetadata(stream, { truncateBefore: 3 });
    const tail = await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 4 }));
    expect(tail.filter(({ event }) => event?.streamId === stream)).toHaveLength(3);
  });
  test('$tb at int64’s maximum reads as absent', async () => {
    const stream = await withEvents(2);
    const raw = Buffer.from('{"$tb":9223372036854775807}');
    const { rawAppend } = await import('./raw-requests.ts');
    await rawAppend(server(), `$$${stream}`, [{ type: '$metadata', contentType: 'application/json', data: raw }]);
    expect(await refusal(revisions(stream))).toMatchObject({ type: 'stream-not-found' });
  });
  test('$maxAge hides at both ends once the time has passed', async () => {
    const stream = await withEvents(3);
    await server().client.setStreamMetadata(stream, { maxAge: 1 });
    const created = (await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 1 })))[0]?.event?.created.getTime() ?? 0;
    // The condition is about the clock, so the clock is what is waited for.
    while (Date.now() <= created + 1100) await new Promise((resolve) => setImmediate(resolve));
    expect(await revisions(stream)).toEqual([]);
    await server().client.appendToStream(stream, several(1));
    expect(await revisions(stream)).toEqual([3]);
    expect(await revisions(stream, { ...backwards, fromRevision: 'end' })).toEqual([3]);
  });
});

describe('§8 streams that are not there', () => {
  test('absent: stream-not-found both ways', async () => {
    expect(await refusal(revisions(freshName()))).toMatchObject({ type: 'stream-not-found' });
    expect(await refusal(revisions(freshName(), { ...backwards, fromRevision: 'end' }))).toMatchObject({ type: 'stream-not-found' });
  });
  test('metadata alone does not make a stream', async () => {
    const stream = freshName();
    await server().client.setStreamMetadata(stream, { maxCount: 3 });
    expect(await refusal(revisions(stream))).toMatchObject({ type: 'stream-not-found' });
  });
  test('a metastream shows its last event only', async () => {
    const stream = await withEvents(1);
    for (const maxCount of [1, 2, 3]) await server().client.setStreamMetadata(stream, { maxCount });
    expect(await revisions(`$$${stream}`)).toEqual([2]);
  });
});

describe('§7 $all', () => {
  const positionsOf = (events: readonly { readonly event?: { readonly position?: { readonly commit: bigint } } }[]) =>
    events.map(({ event }) => event?.position?.commit ?? -1n);

  test('a fresh server has events in it already', async () => {
    expect((await gather(server().client.readAll({ maxCount: 1 }))).length).toBe(1);
  });
  test('positions ascend over all streams; commit equals prepare', async () => {
    await withEvents(3);
    const events = await gather(server().client.readAll());
    const positions = positionsOf(events);
    expect(positions).toEqual([...positions].sort((one, other) => (one < other ? -1 : 1)));
    expect(new Set(positions).size).toBe(positions.length);
    expect(events.every(({ event }) => event?.position?.commit === event?.position?.prepare)).toBe(true);
  });
  test('backwards is forwards reversed', async () => {
    await withEvents(3);
    const up = positionsOf(await gather(server().client.readAll()));
    const down = positionsOf(await gather(server().client.readAll({ ...backwards, fromPosition: 'end' })));
    expect(down).toEqual([...up].reverse());
  });
  test('forwards from a position is inclusive, backwards exclusive', async () => {
    const stream = await withEvents(3);
    const [, middle] = await gather(server().client.readStream(stream));
    const fromPosition = middle?.event?.position ?? 'start';
    const [at] = await gather(server().client.readAll({ fromPosition, maxCount: 1 }));
    const [before] = await gather(server().client.readAll({ ...backwards, fromPosition, maxCount: 1 }));
    expect([at?.event?.revision, before?.event?.revision]).toEqual([1n, 0n]);
  });
  test('forwards from the end, and from beyond it, is empty', async () => {
    expect(await gather(server().client.readAll({ fromPosition: 'end' }))).toEqual([]);
  });
  test('maxCount limits both ways', async () => {
    await withEvents(5);
    expect(await gather(server().client.readAll({ maxCount: 4 }))).toHaveLength(4);
    expect(await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 4 }))).toHaveLength(4);
  });
  test('shows metadata, tombstones and events of deleted streams', async () => {
    const stream = await withEvents(1);
    await server().client.setStreamMetadata(stream, { maxCount: 9 });
    await server().client.deleteStream(stream);
    await server().client.tombstoneStream(stream);
    const tail = await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 4 }));
    expect(tail.map(({ event }) => [event?.streamId, event?.type])).toEqual([
      [stream, '$streamDeleted'],
      [`$$${stream}`, '$metadata'],
      [`$$${stream}`, '$metadata'],
      [stream, 'Happened'],
    ]);
  });
  test('a stream read shows the same positions as $all', async () => {
    const stream = await withEvents(3);
    const ofStream = positionsOf(await gather(server().client.readStream(stream)));
    const ofAll = positionsOf(await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 3 })));
    expect(ofStream).toEqual(ofAll.reverse());
  });
  test('created is the server’s time in 100 ns ticks', async () => {
    const before = Date.now();
    const stream = await withEvents(1);
    const [message] = await rawRead(server(), { stream: { name: stream, from: 'start' }, count: '1' });
    const map = message?.getEvent()?.getEvent()?.getMetadataMap();
    expect(Number(BigInt(map?.get('created') ?? '0') / 10_000n)).toBeGreaterThanOrEqual(before - 60_000);
    expect((map?.toObject(true) ?? []).map(([key]) => key).sort()).toEqual(['content-type', 'created', 'type']);
  });
  test('ids come structured when asked for so', async () => {
    const event = made('Structured');
    const stream = freshName();
    await server().client.appendToStream(stream, [event]);
    const [message] = await rawRead(server(), { stream: { name: stream, from: 'start' }, count: '1', structuredIds: true });
    expect(message?.getEvent()?.getEvent()?.getId()?.toObject()).toEqual(structuredId(event.id).toObject());
  });
  test('a filtered read gives what matches', async () => {
    const stream = freshName();
    await server().client.appendToStream(stream, [made('Aa'), made('Bb'), made('Aa')]);
    const messages = await rawRead(server(), { all: 'start', count: '100', filter: { on: 'stream', prefixes: [stream] } });
    expect(messages.filter((message) => message.hasEvent())).toHaveLength(3);
  });
  test('a long read arrives whole and in order', async () => {
    const stream = freshName();
    for (let n = 0; n < 6; n += 1) await server().client.appendToStream(stream, several(500));
    expect(await revisions(stream)).toEqual(Array.from({ length: 3000 }, (_, n) => n));
    expect(await revisions(stream, { ...backwards, fromRevision: 'end', maxCount: 2500 })).toEqual(Array.from({ length: 2500 }, (_, n) => 2999 - n));
  });
  test('a read that is given up early leaves the connection usable', async () => {
    const stream = await withEvents(1000);
    for await (const _event of server().client.readStream(stream)) break;
    expect(await revisions(stream, { maxCount: 1 })).toEqual([0]);
  });
});

describe('§8 links', () => {
  const link = (data: string) => ({ ...made('$>'), type: '$>', contentType: 'application/octet-stream' as const, data: Buffer.from(data) });
  const linked = async (target: string, count = 1) => {
    const stream = freshName('links');
    await server().client.appendToStream(stream, Array.from({ length: count }, () => link(target)) as never);
    return stream;
  };
  const resolved = (stream: string) => gather(server().client.readStream(stream, { resolveLinkTos: true }));

  test('resolved: the target as event, the link beside it, the link’s position', async () => {
    const target = await withEvents(3);
    const stream = await linked(`1@${target}`);
    const [read] = await resolved(stream);
    expect([read?.event?.streamId, read?.event?.revision, read?.link?.streamId, read?.link?.type]).toEqual([target, 1n, stream, '$>']);
    expect(read?.commitPosition).toBe(read?.link?.position?.commit);
  });
  test('not resolved: the link is the event', async () => {
    const stream = await linked(`1@${await withEvents(3)}`);
    const [read] = await gather(server().client.readStream(stream));
    expect([read?.event?.type, read?.link]).toEqual(['$>', undefined]);
  });
  test('the name may contain @: the first one splits', async () => {
    const target = freshName('at@sign');
    await server().client.appendToStream(target, several(1));
    const [read] = await resolved(await linked(`0@${target}`));
    expect(read?.event?.streamId).toBe(target);
  });
  const nowhere: Readonly<Record<string, () => Promise<string>>> = {
    'a stream that is absent': async () => `0@${freshName()}`,
    'a revision that is not there': async () => `9@${await withEvents(1)}`,
    'a soft-deleted stream': async () => {
      const target = await withEvents(1);
      await server().client.deleteStream(target);
      return `0@${target}`;
    },
    'a tombstoned stream': async () => {
      const target = await withEvents(1);
      await server().client.tombstoneStream(target);
      return `0@${target}`;
    },
    'a truncated event': async () => {
      const target = await withEvents(3);
      await server().client.setStreamMetadata(target, { truncateBefore: 2 });
      return `0@${target}`;
    },
  };
  test.each(Object.keys(nowhere))('to %s: only the link', async (what) => {
    const [read] = await resolved(await linked((await nowhere[what]?.()) ?? ''));
    expect([read?.event, read?.link?.type]).toEqual([undefined, '$>']);
  });
  test('one that cannot be parsed is an ordinary event', async () => {
    const [read] = await resolved(await linked('no link at all'));
    expect([read?.event?.type, read?.link]).toEqual(['$>', undefined]);
  });
  test('$@ is not resolved', async () => {
    const target = await withEvents(1);
    const stream = freshName();
    await server().client.appendToStream(stream, [{ ...link(`0@${target}`), type: '$@' }] as never);
    const [read] = await resolved(stream);
    expect([read?.event?.type, read?.link]).toEqual(['$@', undefined]);
  });
  test('links are resolved in $all', async () => {
    const target = await withEvents(1);
    await linked(`0@${target}`);
    const [read] = await gather(server().client.readAll({ ...backwards, fromPosition: 'end', maxCount: 1, resolveLinkTos: true }));
    expect([read?.event?.streamId, read?.link?.type]).toEqual([target, '$>']);
  });
});
