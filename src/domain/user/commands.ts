import { defineCommands } from '../kernel/aggregate.ts';
import { code, either, email, fields, flag, instant, integer, list, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { permission } from '../role/permissions.ts';
import { identitySubject, profile } from './events.ts';

const edit = 'user:edit';
const assign = 'user:assign';
/** Refusals of every command that asks for a state. */
const moves = ['notInThisState'] as const;
const accountIds = (item: ReturnType<typeof uuid>) => list(item, { min: 1, max: 500, unique: true });
const ofInvitation = { expiresAt: instant() } as const;
const reason = fields({ reason: text() });

export const userCommands = defineCommands({
  InviteUser: {
    permission: 'user:create',
    docs: 'Invites a person by e-mail, with roles (the first is the primary one) and accounts. A customer’s user invites to its customer; staff name the customer, or none for staff.',
    creates: true,
    rejects: ['alreadyInvited', 'permissionNotHeld', 'foreignRole', 'roleRetired', 'foreignAccount', 'emailTaken'],
    schema: fields({
      email: email({ personal: true }),
      ...profile,
      customerId: optional(ref('customer')),
      roleIds: optional(list(ref('role'), { max: 20, unique: true })),
      accountIds: optional(accountIds(ref('account'))),
    }),
  },
  RenewInvitation: { permission: 'user:create', docs: 'Sends the invitation again, with a new term.', rejects: moves, schema: fields({}) },
  RevokeInvitation: { permission: edit, docs: 'Takes an invitation back.', rejects: moves, schema: reason },
  ExpireInvitation: { permission: edit, docs: 'The invitation’s term is over.', internal: true, rejects: [], schema: fields(ofInvitation) },
  RecordInvitationMail: {
    permission: edit,
    docs: 'What came of mailing the invitation.',
    internal: true,
    rejects: [],
    schema: fields({ ...ofInvitation, problem: optional(text()) }),
  },
  RequestInvitationMail: {
    permission: edit,
    docs: 'Mails the invitation again after a failure.',
    internal: true,
    rejects: [],
    schema: fields({ failedAttempt: integer({ min: 1, max: 1000 }) }),
  },
  LinkIdentity: {
    permission: 'identity:edit',
    docs: 'The invited person signed in: `subject` is the identity provider’s name for it.',
    rejects: [...moves, 'identityTaken'],
    schema: fields({ subject: identitySubject() }),
  },
  RecordApprovalRequest: {
    permission: edit,
    docs: 'Who was told that the user waits for approval.',
    internal: true,
    rejects: [],
    schema: fields({ approverIds: list(uuid(), { max: 50 }) }),
  },
  ApproveUser: {
    permission: 'user:approve',
    docs: 'Lets the user in. Neither the user nor who invited it may (TE-10).',
    rejects: [...moves, 'ownApproval'],
    schema: fields({}),
  },
  RejectUser: { permission: 'user:approve', docs: 'Turns the user down.', rejects: moves, schema: reason },
  SuspendUser: {
    permission: edit,
    docs: 'Blocks the user at once. An administrator has to leave the administrators first.',
    rejects: [...moves, 'isAdministrator'],
    schema: reason,
  },
  ReactivateUser: { permission: edit, docs: 'Ends a suspension.', rejects: moves, schema: fields({}) },
  DeactivateUser: {
    permission: 'user:delete',
    docs: 'Ends the user for good. An administrator has to leave the administrators first.',
    rejects: [...moves, 'isAdministrator'],
    schema: reason,
  },
  ChangeUserProfile: { permission: edit, docs: 'Changes name, country or language.', rejects: moves, schema: fields(profile) },
  ChangeUserEmail: { permission: edit, docs: 'Changes the e-mail.', rejects: [...moves, 'emailTaken'], schema: fields({ email: email({ personal: true }) }) },

  AssignRole: {
    permission: assign,
    docs: 'Gives a role all of whose permissions the caller holds. The first role is the primary one.',
    rejects: [...moves, 'permissionNotHeld', 'foreignRole', 'roleRetired', 'tooMany'],
    schema: fields({ roleId: ref('role'), isPrimary: optional(flag('Makes it the primary role.')) }),
  },
  UnassignRole: {
    permission: assign,
    docs: 'Takes a role. Of the others the one held longest becomes the primary one, if it was.',
    rejects: moves,
    schema: fields({ roleId: uuid() }),
  },
  AssignAccounts: {
    permission: assign,
    docs: 'Lets the user see accounts of its customer, and all below them.',
    rejects: [...moves, 'foreignAccount', 'tooMany'],
    schema: fields({ accountIds: accountIds(ref('account')) }),
  },
  UnassignAccounts: { permission: assign, docs: 'Takes accounts from the user.', rejects: moves, schema: fields({ accountIds: accountIds(uuid()) }) },
  GrantPermission: {
    permission: assign,
    docs: 'Grants a permission, or a whole module, that the caller holds.',
    rejects: [...moves, 'permissionNotHeld'],
    schema: fields({ permission: permission() }),
  },
  WithdrawGrant: { permission: assign, docs: 'Undoes a grant; what roles give stays.', rejects: moves, schema: fields({ permission: permission() }) },
  RevokePermission: {
    permission: assign,
    docs: 'Denies a permission or a whole module, whatever roles and grants say.',
    rejects: moves,
    schema: fields({ permission: permission() }),
  },
  LiftRevocation: {
    permission: assign,
    docs: 'Undoes a revocation of something that the caller holds.',
    rejects: [...moves, 'permissionNotHeld'],
    schema: fields({ permission: permission() }),
  },

  AppointAdministrator: {
    permission: 'administrator:assign',
    docs: 'Makes an active user one of the administrators of its customer (or of the company). Leaving is a command of the administrators.',
    startsProcess: true,
    rejects: moves,
    schema: fields({}),
  },
  EndAdministratorAppointment: {
    permission: 'administrator:assign',
    docs: 'The user has left the administrators.',
    internal: true,
    rejects: [],
    schema: fields({ appointmentId: uuid() }),
  },
  RecordIdentitySync: {
    permission: 'identity:edit',
    docs: 'What came of telling the identity provider about the user.',
    internal: true,
    rejects: [],
    schema: fields({
      outcome: either(
        fields({ kind: oneOf(['synced']), isBlocked: flag(), externalRoleIds: list(code({ max: 128 }), { max: 100, unique: true }) }),
        fields({ kind: oneOf(['failed']), problem: text() }),
      ),
    }),
  },
  RequestIdentitySync: {
    permission: 'identity:edit',
    docs: 'Tells the identity provider again, as the retries after a failure and the daily check do.',
    rejects: [],
    schema: fields({ failedAttempt: optional(integer({ min: 1, max: 1000, docs: 'Only if this attempt was the last and failed.' })) }),
  },
});
