import { type Aggregate, type Evolve, emit, type Frozen, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Static } from '../kernel/schema.ts';
import { sessionCommands } from './commands.ts';
import { type device, sessionEvents } from './events.ts';

type Present = {
  readonly situation: 'open' | 'over';
  readonly holderKind: 'user' | 'apiClient';
  readonly holderId: string;
  readonly customerId: string | null;
  readonly device: Static<typeof device>;
};
export type Session = { readonly situation: 'absent' } | Present;

const event = emit(sessionEvents);
const initial: Session = { situation: 'absent' };

const decide: Aggregate<'session', Session, typeof sessionCommands, typeof sessionEvents>['decide'] = {
  SignIn: (state, command, { actor, tenant }) => {
    if (actor.kind === 'system') return reject('notAPerson', 'Parts of the system do not sign in.');
    if (state.situation !== 'absent') {
      const isSame = state.holderId === actor.id && canonicalJson(state.device) === canonicalJson(command.device);
      return isSame ? [] : reject('alreadySignedIn', 'This session has begun.');
    }
    const customer = tenant === null ? {} : { customerId: tenant };
    return [event('SignedIn', { holderKind: actor.kind, holderId: actor.id, ...customer, device: command.device })];
  },
  SignOut: (state, _command, { actor }) => {
    if (state.situation === 'absent') throw new Error('a command reached a session that does not exist');
    if (actor.kind !== 'system' && actor.id !== state.holderId) return reject('notYours', 'Only who signed in can sign out.');
    const { holderKind, holderId, device } = state;
    return state.situation === 'over' ? [] : [event('SignedOut', { holderKind, holderId, device })];
  },
};

const evolve: Evolve<Session, typeof sessionEvents> = {
  SignedIn: (_state, { holderKind, holderId, customerId, device }) => ({
    situation: 'open',
    holderKind,
    holderId,
    customerId: customerId ?? null,
    device,
  }),
  SignedOut: (state: Frozen<Session>) => (state.situation === 'absent' ? state : { ...state, situation: 'over' }),
};

/** One stretch of work of a user or machine with one device: the access log. */
export const session: Aggregate<'session', Session, typeof sessionCommands, typeof sessionEvents> = {
  category: 'session',
  docs: 'One stretch of work of a user or machine with one device: the access log.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: sessionEvents,
  commands: sessionCommands,
  initial,
  decide,
  evolve,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  exists: ({ situation }) => situation !== 'absent',
};
