/** Who may do what: modules and actions, roles, grants, machines, administrators and the versions of permissions. */
import { administrators } from '../../src/domain/administrators/decider.ts';
import { apiClient } from '../../src/domain/api-client/decider.ts';
import { catalog } from '../../src/domain/catalog/decider.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { catalogId, entryId } from '../../src/domain/kernel/well-known.ts';
import { role } from '../../src/domain/role/decider.ts';
import { roleEvents } from '../../src/domain/role/events.ts';
import { actionOf, actions, expanded, isWholeModule, moduleOf } from '../../src/domain/role/permissions.ts';
import { user } from '../../src/domain/user/decider.ts';
import { userEvents } from '../../src/domain/user/events.ts';
import { type Occurred, projecting, type Rows } from '../kernel/projection.ts';
import {
  administratorTable,
  apiClientTable,
  moduleActionTable,
  moduleTable,
  permissionVersionTable,
  roleModulePermissionTable,
  userActionPermissionTable,
  userModulePermissionTable,
  userRoleTable,
} from './tables.ts';

const tables = {
  module: moduleTable,
  moduleAction: moduleActionTable,
  role: userRoleTable,
  roleModule: roleModulePermissionTable,
  userModule: userModulePermissionTable,
  userAction: userActionPermissionTable,
  version: permissionVersionTable,
  apiClient: apiClientTable,
  administrator: administratorTable,
};
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;

const moduleCatalog = catalogId('module');
const actionCatalog = catalogId('module-action');
type Entry = { readonly code: string; readonly name: string };
const putEntry = (aggregateId: string, { code, name }: Entry, rows: All): void => {
  const id = entryId('module', code);
  const actionId = entryId('module-action', code);
  if (aggregateId === moduleCatalog) rows.module.put({ module_id: id, code, name, is_active: rows.module.get(id)?.is_active ?? true });
  if (aggregateId !== actionCatalog) return;
  const isActive = rows.moduleAction.get(actionId)?.is_active ?? true;
  rows.moduleAction.put({ module_action_id: actionId, module_id: entryId('module', moduleOf(code)), code, name, is_active: isActive });
};
const setActive =
  (isActive: boolean) =>
  ({ aggregateId, data: { code } }: Occurred<{ readonly code: string }>, rows: All): void => {
    if (aggregateId === moduleCatalog) rows.module.patch(entryId('module', code), { is_active: isActive });
    if (aggregateId === actionCatalog) rows.moduleAction.patch(entryId('module-action', code), { is_active: isActive });
  };
const putOne = ({ aggregateId, data: { entry } }: Occurred<{ readonly entry: Entry }>, rows: All): void => putEntry(aggregateId, entry, rows);
const modules = when(catalog, {
  EntriesImported: ({ aggregateId, data: { entries } }, rows) => {
    if (aggregateId !== moduleCatalog && aggregateId !== actionCatalog) return;
    for (const entry of entries) putEntry(aggregateId, entry, rows);
  },
  EntryDefined: putOne,
  EntryChanged: putOne,
  EntryDeactivated: setActive(false),
  EntryReactivated: setActive(true),
});

const permissionsIn = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []);
/** The role's permissions, and a row for each module in which it grants anything. */
const setPermissions = (rows: All, roleId: string, permissions: readonly string[]): void => {
  const before = permissionsIn(rows.role.get(roleId)?.role_permission);
  const now = [...new Set(permissions)].sort();
  rows.role.patch(roleId, { role_permission: now });
  for (const module of new Set([...before, ...now].map(moduleOf))) {
    const granted = actions.filter((action) => now.includes(`${module}:${action}`));
    const id = derivedId(roleId, ['module', module]);
    if (granted.length === 0) rows.roleModule.remove(id);
    else rows.roleModule.put({ role_module_permission_id: id, user_role_id: roleId, module_id: entryId('module', module), actions: granted });
  }
};
const held = (rows: All, roleId: string): readonly string[] => permissionsIn(rows.role.get(roleId)?.role_permission);

const roles = when(role, {
  RoleDefined: ({ aggregateId, tenant, data }, rows) => {
    rows.role.put({
      user_role_id: aggregateId,
      customer_id: tenant,
      name: data.name,
      description: data.description ?? null,
      auth0_role_id: null,
      role_permission: [],
      status: 'active',
      is_shared: data.isShared,
      identity_sync_problem: null,
    });
    setPermissions(rows, aggregateId, data.permissions.flatMap(expanded));
  },
  RoleRenamed: ({ aggregateId, data }, rows) => rows.role.patch(aggregateId, { name: data.name, description: data.description ?? null }),
  RolePermissionGranted: ({ aggregateId, data }, rows) => setPermissions(rows, aggregateId, [...held(rows, aggregateId), ...expanded(data.permission)]),
  RolePermissionRevoked: ({ aggregateId, data }, rows) => {
    const taken = expanded(data.permission);
    setPermissions(
      rows,
      aggregateId,
      held(rows, aggregateId).filter((one) => !taken.includes(one)),
    );
  },
  RoleRetired: ({ aggregateId }, rows) => {
    rows.role.patch(aggregateId, { status: 'retired' });
    setPermissions(rows, aggregateId, []);
  },
  IdentityRoleSynced: ({ aggregateId, data }, rows) => rows.role.patch(aggregateId, { auth0_role_id: data.externalRoleId, identity_sync_problem: null }),
  IdentityRoleSyncFailed: ({ aggregateId, data }, rows) => rows.role.patch(aggregateId, { identity_sync_problem: data.problem }),
});

type Flags = { readonly has_grant: boolean; readonly has_revocation: boolean };
/**
 * A row as long as something was granted or denied. What is said of a whole module stands in the module's row and in a row of each
 * action, so that a later word about one action is told apart.
 */
const setGrant =
  (change: Partial<Flags>) =>
  ({ aggregateId: userId, data: { permission } }: Occurred<{ readonly permission: string }>, rows: All): void => {
    for (const single of expanded(permission)) setAction(rows, { userId, permission: single }, change);
    const module = moduleOf(permission);
    const isWhole = isWholeModule(permission);
    const id = derivedId(userId, ['module', module]);
    const known = rows.userModule.get(id);
    // Undoing one action leaves no whole module granted or denied.
    const undone = Object.values(change).every((value) => value === false);
    if (!isWhole && !(undone && known !== undefined)) return;
    const flags = { has_grant: known?.has_grant ?? false, has_revocation: known?.has_revocation ?? false, ...change };
    const isGranted = flags.has_grant && !flags.has_revocation;
    if (!flags.has_grant && !flags.has_revocation) rows.userModule.remove(id);
    else rows.userModule.put({ user_module_permission_id: id, user_id: userId, module_id: entryId('module', module), is_granted: isGranted, ...flags });
  };
const setAction = (rows: All, of: { readonly userId: string; readonly permission: string }, change: Partial<Flags>): void => {
  const id = derivedId(of.userId, ['action', moduleOf(of.permission), actionOf(of.permission)]);
  const known = rows.userAction.get(id);
  const flags = { has_grant: known?.has_grant ?? false, has_revocation: known?.has_revocation ?? false, ...change };
  const row = { user_id: of.userId, module_action_id: entryId('module-action', of.permission), is_granted: flags.has_grant && !flags.has_revocation };
  if (!flags.has_grant && !flags.has_revocation) rows.userAction.remove(id);
  else rows.userAction.put({ user_action_permission_id: id, ...row, ...flags });
};
const grants = when(user, {
  UserPermissionGranted: setGrant({ has_grant: true }),
  UserGrantWithdrawn: setGrant({ has_grant: false }),
  UserPermissionRevoked: setGrant({ has_revocation: true }),
  UserRevocationLifted: setGrant({ has_revocation: false }),
});

const bump = ({ category, aggregateId, revision, tenant }: Occurred, rows: All): void =>
  rows.version.put({
    permission_version_id: derivedId(aggregateId, ['version', category]),
    customer_id: tenant,
    subject_kind: category,
    subject_id: aggregateId,
    version: revision,
  });
/** Every event of a user or role raises its version. */
const versions = [
  when(user, Object.fromEntries(Object.keys(userEvents).map((type) => [type, bump]))),
  when(role, Object.fromEntries(Object.keys(roleEvents).map((type) => [type, bump]))),
];

const machines = when(apiClient, {
  ApiClientRegistered: ({ aggregateId, tenant, data }, rows) =>
    rows.apiClient.put({
      api_client_id: aggregateId,
      customer_id: tenant,
      name: data.name,
      client_kind: data.clientKind,
      subject: data.subject,
      scopes: data.scopes,
      status: 'active',
      secret_rotated_at: null,
    }),
  ApiClientSecretRotated: ({ aggregateId, occurredAt }, rows) => rows.apiClient.patch(aggregateId, { secret_rotated_at: occurredAt }),
  ApiClientScopesLimited: ({ aggregateId, data }, rows) => rows.apiClient.patch(aggregateId, { scopes: data.scopes }),
  ApiClientRevoked: ({ aggregateId }, rows) => rows.apiClient.patch(aggregateId, { status: 'revoked' }),
});

const administratorId = (setId: string, userId: string): string => derivedId(setId, ['administrator', userId]);
const administration = when(administrators, {
  AdministratorJoined: ({ aggregateId, tenant, occurredAt, data: { userId } }, rows) =>
    rows.administrator.put({
      administrator_id: administratorId(aggregateId, userId),
      customer_id: tenant,
      user_id: userId,
      appointed_at: occurredAt,
    }),
  AdministratorLeft: ({ aggregateId, data: { userId } }, rows) => rows.administrator.remove(administratorId(aggregateId, userId)),
});

export const access = projection({
  name: 'access',
  version: 1,
  docs: 'Who may do what: modules and actions, roles, grants, machines, administrators and the versions of permissions.',
  on: [modules, roles, grants, ...versions, machines, administration],
});
