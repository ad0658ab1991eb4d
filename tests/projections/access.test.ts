import { describe, expect, test } from '@jest/globals';
import { access } from '../../projections/access/projection.ts';
import { usersReadModel } from '../../projections/users/projection.ts';
import { apiUsageId } from '../../src/domain/api-usage/decider.ts';
import { erased } from '../../src/domain/kernel/personal.ts';
import { catalogId, entryId } from '../../src/domain/kernel/well-known.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { type Step, step } from './occurrences.ts';

type Told = { readonly category: string; readonly of: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };
const customer = id('customer');
const permission = fc.constantFrom('a:view', 'a:edit', 'a:*', 'b:view', 'b:*');
const person = fc.constantFrom(id('ana'), id('beto'));
const roleId = fc.constantFrom(id('sales'), id('admin'));
const account = fc.constantFrom(id('A'), id('B'));
const at = '2026-03-08T12:00:00.000Z';
const device = { kind: 'browser', name: 'Firefox', userAgent: 'Mozilla' } as const;

const of = (category: string, target: fc.Arbitrary<string>, type: string, data: fc.Arbitrary<Readonly<Record<string, unknown>>>): fc.Arbitrary<Told> =>
  fc.record({ category: fc.constant(category), of: target, type: fc.constant(type), data });
const nothing = fc.constant({});
const invitation = { email: 'ana@example.org', name: 'Ana', expiresAt: at };
const userStory = fc.oneof(
  of('user', person, 'UserInvited', fc.constant(invitation)),
  of('user', person, 'IdentityLinked', fc.constant({ subject: 'auth0|ana' })),
  ...['UserApproved', 'UserReactivated'].map((type) => of('user', person, type, nothing)),
  ...['UserSuspended', 'UserDeactivated', 'InvitationRevoked'].map((type) => of('user', person, type, fc.constant({ reason: 'x' }))),
  of('user', person, 'RoleAssigned', fc.record({ roleId, isPrimary: fc.boolean() })),
  of('user', person, 'RoleUnassigned', fc.record({ roleId })),
  of('user', person, 'PrimaryRoleChosen', fc.record({ roleId })),
  of('user', person, 'AccountsAssigned', fc.record({ accountIds: fc.uniqueArray(account, { minLength: 1 }) })),
  of('user', person, 'AccountsUnassigned', fc.record({ accountIds: fc.uniqueArray(account, { minLength: 1 }) })),
  ...['UserPermissionGranted', 'UserGrantWithdrawn', 'UserPermissionRevoked', 'UserRevocationLifted'].map((type) =>
    of('user', person, type, fc.record({ permission })),
  ),
);
const placeData = fc.record({ locationId: fc.constantFrom(id('l1'), id('l2')), nickname: fc.constant('Patio'), street: fc.constant('Calle 1') });
const otherStory = fc.oneof(
  of('role', roleId, 'RoleDefined', fc.record({ name: fc.constant('r'), isShared: fc.boolean(), permissions: fc.uniqueArray(permission) })),
  of('role', roleId, 'RolePermissionGranted', fc.record({ permission })),
  of('role', roleId, 'RolePermissionRevoked', fc.record({ permission })),
  of('role', roleId, 'RoleRetired', fc.constant({ reason: 'x' })),
  of(
    'administrators',
    fc.constant(customer),
    'AdministratorJoined',
    person.map((userId) => ({ userId, appointmentId: id('x') })),
  ),
  of(
    'administrators',
    fc.constant(customer),
    'AdministratorLeft',
    person.map((userId) => ({ userId, appointmentId: id('x'), reason: 'x' })),
  ),
  of(
    'session',
    fc.constant(id('s')),
    'SignedIn',
    person.map((holderId) => ({ holderKind: 'user', holderId, device })),
  ),
  of('userSettings', person, 'LocationSaved', placeData),
  of(
    'userSettings',
    person,
    'SavedLocationRemoved',
    placeData.map(({ locationId }) => ({ locationId })),
  ),
  of('userSettings', person, 'DeviceTokenRegistered', fc.constant({ deviceTokenId: id('d'), token: 'token', platform: 'ios' })),
  of('userSettings', person, 'ColumnsChosen', fc.constant({ table: 'equipment', columns: ['status'] })),
  of('catalog', fc.constantFrom(catalogId('module'), catalogId('bank')), 'EntriesImported', fc.constant({ entries: [{ code: 'a', name: 'A' }] })),
  of('catalog', fc.constant(catalogId('module-action')), 'EntryDefined', fc.constant({ entry: { code: 'a:view', name: 'A: view' } })),
  of('subject', person, 'SubjectForgotten', nothing).map((told) => ({ ...told, data: { subjectId: told.of, kind: 'user', reason: 'x' } })),
);
const toSteps = (story: readonly Told[]): readonly Step[] =>
  story.map(({ category, of: target, type, data }, n) => step(n, `${category}-${target}`, { type, data, tenant: customer }));
const steps = fc.array(fc.oneof(userStory, otherStory), { maxLength: 40 }).map(toSteps);

const rowsOf = async (definition: typeof access, story: readonly Told[]) => {
  const { events } = await logOf(toSteps(story));
  const rows = foldWhole(definition, events);
  return (table: string): readonly Readonly<Record<string, unknown>>[] => (rows[table] ?? []).map((row) => JSON.parse(row));
};
const told = (category: string, name: string, type: string, data: Told['data'] = {}): Told => ({ category, of: id(name), type, data });
const ana = [
  told('user', 'ana', 'UserInvited', { ...invitation, customerId: customer, country: 'GT' }),
  told('user', 'ana', 'RoleAssigned', { roleId: id('sales'), isPrimary: true }),
  told('user', 'ana', 'RoleAssigned', { roleId: id('admin'), isPrimary: true }),
  told('user', 'ana', 'AccountsAssigned', { accountIds: [id('A')] }),
  told('user', 'ana', 'IdentityLinked', { subject: 'auth0|ana' }),
  told('user', 'ana', 'UserApproved'),
] as const;

describe('the read model of users', () => {
  test('holds for every history: any split, twice, rebuilt, foreign events', async () => {
    await checkProjection({ definition: usersReadModel, steps, runs: 40 });
  });

  test('shows a user with its primary role, its accounts and who approved it', async () => {
    const rows = await rowsOf(usersReadModel, ana);
    expect(rows('user')).toMatchObject([
      {
        user_id: id('ana'),
        customer_id: customer,
        user_role_id: id('admin'),
        status: 'active',
        is_approved: true,
        approved_by: 'user 2',
        country_code: 'GT',
        auth0_reference_id: 'auth0|ana',
        assigned_account_ids: [id('A')],
      },
    ]);
    expect(rows('role').map(({ user_role_id: role, is_primary: isPrimary }) => [role, isPrimary])).toEqual(
      expect.arrayContaining([
        [id('sales'), false],
        [id('admin'), true],
      ]),
    );
  });

  test('ES-9 a forgotten user leaves no name, e-mail, identity, device, place or token', async () => {
    const rows = await rowsOf(usersReadModel, [
      ...ana,
      told('session', 's', 'SignedIn', { holderKind: 'user', holderId: id('ana'), device }),
      told('userSettings', 'ana', 'LocationSaved', { locationId: id('l'), nickname: 'Casa', street: 'Calle 1' }),
      told('userSettings', 'ana', 'DeviceTokenRegistered', { deviceTokenId: id('d'), token: 'secret', platform: 'ios' }),
      told('subject', 'ana', 'SubjectForgotten', { subjectId: id('ana'), kind: 'user', reason: 'asked' }),
    ]);
    expect(rows('user')).toMatchObject([{ name: erased, email: erased, auth0_reference_id: erased }]);
    expect(rows('access')).toMatchObject([{ device: erased, user_agent: erased }]);
    expect(rows('location')).toMatchObject([{ location_nick_name: erased, unit_street: erased }]);
    expect(rows('deviceToken')).toMatchObject([{ token: erased }]);
  });

  test('adds up the calls of a month by endpoint', async () => {
    const report = (sequence: number, count: number): Told => ({
      category: 'apiUsage',
      of: apiUsageId(id('ana'), '2026-03'),
      type: 'ApiUsageReported',
      data: { holderKind: 'user', holderId: id('ana'), month: '2026-03', endpoint: 'GET /x', count, from: at, to: at, node: 'n', sequence },
    });
    const rows = await rowsOf(usersReadModel, [report(1, 2_000_000_000), report(2, 2_000_000_000)]);
    expect(rows('usage')).toMatchObject([{ user_id: id('ana'), endpoint: 'GET /x', request_count: '4000000000', period_start: '2026-03-01' }]);
  });
});

describe('the read model of access', () => {
  test('holds for every history: any split, twice, rebuilt, foreign events', async () => {
    await checkProjection({ definition: access, steps, runs: 40 });
  });

  test('shows what a role grants, by module, and nothing once it is retired', async () => {
    const defined = told('role', 'sales', 'RoleDefined', { name: 'Ventas', isShared: false, permissions: ['a:*', 'b:view'] });
    const revoked = told('role', 'sales', 'RolePermissionRevoked', { permission: 'a:delete' });
    const rows = await rowsOf(access, [defined, revoked]);
    expect(rows('roleModule').map(({ module_id: module, actions }) => [module, actions])).toEqual(
      expect.arrayContaining([
        [entryId('module', 'a'), ['view', 'create', 'edit', 'approve', 'export', 'assign']],
        [entryId('module', 'b'), ['view']],
      ]),
    );
    const retired = await rowsOf(access, [defined, told('role', 'sales', 'RoleRetired', { reason: 'x' })]);
    expect([retired('role'), retired('roleModule')]).toMatchObject([[{ role_permission: [], status: 'retired' }], []]);
  });

  test('TE-5 a grant that is also denied is not granted, in whatever order the two came', async () => {
    const granted = told('user', 'ana', 'UserPermissionGranted', { permission: 'a:view' });
    const denied = told('user', 'ana', 'UserPermissionRevoked', { permission: 'a:view' });
    for (const story of [
      [granted, denied],
      [denied, granted],
    ]) {
      const rows = await rowsOf(access, story);
      expect(rows('userAction')).toMatchObject([{ module_action_id: entryId('module-action', 'a:view'), is_granted: false, has_grant: true }]);
    }
    const undone = await rowsOf(access, [granted, told('user', 'ana', 'UserGrantWithdrawn', { permission: 'a:view' })]);
    expect(undone('userAction')).toEqual([]);
  });

  test('takes modules and actions from their catalogs, by the ids that everything else refers to', async () => {
    const page = (catalog: string, code: string): Told => ({
      category: 'catalog',
      of: catalogId(catalog),
      type: 'EntriesImported',
      data: { entries: [{ code, name: code }] },
    });
    const rows = await rowsOf(access, [page('module', 'a'), page('module-action', 'a:view'), page('bank', 'b')]);
    expect(rows('module')).toMatchObject([{ module_id: entryId('module', 'a'), code: 'a', is_active: true }]);
    expect(rows('moduleAction')).toMatchObject([{ module_action_id: entryId('module-action', 'a:view'), module_id: entryId('module', 'a') }]);
  });
});
