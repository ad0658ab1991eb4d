import { administratorsFact, administratorsOf, hasLeft } from '../administrators/decider.ts';
import { type Customer, customerFact } from '../customer/state.ts';
import { type Aggregate, emit, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { retryAt } from '../kernel/backoff.ts';
import { erased } from '../kernel/personal.ts';
import { reached } from '../kernel/presence.ts';
import { roleFact } from '../role/decider.ts';
import { expanded, holdsAll } from '../role/permissions.ts';
import { userCommands } from './commands.ts';
import { userEvents } from './events.ts';
import { accountsMax, invitationDays, isAnotherPerson, isNoAdministrator, mayGiveRole, notEnded, refuseMove, rolesMax } from './rules.ts';
import { evolve, initial, isEnded, profileOf, syncOf, type User } from './state.ts';

const event = emit(userEvents);
const dayMs = 86_400_000;
const invitationEnd = (now: string): string => new Date(Date.parse(now) + invitationDays * dayMs).toISOString();

const present = reached<Frozen<User>>('a user');

const foreignAccount = (accountIds: readonly string[], customer: Frozen<Customer> | undefined) => {
  const accounts = customer === undefined || customer.situation === 'absent' ? {} : customer.accounts;
  const foreign = accountIds.filter((accountId) => !Object.hasOwn(accounts, accountId));
  return foreign.length === 0 ? undefined : reject('foreignAccount', 'Users see accounts of their own customer only.', { accountIds: foreign });
};
const overlaps = (held: readonly string[], permission: string): boolean => expanded(permission).some((one) => held.includes(one));
const covers = (held: readonly string[], permission: string): boolean => expanded(permission).every((one) => held.includes(one));

const guards: Guards<User, typeof userCommands> = {
  InviteUser: (_state, { roleIds, customerId }) => [
    ...(roleIds ?? []).map((roleId) => roleFact.at(roleId)),
    ...(customerId === undefined ? [] : [customerFact.at(customerId)]),
  ],
  AssignRole: (_state, { roleId }) => [roleFact.at(roleId)],
  AssignAccounts: (state) => (state.situation === 'absent' || state.customerId === null ? [] : [customerFact.at(state.customerId)]),
  AppointAdministrator: (state) => (state.situation === 'absent' ? [] : [administratorsFact.at(administratorsOf(state.customerId))]),
};

const decide: Aggregate<'user', User, typeof userCommands, typeof userEvents>['decide'] = {
  InviteUser: (state, { roleIds = [], accountIds = [], customerId: named, ...person }, context) => {
    const customerId = context.tenant ?? named ?? null;
    if (state.situation !== 'absent') {
      const isSame = state.situation === 'invited' && state.email === person.email && state.customerId === customerId;
      return isSame ? [] : reject('alreadyInvited', 'This user was invited.');
    }
    for (const roleId of roleIds) {
      const wrong = mayGiveRole(roleId, customerId, context);
      if (wrong !== undefined) return wrong;
    }
    // A tenant's caller names only accounts of its own customer: the shell has checked. Staff may name any, so the customer is asked.
    const wrong = accountIds.length === 0 || context.tenant !== null ? undefined : foreignAccount(accountIds, customerFact.of(context.facts, named ?? ''));
    if (wrong !== undefined) return wrong;
    return [
      event('UserInvited', { ...person, ...(customerId === null ? {} : { customerId }), expiresAt: invitationEnd(context.now) }),
      ...roleIds.map((roleId, index) => event('RoleAssigned', { roleId, isPrimary: index === 0 })),
      ...(accountIds.length === 0 ? [] : [event('AccountsAssigned', { accountIds })]),
    ];
  },
  RenewInvitation: (state, _command, { now }) => {
    const user = present(state);
    if (user.situation !== 'invited') return refuseMove(user);
    const expiresAt = invitationEnd(now);
    return user.invitationExpiresAt === expiresAt ? [] : [event('InvitationRenewed', { expiresAt })];
  },
  RevokeInvitation: (state, command) => {
    const user = present(state);
    if (user.situation === 'withdrawn') return [];
    return user.situation === 'invited' ? [event('InvitationRevoked', command)] : refuseMove(user);
  },
  ExpireInvitation: (state, { expiresAt }) => {
    const user = present(state);
    return user.situation === 'invited' && user.invitationExpiresAt === expiresAt ? [event('InvitationExpired', { expiresAt })] : [];
  },
  RecordInvitationMail: (state, { expiresAt, problem }, { now }) => {
    const { situation, failedMails } = present(state);
    if (situation !== 'invited') return [];
    if (problem === undefined) return [event('InvitationMailed', { expiresAt })];
    const attempt = Math.min(failedMails + 1, 1000);
    return [event('InvitationMailFailed', { expiresAt, problem, attempt, retryAt: retryAt(now, attempt) })];
  },
  RequestInvitationMail: (state, { failedAttempt }) => {
    const { situation, failedMails, invitationExpiresAt } = present(state);
    return situation === 'invited' && failedMails === failedAttempt ? [event('InvitationMailRequested', { expiresAt: invitationExpiresAt })] : [];
  },
  LinkIdentity: (state, command) => {
    const user = present(state);
    if (!isEnded(user.situation) && user.subject === command.subject) return [];
    return user.situation === 'invited' ? [event('IdentityLinked', command)] : refuseMove(user);
  },
  RecordApprovalRequest: (state, command) => (present(state).situation === 'pending_approval' ? [event('ApprovalRequested', command)] : []),
  ApproveUser: (state, _command, context) => {
    const user = present(state);
    if (user.situation === 'active') return [];
    if (user.situation !== 'pending_approval') return refuseMove(user);
    return isAnotherPerson(user, context) ?? [event('UserApproved', {})];
  },
  RejectUser: (state, command) => {
    const user = present(state);
    if (user.situation === 'rejected') return [];
    return user.situation === 'pending_approval' ? [event('UserRejected', command)] : refuseMove(user);
  },
  SuspendUser: (state, command) => {
    const user = present(state);
    if (user.situation === 'suspended') return [];
    return user.situation === 'active' ? (isNoAdministrator(user) ?? [event('UserSuspended', command)]) : refuseMove(user);
  },
  ReactivateUser: (state) => {
    const user = present(state);
    if (user.situation === 'active') return [];
    return user.situation === 'suspended' ? [event('UserReactivated', {})] : refuseMove(user);
  },
  DeactivateUser: (state, command) => {
    const user = present(state);
    if (user.situation === 'deactivated') return [];
    const isPossible = user.situation === 'active' || user.situation === 'suspended';
    return isPossible ? (isNoAdministrator(user) ?? [event('UserDeactivated', command)]) : refuseMove(user);
  },
  ChangeUserProfile: (state, command) => {
    const user = present(state);
    return notEnded(user) ?? (user.name === command.name && user.profile === profileOf(command) ? [] : [event('UserProfileChanged', command)]);
  },
  ChangeUserEmail: (state, command) => {
    const user = present(state);
    return notEnded(user) ?? (user.email === command.email ? [] : [event('UserEmailChanged', command)]);
  },

  AssignRole: (state, { roleId, isPrimary = false }, context) => {
    const user = present(state);
    const wrong = notEnded(user) ?? mayGiveRole(roleId, user.customerId, context);
    if (wrong !== undefined) return wrong;
    if (user.roles.includes(roleId)) return isPrimary && user.primaryRole !== roleId ? [event('PrimaryRoleChosen', { roleId })] : [];
    return user.roles.length >= rolesMax
      ? reject('tooMany', `At most ${rolesMax} roles.`, { max: rolesMax })
      : [event('RoleAssigned', { roleId, isPrimary: isPrimary || user.roles.length === 0 })];
  },
  UnassignRole: (state, { roleId }) => {
    const user = present(state);
    if (!user.roles.includes(roleId)) return notEnded(user) ?? [];
    const next = user.roles.find((one) => one !== roleId);
    const promoted = user.primaryRole === roleId && next !== undefined ? [event('PrimaryRoleChosen', { roleId: next })] : [];
    return notEnded(user) ?? [event('RoleUnassigned', { roleId }), ...promoted];
  },
  AssignAccounts: (state, { accountIds }, { facts }) => {
    const user = present(state);
    const news = accountIds.filter((accountId) => !user.accounts.includes(accountId));
    const wrong = notEnded(user) ?? foreignAccount(accountIds, customerFact.of(facts, user.customerId ?? ''));
    if (wrong !== undefined || news.length === 0) return wrong ?? [];
    return user.accounts.length + news.length > accountsMax
      ? reject('tooMany', `At most ${accountsMax} accounts.`, { max: accountsMax })
      : [event('AccountsAssigned', { accountIds: news })];
  },
  UnassignAccounts: (state, { accountIds }) => {
    const user = present(state);
    const held = accountIds.filter((accountId) => user.accounts.includes(accountId));
    return notEnded(user) ?? (held.length === 0 ? [] : [event('AccountsUnassigned', { accountIds: held })]);
  },
  GrantPermission: (state, command, context) => {
    const user = present(state);
    return (
      notEnded(user) ?? holdsAll(context, [command.permission]) ?? (covers(user.granted, command.permission) ? [] : [event('UserPermissionGranted', command)])
    );
  },
  WithdrawGrant: (state, command) =>
    notEnded(present(state)) ?? (overlaps(present(state).granted, command.permission) ? [event('UserGrantWithdrawn', command)] : []),
  RevokePermission: (state, command) =>
    notEnded(present(state)) ?? (covers(present(state).revoked, command.permission) ? [] : [event('UserPermissionRevoked', command)]),
  LiftRevocation: (state, command, context) => {
    const user = present(state);
    return (
      notEnded(user) ?? holdsAll(context, [command.permission]) ?? (overlaps(user.revoked, command.permission) ? [event('UserRevocationLifted', command)] : [])
    );
  },

  AppointAdministrator: (state, _command, { id, facts, newId }) => {
    const user = present(state);
    if (user.situation !== 'active') return refuseMove(user);
    const administrators = administratorsFact.of(facts, administratorsOf(user.customerId));
    const isOver = user.appointmentId === null || hasLeft(administrators, id, user.appointmentId);
    return isOver ? [event('AdministratorAppointed', { appointmentId: newId(0) })] : [];
  },
  EndAdministratorAppointment: (state, command) =>
    present(state).appointmentId === command.appointmentId ? [event('AdministratorAppointmentEnded', command)] : [],
  RecordIdentitySync: (state, { outcome }, { now }) => {
    const { failedAttempts, synced } = present(state);
    if (outcome.kind === 'failed') {
      const attempt = Math.min(failedAttempts + 1, 1000);
      return [event('IdentitySyncFailed', { problem: outcome.problem, attempt, retryAt: retryAt(now, attempt) })];
    }
    const { isBlocked, externalRoleIds } = outcome;
    return failedAttempts === 0 && synced === syncOf(isBlocked, externalRoleIds) ? [] : [event('IdentitySynced', { isBlocked, externalRoleIds })];
  },
  RequestIdentitySync: (state, { failedAttempt }) =>
    failedAttempt === undefined || failedAttempt === present(state).failedAttempts ? [event('IdentitySyncRequested', {})] : [],
};

const expiry = ({ expiresAt }: { readonly expiresAt: string }) =>
  [{ change: 'set', name: 'invitation', dueAt: expiresAt, command: 'ExpireInvitation', data: { expiresAt } }] as const;
const noExpiry = () => [{ change: 'cancel', name: 'invitation' }] as const;

/** A person who works with the portal: a customer's user or company staff. Identity, roles, grants and state; nothing that grows with use. */
export const user: Aggregate<'user', User, typeof userCommands, typeof userEvents> = {
  category: 'user',
  docs: 'A person who works with the portal: a customer’s user or company staff. Identity, roles, grants and state; nothing that grows with use.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: userEvents,
  commands: userCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  claims: (state) => {
    if (state.situation === 'absent' || isEnded(state.situation)) return [];
    const email = state.email === erased ? [] : [{ kind: 'email', scope: 'company', value: state.email }];
    return state.subject === null || state.subject === erased ? email : [...email, { kind: 'identity', scope: 'company', value: state.subject }];
  },
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    UserInvited: expiry,
    InvitationRenewed: expiry,
    InvitationRevoked: noExpiry,
    IdentityLinked: noExpiry,
    InvitationMailFailed: ({ attempt, retryAt: dueAt }) => [
      { change: 'set', name: 'invitation-mail', dueAt, command: 'RequestInvitationMail', data: { failedAttempt: attempt } },
    ],
    InvitationMailed: () => [{ change: 'cancel', name: 'invitation-mail' }],
    IdentitySyncFailed: ({ attempt, retryAt: dueAt }) => [
      { change: 'set', name: 'identity-sync', dueAt, command: 'RequestIdentitySync', data: { failedAttempt: attempt } },
    ],
    IdentitySynced: () => [{ change: 'cancel', name: 'identity-sync' }],
  },
};
