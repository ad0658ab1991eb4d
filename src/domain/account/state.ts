import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { changing } from '../kernel/presence.ts';
import { withChange, without } from '../kernel/records.ts';
import type { accountEvents } from './events.ts';

export type AlertRecipient = { readonly userId: string; readonly deliveryMethods: readonly string[]; readonly wantsGeofenceAlerts: boolean };
export type InvoiceRecipient = { readonly name: string; readonly email: string; readonly isOptedOut: boolean };
type Present = {
  readonly situation: 'present';
  readonly customerId: string;
  readonly notes: string;
  readonly wantsGeofenceAlerts: boolean;
  readonly alertRecipients: Readonly<Record<string, AlertRecipient>>;
  readonly invoiceRecipients: Readonly<Record<string, InvoiceRecipient>>;
};
export type Account = { readonly situation: 'absent' } | Present;
export type PresentAccount = Frozen<Present>;

/** An account's profile as other aggregates' guards see it. */
export const accountFact = fact<Account>('account');
export const initial: Account = { situation: 'absent' };

const present = changing<Frozen<Account>>();

/** A profile of which nothing was said yet. */
export const blank = (customerId: string): PresentAccount => ({
  situation: 'present',
  customerId,
  notes: '',
  wantsGeofenceAlerts: true,
  alertRecipients: {},
  invoiceRecipients: {},
});

export const evolve: Evolve<Account, typeof accountEvents> = {
  AccountProfileBegun: (_state, { customerId }) => blank(customerId),
  AccountNotesChanged: present((_state, { notes }) => ({ notes })),
  AlertRecipientNamed: present(({ alertRecipients }, { recipientId, userId, deliveryMethods }) => ({
    alertRecipients: { ...alertRecipients, [recipientId]: { userId, deliveryMethods, wantsGeofenceAlerts: true } },
  })),
  AlertRecipientChanged: present(({ alertRecipients }, { recipientId, deliveryMethods }) => ({
    alertRecipients: withChange(alertRecipients, recipientId, { deliveryMethods }),
  })),
  AlertRecipientRemoved: present(({ alertRecipients }, { recipientId }) => ({ alertRecipients: without(alertRecipients, recipientId) })),
  GeofenceAlertsSwitched: present((_state, { isEnabled }) => ({ wantsGeofenceAlerts: isEnabled })),
  RecipientGeofenceAlertsSwitched: present(({ alertRecipients }, { recipientId, isEnabled }) => ({
    alertRecipients: withChange(alertRecipients, recipientId, { wantsGeofenceAlerts: isEnabled }),
  })),
  InvoiceRecipientNamed: present(({ invoiceRecipients }, { recipientId, name, email }) => ({
    invoiceRecipients: { ...invoiceRecipients, [recipientId]: { name, email, isOptedOut: false } },
  })),
  InvoiceRecipientChanged: present(({ invoiceRecipients }, { recipientId, name, email }) => ({
    invoiceRecipients: withChange(invoiceRecipients, recipientId, { name, email }),
  })),
  InvoiceMailOptedOut: present(({ invoiceRecipients }, { recipientId }) => ({
    invoiceRecipients: withChange(invoiceRecipients, recipientId, { isOptedOut: true }),
  })),
  InvoiceMailOptedIn: present(({ invoiceRecipients }, { recipientId }) => ({
    invoiceRecipients: withChange(invoiceRecipients, recipientId, { isOptedOut: false }),
  })),
  InvoiceRecipientRemoved: present(({ invoiceRecipients }, { recipientId }) => ({ invoiceRecipients: without(invoiceRecipients, recipientId) })),
};
