import { defineEvents } from '../kernel/aggregate.ts';
import {
  businessDate,
  code,
  country,
  currency,
  email,
  fields,
  flag,
  instant,
  integer,
  link,
  list,
  lookup,
  metadata,
  note,
  oneOf,
  optional,
  phone,
  position,
  ref,
  text,
  timeZone,
  uuid,
} from '../kernel/schema.ts';

export const customerClasses = ['enterprise', 'midMarket', 'smallBusiness', 'government', 'individual'] as const;
export const accountTypes = ['NATIONAL', 'REGIONAL'] as const;
export const addressKinds = ['fiscal', 'billing', 'service', 'shipping'] as const;
export const contactRoles = ['primary', 'billing', 'purchasing', 'site'] as const;
export const documentTypes = ['DPI', 'RTU', 'patente', 'contract', 'insurance', 'other'] as const;

/** What a customer is beside its name. */
export const profile = {
  customerName: text(),
  customerClass: oneOf(customerClasses),
  referenceNumber: optional(code()),
  currency: currency(),
  country: country(),
  timeZone: timeZone(),
} as const;
export const legalEntity = { legalName: text(), taxIdKind: oneOf(['nit', 'cui', 'other']), taxId: text({ max: 40 }), country: country() } as const;
export const address = {
  kind: oneOf(addressKinds),
  isPrimary: flag('At most one active primary address a kind.'),
  street: text(),
  municipio: optional(lookup('municipio')),
  zona: optional(lookup('zona')),
  postalCode: optional(code({ max: 20 })),
  country: country(),
} as const;
export const contact = {
  role: oneOf(contactRoles),
  name: text({ personal: true }),
  phones: list(phone({ personal: true }), { max: 10 }),
  emails: list(email({ personal: true }), { max: 10 }),
} as const;
export const customerDocument = {
  documentType: oneOf(documentTypes),
  name: text(),
  attachmentId: optional(ref('attachment')),
  expiresOn: optional(businessDate()),
} as const;
export const accountProfile = {
  accountName: text(),
  accountNumber: code(),
  accountType: oneOf(accountTypes),
  currency: currency(),
  country: country(),
  timeZone: timeZone(),
} as const;

export const customerEvents = defineEvents({
  CustomerRegistered: { version: 1, docs: 'A company became a customer.', schema: fields(profile) },
  CustomerProfileChanged: { version: 1, docs: 'Name, class, reference, currency, country or time zone changed.', schema: fields(profile) },
  CustomerBlocked: { version: 1, docs: 'No new accounts, agreements or non-emergency requests; running leases stay.', schema: fields({ reason: text() }) },
  CustomerUnblocked: { version: 1, docs: 'The block was lifted.', schema: fields({ reason: text() }) },
  CreditHeld: { version: 1, docs: 'Credit is held: no new unit goes out.', schema: fields({ reason: text() }) },
  CreditReleased: { version: 1, docs: 'Credit is given again.', schema: fields({}) },
  CustomerClosed: { version: 1, docs: 'The customer left; its history stays.', schema: fields({ reason: text() }) },
  CustomerMetadataChanged: { version: 1, docs: 'Extra facts were replaced.', schema: fields({ metadata: metadata() }) },

  LegalEntityAdded: { version: 1, docs: 'The customer trades under a legal name (razón social).', schema: fields({ legalEntityId: uuid(), ...legalEntity }) },
  LegalEntityChanged: { version: 1, docs: 'A legal name or tax id was corrected.', schema: fields({ legalEntityId: uuid(), ...legalEntity }) },
  LegalEntityRemoved: { version: 1, docs: 'A legal entity is no longer used.', schema: fields({ legalEntityId: uuid() }) },

  AddressAdded: { version: 1, docs: 'An address of some kind.', schema: fields({ addressId: uuid(), ...address }) },
  AddressChanged: {
    version: 1,
    docs: 'An address was corrected; a geocode of the old one no longer holds.',
    schema: fields({ addressId: uuid(), ...address }),
  },
  AddressRemoved: { version: 1, docs: 'An address is no longer used.', schema: fields({ addressId: uuid() }) },
  AddressGeocoded: {
    version: 1,
    docs: 'Where the address is, as found by a geocoder.',
    schema: fields({ addressId: uuid(), position: position(), precision: oneOf(['exact', 'street', 'zone', 'municipality']), provider: code() }),
  },

  ContactAdded: { version: 1, docs: 'A person to talk to.', subject: 'contactId', schema: fields({ contactId: uuid(), ...contact }) },
  ContactChanged: {
    version: 1,
    docs: 'A contact’s role, name, phones or e-mails changed.',
    subject: 'contactId',
    schema: fields({ contactId: uuid(), ...contact }),
  },
  ContactRemoved: { version: 1, docs: 'A contact is no longer the one to talk to.', schema: fields({ contactId: uuid() }) },

  CustomerDocumentAdded: {
    version: 1,
    docs: 'A paper of the customer’s, perhaps with an expiry.',
    schema: fields({ documentId: uuid(), ...customerDocument, timeZone: timeZone() }),
  },
  CustomerDocumentRenewed: {
    version: 1,
    docs: 'A newer copy with a later expiry; reminders of the old one are off.',
    schema: fields({ documentId: uuid(), attachmentId: optional(ref('attachment')), expiresOn: businessDate(), timeZone: timeZone() }),
  },
  CustomerDocumentExpiryNear: {
    version: 1,
    docs: 'A document expires in so many days.',
    schema: fields({ documentId: uuid(), expiresOn: businessDate(), daysLeft: integer({ max: 365 }) }),
  },
  CustomerDocumentExpired: { version: 1, docs: 'A document is no longer valid.', schema: fields({ documentId: uuid(), expiresOn: businessDate() }) },
  CustomerDocumentRemoved: { version: 1, docs: 'A document was taken off the list.', schema: fields({ documentId: uuid() }) },

  QuickLinkAdded: {
    version: 1,
    docs: 'A link on the customer’s start page.',
    schema: fields({ quickLinkId: uuid(), name: text(), link: link(), description: optional(note({ max: 500 })) }),
  },
  QuickLinkRemoved: { version: 1, docs: 'A quick link was taken down.', schema: fields({ quickLinkId: uuid() }) },

  AccountOpened: {
    version: 1,
    docs: 'An account of the customer’s tree.',
    schema: fields({ accountId: uuid(), parentAccountId: optional(uuid()), ...accountProfile }),
  },
  AccountChanged: { version: 1, docs: 'An account’s name, number, type or locale changed.', schema: fields({ accountId: uuid(), ...accountProfile }) },
  AccountMoved: {
    version: 1,
    docs: 'An account hangs under another, or at the top.',
    schema: fields({ accountId: uuid(), parentAccountId: optional(uuid()) }),
  },
  AccountClosed: { version: 1, docs: 'An account takes nothing new; its history stays.', schema: fields({ accountId: uuid(), reason: text() }) },
  AccountReopened: { version: 1, docs: 'A closed account is used again.', schema: fields({ accountId: uuid() }) },
  AgreementNoted: {
    version: 1,
    docs: 'The customer has this master agreement: what closing an account or the customer looks at.',
    schema: fields({ agreementId: uuid(), notedAt: instant() }),
  },
});
