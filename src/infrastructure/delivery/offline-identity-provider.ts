/** An identity provider for machines without one: it keeps what it is told in a folder, to be looked at. */
import { join } from 'node:path';
import type { ExternalUser, IdentityProvider, ProviderOutcome, WantedRole, WantedUser } from '../../application/ports/identity-provider.ts';
import { codeOf } from '../failure.ts';
import { filesIn, readWhole, removeFile, writeWhole } from './folder.ts';

const externalRoleId = (roleId: string): string => `offline_${roleId}`;
const done = { ok: true, value: undefined } as const;

const isWantedUser = (value: unknown): value is WantedUser => typeof value === 'object' && value !== null && 'subject' in value && 'userId' in value;
const userIn = (content: string | undefined): WantedUser | undefined => {
  const value: unknown = content === undefined ? undefined : JSON.parse(content);
  return isWantedUser(value) ? value : undefined;
};

export class OfflineIdentityProvider implements IdentityProvider {
  readonly #users: string;
  readonly #roles: string;
  /** By subject; read from the folder on first use. */
  #known: Map<string, WantedUser> | undefined;

  constructor(folder: string) {
    this.#users = join(folder, 'users');
    this.#roles = join(folder, 'roles');
  }

  ensureUser(user: WantedUser): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      const known = await this.#all();
      const roles = new Set(await this.#roleIds());
      const kept: WantedUser = { ...user, externalRoleIds: user.externalRoleIds.filter((id) => roles.has(id)) };
      await writeWhole(this.#users, `${user.userId}.json`, `${JSON.stringify(kept, null, 2)}\n`);
      known.set(user.subject, kept);
      return undefined;
    });
  }

  ensureRole({ roleId, name }: WantedRole): Promise<ProviderOutcome<string>> {
    return this.#attempt(async () => {
      await writeWhole(this.#roles, `${roleId}.json`, `${JSON.stringify({ roleId, name }, null, 2)}\n`);
      return externalRoleId(roleId);
    });
  }

  async removeRole(roleId: string): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      await removeFile(this.#roles, `${roleId}.json`);
      return undefined;
    });
  }

  forgetUser(userId: string): Promise<ProviderOutcome<undefined>> {
    return this.#attempt(async () => {
      const known = await this.#all();
      await removeFile(this.#users, `${userId}.json`);
      for (const [subject, user] of known) if (user.userId === userId) known.delete(subject);
      return undefined;
    });
  }

  userOf(subject: string): Promise<ProviderOutcome<ExternalUser | undefined>> {
    return this.#attempt(async () => {
      const user = (await this.#all()).get(subject);
      if (user === undefined) return undefined;
      const roles = new Set(await this.#roleIds());
      return { isBlocked: user.isBlocked, externalRoleIds: user.externalRoleIds.filter((id) => roles.has(id)).sort() };
    });
  }

  async #roleIds(): Promise<readonly string[]> {
    return (await filesIn(this.#roles)).map((name) => externalRoleId(name.replace('.json', '')));
  }

  async #all(): Promise<Map<string, WantedUser>> {
    if (this.#known !== undefined) return this.#known;
    const known = new Map<string, WantedUser>();
    for (const name of await filesIn(this.#users)) {
      const user = userIn(await readWhole(this.#users, name));
      if (user !== undefined) known.set(user.subject, user);
    }
    this.#known = known;
    return known;
  }

  /** A folder that cannot be written is the provider being away. */
  async #attempt<T>(work: () => Promise<T>): Promise<ProviderOutcome<T>> {
    try {
      return { ...done, value: await work() };
    } catch (error) {
      return { ok: false, problem: `offline-${codeOf(error) ?? 'failed'}` };
    }
  }
}
