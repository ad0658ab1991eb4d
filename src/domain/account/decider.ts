import { customerFact } from '../customer/state.ts';
import { type Aggregate, type Context, type EventOf, emit, type Facts, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { reached } from '../kernel/presence.ts';
import { isRejection, type Rejection } from '../kernel/rejection.ts';
import { isEnded, userFact } from '../user/state.ts';
import { accountCommands } from './commands.ts';
import { accountEvents } from './events.ts';
import { type Account, blank, evolve, type InvoiceRecipient, initial, type PresentAccount } from './state.ts';

export const recipientsMax = 200;
const event = emit(accountEvents);
type Event = EventOf<typeof accountEvents>;

/** The shell lets only creating commands reach an absent profile, and those go through `begun`. */
const present = reached<Frozen<Account>>('an account profile');
/** The tree is the customer's: it says whether the account is there and open. */
const isOpenAt = (facts: Facts, customerId: string, accountId: string) => {
  const customer = customerFact.of(facts, customerId);
  const account = customer === undefined || customer.situation === 'absent' ? undefined : customer.accounts[accountId];
  if (account === undefined) return reject('unknownAccount', 'There is no such account of this customer.');
  return account.isOpen ? undefined : reject('accountClosed', 'The account is closed.');
};
const isOpen = (state: PresentAccount, { facts, id }: Context) =>
  isOpenAt(facts, state.customerId, id) === undefined ? undefined : reject('accountClosed', 'The account is closed.');

type First = { readonly state: Frozen<Account>; readonly customerId: string | undefined; readonly context: Context };
type Decided<C extends string> = readonly Event[] | Rejection<C>;
/** What a creating command does on the profile there is, or on one that it begins. Open or not is asked last: a repeat changes nothing anyway. */
const onProfile = <C extends string = never>({ state, customerId, context }: First, decide: (at: PresentAccount) => Decided<C>) => {
  const { facts, id } = context;
  if (state.situation === 'present') {
    if (customerId !== undefined && customerId !== state.customerId) return reject('otherCustomer', 'The account is another customer’s.');
    const decision = decide(state);
    return isRejection(decision) || decision.length === 0 ? decision : (isOpen(state, context) ?? decision);
  }
  if (customerId === undefined) return reject('customerNeeded', 'The first command to an account’s profile names its customer.');
  const wrong = isOpenAt(facts, customerId, id);
  if (wrong !== undefined) return wrong;
  const decision = decide(blank(customerId));
  return isRejection(decision) ? decision : [event('AccountProfileBegun', { customerId }), ...decision];
};

const roomIn = (recipients: Readonly<Record<string, unknown>>) =>
  Object.keys(recipients).length >= recipientsMax ? reject('tooMany', `At most ${recipientsMax} of these.`, { max: recipientsMax }) : undefined;
const unknownRecipient = () => reject('unknownRecipient', 'There is no such recipient on the account.');
const sameMethods = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((method) => b.includes(method));
const sameAddress = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** A user of the customer, or one of the company's own people; nobody else may learn of its alerts (TE-1). */
const mayBeTold = (facts: Facts, userId: string, customerId: string) => {
  const user = userFact.of(facts, userId);
  const isTheirs =
    user !== undefined && user.situation !== 'absent' && !isEnded(user.situation) && (user.customerId === null || user.customerId === customerId);
  return isTheirs ? undefined : reject('otherCustomersUser', 'Only users of the account’s customer and of the company are told of its alerts.');
};

/** TE-7: somebody always gets the invoices once anybody was named. */
const someoneElseGetsInvoices = ({ invoiceRecipients }: PresentAccount, recipientId: string) => {
  if (invoiceRecipients[recipientId]?.isOptedOut === true) return undefined;
  const left = Object.entries(invoiceRecipients).filter(([id, { isOptedOut }]) => id !== recipientId && !isOptedOut);
  return left.length > 0 ? undefined : reject('lastRecipient', 'Nobody else gets the account’s invoices: name another recipient first.');
};

type Decide = Aggregate<'account', Account, typeof accountCommands, typeof accountEvents>['decide'];

const profile: Pick<Decide, 'BeginAccountProfile' | 'SetAccountNotes' | 'SwitchGeofenceAlerts'> = {
  BeginAccountProfile: (state, { customerId }, context) => onProfile({ state, customerId, context }, () => []),
  SetAccountNotes: (state, { customerId, notes }, context) =>
    onProfile({ state, customerId, context }, (at) => (at.notes === notes ? [] : [event('AccountNotesChanged', { notes })])),
  SwitchGeofenceAlerts: (state, { customerId, isEnabled }, context) =>
    onProfile({ state, customerId, context }, (at) => (at.wantsGeofenceAlerts === isEnabled ? [] : [event('GeofenceAlertsSwitched', { isEnabled })])),
};

const alerts: Pick<Decide, 'NameAlertRecipient' | 'ChangeAlertRecipient' | 'RemoveAlertRecipient' | 'SwitchRecipientGeofenceAlerts'> = {
  NameAlertRecipient: (state, { customerId, userId, deliveryMethods }, context) =>
    onProfile<'alreadyRecipient' | 'otherCustomersUser' | 'tooMany'>({ state, customerId, context }, (at) => {
      const known = Object.values(at.alertRecipients).find((recipient) => recipient.userId === userId);
      if (known !== undefined && sameMethods(known.deliveryMethods, deliveryMethods)) return [];
      if (known !== undefined) return reject('alreadyRecipient', 'This user is told of the account’s alerts; change how.');
      const wrong = mayBeTold(context.facts, userId, at.customerId) ?? roomIn(at.alertRecipients);
      return wrong ?? [event('AlertRecipientNamed', { recipientId: context.newId(0), userId, deliveryMethods })];
    }),
  ChangeAlertRecipient: (state, command, context) => {
    const known = present(state).alertRecipients[command.recipientId];
    if (known === undefined) return unknownRecipient();
    if (sameMethods(known.deliveryMethods, command.deliveryMethods)) return [];
    return isOpen(present(state), context) ?? [event('AlertRecipientChanged', command)];
  },
  RemoveAlertRecipient: (state, command) =>
    Object.hasOwn(present(state).alertRecipients, command.recipientId) ? [event('AlertRecipientRemoved', command)] : unknownRecipient(),
  SwitchRecipientGeofenceAlerts: (state, command, context) => {
    const known = present(state).alertRecipients[command.recipientId];
    if (known === undefined) return unknownRecipient();
    if (known.wantsGeofenceAlerts === command.isEnabled) return [];
    return isOpen(present(state), context) ?? [event('RecipientGeofenceAlertsSwitched', command)];
  },
};

const withAddress = (recipients: PresentAccount['invoiceRecipients'], email: string, except?: string): Frozen<InvoiceRecipient> | undefined =>
  Object.entries(recipients).find(([id, recipient]) => id !== except && sameAddress(recipient.email, email))?.[1];

const invoices: Pick<Decide, 'NameInvoiceRecipient' | 'ChangeInvoiceRecipient' | 'OptOutOfInvoiceMail' | 'OptInToInvoiceMail' | 'RemoveInvoiceRecipient'> = {
  NameInvoiceRecipient: (state, { customerId, name, email }, context) =>
    onProfile<'alreadyRecipient' | 'tooMany'>({ state, customerId, context }, (at) => {
      const known = withAddress(at.invoiceRecipients, email);
      if (known !== undefined) return known.name === name ? [] : reject('alreadyRecipient', 'This address gets the account’s invoices.');
      return roomIn(at.invoiceRecipients) ?? [event('InvoiceRecipientNamed', { recipientId: context.newId(0), name, email })];
    }),
  ChangeInvoiceRecipient: (state, command, context) => {
    const { invoiceRecipients } = present(state);
    const known = invoiceRecipients[command.recipientId];
    if (known === undefined) return unknownRecipient();
    if (known.name === command.name && known.email === command.email) return [];
    if (withAddress(invoiceRecipients, command.email, command.recipientId) !== undefined)
      return reject('alreadyRecipient', 'This address gets the account’s invoices.');
    return isOpen(present(state), context) ?? [event('InvoiceRecipientChanged', command)];
  },
  OptOutOfInvoiceMail: (state, command) => {
    const known = present(state).invoiceRecipients[command.recipientId];
    if (known === undefined) return unknownRecipient();
    return known.isOptedOut ? [] : (someoneElseGetsInvoices(present(state), command.recipientId) ?? [event('InvoiceMailOptedOut', command)]);
  },
  OptInToInvoiceMail: (state, command, context) => {
    const known = present(state).invoiceRecipients[command.recipientId];
    if (known === undefined) return unknownRecipient();
    return known.isOptedOut ? (isOpen(present(state), context) ?? [event('InvoiceMailOptedIn', command)]) : [];
  },
  RemoveInvoiceRecipient: (state, command) =>
    Object.hasOwn(present(state).invoiceRecipients, command.recipientId)
      ? (someoneElseGetsInvoices(present(state), command.recipientId) ?? [event('InvoiceRecipientRemoved', command)])
      : unknownRecipient(),
};

const customerOf = (state: Frozen<Account>, { customerId }: { readonly customerId?: string }) => {
  const id = state.situation === 'present' ? state.customerId : customerId;
  return id === undefined ? [] : [customerFact.at(id)];
};
const ownCustomer = (state: Frozen<Account>) => customerOf(state, {});
const guards: Guards<Account, typeof accountCommands> = {
  BeginAccountProfile: customerOf,
  SetAccountNotes: customerOf,
  SwitchGeofenceAlerts: customerOf,
  NameAlertRecipient: (state, command) => [...customerOf(state, command), userFact.at(command.userId)],
  NameInvoiceRecipient: customerOf,
  ChangeAlertRecipient: ownCustomer,
  SwitchRecipientGeofenceAlerts: ownCustomer,
  ChangeInvoiceRecipient: ownCustomer,
  OptInToInvoiceMail: ownCustomer,
};

/** What an account of a customer's tree is beside its place there: notes, and who is told of alerts and invoices. Its id is the account's. */
export const account: Aggregate<'account', Account, typeof accountCommands, typeof accountEvents> = {
  category: 'account',
  docs: 'What an account of a customer’s tree is beside its place there: notes, and who is told of alerts and invoices. Its id is the account’s.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: accountEvents,
  commands: accountCommands,
  initial,
  decide: { ...profile, ...alerts, ...invoices },
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state, id) => (state.situation === 'absent' ? null : id),
  exists: ({ situation }) => situation !== 'absent',
};
