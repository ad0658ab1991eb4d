/** Customers with all that hangs on them: people, papers, addresses, the tree of accounts and each account's profile. */
import { account } from '../../src/domain/account/decider.ts';
import { customer } from '../../src/domain/customer/decider.ts';
import { interaction } from '../../src/domain/interaction/decider.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import {
  accountTable,
  alertRecipientsTable,
  companyNameTable,
  contactEmailTable,
  contactLogTable,
  contactPhoneTable,
  customerAddressTable,
  customerContactTable,
  customerDocumentTable,
  customerTable,
  geofenceAlertConfigTable,
  invoiceRecipientTable,
  tenQuickLinkTable,
} from './tables.ts';

const tables = {
  customer: customerTable,
  account: accountTable,
  address: customerAddressTable,
  contact: customerContactTable,
  phone: contactPhoneTable,
  email: contactEmailTable,
  log: contactLogTable,
  document: customerDocumentTable,
  companyName: companyNameTable,
  quickLink: tenQuickLinkTable,
  alertRecipient: alertRecipientsTable,
  geofenceAlert: geofenceAlertConfigTable,
  invoiceRecipient: invoiceRecipientTable,
};
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;

/** As many as the schema of a contact lets in: a list is replaced whole. */
const waysMax = 10;
type Contact = {
  readonly contactId: string;
  readonly role: string;
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
};
const phoneId = (contactId: string, n: number): string => derivedId(contactId, ['phone', String(n)]);
const emailId = (contactId: string, n: number): string => derivedId(contactId, ['email', String(n)]);
const putContact = (rows: All, { contactId, role, name, phones, emails }: Contact): void => {
  rows.contact.put({ customer_contact_id: contactId, contact_role: role, contact_name: name, is_active: true });
  for (let n = 0; n < waysMax; n += 1) {
    const phone = phones[n];
    if (phone === undefined) rows.phone.remove(phoneId(contactId, n));
    else rows.phone.put({ contact_phone_id: phoneId(contactId, n), customer_contact_id: contactId, sort_order: n + 1, phone_number: phone });
    const email = emails[n];
    if (email === undefined) rows.email.remove(emailId(contactId, n));
    else rows.email.put({ contact_email_id: emailId(contactId, n), customer_contact_id: contactId, sort_order: n + 1, email });
  }
};

type Address = {
  readonly addressId: string;
  readonly kind: string;
  readonly isPrimary: boolean;
  readonly street: string;
  readonly municipio?: string;
  readonly zona?: string;
  readonly postalCode?: string;
  readonly country: string;
};
/** A municipality's code begins with its department's (INE: two digits and two). */
const departmentOf = (municipio: string): string => municipio.slice(0, 2);
/** A changed address is a place whose position nobody knows yet. */
const addressRow = ({ addressId, kind, isPrimary, street, municipio, zona, postalCode, country }: Address) => ({
  customer_address_id: addressId,
  address_kind: kind,
  is_primary: isPrimary,
  street,
  department_id: municipio === undefined ? null : entryId('department', departmentOf(municipio)),
  municipio_id: municipio === undefined ? null : entryId('municipio', municipio),
  zona_id: zona === undefined ? null : entryId('zona', zona),
  postal_code: postalCode ?? null,
  country_code: country,
  latitude: null,
  longitude: null,
  geocode_precision: null,
  geocode_provider: null,
  geocoded_at: null,
  is_active: true,
});

type Profile = {
  readonly customerName: string;
  readonly customerClass: string;
  readonly referenceNumber?: string;
  readonly currency: string;
  readonly country: string;
  readonly timeZone: string;
};
const profileColumns = (data: Profile) => ({
  customer_name: data.customerName,
  customer_class: data.customerClass,
  reference_number: data.referenceNumber ?? null,
  currency_code: data.currency,
  country_code: data.country,
  time_zone: data.timeZone,
});
type AccountProfile = {
  readonly accountName: string;
  readonly accountNumber: string;
  readonly accountType: string;
  readonly currency: string;
  readonly country: string;
  readonly timeZone: string;
};
const accountColumns = (data: AccountProfile) => ({
  account_name: data.accountName,
  account_number: data.accountNumber,
  account_type: data.accountType,
  currency_code: data.currency,
  country_code: data.country,
  time_zone: data.timeZone,
});
type LegalEntity = { readonly legalEntityId: string; readonly legalName: string; readonly taxIdKind: string; readonly taxId: string; readonly country: string };
const legalEntityRow = ({ legalEntityId, legalName, taxIdKind, taxId, country }: LegalEntity) => ({
  company_name_id: legalEntityId,
  legal_name: legalName,
  tax_id_kind: taxIdKind,
  tax_id: taxId,
  country_code: country,
  is_active: true,
});
const methods = (codes: readonly string[]) => ({ delivery_methods: codes, delivery_ids: codes.map((code) => entryId('delivery-method', code)) });

const ofCustomers = when(customer, {
  CustomerRegistered: ({ aggregateId, data }, rows) =>
    rows.customer.put({
      customer_id: aggregateId,
      ...profileColumns(data),
      status: 'active',
      is_blocked: false,
      is_credit_held: false,
      status_reason: null,
      metadata: {},
    }),
  CustomerProfileChanged: ({ aggregateId, data }, rows) => rows.customer.patch(aggregateId, profileColumns(data)),
  CustomerBlocked: ({ aggregateId, data }, rows) => rows.customer.patch(aggregateId, { status: 'blocked', is_blocked: true, status_reason: data.reason }),
  CustomerUnblocked: ({ aggregateId, data }, rows) => rows.customer.patch(aggregateId, { status: 'active', is_blocked: false, status_reason: data.reason }),
  CreditHeld: ({ aggregateId }, rows) => rows.customer.patch(aggregateId, { is_credit_held: true }),
  CreditReleased: ({ aggregateId }, rows) => rows.customer.patch(aggregateId, { is_credit_held: false }),
  CustomerClosed: ({ aggregateId, data }, rows) => rows.customer.patch(aggregateId, { status: 'closed', status_reason: data.reason }),
  CustomerMetadataChanged: ({ aggregateId, data }, rows) => rows.customer.patch(aggregateId, { metadata: data.metadata }),

  LegalEntityAdded: ({ data }, rows) => rows.companyName.put(legalEntityRow(data)),
  LegalEntityChanged: ({ data }, rows) => rows.companyName.put(legalEntityRow(data)),
  LegalEntityRemoved: ({ data }, rows) => rows.companyName.patch(data.legalEntityId, { is_active: false }),

  AddressAdded: ({ data }, rows) => rows.address.put(addressRow(data)),
  AddressChanged: ({ data }, rows) => rows.address.put(addressRow(data)),
  AddressRemoved: ({ data }, rows) => rows.address.patch(data.addressId, { is_active: false, is_primary: false }),
  AddressGeocoded: ({ data, occurredAt }, rows) =>
    rows.address.patch(data.addressId, {
      latitude: Number(data.position.latitude),
      longitude: Number(data.position.longitude),
      geocode_precision: data.precision,
      geocode_provider: data.provider,
      geocoded_at: occurredAt,
    }),

  ContactAdded: ({ data }, rows) => putContact(rows, data),
  ContactChanged: ({ data }, rows) => putContact(rows, data),
  // Whom nobody is to call any more keeps a name in the history, but no number to call.
  ContactRemoved: ({ data }, rows) => {
    rows.contact.patch(data.contactId, { is_active: false });
    for (let n = 0; n < waysMax; n += 1) {
      rows.phone.remove(phoneId(data.contactId, n));
      rows.email.remove(emailId(data.contactId, n));
    }
  },

  CustomerDocumentAdded: ({ data }, rows) =>
    rows.document.put({
      customer_document_id: data.documentId,
      document_type: data.documentType,
      document_name: data.name,
      attachment_id: data.attachmentId ?? null,
      expires_at: data.expiresOn ?? null,
      is_expired: false,
      is_active: true,
    }),
  CustomerDocumentRenewed: ({ data }, rows) => {
    const renewed = { expires_at: data.expiresOn, is_expired: false };
    rows.document.patch(data.documentId, data.attachmentId === undefined ? renewed : { ...renewed, attachment_id: data.attachmentId });
  },
  CustomerDocumentExpired: ({ data }, rows) => rows.document.patch(data.documentId, { is_expired: true }),
  CustomerDocumentRemoved: ({ data }, rows) => rows.document.patch(data.documentId, { is_active: false }),

  QuickLinkAdded: ({ data }, rows) =>
    rows.quickLink.put({ ten_quick_link_id: data.quickLinkId, name: data.name, link: data.link, description: data.description ?? null }),
  QuickLinkRemoved: ({ data }, rows) => rows.quickLink.remove(data.quickLinkId),

  AccountOpened: ({ aggregateId, data }, rows) =>
    rows.account.put({
      account_id: data.accountId,
      customer_id: aggregateId,
      parent_account_id: data.parentAccountId ?? null,
      ...accountColumns(data),
      status: 'open',
      status_reason: null,
      notes: null,
      is_geofence_alerting: true,
    }),
  AccountChanged: ({ data }, rows) => rows.account.patch(data.accountId, accountColumns(data)),
  AccountMoved: ({ data }, rows) => rows.account.patch(data.accountId, { parent_account_id: data.parentAccountId ?? null }),
  AccountClosed: ({ data }, rows) => rows.account.patch(data.accountId, { status: 'closed', status_reason: data.reason }),
  AccountReopened: ({ data }, rows) => rows.account.patch(data.accountId, { status: 'open', status_reason: null }),
});

const geofenceAlertId = (ofId: string): string => derivedId(ofId, ['geofence-alerts']);
const ofAccounts = when(account, {
  AccountProfileBegun: ({ aggregateId }, rows) =>
    rows.geofenceAlert.put({ alert_config_id: geofenceAlertId(aggregateId), account_id: aggregateId, recipient_id: null, alert_enabled: true }),
  AccountNotesChanged: ({ aggregateId, data }, rows) => rows.account.patch(aggregateId, { notes: data.notes }),
  AlertRecipientNamed: ({ aggregateId, data }, rows) => {
    const { recipientId, userId, deliveryMethods } = data;
    rows.alertRecipient.put({ recipient_id: recipientId, account_id: aggregateId, user_id: userId, ...methods(deliveryMethods) });
    rows.geofenceAlert.put({ alert_config_id: geofenceAlertId(recipientId), account_id: aggregateId, recipient_id: recipientId, alert_enabled: true });
  },
  AlertRecipientChanged: ({ data }, rows) => rows.alertRecipient.patch(data.recipientId, methods(data.deliveryMethods)),
  AlertRecipientRemoved: ({ data }, rows) => {
    rows.alertRecipient.remove(data.recipientId);
    rows.geofenceAlert.remove(geofenceAlertId(data.recipientId));
  },
  GeofenceAlertsSwitched: ({ aggregateId, data }, rows) => {
    rows.account.patch(aggregateId, { is_geofence_alerting: data.isEnabled });
    rows.geofenceAlert.patch(geofenceAlertId(aggregateId), { alert_enabled: data.isEnabled });
  },
  RecipientGeofenceAlertsSwitched: ({ data }, rows) => rows.geofenceAlert.patch(geofenceAlertId(data.recipientId), { alert_enabled: data.isEnabled }),
  InvoiceRecipientNamed: ({ aggregateId, data }, rows) =>
    rows.invoiceRecipient.put({
      invoice_recipient_id: data.recipientId,
      account_id: aggregateId,
      recipient_name: data.name,
      email: data.email,
      is_opted_out: false,
    }),
  InvoiceRecipientChanged: ({ data }, rows) => rows.invoiceRecipient.patch(data.recipientId, { recipient_name: data.name, email: data.email }),
  InvoiceMailOptedOut: ({ data }, rows) => rows.invoiceRecipient.patch(data.recipientId, { is_opted_out: true }),
  InvoiceMailOptedIn: ({ data }, rows) => rows.invoiceRecipient.patch(data.recipientId, { is_opted_out: false }),
  InvoiceRecipientRemoved: ({ data }, rows) => rows.invoiceRecipient.remove(data.recipientId),
});

const ofInteractions = when(interaction, {
  InteractionLogged: ({ aggregateId, data }, rows) =>
    rows.log.put({
      contact_log_id: aggregateId,
      customer_contact_id: data.contactId,
      channel: data.channel,
      direction: data.direction,
      held_at: data.heldAt,
      notes: data.notes,
    }),
  InteractionCorrected: ({ aggregateId, data }, rows) =>
    rows.log.patch(aggregateId, { channel: data.channel, direction: data.direction, held_at: data.heldAt, notes: data.notes }),
});

export const customers = projection({
  name: 'customers',
  version: 1,
  docs: 'Customers, their accounts, people, papers and addresses, and who is told of alerts and invoices.',
  on: [ofCustomers, ofAccounts, ofInteractions],
});
