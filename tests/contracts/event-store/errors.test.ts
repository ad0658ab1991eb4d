import { randomUUID } from 'node:crypto';
import { type EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import { credentials, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { basic, follow, freshName, gather, made, refusal, several, trailer, useServer } from './harness.ts';
import { type ReadShape, rawAppend, rawBatch, rawEvent, rawRead } from './raw-requests.ts';

const server = useServer();
const settings = persistentSubscriptionToStreamSettingsFromDefaults;

describe('§5 row: stream tombstoned', () => {
  const reach: Readonly<Record<string, (client: EventStoreDBClient, stream: string) => Promise<unknown>>> = {
    'read forwards': (client, stream) => gather(client.readStream(stream)),
    'read backwards': (client, stream) => gather(client.readStream(stream, { direction: 'backwards', fromRevision: 'end' })),
    'classic append': (client, stream) => client.appendToStream(stream, several(1), { credentials: { username: 'admin', password: 'changeit' } }),
    delete: (client, stream) => client.deleteStream(stream),
    tombstone: (client, stream) => client.tombstoneStream(stream),
    subscribe: async (client, stream) => Promise.reject(await follow(client.subscribeToStream(stream)).error),
  };
  test.each(Object.keys(reach))('%s: FAILED_PRECONDITION with stream-deleted and the name', async (way) => {
    const { client } = server();
    const stream = freshName();
    await client.appendToStream(stream, several(2));
    await client.tombstoneStream(stream);
    const error = await refusal(reach[way]?.(client, stream) ?? Promise.resolve());
    expect(error).toMatchObject({ type: 'stream-deleted', code: status.FAILED_PRECONDITION, streamName: stream });
    expect(error.message).toContain(`Event stream '${stream}' is deleted.`);
    expect(trailer(error, 'exception')).toBe('stream-deleted');
  });
});

test('§5 row: wrong version in Delete and Tombstone: FAILED_PRECONDITION, numbers in trailers', async () => {
  const { client } = server();
  const stream = freshName();
  await client.appendToStream(stream, several(3));
  for (const act of [client.deleteStream(stream, { expectedRevision: 9n }), client.tombstoneStream(stream, { expectedRevision: 9n })]) {
    const error = await refusal(act);
    expect(error.message).toContain(`Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: 9, Actual version: 2`);
    expect(error.code).toBe(status.FAILED_PRECONDITION);
    expect(['exception', 'stream-name', 'expected-version', 'actual-version'].map((key) => trailer(error, key))).toEqual([
      'wrong-expected-version',
      stream,
      '9',
      '2',
    ]);
  }
});

test('§5 row: wrong version in classic Append: status OK, told in the body', async () => {
  const response = await rawAppend(server(), freshName(), [rawEvent], { expected: '4' });
  expect(response.hasWrongExpectedVersion()).toBe(true);
  const body = response.getWrongExpectedVersion();
  expect([body?.hasCurrentNoStream(), body?.getExpectedRevision()]).toEqual([true, '4']);
});

test('§5 row: stream absent on read: status OK, a single stream_not_found, then the end', async () => {
  const stream = freshName();
  const messages = await rawRead(server(), { stream: { name: stream, from: 'start' }, count: '10' });
  expect(messages.map((message) => message.hasStreamNotFound())).toEqual([true]);
  expect(Buffer.from(messages[0]?.getStreamNotFound()?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
});

test('§5 row: stream soft-deleted on read: stream_not_found as well', async () => {
  const { client } = server();
  const stream = freshName();
  await client.appendToStream(stream, several(1));
  await client.deleteStream(stream);
  expect(await refusal(gather(client.readStream(stream)))).toMatchObject({ type: 'stream-not-found', streamName: stream });
});

describe('§5 row: append too big', () => {
  const big = { ...rawEvent, data: new Uint8Array(1024 * 1024 + 1) };
  test('classic: INVALID_ARGUMENT with the limit in a trailer', async () => {
    const error = await refusal(rawAppend(server(), freshName(), [big]));
    expect(error.message).toContain('Maximum Append Size of 1048576 Exceeded.');
    expect([error.code, trailer(error, 'exception'), trailer(error, 'maximum-append-size')]).toEqual([3, 'maximum-append-size-exceeded', '1048576']);
  });
  test('batch: MaximumAppendSizeExceeded in the response', async () => {
    const error = await refusal(
      server().client.appendToStream(freshName(), [{ ...made('Big'), contentType: 'application/octet-stream', data: big.data } as never]),
    );
    expect(error).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
  });
});

describe('§5 row: event lacks type or content-type', () => {
  test.each([
    { lacks: 'type', event: { contentType: 'application/json' } },
    { lacks: 'content-type', event: { type: 'Some' } },
  ])('$lacks: INVALID_ARGUMENT naming the required properties', async ({ lacks, event }) => {
    const error = await refusal(rawAppend(server(), freshName(), [event]));
    expect(error.message).toContain(`Required Metadata Property '${lacks}' is missing`);
    expect([error.code, trailer(error, 'exception')]).toEqual([3, 'missing-required-metadata-property']);
    expect(trailer(error, 'required-metadata-properties')).toBe('type,content-type');
  });
});

test.each(['admin:wrong', 'nobody:changeit', 'admin:'])('§5 row: bad credentials (%s): UNAUTHENTICATED', async (pair) => {
  const [user = '', password = ''] = pair.split(':');
  const error = await refusal(rawRead(server(), { all: 'start', count: '1' }, basic(user, password)));
  expect([error.code, trailer(error, 'exception')]).toEqual([status.UNAUTHENTICATED, undefined]);
});

test('§5 row: good credentials are accepted', async () => {
  expect(await rawRead(server(), { all: 'start', count: '1' }, basic('admin', 'changeit'))).toHaveLength(1);
  expect(await rawRead(server(), { all: 'start', count: '1' }, basic('ops', 'changeit'))).toHaveLength(1);
});

test('§5 row: authenticated, no right: PERMISSION_DENIED with access-denied ($all takes no appends)', async () => {
  const error = await refusal(rawAppend(server(), '$all', [rawEvent]));
  expect([error.code, trailer(error, 'exception')]).toEqual([status.PERMISSION_DENIED, 'access-denied']);
  expect(await refusal(server().client.appendToStream('$all', several(1)))).toMatchObject({ type: 'access-denied' });
});

test('§5 row: write timeout in a batch: Timeout, which the client calls a deadline', async () => {
  const correlation = randomUUID();
  const [response] = await rawBatch(server(), [{ correlation, stream: freshName(), deadlineMs: Date.now() - 1000, events: [rawEvent], isFinal: true }]);
  expect([response?.getError()?.getCode(), response?.getError()?.getMessage()]).toEqual([4, 'Timeout']);
});

describe('§5 row: bad oneof or combination: INVALID_ARGUMENT', () => {
  const stream = { name: 'some', from: 'start' };
  const filter = { on: 'type', prefixes: ['a'] } as const;
  const shapes: Readonly<Record<string, ReadShape>> = {
    'no stream and no $all': { count: '1' },
    'neither count nor subscription': { stream },
    'neither filter nor no filter': { all: 'start', count: '1', noFilter: false },
    'a stream with a filter': { stream, count: '1', filter },
    'a subscription to a stream with a filter': { stream, subscribe: true, filter },
    'a subscription backwards': { stream, subscribe: true, backwards: true },
    'a subscription to $all backwards': { all: 'end', subscribe: true, backwards: true },
    'a filter with a checkpoint interval of 0': { all: 'start', subscribe: true, filter: { ...filter, multiplier: 0 } },
  };
  test.each(Object.keys(shapes))('%s', async (name) => {
    const error = await refusal(rawRead(server(), shapes[name] ?? {}));
    expect([error.code, trailer(error, 'exception')]).toEqual([status.INVALID_ARGUMENT, undefined]);
  });
  test('an append without options', async () => {
    expect((await refusal(rawAppend(server(), freshName(), [rawEvent], { options: false }))).code).toBe(status.INVALID_ARGUMENT);
  });
});

test('§5 row: internal read failure (a stream forwards from its end): UNKNOWN', async () => {
  const { client } = server();
  const stream = freshName();
  await client.appendToStream(stream, several(1));
  const error = await refusal(rawRead(server(), { stream: { name: stream, from: 'end' }, count: '1' }));
  expect([error.code, (error as unknown as ServiceError).details]).toEqual([status.UNKNOWN, 'Unexpected ReadStreamResult: Error']);
});

describe('§5 rows of persistent subscriptions', () => {
  const names = (error: Record<string, unknown>) => [trailer(error as never, 'stream-name'), trailer(error as never, 'group-name')];

  test('not found: NOT_FOUND', async () => {
    const stream = freshName();
    const error = await refusal(server().client.getPersistentSubscriptionToStreamInfo(stream, 'g'));
    expect(error).toMatchObject({ type: 'persistent-subscription-does-not-exist', code: status.NOT_FOUND, streamName: stream, groupName: 'g' });
    expect(error.message).toContain(`Subscription group g on stream ${stream} does not exist.`);
    expect(names(error)).toEqual([stream, 'g']);
  });

  test('exists: ALREADY_EXISTS', async () => {
    const { client } = server();
    const stream = freshName();
    await client.createPersistentSubscriptionToStream(stream, 'g', settings());
    const error = await refusal(client.createPersistentSubscriptionToStream(stream, 'g', settings()));
    expect(error).toMatchObject({ type: 'persistent-subscription-exists', code: status.ALREADY_EXISTS, streamName: stream, groupName: 'g' });
    expect(error.message).toContain(`Subscription group g on stream ${stream} exists.`);
  });

  test('failed: INTERNAL with the reason', async () => {
    const stream = freshName();
    const error = await refusal(server().client.createPersistentSubscriptionToStream(stream, 'g', settings({ readBatchSize: 20, historyBufferSize: 20 })));
    expect(error).toMatchObject({ type: 'persistent-subscription-failed', code: status.INTERNAL, streamName: stream, groupName: 'g' });
    expect(error.message).toContain(`Subscription group g on stream ${stream} failed: '${trailer(error, 'reason')}'`);
  });

  test('max subscribers: FAILED_PRECONDITION', async () => {
    const { client, other } = server();
    const stream = freshName();
    await client.createPersistentSubscriptionToStream(stream, 'g', settings({ maxSubscriberCount: 1 }));
    const first = client.subscribeToPersistentSubscriptionToStream(stream, 'g');
    await follow(first).until(() => true);
    await new Promise((resolve) => first.once('confirmation', () => resolve(undefined)));
    const error = await follow(other.subscribeToPersistentSubscriptionToStream(stream, 'g')).error;
    expect(error).toMatchObject({ type: 'maximum-subscribers-reached', code: status.FAILED_PRECONDITION, streamName: stream, groupName: 'g' });
    expect(error.message).toContain(`Maximum subscriptions reached for subscription group g on stream ${stream}.`);
    await first.unsubscribe();
  });

  test.each(['update', 'delete', 'restart'] as const)('dropped by %s: CANCELLED', async (reason) => {
    const { client, other } = server();
    const stream = freshName();
    await client.createPersistentSubscriptionToStream(stream, 'g', settings());
    const followed = follow(other.subscribeToPersistentSubscriptionToStream(stream, 'g'));
    await followed.until(() => followed.log.includes('confirmation'));
    if (reason === 'update') await client.updatePersistentSubscriptionToStream(stream, 'g', settings());
    else if (reason === 'delete') await client.deletePersistentSubscriptionToStream(stream, 'g');
    else await client.restartPersistentSubscriptionSubsystem();
    const error = await followed.error;
    expect(error).toMatchObject({ type: 'persistent-subscription-dropped', code: status.CANCELLED, streamName: stream, groupName: 'g' });
    expect(error.message).toContain(`Subscription group g on stream ${stream} was dropped.`);
  });
});

describe('§5 Unicode names travel in trailers without breaking the call', () => {
  const stream = () => `naïve-событие-${randomUUID()}`;
  test('stream-deleted', async () => {
    const { client } = server();
    const name = stream();
    await client.tombstoneStream(name);
    expect(await refusal(gather(client.readStream(name)))).toMatchObject({ type: 'stream-deleted' });
  });
  test('wrong-expected-version of a delete', async () => {
    expect(await refusal(server().client.deleteStream(stream(), { expectedRevision: 3n }))).toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 3n,
    });
  });
  test('a missing group', async () => {
    expect(await refusal(server().client.getPersistentSubscriptionToStreamInfo(stream(), 'größe'))).toMatchObject({
      type: 'persistent-subscription-does-not-exist',
    });
  });
});

test('§14 what is a cluster’s is UNIMPLEMENTED', async () => {
  const Generic = makeGenericClientConstructor({}, 'generic');
  const client = new Generic(server().address, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  const call = (path: string) =>
    new Promise((_resolve, reject) => client.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error: ServiceError | null) => reject(error)));
  const paths = [
    '/event_store.client.projections.Projections/Create',
    '/event_store.client.users.Users/Details',
    '/event_store.client.monitoring.Monitoring/Stats',
  ];
  const codes = await Promise.all(paths.map(async (path) => (await refusal(call(path))).code));
  client.close();
  if (process.env['EVENTSTORE_URL'] === undefined) expect(codes).toEqual(paths.map(() => status.UNIMPLEMENTED));
  else expect(codes).toHaveLength(paths.length);
});
