import { defineEvents } from '../kernel/aggregate.ts';
import { code, country, email, fields, flag, instant, integer, list, oneOf, optional, text, uuid } from '../kernel/schema.ts';
import { permission } from '../role/permissions.ts';

export const languages = ['es', 'en'] as const;
export const profile = { name: text({ personal: true }), country: optional(country()), language: optional(oneOf(languages)) } as const;
/** The identity provider's name for a person (`auth0|65f…`): the `sub` of its tokens. */
export const identitySubject = () => text({ max: 255, personal: true });

export const userEvents = defineEvents({
  UserInvited: {
    version: 1,
    docs: 'A person may join: a customer’s user, or company staff where no customer is named.',
    schema: fields({ email: email({ personal: true }), ...profile, customerId: optional(uuid()), expiresAt: instant() }),
  },
  InvitationRenewed: { version: 1, docs: 'The invitation is sent again and holds longer.', schema: fields({ expiresAt: instant() }) },
  InvitationMailed: { version: 1, docs: 'The invitation was handed to the mail service.', schema: fields({ expiresAt: instant() }) },
  InvitationMailFailed: {
    version: 1,
    docs: 'The invitation could not be mailed; it is tried again at `retryAt`.',
    schema: fields({ expiresAt: instant(), problem: text(), attempt: integer({ min: 1, max: 1000 }), retryAt: instant() }),
  },
  InvitationMailRequested: { version: 1, docs: 'The invitation is to be mailed again.', schema: fields({ expiresAt: instant() }) },
  InvitationRevoked: { version: 1, docs: 'The invitation was taken back; the e-mail is free again.', schema: fields({ reason: text() }) },
  InvitationExpired: { version: 1, docs: 'Nobody came in time; the e-mail is free again.', schema: fields({ expiresAt: instant() }) },
  IdentityLinked: {
    version: 1,
    docs: 'The person signed in with the identity provider and waits for approval.',
    schema: fields({ subject: identitySubject() }),
  },
  ApprovalRequested: {
    version: 1,
    docs: 'Those who may approve were told that somebody waits.',
    schema: fields({ approverIds: list(uuid(), { max: 50 }) }),
  },
  UserApproved: { version: 1, docs: 'The user may work: permissions hold from now on.', schema: fields({}) },
  UserRejected: { version: 1, docs: 'The user was turned down; e-mail and identity are free again.', schema: fields({ reason: text() }) },
  UserSuspended: { version: 1, docs: 'The user may do nothing until reactivated (blocked).', schema: fields({ reason: text() }) },
  UserReactivated: { version: 1, docs: 'A suspension ended.', schema: fields({}) },
  UserDeactivated: { version: 1, docs: 'The user left for good; e-mail and identity are free again.', schema: fields({ reason: text() }) },
  UserProfileChanged: { version: 1, docs: 'Name, country or language changed.', schema: fields(profile) },
  UserEmailChanged: { version: 1, docs: 'The user is reached at another e-mail.', schema: fields({ email: email({ personal: true }) }) },

  RoleAssigned: {
    version: 1,
    docs: 'The user has this role. There is one primary role as soon as there is any.',
    schema: fields({ roleId: uuid(), isPrimary: flag() }),
  },
  RoleUnassigned: { version: 1, docs: 'The user no longer has this role.', schema: fields({ roleId: uuid() }) },
  PrimaryRoleChosen: { version: 1, docs: 'Another of the user’s roles is the primary one.', schema: fields({ roleId: uuid() }) },
  AccountsAssigned: {
    version: 1,
    docs: 'The user sees these accounts and everything below them.',
    schema: fields({ accountIds: list(uuid(), { min: 1, max: 500, unique: true }) }),
  },
  AccountsUnassigned: {
    version: 1,
    docs: 'The user no longer sees these accounts by assignment.',
    schema: fields({ accountIds: list(uuid(), { min: 1, max: 500, unique: true }) }),
  },
  UserPermissionGranted: { version: 1, docs: 'The user may do this beside what the roles give.', schema: fields({ permission: permission() }) },
  UserGrantWithdrawn: { version: 1, docs: 'What was granted to the user beside the roles is no longer.', schema: fields({ permission: permission() }) },
  UserPermissionRevoked: { version: 1, docs: 'The user may not do this, whatever roles and grants say.', schema: fields({ permission: permission() }) },
  UserRevocationLifted: { version: 1, docs: 'Roles and grants decide again.', schema: fields({ permission: permission() }) },

  AdministratorAppointed: {
    version: 1,
    docs: 'The user is about to join the administrators; from here on it can be neither suspended nor deactivated.',
    schema: fields({ appointmentId: uuid() }),
  },
  AdministratorAppointmentEnded: { version: 1, docs: 'The user has left the administrators.', schema: fields({ appointmentId: uuid() }) },

  IdentitySynced: {
    version: 1,
    docs: 'The identity provider has the user as we have it.',
    schema: fields({ isBlocked: flag(), externalRoleIds: list(code({ max: 128 }), { max: 100, unique: true }) }),
  },
  IdentitySyncFailed: {
    version: 1,
    docs: 'The identity provider could not be told about the user; it is tried again at `retryAt`.',
    schema: fields({ problem: text(), attempt: integer({ min: 1, max: 1000 }), retryAt: instant() }),
  },
  IdentitySyncRequested: { version: 1, docs: 'The identity provider is to be told about the user again.', schema: fields({}) },
});
