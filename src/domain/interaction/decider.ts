import { customerFact } from '../customer/state.ts';
import { type Aggregate, type DataOf, type Evolve, emit, type Facts, type Guards, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { interactionCommands } from './commands.ts';
import { interactionEvents } from './events.ts';

type Present = {
  readonly situation: 'logged';
  readonly customerId: string;
  readonly accountId: string | null;
  readonly contactId: string;
  /** As first written, and as it stands: to see that a repeat says nothing new. */
  readonly logged: string;
  readonly content: string;
};
export type Interaction = { readonly situation: 'absent' } | Present;

const event = emit(interactionEvents);
type Conversation = DataOf<(typeof interactionCommands)['CorrectInteraction']>;
const contentOf = ({ channel, direction, heldAt, notes }: Conversation): string => canonicalJson({ channel, direction, heldAt, notes });
const hasHappened = (heldAt: string, now: string) => (heldAt > now ? reject('inTheFuture', 'A talk is written down after it was held.') : undefined);

/** The contact and the account are the customer's. */
const areTheirs = ({ customerId, contactId, accountId }: DataOf<(typeof interactionCommands)['LogInteraction']>, facts: Facts) => {
  const customer = customerFact.of(facts, customerId);
  if (customer === undefined || customer.situation === 'absent' || !Object.hasOwn(customer.contacts, contactId))
    return reject('unknownContact', 'There is no such contact of this customer.');
  if (accountId !== undefined && !Object.hasOwn(customer.accounts, accountId)) return reject('unknownAccount', 'There is no such account of this customer.');
  return undefined;
};

const decide: Aggregate<'interaction', Interaction, typeof interactionCommands, typeof interactionEvents>['decide'] = {
  LogInteraction: (state, command, { now, facts }) => {
    if (state.situation === 'logged') return state.logged === canonicalJson(command) ? [] : reject('alreadyLogged', 'This talk is written down.');
    return hasHappened(command.heldAt, now) ?? areTheirs(command, facts) ?? [event('InteractionLogged', command)];
  },
  CorrectInteraction: (state, command, { now }) => {
    if (state.situation === 'absent') throw new Error('a command reached an interaction that does not exist');
    if (state.content === contentOf(command)) return [];
    return hasHappened(command.heldAt, now) ?? [event('InteractionCorrected', { contactId: state.contactId, ...command })];
  },
};

const evolve: Evolve<Interaction, typeof interactionEvents> = {
  InteractionLogged: (_state, data) => ({
    situation: 'logged',
    customerId: data.customerId,
    accountId: data.accountId ?? null,
    contactId: data.contactId,
    logged: canonicalJson(data),
    content: contentOf(data),
  }),
  InteractionCorrected: (state, data) => (state.situation === 'absent' ? state : { ...state, content: contentOf(data) }),
};

const guards: Guards<Interaction, typeof interactionCommands> = { LogInteraction: (_state, { customerId }) => [customerFact.at(customerId)] };

/** One talk with a contact of a customer: the contact log is made of these. */
export const interaction: Aggregate<'interaction', Interaction, typeof interactionCommands, typeof interactionEvents> = {
  category: 'interaction',
  docs: 'One talk with a contact of a customer: the contact log is made of these.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: interactionEvents,
  commands: interactionCommands,
  initial: { situation: 'absent' },
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' ? null : state.accountId),
  exists: ({ situation }) => situation !== 'absent',
};
