import { boolean, date, instant, integer, json, numeric, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'agreement:view';

export const masterAgreementTable = tenantTable('master_agreement', {
  key: 'master_agreement_id',
  permission,
  docs: 'Master agreements, as they are now.',
  columns: {
    master_agreement_id: uuid(),
    contract_effective_date: date().filtered(),
    contract_end_date: date().nullable().filtered(),
    contract_term: integer().described('Months.'),
    is_evergreen: boolean(),
    contract_billing_method: text().filtered(),
    payment_days: integer(),
    holdover_factor: numeric(),
    currency_code: text().filtered(),
    time_zone: text(),
    status: text().filtered(),
    status_reason: text().nullable(),
  },
});
export const agreementAmendmentTable = tenantTable('agreement_amendment', {
  key: 'agreement_amendment_id',
  permission,
  docs: 'Terms that hold from a date on.',
  columns: { agreement_amendment_id: uuid(), master_agreement_id: uuid().filtered(), effective_on: date().filtered(), terms: json() },
});
export const scheduleAgreementTable = tenantTable('schedule_agreement', {
  key: 'schedule_agreement_id',
  permission,
  docs: 'Rental schedules under master agreements.',
  columns: {
    schedule_agreement_id: uuid(),
    master_agreement_id: uuid().filtered(),
    effective_date: date().filtered(),
    termination_date: date().nullable().filtered(),
    status: text().filtered(),
    contract_type_lookup_id: uuid().filtered(),
    facility_lookup_id: uuid().nullable().filtered(),
  },
});
export const scheduleAgreementLineItemTable = tenantTable('schedule_agreement_line_item', {
  key: 'schedule_agreement_line_item_id',
  permission,
  docs: 'How many units of which type, at the rate first agreed.',
  columns: {
    schedule_agreement_line_item_id: uuid(),
    schedule_agreement_id: uuid().filtered(),
    master_agreement_id: uuid().filtered(),
    equipment_type_lookup_id: uuid().filtered(),
    rate: numeric().filtered(),
    currency_code: text(),
    rate_period: text().filtered(),
    number_of_units: integer().filtered(),
    effective_date: date().filtered(),
    termination_date: date().nullable(),
  },
});
export const lineItemRateTable = tenantTable('schedule_agreement_line_item_rate', {
  key: 'schedule_agreement_line_item_rate_id',
  permission,
  docs: 'Every rate of a line with the date it holds from.',
  columns: {
    schedule_agreement_line_item_rate_id: uuid(),
    schedule_agreement_line_item_id: uuid().filtered(),
    effective_date: date().filtered(),
    rate: numeric(),
    currency_code: text(),
    rate_period: text(),
  },
});
export const masterAgreementHasAttachmentTable = tenantTable('master_agreement_has_attachment', {
  key: 'master_agreement_has_attachment_id',
  permission,
  docs: 'Papers of master agreements.',
  columns: {
    master_agreement_has_attachment_id: uuid(),
    master_agreement_id: uuid().filtered(),
    attachment_id: uuid().filtered(),
    document_role: text().filtered(),
  },
});
export const scheduleAgreementHasAttachmentTable = tenantTable('schedule_agreement_has_attachment', {
  key: 'schedule_agreement_has_attachment_id',
  permission,
  docs: 'Papers of schedules.',
  columns: {
    schedule_agreement_has_attachment_id: uuid(),
    schedule_agreement_id: uuid().filtered(),
    attachment_id: uuid().filtered(),
    document_role: text().filtered(),
  },
});
export const assignmentRequestTable = tenantTable('assignment_request', {
  key: 'assignment_request_id',
  permission: 'equipment:view',
  docs: 'Assignments asked for, and how each ended.',
  columns: {
    assignment_request_id: uuid(),
    equipment_type_allocation_id: uuid().filtered(),
    equipment_id: uuid().filtered(),
    effective_from: date().filtered(),
    effective_until: date().nullable(),
    replaces_assignment_id: uuid().nullable(),
    status: text().filtered(),
    failed_step: text().nullable(),
    failure_code: text().nullable().filtered(),
    failure_message: text().nullable(),
    requested_at: instant().filtered(),
  },
});
