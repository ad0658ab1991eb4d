import { type Aggregate, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing, reached } from '../kernel/presence.ts';
import { expanded, holdsAll } from '../role/permissions.ts';
import { apiClientCommands } from './commands.ts';
import { apiClientEvents } from './events.ts';

type Secret = { readonly hash: string /** `null`: until it is replaced. */; readonly endsAt: string | null };
type Present = {
  readonly situation: 'active' | 'revoked';
  readonly name: string;
  readonly clientKind: string;
  readonly customerId: string | null;
  readonly subject: string;
  /** Single permissions, sorted. */
  readonly scopes: readonly string[];
  /** The newest first, and the one it replaced. */
  readonly secrets: readonly Secret[];
};
export type ApiClient = { readonly situation: 'absent' } | Present;
export type PresentApiClient = Frozen<Present>;

/** An API client as other aggregates' guards see it. */
export const apiClientFact = fact<ApiClient>('apiClient');
const event = emit(apiClientEvents);
const initial: ApiClient = { situation: 'absent' };
const graceHoursDefault = 24;
const hourMs = 3_600_000;

/** The `sub` of a machine's token where this installation issues it. */
export const ownSubject = (id: string): string => `${id}@clients`;
const singles = (scopes: readonly string[]): readonly string[] => [...new Set(scopes.flatMap(expanded))].sort();

const present = reached<Frozen<ApiClient>>('an API client');
const active = (state: Frozen<ApiClient>) => (present(state).situation === 'revoked' ? reject('revoked', 'The API client is revoked.') : undefined);

const decide: Aggregate<'apiClient', ApiClient, typeof apiClientCommands, typeof apiClientEvents>['decide'] = {
  RegisterApiClient: (state, command, context) => {
    const { name, clientKind, scopes } = command;
    const customerId = context.tenant ?? command.customerId ?? null;
    const subject = command.subject ?? ownSubject(context.id);
    if (state.situation !== 'absent') {
      const isSame =
        canonicalJson([state.name, state.clientKind, state.customerId, state.subject, state.scopes]) ===
        canonicalJson([name, clientKind, customerId, subject, singles(scopes)]);
      return isSame ? [] : reject('alreadyRegistered', 'This API client is registered.');
    }
    const registered = event('ApiClientRegistered', { name, clientKind, subject, scopes, ...(customerId === null ? {} : { customerId }) });
    const { secretHash } = command;
    return (
      holdsAll(context, scopes) ??
      (secretHash === undefined ? [registered] : [registered, event('ApiClientSecretRotated', { secretHash, previousEndsAt: context.now })])
    );
  },
  RotateSecret: (state, { secretHash, graceHours = graceHoursDefault }, { now }) => {
    const { secrets } = present(state);
    const previousEndsAt = new Date(Date.parse(now) + graceHours * hourMs).toISOString();
    return active(state) ?? (secrets[0]?.hash === secretHash ? [] : [event('ApiClientSecretRotated', { secretHash, previousEndsAt })]);
  },
  LimitScopes: (state, { scopes }, context) => {
    const before = present(state).scopes;
    const added = singles(scopes).filter((scope) => !before.includes(scope));
    return (
      active(state) ??
      holdsAll(context, added) ??
      (canonicalJson(singles(scopes)) === canonicalJson(before) ? [] : [event('ApiClientScopesLimited', { scopes })])
    );
  },
  RevokeApiClient: (state, command) => (present(state).situation === 'revoked' ? [] : [event('ApiClientRevoked', command)]),
};

const changed = changing<Frozen<ApiClient>>();

const evolve: Evolve<ApiClient, typeof apiClientEvents> = {
  ApiClientRegistered: (_state, { name, clientKind, customerId, subject, scopes }) => ({
    situation: 'active',
    name,
    clientKind,
    customerId: customerId ?? null,
    subject,
    scopes: singles(scopes),
    secrets: [],
  }),
  ApiClientSecretRotated: changed(({ secrets }, { secretHash, previousEndsAt }) => ({
    secrets: [{ hash: secretHash, endsAt: null }, ...secrets.slice(0, 1).map(({ hash }) => ({ hash, endsAt: previousEndsAt }))],
  })),
  ApiClientScopesLimited: changed((_state, { scopes }) => ({ scopes: singles(scopes) })),
  ApiClientRevoked: changed(() => ({ situation: 'revoked', secrets: [] })),
};

/** The hashes that are accepted at `now` (ISO 8601 UTC). */
export const validSecretHashes = (client: Frozen<ApiClient> | undefined, now: string): readonly string[] =>
  client === undefined || client.situation !== 'active' ? [] : client.secrets.filter(({ endsAt }) => endsAt === null || now < endsAt).map(({ hash }) => hash);

/** A machine's identity: a telematics vendor, an integrator, a device. */
export const apiClient: Aggregate<'apiClient', ApiClient, typeof apiClientCommands, typeof apiClientEvents> = {
  category: 'apiClient',
  docs: 'A machine’s identity: a telematics vendor, an integrator, a device.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: apiClientEvents,
  commands: apiClientCommands,
  initial,
  decide,
  evolve,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  claims: (state) => (state.situation === 'active' ? [{ kind: 'identity', scope: 'company', value: state.subject }] : []),
  exists: ({ situation }) => situation !== 'absent',
};
