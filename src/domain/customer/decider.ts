import { agreementFact, type PresentAgreement } from '../agreement/state.ts';
import { allocationFact, usedOf } from '../allocation/decider.ts';
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import { type Aggregate, emit, type Facts, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { checkTaxId } from '../kernel/identifiers/tax-id.ts';
import { isCurrency } from '../kernel/money.ts';
import { reached } from '../kernel/presence.ts';
import { startOfLocalDay } from '../kernel/time-zone.ts';
import { catalogId } from '../kernel/well-known.ts';
import { customerCommands } from './commands.ts';
import { customerEvents } from './events.ts';
import { accountsMax, children, fitsUnder, heightOf, isAbove, notBlocked, notClosed, numberIsFree, roomIn } from './rules.ts';
import { type Customer, contentOf, evolve, initial, type PresentCustomer } from './state.ts';

const event = emit(customerEvents);
const reminderDays = [60, 30, 7] as const;

const present = reached<Frozen<Customer>>('a customer');
const open = (state: Frozen<Customer>) => notClosed(present(state));

type Part = { readonly isPrimary: boolean; readonly kind: string };
/** At most one active primary a kind. */
const primaryIsFree = (parts: Readonly<Record<string, Part>>, part: Part, except?: string) =>
  part.isPrimary && Object.entries(parts).some(([id, other]) => id !== except && other.isPrimary && other.kind === part.kind)
    ? reject('primaryExists', `There is a primary one of kind ${part.kind} already.`)
    : undefined;
const asParts = (contacts: PresentCustomer['contacts']): Readonly<Record<string, Part>> =>
  Object.fromEntries(Object.entries(contacts).map(([id, { role }]) => [id, { kind: 'contact', isPrimary: role === 'primary' }]));
const contactPart = ({ role }: { readonly role: string }): Part => ({ kind: 'contact', isPrimary: role === 'primary' });

type TaxId = { readonly country: string; readonly taxIdKind: 'nit' | 'cui' | 'other'; readonly taxId: string };
const taxPolicy = catalogId('tax-id-policy');
type Exception = Parameters<typeof checkTaxId>[1]['exceptions'][number];
/** The dated entries of the catalog `tax-id-policy` that let a word stand for a tax id (Guatemala's `CF`). */
const exceptionsOf = (policy: Frozen<Catalog> | undefined): readonly Exception[] =>
  Object.values(policy?.entries ?? {}).flatMap(({ isActive, entry: { attributes } }) => {
    const { jurisdiction, literal, isAllowed, validFrom, validTo } = attributes ?? {};
    if (!isActive || isAllowed !== true || typeof jurisdiction !== 'string' || typeof literal !== 'string' || typeof validFrom !== 'string') return [];
    return [{ country: jurisdiction, value: literal, validity: { from: validFrom, to: typeof validTo === 'string' ? validTo : null } }];
  });
const validTaxId = ({ country, taxIdKind, taxId }: TaxId, { now, facts }: { readonly now: string; readonly facts: Facts }) => {
  const checked = checkTaxId({ country, kind: taxIdKind, value: taxId }, { on: now.slice(0, 10), exceptions: exceptionsOf(catalogFact.of(facts, taxPolicy)) });
  return 'problem' in checked ? reject('invalidTaxId', `The tax id is not valid: ${checked.problem}.`, { problem: checked.problem }) : undefined;
};

/** The account's allocations under every agreement that the guards have found so far. */
const allocationsOf = (state: Frozen<Customer>, accountId: string, facts: Facts): readonly string[] =>
  present(state)
    .agreements.flatMap((id): readonly PresentAgreement[] => {
      const master = agreementFact.of(facts, id);
      return master === undefined || master.status === 'absent' ? [] : [master];
    })
    .flatMap(({ schedules }) => Object.values(schedules).flatMap(({ lines }) => Object.values(lines)))
    .flatMap(({ grants }) => Object.entries(grants).flatMap(([allocationId, grant]) => (grant.accountId === accountId ? [allocationId] : [])));

/** TE-12: an account is closed only when nothing of it is out or about to go out. */
const nothingOut = (state: Frozen<Customer>, accountId: string, facts: Facts) => {
  const out = allocationsOf(state, accountId, facts).reduce((sum, id) => {
    const slots = allocationFact.of(facts, id);
    return slots === undefined || slots.status === 'absent' ? sum : sum + usedOf(slots);
  }, 0);
  return out === 0 ? undefined : reject('unitsOut', `${out} units are out or reserved for this account.`, { unitsOut: out });
};

const guards: Guards<Customer, typeof customerCommands> = {
  AddLegalEntity: () => [catalogFact.at(taxPolicy)],
  ChangeLegalEntity: () => [catalogFact.at(taxPolicy)],
  CloseAccount: (state, { accountId }, { facts }) => [
    ...present(state).agreements.map((id) => agreementFact.at(id)),
    ...allocationsOf(state, accountId, facts).map((id) => allocationFact.at(id)),
  ],
};

const decide: Aggregate<'customer', Customer, typeof customerCommands, typeof customerEvents>['decide'] = {
  RegisterCustomer: (state, command) => {
    if (!isCurrency(command.currency)) return reject('unknownCurrency', `${command.currency} is no ISO 4217 currency.`);
    if (state.situation === 'absent') return [event('CustomerRegistered', command)];
    return state.profile === contentOf(command) ? [] : reject('alreadyRegistered', 'This customer is registered.');
  },
  ChangeCustomer: (state, command) => {
    if (!isCurrency(command.currency)) return reject('unknownCurrency', `${command.currency} is no ISO 4217 currency.`);
    return open(state) ?? (present(state).profile === contentOf(command) ? [] : [event('CustomerProfileChanged', command)]);
  },
  BlockCustomer: (state, command) => open(state) ?? (state.situation === 'blocked' ? [] : [event('CustomerBlocked', command)]),
  UnblockCustomer: (state, command) => open(state) ?? (state.situation === 'blocked' ? [event('CustomerUnblocked', command)] : []),
  HoldCredit: (state, command) => open(state) ?? (present(state).isCreditHeld ? [] : [event('CreditHeld', command)]),
  ReleaseCredit: (state) => open(state) ?? (present(state).isCreditHeld ? [event('CreditReleased', {})] : []),
  CloseCustomer: (state, command) => {
    const { situation, accounts } = present(state);
    if (situation === 'closed') return [];
    const left = Object.entries(accounts).filter(([, { isOpen }]) => isOpen);
    return left.length === 0
      ? [event('CustomerClosed', command)]
      : reject('accountsOpen', 'Close every account first.', { accountIds: left.map(([id]) => id) });
  },
  SetCustomerMetadata: (state, command) =>
    open(state) ?? (contentOf(present(state).metadata) === contentOf(command.metadata) ? [] : [event('CustomerMetadataChanged', command)]),

  AddLegalEntity: (state, command, context) =>
    open(state) ??
    roomIn(present(state).legalEntities) ??
    validTaxId(command, context) ?? [event('LegalEntityAdded', { legalEntityId: context.newId(0), ...command })],
  ChangeLegalEntity: (state, command, context) => {
    const { legalEntityId, ...content } = command;
    const before = present(state).legalEntities[legalEntityId];
    if (before === undefined) return open(state) ?? reject('unknownLegalEntity', 'There is no such legal entity.');
    return open(state) ?? validTaxId(command, context) ?? (before === contentOf(content) ? [] : [event('LegalEntityChanged', command)]);
  },
  RemoveLegalEntity: (state, command) =>
    open(state) ??
    (Object.hasOwn(present(state).legalEntities, command.legalEntityId)
      ? [event('LegalEntityRemoved', command)]
      : reject('unknownLegalEntity', 'There is no such legal entity.')),

  AddAddress: (state, command, { newId }) =>
    open(state) ??
    roomIn(present(state).addresses) ??
    primaryIsFree(present(state).addresses, command) ?? [event('AddressAdded', { addressId: newId(0), ...command })],
  ChangeAddress: (state, command) => {
    const { addressId, ...content } = command;
    const { addresses } = present(state);
    if (!Object.hasOwn(addresses, addressId)) return open(state) ?? reject('unknownAddress', 'There is no such address.');
    return (
      open(state) ??
      primaryIsFree(addresses, command, addressId) ??
      (addresses[addressId]?.content === contentOf(content) ? [] : [event('AddressChanged', command)])
    );
  },
  RemoveAddress: (state, command) =>
    open(state) ??
    (Object.hasOwn(present(state).addresses, command.addressId) ? [event('AddressRemoved', command)] : reject('unknownAddress', 'There is no such address.')),
  RecordGeocode: (state, command) => {
    const { addressId, ...geocode } = command;
    const address = present(state).addresses[addressId];
    if (address === undefined) return open(state) ?? reject('unknownAddress', 'There is no such address.');
    return open(state) ?? (address.geocode === contentOf(geocode) ? [] : [event('AddressGeocoded', command)]);
  },

  AddContact: (state, command, { newId }) =>
    open(state) ??
    roomIn(present(state).contacts) ??
    primaryIsFree(asParts(present(state).contacts), contactPart(command)) ?? [event('ContactAdded', { contactId: newId(0), ...command })],
  ChangeContact: (state, command) => {
    const { contactId, ...content } = command;
    const { contacts } = present(state);
    if (!Object.hasOwn(contacts, contactId)) return open(state) ?? reject('unknownContact', 'There is no such contact.');
    return (
      open(state) ??
      primaryIsFree(asParts(contacts), contactPart(command), contactId) ??
      (contacts[contactId]?.content === contentOf(content) ? [] : [event('ContactChanged', command)])
    );
  },
  RemoveContact: (state, command) =>
    open(state) ??
    (Object.hasOwn(present(state).contacts, command.contactId) ? [event('ContactRemoved', command)] : reject('unknownContact', 'There is no such contact.')),

  AddCustomerDocument: (state, command, { newId }) =>
    open(state) ??
    roomIn(present(state).documents) ?? [event('CustomerDocumentAdded', { documentId: newId(0), ...command, timeZone: present(state).timeZone })],
  RenewCustomerDocument: (state, command) => {
    const before = present(state).documents[command.documentId];
    if (before === undefined) return open(state) ?? reject('unknownDocument', 'There is no such document.');
    if (before.expiresOn === command.expiresOn) return open(state) ?? [];
    if (before.expiresOn !== null && command.expiresOn < before.expiresOn)
      return reject('notLater', `The document at hand is valid until ${before.expiresOn}.`);
    return open(state) ?? [event('CustomerDocumentRenewed', { ...command, timeZone: present(state).timeZone })];
  },
  RemoveCustomerDocument: (state, command) =>
    open(state) ??
    (Object.hasOwn(present(state).documents, command.documentId)
      ? [event('CustomerDocumentRemoved', command)]
      : reject('unknownDocument', 'There is no such document.')),
  RemindOfCustomerDocument: (state, command) => {
    const at = present(state).documents[command.documentId];
    return at === undefined || at.expiresOn !== command.expiresOn || at.reminded.includes(command.daysLeft)
      ? []
      : [event('CustomerDocumentExpiryNear', command)];
  },
  ExpireCustomerDocument: (state, command) => {
    const at = present(state).documents[command.documentId];
    return at === undefined || at.expiresOn !== command.expiresOn || at.isExpired ? [] : [event('CustomerDocumentExpired', command)];
  },

  AddQuickLink: (state, command, { newId }) =>
    open(state) ?? roomIn(present(state).quickLinks, 50) ?? [event('QuickLinkAdded', { quickLinkId: newId(0), ...command })],
  RemoveQuickLink: (state, command) =>
    open(state) ??
    (Object.hasOwn(present(state).quickLinks, command.quickLinkId)
      ? [event('QuickLinkRemoved', command)]
      : reject('unknownQuickLink', 'There is no such link.')),

  OpenAccount: (state, command, { newId }) => {
    const { accounts } = present(state);
    return (
      open(state) ??
      notBlocked(present(state)) ??
      roomIn(accounts, accountsMax) ??
      fitsUnder(accounts, command.parentAccountId, 1) ??
      numberIsFree(accounts, command.accountNumber) ?? [event('AccountOpened', { accountId: newId(0), ...command })]
    );
  },
  ChangeAccount: (state, command) => {
    const { accountId, ...content } = command;
    const { accounts } = present(state);
    return (
      open(state) ??
      openAccount(present(state), accountId) ??
      numberIsFree(accounts, command.accountNumber, accountId) ??
      (accounts[accountId]?.content === contentOf(content) ? [] : [event('AccountChanged', command)])
    );
  },
  MoveAccount: (state, command) => {
    const { accounts } = present(state);
    const { accountId, parentAccountId } = command;
    const wrong = open(state) ?? openAccount(present(state), accountId);
    if (wrong !== undefined) return wrong;
    if ((accounts[accountId]?.parentAccountId ?? undefined) === parentAccountId) return [];
    if (parentAccountId !== undefined && isAbove(accounts, accountId, parentAccountId)) return reject('cycle', 'An account cannot hang under itself.');
    return fitsUnder(accounts, parentAccountId, heightOf(accounts, accountId)) ?? [event('AccountMoved', command)];
  },
  CloseAccount: (state, command, { facts }) => {
    const { accounts } = present(state);
    const account = accounts[command.accountId];
    if (account === undefined) return open(state) ?? reject('unknownAccount', 'There is no such account.');
    if (!account.isOpen) return [];
    const below = children(accounts, command.accountId).filter((id) => accounts[id]?.isOpen === true);
    return (
      open(state) ??
      (below.length > 0 ? reject('childrenOpen', 'Close the accounts below it first.', { accountIds: below }) : undefined) ??
      nothingOut(state, command.accountId, facts) ?? [event('AccountClosed', command)]
    );
  },
  ReopenAccount: (state, command) => {
    const { accounts } = present(state);
    const account = accounts[command.accountId];
    if (account === undefined) return open(state) ?? reject('unknownAccount', 'There is no such account.');
    if (account.isOpen) return open(state) ?? [];
    const parent = account.parentAccountId;
    if (parent !== null && accounts[parent]?.isOpen !== true) return reject('parentClosed', 'The account above is closed.');
    return open(state) ?? notBlocked(present(state)) ?? [event('AccountReopened', command)];
  },
  NoteAgreement: (state, { agreementId }, { now }) =>
    open(state) ?? (present(state).agreements.includes(agreementId) ? [] : [event('AgreementNoted', { agreementId, notedAt: now })]),
};

const openAccount = (state: PresentCustomer, id: string) => {
  const account = state.accounts[id];
  if (account === undefined) return reject('unknownAccount', `There is no account ${id}.`);
  return account.isOpen ? undefined : reject('accountClosed', 'The account is closed.');
};

/** Reminders and the expiry of a document, in the customer's own days; a renewal sets each of them anew. */
const documentDeadlines = ({ documentId, expiresOn, timeZone }: { readonly documentId: string; readonly expiresOn?: string; readonly timeZone: string }) =>
  expiresOn === undefined
    ? []
    : [
        ...reminderDays.map((daysLeft) => ({
          change: 'set' as const,
          name: `document:${documentId}:${daysLeft}`,
          dueAt: startOfLocalDay(addDays(expiresOn, -daysLeft), timeZone),
          command: 'RemindOfCustomerDocument',
          data: { documentId, expiresOn, daysLeft },
        })),
        {
          change: 'set' as const,
          name: `document:${documentId}:expiry`,
          dueAt: startOfLocalDay(addDays(expiresOn, 1), timeZone),
          command: 'ExpireCustomerDocument',
          data: { documentId, expiresOn },
        },
      ];

/** A company that leases equipment or buys services, with its people, papers and tree of accounts. The root of tenancy. */
export const customer: Aggregate<'customer', Customer, typeof customerCommands, typeof customerEvents> = {
  category: 'customer',
  docs: 'A company that leases equipment or buys services, with its people, papers and tree of accounts. The root of tenancy.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: customerEvents,
  commands: customerCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (_state, id) => id,
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    CustomerDocumentAdded: documentDeadlines,
    CustomerDocumentRenewed: documentDeadlines,
    CustomerDocumentRemoved: ({ documentId }) =>
      [...reminderDays, 'expiry'].map((part) => ({ change: 'cancel' as const, name: `document:${documentId}:${part}` })),
  },
};
