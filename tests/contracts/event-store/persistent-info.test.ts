import { randomUUID } from 'node:crypto';
import {
  type AllStreamResolvedEvent,
  eventTypeFilter,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  streamNameFilter,
} from '@eventstore/db-client';
import type { GetInfoResp } from '@eventstore/db-client/generated/persistent_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { describe, expect, test } from '@jest/globals';
import { basic, follow, freshName, gather, made, refusal, unaryCall, useServer } from './harness.ts';
import { consume, grouped, groupsOn } from './persistent-kit.ts';
import { identifier } from './raw-requests.ts';

const server = useServer();
const settings = persistentSubscriptionToStreamSettingsFromDefaults;
const allSettings = persistentSubscriptionToAllSettingsFromDefaults;
const { append, info, infoWhere } = groupsOn(server);

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
