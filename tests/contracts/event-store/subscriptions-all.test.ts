import { type AllStreamResolvedEvent, eventTypeFilter, excludeSystemEvents, type Filter, type Position, streamNameFilter } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { follow, freshCategory, freshName, gather, made, several, useServer } from './harness.ts';
import { rawAppend, rawEvent } from './raw-requests.ts';

const server = useServer();
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const append = (stream: string, count = 1) => server().client.appendToStream(stream, several(count));

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
