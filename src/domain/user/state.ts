import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing } from '../kernel/presence.ts';
import { expanded } from '../role/permissions.ts';
import type { userEvents } from './events.ts';

export const situations = ['invited', 'pending_approval', 'active', 'suspended', 'withdrawn', 'rejected', 'deactivated'] as const;
export type Situation = (typeof situations)[number];

type Present = {
  readonly situation: Situation;
  /** `null`: company staff. */
  readonly customerId: string | null;
  readonly email: string;
  readonly name: string;
  /** Country and language, to see that a repeat says nothing new. */
  readonly profile: string;
  /** The identity provider's `sub`. */
  readonly subject: string | null;
  /** The user that invited, `null` where a part of the system or a machine did. */
  readonly invitedBy: string | null;
  readonly invitationExpiresAt: string;
  /** Failures to mail the invitation since the last success. */
  readonly failedMails: number;
  /** In the order they were assigned. */
  readonly roles: readonly string[];
  readonly primaryRole: string | null;
  readonly accounts: readonly string[];
  /** Single permissions, sorted. */
  readonly granted: readonly string[];
  readonly revoked: readonly string[];
  /** Set from before the user joins the administrators until after it left them. */
  readonly appointmentId: string | null;
  /** What the identity provider was last told, and failures since. */
  readonly synced: string;
  readonly failedAttempts: number;
};
export type User = { readonly situation: 'absent' } | Present;
export type PresentUser = Frozen<Present>;

/** A user as other aggregates' guards see it. */
export const userFact = fact<User>('user');
export const initial: User = { situation: 'absent' };
/** Nothing more happens to such a user; its e-mail and identity are free for others. */
export const isEnded = (situation: User['situation']): boolean => situation === 'withdrawn' || situation === 'rejected' || situation === 'deactivated';

export const profileOf = (profile: { readonly country?: string; readonly language?: string }): string =>
  canonicalJson([profile.country ?? null, profile.language ?? null]);
/** The comparable form of what the identity provider is told. */
export const syncOf = (isBlocked: boolean, externalRoleIds: readonly string[]): string => canonicalJson([isBlocked, [...externalRoleIds].sort()]);

const present = changing<Frozen<User>>();
const moved = (situation: Situation) => present(() => ({ situation }));
const plus = (held: readonly string[], permission: string): readonly string[] => [...new Set([...held, ...expanded(permission)])].sort();
const minus = (held: readonly string[], permission: string): readonly string[] => held.filter((one) => !expanded(permission).includes(one));

export const evolve: Evolve<User, typeof userEvents> = {
  UserInvited: (_state, data, { actor }) => ({
    situation: 'invited',
    customerId: data.customerId ?? null,
    email: data.email,
    name: data.name,
    profile: profileOf(data),
    subject: null,
    invitedBy: actor.kind === 'user' ? actor.id : null,
    invitationExpiresAt: data.expiresAt,
    failedMails: 0,
    roles: [],
    primaryRole: null,
    accounts: [],
    granted: [],
    revoked: [],
    appointmentId: null,
    synced: '',
    failedAttempts: 0,
  }),
  InvitationRenewed: present((_state, { expiresAt }) => ({ invitationExpiresAt: expiresAt })),
  InvitationMailed: present(() => ({ failedMails: 0 })),
  InvitationMailFailed: present((_state, { attempt }) => ({ failedMails: attempt })),
  InvitationMailRequested: (state) => state,
  InvitationRevoked: moved('withdrawn'),
  InvitationExpired: moved('withdrawn'),
  IdentityLinked: present((_state, { subject }) => ({ situation: 'pending_approval', subject })),
  ApprovalRequested: (state) => state,
  UserApproved: moved('active'),
  UserRejected: moved('rejected'),
  UserSuspended: moved('suspended'),
  UserReactivated: moved('active'),
  UserDeactivated: moved('deactivated'),
  UserProfileChanged: present((_state, data) => ({ name: data.name, profile: profileOf(data) })),
  UserEmailChanged: present((_state, { email }) => ({ email })),
  RoleAssigned: present(({ roles, primaryRole }, { roleId, isPrimary }) => ({
    roles: roles.includes(roleId) ? roles : [...roles, roleId],
    primaryRole: isPrimary ? roleId : primaryRole,
  })),
  RoleUnassigned: present(({ roles, primaryRole }, { roleId }) => ({
    roles: roles.filter((one) => one !== roleId),
    primaryRole: primaryRole === roleId ? null : primaryRole,
  })),
  PrimaryRoleChosen: present((_state, { roleId }) => ({ primaryRole: roleId })),
  AccountsAssigned: present(({ accounts }, { accountIds }) => ({ accounts: [...new Set([...accounts, ...accountIds])].sort() })),
  AccountsUnassigned: present(({ accounts }, { accountIds }) => ({ accounts: accounts.filter((one) => !accountIds.includes(one)) })),
  UserPermissionGranted: present(({ granted }, { permission }) => ({ granted: plus(granted, permission) })),
  UserGrantWithdrawn: present(({ granted }, { permission }) => ({ granted: minus(granted, permission) })),
  UserPermissionRevoked: present(({ revoked }, { permission }) => ({ revoked: plus(revoked, permission) })),
  UserRevocationLifted: present(({ revoked }, { permission }) => ({ revoked: minus(revoked, permission) })),
  AdministratorAppointed: present((_state, { appointmentId }) => ({ appointmentId })),
  AdministratorAppointmentEnded: present(() => ({ appointmentId: null })),
  IdentitySynced: present((_state, { isBlocked, externalRoleIds }) => ({ synced: syncOf(isBlocked, externalRoleIds), failedAttempts: 0 })),
  IdentitySyncFailed: present((_state, { attempt }) => ({ failedAttempts: attempt })),
  IdentitySyncRequested: (state) => state,
};
