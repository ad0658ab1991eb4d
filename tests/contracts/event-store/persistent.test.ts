import { randomUUID } from 'node:crypto';
import { type PersistentSubscriptionToStreamSettings, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import persistent from '@eventstore/db-client/generated/persistent_pb.js';
import { describe, expect, test } from '@jest/globals';
import { freshName, gather, made, refusal, trailer, unaryCall, useServer } from './harness.ts';
import { consume, grouped, groupsOn } from './persistent-kit.ts';
import { identifier } from './raw-requests.ts';

const server = useServer();
const settings = persistentSubscriptionToStreamSettingsFromDefaults;
const { append, info, infoWhere } = groupsOn(server);

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
