/** The customer's yes: to the letter, in time, and with the customer's data as they were then (QC-1, QC-2). */
import { customerFact, type PresentCustomer } from '../customer/state.ts';
import type { Context, DataOf } from '../kernel/aggregate.ts';
import { reject } from '../kernel/rejection.ts';
import type { quotationCommands } from './commands.ts';
import { type Decisions, event } from './lines.ts';
import { allows, notBeingRevised, present, requestIs } from './rules.ts';
import { advanceOf, hashOf, type PresentQuotation, totals } from './state.ts';

type Accept = DataOf<(typeof quotationCommands)['AcceptQuotation']>;
type Strings = Readonly<Record<string, string>>;

/** The texts of what the customer's state keeps as canonical JSON. */
const textsIn = (content: string): Strings => {
  const parsed: unknown = JSON.parse(content);
  const members = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
  return Object.fromEntries(members.filter((member): member is [string, string] => typeof member[1] === 'string'));
};
const picked = <K extends string>(texts: Strings, names: readonly K[]): Partial<Record<K, string>> => {
  const found: Partial<Record<K, string>> = {};
  for (const name of names) if (texts[name] !== undefined) found[name] = texts[name];
  return found;
};
const addressFrom = (content: string) => {
  const texts = textsIn(content);
  const { street = '', country = '' } = texts;
  return { street, country, ...picked(texts, ['municipio', 'zona', 'postalCode']) };
};

const theirs = ({ contacts, legalEntities, addresses }: PresentCustomer, { contactId, legalEntityId, addressId }: Accept) => {
  if (contactId !== undefined && !Object.hasOwn(contacts, contactId)) return reject('unknownContact', 'The customer has no such contact.');
  if (legalEntityId !== undefined && !Object.hasOwn(legalEntities, legalEntityId))
    return reject('unknownLegalEntity', 'The customer has no such legal entity.');
  return addressId !== undefined && !Object.hasOwn(addresses, addressId) ? reject('unknownAddress', 'The customer has no such address.') : undefined;
};
const snapshotOf = ({ name: customerName, legalEntities, addresses }: PresentCustomer, command: Accept) => {
  const { name, position, email, phone, legalEntityId = '', addressId = '' } = command;
  const entity = legalEntities[legalEntityId];
  const address = addresses[addressId];
  return {
    customerName,
    ...(entity === undefined ? {} : picked(textsIn(entity), ['legalName', 'taxIdKind', 'taxId'])),
    ...(address === undefined ? {} : { address: addressFrom(address.content) }),
    signatory: {
      name,
      ...(position === undefined ? {} : { position }),
      ...(email === undefined ? {} : { email }),
      ...(phone === undefined ? {} : { phone }),
    },
  };
};

/** The very revision that was seen, and still in time. */
const isCurrent = (state: PresentQuotation, { revision, contentHash }: Accept, now: string) => {
  if (revision !== state.revision) return reject('notCurrent', 'Only the current revision can be accepted.', { revision: state.revision });
  if (contentHash !== hashOf(state)) return reject('contentChanged', 'It says something else than what was seen.', { contentHash: hashOf(state) });
  const isOver = state.issued === null || now >= state.issued.expiresAt;
  return isOver ? reject('validityOver', `It was valid until ${state.issued?.validUntil}.`, { validUntil: state.issued?.validUntil }) : undefined;
};

export const acceptance: Pick<Decisions, 'AcceptQuotation'> = {
  AcceptQuotation: (before, command, { now, facts, newId }: Context) => {
    const state = present(before);
    if (state.status === 'accepted' && command.revision === state.revision && command.contentHash === state.acceptedHash) return [];
    const refused =
      notBeingRevised(state) ??
      allows(state, 'AcceptQuotation') ??
      isCurrent(state, command, now) ??
      requestIs(facts, state.requestId, ['in_review', 'quoted']);
    if (refused !== undefined) return refused;
    const customer = customerFact.of(facts, state.customerId);
    if (customer === undefined || customer.situation === 'absent') throw new Error('a quotation of a customer that does not exist');
    const unknown = theirs(customer, command);
    if (unknown !== undefined) return unknown;
    const { requestId, revision } = state;
    const { total } = totals(state);
    const advance = advanceOf(state, total);
    const said = { requestId, revision, contentHash: command.contentHash, acceptedAt: now, total, ...(advance === undefined ? {} : { advance }) };
    return [event('QuotationAccepted', { ...said, signatoryId: command.contactId ?? newId(0), snapshot: snapshotOf(customer, command) })];
  },
};
