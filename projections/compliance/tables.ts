import { boolean, date, integer, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'inspection:view';

export const inspectionTable = tenantTable('dot_inspection', {
  key: 'dot_inspection_id',
  permission,
  docs: 'Inspections of units by the rules of 49 CFR 396.',
  columns: {
    dot_inspection_id: uuid(),
    equipment_id: uuid().filtered(),
    inspection_date: date().filtered(),
    inspection_kind: text().filtered(),
    inspection_level: text().filtered(),
    inspection_result: text().filtered(),
    report_number: text().nullable().searched(),
    inspector_name: text().personal('dot_inspection_id'),
    schedule_agreement_id: uuid().nullable().filtered(),
    attachment_id: uuid().nullable(),
    status: text().filtered().described('open, certified, closed or withdrawn'),
    open_out_of_service: integer().filtered(),
    certify_by: date().filtered(),
    certified_on: date().nullable(),
    is_certified_late: boolean().nullable().filtered(),
    is_certification_overdue: boolean().filtered(),
    is_passed: boolean().filtered().described('Counts as the annual inspection of its day.'),
    retained_until: date().filtered(),
    withdrawal_reason: text().nullable(),
  },
});
export const violationTable = tenantTable('dot_inspection_violation', {
  key: 'dot_inspection_violation_id',
  permission,
  docs: 'What inspections found, and how it was repaired.',
  columns: {
    dot_inspection_violation_id: uuid(),
    dot_inspection_id: uuid().filtered(),
    violation_code: text().filtered(),
    severity_level: text().filtered(),
    is_out_of_service: boolean().filtered(),
    description: text().nullable(),
    corrective_action: text().nullable(),
    corrected_by: text().nullable(),
    corrected_at: date().nullable().filtered(),
  },
});
