import { bigint, boolean, date, double, instant, json, tenantTable, text, uuid, uuidArray } from '../kernel/table.ts';

const permission = 'user:view';
const settings = 'user-settings:view';

export const userTable = tenantTable('user', {
  key: 'user_id',
  permission,
  docs: 'The people who work with the portal, as they are now; staff have no customer.',
  columns: {
    user_id: uuid(),
    user_role_id: uuid().nullable().filtered().described('The primary role.'),
    name: text().searched().personal('user_id'),
    email: text().searched().personal('user_id'),
    auth0_reference_id: text().nullable().filtered().personal('user_id').described('The identity provider’s name for the person (`sub`).'),
    assigned_account_ids: uuidArray(),
    status: text().filtered().described('invited, pending_approval, active, suspended (blocked), deactivated (inactive), withdrawn or rejected'),
    status_reason: text().nullable(),
    country_code: text().nullable().filtered(),
    language: text().nullable(),
    is_approved: boolean().filtered(),
    approved_by: text().nullable(),
    is_administrator: boolean().filtered(),
    invitation_expires_at: instant().nullable().filtered(),
    invitation_problem: text().nullable().described('Why the invitation could not be mailed.'),
    identity_sync: text().filtered().described('none, synced or failed'),
    identity_sync_problem: text().nullable(),
    identity_sync_retry_at: instant().nullable(),
  },
});
export const userRoleAssignmentTable = tenantTable('user_role_assignment', {
  key: 'user_role_assignment_id',
  permission,
  docs: 'Which user has which roles now.',
  columns: { user_role_assignment_id: uuid(), user_id: uuid().filtered(), user_role_id: uuid().filtered(), is_primary: boolean().filtered() },
});
export const userAccessLogTable = tenantTable('user_access_log', {
  key: 'user_access_log_id',
  permission: 'session:view',
  docs: 'Who signed in and out, when and with what.',
  isAudited: false,
  columns: {
    user_access_log_id: uuid(),
    session_id: uuid().filtered(),
    user_id: uuid().nullable().filtered(),
    api_client_id: uuid().nullable().filtered(),
    action: text().filtered().described('sign_in or sign_out'),
    device_kind: text().filtered(),
    device: text().personal('user_id'),
    user_agent: text().nullable().personal('user_id'),
    occurred_at: instant().filtered(),
  },
});
export const userApiUsageTable = tenantTable('user_api_usage', {
  key: 'user_api_usage_id',
  permission: 'api-usage:view',
  docs: 'How often a user or machine called an endpoint in a month.',
  isAudited: false,
  columns: {
    user_api_usage_id: uuid(),
    user_id: uuid().nullable().filtered(),
    api_client_id: uuid().nullable().filtered(),
    endpoint: text().searched(),
    request_count: bigint().filtered(),
    period_start: date().filtered().described('The first day of the month, UTC.'),
    reported_until: instant(),
  },
});
export const columnPreferencesTable = tenantTable('column_preferences', {
  key: 'column_preferences_id',
  permission: settings,
  docs: 'The columns that a user wants to see of a list, in order. One that the list no longer has is ignored.',
  columns: {
    column_preferences_id: uuid(),
    user_id: uuid().filtered(),
    column_preference_table_name_id: uuid().filtered(),
    table_name: text().filtered(),
    selected_columns: json(),
  },
});
export const userUnitPreferenceTable = tenantTable('user_unit_preference', {
  key: 'user_unit_preference_id',
  permission: settings,
  docs: 'How a user wants values shown: the chosen entries of the catalog of user metrics.',
  columns: { user_unit_preference_id: uuid(), user_id: uuid().filtered(), choices: json() },
});
export const userNotificationPreferenceTable = tenantTable('user_notification_preference', {
  key: 'user_notification_preference_id',
  permission: settings,
  docs: 'Whether a kind of notification reaches a user by a channel, and when it keeps quiet.',
  columns: {
    user_notification_preference_id: uuid(),
    user_id: uuid().filtered(),
    kind: text().filtered(),
    notification_channel_id: uuid().filtered(),
    is_on: boolean().filtered(),
    quiet_from: text().nullable(),
    quiet_to: text().nullable(),
    quiet_time_zone: text().nullable(),
  },
});
export const serviceRequestLocationTable = tenantTable('service_request_location', {
  key: 'service_request_location_id',
  permission: settings,
  docs: 'Places that a user keeps for service requests; removed ones stay for the requests that name them.',
  columns: {
    service_request_location_id: uuid(),
    user_id: uuid().filtered(),
    location_nick_name: text().searched().personal('user_id'),
    unit_street: text().searched().personal('user_id'),
    latitude: double().nullable(),
    longitude: double().nullable(),
    is_active: boolean().filtered(),
  },
});
export const userDeviceTokenTable = tenantTable('user_device_token', {
  key: 'user_device_token_id',
  permission: settings,
  docs: 'The devices that take a user’s push notifications.',
  columns: {
    user_device_token_id: uuid(),
    user_id: uuid().filtered(),
    token: text().personal('user_id'),
    platform: text().filtered(),
    is_active: boolean().filtered(),
  },
});
