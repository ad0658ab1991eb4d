/** What the servers of the benchmarks share: a model of one aggregate, a caller, tokens, and the HTTP interface's parts around a log. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { eventIndexQuery } from '../../projections/event-index/queries.ts';
import type { Caller } from '../../src/application/caller.ts';
import { Claims } from '../../src/application/claims.ts';
import { CommandHandler } from '../../src/application/handle-command.ts';
import { Numbering } from '../../src/application/numbering.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { ReferenceCheck } from '../../src/application/reference-check.ts';
import { States } from '../../src/application/states.ts';
import { type Aggregate, defineCommands, defineEvents, emit, erase, reject } from '../../src/domain/kernel/aggregate.ts';
import { uuidv7 } from '../../src/domain/kernel/ids.ts';
import { fields, text, uuid } from '../../src/domain/kernel/schema.ts';
import { authenticator } from '../../src/infrastructure/identity/authenticator.ts';
import { DevelopmentIssuer } from '../../src/infrastructure/identity/development-issuer.ts';
import { KeySet } from '../../src/infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../src/infrastructure/identity/token-verifier.ts';
import { createLogger } from '../../src/infrastructure/observability/logger.ts';
import { Metrics } from '../../src/infrastructure/observability/metrics.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { defaultLimits, type HttpParts } from '../../src/interfaces/http/parts.ts';
import { listenOn } from '../../tests/kit/listening.ts';

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
export const model = [erase(gauge)];
export const tenant = '11111111-1111-4111-8111-111111111111';
export const caller: Caller = {
  actor: { kind: 'user', id: '22222222-2222-4222-8222-222222222222' },
  tenant,
  accounts: 'all',
  permissions: new Set(['gauge:create', 'gauge:edit', eventIndexQuery.permission]),
};

const unused = (): never => {
  throw new Error('the benchmarks ask no queries');
};
/** The port of a server on loopback. */
export const listening = async (handler: RequestListener): Promise<number> => {
  return (await listenOn(createServer(handler))).port;
};

const nowMs = (): number => Date.now();
const issuer = new DevelopmentIssuer(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, { issuer: 'urn:bench', audience: 'bench' });
const verifier = new TokenVerifier({ issuer: 'urn:bench', audience: 'bench', nowMs, keys: new KeySet({ fetchKeys: async () => issuer.keys(), nowMs }) });
export const token = issuer.issue('bench', { nowMs: nowMs() }).access_token;

/** As in the product, but that everybody is the one caller. */
export const partsAround = (log: EventLog, reader: HttpParts['reader'], who: Caller = caller): HttpParts => {
  const states = new States(log, model);
  return {
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
    reader,
    authenticate: authenticator(verifier, { resolve: () => who }),
    profiles: { profileOf: () => ({ version: '', name: null, accounts: [] }) },
    validation: new Validator(),
    clock: () => new Date().toISOString(),
    newId: () => uuidv7(nowMs(), randomBytes(10)),
    secret: randomBytes(32),
    // With the counting that every request pays, and limits that this load does not reach.
    limits: { ...defaultLimits, perCallerAMinute: 1e9, perTenantAMinute: 1e9, streamsPerCaller: 1e9 },
    // Lines are made and thrown away: what they cost is part of the way, where they go is not.
    logger: createLogger('info', { write: () => undefined }),
    metrics: new Metrics(),
    health: async () => ({ ready: true, parts: {} }),
    version: 'bench',
  };
};
