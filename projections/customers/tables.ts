import { boolean, date, double, instant, integer, json, tenantTable, text, textArray, uuid, uuidArray } from '../kernel/table.ts';

const permission = 'customer:view';
const accounts = 'account:view';

export const customerTable = tenantTable('customer', {
  key: 'customer_id',
  permission,
  docs: 'The companies that lease equipment or buy services, as they are now.',
  columns: {
    customer_id: uuid(),
    customer_name: text().searched(),
    customer_class: text().filtered(),
    reference_number: text().nullable().filtered(),
    currency_code: text().filtered(),
    country_code: text().filtered(),
    time_zone: text(),
    status: text().filtered().described('active, blocked or closed'),
    is_blocked: boolean().filtered(),
    is_credit_held: boolean().filtered(),
    status_reason: text().nullable(),
    metadata: json(),
  },
});
export const accountTable = tenantTable('account', {
  key: 'account_id',
  permission: accounts,
  docs: 'The accounts of each customer’s tree, with their profiles.',
  columns: {
    account_id: uuid(),
    account_name: text().searched(),
    account_number: text().searched(),
    account_type: text().filtered().described('NATIONAL or REGIONAL'),
    parent_account_id: uuid().nullable().filtered(),
    currency_code: text().filtered(),
    country_code: text().filtered(),
    time_zone: text(),
    status: text().filtered().described('open or closed'),
    status_reason: text().nullable(),
    notes: text().nullable(),
    is_geofence_alerting: boolean(),
  },
});
export const customerAddressTable = tenantTable('customer_address', {
  key: 'customer_address_id',
  permission,
  docs: 'Addresses of customers, those that are no longer used included.',
  columns: {
    customer_address_id: uuid(),
    address_kind: text().filtered(),
    is_primary: boolean().filtered(),
    street: text().searched(),
    department_id: uuid().nullable().filtered(),
    municipio_id: uuid().nullable().filtered(),
    zona_id: uuid().nullable().filtered(),
    postal_code: text().nullable(),
    country_code: text().filtered(),
    latitude: double().nullable(),
    longitude: double().nullable(),
    geocode_precision: text().nullable().filtered(),
    geocode_provider: text().nullable(),
    geocoded_at: instant().nullable(),
    is_active: boolean().filtered(),
  },
});
export const customerContactTable = tenantTable('customer_contact', {
  key: 'customer_contact_id',
  permission,
  docs: 'People to talk to.',
  columns: {
    customer_contact_id: uuid(),
    contact_role: text().filtered(),
    contact_name: text().searched().personal('customer_contact_id'),
    is_active: boolean().filtered(),
  },
});
export const contactPhoneTable = tenantTable('contact_phone', {
  key: 'contact_phone_id',
  permission,
  docs: 'Phone numbers of contacts, in the order they are to be tried.',
  columns: {
    contact_phone_id: uuid(),
    customer_contact_id: uuid().filtered(),
    sort_order: integer(),
    phone_number: text().searched().personal('customer_contact_id'),
  },
});
export const contactEmailTable = tenantTable('contact_email', {
  key: 'contact_email_id',
  permission,
  docs: 'E-mail addresses of contacts.',
  columns: {
    contact_email_id: uuid(),
    customer_contact_id: uuid().filtered(),
    sort_order: integer(),
    email: text().searched().personal('customer_contact_id'),
  },
});
export const contactLogTable = tenantTable('contact_log', {
  key: 'contact_log_id',
  permission: 'interaction:view',
  docs: 'Talks with contacts of customers.',
  columns: {
    contact_log_id: uuid(),
    customer_contact_id: uuid().filtered(),
    channel: text().filtered(),
    direction: text().filtered(),
    held_at: instant().filtered(),
    notes: text().personal('customer_contact_id'),
  },
});
export const customerDocumentTable = tenantTable('customer_document', {
  key: 'customer_document_id',
  permission,
  docs: 'Papers of customers, with their expiry.',
  columns: {
    customer_document_id: uuid(),
    document_type: text().filtered(),
    document_name: text().searched(),
    attachment_id: uuid().nullable().filtered(),
    expires_at: date().nullable().filtered().described('The last day it is valid, in the customer’s time zone.'),
    is_expired: boolean().filtered(),
    is_active: boolean().filtered(),
  },
});
export const companyNameTable = tenantTable('company_name', {
  key: 'company_name_id',
  permission,
  docs: 'Legal entities (razones sociales) under which customers trade.',
  columns: {
    company_name_id: uuid(),
    legal_name: text().searched(),
    tax_id_kind: text().filtered(),
    tax_id: text().searched(),
    country_code: text().filtered(),
    is_active: boolean().filtered(),
  },
});
export const tenQuickLinkTable = tenantTable('ten_quick_link', {
  key: 'ten_quick_link_id',
  permission,
  docs: 'Links on customers’ start pages.',
  columns: { ten_quick_link_id: uuid(), name: text().searched(), link: text(), description: text().nullable() },
});
export const alertRecipientsTable = tenantTable('alert_recipients', {
  key: 'recipient_id',
  permission: accounts,
  docs: 'Who is told of each account’s alerts, and by which ways.',
  columns: {
    recipient_id: uuid(),
    account_id: uuid().filtered(),
    user_id: uuid().filtered(),
    delivery_methods: textArray(),
    delivery_ids: uuidArray().described('The same ways, as rows of delivery_method_lookup.'),
  },
});
export const geofenceAlertConfigTable = tenantTable('geofence_alert_config', {
  key: 'alert_config_id',
  permission: accounts,
  docs: 'Whether geofence alerts are wanted: by the account as a whole (no recipient) and by each of its recipients.',
  columns: { alert_config_id: uuid(), account_id: uuid().filtered(), recipient_id: uuid().nullable().filtered(), alert_enabled: boolean().filtered() },
});
export const invoiceRecipientTable = tenantTable('invoice_recipient', {
  key: 'invoice_recipient_id',
  permission: accounts,
  docs: 'Who gets each account’s invoices by mail.',
  columns: {
    invoice_recipient_id: uuid(),
    account_id: uuid().filtered(),
    recipient_name: text().searched().personal('invoice_recipient_id'),
    email: text().searched().personal('invoice_recipient_id'),
    is_opted_out: boolean().filtered(),
  },
});
