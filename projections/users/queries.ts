import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
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

export const userQueries: readonly QueryDefinition[] = [
  tableQuery('users', userTable),
  tableQuery('users', userRoleAssignmentTable),
  tableQuery('users', userAccessLogTable, { sort: ['-occurred_at'] }),
  tableQuery('users', userApiUsageTable, { sort: ['-period_start'] }),
  tableQuery('users', columnPreferencesTable),
  tableQuery('users', userUnitPreferenceTable),
  tableQuery('users', userNotificationPreferenceTable),
  tableQuery('users', serviceRequestLocationTable),
  tableQuery('users', userDeviceTokenTable),
];
