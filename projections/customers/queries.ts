import type { QueryDefinition } from '../kernel/query.ts';
import { tableQuery } from '../kernel/query.ts';
import { text } from '../kernel/table.ts';
import {
  accountTable,
  alertRecipientsTable,
  companyNameTable,
  contactEmailTable,
  contactLogTable,
  contactPhoneTable,
  customerAddressTable,
  customerContactTable,
  customerDocumentTable,
  customerTable,
  geofenceAlertConfigTable,
  invoiceRecipientTable,
  tenQuickLinkTable,
} from './tables.ts';

/** The tree as people read it: names change, so they are joined and never copied. An account above that the caller does not see has no name here. */
const accountTree: QueryDefinition = {
  ...tableQuery('customers', accountTable),
  name: 'account-tree',
  docs: 'Accounts with the names of their customer and of the account above.',
  from: `select a.*, c.customer_name, p.account_name as parent_account_name
    from account a
    left join customer c on c.customer_id = a.customer_id
    left join account p on p.account_id = a.parent_account_id`,
  columns: {
    ...accountTable.columns,
    customer_name: text().nullable().searched(),
    parent_account_name: text().nullable().searched(),
  },
  sort: ['customer_name', 'account_name'],
};

/** Contacts with how to reach them, one row a contact. */
const contactBook: QueryDefinition = {
  ...tableQuery('customers', customerContactTable),
  name: 'contact-book',
  docs: 'Contacts with the name of their customer and the first phone number and e-mail address.',
  from: `select t.*, c.customer_name, h.phone_number, e.email
    from customer_contact t
    left join customer c on c.customer_id = t.customer_id
    left join contact_phone h on h.customer_contact_id = t.customer_contact_id and h.sort_order = 1
    left join contact_email e on e.customer_contact_id = t.customer_contact_id and e.sort_order = 1`,
  columns: {
    ...customerContactTable.columns,
    customer_name: text().nullable().searched(),
    phone_number: text().nullable().searched(),
    email: text().nullable().searched(),
  },
  sort: ['customer_name', 'contact_name'],
};

export const customerQueries: readonly QueryDefinition[] = [
  tableQuery('customers', customerTable, { sort: ['customer_name'] }),
  tableQuery('customers', accountTable, { sort: ['account_name'] }),
  accountTree,
  tableQuery('customers', customerAddressTable, { place: { latitude: 'latitude', longitude: 'longitude' } }),
  tableQuery('customers', customerContactTable),
  contactBook,
  tableQuery('customers', contactPhoneTable),
  tableQuery('customers', contactEmailTable),
  tableQuery('customers', contactLogTable, { sort: ['-held_at'] }),
  tableQuery('customers', customerDocumentTable, { sort: ['expires_at'] }),
  tableQuery('customers', companyNameTable, { sort: ['legal_name'] }),
  tableQuery('customers', tenQuickLinkTable, { sort: ['name'] }),
  tableQuery('customers', alertRecipientsTable),
  tableQuery('customers', geofenceAlertConfigTable),
  tableQuery('customers', invoiceRecipientTable),
];
