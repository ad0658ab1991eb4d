import { companyTable, instant, restrictedTable, tenantTable, text, uuid } from '../kernel/table.ts';

const progress = {
  status: text().filtered().described('reported, triaged or resolved'),
  priority: text().nullable().filtered(),
  handler_id: uuid().nullable().filtered(),
  reported_at: instant().filtered(),
  resolved_at: instant().nullable().filtered(),
  resolution: text().nullable(),
} as const;
export const systemCaseTable = companyTable('reported_system_case', {
  key: 'reported_system_case_id',
  permission: 'support-case:view',
  docs: 'What people reported to be wrong with the system.',
  columns: { reported_system_case_id: uuid(), subject: text().searched(), description: text(), ...progress },
});
export const incidentTable = restrictedTable('extortion_incident', {
  key: 'extortion_incident_id',
  permission: 'extortion-incident:view',
  docs: 'Extortions and threats, as people reported them.',
  columns: { extortion_incident_id: uuid(), description: text().personal('extortion_incident_id'), ...progress },
});
export const groupTable = tenantTable('notification_group', {
  key: 'notification_group_id',
  permission: 'notification-group:view',
  docs: 'People who are told of the same things.',
  columns: { notification_group_id: uuid(), name: text().searched(), description: text().nullable(), status: text().filtered() },
});
export const memberTable = tenantTable('notification_group_member', {
  key: 'notification_group_member_id',
  permission: 'notification-group:view',
  docs: 'Who belongs to which group.',
  columns: { notification_group_member_id: uuid(), notification_group_id: uuid().filtered(), user_id: uuid().filtered() },
});
