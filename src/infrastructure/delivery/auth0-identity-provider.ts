/** Auth0 as the identity provider, through its Management API (https://auth0.com/docs/api/management/v2). */
import { randomBytes } from 'node:crypto';
import { ManagementClient, ManagementError, ManagementTimeoutError } from 'auth0';
import type { ExternalUser, IdentityProvider, ProviderOutcome, WantedRole, WantedUser } from '../../application/ports/identity-provider.ts';

type Options = {
  readonly client: ManagementClient;
  /** The database connection in which a missing user is made. */
  readonly connection: string;
};

/** Roles of this product; others are somebody else's and left alone. */
const rolePrefix = 'portal-';
const roleName = (roleId: string): string => `${rolePrefix}${roleId}`;
const databasePrefix = 'auth0|';
/** More pages of one user's roles than any user can have: a bound, not a limit. */
const rolesMax = 1000;
const forgottenMax = 50;

/** Stands for "no answer" where the client knows only statuses; no server gives it. */
const unreachable = 599;
/** The client (7.1) forgets to end its timer when a request fails, and the process could not end for a minute: a failure is an answer to it. */
const answering =
  (call: typeof fetch): typeof fetch =>
  async (input, init) => {
    try {
      return await call(input, init);
    } catch {
      return new Response(null, { status: unreachable });
    }
  };

type ClientOptions = { readonly domain: string; readonly clientId: string; readonly clientSecret: string };
/** The Management API's client as this adapter needs it. `token` and `call` are for tests: a fixed token, another way to the server. */
export const auth0Client = (options: ClientOptions | { readonly domain: string; readonly token: string; readonly call: typeof fetch }): ManagementClient => {
  const common = { timeoutInSeconds: 10, telemetry: false } as const;
  return 'token' in options
    ? new ManagementClient({ ...common, domain: options.domain, token: options.token, maxRetries: 0, fetch: answering(options.call) })
    : new ManagementClient({ ...common, ...options, fetch: answering(fetch) });
};

const statusOf = (error: unknown): number | undefined => (error instanceof ManagementError ? error.statusCode : undefined);
/** Auth0's own message may name the person, so only its status is kept. */
const problemOf = (error: unknown): string => {
  if (error instanceof ManagementTimeoutError) return 'auth0-timeout';
  const status = statusOf(error);
  return status === undefined || status === unreachable ? 'auth0-unreachable' : `auth0-${status}`;
};

export class Auth0IdentityProvider implements IdentityProvider {
  readonly #client: ManagementClient;
  readonly #connection: string;

  constructor({ client, connection }: Options) {
    this.#client = client;
    this.#connection = connection;
  }

  ensureUser(user: WantedUser): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      if (!(await this.#exists(user.subject))) await this.#create(user);
      // Name and e-mail of a person who signs in elsewhere belong to that other provider.
      const root = user.subject.startsWith(databasePrefix) ? { email: user.email, name: user.name } : {};
      await this.#client.users.update(user.subject, { ...root, blocked: user.isBlocked, app_metadata: { userId: user.userId } });
      await this.#setRoles(user);
      return undefined;
    });
  }

  ensureRole({ roleId, name }: WantedRole): Promise<ProviderOutcome<string>> {
    return this.#attempt(async () => {
      const known = await this.#roleNamed(roleName(roleId));
      if (known === undefined) {
        const { id } = await this.#client.roles.create({ name: roleName(roleId), description: name });
        if (id === undefined) throw new Error('a role was made without an id');
        return id;
      }
      if (known.description !== name) await this.#client.roles.update(known.id, { name: roleName(roleId), description: name });
      return known.id;
    });
  }

  removeRole(roleId: string): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      const known = await this.#roleNamed(roleName(roleId));
      if (known !== undefined) await this.#client.roles.delete(known.id);
      return undefined;
    });
  }

  /** Auth0's search follows its writes by seconds; the trigger of forgetting comes long after the user was last told. */
  forgetUser(userId: string): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      const found = await this.#client.users.list({ q: `app_metadata.userId:"${userId}"`, search_engine: 'v3', per_page: forgottenMax });
      for (const { user_id: subject } of found.data) if (subject !== undefined) await this.#client.users.delete(subject);
      return undefined;
    });
  }

  userOf(subject: string): Promise<ProviderOutcome<ExternalUser | undefined>> {
    return this.#attempt(async () => {
      try {
        const { blocked } = await this.#client.users.get(subject);
        return { isBlocked: blocked === true, externalRoleIds: [...(await this.#rolesOf(subject))].sort() };
      } catch (error) {
        // The one status that is an answer: there is no such user.
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  async #exists(subject: string): Promise<boolean> {
    try {
      await this.#client.users.get(subject);
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  /** Made under the id that is linked already, with a password nobody knows: the person asks for a new one. */
  async #create({ subject, email, name, isBlocked, userId }: WantedUser): Promise<void> {
    if (!subject.startsWith(databasePrefix)) throw new ManagementError({ statusCode: 404, message: 'made by another provider' });
    await this.#client.users.create({
      connection: this.#connection,
      user_id: subject.slice(databasePrefix.length),
      email,
      name,
      blocked: isBlocked,
      password: randomBytes(32).toString('base64'),
      app_metadata: { userId },
    });
  }

  async #setRoles({ subject, externalRoleIds }: WantedUser): Promise<void> {
    const held = await this.#rolesOf(subject);
    const missing = externalRoleIds.filter((id) => !held.has(id));
    const extra = [...held].filter((id) => !externalRoleIds.includes(id));
    if (missing.length > 0) await this.#client.users.roles.assign(subject, { roles: [...missing] });
    if (extra.length > 0) await this.#client.users.roles.delete(subject, { roles: extra });
  }

  async #rolesOf(subject: string): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    let seen = 0;
    for await (const { id, name } of await this.#client.users.roles.list(subject)) {
      if (id !== undefined && name?.startsWith(rolePrefix) === true) held.add(id);
      seen += 1;
      if (seen >= rolesMax) break;
    }
    return held;
  }

  async #roleNamed(name: string): Promise<{ readonly id: string; readonly description: string } | undefined> {
    const found = await this.#client.roles.list({ name_filter: name });
    const exact = found.data.find((role) => role.name === name);
    return exact?.id === undefined ? undefined : { id: exact.id, description: exact.description ?? '' };
  }

  async #attempt<T>(work: () => Promise<T>): Promise<ProviderOutcome<T>> {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      // Whatever Auth0 or the way to it does: it is recorded, and tried again.
      return { ok: false, problem: problemOf(error) };
    }
  }
}
