import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, code, fields, integer, link, metadata, note, oneOf, optional, position, ref, text, uuid } from '../kernel/schema.ts';
import { accountProfile, address, contact, customerDocument, legalEntity, profile } from './events.ts';

const edit = 'customer:edit';
const account = 'account:edit';

export const customerCommands = defineCommands({
  RegisterCustomer: {
    permission: 'customer:create',
    docs: 'Takes on a customer.',
    creates: true,
    rejects: ['alreadyRegistered', 'unknownCurrency'],
    schema: fields(profile),
  },
  ChangeCustomer: {
    permission: edit,
    docs: 'Changes name, class, reference number, currency, country or time zone.',
    rejects: ['closed', 'unknownCurrency'],
    schema: fields(profile),
  },
  BlockCustomer: {
    permission: 'customer:approve',
    docs: 'Stops new accounts, agreements and non-emergency requests.',
    rejects: ['closed'],
    schema: fields({ reason: text() }),
  },
  UnblockCustomer: { permission: 'customer:approve', docs: 'Lifts a block.', rejects: ['closed'], schema: fields({ reason: text() }) },
  HoldCredit: { permission: 'customer:approve', docs: 'Stops new units going out.', rejects: ['closed'], schema: fields({ reason: text() }) },
  ReleaseCredit: { permission: 'customer:approve', docs: 'Lets units go out again.', rejects: ['closed'], schema: fields({}) },
  CloseCustomer: {
    permission: 'customer:approve',
    docs: 'Ends the relation. Needs every account closed.',
    rejects: ['accountsOpen'],
    schema: fields({ reason: text() }),
  },
  SetCustomerMetadata: {
    permission: edit,
    docs: 'Replaces the extra facts (at most 50 keys, 16 KiB).',
    rejects: ['closed'],
    schema: fields({ metadata: metadata() }),
  },

  AddLegalEntity: {
    permission: edit,
    docs: 'Adds a legal name with its tax id, checked where the country’s rule is known.',
    rejects: ['closed', 'tooMany', 'invalidTaxId'],
    schema: fields(legalEntity),
  },
  ChangeLegalEntity: {
    permission: edit,
    docs: 'Corrects a legal entity.',
    rejects: ['closed', 'unknownLegalEntity', 'invalidTaxId'],
    schema: fields({ legalEntityId: uuid(), ...legalEntity }),
  },
  RemoveLegalEntity: {
    permission: edit,
    docs: 'Takes a legal entity off the list.',
    rejects: ['closed', 'unknownLegalEntity'],
    schema: fields({ legalEntityId: uuid() }),
  },

  AddAddress: { permission: edit, docs: 'Adds an address.', rejects: ['closed', 'tooMany', 'primaryExists'], schema: fields(address) },
  ChangeAddress: {
    permission: edit,
    docs: 'Corrects an address; its geocode is found again.',
    rejects: ['closed', 'unknownAddress', 'primaryExists'],
    schema: fields({ addressId: uuid(), ...address }),
  },
  RemoveAddress: { permission: edit, docs: 'Takes an address off the list.', rejects: ['closed', 'unknownAddress'], schema: fields({ addressId: uuid() }) },
  RecordGeocode: {
    permission: edit,
    docs: 'Says where an address is.',
    rejects: ['closed', 'unknownAddress'],
    schema: fields({ addressId: uuid(), position: position(), precision: oneOf(['exact', 'street', 'zone', 'municipality']), provider: code() }),
  },

  AddContact: { permission: edit, docs: 'Adds a person to talk to.', rejects: ['closed', 'tooMany', 'primaryExists'], schema: fields(contact) },
  ChangeContact: {
    permission: edit,
    docs: 'Changes a contact.',
    rejects: ['closed', 'unknownContact', 'primaryExists'],
    schema: fields({ contactId: uuid(), ...contact }),
  },
  RemoveContact: { permission: edit, docs: 'Takes a contact off the list.', rejects: ['closed', 'unknownContact'], schema: fields({ contactId: uuid() }) },

  AddCustomerDocument: {
    permission: edit,
    docs: 'Adds a paper; an expiry is watched: 60, 30 and 7 days before, and on the day.',
    rejects: ['closed', 'tooMany'],
    schema: fields(customerDocument),
  },
  RenewCustomerDocument: {
    permission: edit,
    docs: 'Replaces a paper by one that expires later.',
    rejects: ['closed', 'unknownDocument', 'notLater'],
    schema: fields({ documentId: uuid(), attachmentId: optional(ref('attachment')), expiresOn: businessDate() }),
  },
  RemoveCustomerDocument: {
    permission: edit,
    docs: 'Takes a paper off the list.',
    rejects: ['closed', 'unknownDocument'],
    schema: fields({ documentId: uuid() }),
  },
  RemindOfCustomerDocument: {
    permission: edit,
    docs: 'A document’s expiry comes near.',
    internal: true,
    rejects: [],
    schema: fields({ documentId: uuid(), expiresOn: businessDate(), daysLeft: integer({ max: 365 }) }),
  },
  ExpireCustomerDocument: {
    permission: edit,
    docs: 'A document’s day has come.',
    internal: true,
    rejects: [],
    schema: fields({ documentId: uuid(), expiresOn: businessDate() }),
  },

  AddQuickLink: {
    permission: edit,
    docs: 'Adds a link to the start page.',
    rejects: ['closed', 'tooMany'],
    schema: fields({ name: text(), link: link(), description: optional(note({ max: 500 })) }),
  },
  RemoveQuickLink: { permission: edit, docs: 'Takes a quick link down.', rejects: ['closed', 'unknownQuickLink'], schema: fields({ quickLinkId: uuid() }) },

  OpenAccount: {
    permission: account,
    docs: 'Opens an account at the top of the tree or under another.',
    rejects: ['closed', 'blocked', 'tooMany', 'unknownAccount', 'parentClosed', 'tooDeep', 'accountNumberTaken'],
    schema: fields({ parentAccountId: optional(uuid()), ...accountProfile }),
  },
  ChangeAccount: {
    permission: account,
    docs: 'Changes an account’s name, number, type or locale.',
    rejects: ['closed', 'unknownAccount', 'accountClosed', 'accountNumberTaken'],
    schema: fields({ accountId: uuid(), ...accountProfile }),
  },
  MoveAccount: {
    permission: account,
    docs: 'Hangs an account under another; never under itself or what is below it.',
    rejects: ['closed', 'unknownAccount', 'accountClosed', 'parentClosed', 'cycle', 'tooDeep'],
    schema: fields({ accountId: uuid(), parentAccountId: optional(uuid()) }),
  },
  CloseAccount: {
    permission: account,
    docs: 'Closes an account: it has no open account below it and no unit out.',
    rejects: ['closed', 'unknownAccount', 'childrenOpen', 'unitsOut'],
    schema: fields({ accountId: uuid(), reason: text() }),
  },
  ReopenAccount: {
    permission: account,
    docs: 'Uses a closed account again.',
    rejects: ['closed', 'blocked', 'unknownAccount', 'parentClosed'],
    schema: fields({ accountId: uuid() }),
  },
  NoteAgreement: {
    permission: edit,
    docs: 'The customer has a master agreement.',
    internal: true,
    rejects: ['closed'],
    schema: fields({ agreementId: uuid() }),
  },
});
