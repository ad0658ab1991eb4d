import { boolean, instant, integer, json, sharedTable, tenantTable, text, textArray, uuid } from '../kernel/table.ts';

const permission = 'role:view';

export const moduleTable = sharedTable('module', {
  key: 'module_id',
  permission,
  docs: 'The modules that permissions are about, computed from the model.',
  columns: { module_id: uuid(), code: text().filtered(), name: text().searched(), is_active: boolean().filtered() },
});
export const moduleActionTable = sharedTable('module_action', {
  key: 'module_action_id',
  permission,
  docs: 'Every permission: an action on a module.',
  columns: {
    module_action_id: uuid(),
    module_id: uuid().filtered(),
    code: text().filtered().described('module:action'),
    name: text().searched(),
    is_active: boolean().filtered(),
  },
});
export const userRoleTable = tenantTable('user_role', {
  key: 'user_role_id',
  permission,
  docs: 'Roles: a customer’s own, and the company’s.',
  columns: {
    user_role_id: uuid(),
    name: text().searched(),
    description: text().nullable(),
    auth0_role_id: text().nullable().filtered().described('The identity provider’s id of the role.'),
    role_permission: json().described('What it grants, sorted; nothing once it is retired.'),
    status: text().filtered().described('active or retired'),
    is_shared: boolean().filtered().described('A company role that every customer may give to its users.'),
    identity_sync_problem: text().nullable(),
  },
});
export const roleModulePermissionTable = tenantTable('role_module_permission', {
  key: 'role_module_permission_id',
  permission,
  docs: 'The modules in which a role grants anything, with the actions.',
  columns: { role_module_permission_id: uuid(), user_role_id: uuid().filtered(), module_id: uuid().filtered(), actions: textArray() },
});
const grant = {
  user_id: uuid().filtered(),
  is_granted: boolean().filtered().described('False: denied, whatever roles and grants say.'),
  has_grant: boolean(),
  has_revocation: boolean(),
} as const;
export const userModulePermissionTable = tenantTable('user_module_permission', {
  key: 'user_module_permission_id',
  permission: 'user:view',
  docs: 'Whole modules that were granted or denied to one user beside its roles.',
  columns: { user_module_permission_id: uuid(), module_id: uuid().filtered(), ...grant },
});
export const userActionPermissionTable = tenantTable('user_action_permission', {
  key: 'user_action_permission_id',
  permission: 'user:view',
  docs: 'Single permissions that were granted or denied to one user beside its roles.',
  columns: { user_action_permission_id: uuid(), module_action_id: uuid().filtered(), ...grant },
});
export const permissionVersionTable = tenantTable('permission_version', {
  key: 'permission_version_id',
  permission,
  docs: 'How often users and roles have changed: a user’s permissions are those of its own version and its roles’.',
  columns: { permission_version_id: uuid(), subject_kind: text().filtered(), subject_id: uuid().filtered(), version: integer() },
});
export const apiClientTable = tenantTable('api_client', {
  key: 'api_client_id',
  permission: 'api-client:view',
  docs: 'Machines that may call, and what they may.',
  columns: {
    api_client_id: uuid(),
    name: text().searched(),
    client_kind: text().filtered(),
    subject: text().filtered().described('The `sub` of its tokens.'),
    scopes: json(),
    status: text().filtered().described('active or revoked'),
    secret_rotated_at: instant().nullable().filtered(),
  },
});
export const administratorTable = tenantTable('administrator', {
  key: 'administrator_id',
  permission: 'administrator:view',
  docs: 'Who administers a customer or the company now.',
  columns: { administrator_id: uuid(), user_id: uuid().filtered(), appointed_at: instant().filtered() },
});
