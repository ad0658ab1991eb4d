import {
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position,
  type ResolvedEvent,
  streamNameFilter,
} from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { type Followed, follow, freshCategory, freshName, gather, made, refusal, several, useServer } from './harness.ts';
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

describe('§10 subscriptions to $all', () => {
  const tail = async (): Promise<Position> => {
    const [last] = await gather(server().client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 1 }));
    return last?.event?.position ?? { commit: 0n, prepare: 0n };
  };
  const positions = (events: readonly AllStreamResolvedEvent[]) => events.map(({ event }) => event?.position?.commit ?? -1n);

  test('from the start is what a read gives, from the first event on', async () => {
    await append(freshName(), 3);
    const read = await gather(server().client.readAll());
    const subscription = server().client.subscribeToAll();
    const followed = follow(subscription);
    expect(positions(await followed.count(read.length)).slice(0, read.length)).toEqual(read.map(({ event }) => event?.position?.commit));
    await subscription.unsubscribe();
  });

  test('from a position is exclusive', async () => {
    const stream = freshName();
    const { position } = await append(stream, 3);
    await append(stream, 2);
    const subscription = server().client.subscribeToAll({ fromPosition: position ?? 'start' });
    const followed = follow(subscription);
    expect((await followed.count(2)).map(({ event }) => event?.revision)).toEqual([3n, 4n]);
    await subscription.unsubscribe();
  });

  test('from the end gives only what comes later, and is caught up at once', async () => {
    const subscription = server().client.subscribeToAll({ fromPosition: 'end' });
    const followed = follow(subscription);
    await followed.until(() => followed.log.includes('caughtUp'));
    expect(followed.log).toEqual(['confirmation', 'caughtUp']);
    const stream = freshName();
    await append(stream);
    expect((await followed.count(1))[0]?.event?.streamId).toBe(stream);
    await subscription.unsubscribe();
  });

  test('sees tombstones, metadata and system streams, in order, without gap or repeat under concurrent appends', async () => {
    const from = await tail();
    const subscription = server().other.subscribeToAll({ fromPosition: from });
    const followed = follow(subscription);
    const category = freshCategory();
    await Promise.all(
      range(0, 8).map(async (n) => {
        for (const _ of range(0, 40)) await append(`${category}-${n}`, 2);
      }),
    );
    await server().client.setStreamMetadata(`${category}-0`, { maxCount: 5 });
    await server().client.tombstoneStream(`${category}-1`);
    await followed.until(() => followed.events.some(({ event }) => event?.type === '$streamDeleted' && event.streamId === `${category}-1`));
    const read = await gather(server().client.readAll({ fromPosition: from }));
    expect(positions(followed.events)).toEqual(read.slice(1, followed.events.length + 1).map(({ event }) => event?.position?.commit));
    await subscription.unsubscribe();
  });

  const filtered = async (filter: Filter, fromPosition: Position) => {
    const subscription = server().client.subscribeToAll({ fromPosition, filter });
    const followed = follow(subscription);
    await followed.until(() => followed.log.includes('caughtUp'));
    return { ...followed, stop: () => subscription.unsubscribe() };
  };

  describe('filters', () => {
    const types = ['OrderMade', 'OrderPaid', 'InvoiceSent', 'order', 'MadeOrder'];
    const rows: readonly { readonly what: string; readonly filter: (name: string) => Filter; readonly expected: readonly string[] }[] = [
      { what: 'event type by prefix', filter: () => eventTypeFilter({ prefixes: ['Order'] }), expected: ['OrderMade', 'OrderPaid'] },
      { what: 'event type by several prefixes', filter: () => eventTypeFilter({ prefixes: ['OrderM', 'Inv'] }), expected: ['OrderMade', 'InvoiceSent'] },
      { what: 'event type by expression, unanchored', filter: () => eventTypeFilter({ regex: 'Order' }), expected: ['OrderMade', 'OrderPaid', 'MadeOrder'] },
      { what: 'event type by anchored expression', filter: () => eventTypeFilter({ regex: '^Order.*d$' }), expected: ['OrderPaid'] },
      { what: 'event type with an inline flag', filter: () => eventTypeFilter({ regex: '(?i)^ORDER' }), expected: ['OrderMade', 'OrderPaid', 'order'] },
      { what: 'stream by prefix', filter: (name) => streamNameFilter({ prefixes: [name] }), expected: types },
      { what: 'stream by expression', filter: (name) => streamNameFilter({ regex: `${name}$` }), expected: types },
      { what: 'prefixes are ordinal: case matters', filter: () => eventTypeFilter({ prefixes: ['ORDER'] }), expected: [] },
      { what: 'system events excluded', filter: () => excludeSystemEvents(), expected: types },
    ];
    test.each(rows)('$what, historic and live', async ({ filter, expected }) => {
      const [stream, from] = [freshName(), await tail()];
      const events = () => types.map((type) => made(type));
      await server().client.appendToStream(stream, events());
      const followed = await filtered(filter(stream), from);
      await server().client.appendToStream(stream, events());
      const end = made('OrderMade', { isLast: true });
      await server().client.appendToStream(stream, [end]);
      const own = () => followed.events.filter(({ event }) => event?.streamId === stream);
      const isLastSeen = expected.includes('OrderMade');
      await followed.until(() => own().length >= 2 * expected.length + (isLastSeen ? 1 : 0));
      expect(own().map(({ event }) => event?.type)).toEqual([...expected, ...expected, ...(isLastSeen ? ['OrderMade'] : [])]);
      await followed.stop();
    });

    test('the filter looks at the link, never at its target', async () => {
      const [target, stream, from] = [freshName(), freshName('links'), await tail()];
      await server().client.appendToStream(target, [made('Wanted')]);
      await rawAppend(server(), stream, [{ ...rawEvent, type: '$>', data: Buffer.from(`0@${target}`) }]);
      const subscription = server().client.subscribeToAll({ fromPosition: from, resolveLinkTos: true, filter: eventTypeFilter({ prefixes: ['$>'] }) });
      const [first] = await follow(subscription).count(1);
      expect([first?.event?.type, first?.link?.type]).toEqual(['Wanted', '$>']);
      await subscription.unsubscribe();
    });

    test('an expression that cannot be read is refused', async () => {
      const followed = follow(server().client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) }));
      expect(await followed.error).toMatchObject({ code: expect.any(Number) });
    });
  });

  describe('checkpoints', () => {
    const withCheckpoints = async (options: { readonly maxSearchWindow?: number; readonly checkpointInterval: number }, prefixes: readonly string[]) => {
      const checkpoints: bigint[] = [];
      const log: string[] = [];
      const from = await tail();
      const subscription = server().client.subscribeToAll({
        fromPosition: from,
        filter: eventTypeFilter({
          prefixes: [...prefixes],
          ...options,
          checkpointReached: (_subscription, position) => {
            checkpoints.push(position.commit);
            log.push('checkpoint');
            subscription.emit('noted');
          },
        }),
      });
      const followed = follow(subscription);
      await followed.until(() => followed.log.includes('caughtUp'));
      const reached = async (count: number): Promise<readonly bigint[]> => {
        while (checkpoints.length < count) await new Promise((resolve) => subscription.once('noted', resolve));
        return checkpoints;
      };
      return { from, reached, followed, stop: () => subscription.unsubscribe() };
    };

    test('after each interval of considered events, matched or not', async () => {
      const { reached, stop } = await withCheckpoints({ maxSearchWindow: 5, checkpointInterval: 2 }, ['NothingHasThisType']);
      const stream = freshName();
      await append(stream, 25);
      const own = (await gather(server().client.readStream(stream))).map(({ event }) => event?.position?.commit);
      expect(await reached(2)).toEqual([own[9], own[19]]);
      await stop();
    });

    test('the default window is 32 events', async () => {
      const { reached, stop } = await withCheckpoints({ checkpointInterval: 1 }, ['NothingHasThisType']);
      const stream = freshName();
      await append(stream, 70);
      const own = (await gather(server().client.readStream(stream))).map(({ event }) => event?.position?.commit);
      expect(await reached(2)).toEqual([own[31], own[63]]);
      await stop();
    });

    test('a checkpoint can be resumed from without loss or repeat', async () => {
      const { reached, stop } = await withCheckpoints({ maxSearchWindow: 4, checkpointInterval: 1 }, ['Happened']);
      const stream = freshName();
      await append(stream, 4);
      const [commit = 0n] = await reached(1);
      await stop();
      await append(stream, 1);
      const again = server().client.subscribeToAll({ fromPosition: { commit, prepare: commit } });
      expect((await follow(again).count(1))[0]?.event?.revision).toBe(4n);
      await again.unsubscribe();
    });

    test('a checkpoint comes after the events it covers', async () => {
      const { reached, followed, stop } = await withCheckpoints({ maxSearchWindow: 3, checkpointInterval: 1 }, ['Happened']);
      const stream = freshName();
      await append(stream, 3);
      const [commit] = await reached(1);
      expect(followed.events.filter(({ event }) => event?.streamId === stream).at(-1)?.event?.position?.commit).toBe(commit);
      await stop();
    });
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
