/** Inspections, what they found, and how that was repaired. */
import { inspection } from '../../src/domain/inspection/decider.ts';
import { projecting } from '../kernel/projection.ts';
import { inspectionTable, violationTable } from './tables.ts';

const { projection, when } = projecting({ inspection: inspectionTable, violation: violationTable });
const uncorrected = { corrective_action: null, corrected_by: null, corrected_at: null } as const;

const ofInspections = when(inspection, {
  InspectionRecorded: ({ aggregateId, data }, rows) =>
    rows.inspection.put({
      dot_inspection_id: aggregateId,
      equipment_id: data.equipmentId,
      inspection_date: data.inspectedOn,
      inspection_kind: data.kind,
      inspection_level: data.level,
      inspection_result: data.result,
      report_number: data.reportNumber ?? null,
      inspector_name: data.inspectorName,
      schedule_agreement_id: data.scheduleAgreementId ?? null,
      attachment_id: data.attachmentId ?? null,
      status: 'open',
      open_out_of_service: 0,
      certify_by: data.certifyBy,
      certified_on: null,
      is_certified_late: null,
      is_certification_overdue: false,
      is_passed: false,
      retained_until: data.retainedUntil,
      withdrawal_reason: null,
    }),
  InspectionViolationAdded: ({ aggregateId, data }, rows) => {
    rows.inspection.patch(aggregateId, { open_out_of_service: data.openOutOfService });
    rows.violation.put({
      dot_inspection_violation_id: data.violationId,
      dot_inspection_id: aggregateId,
      violation_code: data.violationCode,
      severity_level: data.severity,
      is_out_of_service: data.isOutOfService,
      description: data.description ?? null,
      ...uncorrected,
    });
  },
  InspectionViolationCorrected: ({ aggregateId, data }, rows) => {
    rows.inspection.patch(aggregateId, { open_out_of_service: data.openOutOfService });
    rows.violation.patch(data.violationId, { corrective_action: data.action, corrected_by: data.correctedBy, corrected_at: data.correctedOn });
  },
  InspectionCorrectionWithdrawn: ({ aggregateId, data }, rows) => {
    rows.inspection.patch(aggregateId, { open_out_of_service: data.openOutOfService });
    rows.violation.patch(data.violationId, uncorrected);
  },
  InspectionCertified: ({ aggregateId, data }, rows) =>
    rows.inspection.patch(aggregateId, {
      status: 'certified',
      certified_on: data.certifiedOn,
      is_certified_late: data.isLate,
      is_certification_overdue: false,
    }),
  InspectionCertificationOverdue: ({ aggregateId }, rows) => rows.inspection.patch(aggregateId, { is_certification_overdue: true }),
  InspectionPassed: ({ aggregateId }, rows) => rows.inspection.patch(aggregateId, { is_passed: true }),
  InspectionPassWithdrawn: ({ aggregateId }, rows) => rows.inspection.patch(aggregateId, { is_passed: false }),
  // PM-9: what was written by mistake stays as long as any report.
  InspectionWithdrawn: ({ aggregateId, data }, rows) =>
    rows.inspection.patch(aggregateId, { status: 'withdrawn', open_out_of_service: 0, is_certification_overdue: false, withdrawal_reason: data.reason }),
  InspectionClosed: ({ aggregateId }, rows) => rows.inspection.patch(aggregateId, { status: 'closed' }),
  InspectionRemoved: ({ aggregateId, data }, rows) => {
    rows.inspection.remove(aggregateId);
    for (const violationId of data.violationIds) rows.violation.remove(violationId);
  },
});

export const compliance = projection({ name: 'compliance', version: 2, docs: 'Inspections, what they found, and how that was repaired.', on: [ofInspections] });
