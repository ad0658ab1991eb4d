import { allocationFact } from '../allocation/decider.ts';
import { type Aggregate, type Evolve, emit, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { assignmentCommands } from './commands.ts';
import { assignmentEvents } from './events.ts';

type Present = {
  readonly status: 'requested' | 'completed' | 'failed';
  readonly content: string;
  /** The unit that is wanted now, and when: another one than at first after a retry. */
  readonly wanted: string;
  readonly allocationId: string;
  readonly customerId: string;
  readonly accountId: string;
};
export type Assignment = { readonly status: 'absent' } | Present;
/** An assignment as other aggregates' guards see it. */
export const assignmentFact = fact<Assignment>('assignment');

const event = emit(assignmentEvents);
const present = (state: Frozen<Assignment>): Frozen<Present> => {
  if (state.status === 'absent') throw new Error('a command reached an assignment that does not exist');
  return state;
};
type Wanted = { readonly equipmentId: string; readonly from: string; readonly until?: string };
const wantedOf = ({ equipmentId, from, until }: Wanted): string => canonicalJson([equipmentId, from, until ?? null]);
const endsAfterStart = ({ from, until }: Wanted) =>
  until !== undefined && until < from ? reject('endsBeforeItStarts', 'The end lies before the start.') : undefined;
const repeated = (state: Frozen<Present>, command: unknown) =>
  state.content === canonicalJson(command) ? [] : reject('alreadyRequested', 'This assignment was requested for something else.');

const decide: Aggregate<'assignment', Assignment, typeof assignmentCommands, typeof assignmentEvents>['decide'] = {
  RequestAssignment: (state, command, { facts }) => {
    if (state.status !== 'absent') return repeated(state, command);
    const slots = allocationFact.of(facts, command.allocationId);
    if (slots === undefined || slots.status === 'absent') throw new Error('the shell checked that the allocation exists');
    return endsAfterStart(command) ?? [event('AssignmentRequested', { ...command, customerId: slots.place.customerId, accountId: slots.place.accountId })];
  },
  RequestSwap: (state, command, { facts }) => {
    if (state.status !== 'absent') return repeated(state, command);
    const slots = allocationFact.of(facts, command.allocationId);
    if (slots === undefined || slots.status === 'absent' || slots.slots[command.replaces]?.status !== 'assigned') {
      return reject('notAssigned', 'The assignment to replace has no slot in this allocation.');
    }
    return endsAfterStart(command) ?? [event('SwapRequested', { ...command, customerId: slots.place.customerId, accountId: slots.place.accountId })];
  },
  RetryAssignment: (state, command, { facts, id }) => {
    const at = present(state);
    if (at.status === 'requested' && at.wanted === wantedOf(command)) return [];
    if (at.status !== 'failed') return reject('notFailed', `The assignment is ${at.status}.`);
    const slots = allocationFact.of(facts, at.allocationId);
    if (slots === undefined || slots.status === 'absent' || slots.slots[id] === undefined)
      return reject('slotGone', 'No slot is held for this assignment any more; request a new one.');
    return endsAfterStart(command) ?? [event('AssignmentRetried', { ...command, allocationId: at.allocationId })];
  },
  CompleteAssignment: (state, command) => (present(state).status === 'completed' ? [] : [event('AssignmentCompleted', command)]),
  FailAssignment: (state, command) => (present(state).status === 'requested' ? [event('AssignmentFailed', command)] : []),
};

const requested = (data: Wanted & { readonly allocationId: string; readonly customerId: string; readonly accountId: string }): Present => {
  const { customerId, accountId, ...command } = data;
  return { status: 'requested', content: canonicalJson(command), wanted: wantedOf(data), allocationId: data.allocationId, customerId, accountId };
};
const evolve: Evolve<Assignment, typeof assignmentEvents> = {
  AssignmentRequested: (_state, data) => requested(data),
  SwapRequested: (_state, data) => requested(data),
  AssignmentRetried: (state, data) => (state.status === 'absent' ? state : { ...state, status: 'requested', wanted: wantedOf(data) }),
  AssignmentCompleted: (state) => (state.status === 'absent' ? state : { ...state, status: 'completed' }),
  AssignmentFailed: (state) => (state.status === 'absent' ? state : { ...state, status: 'failed' }),
};

const guards: Guards<Assignment, typeof assignmentCommands> = {
  RequestAssignment: (_state, { allocationId }) => [allocationFact.at(allocationId)],
  RequestSwap: (_state, { allocationId }) => [allocationFact.at(allocationId)],
  RetryAssignment: (state) => (state.status === 'absent' ? [] : [allocationFact.at(state.allocationId)]),
};

/** The wish that a unit takes an account's slot, and how it ended: what a caller watches while the process runs. */
export const assignment: Aggregate<'assignment', Assignment, typeof assignmentCommands, typeof assignmentEvents> = {
  category: 'assignment',
  docs: 'The wish that a unit takes an account’s slot, and how it ended: what a caller watches while the process runs.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: assignmentEvents,
  commands: assignmentCommands,
  initial: { status: 'absent' },
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.status === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.status === 'absent' ? null : state.accountId),
  exists: ({ status }) => status !== 'absent',
};
