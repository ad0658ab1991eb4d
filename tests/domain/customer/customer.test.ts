import { describe, expect, test } from '@jest/globals';
import { customer } from '../../../src/domain/customer/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { depthOf, isAbove } from '../../../src/domain/customer/rules.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, run } = scenarios(customer);
const event = emit(customerEvents);

const profile = { customerName: 'Transportes del Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
const registered = event('CustomerRegistered', profile);
const accountProfile = { accountType: 'REGIONAL', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
const opened = (name: string, parent?: string) =>
  event('AccountOpened', {
    accountId: id(name),
    accountName: name,
    accountNumber: name,
    ...accountProfile,
    ...(parent === undefined ? {} : { parentAccountId: id(parent) }),
  });
const taxPolicy = {
  [`catalog-${catalogId('tax-id-policy')}`]: {
    name: 'tax-id-policy',
    entries: {
      'gt-cf.1': {
        isActive: true,
        entry: { code: 'gt-cf.1', name: 'CF', attributes: { jurisdiction: 'GT', literal: 'CF', isAllowed: true, validFrom: '2012-01-01' } },
      },
    },
  },
};

describe('a customer', () => {
  test('is registered once; the same again changes nothing', () => {
    given().when('RegisterCustomer', profile).then(registered).andRepeatedNothing();
    given(registered)
      .when('RegisterCustomer', { ...profile, customerName: 'Another' })
      .thenRejected('alreadyRegistered');
    given()
      .when('RegisterCustomer', { ...profile, currency: 'ZZZ' })
      .thenRejected('unknownCurrency');
  });

  test('is blocked and unblocked; a blocked one opens no account', () => {
    given(registered)
      .when('BlockCustomer', { reason: 'overdue' })
      .then(event('CustomerBlocked', { reason: 'overdue' }))
      .andRepeatedNothing();
    given(registered, event('CustomerBlocked', { reason: 'overdue' }))
      .when('OpenAccount', { accountName: 'A', accountNumber: 'A', ...accountProfile })
      .thenRejected('blocked');
    given(registered, event('CustomerBlocked', { reason: 'overdue' }))
      .when('UnblockCustomer', { reason: 'paid' })
      .thenTypes('CustomerUnblocked');
  });

  test('is closed only when every account is, and then takes no change', () => {
    given(registered, opened('A')).when('CloseCustomer', { reason: 'left' }).thenRejected('accountsOpen');
    const closed = [registered, opened('A'), event('AccountClosed', { accountId: id('A'), reason: 'x' }), event('CustomerClosed', { reason: 'left' })];
    given(...closed)
      .when('ChangeCustomer', profile)
      .thenRejected('closed');
    given(...closed)
      .when('ReopenAccount', { accountId: id('A') })
      .thenRejected('closed');
  });

  test('has at most one primary contact and one primary address a kind', () => {
    const ana = { role: 'primary', name: 'Ana', phones: ['+50255551234'], emails: ['ana@example.org'] } as const;
    given(registered, event('ContactAdded', { contactId: id('ana'), ...ana }))
      .when('AddContact', { ...ana, name: 'Beto' })
      .thenRejected('primaryExists');
    given(registered, event('ContactAdded', { contactId: id('ana'), ...ana }), event('ContactRemoved', { contactId: id('ana') }))
      .when('AddContact', { ...ana, name: 'Beto' })
      .thenTypes('ContactAdded');
    given(registered, event('ContactAdded', { contactId: id('ana'), ...ana }), event('ContactRemoved', { contactId: id('ana') }))
      .when('ChangeContact', { contactId: id('ana'), ...ana })
      .thenRejected('unknownContact');
  });

  test('TE-8 a legal entity’s NIT is checked; CF stands for one only by the dated policy entry', () => {
    const entity = { legalName: 'Sur, S.A.', taxIdKind: 'nit', country: 'GT' } as const;
    given(registered)
      .when('AddLegalEntity', { ...entity, taxId: '576937K' }, { facts: taxPolicy })
      .thenTypes('LegalEntityAdded');
    given(registered)
      .when('AddLegalEntity', { ...entity, taxId: '5769371' }, { facts: taxPolicy })
      .thenRejected('invalidTaxId');
    given(registered)
      .when('AddLegalEntity', { ...entity, taxId: 'CF' }, { facts: taxPolicy })
      .thenTypes('LegalEntityAdded');
    given(registered)
      .when('AddLegalEntity', { ...entity, taxId: 'CF' })
      .thenRejected('invalidTaxId');
  });

  test('PM-10 a renewal of a document silences what the earlier expiry had set', () => {
    const added = event('CustomerDocumentAdded', {
      documentId: id('doc'),
      documentType: 'insurance',
      name: 'Policy',
      expiresOn: '2026-06-30',
      timeZone: 'America/Guatemala',
    });
    const renewed = event('CustomerDocumentRenewed', { documentId: id('doc'), expiresOn: '2027-06-30', timeZone: 'America/Guatemala' });
    const due = { documentId: id('doc'), expiresOn: '2026-06-30' };
    given(registered, added).when('ExpireCustomerDocument', due).then(event('CustomerDocumentExpired', due)).andRepeatedNothing();
    given(registered, added, renewed).when('ExpireCustomerDocument', due).thenNothing();
    given(registered, added)
      .when('RemindOfCustomerDocument', { ...due, daysLeft: 30 })
      .then(event('CustomerDocumentExpiryNear', { ...due, daysLeft: 30 }))
      .andRepeatedNothing();
    given(registered, added, renewed)
      .when('RemindOfCustomerDocument', { ...due, daysLeft: 30 })
      .thenNothing();
  });
});

describe('the account tree', () => {
  const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const;
  const move = fc.record({ account: fc.constantFrom(...names), parent: fc.option(fc.constantFrom(...names), { nil: undefined }) });

  test('TE-3 no sequence of moves makes a cycle, nor a tree deeper than ten', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const history = [registered, ...names.map((name) => opened(name))];
        const states = moves.reduce((events, { account, parent }) => {
          const decision = given(...events).when('MoveAccount', {
            accountId: id(account),
            ...(parent === undefined ? {} : { parentAccountId: id(parent) }),
          }).decision;
          return Array.isArray(decision) ? [...events, ...decision] : events;
        }, history);
        const state = given(...states).state;
        if (state.situation === 'absent') throw new Error('unreachable');
        for (const name of names) {
          expect(depthOf(state.accounts, id(name))).toBeLessThan(10);
          const parent = state.accounts[id(name)]?.parentAccountId ?? null;
          if (parent !== null) expect(isAbove(state.accounts, id(name), parent)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a closed account has no open child', () => {
    given(registered, opened('A'), opened('B', 'A'))
      .when('CloseAccount', { accountId: id('A'), reason: 'x' })
      .thenRejected('childrenOpen');
    given(
      registered,
      opened('A'),
      opened('B', 'A'),
      event('AccountClosed', { accountId: id('B'), reason: 'x' }),
      event('AccountClosed', { accountId: id('A'), reason: 'x' }),
    )
      .when('ReopenAccount', { accountId: id('B') })
      .thenRejected('parentClosed');
  });

  test('EQ-10 an account number is unique in its customer, whatever its case', () => {
    given(registered, opened('A'))
      .when('OpenAccount', { accountName: 'x', accountNumber: 'a', ...accountProfile })
      .thenRejected('accountNumberTaken');
  });

  test('an account number freed by a change can be used again', () => {
    const { state } = run([
      { type: 'RegisterCustomer', data: profile },
      { type: 'OpenAccount', data: { accountName: 'One', accountNumber: '1', ...accountProfile } },
      { type: 'ChangeAccount', data: { accountId: id('made:0'), accountName: 'One', accountNumber: '2', ...accountProfile } },
    ]);
    expect(state).toMatchObject({ accounts: { [id('made:0')]: { accountNumber: '2' } } });
  });

  test('where an address is is said once; a corrected address is found anew', () => {
    const place = { kind: 'fiscal', isPrimary: false, street: '5a avenida', country: 'GT' } as const;
    const found = { addressId: id('A1'), position: { latitude: '14.60', longitude: '-90.50' }, precision: 'municipality', provider: 'offline' } as const;
    const added = event('AddressAdded', { addressId: id('A1'), ...place });
    given(registered, added).when('RecordGeocode', found).then(event('AddressGeocoded', found)).andRepeatedNothing();
    given(registered, added, event('AddressGeocoded', found), event('AddressChanged', { addressId: id('A1'), ...place, street: '6a avenida' }))
      .when('RecordGeocode', found)
      .then(event('AddressGeocoded', found));
  });
});
