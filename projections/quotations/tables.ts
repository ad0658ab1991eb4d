import { boolean, date, instant, integer, json, numeric, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'quotation:view';

export const quotationTable = tenantTable('service_request_quotation', {
  key: 'service_request_quotation_id',
  permission,
  docs: 'Quotations of service requests, with their current revision.',
  columns: {
    service_request_quotation_id: uuid(),
    service_request_id: uuid().filtered(),
    quotation_number: text().nullable().searched(),
    revision: integer(),
    currency_code: text().filtered(),
    net_amount: numeric().nullable(),
    tax_amount: numeric().nullable(),
    total_amount: numeric().nullable().filtered(),
    advance_amount: numeric().nullable(),
    status: text().filtered(),
    status_reason: text().nullable(),
    notes: text().nullable(),
    valid_until: date().nullable().filtered(),
    content_hash: text().nullable(),
    attachment_id: uuid().nullable(),
    next_follow_up_on: date().nullable().filtered(),
    metadata: json(),
  },
});
export const quotationLineTable = tenantTable('quotation_line', {
  key: 'quotation_line_id',
  permission,
  docs: 'Lines of every revision; the tax of a line is known once its revision is issued.',
  columns: {
    quotation_line_id: uuid(),
    service_request_quotation_id: uuid().filtered(),
    revision: integer().filtered(),
    product_id: uuid().nullable().filtered(),
    sku: text().nullable(),
    description: text(),
    quantity: numeric(),
    unit_price: numeric(),
    discount: numeric().nullable(),
    amount: numeric(),
    currency_code: text(),
    tax_lookup_id: uuid(),
    tax_rate: numeric(),
    is_tax_included: boolean(),
    tax_amount: numeric().nullable(),
  },
});
export const quotationFollowupTable = tenantTable('quotation_followup', {
  key: 'quotation_followup_id',
  permission,
  docs: 'Who was asked after a quotation, and when to ask again.',
  columns: {
    quotation_followup_id: uuid(),
    service_request_quotation_id: uuid().filtered(),
    notes: text(),
    next_follow_up_on: date().nullable().filtered(),
    is_due: boolean().filtered(),
  },
});
export const quotationAcceptanceTable = tenantTable('quotation_acceptance', {
  key: 'quotation_acceptance_id',
  permission,
  docs: 'What was accepted, to the letter, and the customer’s data as they were then.',
  columns: {
    quotation_acceptance_id: uuid(),
    service_request_quotation_id: uuid().filtered(),
    revision: integer(),
    content_hash: text(),
    signatory_id: uuid().filtered(),
    signatory_name: text().personal('signatory_id'),
    signatory_email: text().nullable().personal('signatory_id'),
    signatory_phone: text().nullable().personal('signatory_id'),
    customer_snapshot: json().described('Names, tax id and address of the customer; the person who signed has columns of its own.'),
    accepted_at: instant().filtered(),
  },
});
