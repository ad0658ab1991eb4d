import { boolean, double, instant, integer, json, numeric, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'roadside:view';

export const ersTable = tenantTable('ers', {
  key: 'ers_id',
  permission,
  docs: 'Emergency roadside service as it stands now: who comes, when, and what it costs.',
  columns: {
    ers_id: uuid(),
    service_request_id: uuid().filtered(),
    workorder_id: uuid().nullable().filtered(),
    equipment_id: uuid().filtered(),
    description: text().prose(),
    technician_name: text().nullable().searched().personal('ers_attempt_id').described('who the vendor sends'),
    ers_status: text().filtered().described('requested, dispatched, accepted, en_route, on_site, resolved, closed or cancelled'),
    ers_attempt_id: uuid().nullable().described('the attempt under way, or the one that ended it'),
    attempt_count: integer(),
    vendor_name: text().nullable().searched(),
    eta_at: instant().nullable().filtered(),
    answer_by: instant().nullable().filtered(),
    requested_at: instant().filtered(),
    arrived_at: instant().nullable().filtered(),
    resolved_at: instant().nullable().filtered(),
    outcome: text().nullable().filtered(),
    end_reason: text().nullable(),
    currency_code: text(),
    total_cost: numeric().filtered(),
    standby_vendors: json(),
    street: text().nullable().searched(),
    latitude: double().nullable(),
    longitude: double().nullable(),
    directions: text().nullable(),
  },
});
export const ersAttemptTable = tenantTable('ers_attempt', {
  key: 'ers_attempt_id',
  permission,
  docs: 'Each vendor that was asked, with the times of that attempt.',
  columns: {
    ers_attempt_id: uuid(),
    ers_id: uuid().filtered(),
    attempt_number: integer(),
    vendor_name: text().searched(),
    vendor_phone: text().nullable(),
    technician_name: text().nullable().searched().personal('ers_attempt_id'),
    attempt_status: text().filtered().described('asked, accepted, en_route, on_site, resolved, declined, timed_out, replaced, unable or cancelled'),
    dispatched_at: instant().filtered(),
    answer_by: instant(),
    accepted_at: instant().nullable(),
    departed_at: instant().nullable(),
    arrived_at: instant().nullable(),
    ended_at: instant().nullable(),
    eta_at: instant().nullable(),
    eta_revision_count: integer(),
    end_reason: text().nullable(),
  },
});
export const ersPartsUsedTable = tenantTable('ers_parts_used', {
  key: 'ers_parts_id',
  permission,
  docs: 'Parts that roadside jobs used.',
  columns: {
    ers_parts_id: uuid(),
    ers_id: uuid().filtered(),
    ers_attempt_id: uuid(),
    part_name: text().searched(),
    part_number: text().nullable().searched(),
    part_quantity: numeric(),
    unit_cost: numeric(),
    part_cost: numeric().described('quantity × unit cost, rounded once'),
    currency_code: text(),
  },
});
export const ersFeeTable = tenantTable('ers_fee', {
  key: 'ers_fee_id',
  permission,
  docs: 'What vendors asked for coming.',
  columns: {
    ers_fee_id: uuid(),
    ers_id: uuid().filtered(),
    fee_kind: text().filtered(),
    amount: numeric(),
    currency_code: text(),
    description: text().nullable(),
  },
});
export const ersHasAttachmentTable = tenantTable('ers_has_attachment', {
  key: 'ers_has_attachment_id',
  permission,
  docs: 'Photos and papers of roadside jobs.',
  columns: { ers_has_attachment_id: uuid(), ers_id: uuid().filtered(), attachment_id: uuid().filtered(), document_category: text().nullable().filtered() },
});
export const communicationLogTable = tenantTable('communication_log', {
  key: 'communication_id',
  permission,
  docs: 'Calls and messages with vendors and drivers.',
  columns: {
    communication_id: uuid(),
    ers_id: uuid().filtered(),
    vendor_name: text().nullable().searched(),
    driver_name: text().nullable().searched().personal('communication_id'),
    communication_type: text().filtered().described('call, sms or email'),
    is_inbound: boolean().filtered(),
    communicated_at: instant().filtered(),
    summary: text().nullable().prose().personal('communication_id'),
  },
});
