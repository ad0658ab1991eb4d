import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { IdentityProvider, WantedUser } from '../../../src/application/ports/identity-provider.ts';
import { Auth0IdentityProvider, auth0Client } from '../../../src/infrastructure/delivery/auth0-identity-provider.ts';
import { OfflineIdentityProvider } from '../../../src/infrastructure/delivery/offline-identity-provider.ts';
import { id } from '../../kit/decider.ts';
import { Auth0Server } from './auth0-server.ts';

type Opened = {
  readonly provider: IdentityProvider /** The same provider as after a restart of ours. */;
  readonly again: () => IdentityProvider;
  readonly close: () => Promise<void>;
};
const temporary = () => mkdtemp(join(tmpdir(), 'identity-'));

const auth0At = (url: string): Auth0IdentityProvider =>
  new Auth0IdentityProvider({
    connection: 'people',
    client: auth0Client({
      domain: 'tenant.example',
      token: 'token',
      call: (input, init) => fetch(String(input).replace('https://tenant.example', url), init),
    }),
  });
const adapters: Readonly<Record<string, () => Promise<Opened>>> = {
  auth0: async () => {
    const server = new Auth0Server();
    const url = await server.start();
    return { provider: auth0At(url), again: () => auth0At(url), close: () => server.stop() };
  },
  offline: async () => {
    const folder = await temporary();
    return {
      provider: new OfflineIdentityProvider(folder),
      again: () => new OfflineIdentityProvider(folder),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const ana: WantedUser = { userId: id('ana'), subject: 'auth0|ana', email: 'ana@example.org', name: 'Ana', isBlocked: false, externalRoleIds: [] };
const told = <T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string }): T => {
  if (!outcome.ok) throw new Error(outcome.problem);
  return outcome.value;
};

describe.each(Object.keys(adapters))('the identity provider %s', (name) => {
  let opened: Opened | undefined;
  const open = async (): Promise<Opened> => {
    const made = await adapters[name]?.();
    if (made === undefined) throw new Error('no such adapter');
    opened = made;
    return made;
  };
  afterEach(async () => opened?.close());

  test('makes a user that is missing, and a repetition changes nothing', async () => {
    const { provider, again } = await open();
    expect(told(await provider.userOf(ana.subject))).toBeUndefined();
    expect((await provider.ensureUser(ana)).ok).toBe(true);
    expect((await provider.ensureUser(ana)).ok).toBe(true);
    expect(told(await again().userOf(ana.subject))).toEqual({ isBlocked: false, externalRoleIds: [] });
  });

  test('has exactly the block and the roles it was told last', async () => {
    const { provider } = await open();
    const sales = told(await provider.ensureRole({ roleId: id('sales'), name: 'Ventas' }));
    const admin = told(await provider.ensureRole({ roleId: id('admin'), name: 'Admin' }));
    await provider.ensureUser({ ...ana, externalRoleIds: [sales] });
    await provider.ensureUser({ ...ana, isBlocked: true, externalRoleIds: [admin] });
    expect(told(await provider.userOf(ana.subject))).toEqual({ isBlocked: true, externalRoleIds: [admin] });
    await provider.ensureUser({ ...ana, externalRoleIds: [sales, admin] });
    expect(told(await provider.userOf(ana.subject))).toEqual({ isBlocked: false, externalRoleIds: [sales, admin].sort() });
  });

  test('knows a role by our id: renaming keeps its own, removing is repeatable and takes it from users', async () => {
    const { provider } = await open();
    const first = told(await provider.ensureRole({ roleId: id('sales'), name: 'Ventas' }));
    expect(told(await provider.ensureRole({ roleId: id('sales'), name: 'Ventas y más' }))).toBe(first);
    await provider.ensureUser({ ...ana, externalRoleIds: [first] });
    expect((await provider.removeRole(id('sales'))).ok).toBe(true);
    expect((await provider.removeRole(id('sales'))).ok).toBe(true);
    expect(told(await provider.userOf(ana.subject))).toEqual({ isBlocked: false, externalRoleIds: [] });
  });

  test('ES-12 forgets a person by our id, once and again', async () => {
    const { provider, again } = await open();
    await provider.ensureUser(ana);
    await provider.ensureUser({ ...ana, userId: id('beto'), subject: 'auth0|beto' });
    expect((await again().forgetUser(id('ana'))).ok).toBe(true);
    expect((await again().forgetUser(id('ana'))).ok).toBe(true);
    expect(told(await again().userOf('auth0|ana'))).toBeUndefined();
    expect(told(await again().userOf('auth0|beto'))).toBeDefined();
  });
});

describe('what goes wrong outside', () => {
  test('is a value that names no person: a status of Auth0, or that it cannot be reached', async () => {
    const server = new Auth0Server();
    const provider = auth0At(await server.start());
    server.failure = 429;
    expect(await provider.ensureUser(ana)).toEqual({ ok: false, problem: 'auth0-429' });
    expect(await provider.ensureRole({ roleId: id('r'), name: 'r' })).toEqual({ ok: false, problem: 'auth0-429' });
    await server.stop();
    expect(await provider.userOf(ana.subject)).toEqual({ ok: false, problem: 'auth0-unreachable' });
  });

  test('a person of another provider is not made, and keeps the name that provider gives it', async () => {
    const server = new Auth0Server();
    const provider = auth0At(await server.start());
    const eva = { ...ana, subject: 'google-oauth2|eva' };
    expect(await provider.ensureUser(eva)).toEqual({ ok: false, problem: 'auth0-404' });
    server.users.set(eva.subject, { user_id: eva.subject, name: 'Eva', email: 'eva@example.org' });
    expect((await provider.ensureUser({ ...eva, isBlocked: true })).ok).toBe(true);
    expect(server.users.get(eva.subject)).toMatchObject({ name: 'Eva', email: 'eva@example.org', blocked: true });
    await server.stop();
  });

  test('roles of other products are left alone', async () => {
    const server = new Auth0Server();
    const provider = auth0At(await server.start());
    server.roles.set('rol_x', { id: 'rol_x', name: 'other product', description: '' });
    await provider.ensureUser(ana);
    server.rolesOf.set(ana.subject, new Set(['rol_x']));
    await provider.ensureUser(ana);
    expect(server.rolesOf.get(ana.subject)).toEqual(new Set(['rol_x']));
    expect(told(await provider.userOf(ana.subject))?.externalRoleIds).toEqual([]);
    await server.stop();
  });

  test('a folder that cannot be written is the provider being away', async () => {
    const folder = await temporary();
    await writeFile(join(folder, 'users'), 'not a folder');
    expect((await new OfflineIdentityProvider(folder).ensureUser(ana)).ok).toBe(false);
    await rm(folder, { recursive: true, force: true });
  });
});
