/**
 * The two servers of the benchmark in one process over one durable event store: the HTTP interface with all it does for a command, and a bare
 * Express route that only calls `appendToStream`. Started by warm-command.ts with a folder; prints its two ports.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import express from 'express';
import { eventIndexQuery } from '../../projections/event-index/queries.ts';
import type { Caller } from '../../src/application/caller.ts';
import { Claims } from '../../src/application/claims.ts';
import { CommandHandler } from '../../src/application/handle-command.ts';
import { LogReader } from '../../src/application/log-reader.ts';
import { Numbering } from '../../src/application/numbering.ts';
import { ReferenceCheck } from '../../src/application/reference-check.ts';
import { States } from '../../src/application/states.ts';
import { type Aggregate, defineCommands, defineEvents, emit, erase, reject } from '../../src/domain/kernel/aggregate.ts';
import { uuidv7 } from '../../src/domain/kernel/ids.ts';
import { fields, text, uuid } from '../../src/domain/kernel/schema.ts';
import { startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../src/infrastructure/event-store/event-store-log.ts';
import { authenticator } from '../../src/infrastructure/identity/authenticator.ts';
import { DevelopmentIssuer } from '../../src/infrastructure/identity/development-issuer.ts';
import { KeySet } from '../../src/infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../src/infrastructure/identity/token-verifier.ts';
import { createLogger } from '../../src/infrastructure/observability/logger.ts';
import { Metrics } from '../../src/infrastructure/observability/metrics.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { createHttpApplication } from '../../src/interfaces/http/application.ts';
import { defaultLimits, type HttpParts } from '../../src/interfaces/http/parts.ts';

const events = defineEvents({
  GaugeInstalled: { version: 1, docs: 'A gauge.', schema: fields({ customerId: uuid(), name: text() }) },
  GaugeRenamed: { version: 1, docs: 'Another name.', schema: fields({ name: text() }) },
});
const commands = defineCommands({
  InstallGauge: { permission: 'gauge:create', docs: 'Makes one.', creates: true, rejects: ['installed'], schema: fields({ customerId: uuid(), name: text() }) },
  RenameGauge: { permission: 'gauge:edit', docs: 'Renames it.', rejects: [], schema: fields({ name: text() }) },
});
type Gauge = { readonly customerId: string | null; readonly name: string };
const gauge: Aggregate<'gauge', Gauge, typeof commands, typeof events> = {
  category: 'gauge',
  docs: 'A gauge, for measuring the way a command takes.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events,
  commands,
  initial: { customerId: null, name: '' },
  decide: {
    InstallGauge: (state, command) => (state.customerId === null ? [emit(events)('GaugeInstalled', command)] : reject('installed', 'It is there.')),
    RenameGauge: (state, { name }) => (state.name === name ? [] : [emit(events)('GaugeRenamed', { name })]),
  },
  evolve: { GaugeInstalled: (_, data) => data, GaugeRenamed: (state, { name }) => ({ ...state, name }) },
  tenantOf: ({ customerId }) => customerId,
  exists: ({ customerId }) => customerId !== null,
};
const model = [erase(gauge)];
const tenant = '11111111-1111-4111-8111-111111111111';
const caller: Caller = {
  actor: { kind: 'user', id: '22222222-2222-4222-8222-222222222222' },
  tenant,
  accounts: 'all',
  permissions: new Set(['gauge:create', 'gauge:edit']),
};

const unused = (): never => {
  throw new Error('the benchmark asks no queries');
};
const listening = async (handler: RequestListener): Promise<number> => {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The boundary: a TCP server's address is an object.
  return (server.address() as AddressInfo).port;
};

const folder = process.argv[2];
if (folder === undefined) throw new Error('a folder for the event store is needed');
const store = await startEmbeddedEventStore({ folder });
const keys = new Map<string, Uint8Array>();
const log = new EventStoreLog(
  store.url,
  new EventCodec(model, { keyFor: async (subject) => keys.get(subject), keysOf: async () => keys, destroy: async () => undefined }),
);
const states = new States(log, model);
const nowMs = (): number => Date.now();
const issuer = new DevelopmentIssuer(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, { issuer: 'urn:bench', audience: 'bench' });
const verifier = new TokenVerifier({ issuer: 'urn:bench', audience: 'bench', nowMs, keys: new KeySet({ fetchKeys: async () => issuer.keys(), nowMs }) });
const parts: HttpParts = {
  model,
  commands: new CommandHandler({
    log,
    states,
    claims: new Claims(log, states, randomBytes(32)),
    numbering: new Numbering(log, states),
    references: new ReferenceCheck(states, { placeOf: async () => undefined }),
  }),
  queries: [],
  queryRunner: { parse: unused, page: unused, one: unused, export: unused },
  search: { searchFor: unused },
  readModels: { waitFor: async () => 'reached' },
  eventIndex: eventIndexQuery,
  log,
  reader: new LogReader({ log }),
  authenticate: authenticator(verifier, { resolve: () => caller }),
  profiles: { profileOf: () => ({ version: '', name: null, accounts: [] }) },
  validation: new Validator(),
  clock: () => new Date().toISOString(),
  newId: () => uuidv7(nowMs(), randomBytes(10)),
  secret: randomBytes(32),
  // With the counting that every request pays, and a limit that this load does not reach.
  limits: { ...defaultLimits, perCallerAMinute: 1e9, perTenantAMinute: 1e9 },
  // Lines are made and thrown away: what they cost is part of the way, where they go is not.
  logger: createLogger('info', { write: () => undefined }),
  metrics: new Metrics(),
  health: async () => ({ ready: true, parts: {} }),
  version: 'bench',
};

const bareClient = EventStoreDBClient.connectionString(store.url);
const bare = express();
bare.post('/append/:stream', async (request, response) => {
  const event = jsonEvent({ type: 'GaugeRenamed', data: { name: 'a name' }, metadata: { tenant } });
  const { nextExpectedRevision } = await bareClient.appendToStream(String(request.params['stream']), event, { expectedRevision: ANY });
  response.json({ revision: String(nextExpectedRevision) });
});

const token = issuer.issue('bench', { nowMs: nowMs() }).access_token;
console.log(JSON.stringify({ ours: await listening(createHttpApplication(parts)), bare: await listening(bare), token, tenant }));
process.on('message', async (message) => {
  if (message === 'stop') {
    await store.close();
    process.exit(0);
  }
  process.send?.(await countsOf());
});
/** Events in the log by kind of stream, for the correctness check. */
const countsOf = async (): Promise<{ readonly gauge: number }> => {
  let count = 0;
  for await (const batch of log.readAll({})) count += batch.filter(({ type }) => type === 'GaugeRenamed').length;
  return { gauge: count };
};
