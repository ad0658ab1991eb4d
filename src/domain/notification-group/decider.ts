import { type Aggregate, type Decide, type Evolve, emit, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing, reached } from '../kernel/presence.ts';
import { userFact } from '../user/state.ts';
import { notificationGroupCommands } from './commands.ts';
import { notificationGroupEvents } from './events.ts';

type Present = {
  readonly situation: 'active' | 'retired';
  readonly customerId: string | null;
  readonly name: string;
  readonly content: string;
  readonly members: readonly string[];
};
export type NotificationGroup = { readonly situation: 'absent' } | Present;
/** A group as those see it who tell it things. */
export const notificationGroupFact = fact<NotificationGroup>('notificationGroup');

const event = emit(notificationGroupEvents);
const membersMax = 500;
const present = reached<Frozen<NotificationGroup>>('a group');
const notRetired = ({ situation }: Frozen<Present>) =>
  situation === 'retired' ? reject('retired', 'The group is told nothing any more.', { allowed: [] }) : undefined;

const decide: Decide<NotificationGroup, typeof notificationGroupCommands, typeof notificationGroupEvents> = {
  DefineNotificationGroup: (state, { customerId: named, ...command }, { tenant }) => {
    const customerId = tenant ?? named;
    const defined = { ...command, ...(customerId === undefined ? {} : { customerId }) };
    if (state.situation === 'absent') return [event('NotificationGroupDefined', defined)];
    return state.content === canonicalJson(defined) ? [] : reject('alreadyDefined', 'This group is defined.');
  },
  RenameNotificationGroup: (before, command) => {
    const state = present(before);
    return notRetired(state) ?? (state.name === command.name ? [] : [event('NotificationGroupRenamed', command)]);
  },
  AddNotificationGroupMember: (before, command, { facts }) => {
    const state = present(before);
    if (state.members.includes(command.userId)) return notRetired(state) ?? [];
    const isFull = state.members.length >= membersMax;
    const user = userFact.of(facts, command.userId);
    const customerId = user === undefined || user.situation === 'absent' ? null : user.customerId;
    // TE-2: what a customer’s group is told is no other customer’s business.
    const isStranger = customerId !== null && customerId !== state.customerId;
    return (
      notRetired(state) ??
      (isStranger ? reject('otherCustomersUser', 'Only users of the group’s customer and of the company belong to it.') : undefined) ??
      (isFull ? reject('tooMany', `At most ${membersMax} members.`, { max: membersMax }) : undefined) ?? [event('NotificationGroupMemberAdded', command)]
    );
  },
  RemoveNotificationGroupMember: (before, command) => {
    const state = present(before);
    return notRetired(state) ?? (state.members.includes(command.userId) ? [event('NotificationGroupMemberRemoved', command)] : []);
  },
  RetireNotificationGroup: (before, command) => (present(before).situation === 'retired' ? [] : [event('NotificationGroupRetired', command)]),
};
const changed = changing<Frozen<NotificationGroup>>();
const evolve: Evolve<NotificationGroup, typeof notificationGroupEvents> = {
  NotificationGroupDefined: (_state, data) => ({
    situation: 'active',
    customerId: data.customerId ?? null,
    name: data.name,
    content: canonicalJson(data),
    members: [],
  }),
  NotificationGroupRenamed: changed((_state, { name }) => ({ name })),
  NotificationGroupMemberAdded: changed(({ members }, { userId }) => ({ members: [...members, userId] })),
  NotificationGroupMemberRemoved: changed(({ members }, { userId }) => ({ members: members.filter((member) => member !== userId) })),
  NotificationGroupRetired: changed(() => ({ situation: 'retired' })),
};

const guards: Guards<NotificationGroup, typeof notificationGroupCommands> = { AddNotificationGroupMember: (_state, { userId }) => [userFact.at(userId)] };

/** People who are told of the same things. */
export const notificationGroup: Aggregate<'notificationGroup', NotificationGroup, typeof notificationGroupCommands, typeof notificationGroupEvents> = {
  category: 'notificationGroup',
  docs: 'People who are told of the same things.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: notificationGroupEvents,
  commands: notificationGroupCommands,
  initial: { situation: 'absent' },
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  claims: (state) => (state.situation === 'active' ? [{ kind: 'groupName', scope: state.customerId ?? 'company', value: state.name }] : []),
  exists: ({ situation }) => situation !== 'absent',
};
