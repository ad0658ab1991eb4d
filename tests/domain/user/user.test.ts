import { describe, expect, test } from '@jest/globals';
import { administratorsOf } from '../../../src/domain/administrators/decider.ts';
import { type EventOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { erased } from '../../../src/domain/kernel/personal.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import type { Role } from '../../../src/domain/role/decider.ts';
import { user } from '../../../src/domain/user/decider.ts';
import { userEvents } from '../../../src/domain/user/events.ts';
import { movesFrom } from '../../../src/domain/user/rules.ts';
import { type Situation, situations } from '../../../src/domain/user/state.ts';
import { id, now, scenarios, type TestContext } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, run, claimsAfter } = scenarios(user);
const event = emit(userEvents);

const customerId = id('customer');
const expiresAt = '2026-03-08T12:00:00.000Z';
const ana = { email: 'ana@example.org', name: 'Ana' } as const;
const invited = event('UserInvited', { ...ana, customerId, expiresAt });
const linked = event('IdentityLinked', { subject: 'auth0|ana' });
const histories: Readonly<Record<Situation, readonly EventOf<typeof userEvents>[]>> = {
  invited: [invited],
  pending_approval: [invited, linked],
  active: [invited, linked, event('UserApproved', {})],
  suspended: [invited, linked, event('UserApproved', {}), event('UserSuspended', { reason: 'x' })],
  withdrawn: [invited, event('InvitationRevoked', { reason: 'x' })],
  rejected: [invited, linked, event('UserRejected', { reason: 'x' })],
  deactivated: [invited, linked, event('UserApproved', {}), event('UserDeactivated', { reason: 'x' })],
};
const active = histories.active;

const roleOf = (changes: Partial<Exclude<Role, { situation: 'absent' }>> = {}): Role => ({
  situation: 'active',
  name: 'role',
  description: '',
  customerId,
  isShared: false,
  permissions: ['equipment:view'],
  externalRoleId: null,
  failedAttempts: 0,
  ...changes,
});
const withRole = (name: string, changes: Parameters<typeof roleOf>[0] = {}): TestContext => ({ facts: { [`role-${id(name)}`]: roleOf(changes) } });
const customerWith = (...accounts: readonly string[]) => ({
  [`customer-${customerId}`]: { situation: 'active', accounts: Object.fromEntries(accounts.map((name) => [id(name), {}])) },
});

describe('inviting', () => {
  test('a customer’s user invites to its own customer, whatever the body leaves out (TE-1)', () => {
    given().when('InviteUser', ana, { tenant: customerId }).then(invited).andRepeatedNothing();
    given()
      .when('InviteUser', ana)
      .then(event('UserInvited', { ...ana, expiresAt }));
  });

  test('comes with roles, the first of them primary, and accounts of that customer only', () => {
    const command = { ...ana, customerId, roleIds: [id('r1'), id('r2')], accountIds: [id('A')] };
    const facts = { ...customerWith('A'), [`role-${id('r1')}`]: roleOf(), [`role-${id('r2')}`]: roleOf({ customerId: null, isShared: true }) };
    given()
      .when('InviteUser', command, { facts })
      .then(
        invited,
        event('RoleAssigned', { roleId: id('r1'), isPrimary: true }),
        event('RoleAssigned', { roleId: id('r2'), isPrimary: false }),
        event('AccountsAssigned', { accountIds: [id('A')] }),
      );
    given()
      .when('InviteUser', { ...command, accountIds: [id('B')] }, { facts })
      .thenRejected('foreignAccount');
    given()
      .when('InviteUser', { ...ana, accountIds: [id('A')] }, { facts })
      .thenRejected('foreignAccount');
  });

  test('ends by its deadline unless it was renewed, revoked or taken up; then the e-mail is free', () => {
    given(invited).when('ExpireInvitation', { expiresAt }).then(event('InvitationExpired', { expiresAt })).andRepeatedNothing();
    const later = '2026-03-20T12:00:00.000Z';
    given(invited, event('InvitationRenewed', { expiresAt: later }))
      .when('ExpireInvitation', { expiresAt })
      .thenNothing();
    given(invited, linked).when('ExpireInvitation', { expiresAt }).thenNothing();
    expect(user.deadlines?.UserInvited?.(invited.data as never, id('self'))).toEqual([
      { change: 'set', name: 'invitation', dueAt: expiresAt, command: 'ExpireInvitation', data: { expiresAt } },
    ]);
    expect(claimsAfter(invited).map(({ kind }) => kind)).toEqual(['email']);
    expect(claimsAfter(invited, event('InvitationExpired', { expiresAt }))).toEqual([]);
  });

  test('a mail that fails is tried again at ever longer distances, and only while it is the last failure', () => {
    const failed = event('InvitationMailFailed', { expiresAt, problem: 'away', attempt: 1, retryAt: '2026-03-01T12:01:00.000Z' });
    given(invited).when('RecordInvitationMail', { expiresAt, problem: 'away' }).then(failed);
    given(invited, failed).when('RecordInvitationMail', { expiresAt, problem: 'away' }).thenTypes('InvitationMailFailed');
    given(invited, failed).when('RequestInvitationMail', { failedAttempt: 1 }).then(event('InvitationMailRequested', { expiresAt }));
    given(invited, failed, event('InvitationMailed', { expiresAt })).when('RequestInvitationMail', { failedAttempt: 1 }).thenNothing();
  });
});

describe('the states of a user', () => {
  const moves = {
    LinkIdentity: { data: { subject: 'auth0|ana' }, to: 'pending_approval' },
    RevokeInvitation: { data: { reason: 'x' }, to: 'withdrawn' },
    ApproveUser: { data: {}, to: 'active' },
    RejectUser: { data: { reason: 'x' }, to: 'rejected' },
    SuspendUser: { data: { reason: 'x' }, to: 'suspended' },
    ReactivateUser: { data: {}, to: 'active' },
    DeactivateUser: { data: { reason: 'x' }, to: 'deactivated' },
  } as const;

  test('every state × every move: only the listed ones happen, a repeat says nothing, any other lists what is allowed', () => {
    for (const situation of situations) {
      for (const [command, { data, to }] of Object.entries(moves)) {
        const { decision, state } = given(...histories[situation]).when(command as keyof typeof moves, data as never, {
          actor: { kind: 'user', id: id('approver') },
        });
        const label = `${situation}: ${command}`;
        if (movesFrom[situation].includes(command)) {
          expect({ label, situation: state.situation }).toEqual({ label, situation: to });
          continue;
        }
        const isRepeat = situation === to || (command === 'LinkIdentity' && !['invited', 'withdrawn', 'rejected', 'deactivated'].includes(situation));
        if (isRepeat) expect({ label, decision }).toEqual({ label, decision: [] });
        else {
          expect({ label, code: isRejection(decision) ? decision.code : decision }).toEqual({ label, code: 'notInThisState' });
          expect(isRejection(decision) ? decision.details : undefined).toEqual({ status: situation, allowed: movesFrom[situation] });
        }
      }
    }
  });

  const others = {
    ChangeUserProfile: { name: 'Ana María' },
    ChangeUserEmail: { email: 'ana2@example.org' },
    AssignRole: { roleId: id('r') },
    AssignAccounts: { accountIds: [id('A')] },
    GrantPermission: { permission: 'equipment:edit' },
    RevokePermission: { permission: 'equipment:edit' },
  } as const;
  test('every state × every other command: possible until the user has ended, absorbed by refusal afterwards', () => {
    const context = { facts: { ...customerWith('A'), [`role-${id('r')}`]: roleOf() } };
    for (const situation of situations) {
      for (const [command, data] of Object.entries(others)) {
        const { decision } = given(...histories[situation]).when(command as keyof typeof others, data as never, context);
        const hasEnded = movesFrom[situation].length === 0;
        expect({ situation, command, isRefused: isRejection(decision) }).toEqual({ situation, command, isRefused: hasEnded });
      }
    }
  });

  test('e-mail and identity are held while it lasts and free once it has ended or is forgotten (EQ-10)', () => {
    for (const situation of situations) {
      const kinds = claimsAfter(...histories[situation]).map(({ kind }) => kind);
      expect({ situation, kinds }).toEqual({
        situation,
        kinds: movesFrom[situation].length === 0 ? [] : situation === 'invited' ? ['email'] : ['email', 'identity'],
      });
    }
    expect(claimsAfter(event('UserInvited', { ...ana, expiresAt }), event('IdentityLinked', { subject: erased }))).toHaveLength(1);
  });

  test('TE-10 neither the user nor who invited it approves', () => {
    const pending = histories.pending_approval;
    given(...pending)
      .when('ApproveUser', {}, { id: id('self'), actor: { kind: 'user', id: id('self') } })
      .thenRejected('ownApproval');
    given(...pending)
      .when('ApproveUser', {}, { actor: { kind: 'user', id: id('actor') } })
      .thenRejected('ownApproval');
    given(...pending)
      .when('ApproveUser', {}, { actor: { kind: 'user', id: id('somebody else') } })
      .then(event('UserApproved', {}))
      .andRepeatedNothing();
  });
});

describe('rights', () => {
  test('TE-4 nobody gives a role, a permission or a module beyond what they hold', () => {
    const held = new Set(['equipment:view', 'equipment:edit']);
    given(...active)
      .when('GrantPermission', { permission: 'equipment:edit' }, { held })
      .thenTypes('UserPermissionGranted');
    given(...active)
      .when('GrantPermission', { permission: 'equipment:*' }, { held })
      .thenRejected('permissionNotHeld');
    given(...active)
      .when('GrantPermission', { permission: 'invoice:view' }, { held })
      .thenRejected('permissionNotHeld');
    given(...active, event('UserPermissionRevoked', { permission: 'invoice:view' }))
      .when('LiftRevocation', { permission: 'invoice:view' }, { held })
      .thenRejected('permissionNotHeld');
    given(...active)
      .when('AssignRole', { roleId: id('r') }, { held, ...withRole('r', { permissions: ['equipment:view', 'invoice:view'] }) })
      .thenRejected('permissionNotHeld');
    given(...active)
      .when('AssignRole', { roleId: id('r') }, { held, ...withRole('r') })
      .then(event('RoleAssigned', { roleId: id('r'), isPrimary: true }))
      .andRepeatedNothing();
  });

  test('a role is of the user’s customer or shared by the company, and not retired', () => {
    const assign = (changes: Parameters<typeof roleOf>[0]) => given(...active).when('AssignRole', { roleId: id('r') }, withRole('r', changes));
    assign({ customerId: id('another customer') }).thenRejected('foreignRole');
    assign({ customerId: null }).thenRejected('foreignRole');
    assign({ customerId: null, isShared: true }).thenTypes('RoleAssigned');
    assign({ situation: 'retired' }).thenRejected('roleRetired');
    given(...active)
      .when('AssignRole', { roleId: id('nothing') })
      .thenRejected('foreignRole');
  });

  test('there is exactly one primary role as soon as there is any', () => {
    const names = ['a', 'b', 'c'] as const;
    const facts = Object.fromEntries(names.map((name) => [`role-${id(name)}`, roleOf()]));
    const command = fc.oneof(
      fc.record({
        type: fc.constant('AssignRole' as const),
        data: fc.record({ roleId: fc.constantFrom(...names).map(id), isPrimary: fc.boolean() }),
      }),
      fc.record({ type: fc.constant('UnassignRole' as const), data: fc.record({ roleId: fc.constantFrom(...names).map(id) }) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 20 }), (commands) => {
        const { state } = run([{ type: 'InviteUser', data: { ...ana, customerId } }, ...commands], () => ({ facts }));
        if (state.situation === 'absent') throw new Error('unreachable');
        if (state.roles.length === 0) expect(state.primaryRole).toBeNull();
        else expect(state.roles).toContain(state.primaryRole);
      }),
      { numRuns: 100 },
    );
  });

  test('TE-5 the order in which permissions were granted and revoked does not matter', () => {
    const permission = fc.constantFrom('a:view', 'a:edit', 'a:*', 'b:view', 'b:*');
    const command = fc.record({ type: fc.constantFrom('GrantPermission' as const, 'RevokePermission' as const), data: fc.record({ permission }) });
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 8 }).chain((commands) => fc.tuple(fc.constant(commands), fc.shuffledSubarray(commands, { minLength: commands.length }))),
        ([commands, shuffled]) => {
          const rights = (given: typeof commands) => {
            const { state } = run([{ type: 'InviteUser', data: ana }, ...given]);
            return state.situation === 'absent' ? undefined : { granted: state.granted, revoked: state.revoked };
          };
          expect(rights(shuffled)).toEqual(rights(commands));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('accounts are of the user’s own customer; staff have none', () => {
    given(...active)
      .when('AssignAccounts', { accountIds: [id('A')] }, { facts: customerWith('A') })
      .then(event('AccountsAssigned', { accountIds: [id('A')] }))
      .andRepeatedNothing();
    given(...active)
      .when('AssignAccounts', { accountIds: [id('Z')] }, { facts: customerWith('A') })
      .thenRejected('foreignAccount');
    given(event('UserInvited', { ...ana, expiresAt }))
      .when('AssignAccounts', { accountIds: [id('A')] }, { facts: customerWith('A') })
      .thenRejected('foreignAccount');
  });
});

describe('an administrator', () => {
  const appointed = event('AdministratorAppointed', { appointmentId: id('a1') });
  const set = (left: Readonly<Record<string, string>>, members: Readonly<Record<string, string>> = {}) => ({
    facts: { [`administrators-${administratorsOf(customerId)}`]: { members, left } },
  });

  test('TE-4 is neither suspended nor deactivated before it has left the administrators', () => {
    given(...active, appointed)
      .when('SuspendUser', { reason: 'x' })
      .thenRejected('isAdministrator');
    given(...active, appointed)
      .when('DeactivateUser', { reason: 'x' })
      .thenRejected('isAdministrator');
    given(...active, appointed, event('AdministratorAppointmentEnded', { appointmentId: id('a1') }))
      .when('SuspendUser', { reason: 'x' })
      .thenTypes('UserSuspended');
  });

  test('is appointed once; again only after it has left, and a late word about the earlier time ends nothing', () => {
    given(...active)
      .when('AppointAdministrator', {})
      .then(event('AdministratorAppointed', { appointmentId: id('made:0') }))
      .andRepeatedNothing();
    given(...active, appointed)
      .when('AppointAdministrator', {}, set({ [id('self')]: id('a1') }))
      .thenTypes('AdministratorAppointed');
    given(...active, appointed, event('AdministratorAppointed', { appointmentId: id('a2') }))
      .when('EndAdministratorAppointment', { appointmentId: id('a1') })
      .thenNothing();
    given(...histories.suspended)
      .when('AppointAdministrator', {})
      .thenRejected('notInThisState');
  });
});

describe('the identity provider', () => {
  test('a failure is kept visible and tried again until it is told; what it has been told already is no news', () => {
    const failed = event('IdentitySyncFailed', { problem: 'auth0-503', attempt: 1, retryAt: '2026-03-01T12:01:00.000Z' });
    const synced = event('IdentitySynced', { isBlocked: false, externalRoleIds: ['rol_1'] });
    given(...active)
      .when('RecordIdentitySync', { outcome: { kind: 'failed', problem: 'auth0-503' } })
      .then(failed);
    given(...active, failed)
      .when('RequestIdentitySync', { failedAttempt: 1 })
      .thenTypes('IdentitySyncRequested');
    given(...active, failed, synced)
      .when('RequestIdentitySync', { failedAttempt: 1 })
      .thenNothing();
    given(...active, failed)
      .when('RecordIdentitySync', { outcome: { kind: 'synced', isBlocked: false, externalRoleIds: ['rol_1'] } })
      .then(synced)
      .andRepeatedNothing();
    expect(user.deadlines?.IdentitySyncFailed?.(failed.data as never, id('self'))).toEqual([
      { change: 'set', name: 'identity-sync', dueAt: '2026-03-01T12:01:00.000Z', command: 'RequestIdentitySync', data: { failedAttempt: 1 } },
    ]);
    expect(now).toBe('2026-03-01T12:00:00.000Z');
  });
});
