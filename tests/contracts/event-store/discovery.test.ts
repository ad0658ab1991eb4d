import { EventStoreDBClient } from '@eventstore/db-client';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials } from '@grpc/grpc-js';
import { expect, test } from '@jest/globals';
import { freshName, gather, several, useServer } from './harness.ts';

const server = useServer();

const features = async (): Promise<SupportedMethods> => {
  const client = new ServerFeaturesClient(server().address, credentials.createInsecure());
  const answer = await new Promise<SupportedMethods>((resolve, reject) =>
    client.getSupportedMethods(new shared.Empty(), (error, response) => (error === null ? resolve(response) : reject(error))),
  );
  client.close();
  return answer;
};

test('§3 the version has three numeric parts', async () => {
  expect((await features()).getEventStoreServerVersion()).toMatch(/^\d+\.\d+\.\d+/);
});

const persistent = 'event_store.client.persistent_subscriptions.persistentsubscriptions';
const streams = 'event_store.client.streams.streams';
test.each([
  ...['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list', 'restartsubsystem'].map((method) => ({
    service: persistent,
    method,
    wanted: ['stream', 'all'],
  })),
  { service: streams, method: 'read', wanted: ['position', 'events'] },
  { service: streams, method: 'batchappend', wanted: ['deadline_duration'] },
  ...['append', 'delete', 'tombstone'].map((method) => ({ service: streams, method, wanted: [] as string[] })),
])('§3 $service/$method is announced in lower case with its features', async ({ service, method, wanted }) => {
  const found = (await features()).getMethodsList().find((entry) => entry.getServiceName() === service && entry.getMethodName() === method);
  expect(found?.getFeaturesList()).toEqual(expect.arrayContaining(wanted));
});

test('§4 gossip tells one living leader and where clients dial it', async () => {
  const client = new GossipClient(server().address, credentials.createInsecure());
  const info = await new Promise<ClusterInfo>((resolve, reject) =>
    client.read(new shared.Empty(), (error, response) => (error === null ? resolve(response) : reject(error))),
  );
  client.close();
  const [member] = info.getMembersList();
  expect([member?.getState(), member?.getIsAlive()]).toEqual([8, true]);
  if (process.env['EVENTSTORE_URL'] === undefined) {
    expect(`${member?.getHttpEndPoint()?.getAddress()}:${member?.getHttpEndPoint()?.getPort()}`).toBe(server().address);
  }
  expect(member?.getInstanceId()?.getString() || member?.getInstanceId()?.getStructured()).toBeTruthy();
});

test.each(['esdb+discover', 'esdb'])('§4 %s:// finds the single node', async (scheme) => {
  const address = scheme === 'esdb' ? `${server().address},${server().address}` : server().address;
  const client = EventStoreDBClient.connectionString(`${scheme}://${address}?tls=false`);
  const stream = freshName();
  await client.appendToStream(stream, several(2));
  expect(await gather(client.readStream(stream))).toHaveLength(2);
  await client.dispose();
});

test('§2 a client that asks for the leader is served', async () => {
  const stream = freshName();
  await server().client.appendToStream(stream, several(1), { requiresLeader: true });
  expect(await gather(server().client.readStream(stream, { requiresLeader: true }))).toHaveLength(1);
});

test('§12 several connections work side by side', async () => {
  const clients = Array.from({ length: 10 }, () => EventStoreDBClient.connectionString(server().url));
  const stream = freshName();
  await Promise.all(clients.map((client) => client.appendToStream(stream, several(5))));
  const reads = await Promise.all(clients.map((client) => gather(client.readStream(stream))));
  expect(reads.map((read) => read.length)).toEqual(clients.map(() => 50));
  await Promise.all(clients.map((client) => client.dispose()));
});

test('§12 large events travel whole, both ways', async () => {
  const { binaryEvent } = await import('@eventstore/db-client');
  const stream = freshName();
  const data = Buffer.alloc(1024 * 1024, 7);
  await server().client.appendToStream(stream, [binaryEvent({ type: 'Large', data })]);
  const [read] = await gather(server().client.readStream(stream));
  expect(Buffer.from(read?.event?.data as Uint8Array).equals(data)).toBe(true);
});

test('§12 a call that is cancelled does not disturb its neighbours', async () => {
  const stream = freshName();
  await server().client.appendToStream(stream, several(500));
  const steady = server().client.subscribeToStream(stream);
  let seen = 0;
  for await (const _event of steady) {
    seen += 1;
    if (seen % 100 === 0) for await (const _other of server().client.readStream(stream)) break;
    if (seen === 500) break;
  }
  expect(seen).toBe(500);
});
