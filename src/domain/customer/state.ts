import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing } from '../kernel/presence.ts';
import { withChange, without } from '../kernel/records.ts';
import type { customerEvents } from './events.ts';

export type Account = {
  readonly parentAccountId: string | null;
  readonly accountNumber: string;
  readonly isOpen: boolean;
  readonly timeZone: string;
  readonly currency: string;
  /** What was said of it last, so that saying it again changes nothing. */
  readonly content: string;
};
type Present = {
  readonly situation: 'active' | 'blocked' | 'closed';
  readonly name: string;
  readonly profile: string;
  readonly timeZone: string;
  readonly country: string;
  readonly isCreditHeld: boolean;
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
  readonly legalEntities: Readonly<Record<string, string>>;
  readonly addresses: Readonly<
    Record<string, { readonly kind: string; readonly isPrimary: boolean; readonly content: string; readonly geocode: string | null }>
  >;
  readonly contacts: Readonly<Record<string, { readonly role: string; readonly content: string }>>;
  readonly documents: Readonly<Record<string, CustomerDocument>>;
  readonly quickLinks: Readonly<Record<string, true>>;
  readonly accounts: Readonly<Record<string, Account>>;
  readonly agreements: readonly string[];
};
export type CustomerDocument = {
  readonly documentType: string;
  readonly expiresOn: string | null;
  readonly isExpired: boolean;
  readonly reminded: readonly number[];
};
/** Only what decisions need: contents are kept as canonical text, to see that a repeat says nothing new. */
export type Customer = { readonly situation: 'absent' } | Present;
export type PresentCustomer = Frozen<Present>;

/** A customer as other aggregates' guards see it. */
export const customerFact = fact<Customer>('customer');
export const initial: Customer = { situation: 'absent' };

const present = changing<Frozen<Customer>>();
/** The comparable form of some content. */
export const contentOf = (content: object): string => canonicalJson(content);

/** Said anew, an address is found anew. */
const addressOf = (content: { readonly kind: string; readonly isPrimary: boolean }) => ({
  kind: content.kind,
  isPrimary: content.isPrimary,
  content: contentOf(content),
  geocode: null,
});

export const evolve: Evolve<Customer, typeof customerEvents> = {
  CustomerRegistered: (_state, data) => ({
    situation: 'active',
    name: data.customerName,
    profile: contentOf(data),
    timeZone: data.timeZone,
    country: data.country,
    isCreditHeld: false,
    metadata: {},
    legalEntities: {},
    addresses: {},
    contacts: {},
    documents: {},
    quickLinks: {},
    accounts: {},
    agreements: [],
  }),
  CustomerProfileChanged: present((_state, data) => ({ name: data.customerName, profile: contentOf(data), timeZone: data.timeZone, country: data.country })),
  CustomerBlocked: present(() => ({ situation: 'blocked' })),
  CustomerUnblocked: present(() => ({ situation: 'active' })),
  CreditHeld: present(() => ({ isCreditHeld: true })),
  CreditReleased: present(() => ({ isCreditHeld: false })),
  CustomerClosed: present(() => ({ situation: 'closed' })),
  CustomerMetadataChanged: present((_state, { metadata }) => ({ metadata })),
  LegalEntityAdded: present(({ legalEntities }, { legalEntityId, ...content }) => ({
    legalEntities: { ...legalEntities, [legalEntityId]: contentOf(content) },
  })),
  LegalEntityChanged: present(({ legalEntities }, { legalEntityId, ...content }) => ({
    legalEntities: { ...legalEntities, [legalEntityId]: contentOf(content) },
  })),
  LegalEntityRemoved: present(({ legalEntities }, { legalEntityId }) => ({ legalEntities: without(legalEntities, legalEntityId) })),
  AddressAdded: present(({ addresses }, { addressId, ...content }) => ({
    addresses: { ...addresses, [addressId]: addressOf(content) },
  })),
  AddressChanged: present(({ addresses }, { addressId, ...content }) => ({
    addresses: { ...addresses, [addressId]: addressOf(content) },
  })),
  AddressRemoved: present(({ addresses }, { addressId }) => ({ addresses: without(addresses, addressId) })),
  AddressGeocoded: present(({ addresses }, { addressId, ...geocode }) => {
    const address = addresses[addressId];
    return address === undefined ? {} : { addresses: { ...addresses, [addressId]: { ...address, geocode: contentOf(geocode) } } };
  }),
  ContactAdded: present(({ contacts }, { contactId, ...content }) => ({
    contacts: { ...contacts, [contactId]: { role: content.role, content: contentOf(content) } },
  })),
  ContactChanged: present(({ contacts }, { contactId, ...content }) => ({
    contacts: { ...contacts, [contactId]: { role: content.role, content: contentOf(content) } },
  })),
  ContactRemoved: present(({ contacts }, { contactId }) => ({ contacts: without(contacts, contactId) })),
  CustomerDocumentAdded: present(({ documents }, { documentId, documentType, expiresOn }) => ({
    documents: { ...documents, [documentId]: { documentType, expiresOn: expiresOn ?? null, isExpired: false, reminded: [] } },
  })),
  CustomerDocumentRenewed: present(({ documents }, { documentId, expiresOn }) =>
    withDocument(documents, documentId, { expiresOn, isExpired: false, reminded: [] }),
  ),
  CustomerDocumentExpiryNear: present(({ documents }, { documentId, daysLeft }) =>
    withDocument(documents, documentId, { reminded: [...(documents[documentId]?.reminded ?? []), daysLeft] }),
  ),
  CustomerDocumentExpired: present(({ documents }, { documentId }) => withDocument(documents, documentId, { isExpired: true })),
  CustomerDocumentRemoved: present(({ documents }, { documentId }) => ({ documents: without(documents, documentId) })),
  QuickLinkAdded: present(({ quickLinks }, { quickLinkId }) => ({ quickLinks: { ...quickLinks, [quickLinkId]: true as const } })),
  QuickLinkRemoved: present(({ quickLinks }, { quickLinkId }) => ({ quickLinks: without(quickLinks, quickLinkId) })),
  AccountOpened: present(({ accounts }, { accountId, parentAccountId, ...profile }) => {
    const { accountNumber, timeZone, currency } = profile;
    const opened = { parentAccountId: parentAccountId ?? null, accountNumber, isOpen: true, timeZone, currency, content: contentOf(profile) };
    return { accounts: { ...accounts, [accountId]: opened } };
  }),
  AccountChanged: present(({ accounts }, { accountId, ...profile }) => {
    const { accountNumber, timeZone, currency } = profile;
    return withAccount(accounts, accountId, { accountNumber, timeZone, currency, content: contentOf(profile) });
  }),
  AccountMoved: present(({ accounts }, { accountId, parentAccountId }) => withAccount(accounts, accountId, { parentAccountId: parentAccountId ?? null })),
  AccountClosed: present(({ accounts }, { accountId }) => withAccount(accounts, accountId, { isOpen: false })),
  AccountReopened: present(({ accounts }, { accountId }) => withAccount(accounts, accountId, { isOpen: true })),
  AgreementNoted: present(({ agreements }, { agreementId }) => ({ agreements: [...agreements, agreementId] })),
};

const withDocument = (documents: Present['documents'], id: string, change: Partial<CustomerDocument>): Pick<Present, 'documents'> => ({
  documents: withChange(documents, id, change),
});
const withAccount = (accounts: Present['accounts'], id: string, change: Partial<Account>): Pick<Present, 'accounts'> => ({
  accounts: withChange(accounts, id, change),
});
