import { defineEvents } from '../kernel/aggregate.ts';
import { email, fields, flag, list, lookup, note, text, uuid } from '../kernel/schema.ts';

const recipient = { recipientId: uuid() } as const;
export const deliveryMethods = list(lookup('delivery-method'), { min: 1, max: 10, unique: true });
/** Who gets invoices by mail: anybody with an address, a user or not. */
export const invoiceRecipient = { name: text({ personal: true }), email: email({ personal: true }) } as const;

export const accountEvents = defineEvents({
  AccountProfileBegun: {
    version: 1,
    docs: 'An account of a customer has a profile: who is told of what happens on it.',
    schema: fields({ customerId: uuid() }),
  },
  AccountNotesChanged: { version: 1, docs: 'What colleagues should know about the account was written down.', schema: fields({ notes: note() }) },

  AlertRecipientNamed: {
    version: 1,
    docs: 'A user is told of the account’s alerts, by these ways.',
    schema: fields({ ...recipient, userId: uuid(), deliveryMethods }),
  },
  AlertRecipientChanged: { version: 1, docs: 'A user is told of alerts by other ways.', schema: fields({ ...recipient, deliveryMethods }) },
  AlertRecipientRemoved: { version: 1, docs: 'A user is no longer told of the account’s alerts.', schema: fields(recipient) },

  GeofenceAlertsSwitched: { version: 1, docs: 'Alerts of geofences are wanted on this account, or not.', schema: fields({ isEnabled: flag() }) },
  RecipientGeofenceAlertsSwitched: {
    version: 1,
    docs: 'One recipient is told of geofence alerts, or not.',
    schema: fields({ ...recipient, isEnabled: flag() }),
  },

  InvoiceRecipientNamed: {
    version: 1,
    docs: 'A person gets the account’s invoices by mail.',
    subject: 'recipientId',
    schema: fields({ ...recipient, ...invoiceRecipient }),
  },
  InvoiceRecipientChanged: {
    version: 1,
    docs: 'Name or address of who gets invoices changed.',
    subject: 'recipientId',
    schema: fields({ ...recipient, ...invoiceRecipient }),
  },
  InvoiceMailOptedOut: { version: 1, docs: 'A recipient wants no invoice mail; another one gets it.', schema: fields(recipient) },
  InvoiceMailOptedIn: { version: 1, docs: 'A recipient wants invoice mail again.', schema: fields(recipient) },
  InvoiceRecipientRemoved: { version: 1, docs: 'A person is off the list of invoice mail.', schema: fields(recipient) },
});
