import { boolean, companyTable, date, instant, integer, json, numeric, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'quotation:view';

const quotation = {
  service_request_quotation_id: uuid(),
  service_request_id: uuid().filtered(),
  recipient_customer_id: uuid().filtered().described('Whom it is for, also while it is a draft and nobody’s yet.'),
  recipient_account_id: uuid().filtered(),
  quotation_number: text().nullable().searched(),
  revision: integer(),
  currency_code: text().filtered(),
  net_amount: numeric().nullable(),
  tax_amount: numeric().nullable(),
  total_amount: numeric().nullable().filtered(),
  advance_amount: numeric().nullable(),
  advance_received: numeric().described('What has come in towards the advance.'),
  is_work_approved: boolean().described('Work may begin before the advance is in.'),
  status: text().filtered(),
  status_reason: text().nullable(),
  notes: text().nullable(),
  valid_until: date().nullable().filtered(),
  content_hash: text().nullable(),
  attachment_id: uuid().nullable(),
  next_follow_up_on: date().nullable().filtered(),
  metadata: json(),
  is_being_revised: boolean().described('A new revision is being written: this one is answered no more.'),
} as const;
export const quotationTable = tenantTable('service_request_quotation', {
  key: 'service_request_quotation_id',
  permission,
  docs: 'Quotations of service requests, with their current revision. While that is a draft it is the company’s own, and a customer is shown what it was given last.',
  columns: quotation,
});
export const quotationGivenTable = tenantTable('quotation_given', {
  key: 'service_request_quotation_id',
  permission,
  docs: 'What the customer was given last, as it was then, of quotations that are being written anew; gone once the next revision is issued, or the quotation withdrawn.',
  columns: quotation,
});
export const quotationRevisionTable = tenantTable('quotation_revision', {
  key: 'quotation_revision_id',
  permission,
  docs: 'Every revision that was issued, with its paper and what became of it.',
  columns: {
    quotation_revision_id: uuid(),
    service_request_quotation_id: uuid().filtered(),
    service_request_id: uuid().filtered(),
    quotation_number: text().searched(),
    revision: integer().filtered(),
    status: text().filtered().described('issued, superseded, accepted, declined, expired or withdrawn.'),
    currency_code: text(),
    net_amount: numeric(),
    tax_amount: numeric(),
    total_amount: numeric().filtered(),
    advance_amount: numeric().nullable(),
    valid_until: date().filtered(),
    content_hash: text(),
    attachment_id: uuid().nullable(),
    issued_at: instant().filtered(),
  },
});
export const quotationLineTable = tenantTable('quotation_line', {
  key: 'quotation_line_id',
  permission,
  docs: 'Lines of every revision; the customer sees them, and the tax of each is known, once their revision is issued.',
  columns: {
    quotation_line_id: uuid(),
    service_request_quotation_id: uuid().filtered(),
    revision: integer().filtered(),
    product_id: uuid().nullable().filtered(),
    sku: text().nullable(),
    description: text(),
    quantity: numeric(),
    uom_lookup_id: uuid().nullable(),
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
export const quotationFollowupTable = companyTable('quotation_followup', {
  key: 'quotation_followup_id',
  permission,
  docs: 'What salespeople noted when they asked after a quotation, and when to ask again: the company’s own.',
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
