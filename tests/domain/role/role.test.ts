import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { permissionsOfRole, role } from '../../../src/domain/role/decider.ts';
import { roleEvents } from '../../../src/domain/role/events.ts';
import { actions, effectivePermissions, expanded } from '../../../src/domain/role/permissions.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, run, claimsAfter } = scenarios(role);
const event = emit(roleEvents);
const customerId = id('customer');
const command = { name: 'Despacho', permissions: ['equipment:view', 'equipment:edit'] } as const;
const defined = event('RoleDefined', { ...command, customerId, isShared: false });

describe('a role', () => {
  test('is defined once, for the caller’s customer (TE-1), with permissions that the caller holds (TE-4)', () => {
    given().when('DefineRole', command, { tenant: customerId }).then(defined);
    given(defined).when('DefineRole', command, { tenant: customerId }).thenNothing();
    given(defined)
      .when('DefineRole', { ...command, name: 'Otro' }, { tenant: customerId })
      .thenRejected('alreadyDefined');
    given()
      .when('DefineRole', command, { held: new Set(['equipment:view']) })
      .thenRejected('permissionNotHeld');
    given()
      .when('DefineRole', { ...command, customerId, isShared: true })
      .thenRejected('onlyTheCompany');
    given()
      .when('DefineRole', { ...command, isShared: true })
      .thenTypes('RoleDefined');
  });

  test('TE-4 gives no permission that its editor does not hold; taking one needs nothing', () => {
    const held = new Set(['equipment:view']);
    given(defined).when('GrantRolePermission', { permission: 'invoice:view' }, { held }).thenRejected('permissionNotHeld');
    given(defined).when('GrantRolePermission', { permission: 'equipment:*' }, { held }).thenRejected('permissionNotHeld');
    given(defined).when('GrantRolePermission', { permission: 'equipment:view' }, { held }).thenNothing();
    given(defined)
      .when('RevokeRolePermission', { permission: 'equipment:edit' }, { held })
      .then(event('RolePermissionRevoked', { permission: 'equipment:edit' }))
      .andRepeatedNothing();
  });

  test('a whole module is its actions: one of them can be taken again', () => {
    const { state } = given(
      defined,
      event('RolePermissionGranted', { permission: 'invoice:*' }),
      event('RolePermissionRevoked', { permission: 'invoice:delete' }),
    );
    expect(permissionsOfRole(state)).toEqual(
      ['equipment:view', 'equipment:edit', ...actions.filter((action) => action !== 'delete').map((action) => `invoice:${action}`)].sort(),
    );
  });

  test('retired it grants nothing, takes no change, and its name is free', () => {
    const retired = event('RoleRetired', { reason: 'merged' });
    given(defined).when('RetireRole', { reason: 'merged' }).then(retired).andRepeatedNothing();
    given(defined, retired).when('GrantRolePermission', { permission: 'equipment:view' }).thenRejected('retired');
    given(defined, retired).when('RenameRole', { name: 'Otro' }).thenRejected('retired');
    expect(permissionsOfRole(given(defined, retired).state)).toEqual([]);
    expect(claimsAfter(defined)).toEqual([{ kind: 'roleName', scope: customerId, value: 'Despacho' }]);
    expect(claimsAfter(defined, retired)).toEqual([]);
  });

  test('what it grants is what was given less what was taken, whatever came before', () => {
    const permission = fc.constantFrom('a:view', 'a:edit', 'a:*', 'b:view');
    const change = fc.record({ type: fc.constantFrom('GrantRolePermission' as const, 'RevokeRolePermission' as const), data: fc.record({ permission }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const { state } = run([{ type: 'DefineRole', data: { name: 'r', permissions: [] } }, ...changes]);
        const expected = new Set<string>();
        for (const { type, data } of changes) {
          for (const one of expanded(data.permission)) type === 'GrantRolePermission' ? expected.add(one) : expected.delete(one);
        }
        expect(permissionsOfRole(state)).toEqual([...expected].sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('effective permissions', () => {
  const permission = fc.constantFrom('a:view', 'a:edit', 'a:*', 'b:view', 'b:*', 'c:assign');
  test('TE-5 are roles and grants together less revocations; a revocation always wins, and order is nothing', () => {
    fc.assert(
      fc.property(fc.array(permission), fc.array(permission), (givenOnes, revoked) => {
        const effective = effectivePermissions(givenOnes, revoked);
        for (const one of revoked.flatMap(expanded)) expect(effective.has(one)).toBe(false);
        for (const one of givenOnes.flatMap(expanded)) expect(effective.has(one)).toBe(!revoked.flatMap(expanded).includes(one));
        const reversed = effectivePermissions([...givenOnes].reverse(), [...revoked].reverse());
        expect([...reversed].sort()).toEqual([...effective].sort());
      }),
    );
  });
});

test('telling the identity provider: the id is kept, a failure is tried again', () => {
  const failed = event('IdentityRoleSyncFailed', { problem: 'auth0-429', attempt: 1, retryAt: '2026-03-01T12:01:00.000Z' });
  given(defined)
    .when('RecordRoleSync', { outcome: { kind: 'failed', problem: 'auth0-429' } })
    .then(failed);
  given(defined, failed).when('RequestRoleSync', { failedAttempt: 1 }).thenTypes('IdentityRoleSyncRequested');
  given(defined, failed).when('RequestRoleSync', { failedAttempt: 2 }).thenNothing();
  given(defined, failed)
    .when('RecordRoleSync', { outcome: { kind: 'synced', externalRoleId: 'rol_1' } })
    .then(event('IdentityRoleSynced', { externalRoleId: 'rol_1' }))
    .andRepeatedNothing();
});
