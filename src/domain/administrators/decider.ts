import { type Aggregate, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { derivedId, namespaces } from '../kernel/ids.ts';
import { without } from '../kernel/records.ts';
import { administratorsCommands } from './commands.ts';
import { administratorsEvents } from './events.ts';

/** By user: the appointment it joined with. `left` keeps the last appointment a former administrator held. */
export type Administrators = { readonly members: Readonly<Record<string, string>>; readonly left: Readonly<Record<string, string>> };

/** The administrators as other aggregates' guards see them. */
export const administratorsFact = fact<Administrators>('administrators');
/** The company's own administrators; a customer's have the customer's id. */
export const companyAdministrators = derivedId(namespaces.aggregate, ['administrators', 'company']);
export const administratorsOf = (customerId: string | null): string => customerId ?? companyAdministrators;
export const administratorsMax = 500;

const event = emit(administratorsEvents);
const initial: Administrators = { members: {}, left: {} };

const decide: Aggregate<'administrators', Administrators, typeof administratorsCommands, typeof administratorsEvents>['decide'] = {
  JoinAdministrators: ({ members }, command) => {
    if (members[command.userId] === command.appointmentId) return [];
    return Object.keys(members).length >= administratorsMax
      ? reject('tooMany', `At most ${administratorsMax} administrators.`, { max: administratorsMax })
      : [event('AdministratorJoined', command)];
  },
  RemoveAdministrator: ({ members }, { userId, reason }) => {
    const appointmentId = members[userId];
    if (appointmentId === undefined) return [];
    return Object.keys(members).length === 1
      ? reject('lastAdministrator', 'Appoint another administrator first: there is always one.')
      : [event('AdministratorLeft', { userId, appointmentId, reason })];
  },
};

const evolve: Evolve<Administrators, typeof administratorsEvents> = {
  AdministratorJoined: ({ members, left }, { userId, appointmentId }) => ({ members: { ...members, [userId]: appointmentId }, left }),
  AdministratorLeft: ({ members, left }, { userId, appointmentId }) => ({
    members: without(members, userId),
    left: { ...left, [userId]: appointmentId },
  }),
};

/** What the guards of a user ask: is this appointment over? */
export const hasLeft = (administrators: Frozen<Administrators> | undefined, userId: string, appointmentId: string): boolean =>
  administrators?.left[userId] === appointmentId;

/**
 * Who administers a customer, or the company: a set that is never empty again once somebody joined. A user is marked before it joins and
 * unmarked after it left, and a marked user can be neither suspended nor deactivated, so every member is active (TE-4) without a transaction.
 */
export const administrators: Aggregate<'administrators', Administrators, typeof administratorsCommands, typeof administratorsEvents> = {
  category: 'administrators',
  docs: 'Who administers a customer, or the company: a set of active users that is never empty again once somebody joined.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: administratorsEvents,
  commands: administratorsCommands,
  initial,
  decide,
  evolve,
  tenantOf: (_state: Frozen<Administrators>, id) => (id === companyAdministrators ? null : id),
  exists: ({ members }) => Object.keys(members).length > 0,
};
