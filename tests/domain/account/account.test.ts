import { describe, expect, test } from '@jest/globals';
import { account } from '../../../src/domain/account/decider.ts';
import { accountEvents } from '../../../src/domain/account/events.ts';
import { customer } from '../../../src/domain/customer/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { type EventOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { user } from '../../../src/domain/user/decider.ts';
import { userEvents } from '../../../src/domain/user/events.ts';
import { contextOf, id, scenarios, wordsOf } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { act, given, fold } = scenarios(account);
const event = emit(accountEvents);
const aCustomer = emit(customerEvents);
const aUser = emit(userEvents);
type Event = EventOf<typeof accountEvents>;
type Name = keyof typeof account.commands & string;

const customerId = id('customer');
const profile = { accountType: 'REGIONAL', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
const theirs = [
  aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' }),
  aCustomer('AccountOpened', { accountId: id('self'), accountName: 'A', accountNumber: 'A', ...profile }),
];
const people = scenarios(user);
const invited = (of: string | null) =>
  people.fold([
    aUser('UserInvited', {
      email: 'ana@example.org',
      name: 'Ana',
      language: 'es',
      expiresAt: '2026-04-01T00:00:00.000Z',
      ...(of === null ? {} : { customerId: of }),
    }),
  ]);
const factsWith = (...more: typeof theirs) => ({
  [`customer-${customerId}`]: scenarios(customer).fold([...theirs, ...more]),
  [`user-${id('ana')}`]: invited(customerId),
  [`user-${id('staff')}`]: invited(null),
  [`user-${id('stranger')}`]: invited(id('another customer')),
});
const open = { facts: factsWith() };
const shut = { facts: factsWith(aCustomer('AccountClosed', { accountId: id('self'), reason: 'x' })) };

const begun = event('AccountProfileBegun', { customerId });
const alert = (name: string) => event('AlertRecipientNamed', { recipientId: id(`alert ${name}`), userId: id(name), deliveryMethods: ['email'] });
const invoice = (name: string) => event('InvoiceRecipientNamed', { recipientId: id(`invoice ${name}`), name, email: `${name}@example.org` });
const optedOut = (name: string) => event('InvoiceMailOptedOut', { recipientId: id(`invoice ${name}`) });

describe('an account’s profile', () => {
  test('begins with its first command, which names the customer under which the account is open', () => {
    given().when('BeginAccountProfile', { customerId }, open).then(begun).andRepeatedNothing();
    given()
      .when('SetAccountNotes', { customerId, notes: 'Gate code 7' }, open)
      .then(begun, event('AccountNotesChanged', { notes: 'Gate code 7' }))
      .andRepeatedNothing();
    given().when('SetAccountNotes', { notes: 'x' }, open).thenRejected('customerNeeded');
    given().when('SetAccountNotes', { customerId, notes: 'x' }).thenRejected('unknownAccount');
    given()
      .when('SetAccountNotes', { customerId, notes: 'x' }, { ...open, id: id('no account') })
      .thenRejected('unknownAccount');
    given().when('BeginAccountProfile', { customerId }, shut).thenRejected('accountClosed');
    given(begun)
      .when('SetAccountNotes', { customerId: id('another customer'), notes: 'x' }, open)
      .thenRejected('otherCustomer');
  });

  test('TE-1 belongs to the account and its customer', () => {
    expect(account.tenantOf(fold([begun]), id('self'))).toBe(customerId);
    expect(account.accountOf?.(fold([begun]), id('self'))).toBe(id('self'));
    expect(account.tenantOf(account.initial, id('self'))).toBeNull();
  });
});

describe('alert recipients', () => {
  test('TE-1 are users of the customer or of the company, never another customer’s', () => {
    const named = { customerId, deliveryMethods: ['email'] };
    given()
      .when('NameAlertRecipient', { ...named, userId: id('ana') }, open)
      .thenTypes('AccountProfileBegun', 'AlertRecipientNamed');
    given(begun)
      .when('NameAlertRecipient', { ...named, userId: id('staff') }, open)
      .thenTypes('AlertRecipientNamed');
    given(begun)
      .when('NameAlertRecipient', { ...named, userId: id('stranger') }, open)
      .thenRejected('otherCustomersUser');
    given(begun)
      .when('NameAlertRecipient', { ...named, userId: id('nobody') }, open)
      .thenRejected('otherCustomersUser');
  });

  test('are named once each; how they are told can change', () => {
    given(begun, alert('ana'))
      .when('NameAlertRecipient', { userId: id('ana'), deliveryMethods: ['email'] }, open)
      .thenNothing();
    given(begun, alert('ana'))
      .when('NameAlertRecipient', { userId: id('ana'), deliveryMethods: ['sms'] }, open)
      .thenRejected('alreadyRecipient');
    const change = { recipientId: id('alert ana'), deliveryMethods: ['sms', 'email'] };
    given(begun, alert('ana')).when('ChangeAlertRecipient', change, open).then(event('AlertRecipientChanged', change)).andRepeatedNothing();
    given(begun, alert('ana'))
      .when('RemoveAlertRecipient', { recipientId: id('alert ana') })
      .thenTypes('AlertRecipientRemoved');
    given(begun)
      .when('RemoveAlertRecipient', { recipientId: id('alert ana') })
      .thenRejected('unknownRecipient');
  });

  test('want geofence alerts each for themselves, and the account for all of them', () => {
    const off = { recipientId: id('alert ana'), isEnabled: false };
    given(begun, alert('ana')).when('SwitchRecipientGeofenceAlerts', off, open).then(event('RecipientGeofenceAlertsSwitched', off)).andRepeatedNothing();
    given(begun)
      .when('SwitchGeofenceAlerts', { isEnabled: false }, open)
      .then(event('GeofenceAlertsSwitched', { isEnabled: false }))
      .andRepeatedNothing();
    given(begun, alert('ana'))
      .when('SwitchRecipientGeofenceAlerts', { ...off, isEnabled: true }, open)
      .thenNothing();
  });
});

describe('invoice mail', () => {
  const recipientId = id('invoice ana');

  test('TE-7 the last recipient cannot opt out, nor be taken off, before another is named', () => {
    given(begun, invoice('ana')).when('OptOutOfInvoiceMail', { recipientId }).thenRejected('lastRecipient');
    given(begun, invoice('ana')).when('RemoveInvoiceRecipient', { recipientId }).thenRejected('lastRecipient');
    given(begun, invoice('ana'), invoice('beto')).when('OptOutOfInvoiceMail', { recipientId }).then(optedOut('ana')).andRepeatedNothing();
    given(begun, invoice('ana'), invoice('beto'), optedOut('beto')).when('OptOutOfInvoiceMail', { recipientId }).thenRejected('lastRecipient');
    given(begun, invoice('ana'), invoice('beto'), optedOut('beto'))
      .when('RemoveInvoiceRecipient', { recipientId: id('invoice beto') })
      .thenTypes('InvoiceRecipientRemoved');
  });

  test('goes to an address once, whatever its case', () => {
    given(begun, invoice('ana')).when('NameInvoiceRecipient', { name: 'ana', email: 'ana@example.org' }, open).thenNothing();
    given(begun, invoice('ana')).when('NameInvoiceRecipient', { name: 'Ana María', email: 'ANA@example.org' }, open).thenRejected('alreadyRecipient');
    given(begun, invoice('ana'), invoice('beto'))
      .when('ChangeInvoiceRecipient', { recipientId, name: 'ana', email: 'Beto@example.org' }, open)
      .thenRejected('alreadyRecipient');
    const renamed = { recipientId, name: 'Ana María', email: 'ana@example.org' };
    given(begun, invoice('ana')).when('ChangeInvoiceRecipient', renamed, open).then(event('InvoiceRecipientChanged', renamed)).andRepeatedNothing();
  });

  test('TE-7 once somebody gets the invoices, somebody always does', () => {
    const name = fc.constantFrom('ana', 'beto', 'caro');
    const step = fc.record({ kind: fc.constantFrom('name', 'out', 'in', 'remove', 'readdress'), who: name, to: name });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        let state = fold([begun]);
        let isAnybodyNamed = false;
        for (const [n, { kind, who, to }] of steps.entries()) {
          const known = state.situation === 'present' ? Object.entries(state.invoiceRecipients).find(([, { name: called }]) => called === who)?.[0] : undefined;
          const found = { recipientId: known ?? id('nobody') };
          const context = contextOf({ ...open, newId: () => id(`recipient ${n}`) });
          const decisions = {
            name: () => account.decide.NameInvoiceRecipient(state, { name: who, email: `${who}@example.org` }, context),
            out: () => account.decide.OptOutOfInvoiceMail(state, found, context),
            in: () => account.decide.OptInToInvoiceMail(state, found, context),
            remove: () => account.decide.RemoveInvoiceRecipient(state, found, context),
            readdress: () => account.decide.ChangeInvoiceRecipient(state, { ...found, name: who, email: `${to}@example.net` }, context),
          };
          const decision = decisions[kind as keyof typeof decisions]();
          if (!isRejection<string>(decision)) state = fold(decision, state);
          const recipients = state.situation === 'present' ? Object.values(state.invoiceRecipients) : [];
          isAnybodyNamed ||= recipients.length > 0;
          expect(recipients.some(({ isOptedOut }) => !isOptedOut)).toBe(isAnybodyNamed);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('an account’s profile, every situation × every command', () => {
  const commands: { readonly [K in Name]: Parameters<(typeof account.decide)[K]>[1] } = {
    BeginAccountProfile: { customerId },
    SetAccountNotes: { customerId, notes: 'new' },
    NameAlertRecipient: { customerId, userId: id('staff'), deliveryMethods: ['web'] },
    ChangeAlertRecipient: { recipientId: id('alert ana'), deliveryMethods: ['web'] },
    RemoveAlertRecipient: { recipientId: id('alert ana') },
    SwitchGeofenceAlerts: { customerId, isEnabled: false },
    SwitchRecipientGeofenceAlerts: { recipientId: id('alert ana'), isEnabled: false },
    NameInvoiceRecipient: { customerId, name: 'caro', email: 'caro@example.org' },
    ChangeInvoiceRecipient: { recipientId: id('invoice ana'), name: 'Ana', email: 'ana@example.net' },
    OptOutOfInvoiceMail: { recipientId: id('invoice ana') },
    OptInToInvoiceMail: { recipientId: id('invoice beto') },
    RemoveInvoiceRecipient: { recipientId: id('invoice beto') },
  };
  const history: readonly Event[] = [begun, alert('ana'), invoice('ana'), invoice('dora'), invoice('beto'), optedOut('beto')];
  const outcomes = (context: Parameters<typeof contextOf>[0]) =>
    Object.fromEntries(
      (Object.keys(commands) as readonly Name[]).map((name) => {
        const { decision } = act(fold(history), { type: name, data: commands[name] }, context);
        return [name, wordsOf(decision, ',')];
      }),
    );
  const changes = {
    SetAccountNotes: 'AccountNotesChanged',
    NameAlertRecipient: 'AlertRecipientNamed',
    ChangeAlertRecipient: 'AlertRecipientChanged',
    SwitchGeofenceAlerts: 'GeofenceAlertsSwitched',
    SwitchRecipientGeofenceAlerts: 'RecipientGeofenceAlertsSwitched',
    NameInvoiceRecipient: 'InvoiceRecipientNamed',
    ChangeInvoiceRecipient: 'InvoiceRecipientChanged',
    OptInToInvoiceMail: 'InvoiceMailOptedIn',
  };
  const always = {
    BeginAccountProfile: '',
    RemoveAlertRecipient: 'AlertRecipientRemoved',
    OptOutOfInvoiceMail: 'InvoiceMailOptedOut',
    RemoveInvoiceRecipient: 'InvoiceRecipientRemoved',
  };

  test('open: takes all of them', () => expect(outcomes(open)).toEqual({ ...changes, ...always }));
  test('closed: takes what ends something, nothing new', () => {
    expect(outcomes(shut)).toEqual({ ...Object.fromEntries(Object.keys(changes).map((name) => [name, 'accountClosed'])), ...always });
  });
});
