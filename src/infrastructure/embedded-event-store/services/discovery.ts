/** `ServerFeatures` and `Gossip`: what this server can do and where it is. Both answer anybody. */
import { randomUUID } from 'node:crypto';
import { booleanField, join, messageField, numberField, type Part, stringField } from '../../protocol/writer.ts';
import { type Methods, unary } from '../grpc/server.ts';

/** The version whose behaviour this is. */
export const advertisedVersion = '23.10.6';

const streams = 'event_store.client.streams.streams';
const persistent = 'event_store.client.persistent_subscriptions.persistentsubscriptions';

/** Names are lower case: clients compare them so. */
const supported: readonly { readonly service: string; readonly method: string; readonly features: readonly string[] }[] = [
  { service: streams, method: 'read', features: ['position', 'events'] },
  { service: streams, method: 'batchappend', features: ['deadline_duration'] },
  ...['append', 'delete', 'tombstone'].map((method) => ({ service: streams, method, features: [] })),
  ...['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list', 'restartsubsystem'].map((method) => ({
    service: persistent,
    method,
    features: ['stream', 'all'],
  })),
  { service: 'event_store.client.gossip.gossip', method: 'read', features: [] },
  { service: 'event_store.client.server_features.serverfeatures', method: 'getsupportedmethods', features: [] },
];

const supportedMethods = join([
  ...supported.map(({ service, method, features }) =>
    messageField(1, [stringField(1, method), stringField(2, service), ...features.map((feature) => stringField(3, feature))]),
  ),
  stringField(2, advertisedVersion),
]);

const leader = 8;
const ticksPerMs = 10_000n;
/** .NET ticks count from the year 1. */
const ticksAtUnixEpoch = 621_355_968_000_000_000n;

const clusterInfo = (address: { readonly host: string; readonly port: number }, instanceId: string): Part =>
  messageField(1, [
    messageField(1, [stringField(2, instanceId)]),
    numberField(2, BigInt(Date.now()) * ticksPerMs + ticksAtUnixEpoch),
    numberField(3, leader),
    booleanField(4, true),
    messageField(5, [stringField(1, address.host), numberField(2, address.port)]),
  ]);

/** `address` is what clients must dial, known once the server listens. */
export const discoveryServices = (address: () => { readonly host: string; readonly port: number }): Methods => {
  const instanceId = randomUUID();
  return new Map([
    ['/event_store.client.server_features.ServerFeatures/GetSupportedMethods', unary(() => supportedMethods)],
    ['/event_store.client.gossip.Gossip/Read', unary(() => clusterInfo(address(), instanceId))],
  ]);
};
