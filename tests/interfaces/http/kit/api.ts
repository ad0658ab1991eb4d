/** The HTTP interface as it runs in the product, on a log and queries in memory: real tokens, real command handling, a real socket. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { Caller } from '../../../../src/application/caller.ts';
import { Claims } from '../../../../src/application/claims.ts';
import { CommandHandler } from '../../../../src/application/handle-command.ts';
import { LogReader } from '../../../../src/application/log-reader.ts';
import { Numbering } from '../../../../src/application/numbering.ts';
import { ReferenceCheck } from '../../../../src/application/reference-check.ts';
import { States } from '../../../../src/application/states.ts';
import type { AnyAggregate } from '../../../../src/domain/kernel/aggregate.ts';
import { uuidv7 } from '../../../../src/domain/kernel/ids.ts';
import { authenticator } from '../../../../src/infrastructure/identity/authenticator.ts';
import { DevelopmentIssuer } from '../../../../src/infrastructure/identity/development-issuer.ts';
import { KeySet } from '../../../../src/infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../../../src/infrastructure/identity/token-verifier.ts';
import { createLogger } from '../../../../src/infrastructure/observability/logger.ts';
import { Metrics } from '../../../../src/infrastructure/observability/metrics.ts';
import { Validator } from '../../../../src/infrastructure/validation/validator.ts';
import { createHttpApplication } from '../../../../src/interfaces/http/application.ts';
import { hardenServer } from '../../../../src/interfaces/http/broken-requests.ts';
import { defaultLimits, type HttpLimits, type HttpParts } from '../../../../src/interfaces/http/parts.ts';
import { listenOn } from '../../../kit/listening.ts';
import { MemoryEventLog } from '../../../kit/memory-event-log.ts';
import { boatQuery, eventIndex, memoryQueries } from './memory-queries.ts';
import { testModel } from './model.ts';

export const tenants = { north: '11111111-1111-4111-8111-111111111111', south: '22222222-2222-4222-8222-222222222222' } as const;
const all = ['boat:view', 'boat:create', 'boat:edit', 'boat:assign', 'boat:delete', 'events:view'];
const person = (n: number, tenant: string | null, permissions: readonly string[]): Caller => ({
  actor: { kind: 'user', id: `0000000${n}-0000-4000-8000-00000000000${n}` },
  tenant,
  accounts: 'all',
  permissions: new Set(permissions),
});
/** The people of the tests, by name. */
export const people = {
  north: person(1, tenants.north, all),
  south: person(2, tenants.south, all),
  staff: person(3, null, [...all, 'logbook:view', 'logbook:create', 'incident:create']),
  chief: person(4, null, [...all, 'logbook:view', 'logbook:create', 'incident:view', 'incident:create']),
  nobody: person(5, tenants.north, []),
  auditor: person(6, null, ['events:view']),
} as const;
export type PersonName = keyof typeof people;

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: Readonly<Record<string, unknown>> };
type Options = {
  readonly log?: MemoryEventLog;
  readonly limits?: Partial<HttpLimits>;
  readonly model?: readonly AnyAggregate[];
  readonly parts?: (parts: HttpParts, tools: { readonly verifier: TokenVerifier }) => HttpParts;
};

const unlimited: HttpLimits = { ...defaultLimits, perCallerAMinute: 0, perTenantAMinute: 0, perAddressAMinute: 0 };

/** A caller that can be changed while the API runs, by name. */
export const startApi = async (options: Options = {}) => {
  const log = options.log ?? new MemoryEventLog();
  const model = options.model ?? testModel;
  const states = new States(log, model);
  const issuer = new DevelopmentIssuer(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, { issuer: 'urn:test', audience: 'boats' });
  const keys = new KeySet({ fetchKeys: async () => issuer.keys(), nowMs: Date.now });
  const verifier = new TokenVerifier({ issuer: 'urn:test', audience: 'boats', keys, nowMs: Date.now });
  const directory = new Map<string, Caller | 'unknown' | 'behind'>(Object.entries(people));
  const reader = new LogReader({ log });
  reader.start();
  const logged: string[] = [];
  const { runner, search } = memoryQueries(() => log.events);
  const parts: HttpParts = {
    model,
    commands: new CommandHandler({
      log,
      states,
      claims: new Claims(log, states, randomBytes(32)),
      numbering: new Numbering(log, states),
      references: new ReferenceCheck(states, { placeOf: async () => undefined }),
    }),
    queries: [{ ...boatQuery, name: 'boat' }],
    queryRunner: runner,
    search,
    readModels: { waitFor: async (_name, position) => (position <= (log.events.at(-1)?.position ?? 0n) ? 'reached' : 'behind') },
    eventIndex,
    log,
    reader,
    authenticate: authenticator(verifier, { resolve: ({ sub }) => directory.get(sub) ?? 'unknown' }),
    profiles: { profileOf: ({ actor }) => ({ version: '1', name: actor.id, accounts: [] }) },
    validation: new Validator(),
    clock: () => new Date().toISOString(),
    newId: () => uuidv7(Date.now(), randomBytes(10)),
    secret: randomBytes(32),
    limits: { ...unlimited, ...options.limits },
    logger: createLogger('info', { write: (line) => void logged.push(line) }),
    metrics: new Metrics(),
    health: async () => ({ ready: log.failure === undefined, parts: { log: { ok: log.failure === undefined } } }),
    version: '0.0.0-test',
  };
  const server = hardenServer(createServer(createHttpApplication(options.parts?.(parts, { verifier }) ?? parts)));
  const { url } = await listenOn(server);
  const tokenOf = (name: string): string => issuer.issue(name, { nowMs: Date.now() }).access_token;

  const send = async (path: string, init: RequestInit & { readonly as?: PersonName } = {}): Promise<Answer> => {
    const { as, ...rest } = init;
    const headers = new Headers(rest.headers);
    if (as !== undefined) headers.set('Authorization', `Bearer ${tokenOf(as)}`);
    const answer = await fetch(`${url}${path}`, { ...rest, headers, redirect: 'manual' });
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('Content-Type') ?? '') && !/ndjson/.test(answer.headers.get('Content-Type') ?? '');
    return { status: answer.status, headers: answer.headers, text, json: isJson && text !== '' ? JSON.parse(text) : {} };
  };
  const post = (as: PersonName, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
    send(path, { as, method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
  const stop = async (): Promise<void> => {
    await reader.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, send, post, stop, log, states, parts, directory, tokenOf, issuer, logged, server, reader };
};
export type Api = Awaited<ReturnType<typeof startApi>>;
