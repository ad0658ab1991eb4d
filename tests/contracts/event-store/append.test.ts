import { binaryEvent, type EventData, jsonEvent } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { freshName, gather, made, refusal, several, useServer } from './harness.ts';

const server = useServer();
const paths = [
  { path: 'batch append', options: {} },
  { path: 'classic append', options: { credentials: { username: 'admin', password: 'changeit' } } },
] as const;
const append = (stream: string, events: EventData[], options: Record<string, unknown> = {}) => server().client.appendToStream(stream, events, options);
const idsOf = async (stream: string) => (await gather(server().client.readStream(stream))).map(({ event }) => event?.id);
const binary = (bytes: number, fill = 0) => binaryEvent({ type: 'Bytes', data: Buffer.alloc(bytes, fill) });

describe.each(paths)('§6 $path', ({ options }) => {
  test('the revision is that of the last event, the position that at which it is read back', async () => {
    const stream = freshName();
    const result = await append(stream, several(3), options);
    const read = await gather(server().client.readStream(stream));
    expect(result.nextExpectedRevision).toBe(2n);
    expect(read.at(-1)?.event?.position).toEqual(result.position);
  });

  test('events of one append are contiguous in $all, in order', async () => {
    const stream = freshName();
    const { position } = await append(stream, several(5), options);
    const before = await gather(server().client.readAll({ direction: 'backwards', fromPosition: position ?? 'end', maxCount: 4 }));
    expect(before.map(({ event }) => [event?.streamId, event?.revision])).toEqual([3n, 2n, 1n, 0n].map((revision) => [stream, revision]));
  });

  test('an append that fails its expectation writes none of its events', async () => {
    const stream = freshName();
    await append(stream, several(1), options);
    await refusal(append(stream, several(3), { ...options, expectedRevision: 'no_stream' }));
    expect(await idsOf(stream)).toHaveLength(1);
  });

  test('data and metadata come back as they were sent', async () => {
    const stream = freshName();
    const event = jsonEvent({ type: 'Ünïcode', data: { text: 'žluťoučký 🐎', nested: [1, null, { a: true }] }, metadata: { by: 'мир' } });
    await append(stream, [event], options);
    const [read] = await gather(server().client.readStream(stream));
    expect(read?.event).toMatchObject({
      streamId: stream,
      id: event.id,
      type: 'Ünïcode',
      data: event.data,
      metadata: event.metadata,
      isJson: true,
      revision: 0n,
    });
  });

  test('binary data is binary', async () => {
    const stream = freshName();
    const data = Buffer.from([0, 1, 2, 253, 254, 255]);
    await append(stream, [binaryEvent({ type: 'Bytes', data, metadata: Buffer.from([7, 0]) })], options);
    const [read] = await gather(server().client.readStream(stream));
    expect([read?.event?.isJson, Buffer.from(read?.event?.data as Uint8Array)]).toEqual([false, data]);
  });

  test('an empty list answers the current revision and writes nothing', async () => {
    const stream = freshName();
    await append(stream, several(2), options);
    expect(await append(stream, [], options)).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(await idsOf(stream)).toHaveLength(2);
  });

  test('an empty list checks the expected revision', async () => {
    const stream = freshName();
    await append(stream, several(2), options);
    expect(await refusal(append(stream, [], { ...options, expectedRevision: 0n }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
  });

  test('an empty list on an absent stream is accepted', async () => {
    expect(await append(freshName(), [], options)).toMatchObject({ success: true, nextExpectedRevision: 0n });
  });

  test('exactly 1 MiB of data passes, one byte more does not', async () => {
    expect(await append(freshName(), [binary(512 * 1024), binary(512 * 1024)], options)).toMatchObject({ success: true });
    expect(await refusal(append(freshName(), [binary(512 * 1024), binary(512 * 1024 + 1)], options))).toMatchObject({ type: 'maximum-append-size-exceeded' });
  });

  test('idempotence 1: the same events at the same revision are written once', async () => {
    const stream = freshName();
    const events = several(3);
    const first = await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    const second = await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect([second.nextExpectedRevision, second.position]).toEqual([first.nextExpectedRevision, first.position]);
    expect(await idsOf(stream)).toHaveLength(3);
  });

  test('idempotence 1: a part of what was written, from its beginning, is a retry too', async () => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect(await append(stream, events.slice(0, 2), { ...options, expectedRevision: 'no_stream' })).toMatchObject({ nextExpectedRevision: 1n });
    expect(await append(stream, events.slice(1), { ...options, expectedRevision: 0n })).toMatchObject({ nextExpectedRevision: 2n });
  });

  test.each([
    { what: 'the first id differs', change: (events: EventData[]) => [made('Other'), ...events.slice(1)] },
    { what: 'a later id differs', change: (events: EventData[]) => [...events.slice(0, 2), made('Other')] },
    { what: 'it runs past the end', change: (events: EventData[]) => [...events, made('Other')] },
  ])('idempotence 1: when $what it is the wrong version', async ({ change }) => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect(await refusal(append(stream, change(events), { ...options, expectedRevision: 'no_stream' }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
  });

  test('idempotence 2: at the current revision ids are not looked at', async () => {
    const stream = freshName();
    const events = several(1);
    await append(stream, events, options);
    await append(stream, events, { ...options, expectedRevision: 0n });
    expect(await idsOf(stream)).toEqual([events[0]?.id, events[0]?.id]);
  });

  test('idempotence 3: with any, known ids are a retry', async () => {
    const stream = freshName();
    const events = several(3);
    const first = await append(stream, events, options);
    await append(stream, several(1), options);
    const again = await append(stream, events, options);
    expect([again.nextExpectedRevision, again.position]).toEqual([2n, first.position]);
    expect(await idsOf(stream)).toHaveLength(4);
  });

  test('idempotence 3: with stream_exists as well', async () => {
    const stream = freshName();
    const events = several(2);
    await append(stream, events, options);
    expect(await append(stream, events, { ...options, expectedRevision: 'stream_exists' })).toMatchObject({ nextExpectedRevision: 1n });
    expect(await idsOf(stream)).toHaveLength(2);
  });

  test('idempotence 3: with any, a first id that is unknown appends all, known ones included', async () => {
    const stream = freshName();
    const events = several(2);
    await append(stream, events, options);
    await append(stream, [made('New'), ...events], options);
    expect(await idsOf(stream)).toHaveLength(5);
  });

  test.each([1, 2, 3])('idempotence 3: with any, %s known ids followed by an unknown one are the wrong version', async (count) => {
    const stream = freshName();
    const events = several(count);
    await append(stream, events, options);
    expect(await refusal(append(stream, [...events, made('New')], options))).toMatchObject({ type: 'wrong-expected-version' });
  });

  test('idempotence 4: the same id in another stream is another event', async () => {
    const [one, other, events] = [freshName(), freshName(), several(1)];
    await append(one, events, options);
    await append(other, events, options);
    expect([await idsOf(one), await idsOf(other)]).toEqual([[events[0]?.id], [events[0]?.id]]);
  });

  test('idempotence 4: the same id twice in one append is written twice', async () => {
    const stream = freshName();
    const event = made('Twice');
    await append(stream, [event, event], options);
    expect(await idsOf(stream)).toEqual([event.id, event.id]);
  });

  test('idempotence 5: a retry of an event that was truncated has no position', async () => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, options);
    await server().client.setStreamMetadata(stream, { truncateBefore: 3 });
    const again = await append(stream, events, options);
    expect([again.success, again.nextExpectedRevision, again.position]).toEqual([true, 2n, undefined]);
  });
});
