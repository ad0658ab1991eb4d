import { randomUUID } from 'node:crypto';
import {
  type AllStreamResolvedEvent,
  eventTypeFilter,
  type PersistentSubscriptionToStreamSettings,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  streamNameFilter,
} from '@eventstore/db-client';
import type { GetInfoResp } from '@eventstore/db-client/generated/persistent_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { describe, expect, test } from '@jest/globals';
import { basic, follow, freshName, gather, made, refusal, several, trailer, unaryCall, useServer } from './harness.ts';
import { consume, grouped } from './persistent-kit.ts';
import { identifier } from './raw-requests.ts';

const server = useServer();
const settings = persistentSubscriptionToStreamSettingsFromDefaults;
const allSettings = persistentSubscriptionToAllSettingsFromDefaults;
const append = (stream: string, count = 1) => server().client.appendToStream(stream, several(count));
const info = (stream: string, group = 'g') => server().client.getPersistentSubscriptionToStreamInfo(stream, group);
/** Asks again until the group says so: acknowledgements are not answered. */
const infoWhere = async (stream: string, holds: (found: Awaited<ReturnType<typeof info>>) => boolean) => {
  for (;;) {
    const found = await info(stream);
    if (holds(found)) return found;
  }
};
const revisions = (stream: string) => gather(server().client.readStream(stream)).then((read) => read.map(({ event }) => Number(event?.revision)));

describe('§11 create', () => {
  test.each([
    { startFrom: 'start', expected: ['0/0', '1/0', '2/0', '3/0'] },
    { startFrom: 'end', expected: ['3/0'] },
    { startFrom: 1n, expected: ['1/0', '2/0', '3/0'] },
    { startFrom: 3n, expected: ['3/0'] },
  ] as const)('from $startFrom, inclusive', async ({ startFrom, expected }) => {
    const stream = await grouped(server().client, 3, { startFrom });
    await append(stream);
    const consumer = await consume(server().client, stream);
    await consumer.count(expected.length);
    expect(consumer.seen()).toEqual(expected);
    await consumer.leave();
  });
  test('the stream need not exist', async () => {
    const stream = await grouped(server().client, 0);
    const consumer = await consume(server().client, stream);
    await append(stream);
    await consumer.count(1);
    expect(consumer.seen()).toEqual(['0/0']);
    await consumer.leave();
  });
  test('is written to $persistentSubscriptionConfig', async () => {
    const stream = await grouped(server().client, 0);
    const [last] = await gather(server().client.readStream('$persistentSubscriptionConfig', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }));
    expect(last?.event?.type).toBe('$PersistentConfig');
    expect(JSON.stringify(last?.event?.data)).toContain(stream);
  });
  const failures: readonly { readonly why: string; readonly stream: () => string; readonly changes: Partial<PersistentSubscriptionToStreamSettings> }[] = [
    { why: 'a read batch as large as the buffer', stream: () => freshName(), changes: { readBatchSize: 10, historyBufferSize: 10 } },
    { why: 'a read batch larger than the buffer', stream: () => freshName(), changes: { readBatchSize: 20, historyBufferSize: 10 } },
    { why: 'an empty stream name', stream: () => '', changes: {} },
    { why: '$all by name', stream: () => '$all', changes: {} },
  ];
  test.each(failures)('fails for $why', async ({ stream, changes }) => {
    const error = await refusal(server().client.createPersistentSubscriptionToStream(stream(), 'g', settings(changes)));
    expect(error).toMatchObject({ type: 'persistent-subscription-failed', code: 13 });
  });
  test('fails for an unknown strategy', async () => {
    const request = new persistent.CreateReq();
    const options = new persistent.CreateReq.Options();
    const wanted = new persistent.CreateReq.Settings();
    wanted.setConsumerStrategy('Unheard');
    wanted.setReadBatchSize(20);
    wanted.setHistoryBufferSize(500);
    options.setStreamIdentifier(identifier(freshName()));
    options.setGroupName('g');
    options.setSettings(wanted);
    request.setOptions(options);
    const { persistent: stubs } = server();
    const error = await refusal(unaryCall(stubs.create.bind(stubs), request));
    expect([error.code, trailer(error, 'exception')]).toEqual([13, 'persistent-subscription-failed']);
  });
  test('names may be Unicode', async () => {
    const stream = `событие-${randomUUID()}`;
    await server().client.createPersistentSubscriptionToStream(stream, 'größe', settings());
    expect(await info(stream, 'größe')).toMatchObject({ eventSource: stream, groupName: 'größe' });
  });
});

describe('§11 acknowledging', () => {
  test('in flight never exceeds the buffer; freed slots bring the next', async () => {
    const stream = await grouped(server().client, 10);
    const consumer = await consume(server().client, stream, { bufferSize: 3 });
    await consumer.count(3);
    expect((await info(stream)).connections[0]).toMatchObject({ inFlightMessages: 3, availableSlots: 0 });
    expect(consumer.seen()).toEqual(['0/0', '1/0', '2/0']);
    await consumer.ack(...consumer.events.slice(0, 2));
    await consumer.count(5);
    expect(consumer.seen()).toEqual(['0/0', '1/0', '2/0', '3/0', '4/0']);
    await consumer.leave();
  });
  test('what is acknowledged is not delivered again', async () => {
    const stream = await grouped(server().client, 3);
    const first = await consume(server().client, stream);
    await first.ack(...(await first.count(3)));
    await infoWhere(stream, ({ stats }) => stats.totalInFlightMessages === 0);
    await first.leave();
    await infoWhere(stream, ({ connections }) => connections.length === 0);
    const second = await consume(server().client, stream);
    await append(stream);
    await second.count(1);
    expect(second.seen()).toEqual(['3/0']);
    await second.leave();
  });
  test('unknown ids are ignored', async () => {
    const stream = await grouped(server().client, 2);
    const consumer = await consume(server().client, stream, { bufferSize: 1 });
    const [first] = await consumer.count(1);
    const stranger = { ...first, event: { ...first?.event, id: randomUUID() } };
    await consumer.ack(stranger as never);
    await consumer.nack('park', stranger as never);
    await consumer.ack(first as never);
    await consumer.count(2);
    expect(consumer.seen()).toEqual(['0/0', '1/0']);
    await consumer.leave();
  });
  test('a consumer that goes without answering leaves its messages to others, counted', async () => {
    const stream = await grouped(server().client, 2);
    const first = await consume(server().client, stream);
    await first.count(2);
    await first.leave();
    const second = await consume(server().other, stream);
    await second.count(2);
    expect(second.seen()).toEqual(['0/1', '1/1']);
    await second.leave();
  });
  test('resolved links are acknowledged by the link’s id', async () => {
    const { client } = server();
    const [target, stream] = [freshName(), freshName('links')];
    await append(target, 3);
    const link = (n: number) => ({ ...made('$>'), type: '$>', contentType: 'application/octet-stream', data: Buffer.from(`${n}@${target}`) });
    await client.appendToStream(stream, [link(0), link(2), link(9)] as never);
    await client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: 'start', resolveLinkTos: true }));
    const consumer = await consume(client, stream, { bufferSize: 1 });
    for (const n of [1, 2, 3]) await consumer.ack(...(await consumer.count(n)).slice(n - 1, n));
    expect(consumer.events.map(({ event, link: by }) => [event?.revision, by?.revision])).toEqual([
      [0n, 0n],
      [2n, 1n],
      [undefined, 2n],
    ]);
    await consumer.leave();
  });
});

describe('§11 refusing', () => {
  test('retry delivers again with the count raised, before new messages', async () => {
    const stream = await grouped(server().client, 3);
    const consumer = await consume(server().client, stream, { bufferSize: 1 });
    const [first] = await consumer.count(1);
    await consumer.nack('retry', first as never);
    const again = await consumer.count(2);
    await consumer.ack(again[1] as never);
    await consumer.count(3);
    expect(consumer.seen()).toEqual(['0/0', '0/1', '1/0']);
    await consumer.leave();
  });
  test('retried messages come back in the order of the stream', async () => {
    const stream = await grouped(server().client, 5);
    const consumer = await consume(server().client, stream, { bufferSize: 5 });
    const events = await consumer.count(5);
    await consumer.nack('retry', ...([events[3], events[1], events[2]] as never[]));
    await consumer.count(8);
    expect(consumer.seen().slice(5)).toEqual(['1/1', '2/1', '3/1']);
    await consumer.leave();
  });
  test('skip and stop drop a message', async () => {
    const stream = await grouped(server().client, 3);
    const consumer = await consume(server().client, stream, { bufferSize: 1 });
    await consumer.nack('skip', ...(await consumer.count(1)));
    await consumer.nack('stop', (await consumer.count(2))[1] as never);
    await consumer.count(3);
    expect(consumer.seen()).toEqual(['0/0', '1/0', '2/0']);
    expect((await info(stream)).stats.parkedMessageCount).toBe(0n);
    await consumer.leave();
  });
  test('park writes a link with the reason, and goes on', async () => {
    const stream = await grouped(server().client, 2);
    const consumer = await consume(server().client, stream, { bufferSize: 1 });
    await consumer.nack('park', ...(await consumer.count(1)));
    await consumer.count(2);
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === 1n);
    const [parked] = await gather(server().client.readStream(`$persistentsubscription-${stream}::g-parked`));
    expect([parked?.event?.type, Buffer.from(parked?.event?.data as Uint8Array).toString()]).toEqual(['$>', `0@${stream}`]);
    expect(parked?.event?.metadata).toMatchObject({
      added: expect.any(String),
      reason: "Client explicitly NAK'ed message.\nthe test says so",
      subscriptionEventNumber: expect.anything(),
    });
    await consumer.leave();
  });
  test('a message that was retried too often is parked', async () => {
    const stream = await grouped(server().client, 1, { maxRetryCount: 2 });
    const consumer = await consume(server().client, stream);
    for (const n of [1, 2, 3]) await consumer.nack('retry', (await consumer.count(n))[n - 1] as never);
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === 1n);
    expect(consumer.seen()).toEqual(['0/0', '0/1', '0/2']);
    const [parked] = await gather(server().client.readStream(`$persistentsubscription-${stream}::g-parked`));
    expect(parked?.event?.metadata).toMatchObject({ reason: 'Reached retry count of 2' });
    await consumer.leave();
  });
  test('a message that is not answered in time is retried', async () => {
    const stream = await grouped(server().client, 1, { messageTimeout: 200 });
    const consumer = await consume(server().client, stream);
    await consumer.count(2);
    expect(consumer.seen().slice(0, 2)).toEqual(['0/0', '0/1']);
    await consumer.leave();
  });
});

describe('§11 replaying parked messages', () => {
  const withParked = async (count: number) => {
    const stream = await grouped(server().client, count);
    const consumer = await consume(server().client, stream, { bufferSize: 20 });
    await consumer.nack('park', ...(await consumer.count(count)));
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === BigInt(count));
    return { stream, consumer };
  };
  test('delivers all of them again with link and event, and empties the parked stream', async () => {
    const { stream, consumer } = await withParked(3);
    await server().client.replayParkedMessagesToStream(stream, 'g');
    const replayed = (await consumer.count(6)).slice(3);
    expect(replayed.map(({ event, link, retryCount }) => [event?.revision, link?.streamId, retryCount])).toEqual(
      [0n, 1n, 2n].map((revision) => [revision, `$persistentsubscription-${stream}::g-parked`, 0]),
    );
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === 0n);
    await consumer.leave();
  });
  test('up to stopAt, exclusive', async () => {
    const { stream, consumer } = await withParked(3);
    await server().client.replayParkedMessagesToStream(stream, 'g', { stopAt: 2 });
    expect((await consumer.count(5)).slice(3).map(({ event }) => event?.revision)).toEqual([0n, 1n]);
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === 1n);
    await consumer.leave();
  });
  test('a replayed message can be parked again', async () => {
    const { stream, consumer } = await withParked(1);
    await server().client.replayParkedMessagesToStream(stream, 'g');
    await consumer.nack('park', (await consumer.count(2))[1] as never);
    await infoWhere(stream, ({ stats }) => stats.parkedMessageCount === 1n);
    await server().client.replayParkedMessagesToStream(stream, 'g');
    expect((await consumer.count(3))[2]?.event?.revision).toBe(0n);
    await consumer.leave();
  });
  test('with nothing parked is fine', async () => {
    await server().client.replayParkedMessagesToStream(await grouped(server().client, 1), 'g');
  });
  test('a negative stopAt fails', async () => {
    expect(await refusal(server().client.replayParkedMessagesToStream(await grouped(server().client, 1), 'g', { stopAt: -1 }))).toMatchObject({ code: 13 });
  });
  test('of a group that is not there: not found', async () => {
    expect(await refusal(server().client.replayParkedMessagesToStream(freshName(), 'g'))).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
  });
});

describe('§11 strategies', () => {
  const two = async (strategy: string, count: number, bufferSize: number) => {
    const stream = await grouped(server().client, 0, { consumerStrategyName: strategy as never });
    const consumers = [await consume(server().client, stream, { bufferSize }), await consume(server().other, stream, { bufferSize })] as const;
    await append(stream, count);
    return { stream, consumers };
  };
  test('round robin shares evenly', async () => {
    const { consumers } = await two('RoundRobin', 6, 10);
    for (const consumer of consumers) expect(await consumer.count(3)).toHaveLength(3);
    for (const consumer of consumers) await consumer.leave();
  });
  test('dispatch to single fills the first consumer', async () => {
    const { consumers } = await two('DispatchToSingle', 6, 4);
    await Promise.all([consumers[0].count(4), consumers[1].count(2)]);
    expect([consumers[0].seen(), consumers[1].seen()]).toEqual([
      ['0/0', '1/0', '2/0', '3/0'],
      ['4/0', '5/0'],
    ]);
    for (const consumer of consumers) await consumer.leave();
  });
  test('pinned keeps a stream with one consumer', async () => {
    const { consumers } = await two('Pinned', 6, 10);
    await Promise.race(consumers.map((consumer) => consumer.count(6)));
    expect(consumers.map((consumer) => consumer.events.length).sort()).toEqual([0, 6]);
    for (const consumer of consumers) await consumer.leave();
  });
  test('pinned over many streams uses every consumer, each stream with one', async () => {
    const { client, other } = server();
    const category = `pin${randomUUID().slice(0, 8)}`;
    const links = Array.from({ length: 40 }, (_, n) => `${category}-${n % 20}`);
    for (const stream of links) await append(stream);
    const listing = freshName('links');
    const link = (stream: string, revision: number) => ({
      ...made('$>'),
      type: '$>',
      contentType: 'application/octet-stream',
      data: Buffer.from(`${revision}@${stream}`),
    });
    await client.createPersistentSubscriptionToStream(listing, 'g', settings({ startFrom: 'start', resolveLinkTos: true, consumerStrategyName: 'Pinned' }));
    const consumers = [await consume(client, listing, { bufferSize: 40 }), await consume(other, listing, { bufferSize: 40 })];
    await client.appendToStream(listing, links.map((stream, n) => link(stream, Math.floor(n / 20))) as never);
    await Promise.race(consumers.map((consumer) => consumer.until(() => consumers.reduce((sum, { events }) => sum + events.length, 0) === 40)));
    const streamsOf = consumers.map((consumer) => new Set(consumer.events.map(({ event }) => event?.streamId)));
    expect(streamsOf.map((streams) => streams.size > 0)).toEqual([true, true]);
    expect([...(streamsOf[0] ?? [])].filter((stream) => streamsOf[1]?.has(stream))).toEqual([]);
    for (const consumer of consumers) await consumer.leave();
  });
  test('pinned by correlation keeps a correlation with one consumer', async () => {
    const stream = freshName();
    const request = new persistent.CreateReq();
    const options = new persistent.CreateReq.Options();
    const wanted = new persistent.CreateReq.Settings();
    wanted.setConsumerStrategy('PinnedByCorrelation');
    wanted.setReadBatchSize(20);
    wanted.setHistoryBufferSize(500);
    wanted.setLiveBufferSize(500);
    wanted.setMaxRetryCount(10);
    wanted.setMessageTimeoutMs(30_000);
    options.setStreamIdentifier(identifier(stream));
    options.setGroupName('g');
    options.setSettings(wanted);
    request.setOptions(options);
    const { persistent: stubs, client, other } = server();
    await unaryCall(stubs.create.bind(stubs), request);
    const consumers = [await consume(client, stream, { bufferSize: 60 }), await consume(other, stream, { bufferSize: 60 })];
    const correlated = (n: number) => ({ ...made('Step'), metadata: { $correlationId: `correlation ${n % 20}` } });
    await client.appendToStream(
      stream,
      Array.from({ length: 60 }, (_, n) => correlated(n)),
    );
    await Promise.race(consumers.map((consumer) => consumer.until(() => consumers.reduce((sum, { events }) => sum + events.length, 0) === 60)));
    const of = consumers.map((consumer) => new Set(consumer.events.map(({ event }) => JSON.stringify(event?.metadata))));
    expect(of.map((set) => set.size > 0)).toEqual([true, true]);
    expect([...(of[0] ?? [])].filter((id) => of[1]?.has(id))).toEqual([]);
    for (const consumer of consumers) await consumer.leave();
  });
});

describe('§11 checkpoints, update, restart, delete', () => {
  const eager = { checkPointLowerBound: 1, checkPointUpperBound: 2, checkPointAfter: 1 };
  const checkpointed = async (changes = {}) => {
    const stream = await grouped(server().client, 6, { ...eager, ...changes });
    const consumer = await consume(server().client, stream, { bufferSize: 4 });
    await consumer.ack(...(await consumer.count(4)).slice(0, 4));
    await infoWhere(stream, ({ stats }) => (stats as { lastCheckpointedEventRevision?: bigint }).lastCheckpointedEventRevision === 3n);
    return { stream, consumer };
  };
  test('a checkpoint is an event with the revision as JSON text, two are kept', async () => {
    const { stream, consumer } = await checkpointed();
    const [last] = await gather(
      server().client.readStream(`$persistentsubscription-${stream}::g-checkpoint`, { direction: 'backwards', fromRevision: 'end', maxCount: 1 }),
    );
    expect([last?.event?.type, last?.event?.data]).toEqual(['SubscriptionCheckpoint', '3']);
    expect((await server().client.getStreamMetadata(`$persistentsubscription-${stream}::g-checkpoint`)).metadata).toEqual({ maxCount: 2 });
    await consumer.leave();
  });
  test('stands below the lowest message that is not answered', async () => {
    const stream = await grouped(server().client, 6, eager);
    const consumer = await consume(server().client, stream, { bufferSize: 6 });
    const events = await consumer.count(6);
    await consumer.ack(...(events.filter((_, n) => n !== 3) as never[]));
    await infoWhere(stream, ({ stats }) => (stats as { lastCheckpointedEventRevision?: bigint }).lastCheckpointedEventRevision === 2n);
    await consumer.leave();
  });
  test('an update drops consumers, changes settings and resumes from the checkpoint', async () => {
    const { stream, consumer } = await checkpointed();
    await server().client.updatePersistentSubscriptionToStream(stream, 'g', settings({ startFrom: 'start', maxRetryCount: 3, ...eager }));
    expect(await consumer.error).toMatchObject({ type: 'persistent-subscription-dropped' });
    expect((await info(stream)).settings).toMatchObject({ maxRetryCount: 3 });
    const next = await consume(server().client, stream);
    await next.count(2);
    expect(next.seen()).toEqual(['4/0', '5/0']);
    await next.leave();
  });
  test('an update without a checkpoint starts where it says', async () => {
    const stream = await grouped(server().client, 4);
    await server().client.updatePersistentSubscriptionToStream(stream, 'g', settings({ startFrom: 2n }));
    const consumer = await consume(server().client, stream);
    await consumer.count(2);
    expect(consumer.seen()).toEqual(['2/0', '3/0']);
    await consumer.leave();
  });
  test('an update of what is not there: not found', async () => {
    expect(await refusal(server().client.updatePersistentSubscriptionToStream(freshName(), 'g', settings()))).toMatchObject({
      type: 'persistent-subscription-does-not-exist',
    });
  });
  test('a restart of the subsystem drops consumers and redelivers what follows the checkpoint', async () => {
    const { stream, consumer } = await checkpointed();
    await server().client.restartPersistentSubscriptionSubsystem();
    expect(await consumer.error).toMatchObject({ type: 'persistent-subscription-dropped' });
    const next = await consume(server().client, stream);
    await next.count(2);
    expect(next.seen()).toEqual(['4/0', '5/0']);
    await next.leave();
  });
  test('a deleted group is gone with its streams; a new one of its name starts anew', async () => {
    const { stream, consumer } = await checkpointed();
    await server().client.deletePersistentSubscriptionToStream(stream, 'g');
    await consumer.error;
    expect(await refusal(info(stream))).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
    expect(await refusal(revisions(`$persistentsubscription-${stream}::g-checkpoint`))).toMatchObject({ type: 'stream-not-found' });
    await server().client.createPersistentSubscriptionToStream(stream, 'g', settings({ startFrom: 'start' }));
    const next = await consume(server().client, stream);
    await next.count(6);
    expect(next.seen()[0]).toBe('0/0');
    await next.leave();
  });
  test.each(['delete', 'subscribe'] as const)('%s of what is not there: not found', async (act) => {
    const { client } = server();
    const error =
      act === 'delete'
        ? await refusal(client.deletePersistentSubscriptionToStream(freshName(), 'g'))
        : await follow(client.subscribeToPersistentSubscriptionToStream(freshName(), 'g')).error;
    expect(error).toMatchObject({ type: 'persistent-subscription-does-not-exist' });
  });
});

describe('§11 info and list', () => {
  test('settings are echoed field by field', async () => {
    const wanted = settings({
      startFrom: 5n,
      resolveLinkTos: true,
      extraStatistics: true,
      messageTimeout: 1234,
      maxRetryCount: 7,
      checkPointAfter: 4321,
      checkPointLowerBound: 3,
      checkPointUpperBound: 33,
      maxSubscriberCount: 4,
      liveBufferSize: 77,
      readBatchSize: 11,
      historyBufferSize: 88,
      consumerStrategyName: 'Pinned',
    });
    const stream = freshName();
    await server().client.createPersistentSubscriptionToStream(stream, 'g', wanted);
    expect((await info(stream)).settings).toEqual(wanted);
  });
  test.each([{ startFrom: 'start' }, { startFrom: 'end' }] as const)('start from $startFrom is echoed', async ({ startFrom }) => {
    expect((await info(await grouped(server().client, 0, { startFrom }))).settings.startFrom).toBe(startFrom);
  });
  test('a group without anything to do is Live', async () => {
    const stream = await grouped(server().client, 0);
    expect((await infoWhere(stream, ({ status }) => status === 'Live')).connections).toEqual([]);
  });
  test('connections say who they are and how they do', async () => {
    const { persistent: stubs } = server();
    const stream = await grouped(server().client, 3, { extraStatistics: true });
    const request = new persistent.ReadReq();
    const options = new persistent.ReadReq.Options();
    options.setStreamIdentifier(identifier(stream));
    options.setGroupName('g');
    options.setBufferSize(5);
    request.setOptions(options);
    const metadata = basic('admin', 'changeit');
    metadata.set('connection-name', 'the-name-of-it');
    const call = stubs.read(metadata);
    call.on('error', () => undefined);
    call.write(request);
    await new Promise((resolve) => call.once('data', resolve));
    const found = await infoWhere(stream, ({ stats }) => stats.totalInFlightMessages === 3);
    expect(found.connections[0]).toMatchObject({ username: 'admin', connectionName: 'the-name-of-it', availableSlots: 2, inFlightMessages: 3, totalItems: 3n });
    expect(found.connections[0]?.extraStatistics).toBeUndefined();
    call.cancel();
  });
  test('extra statistics appear after the first ack, under their names', async () => {
    const stream = await grouped(server().client, 3, { extraStatistics: true });
    const consumer = await consume(server().client, stream);
    await consumer.ack(...(await consumer.count(3)));
    const found = await infoWhere(stream, ({ connections }) => connections[0]?.extraStatistics !== undefined);
    const keys = [
      'mean',
      'median',
      'fastest',
      'quintile 1',
      'quintile 2',
      'quintile 3',
      'quintile 4',
      'quintile 5',
      '90%',
      '95%',
      '99%',
      '99.5%',
      '99.9%',
      'highest',
    ];
    expect([...(found.connections[0]?.extraStatistics?.keys() ?? [])]).toEqual(expect.arrayContaining(keys));
    await consumer.leave();
  });
  test('list of a stream: its groups', async () => {
    const stream = await grouped(server().client, 0);
    await server().client.createPersistentSubscriptionToStream(stream, 'h', settings());
    expect((await server().client.listPersistentSubscriptionsToStream(stream)).map(({ groupName }) => groupName).sort()).toEqual(['g', 'h']);
  });
  test('list of a stream that never had one: not found with an empty group name', async () => {
    const stream = freshName();
    const error = await refusal(server().client.listPersistentSubscriptionsToStream(stream));
    expect(error).toMatchObject({ type: 'persistent-subscription-does-not-exist', streamName: stream, groupName: '' });
    expect(error.message).toContain(`Subscription group  on stream ${stream} does not exist.`);
  });
  test('list of a stream whose last group was deleted: empty', async () => {
    const stream = await grouped(server().client, 0);
    await server().client.deletePersistentSubscriptionToStream(stream, 'g');
    expect(await server().client.listPersistentSubscriptionsToStream(stream)).toEqual([]);
  });
  test('list of all contains every group', async () => {
    const stream = await grouped(server().client, 0);
    expect((await server().client.listAllPersistentSubscriptions()).some(({ eventSource }) => eventSource === stream)).toBe(true);
  });
  test('info of what is not there: not found, by the generated stub too', async () => {
    const { persistent: stubs } = server();
    const request = new persistent.GetInfoReq();
    const options = new persistent.GetInfoReq.Options();
    options.setStreamIdentifier(identifier(freshName()));
    options.setGroupName('g');
    request.setOptions(options);
    expect((await refusal(unaryCall<typeof request, GetInfoResp>(stubs.getInfo.bind(stubs), request))).code).toBe(5);
  });
});

describe('§11 groups on $all', () => {
  const delivered = async (group: string, count: number, choose: (event: AllStreamResolvedEvent) => boolean = () => true) => {
    const subscription = server().client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: 500 });
    const followed = follow(subscription);
    const own = () => followed.events.filter(choose);
    await followed.until(() => own().length >= count);
    return { own: own(), stop: () => subscription.unsubscribe() };
  };
  test('with a filter get what matches', async () => {
    const [group, stream] = [randomUUID(), freshName()];
    await server().client.appendToStream(stream, [made('Aa'), made('Bb'), made('Aa')]);
    await server().client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: 'start' }), { filter: streamNameFilter({ prefixes: [stream] }) });
    const { own, stop } = await delivered(group, 3);
    expect(own.map(({ event }) => event?.type)).toEqual(['Aa', 'Bb', 'Aa']);
    await stop();
  });
  test('by event type, live', async () => {
    const [group, type] = [randomUUID(), `Type${randomUUID()}`];
    await server().client.createPersistentSubscriptionToAll(group, allSettings(), { filter: eventTypeFilter({ prefixes: [type] }) });
    const waiting = delivered(group, 2);
    await server().client.appendToStream(freshName(), [made(type), made('Other'), made(type)]);
    const { own, stop } = await waiting;
    expect(own).toHaveLength(2);
    await stop();
  });
  test('from the end see their own configuration first', async () => {
    const group = randomUUID();
    await server().client.createPersistentSubscriptionToAll(group, allSettings());
    const { own, stop } = await delivered(group, 1);
    expect(own[0]?.event?.type).toBe('$PersistentConfig');
    await stop();
  });
  test('from a position, inclusive', async () => {
    const [group, stream] = [randomUUID(), freshName()];
    await append(stream, 3);
    const [, second] = await gather(server().client.readStream(stream));
    await server().client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: second?.event?.position ?? 'start' }));
    const { own, stop } = await delivered(group, 2, ({ event }) => event?.streamId === stream);
    expect(own.map(({ event }) => event?.revision)).toEqual([1n, 2n]);
    await stop();
  });
  test('a position beyond the end fails', async () => {
    const error = await refusal(
      server().client.createPersistentSubscriptionToAll(randomUUID(), allSettings({ startFrom: { commit: 10n ** 14n, prepare: 10n ** 14n } })),
    );
    expect(error).toMatchObject({ type: 'persistent-subscription-failed' });
    expect(error.message).toContain(
      'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.',
    );
  });
  test.each([{ startFrom: 'start' }, { startFrom: 'end' }] as const)('echo that they start from $startFrom', async ({ startFrom }) => {
    const group = randomUUID();
    await server().client.createPersistentSubscriptionToAll(group, allSettings({ startFrom }));
    const found = await server().client.getPersistentSubscriptionToAllInfo(group);
    expect([found.eventSource, found.settings.startFrom]).toEqual(['$all', startFrom]);
  });
  test('an update keeps the filter', async () => {
    const [group, stream] = [randomUUID(), freshName()];
    await server().client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: 'start' }), { filter: streamNameFilter({ prefixes: [stream] }) });
    await server().client.updatePersistentSubscriptionToAll(group, allSettings({ startFrom: 'start', maxRetryCount: 2 }));
    await append(freshName(), 2);
    await append(stream, 2);
    const { own, stop } = await delivered(group, 2);
    expect(own.map(({ event }) => event?.streamId)).toEqual([stream, stream]);
    await stop();
  });
  test('park and replay', async () => {
    const [group, stream] = [randomUUID(), freshName()];
    await server().client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: 'start' }), { filter: streamNameFilter({ prefixes: [stream] }) });
    await append(stream, 1);
    const subscription = server().client.subscribeToPersistentSubscriptionToAll(group);
    const followed = follow(subscription);
    await subscription.nack('park', 'no', ...((await followed.count(1)) as never[]));
    while ((await server().client.getPersistentSubscriptionToAllInfo(group)).stats.parkedMessageCount === 0n);
    await server().client.replayParkedMessagesToAll(group);
    expect((await followed.count(2))[1]?.event?.streamId).toBe(stream);
    await subscription.unsubscribe();
  });
  test('what they write about themselves is hidden from $all', async () => {
    const read = await gather(server().client.readAll());
    expect(read.filter(({ event }) => event?.streamId.startsWith('$persistentsubscription-$all::'))).toEqual([]);
  });
  test('are listed, deleted and gone', async () => {
    const group = randomUUID();
    await server().client.createPersistentSubscriptionToAll(group, allSettings());
    expect((await server().client.listPersistentSubscriptionsToAll()).map(({ groupName }) => groupName)).toContain(group);
    await server().client.deletePersistentSubscriptionToAll(group);
    expect(await refusal(server().client.getPersistentSubscriptionToAllInfo(group))).toMatchObject({
      type: 'persistent-subscription-does-not-exist',
      streamName: '$all',
    });
  });
});

test('§11 competing consumers process everything at least once while consumers come and go', async () => {
  const stream = await grouped(server().client, 200);
  const done = new Set<number>();
  const visit = async (n: number): Promise<void> => {
    const subscription = (n % 2 === 0 ? server().client : server().other).subscribeToPersistentSubscriptionToStream(stream, 'g', { bufferSize: 7 });
    let seen = 0;
    await new Promise<void>((resolve) => {
      visits.add(resolve);
      subscription.on('data', (message) => {
        seen += 1;
        if (seen % 5 === 0) void subscription.nack('retry', 'later', message);
        else {
          done.add(Number(message.event?.revision));
          void subscription.ack(message);
        }
        if (done.size === 200) for (const end of visits) end();
        if (seen === 30) resolve();
      });
    });
    await subscription.unsubscribe();
  };
  const visits = new Set<() => void>();
  const work = async (first: number): Promise<void> => {
    for (let n = first; done.size < 200; n += 2) await visit(n);
  };
  await Promise.all([work(0), work(1)]);
  expect(done.size).toBe(200);
});
