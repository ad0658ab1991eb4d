import { defineCommands } from '../kernel/aggregate.ts';
import { fields, flag, note, optional, ref, uuid } from '../kernel/schema.ts';
import { deliveryMethods, invoiceRecipient } from './events.ts';

const permission = 'account:edit';
/** The account's customer: needed by the first command only, which begins the profile; later it must be the same. */
const customer = { customerId: optional(ref('customer')) } as const;
/** What every first command can meet. */
const begins = ['customerNeeded', 'unknownAccount', 'accountClosed', 'otherCustomer'] as const;
const recipient = { recipientId: uuid() } as const;

export const accountCommands = defineCommands({
  BeginAccountProfile: {
    permission,
    docs: 'Makes the profile of an account that was opened.',
    creates: true,
    internal: true,
    rejects: begins,
    schema: fields({ customerId: ref('customer') }),
  },
  SetAccountNotes: {
    permission,
    docs: 'Replaces what colleagues should know about the account.',
    creates: true,
    rejects: begins,
    schema: fields({ ...customer, notes: note() }),
  },

  NameAlertRecipient: {
    permission,
    docs: 'Lets a user of the customer, or of the company, be told of the account’s alerts.',
    creates: true,
    rejects: [...begins, 'otherCustomersUser', 'alreadyRecipient', 'tooMany'],
    schema: fields({ ...customer, userId: ref('user'), deliveryMethods }),
  },
  ChangeAlertRecipient: {
    permission,
    docs: 'Lets a user be told by other ways.',
    rejects: ['accountClosed', 'unknownRecipient'],
    schema: fields({ ...recipient, deliveryMethods }),
  },
  RemoveAlertRecipient: { permission, docs: 'Ends a user’s being told of alerts.', rejects: ['unknownRecipient'], schema: fields(recipient) },

  SwitchGeofenceAlerts: {
    permission,
    docs: 'Turns geofence alerts on or off for the whole account. One is sent where geofence, account and recipient all want it.',
    creates: true,
    rejects: begins,
    schema: fields({ ...customer, isEnabled: flag() }),
  },
  SwitchRecipientGeofenceAlerts: {
    permission,
    docs: 'Turns geofence alerts on or off for one alert recipient.',
    rejects: ['accountClosed', 'unknownRecipient'],
    schema: fields({ ...recipient, isEnabled: flag() }),
  },

  NameInvoiceRecipient: {
    permission,
    docs: 'Lets a person get the account’s invoices by mail.',
    creates: true,
    rejects: [...begins, 'alreadyRecipient', 'tooMany'],
    schema: fields({ ...customer, ...invoiceRecipient }),
  },
  ChangeInvoiceRecipient: {
    permission,
    docs: 'Corrects name or address of who gets invoices.',
    rejects: ['accountClosed', 'unknownRecipient', 'alreadyRecipient'],
    schema: fields({ ...recipient, ...invoiceRecipient }),
  },
  OptOutOfInvoiceMail: {
    permission,
    docs: 'Sends a recipient no more invoices. The last one who gets them stays until another is named.',
    rejects: ['unknownRecipient', 'lastRecipient'],
    schema: fields(recipient),
  },
  OptInToInvoiceMail: {
    permission,
    docs: 'Sends a recipient invoices again.',
    rejects: ['accountClosed', 'unknownRecipient'],
    schema: fields(recipient),
  },
  RemoveInvoiceRecipient: {
    permission,
    docs: 'Takes a person off the list of invoice mail; never the last one who gets it.',
    rejects: ['unknownRecipient', 'lastRecipient'],
    schema: fields(recipient),
  },
});
