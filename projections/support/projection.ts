/** Cases, extortion incidents, and groups of people who are told of the same things. */
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { notificationGroup } from '../../src/domain/notification-group/decider.ts';
import { incident, supportCase } from '../../src/domain/support-case/decider.ts';
import { projecting } from '../kernel/projection.ts';
import { groupTable, incidentTable, memberTable, systemCaseTable } from './tables.ts';

const { projection, when } = projecting({ systemCase: systemCaseTable, incident: incidentTable, group: groupTable, member: memberTable });

const begun = (reportedAt: string) => ({ status: 'reported', priority: null, handler_id: null, reported_at: reportedAt, resolved_at: null, resolution: null });
type Triage = { readonly priority: string; readonly handlerId?: string };
const triaged = ({ priority, handlerId }: Triage) => ({ status: 'triaged', priority, handler_id: handlerId ?? null });
const resolved = (resolution: string, at: string) => ({ status: 'resolved', resolution, resolved_at: at });
/** What was looked at before goes on from there. */
const reopened = (priority: string | null) => ({ status: priority === null ? 'reported' : 'triaged', resolution: null, resolved_at: null });
const memberId = (groupId: string, userId: string): string => derivedId(groupId, ['member', userId]);

const ofCases = when(supportCase, {
  SystemCaseReported: ({ aggregateId, data, occurredAt }, rows) =>
    rows.systemCase.put({ reported_system_case_id: aggregateId, subject: data.subject, description: data.description, ...begun(occurredAt) }),
  SystemCaseTriaged: ({ aggregateId, data }, rows) => rows.systemCase.patch(aggregateId, triaged(data)),
  SystemCaseResolved: ({ aggregateId, data, occurredAt }, rows) => rows.systemCase.patch(aggregateId, resolved(data.resolution, occurredAt)),
  SystemCaseReopened: ({ aggregateId }, rows) => rows.systemCase.patch(aggregateId, reopened(rows.systemCase.get(aggregateId)?.priority ?? null)),
});
const ofIncidents = when(incident, {
  ExtortionIncidentReported: ({ aggregateId, data, occurredAt }, rows) =>
    rows.incident.put({ extortion_incident_id: aggregateId, description: data.description, ...begun(occurredAt) }),
  ExtortionIncidentTriaged: ({ aggregateId, data }, rows) => rows.incident.patch(aggregateId, triaged(data)),
  ExtortionIncidentResolved: ({ aggregateId, data, occurredAt }, rows) => rows.incident.patch(aggregateId, resolved(data.resolution, occurredAt)),
  ExtortionIncidentReopened: ({ aggregateId }, rows) => rows.incident.patch(aggregateId, reopened(rows.incident.get(aggregateId)?.priority ?? null)),
});
const ofGroups = when(notificationGroup, {
  NotificationGroupDefined: ({ aggregateId, data }, rows) =>
    rows.group.put({ notification_group_id: aggregateId, name: data.name, description: data.description ?? null, status: 'active' }),
  NotificationGroupRenamed: ({ aggregateId, data }, rows) => rows.group.patch(aggregateId, { name: data.name }),
  NotificationGroupMemberAdded: ({ aggregateId, data: { userId } }, rows) =>
    rows.member.put({ notification_group_member_id: memberId(aggregateId, userId), notification_group_id: aggregateId, user_id: userId }),
  NotificationGroupMemberRemoved: ({ aggregateId, data: { userId } }, rows) => rows.member.remove(memberId(aggregateId, userId)),
  NotificationGroupRetired: ({ aggregateId }, rows) => rows.group.patch(aggregateId, { status: 'retired' }),
});

export const support = projection({
  name: 'support',
  version: 1,
  docs: 'Cases, extortion incidents, and groups of people who are told of the same things.',
  on: [ofCases, ofIncidents, ofGroups],
});
