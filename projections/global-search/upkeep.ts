/** What is found of maintenance, inspections, cases and groups. Of incidents nothing ever is (TE-11). */
import { inspectionEvents } from '../../src/domain/inspection/events.ts';
import { maintenanceEvents } from '../../src/domain/maintenance/events.ts';
import { notificationGroupEvents } from '../../src/domain/notification-group/events.ts';
import { caseEvents } from '../../src/domain/support-case/events.ts';
import { type Change, type Documents, documentsOf } from './document.ts';

type Found = Change<'maintenance' | 'inspection' | 'case' | 'notificationGroup'>;
const one = (change: Found): readonly Found[] => [change];
const nobodys = { customerId: null, accountId: null } as const;
const joined = (...texts: readonly (string | null | undefined)[]): string | null =>
  texts.filter((text) => text !== undefined && text !== null && text !== '').join(' · ') || null;
/** By code points: half a character could not be stored. */
const briefly = (text: string | undefined): string | null => [...(text ?? '')].slice(0, 500).join('') || null;

type Planned = { readonly name: string; readonly tasks: readonly string[] };
const planned = ({ name, tasks }: Planned) => ({ kind: 'maintenance' as const, title: name, description: briefly(tasks.join(', ')) });
export const upkeep: Documents = {
  ...documentsOf('maintenance', maintenanceEvents, {
    MaintenanceDefined: (data) => one({ ...planned(data), subtitle: data.program }),
    MaintenanceChanged: (data) => one(planned(data)),
    MaintenanceLeftAccount: () => one({ kind: 'maintenance', owner: nobodys }),
    MaintenanceEnded: () => one({ kind: 'maintenance', isGone: true }),
  }),
  ...documentsOf('inspection', inspectionEvents, {
    InspectionRecorded: ({ kind, inspectedOn, result, reportNumber }) =>
      one({ kind: 'inspection', title: `Inspection of ${inspectedOn}`, subtitle: joined(kind, result), parts: { report: reportNumber ?? null } }),
    InspectionViolationAdded: ({ violationId, violationCode, description }) =>
      one({ kind: 'inspection', parts: { [violationId]: joined(violationCode, briefly(description)) } }),
    InspectionWithdrawn: () => one({ kind: 'inspection', subtitle: 'withdrawn' }),
    InspectionRemoved: () => one({ kind: 'inspection', isGone: true }),
  }),
  ...documentsOf('case', caseEvents, {
    SystemCaseReported: ({ subject, description }) => one({ kind: 'case', title: subject, subtitle: 'reported', description: briefly(description) }),
    SystemCaseTriaged: ({ priority }) => one({ kind: 'case', subtitle: joined('triaged', priority) }),
    SystemCaseResolved: () => one({ kind: 'case', subtitle: 'resolved' }),
    SystemCaseReopened: () => one({ kind: 'case', subtitle: 'reopened' }),
  }),
  ...documentsOf('notificationGroup', notificationGroupEvents, {
    NotificationGroupDefined: ({ name, description, customerId }) =>
      one({
        kind: 'notificationGroup',
        title: name,
        description: briefly(description),
        owner: { customerId: customerId ?? null, accountId: null },
      }),
    NotificationGroupRenamed: ({ name }) => one({ kind: 'notificationGroup', title: name }),
    NotificationGroupRetired: () => one({ kind: 'notificationGroup', isGone: true }),
  }),
};
