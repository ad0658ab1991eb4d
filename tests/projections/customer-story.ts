/** Histories of two customers with accounts, people and papers: what the customers' read model is tested on. */
import type { Account } from '../../src/domain/account/state.ts';
import type { Customer } from '../../src/domain/customer/state.ts';
import { id } from '../kit/decider.ts';
import { fc } from '../kit/seed.ts';
import { type History, historyOf, type Move } from './decided.ts';

export const names = ['Sur', 'Norte'] as const;
const profile = { customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
const accountProfile = { accountType: 'REGIONAL', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
type Parts = Extract<Customer, { readonly situation: 'active' | 'blocked' | 'closed' }>;
export const customerOf = (history: History, name: string): Parts | undefined => {
  const state = history.state<Customer>('customer', id(name));
  return state.situation === 'absent' ? undefined : state;
};
/** The n-th of what a customer has; an id of nothing where it has none. */
export const nth = (parts: Readonly<Record<string, unknown>> | undefined, n: number): string => {
  const keys = Object.keys(parts ?? {});
  return keys[n % Math.max(1, keys.length)] ?? id('nothing');
};

const customerName = fc.constantFrom(...names);
const n = fc.nat({ max: 5 });
const flag = fc.boolean();
type Data = Readonly<Record<string, unknown>>;
const to = (type: string, data: (parts: Parts | undefined, chosen: number, other: number, isOn: boolean) => Data): fc.Arbitrary<Move> =>
  fc.tuple(customerName, n, n, flag).map(([name, chosen, other, isOn]) => (history) => ({
    category: 'customer',
    target: id(name),
    type,
    data: data(customerOf(history, name), chosen, other, isOn),
  }));
const toAccount = (type: string, data: (state: Account, chosen: number, isOn: boolean, customerId: string) => Data): fc.Arbitrary<Move> =>
  fc.tuple(customerName, n, n, flag).map(([name, which, chosen, isOn]) => (history) => {
    const target = nth(customerOf(history, name)?.accounts, which);
    return { category: 'account', target, type, data: data(history.state<Account>('account', target), chosen, isOn, id(name)) };
  });
const recipients = (state: Account) => (state.situation === 'absent' ? {} : state.alertRecipients);
const payers = (state: Account) => (state.situation === 'absent' ? {} : state.invoiceRecipients);
export const street = (chosen: number) => ({
  kind: 'service',
  isPrimary: false,
  street: `${chosen} Calle`,
  country: 'GT',
  ...(chosen > 2 ? { municipio: '0101', zona: '0101-04' } : {}),
});
export const person = (chosen: number) => ({
  role: 'site',
  name: `Ana ${chosen}`,
  phones: Array.from({ length: chosen % 3 }, (_, at) => `+5025555000${at}`),
  emails: Array.from({ length: chosen % 4 }, (_, at) => `ana${at}@example.org`),
});
const often = (weight: number, arbitrary: fc.Arbitrary<Move>) => ({ weight, arbitrary });
const move: fc.Arbitrary<Move> = fc.oneof(
  to('ChangeCustomer', (_parts, chosen) => ({ ...profile, customerName: `Renamed ${chosen}`, referenceNumber: `R-${chosen}` })),
  to('BlockCustomer', () => ({ reason: 'overdue' })),
  to('UnblockCustomer', () => ({ reason: 'paid' })),
  to('HoldCredit', () => ({ reason: 'overdue' })),
  to('ReleaseCredit', () => ({})),
  to('SetCustomerMetadata', (_parts, chosen) => ({ metadata: { level: chosen } })),
  often(
    2,
    to('AddAddress', (_parts, chosen) => street(chosen)),
  ),
  to('ChangeAddress', (parts, chosen, other) => ({ addressId: nth(parts?.addresses, other), ...street(chosen) })),
  to('RemoveAddress', (parts, chosen) => ({ addressId: nth(parts?.addresses, chosen) })),
  to('RecordGeocode', (parts, chosen) => ({
    addressId: nth(parts?.addresses, chosen),
    position: { latitude: '14.6', longitude: '-90.5' },
    precision: 'street',
    provider: 'offline',
  })),
  often(
    3,
    to('AddContact', (_parts, chosen) => person(chosen)),
  ),
  often(
    2,
    to('ChangeContact', (parts, chosen, other) => ({ contactId: nth(parts?.contacts, other), ...person(chosen) })),
  ),
  to('RemoveContact', (parts, chosen) => ({ contactId: nth(parts?.contacts, chosen) })),
  to('AddCustomerDocument', (_parts, chosen, _other, isOn) => ({ documentType: 'RTU', name: `Paper ${chosen}`, ...(isOn ? { expiresOn: '2026-05-01' } : {}) })),
  to('RenewCustomerDocument', (parts, chosen, other) => ({ documentId: nth(parts?.documents, other), expiresOn: `2027-05-0${chosen + 1}` })),
  to('ExpireCustomerDocument', (parts, chosen) => ({ documentId: nth(parts?.documents, chosen), expiresOn: '2026-05-01' })),
  to('RemoveCustomerDocument', (parts, chosen) => ({ documentId: nth(parts?.documents, chosen) })),
  to('AddLegalEntity', (_parts, chosen) => ({ legalName: `Sur ${chosen}, S.A.`, taxIdKind: 'other', taxId: `${chosen}`, country: 'GT' })),
  to('RemoveLegalEntity', (parts, chosen) => ({ legalEntityId: nth(parts?.legalEntities, chosen) })),
  to('AddQuickLink', (_parts, chosen) => ({ name: `Link ${chosen}`, link: 'https://example.org/' })),
  to('RemoveQuickLink', (parts, chosen) => ({ quickLinkId: nth(parts?.quickLinks, chosen) })),
  often(
    4,
    to('OpenAccount', (parts, chosen, other, isOn) => ({
      accountName: `Account ${chosen}`,
      accountNumber: `${chosen}`,
      ...accountProfile,
      ...(isOn ? { parentAccountId: nth(parts?.accounts, other) } : {}),
    })),
  ),
  to('ChangeAccount', (parts, chosen, other) => ({
    accountId: nth(parts?.accounts, other),
    accountName: `Changed ${chosen}`,
    accountNumber: `${chosen}`,
    ...accountProfile,
  })),
  to('MoveAccount', (parts, chosen, other, isOn) => ({
    accountId: nth(parts?.accounts, chosen),
    ...(isOn ? { parentAccountId: nth(parts?.accounts, other) } : {}),
  })),
  to('CloseAccount', (parts, chosen) => ({ accountId: nth(parts?.accounts, chosen), reason: 'merged' })),
  to('ReopenAccount', (parts, chosen) => ({ accountId: nth(parts?.accounts, chosen) })),
  often(
    2,
    toAccount('SetAccountNotes', (_state, chosen, _isOn, customerId) => ({ customerId, notes: `Note ${chosen}` })),
  ),
  toAccount('SwitchGeofenceAlerts', (_state, _chosen, isEnabled, customerId) => ({ customerId, isEnabled })),
  often(
    2,
    toAccount('NameInvoiceRecipient', (_state, chosen, _isOn, customerId) => ({ customerId, name: `Payer ${chosen}`, email: `p${chosen}@example.org` })),
  ),
  toAccount('OptOutOfInvoiceMail', (state, chosen) => ({ recipientId: nth(payers(state), chosen) })),
  toAccount('OptInToInvoiceMail', (state, chosen) => ({ recipientId: nth(payers(state), chosen) })),
  toAccount('RemoveInvoiceRecipient', (state, chosen) => ({ recipientId: nth(payers(state), chosen) })),
  often(
    2,
    toAccount('NameAlertRecipient', (_state, _chosen, isOn, customerId) => ({
      customerId,
      userId: id('staff'),
      deliveryMethods: isOn ? ['web'] : ['mail', 'sms'],
    })),
  ),
  toAccount('ChangeAlertRecipient', (state, chosen) => ({ recipientId: nth(recipients(state), chosen), deliveryMethods: ['push'] })),
  toAccount('SwitchRecipientGeofenceAlerts', (state, chosen, isEnabled) => ({ recipientId: nth(recipients(state), chosen), isEnabled })),
  toAccount('RemoveAlertRecipient', (state, chosen) => ({ recipientId: nth(recipients(state), chosen) })),
  fc.tuple(customerName, n, n).map(
    ([name, which, chosen]): Move =>
      (history) => ({
        category: 'interaction',
        target: id(`talk ${chosen}`),
        type: 'LogInteraction',
        data: {
          customerId: id(name),
          contactId: nth(customerOf(history, name)?.contacts, which),
          channel: 'call',
          direction: 'inbound',
          heldAt: '2026-03-01T11:00:00.000Z',
          notes: `Talk ${chosen}`,
        },
      }),
  ),
  fc.tuple(n, n).map(([which, chosen]) => () => ({
    category: 'interaction',
    target: id(`talk ${which}`),
    type: 'CorrectInteraction',
    data: { channel: 'email', direction: 'outbound', heldAt: '2026-03-01T11:00:00.000Z', notes: `Corrected ${chosen}` },
  })),
);
export const prepared = (history: History): void => {
  history.happen('user', id('staff'), [
    { type: 'UserInvited', data: { email: 's@example.org', name: 'Staff', language: 'es', expiresAt: '2026-04-01T00:00:00.000Z' } },
  ]);
  for (const name of names) history.give({ category: 'customer', target: id(name), type: 'RegisterCustomer', data: { customerName: name, ...profile } });
};
export const histories = fc.array(move, { maxLength: 80, size: 'max' }).map((moves) => historyOf(moves, prepared));
