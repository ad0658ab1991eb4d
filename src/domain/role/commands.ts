import { defineCommands } from '../kernel/aggregate.ts';
import { either, fields, flag, integer, list, note, oneOf, optional, ref, text } from '../kernel/schema.ts';
import { permission, permissionsMax } from './permissions.ts';

const edit = 'role:edit';

export const roleCommands = defineCommands({
  DefineRole: {
    permission: 'role:create',
    docs: 'Defines a role with permissions that the caller holds. A customer’s user defines one of its customer; staff name the customer, or none for the company’s own.',
    creates: true,
    rejects: ['alreadyDefined', 'permissionNotHeld', 'onlyTheCompany', 'roleNameTaken'],
    schema: fields({
      name: text({ max: 80 }),
      description: optional(note({ max: 500 })),
      customerId: optional(ref('customer')),
      isShared: optional(flag('Only for a company role: customers may give it to their users.')),
      permissions: list(permission(), { max: permissionsMax, unique: true }),
    }),
  },
  RenameRole: {
    permission: edit,
    docs: 'Calls a role something else.',
    rejects: ['retired', 'roleNameTaken'],
    schema: fields({ name: text({ max: 80 }), description: optional(note({ max: 500 })) }),
  },
  GrantRolePermission: {
    permission: 'role:assign',
    docs: 'Adds a permission, or a whole module, that the caller holds.',
    rejects: ['retired', 'permissionNotHeld', 'tooMany'],
    schema: fields({ permission: permission() }),
  },
  RevokeRolePermission: {
    permission: 'role:assign',
    docs: 'Takes a permission out of the role. Of a whole module that was given, the other actions stay.',
    rejects: ['retired'],
    schema: fields({ permission: permission() }),
  },
  RetireRole: {
    permission: 'role:delete',
    docs: 'Ends a role: it grants nothing from now on and is taken from whoever has it.',
    rejects: [],
    schema: fields({ reason: text() }),
  },
  RecordRoleSync: {
    permission: 'identity:edit',
    docs: 'What came of telling the identity provider about this role.',
    internal: true,
    rejects: [],
    schema: fields({
      outcome: either(fields({ kind: oneOf(['synced']), externalRoleId: text({ max: 128 }) }), fields({ kind: oneOf(['failed']), problem: text() })),
    }),
  },
  RequestRoleSync: {
    permission: 'identity:edit',
    docs: 'Tells the identity provider again, as the retries after a failure and the daily check do.',
    rejects: [],
    schema: fields({ failedAttempt: optional(integer({ min: 1, max: 1000, docs: 'Only if this attempt was the last and failed.' })) }),
  },
});
