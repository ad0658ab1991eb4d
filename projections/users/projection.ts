/** Users with their roles, what they like, when they came and how much they called. */
import { administrators } from '../../src/domain/administrators/decider.ts';
import { apiUsage } from '../../src/domain/api-usage/decider.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { session } from '../../src/domain/session/decider.ts';
import { user } from '../../src/domain/user/decider.ts';
import { userSettings } from '../../src/domain/user-settings/decider.ts';
import { type Occurred, projecting, type Rows } from '../kernel/projection.ts';
import {
  columnPreferencesTable,
  serviceRequestLocationTable,
  userAccessLogTable,
  userApiUsageTable,
  userDeviceTokenTable,
  userNotificationPreferenceTable,
  userRoleAssignmentTable,
  userTable,
  userUnitPreferenceTable,
} from './tables.ts';

const tables = {
  user: userTable,
  role: userRoleAssignmentTable,
  access: userAccessLogTable,
  usage: userApiUsageTable,
  columns: columnPreferencesTable,
  units: userUnitPreferenceTable,
  preference: userNotificationPreferenceTable,
  location: serviceRequestLocationTable,
  deviceToken: userDeviceTokenTable,
};
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;

const assignmentId = (userId: string, roleId: string): string => derivedId(userId, ['role', roleId]);
/** One role is the primary one: the row of the one before says so no longer. */
const makePrimary = (rows: All, userId: string, roleId: string): void => {
  const before = rows.user.get(userId)?.user_role_id ?? null;
  if (before !== null && before !== roleId) rows.role.patch(assignmentId(userId, before), { is_primary: false });
  rows.role.patch(assignmentId(userId, roleId), { is_primary: true });
  rows.user.patch(userId, { user_role_id: roleId });
};
const changeAccounts = (rows: All, userId: string, change: (held: readonly string[]) => readonly string[]): void => {
  const row = rows.user.get(userId);
  if (row !== undefined) rows.user.patch(userId, { assigned_account_ids: [...change(row.assigned_account_ids)].sort() });
};
const status =
  (value: string) =>
  ({ aggregateId }: Occurred, rows: All): void =>
    rows.user.patch(aggregateId, { status: value, status_reason: null });
const statusWithReason =
  (value: string) =>
  ({ aggregateId, data }: Occurred<{ readonly reason: string }>, rows: All): void =>
    rows.user.patch(aggregateId, { status: value, status_reason: data.reason });
const invitedUntil = ({ aggregateId, data }: Occurred<{ readonly expiresAt: string }>, rows: All): void =>
  rows.user.patch(aggregateId, { invitation_expires_at: data.expiresAt, invitation_problem: null });

const users = when(user, {
  UserInvited: ({ aggregateId, tenant, data }, rows) =>
    rows.user.put({
      user_id: aggregateId,
      customer_id: tenant,
      user_role_id: null,
      name: data.name,
      email: data.email,
      auth0_reference_id: null,
      assigned_account_ids: [],
      status: 'invited',
      status_reason: null,
      country_code: data.country ?? null,
      language: data.language ?? null,
      is_approved: false,
      approved_by: null,
      is_administrator: false,
      invitation_expires_at: data.expiresAt,
      invitation_problem: null,
      identity_sync: 'none',
      identity_sync_problem: null,
      identity_sync_retry_at: null,
    }),
  InvitationRenewed: invitedUntil,
  InvitationMailed: invitedUntil,
  InvitationMailFailed: ({ aggregateId, data }, rows) => rows.user.patch(aggregateId, { invitation_problem: data.problem }),
  InvitationRevoked: statusWithReason('withdrawn'),
  InvitationExpired: status('withdrawn'),
  IdentityLinked: ({ aggregateId, data }, rows) =>
    rows.user.patch(aggregateId, { status: 'pending_approval', auth0_reference_id: data.subject, invitation_expires_at: null }),
  UserApproved: ({ aggregateId, actor }, rows) => rows.user.patch(aggregateId, { status: 'active', is_approved: true, approved_by: actor.id }),
  UserRejected: statusWithReason('rejected'),
  UserSuspended: statusWithReason('suspended'),
  UserReactivated: status('active'),
  UserDeactivated: statusWithReason('deactivated'),
  UserProfileChanged: ({ aggregateId, data }, rows) =>
    rows.user.patch(aggregateId, { name: data.name, country_code: data.country ?? null, language: data.language ?? null }),
  UserEmailChanged: ({ aggregateId, data }, rows) => rows.user.patch(aggregateId, { email: data.email }),
  RoleAssigned: ({ aggregateId, data: { roleId, isPrimary } }, rows) => {
    const row = { user_role_assignment_id: assignmentId(aggregateId, roleId), user_id: aggregateId, user_role_id: roleId, is_primary: false };
    rows.role.put(row);
    if (isPrimary) makePrimary(rows, aggregateId, roleId);
  },
  RoleUnassigned: ({ aggregateId, data: { roleId } }, rows) => {
    rows.role.remove(assignmentId(aggregateId, roleId));
    if (rows.user.get(aggregateId)?.user_role_id === roleId) rows.user.patch(aggregateId, { user_role_id: null });
  },
  PrimaryRoleChosen: ({ aggregateId, data: { roleId } }, rows) => makePrimary(rows, aggregateId, roleId),
  AccountsAssigned: ({ aggregateId, data: { accountIds } }, rows) => changeAccounts(rows, aggregateId, (held) => [...new Set([...held, ...accountIds])]),
  AccountsUnassigned: ({ aggregateId, data: { accountIds } }, rows) =>
    changeAccounts(rows, aggregateId, (held) => held.filter((accountId) => !accountIds.includes(accountId))),
  IdentitySynced: ({ aggregateId }, rows) =>
    rows.user.patch(aggregateId, { identity_sync: 'synced', identity_sync_problem: null, identity_sync_retry_at: null }),
  IdentitySyncFailed: ({ aggregateId, data }, rows) =>
    rows.user.patch(aggregateId, { identity_sync: 'failed', identity_sync_problem: data.problem, identity_sync_retry_at: data.retryAt }),
});

const administration = when(administrators, {
  AdministratorJoined: ({ data: { userId } }, rows) => rows.user.patch(userId, { is_administrator: true }),
  AdministratorLeft: ({ data: { userId } }, rows) => rows.user.patch(userId, { is_administrator: false }),
});

type Holder = { readonly holderKind: 'user' | 'apiClient'; readonly holderId: string };
const holderColumns = ({ holderKind, holderId }: Holder) => ({
  user_id: holderKind === 'user' ? holderId : null,
  api_client_id: holderKind === 'apiClient' ? holderId : null,
});
type Access = Holder & { readonly device: { readonly kind: string; readonly name: string; readonly userAgent?: string } };
const logged =
  (action: string) =>
  ({ id, aggregateId, occurredAt, data }: Occurred<Access>, rows: All): void =>
    rows.access.put({
      user_access_log_id: id,
      session_id: aggregateId,
      ...holderColumns(data),
      action,
      device_kind: data.device.kind,
      device: data.device.name,
      user_agent: data.device.userAgent ?? null,
      occurred_at: occurredAt,
    });
const sessions = when(session, { SignedIn: logged('sign_in'), SignedOut: logged('sign_out') });

const usage = when(apiUsage, {
  ApiUsageReported: ({ data }, rows) => {
    const id = derivedId(data.holderId, ['usage', data.month, data.endpoint]);
    const before = rows.usage.get(id);
    rows.usage.put({
      user_api_usage_id: id,
      ...holderColumns(data),
      endpoint: data.endpoint,
      request_count: String(BigInt(before?.request_count ?? '0') + BigInt(data.count)),
      period_start: `${data.month}-01`,
      reported_until: before !== undefined && before.reported_until > data.to ? before.reported_until : data.to,
    });
  },
});

type Place = {
  readonly locationId: string;
  readonly nickname: string;
  readonly street: string;
  readonly position?: { readonly latitude: string; readonly longitude: string };
};
const putPlace = ({ aggregateId, data }: Occurred<Place>, rows: All): void =>
  rows.location.put({
    service_request_location_id: data.locationId,
    user_id: aggregateId,
    location_nick_name: data.nickname,
    unit_street: data.street,
    latitude: data.position === undefined ? null : Number(data.position.latitude),
    longitude: data.position === undefined ? null : Number(data.position.longitude),
    is_active: true,
  });

const settings = when(userSettings, {
  ColumnsChosen: ({ aggregateId, data }, rows) =>
    rows.columns.put({
      column_preferences_id: derivedId(aggregateId, ['columns', data.table]),
      user_id: aggregateId,
      column_preference_table_name_id: entryId('column-preference-table-name', data.table),
      table_name: data.table,
      selected_columns: data.columns,
    }),
  UnitsChosen: ({ aggregateId, data }, rows) => rows.units.put({ user_unit_preference_id: aggregateId, user_id: aggregateId, choices: data.choices }),
  NotificationPreferenceSet: ({ aggregateId, data }, rows) =>
    rows.preference.put({
      user_notification_preference_id: derivedId(aggregateId, ['preference', data.kind, data.channel]),
      user_id: aggregateId,
      kind: data.kind,
      notification_channel_id: entryId('notification-channel', data.channel),
      is_on: data.isOn,
      quiet_from: data.quietHours?.from ?? null,
      quiet_to: data.quietHours?.to ?? null,
      quiet_time_zone: data.quietHours?.timeZone ?? null,
    }),
  DeviceTokenRegistered: ({ aggregateId, data }, rows) =>
    rows.deviceToken.put({
      user_device_token_id: data.deviceTokenId,
      user_id: aggregateId,
      token: data.token,
      platform: data.platform,
      is_active: true,
    }),
  DeviceTokenRemoved: ({ data }, rows) => rows.deviceToken.patch(data.deviceTokenId, { is_active: false }),
  LocationSaved: putPlace,
  SavedLocationChanged: putPlace,
  SavedLocationRemoved: ({ data }, rows) => rows.location.patch(data.locationId, { is_active: false }),
});

export const usersReadModel = projection({
  name: 'users',
  version: 1,
  docs: 'Users with their roles and accounts, what they like, when they came and how much they called.',
  on: [users, administration, sessions, usage, settings],
});
