/** Who goes: attempts, one after the other, each with its own times (SR-8). */
import { type Decide, emit, type Frozen } from '../kernel/aggregate.ts';
import { addMilliseconds } from '../kernel/calendar.ts';
import { reached } from '../kernel/presence.ts';
import { reject } from '../kernel/rejection.ts';
import type { roadsideCommands } from './commands.ts';
import { roadsideEvents } from './events.ts';
import { allows, answerMinutesDefault, attemptsMax, isMonotone, nextVendor, notPast, roomFor, timeOr } from './rules.ts';
import { type Attempt, contentOf, currentAttempt, type PresentRoadside, type Roadside } from './state.ts';

const event = emit(roadsideEvents);
export type Decisions = Decide<Roadside, typeof roadsideCommands, typeof roadsideEvents>;

/** The job as the shell gives it to a command that does not create. */
export const present = reached<Frozen<Roadside>>('a roadside job');
/** The attempt under way; the states of the job make sure that there is one. */
export const underWay = (state: PresentRoadside): Attempt => {
  const attempt = currentAttempt(state);
  if (attempt === undefined) throw new Error('a roadside job under way has no attempt');
  return attempt;
};
const next = ({ standbyVendors, attempts }: PresentRoadside) => nextVendor(standbyVendors, attempts);
/** Did the last attempt end like this? Then saying so again says nothing. */
const hasEnded = ({ status, attempts }: PresentRoadside, end: Attempt['end']): boolean => status === 'requested' && attempts.at(-1)?.end === end;

type Ask = { readonly vendorName: string; readonly vendorPhone?: string; readonly etaAt?: string; readonly answerWithinMinutes?: number };
const dispatch = ({ attempts, requested }: PresentRoadside, ask: Ask, { attemptId, now }: { readonly attemptId: string; readonly now: string }) => {
  const { answerWithinMinutes = requested.answerWithinMinutes ?? answerMinutesDefault, ...vendor } = ask;
  return event('VendorDispatched', { attemptId, number: attempts.length + 1, ...vendor, answerBy: addMilliseconds(now, answerWithinMinutes * 60_000) });
};

export const dispatchDecisions: Pick<
  Decisions,
  | 'NameStandbyVendors'
  | 'DispatchVendor'
  | 'DispatchStandby'
  | 'AcceptDispatch'
  | 'DeclineDispatch'
  | 'TimeOutDispatch'
  | 'ReviseEta'
  | 'ReplaceVendor'
  | 'DepartEnRoute'
  | 'Arrive'
  | 'ReportUnable'
  | 'CorrectMilestone'
> = {
  NameStandbyVendors: (before, command) => {
    const state = present(before);
    const isKnown = contentOf(state.standbyVendors) === contentOf(command.standbyVendors);
    return allows(state, 'NameStandbyVendors') ?? (isKnown ? [] : [event('RoadsideStandbyNamed', command)]);
  },
  DispatchVendor: (before, command, { newId, now }) => {
    const state = present(before);
    const attemptId = newId(0);
    const isAsked = state.status === 'dispatched' && (underWay(state).attemptId === attemptId || underWay(state).vendorName === command.vendorName);
    if (isAsked) return [];
    return (
      allows(state, 'DispatchVendor') ??
      notPast(command.etaAt, now) ??
      roomFor(state.attempts.length, attemptsMax) ?? [dispatch(state, command, { attemptId, now })]
    );
  },
  DispatchStandby: (before, { vendorName, afterAttemptId }, { newId, now }) => {
    const state = present(before);
    // Somebody was asked meanwhile, or nobody is needed any more.
    if (state.status !== 'requested' || state.attempts.at(-1)?.attemptId !== afterAttemptId || state.attempts.length >= attemptsMax) return [];
    return [dispatch(state, { vendorName }, { attemptId: newId(0), now })];
  },
  AcceptDispatch: (before, command, { now }) => {
    const state = present(before);
    if (state.status === 'accepted') return [];
    const wrong = allows(state, 'AcceptDispatch');
    if (wrong !== undefined) return wrong;
    const attempt = underWay(state);
    const acceptedAt = timeOr(attempt, command.acceptedAt, now);
    const judged = command.acceptedAt === undefined ? undefined : isMonotone(attempt, { milestone: 'accepted', at: acceptedAt, now });
    return judged ?? [event('DispatchAccepted', { ...command, attemptId: attempt.attemptId, acceptedAt })];
  },
  DeclineDispatch: (before, command) => {
    const state = present(before);
    if (hasEnded(state, 'declined')) return [];
    return allows(state, 'DeclineDispatch') ?? [event('DispatchDeclined', { attemptId: underWay(state).attemptId, ...command, ...next(state) })];
  },
  TimeOutDispatch: (before, { attemptId }) => {
    const state = present(before);
    if (state.status !== 'dispatched' || underWay(state).attemptId !== attemptId) return [];
    return [event('DispatchTimedOut', { attemptId, ...next(state) })];
  },
  ReviseEta: (before, command, { now }) => {
    const state = present(before);
    const wrong = allows(state, 'ReviseEta');
    if (wrong !== undefined) return wrong;
    const { attemptId, etaAt, revisions } = underWay(state);
    if (etaAt === command.etaAt) return [];
    return notPast(command.etaAt, now) ?? [event('EtaRevised', { attemptId, ...command, revision: revisions + 1 })];
  },
  ReplaceVendor: (before, command) => {
    const state = present(before);
    if (hasEnded(state, 'replaced')) return [];
    return allows(state, 'ReplaceVendor') ?? [event('VendorReplaced', { attemptId: underWay(state).attemptId, ...command, ...next(state) })];
  },
  DepartEnRoute: (before, { departedAt: said }, { now }) => {
    const state = present(before);
    if (state.status === 'en_route') return [];
    const wrong = allows(state, 'DepartEnRoute');
    if (wrong !== undefined) return wrong;
    const attempt = underWay(state);
    const departedAt = timeOr(attempt, said, now);
    const judged = said === undefined ? undefined : isMonotone(attempt, { milestone: 'departed', at: departedAt, now });
    return judged ?? [event('VendorDeparted', { attemptId: attempt.attemptId, departedAt })];
  },
  Arrive: (before, { arrivedAt: said }, { now }) => {
    const state = present(before);
    if (state.status === 'on_site') return [];
    const wrong = allows(state, 'Arrive');
    if (wrong !== undefined) return wrong;
    const attempt = underWay(state);
    const arrivedAt = timeOr(attempt, said, now);
    const judged = said === undefined ? undefined : isMonotone(attempt, { milestone: 'arrived', at: arrivedAt, now });
    return judged ?? [event('VendorArrived', { attemptId: attempt.attemptId, arrivedAt })];
  },
  ReportUnable: (before, { endedAt: said, reason }, { now }) => {
    const state = present(before);
    if (hasEnded(state, 'unable')) return [];
    const wrong = allows(state, 'ReportUnable');
    if (wrong !== undefined) return wrong;
    const attempt = underWay(state);
    const endedAt = timeOr(attempt, said, now);
    const judged = said === undefined ? undefined : isMonotone(attempt, { milestone: 'ended', at: endedAt, now });
    return judged ?? [event('VendorUnable', { attemptId: attempt.attemptId, endedAt, reason, ...next(state) })];
  },
  CorrectMilestone: (before, { attemptId, milestone, at, reason }, { now }) => {
    const state = present(before);
    const wrong = allows(state, 'CorrectMilestone');
    if (wrong !== undefined) return wrong;
    const attempt = state.attempts.find((each) => each.attemptId === attemptId);
    const told = attempt?.times[milestone];
    if (attempt === undefined || told === undefined) return reject('unknownMilestone', 'The job has no such time.', { milestone });
    if (told === at) return [];
    return isMonotone(attempt, { milestone, at, now }) ?? [event('MilestoneCorrected', { attemptId, milestone, at, before: told, reason })];
  },
};
