import { defineEvents } from '../kernel/aggregate.ts';
import { fields, flag, instant, integer, list, note, optional, text, uuid } from '../kernel/schema.ts';
import { permission, permissionsMax } from './permissions.ts';

export const roleEvents = defineEvents({
  RoleDefined: {
    version: 1,
    docs: 'A named set of permissions exists: a customer’s, or the company’s own.',
    schema: fields({
      name: text({ max: 80 }),
      customerId: optional(uuid()),
      description: optional(note({ max: 500 })),
      isShared: flag('A company role that every customer may give to its users.'),
      permissions: list(permission(), { max: permissionsMax, unique: true }),
    }),
  },
  RoleRenamed: { version: 1, docs: 'A role is called something else.', schema: fields({ name: text({ max: 80 }), description: optional(note({ max: 500 })) }) },
  RolePermissionGranted: { version: 1, docs: 'Who has the role may do this from now on.', schema: fields({ permission: permission() }) },
  RolePermissionRevoked: { version: 1, docs: 'The role no longer gives this.', schema: fields({ permission: permission() }) },
  RoleRetired: { version: 1, docs: 'The role grants nothing any more and is taken from whoever had it.', schema: fields({ reason: text() }) },
  IdentityRoleSynced: {
    version: 1,
    docs: 'The identity provider has this role as we have it.',
    schema: fields({ externalRoleId: text({ max: 128 }) }),
  },
  IdentityRoleSyncFailed: {
    version: 1,
    docs: 'The identity provider could not be told of this role; it is tried again.',
    schema: fields({ problem: text(), attempt: integer({ min: 1, max: 1000 }), retryAt: instant() }),
  },
  IdentityRoleSyncRequested: { version: 1, docs: 'The identity provider is to be told of this role again.', schema: fields({}) },
});
