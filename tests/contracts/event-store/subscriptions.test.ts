import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { type Followed, follow, freshName, gather, refusal, several, useServer } from './harness.ts';
import { rawAppend, rawEvent } from './raw-requests.ts';

const server = useServer();
type Streamed = Followed<ResolvedEvent>;
const subscribed = async (
  stream: string,
  options: NonNullable<Parameters<EventStoreDBClient['subscribeToStream']>[1]> = {},
): Promise<Streamed & { readonly stop: () => Promise<void> }> => {
  const subscription = server().client.subscribeToStream(stream, options);
  const followed = follow(subscription);
  await followed.until(() => followed.log.includes('caughtUp'));
  return { ...followed, stop: () => subscription.unsubscribe() };
};
const numbers = (events: readonly ResolvedEvent[]) => events.map(({ event }) => Number(event?.revision));
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const append = (stream: string, count = 1) => server().client.appendToStream(stream, several(count));

describe('§10 subscriptions to a stream', () => {
  test('confirmation first, then history, then caughtUp once, then live events', async () => {
    const stream = freshName();
    await append(stream, 2);
    const followed = await subscribed(stream);
    await append(stream, 2);
    await followed.count(4);
    expect(followed.log).toEqual(['confirmation', 'event', 'event', 'caughtUp', 'event', 'event']);
    expect(numbers(followed.events)).toEqual([0, 1, 2, 3]);
    await followed.stop();
  });

  test.each([
    { fromRevision: 'start', expected: [0, 1, 2, 3, 4, 5] },
    { fromRevision: 'end', expected: [5] },
    { fromRevision: 0n, expected: [1, 2, 3, 4, 5] },
    { fromRevision: 2n, expected: [3, 4, 5] },
    { fromRevision: 4n, expected: [5] },
  ] as const)('from $fromRevision: a revision is exclusive', async ({ fromRevision, expected }) => {
    const stream = freshName();
    await append(stream, 5);
    const followed = await subscribed(stream, { fromRevision });
    await append(stream);
    expect(numbers(await followed.count(expected.length))).toEqual(expected);
    await followed.stop();
  });

  test('to an absent stream waits without an error', async () => {
    const stream = freshName();
    const followed = await subscribed(stream);
    expect(followed.log).toEqual(['confirmation', 'caughtUp']);
    await append(stream, 2);
    expect(numbers(await followed.count(2))).toEqual([0, 1]);
    await followed.stop();
  });

  test('to a soft-deleted stream waits, and goes on once the stream is recreated', async () => {
    const stream = freshName();
    await append(stream, 3);
    await server().client.deleteStream(stream);
    const followed = await subscribed(stream);
    await append(stream, 2);
    expect(numbers(await followed.count(2))).toEqual([3, 4]);
    await followed.stop();
  });

  test('survives a delete and recreation in the middle', async () => {
    const stream = freshName();
    await append(stream, 2);
    const followed = await subscribed(stream);
    await server().client.deleteStream(stream);
    await append(stream, 1);
    expect(numbers(await followed.count(3))).toEqual([0, 1, 2]);
    await followed.stop();
  });

  test('a tombstone ends it with stream-deleted', async () => {
    const stream = freshName();
    await append(stream);
    const followed = await subscribed(stream);
    await server().client.tombstoneStream(stream);
    expect(await followed.error).toMatchObject({ type: 'stream-deleted' });
  });

  test('metadata hides the same events as in a read', async () => {
    const stream = freshName();
    await append(stream, 10);
    await server().client.setStreamMetadata(stream, { maxCount: 4 });
    const followed = await subscribed(stream);
    expect(numbers(followed.events)).toEqual([6, 7, 8, 9]);
    await followed.stop();
  });

  test('resolves links, historic and live', async () => {
    const [target, stream] = [freshName(), freshName('links')];
    await append(target, 2);
    const link = (revision: number) => rawAppend(server(), stream, [{ ...rawEvent, type: '$>', data: Buffer.from(`${revision}@${target}`) }]);
    await link(1);
    const followed = await subscribed(stream, { resolveLinkTos: true });
    await link(0);
    const events = await followed.count(2);
    expect(events.map(({ event, link: by }) => [event?.streamId, event?.revision, by?.streamId])).toEqual([
      [target, 1n, stream],
      [target, 0n, stream],
    ]);
    await followed.stop();
  });

  test('80 quick rounds of subscribe, append, unsubscribe', async () => {
    const stream = freshName();
    for (const round of range(0, 80)) {
      const subscription = server().client.subscribeToStream(stream, { fromRevision: round === 0 ? 'start' : BigInt(round - 1) });
      const followed = follow(subscription);
      await append(stream);
      expect(numbers(await followed.count(1))).toEqual([round]);
      await subscription.unsubscribe();
    }
  });

  test('many at once on one stream see the same', async () => {
    const stream = freshName();
    const all = await Promise.all(range(0, 20).map(() => subscribed(stream)));
    await append(stream, 50);
    for (const followed of all) expect(numbers(await followed.count(50))).toEqual(range(0, 50));
    await Promise.all(all.map((followed) => followed.stop()));
  });

  test('no loss, repeat or disorder from history to live while others append', async () => {
    const stream = freshName();
    await append(stream, 500);
    const writers = Promise.all(
      range(0, 4).map(async () => {
        for (const _ of range(0, 50)) await append(stream, 3);
      }),
    );
    const subscription = server().other.subscribeToStream(stream);
    const followed = follow(subscription);
    await writers;
    expect(numbers(await followed.count(1100))).toEqual(range(0, 1100));
    await subscription.unsubscribe();
  });

  test('a slow consumer gets everything in order', async () => {
    const stream = freshName();
    await append(stream, 1000);
    const seen: number[] = [];
    for await (const { event } of server().other.subscribeToStream(stream)) {
      seen.push(Number(event?.revision));
      if (seen.length === 10) await Promise.all(range(0, 20).map(() => append(stream, 50)));
      if (seen.length === 2000) break;
    }
    expect(seen).toEqual(range(0, 2000));
  });
});

test('§10 unsubscribing ends the loop of a for await', async () => {
  const stream = freshName();
  await append(stream, 3);
  const subscription = server().client.subscribeToStream(stream);
  let seen = 0;
  for await (const _event of subscription) {
    seen += 1;
    if (seen === 3) await subscription.unsubscribe();
  }
  expect(seen).toBe(3);
});

test('§10 a subscription to a tombstoned stream is an error', async () => {
  const stream = freshName();
  await server().client.tombstoneStream(stream);
  expect(await refusal(gather(server().client.subscribeToStream(stream)))).toMatchObject({ type: 'stream-deleted' });
});
