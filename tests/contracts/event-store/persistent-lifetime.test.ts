import { randomUUID } from 'node:crypto';
import { persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { describe, expect, test } from '@jest/globals';
import { follow, freshName, gather, made, refusal, unaryCall, useServer } from './harness.ts';
import { consume, grouped, groupsOn } from './persistent-kit.ts';
import { identifier } from './raw-requests.ts';

const server = useServer();
const settings = persistentSubscriptionToStreamSettingsFromDefaults;
const { append, info, infoWhere } = groupsOn(server);
const revisions = (stream: string) => gather(server().client.readStream(stream)).then((read) => read.map(({ event }) => Number(event?.revision)));

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
