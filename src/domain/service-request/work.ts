/**
 * Decisions about the orders and roadside jobs that work on a request. The request holds the set of open ones, so that "the last one" is
 * decided once, here (SR-7). What is told happened elsewhere: it is recorded while the request rests, too.
 */

import type { Context } from '../kernel/aggregate.ts';
import { addMilliseconds } from '../kernel/calendar.ts';
import { reject } from '../kernel/rejection.ts';
import { type Decisions, present } from './content.ts';
import { advanceIn, isProven, notAllowedNow, stepsTaken } from './rules.ts';
import { after, event, moved, type RequestEvent } from './sla.ts';
import { isHeld, openWork, type PresentRequest, type WorkKind } from './state.ts';

const dayMs = 86_400_000;
const ended = new Set(['closed', 'declined', 'cancelled']);
const beforeWork = new Set(['submitted', 'in_review', 'accepted']);

type Kind = { readonly workKind: WorkKind; readonly kind: string | null };
/** SR-2: at most one open order a kind. */
const sameKindOpen = (state: PresentRequest, { workKind, kind }: Kind) => {
  const found = openWork(state).find(([, each]) => each.workKind === workKind && each.kind === kind);
  return found === undefined ? undefined : reject('workOpen', 'An order or job of this kind is open.', { workId: found[0] });
};
const started = (workId: string) => event('RequestStarted', { workId });

/** SR-7: resolves once nothing is open, something was completed since work began, and the evidence is there. */
export const resolvedByWork = (state: PresentRequest, context: Context, workId?: string): readonly RequestEvent[] => {
  const isDone = openWork(state).length === 0 && Object.values(state.works).some(({ status }) => status === 'completed');
  if (state.status !== 'in_progress' || isHeld(state) || !isDone || isProven(state) !== undefined) return [];
  const closesAt = addMilliseconds(context.now, state.policy.autoCloseDays * dayMs);
  return moved(state, [event('RequestResolved', { ...(workId === undefined ? {} : { workId }), closesAt })], context);
};
/** Work that was done before anybody said that it began has begun. */
const begunByWork = (state: PresentRequest, context: Context, workId: string): readonly RequestEvent[] => {
  const isBefore = state.status === 'scheduled' || beforeWork.has(state.status);
  const mayStart = isBefore && !isHeld(state) && stepsTaken(state, 'start') === undefined;
  return mayStart ? moved(state, [started(workId)], context) : [];
};

type WorkCommand = 'NoteWorkOpened' | 'NoteWorkEnded' | 'NoteWorkReopened' | 'NoteWorkContinues';
export const workDecisions: Pick<Decisions, WorkCommand> = {
  NoteWorkOpened: (before, command, context) => {
    const state = present(before);
    const { workId, workKind, kind = null } = command;
    if (Object.hasOwn(state.works, workId)) return state.status === 'cancelled' ? notAllowedNow(state) : [];
    if (ended.has(state.status)) return notAllowedNow(state);
    const taken = sameKindOpen(state, { workKind, kind }) ?? advanceIn(state, context);
    if (taken !== undefined) return taken;
    const opened = event('RequestWorkOpened', command);
    // An agreed time is waited for; where none is needed, an open order is work under way.
    return [opened, ...(beforeWork.has(state.status) ? begunByWork(after(state, [opened], context), context, workId) : [])];
  },
  NoteWorkEnded: (before, { workId, workKind, outcome, evidence = [] }, context) => {
    const state = present(before);
    if (state.works[workId]?.status !== 'open') return [];
    const isLast = openWork(state).length === 1;
    const told: RequestEvent[] = [event('RequestWorkEnded', { workId, workKind, outcome, evidence, isLast })];
    let now = after(state, told, context);
    if (isLast && outcome === 'completed') {
      const begun = begunByWork(now, context, workId);
      told.push(...begun);
      now = after(now, begun, context);
    }
    return [...told, ...resolvedByWork(now, context, workId)];
  },
  NoteWorkReopened: (before, command, context) => {
    const state = present(before);
    const known = state.works[command.workId];
    if (known === undefined || known.status === 'open' || state.status === 'cancelled' || state.status === 'declined') return [];
    const taken = sameKindOpen(state, known);
    if (taken !== undefined) return taken;
    const isBack = state.status === 'resolved' || (state.status === 'closed' && state.reopenUntil !== null && context.now <= state.reopenUntil);
    const reopened = event('RequestReopened', { reason: 'An order or job of the request goes on.', to: 'in_progress', workId: command.workId });
    // First the request: what it had completed before counts as earlier, this one as open.
    return [...(isBack ? moved(state, [reopened], context) : []), event('RequestWorkReopened', command)];
  },
  NoteWorkContinues: (before, command) => {
    const state = present(before);
    return state.status === 'cancelled' && !state.continuing.includes(command.workId) ? [event('RequestWorkContinues', command)] : [];
  },
};
