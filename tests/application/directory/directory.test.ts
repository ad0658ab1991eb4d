import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Directory, type Resolution, subjectDirectory } from '../../../src/application/directory.ts';
import { selfService } from '../../../src/application/permissions.ts';
import { type StoredEvent, StoreUnavailable } from '../../../src/application/ports/event-log.ts';
import { erased } from '../../../src/domain/kernel/personal.ts';
import { effectivePermissions } from '../../../src/domain/role/permissions.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { Story } from './people.ts';

/** A directory that has read the story; `clock.ms` is its clock. */
const directoryOf = async (story: Story, options: { readonly companyOnly?: ReadonlySet<string> } = {}) => {
  const clock = { ms: 0 };
  const directory = new Directory({ tail: async () => story.tail, nowMs: () => clock.ms, ...options });
  const feed = (events: readonly StoredEvent[]) => directory.handle({ events, position: events.at(-1)?.position ?? story.tail });
  feed(story.events);
  await directory.freshness.levels(0);
  return { directory, clock, feed };
};
const callerOf = (resolution: Resolution) => {
  if (resolution.kind !== 'caller') throw new Error(`resolved to ${resolution.kind}`);
  return resolution.caller;
};

describe('who a token is', () => {
  test('nobody, somebody who waits or is suspended, a user, a machine', async () => {
    const story = new Story();
    story.role('sales', ['equipment:view']);
    story.activeUser('ana', { customer: 'C', roles: ['sales'] });
    story.add('user', 'beto', 'UserInvited', { email: 'beto@example.org', name: 'beto', expiresAt: '2026-03-08T00:00:00.000Z' });
    story.add('user', 'beto', 'IdentityLinked', { subject: 'auth0|beto' });
    story.activeUser('carla');
    story.add('user', 'carla', 'UserSuspended', { reason: 'x' });
    story.activeUser('dora');
    story.add('user', 'dora', 'UserDeactivated', { reason: 'x' });
    story.add('apiClient', 'vendor', 'ApiClientRegistered', { name: 'v', clientKind: 'integrator', subject: 'v@clients', scopes: ['telemetry:create'] });
    const { directory } = await directoryOf(story);

    expect(directory.resolve('auth0|nobody')).toEqual({ kind: 'unknown' });
    expect(directory.resolve('auth0|beto')).toEqual({ kind: 'inactive' });
    expect(directory.resolve('auth0|carla')).toEqual({ kind: 'inactive' });
    expect(directory.resolve('auth0|dora')).toEqual({ kind: 'unknown' });
    expect(directory.resolve('auth0|ana')).toMatchObject({ kind: 'caller', userId: id('ana'), version: '3.0', caller: { tenant: id('C') } });
    expect(directory.resolve('v@clients')).toMatchObject({
      kind: 'caller',
      apiClientId: id('vendor'),
      version: '0',
      caller: { accounts: 'all', tenant: null },
    });
    const gate = subjectDirectory(directory);
    expect(gate.resolve({ sub: 'auth0|beto' })).toBe('unknown');
    expect(gate.resolve({ sub: 'auth0|ana' })).toMatchObject({ actor: { kind: 'user', id: id('ana') } });
  });

  test('TE-6 nothing is granted while not active, by a retired role, or to a revoked machine', async () => {
    const story = new Story();
    story.role('sales', ['equipment:view']);
    story.activeUser('ana', { roles: ['sales'] });
    story.add('apiClient', 'vendor', 'ApiClientRegistered', { name: 'v', clientKind: 'integrator', subject: 'v@clients', scopes: [] });
    const { directory, feed } = await directoryOf(story);
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('equipment:view')).toBe(true);
    feed([story.add('role', 'sales', 'RoleRetired', { reason: 'x' }), story.add('apiClient', 'vendor', 'ApiClientRevoked', { reason: 'x' })]);
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('equipment:view')).toBe(false);
    expect(directory.resolve('v@clients')).toEqual({ kind: 'unknown' });
  });

  test('an identity that was free again belongs to who took it, whatever order the two are seen in', async () => {
    const story = new Story();
    story.activeUser('old');
    const { directory, feed } = await directoryOf(story);
    const ended = story.add('user', 'old', 'UserDeactivated', { reason: 'x' });
    const invited = story.add('user', 'new', 'UserInvited', { email: 'old@example.org', name: 'new', expiresAt: '2026-03-08T00:00:00.000Z' });
    const linked = story.add('user', 'new', 'IdentityLinked', { subject: 'auth0|old' });
    const approved = story.add('user', 'new', 'UserApproved');
    directory.observeOwn([invited, linked, approved]);
    feed([ended, invited, linked, approved]);
    expect(directory.resolve('auth0|old')).toMatchObject({ userId: id('new') });
  });

  test('a forgotten person is nobody, and its name is gone from memory', async () => {
    const story = new Story();
    story.activeUser('ana');
    story.add('user', 'ana', 'UserDeactivated', { reason: 'x' });
    const { directory, feed } = await directoryOf(story);
    feed([story.add('subject', 'ana', 'SubjectForgotten', { subjectId: id('ana'), kind: 'user', reason: 'x' })]);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'unknown' });
    expect(directory.invitationOf('ana@example.org')).toBeUndefined();
    const caller = { actor: { kind: 'user' as const, id: id('ana') }, tenant: null, accounts: 'all' as const, permissions: new Set<string>() };
    expect(directory.profileOf(caller).name).toBe(erased);
  });
});

describe('permissions', () => {
  const permission = fc.constantFrom('a:view', 'a:edit', 'a:*', 'b:view', 'b:*');
  const change = fc.record({ type: fc.constantFrom('UserPermissionGranted', 'UserPermissionRevoked'), permission });

  test('TE-5 are those of the roles and the grants less the revocations; the order of grants does not matter', async () => {
    const roles = fc.array(fc.array(permission, { maxLength: 3 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(roles, fc.array(change, { maxLength: 6 }), async (permissions, changes) => {
        const story = new Story();
        const names = permissions.map((_, index) => `role ${index}`);
        for (const [index, name] of names.entries()) story.role(name, permissions[index] ?? []);
        const of = (user: string, order: typeof changes) => {
          story.activeUser(user, { roles: names });
          for (const { type, permission: one } of order) story.add('user', user, type, { permission: one });
        };
        of('ana', changes);
        of('beto', [...changes].reverse());
        const { directory } = await directoryOf(story);
        const granted = changes.filter(({ type }) => type === 'UserPermissionGranted').map((one) => one.permission);
        const revoked = changes.filter(({ type }) => type === 'UserPermissionRevoked').map((one) => one.permission);
        const expected = effectivePermissions([...selfService, ...permissions.flat(), ...granted], revoked);
        for (const user of ['ana', 'beto']) expect([...callerOf(directory.resolve(`auth0|${user}`)).permissions].sort()).toEqual([...expected].sort());
      }),
      { numRuns: 50 },
    );
  });

  test('the version moves with the user and with each of its roles; a look in between is answered from memory', async () => {
    const story = new Story();
    story.role('sales', ['equipment:view']);
    story.role('other', ['invoice:view']);
    story.activeUser('ana', { roles: ['sales'] });
    const { directory, feed } = await directoryOf(story);
    const first = directory.resolve('auth0|ana');
    expect(directory.resolve('auth0|ana')).toBe(first);
    feed([story.add('role', 'other', 'RolePermissionGranted', { permission: 'invoice:edit' })]);
    expect(directory.resolve('auth0|ana')).toBe(first);
    feed([story.add('role', 'sales', 'RolePermissionGranted', { permission: 'equipment:edit' })]);
    expect(directory.resolve('auth0|ana')).toMatchObject({ version: '3.1' });
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('equipment:edit')).toBe(true);
    feed([story.add('user', 'ana', 'UserPermissionRevoked', { permission: 'equipment:edit' })]);
    expect(directory.resolve('auth0|ana')).toMatchObject({ version: '4.1' });
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('equipment:edit')).toBe(false);
  });

  test('what only the company decides, no customer’s user may, whatever its role says', async () => {
    const story = new Story();
    story.role('admin', ['customer:approve', 'equipment:view']);
    story.activeUser('ana', { customer: 'C', roles: ['admin'] });
    story.activeUser('staff', { roles: ['admin'] });
    const { directory } = await directoryOf(story, { companyOnly: new Set(['customer:approve']) });
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('customer:approve')).toBe(false);
    expect(callerOf(directory.resolve('auth0|ana')).permissions.has('equipment:view')).toBe(true);
    expect(callerOf(directory.resolve('auth0|staff')).permissions.has('customer:approve')).toBe(true);
  });
});

describe('what a user sees', () => {
  const names = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
  /** A random forest: each account under an earlier one or at the top. */
  const forest = fc.tuple(...names.map((_, index) => fc.option(fc.nat({ max: Math.max(0, index - 1) }), { nil: undefined })));
  const parentOf = (parents: readonly (number | undefined)[], index: number): string | undefined => {
    const parent = index === 0 ? undefined : parents[index];
    return parent === undefined ? undefined : names[parent];
  };

  test('TE-3 is the assigned accounts and all below them, and only grows with what is assigned', async () => {
    await fc.assert(
      fc.asyncProperty(forest, fc.subarray([...names]), fc.subarray([...names]), async (parents, some, more) => {
        const story = new Story();
        for (const [index, name] of names.entries()) story.account('Customer', name, parentOf(parents, index));
        story.activeUser('few', { customer: 'Customer', accounts: some });
        story.activeUser('many', { customer: 'Customer', accounts: [...new Set([...some, ...more])] });
        const { directory } = await directoryOf(story);
        const few = callerOf(directory.resolve('auth0|few')).accounts;
        const many = callerOf(directory.resolve('auth0|many')).accounts;
        if (few === 'all' || many === 'all') throw new Error('a user without administration sees what is assigned');
        const isBelow = (name: string): boolean => {
          const parent = parentOf(parents, names.indexOf(name as (typeof names)[number]));
          return some.includes(name as never) || (parent !== undefined && isBelow(parent));
        };
        expect([...few].sort()).toEqual(names.filter(isBelow).map(id).sort());
        for (const account of few) expect(many.has(account)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('TE-3 follows a moved account at once', async () => {
    const story = new Story();
    story.account('Customer', 'A');
    story.account('Customer', 'B');
    story.account('Customer', 'C', 'A');
    story.activeUser('ana', { customer: 'Customer', accounts: ['A'] });
    const { directory, feed } = await directoryOf(story);
    expect(callerOf(directory.resolve('auth0|ana')).accounts).toEqual(new Set([id('A'), id('C')]));
    feed([story.add('customer', 'Customer', 'AccountMoved', { accountId: id('C'), parentAccountId: id('B') })]);
    expect(callerOf(directory.resolve('auth0|ana')).accounts).toEqual(new Set([id('A')]));
  });

  test('administrators see the whole customer, staff everything, and nobody accounts of another customer', async () => {
    const story = new Story();
    story.account('Customer', 'A');
    story.account('Other', 'Z');
    story.activeUser('ana', { customer: 'Customer', accounts: ['Z'] });
    story.activeUser('staff');
    const { directory, feed } = await directoryOf(story);
    expect(callerOf(directory.resolve('auth0|ana')).accounts).toEqual(new Set());
    expect(callerOf(directory.resolve('auth0|staff'))).toMatchObject({ accounts: 'all', tenant: null });
    feed([story.add('administrators', 'Customer', 'AdministratorJoined', { userId: id('ana'), appointmentId: id('x') })]);
    expect(callerOf(directory.resolve('auth0|ana')).accounts).toBe('all');
    expect(directory.profileOf(callerOf(directory.resolve('auth0|ana')))).toEqual({ version: '3', name: 'ana', accounts: [{ id: id('A'), name: 'A' }] });
  });
});

describe('being up to date', () => {
  test('TE-6 a suspension appended here counts at once; the feed’s copy changes nothing more', async () => {
    const story = new Story();
    story.activeUser('ana');
    const { directory, feed } = await directoryOf(story);
    const suspended = story.add('user', 'ana', 'UserSuspended', { reason: 'x' });
    directory.observeOwn([suspended]);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'inactive' });
    const reactivated = story.add('user', 'ana', 'UserReactivated');
    directory.observeOwn([reactivated]);
    feed([suspended]);
    expect(directory.resolve('auth0|ana').kind).toBe('caller');
  });

  test('TE-6 an own append whose predecessors are not here yet closes that user until they are', async () => {
    const story = new Story();
    story.role('sales', ['equipment:view']);
    story.activeUser('ana', { roles: ['sales'] });
    story.activeUser('beto');
    const { directory, feed } = await directoryOf(story);
    const elsewhere = story.add('role', 'sales', 'RolePermissionGranted', { permission: 'invoice:view' });
    const here = story.add('role', 'sales', 'RolePermissionRevoked', { permission: 'equipment:view' });
    directory.observeOwn([here]);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
    expect(directory.resolve('auth0|beto').kind).toBe('caller');
    feed([elsewhere]);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
    feed([here]);
    const { permissions } = callerOf(directory.resolve('auth0|ana'));
    expect([permissions.has('invoice:view'), permissions.has('equipment:view')]).toEqual([true, false]);
  });

  test('TE-6 own appends and the feed, in any interleaving, come to the same', async () => {
    const kinds = ['UserSuspended', 'UserReactivated', 'UserPermissionGranted', 'UserPermissionRevoked'] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 10 }), async (types, early) => {
        const story = new Story();
        story.activeUser('ana');
        const { directory, feed } = await directoryOf(story);
        const events = types.map((type) => story.add('user', 'ana', type, { reason: 'x', permission: 'a:view' }));
        for (const index of early) {
          const own = events[index % Math.max(1, events.length)];
          if (own !== undefined) directory.observeOwn([own]);
        }
        for (const event of events) feed([event]);
        const straight = (await directoryOf(story)).directory;
        expect(directory.resolve('auth0|ana')).toEqual(straight.resolve('auth0|ana'));
      }),
      { numRuns: 100 },
    );
  });

  test('TE-6 fails closed when it was not level with the log for more than two seconds, and opens again', async () => {
    const story = new Story();
    story.activeUser('ana');
    const { directory, clock, feed } = await directoryOf(story);
    clock.ms = 2000;
    expect(directory.resolve('auth0|ana').kind).toBe('caller');
    clock.ms = 2001;
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
    const next = story.add('user', 'ana', 'UserSuspended', { reason: 'x' });
    expect(await directory.freshness.levels(0)).toBe(false);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
    feed([next]);
    expect(await directory.freshness.levels(0)).toBe(true);
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'inactive' });
  });

  test('TE-6 before the log was read for the first time nobody is let in', () => {
    const directory = new Directory({ tail: async () => 0n, nowMs: () => 0 });
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
  });

  test('a store that is away lets the view grow old', async () => {
    const story = new Story();
    story.activeUser('ana');
    const clock = { ms: 0 };
    let isAway = false;
    const tail = async () => {
      if (isAway) throw new StoreUnavailable('away');
      return story.tail;
    };
    const directory = new Directory({ tail, nowMs: () => clock.ms, probeEveryMs: 1 });
    directory.handle({ events: story.events, position: story.tail });
    const stop = new AbortController();
    const watching = directory.freshness.watch(stop.signal);
    while (directory.resolve('auth0|ana').kind !== 'caller') await new Promise((resolve) => setImmediate(resolve));
    isAway = true;
    clock.ms = 5000;
    expect(directory.resolve('auth0|ana')).toEqual({ kind: 'behind' });
    isAway = false;
    while (directory.resolve('auth0|ana').kind !== 'caller') await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await watching;
  });
});

describe('where an account stands', () => {
  test('is known at once, or asked of the log’s end before it is called missing', async () => {
    const story = new Story();
    story.account('Customer', 'A');
    const { directory, feed } = await directoryOf(story);
    expect(await directory.placeOf(id('A'))).toEqual({ tenant: id('Customer') });
    expect(await directory.placeOf(id('missing'))).toBeUndefined();
    const opened = story.account('Customer', 'B');
    const asked = directory.placeOf(id('B'));
    await new Promise((resolve) => setImmediate(resolve));
    feed([opened]);
    expect(await asked).toEqual({ tenant: id('Customer') });
  });

  test('is not guessed while the view cannot reach the log’s end', async () => {
    const directory = new Directory({ tail: async () => Promise.reject(new StoreUnavailable('away')), nowMs: () => 0 });
    await expect(directory.placeOf(id('A'))).rejects.toThrow(StoreUnavailable);
  });
});

describe('machines and roles', () => {
  test('a secret is accepted by its hash until its grace is over', async () => {
    const story = new Story();
    const hash = (secret: string) => createHash('sha256').update(secret).digest('hex');
    story.add('apiClient', 'vendor', 'ApiClientRegistered', { name: 'v', clientKind: 'integrator', subject: 'v@clients', scopes: [] });
    story.add('apiClient', 'vendor', 'ApiClientSecretRotated', { secretHash: hash('old'), previousEndsAt: '2026-03-01T00:00:00.000Z' });
    story.add('apiClient', 'vendor', 'ApiClientSecretRotated', { secretHash: hash('new'), previousEndsAt: '2026-03-02T00:00:00.000Z' });
    const { directory } = await directoryOf(story);
    const at = '2026-03-01T12:00:00.000Z';
    expect(['new', 'old', 'wrong', ''].map((secret) => directory.acceptsSecret(id('vendor'), secret, at))).toEqual([true, true, false, false]);
    expect(directory.acceptsSecret(id('vendor'), 'old', '2026-03-02T00:00:00.000Z')).toBe(false);
    expect(directory.acceptsSecret(id('nobody'), 'new', at)).toBe(false);
  });

  test('who has a role, whose invitation an e-mail is, and what the identity provider should have', async () => {
    const story = new Story();
    story.role('sales', []);
    story.add('role', 'sales', 'IdentityRoleSynced', { externalRoleId: 'rol_1' });
    story.activeUser('ana', { roles: ['sales'] });
    story.add('user', 'beto', 'UserInvited', { email: 'Beto@Example.org', name: 'beto', expiresAt: '2026-03-08T00:00:00.000Z' });
    const { directory } = await directoryOf(story);
    expect(directory.usersWithRole(id('sales'))).toEqual([id('ana')]);
    expect(directory.invitationOf(' beto@example.ORG ')).toBe(id('beto'));
    expect(directory.invitationOf('ana@example.org')).toBeUndefined();
    expect([...directory.expectedIdentities()]).toEqual([{ userId: id('ana'), subject: 'auth0|ana', isBlocked: false, externalRoleIds: ['rol_1'] }]);
  });
});
