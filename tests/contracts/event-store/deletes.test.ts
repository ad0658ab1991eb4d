import { describe, expect, test } from '@jest/globals';
import { freshName, gather, made, refusal, several, useServer } from './harness.ts';
import { rawAppend } from './raw-requests.ts';

const server = useServer();
const created = async (count = 3): Promise<string> => {
  const stream = freshName();
  await server().client.appendToStream(stream, several(count));
  return stream;
};
const revisions = async (stream: string) => (await gather(server().client.readStream(stream))).map(({ event }) => Number(event?.revision));
const last = async () => (await gather(server().client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 })))[0]?.event;
const rawMetadata = (stream: string, text: string) =>
  rawAppend(server(), `$$${stream}`, [{ type: '$metadata', contentType: 'application/json', data: Buffer.from(text) }]);

describe('§9 soft delete', () => {
  test('writes $metadata with $tb at int64’s maximum; the position is that of this event', async () => {
    const stream = await created();
    const { position } = await server().client.deleteStream(stream);
    const event = await last();
    expect([event?.streamId, event?.type, event?.position]).toEqual([`$$${stream}`, '$metadata', position]);
  });
  test('replaces all other metadata', async () => {
    const stream = await created();
    await server().client.setStreamMetadata(stream, { maxCount: 7, owner: 'me' });
    await server().client.deleteStream(stream);
    expect(Object.keys((await server().client.getStreamMetadata(stream)).metadata ?? {})).toEqual(['truncateBefore']);
  });
  test('again succeeds again', async () => {
    const stream = await created();
    await server().client.deleteStream(stream);
    expect((await server().client.deleteStream(stream, { expectedRevision: 2n })).position).toBeDefined();
  });
  test.each([{ expectedRevision: 'any' }, { expectedRevision: 'no_stream' }, { expectedRevision: 2n }] as const)(
    'recreating with $expectedRevision goes on at the next revision',
    async (options) => {
      const stream = await created();
      await server().client.deleteStream(stream);
      expect(await server().client.appendToStream(stream, several(2), options)).toMatchObject({ nextExpectedRevision: 4n });
      expect(await revisions(stream)).toEqual([3, 4]);
    },
  );
  test('recreating writes the metadata again with $tb at the first new revision', async () => {
    const stream = await created();
    await server().client.deleteStream(stream);
    await server().client.appendToStream(stream, several(1));
    expect((await server().client.getStreamMetadata(stream)).metadata).toEqual({ truncateBefore: 3 });
  });
  test('a retry of the recreating append is recognised', async () => {
    const stream = await created();
    await server().client.deleteStream(stream);
    const events = several(2);
    const first = await server().client.appendToStream(stream, events, { expectedRevision: 2n });
    expect(await server().client.appendToStream(stream, events, { expectedRevision: 2n })).toEqual(first);
  });
  test('writing metadata to a soft-deleted stream undeletes it, without its old events', async () => {
    const stream = await created();
    await server().client.deleteStream(stream);
    await server().client.setStreamMetadata(stream, { owner: 'me' });
    expect((await server().client.getStreamMetadata(stream)).metadata).toEqual({ owner: 'me', truncateBefore: 3 });
    expect(await revisions(stream)).toEqual([]);
  });
  test('delete and recreate, many times over', async () => {
    const stream = await created(1);
    for (let round = 1; round < 8; round += 1) {
      await server().client.deleteStream(stream);
      expect(await refusal(revisions(stream))).toMatchObject({ type: 'stream-not-found' });
      await server().client.appendToStream(stream, several(1), { expectedRevision: 'no_stream' });
      expect(await revisions(stream)).toEqual([round]);
    }
  });
});

describe('§9 tombstone', () => {
  test('appends one $streamDeleted at int64’s maximum, without data', async () => {
    const stream = await created();
    const { position } = await server().client.tombstoneStream(stream);
    const event = await last();
    expect([event?.streamId, event?.type, event?.revision, event?.position]).toEqual([stream, '$streamDeleted', 9223372036854775807n, position]);
  });
  test('is for ever: nothing can be appended, deleted, read or described', async () => {
    const { client } = server();
    const stream = await created();
    await client.tombstoneStream(stream);
    const attempts = [
      client.appendToStream(stream, several(1)),
      client.deleteStream(stream),
      client.tombstoneStream(stream),
      gather(client.readStream(stream)),
      client.setStreamMetadata(stream, { maxCount: 1 }),
    ];
    for (const error of await Promise.all(attempts.map(refusal))) expect(error).toMatchObject({ type: 'stream-deleted' });
  });
  test('takes the metastream with it', async () => {
    const { client } = server();
    const stream = await created();
    await client.setStreamMetadata(stream, { maxCount: 4 });
    await client.tombstoneStream(stream);
    expect(await refusal(gather(client.readStream(`$$${stream}`)))).toMatchObject({ type: 'stream-deleted' });
  });
  test('of a soft-deleted stream works', async () => {
    const stream = await created();
    await server().client.deleteStream(stream);
    await server().client.tombstoneStream(stream);
    expect(await refusal(revisions(stream))).toMatchObject({ type: 'stream-deleted' });
  });
  test('of a stream that never was reserves its name', async () => {
    const stream = freshName();
    await server().client.tombstoneStream(stream, { expectedRevision: 'no_stream' });
    expect(await refusal(server().client.appendToStream(stream, several(1)))).toMatchObject({ type: 'stream-deleted' });
  });
});

describe('§9 metadata', () => {
  test('is an event $metadata in $$stream; the last one wins, nothing is merged', async () => {
    const stream = await created();
    await server().client.setStreamMetadata(stream, { maxCount: 9, owner: 'me' });
    await server().client.setStreamMetadata(stream, { maxAge: 60 });
    expect((await server().client.getStreamMetadata(stream)).metadata).toEqual({ maxAge: 60 });
    expect(await last()).toMatchObject({ streamId: `$$${stream}`, type: '$metadata', revision: 1n });
  });
  test('comes back untouched, unknown keys and $acl included', async () => {
    const stream = await created();
    const metadata = {
      maxCount: 9,
      maxAge: 60,
      cacheControl: 5,
      truncateBefore: 1,
      acl: { readRoles: ['a', 'b'], writeRoles: 'c' },
      custom: { deep: [1, 'x', null] },
    };
    await server().client.setStreamMetadata(stream, metadata as never);
    expect((await server().client.getStreamMetadata(stream)).metadata).toEqual(metadata);
  });
  test('checks the expected revision of the metastream', async () => {
    const { client } = server();
    const stream = await created();
    await client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: 'no_stream' });
    await client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: 0n });
    expect(await refusal(client.setStreamMetadata(stream, { maxCount: 3 }, { expectedRevision: 0n }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 1n,
    });
  });
  test('may precede the stream', async () => {
    const stream = freshName();
    await server().client.setStreamMetadata(stream, { maxCount: 2 });
    await server().client.appendToStream(stream, several(5));
    expect(await revisions(stream)).toEqual([3, 4]);
  });
  test('of a stream without any is empty', async () => {
    const stream = await created();
    expect(await server().client.getStreamMetadata(stream)).toEqual({ streamName: stream });
  });
  test.each([
    { text: 'not json', why: 'not JSON' },
    { text: '[]', why: 'not an object' },
    { text: '{"$maxCount":"3"}', why: 'a number as text' },
    { text: '{"$maxCount":2.5}', why: 'not a whole number' },
    { text: '{"$maxCount":-1}', why: 'negative' },
    { text: '{"$tb":true,"$maxCount":1}', why: 'one key of the wrong type' },
    { text: '', why: 'empty' },
  ])('$why counts as empty', async ({ text }) => {
    const stream = await created();
    await rawMetadata(stream, text);
    expect(await revisions(stream)).toEqual([0, 1, 2]);
  });
  test('lifting a limit shows the events again', async () => {
    const stream = await created();
    await server().client.setStreamMetadata(stream, { truncateBefore: 2 });
    expect(await revisions(stream)).toEqual([2]);
    await server().client.setStreamMetadata(stream, {});
    expect(await revisions(stream)).toEqual([0, 1, 2]);
  });
  test('$maxCount moves with the stream', async () => {
    const stream = await created();
    await server().client.setStreamMetadata(stream, { maxCount: 2 });
    await server().client.appendToStream(stream, [made('More')]);
    expect(await revisions(stream)).toEqual([2, 3]);
  });
});
