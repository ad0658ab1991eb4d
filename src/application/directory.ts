/**
 * Who may do what, live on every node: a fold in memory of users, roles, administrators, API clients and account trees. It says no rather
 * than guess: while it is more than two seconds behind the log, or knows of an own append whose predecessors it has not seen, it answers
 * `behind` (TE-6).
 *
 * What a user sees: staff see all customers; an administrator of a customer sees the whole customer; any other user the accounts assigned to
 * it with all below them, and nothing that belongs to an account while none is assigned. So the visible set only grows with what is
 * assigned (TE-3).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Administrators, administratorsOf } from '../domain/administrators/decider.ts';
import { validSecretHashes } from '../domain/api-client/decider.ts';
import { externalIdOf, permissionsOfRole, type Role } from '../domain/role/decider.ts';
import { effectivePermissions } from '../domain/role/permissions.ts';
import type { PresentUser, User } from '../domain/user/state.ts';
import type { Caller } from './caller.ts';
import type { Folded } from './directory/folded.ts';
import { Freshness, type FreshnessOptions } from './directory/freshness.ts';
import { DirectoryView } from './directory/view.ts';
import { selfService } from './permissions.ts';
import { type LogBatch, type StoredEvent, StoreUnavailable } from './ports/event-log.ts';

/** `version` changes whenever the caller's permissions may have changed: the user's revision, then its roles' in the order they were given. */
export type Resolution =
  | { readonly kind: 'caller'; readonly caller: Caller; readonly userId: string; readonly version: string }
  | { readonly kind: 'caller'; readonly caller: Caller; readonly apiClientId: string; readonly version: string }
  /** Nobody of the model has this identity. */
  | { readonly kind: 'unknown' }
  /** Waits for approval, or is suspended. */
  | { readonly kind: 'inactive' }
  /** This node does not know the newest permissions. */
  | { readonly kind: 'behind' };
export type Profile = {
  readonly version: string;
  readonly name: string | null;
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
};
/** What the identity provider should have of a user. */
export type ExpectedIdentity = {
  readonly userId: string;
  readonly subject: string;
  readonly isBlocked: boolean;
  /** The provider's ids of the roles, of those it knows. */
  readonly externalRoleIds: readonly string[];
};

type Options = FreshnessOptions & {
  /** Permissions that customers' users never have, whatever their roles say (application/permissions.ts). */
  readonly companyOnly?: ReadonlySet<string>;
  readonly rememberedMax?: number;
};
type Known = {
  readonly user: Folded<User>;
  readonly roles: readonly (Folded<Role> | undefined)[];
  readonly administrators: Folded<Administrators> | undefined;
  readonly treeVersion: number;
};
type Remembered = { readonly known: Known; readonly resolution: Resolution };

const waitMs = 2000;

export class Directory {
  readonly freshness: Freshness;
  readonly #companyOnly: ReadonlySet<string>;
  readonly #view = new DirectoryView();
  readonly #remembered: LRUCache<string, Remembered>;
  readonly #permissionSets: LRUCache<string, ReadonlySet<string>>;

  constructor(options: Options) {
    this.freshness = new Freshness(options);
    this.#companyOnly = options.companyOnly ?? new Set();
    this.#remembered = new LRUCache({ max: options.rememberedMax ?? 20_000 });
    this.#permissionSets = new LRUCache({ max: 2000 });
  }

  get position(): bigint {
    return this.freshness.position;
  }

  /** A batch of the log, in order: what a subscriber of the log reader is given. */
  handle({ events, position }: LogBatch): void {
    for (const event of events) this.#view.apply(event);
    this.freshness.moved(position);
  }

  /** What this node has just appended counts at once; the feed brings it again later. */
  observeOwn(events: readonly StoredEvent[]): void {
    for (const event of events) this.#view.observeOwn(event);
  }

  /** Who a token's `sub` is and what it may, as of now. */
  resolve(subject: string): Resolution {
    if (this.freshness.isBehind) return { kind: 'behind' };
    const holder = this.#view.holderOf(subject);
    if (holder === undefined) return { kind: 'unknown' };
    return holder.kind === 'user' ? this.#resolveUser(holder.id) : this.#resolveApiClient(holder.id);
  }

  /** Whose an account is. Says "missing" only after the view has reached the log's tail; throws `StoreUnavailable` where it does not in time. */
  async placeOf(accountId: string): Promise<{ readonly tenant: string } | undefined> {
    if (this.#view.tree.customerOf(accountId) === undefined && !(await this.freshness.levels(waitMs))) {
      throw new StoreUnavailable('the directory is behind the log');
    }
    const tenant = this.#view.tree.customerOf(accountId);
    return tenant === undefined ? undefined : { tenant };
  }

  /** What a signed-in caller is shown of itself. */
  profileOf(caller: Caller): Profile {
    const { kind, id } = caller.actor;
    const seen = caller.accounts === 'all' ? (caller.tenant === null ? [] : this.#view.tree.accountsOf(caller.tenant)) : caller.accounts;
    const accounts = [...seen].map((account) => ({ id: account, name: this.#view.tree.nameOf(account) ?? '' })).sort((a, b) => (a.name < b.name ? -1 : 1));
    const client = kind === 'apiClient' ? this.#view.apiClients.get(id) : undefined;
    if (client !== undefined) return { version: `${client.revision}`, name: client.state.situation === 'absent' ? null : client.state.name, accounts };
    const person = this.#view.users.get(id);
    if (person === undefined || person.state.situation === 'absent') return { version: '', name: null, accounts };
    return { version: versionOf(this.#known(person, person.state)), name: person.state.name, accounts };
  }

  /** The user whose open invitation went to this (verified) e-mail. */
  invitationOf(email: string): string | undefined {
    const id = this.#view.userByEmail(email);
    return id !== undefined && this.#view.users.get(id)?.state.situation === 'invited' ? id : undefined;
  }

  /** Does this machine have this secret now? `at`: ISO 8601 UTC. Takes the same time for every wrong one. */
  acceptsSecret(apiClientId: string, secret: string, at: string): boolean {
    const given = createHash('sha256').update(secret).digest();
    const hashes = validSecretHashes(this.#view.apiClients.get(apiClientId)?.state, at);
    return hashes.reduce((accepted, hash) => timingSafeEqual(Buffer.from(hash, 'hex'), given) || accepted, false);
  }

  /** The users that have a role, whatever their state. */
  usersWithRole(roleId: string): readonly string[] {
    return [...this.#view.users.entries()].filter(([, { state }]) => state.situation !== 'absent' && state.roles.includes(roleId)).map(([id]) => id);
  }

  /** What the identity provider should have, for the daily check: every user that was let in and has not ended. */
  *expectedIdentities(): Generator<ExpectedIdentity> {
    for (const [userId, { state }] of this.#view.users.entries()) {
      if ((state.situation !== 'active' && state.situation !== 'suspended') || state.subject === null) continue;
      const externalRoleIds = state.roles.flatMap((roleId) => externalIdOf(this.#view.roles.get(roleId)?.state)).sort();
      yield { userId, subject: state.subject, isBlocked: state.situation === 'suspended', externalRoleIds };
    }
  }

  #resolveUser(id: string): Resolution {
    const person = this.#view.users.get(id);
    if (person === undefined || person.state.situation === 'absent') return { kind: 'unknown' };
    if (!this.#view.isWhole && this.#isAwaited(id, person.state)) return { kind: 'behind' };
    if (person.state.situation !== 'active') return { kind: 'inactive' };
    const known = this.#known(person, person.state);
    const remembered = this.#remembered.get(id);
    if (remembered !== undefined && isSame(remembered.known, known)) return remembered.resolution;
    const resolution: Resolution = { kind: 'caller', caller: this.#callerOf(id, person.state, known), userId: id, version: versionOf(known) };
    this.#remembered.set(id, { known, resolution });
    return resolution;
  }

  #isAwaited(id: string, { roles, customerId }: PresentUser): boolean {
    const streams = [`user-${id}`, `administrators-${administratorsOf(customerId)}`, `customer-${customerId}`, ...roles.map((roleId) => `role-${roleId}`)];
    return this.#view.awaitsAny(streams);
  }

  #known(person: Folded<User>, { roles, customerId }: PresentUser): Known {
    return {
      user: person,
      roles: roles.map((roleId) => this.#view.roles.get(roleId)),
      administrators: this.#view.administrators.get(administratorsOf(customerId)),
      treeVersion: customerId === null ? 0 : this.#view.tree.versionOf(customerId),
    };
  }

  #callerOf(id: string, person: PresentUser, known: Known): Caller {
    const { customerId } = person;
    const seesAll = customerId === null || known.administrators?.state.members[id] !== undefined;
    return {
      actor: { kind: 'user', id },
      tenant: customerId,
      accounts: seesAll ? 'all' : this.#view.tree.withDescendants(customerId, person.accounts),
      permissions: this.#permissionsOf(person, known.roles),
    };
  }

  /** Users with the same roles and no grants of their own share one set. */
  #permissionsOf(person: PresentUser, roles: Known['roles']): ReadonlySet<string> {
    const key = JSON.stringify([person.roles, roles.map((held) => held?.revision), person.granted, person.revoked, person.customerId === null]);
    const known = this.#permissionSets.get(key);
    if (known !== undefined) return known;
    const given = [...selfService, ...person.granted, ...roles.flatMap((held) => permissionsOfRole(held?.state))];
    const permissions = this.#limited(effectivePermissions(given, person.revoked), person.customerId);
    this.#permissionSets.set(key, permissions);
    return permissions;
  }

  #limited(permissions: ReadonlySet<string>, customerId: string | null): ReadonlySet<string> {
    return customerId === null ? permissions : new Set([...permissions].filter((permission) => !this.#companyOnly.has(permission)));
  }

  #resolveApiClient(id: string): Resolution {
    const client = this.#view.apiClients.get(id);
    if (client === undefined || client.state.situation !== 'active') return { kind: 'unknown' };
    if (this.#view.awaitsAny([`apiClient-${id}`])) return { kind: 'behind' };
    const { customerId, scopes } = client.state;
    const permissions = this.#limited(new Set(scopes), customerId);
    return {
      kind: 'caller',
      caller: { actor: { kind: 'apiClient', id }, tenant: customerId, accounts: 'all', permissions },
      apiClientId: id,
      version: `${client.revision}`,
    };
  }
}

const versionOf = ({ user: person, roles }: Known): string => [person.revision, ...roles.map((held) => held?.revision ?? -1)].join('.');
const isSame = (a: Known, b: Known): boolean =>
  a.user === b.user && a.administrators === b.administrators && a.treeVersion === b.treeVersion && a.roles.every((held, index) => held === b.roles[index]);

/** The directory as the token authenticator asks it: an inactive user is nobody. */
export const subjectDirectory = (directory: Pick<Directory, 'resolve'>) => ({
  resolve: ({ sub }: { readonly sub: string }): Caller | 'unknown' | 'behind' => {
    const resolution = directory.resolve(sub);
    if (resolution.kind === 'caller') return resolution.caller;
    return resolution.kind === 'behind' ? 'behind' : 'unknown';
  },
});
