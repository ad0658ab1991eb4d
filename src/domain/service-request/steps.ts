/** Decisions that move a request: STATES.md, "ServiceRequest". */
import { addMilliseconds } from '../kernel/calendar.ts';
import { type Rejection, reject } from '../kernel/rejection.ts';
import { type Decisions, present } from './content.ts';
import { advanceIn, isAnother, isProven, leadsOn, notAllowedNow, notHeld, nothingOpen, reviewed, stepsTaken } from './rules.ts';
import { after, breach, event, moved, type RequestEvent, reset } from './sla.ts';
import { contentOf, isHeld, openWork, type PresentRequest } from './state.ts';
import { resolvedByWork } from './work.ts';

const dayMs = 86_400_000;
/** A person's step: the state lets it, and the request does not rest. */
const may = (state: PresentRequest, command: string) => leadsOn(state, command) ?? notHeld(state);
const inOrder = ({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }) =>
  endsAt < startsAt ? reject('endsBeforeStart', 'The end lies before the start.') : undefined;

type Review = 'StartReview' | 'RequestManagerReview' | 'ApproveManagerReview' | 'RejectManagerReview';
export const reviewDecisions: Pick<Decisions, Review> = {
  StartReview: (before, _command, context) => {
    const state = present(before);
    if (state.status === 'in_review') return [];
    return may(state, 'StartReview') ?? moved(state, [event('RequestReviewStarted', {})], context);
  },
  RequestManagerReview: (before, command, { newId, actor }) => {
    const state = present(before);
    const refused = may(state, 'RequestManagerReview');
    if (refused !== undefined) return refused;
    return state.review.status === 'pending' ? [] : [event('ManagerReviewRequested', { reviewId: newId(0), requesterId: actor.id, ...command })];
  },
  ApproveManagerReview: (before, command, context) => {
    const state = present(before);
    const { status, reviewId } = state.review;
    const refused = may(state, 'ApproveManagerReview');
    if (refused !== undefined) return refused;
    if (status === 'approved') return [];
    if (status !== 'pending' || reviewId === null) return notAllowedNow(state);
    return isAnother(state, context) ?? [event('ManagerReviewApproved', { reviewId, reviewerId: context.actor.id, ...command })];
  },
  RejectManagerReview: (before, command, context) => {
    const state = present(before);
    const { status, reviewId } = state.review;
    const refused = may(state, 'RejectManagerReview');
    if (refused !== undefined) return refused;
    if (status === 'rejected') return [];
    if (status !== 'pending' || reviewId === null) return notAllowedNow(state);
    return isAnother(state, context) ?? [event('ManagerReviewRejected', { reviewId, reviewerId: context.actor.id, ...command })];
  },
};

/** What the quotation process tells happened elsewhere: recorded while the request rests, too. */
export const quotationDecisions: Pick<Decisions, 'MarkQuoted' | 'MarkAccepted' | 'ReturnToReview'> = {
  MarkQuoted: (before, { quotationId }, context) => {
    const state = present(before);
    if (state.quotations.includes(quotationId) || state.acceptedQuotationId === quotationId) return [];
    const refused = leadsOn(state, 'MarkQuoted') ?? reviewed(state);
    return refused ?? moved(state, [event('RequestQuoted', { quotationId, isFirst: state.status !== 'quoted' })], context);
  },
  MarkAccepted: (before, { quotationId }, context) => {
    const state = present(before);
    if (state.acceptedQuotationId === quotationId && state.status !== 'cancelled') return [];
    // SR-2: never after a cancellation, and only of a quotation that the request knows.
    const isLive = state.quotations.includes(quotationId);
    const otherQuotationIds = state.quotations.filter((other) => other !== quotationId);
    const accepted = event('RequestAccepted', { quotationId, ...(otherQuotationIds.length === 0 ? {} : { otherQuotationIds }) });
    return leadsOn(state, 'MarkAccepted') ?? (isLive ? moved(state, [accepted], context) : notAllowedNow(state));
  },
  ReturnToReview: (before, { quotationId }, context) => {
    const state = present(before);
    if (state.status !== 'quoted' || !state.quotations.includes(quotationId)) return [];
    return moved(state, [event('RequestQuotationLapsed', { quotationId, isLast: state.quotations.length === 1 })], context);
  },
};

type Running = 'ScheduleRequest' | 'RescheduleRequest' | 'StartRequest' | 'ResolveRequest' | 'PlaceRequestOnHold' | 'ReleaseRequestHold';
export const runningDecisions: Pick<Decisions, Running> = {
  ScheduleRequest: (before, command, context) => {
    const state = present(before);
    const { startsAt, endsAt } = command;
    if (state.status === 'scheduled' && state.times === contentOf({ startsAt, endsAt })) return [];
    const refused = may(state, 'ScheduleRequest') ?? stepsTaken(state, 'schedule') ?? inOrder(command);
    return refused ?? moved(state, [event('RequestScheduled', command)], context);
  },
  RescheduleRequest: (before, command) => {
    const state = present(before);
    const { startsAt, endsAt } = command;
    const refused = may(state, 'RescheduleRequest') ?? inOrder(command);
    return refused ?? (state.times === contentOf({ startsAt, endsAt }) ? [] : [event('RequestRescheduled', command)]);
  },
  StartRequest: (before, _command, context) => {
    const state = present(before);
    if (state.status === 'in_progress') return [];
    const refused = may(state, 'StartRequest') ?? stepsTaken(state, 'start') ?? advanceIn(state, context);
    return refused ?? moved(state, [event('RequestStarted', {})], context);
  },
  ResolveRequest: (before, command, context) => {
    const state = present(before);
    if (state.status === 'resolved') return [];
    const refused = may(state, 'ResolveRequest') ?? nothingOpen(state) ?? isProven(state);
    if (refused !== undefined) return refused;
    const closesAt = addMilliseconds(context.now, state.policy.autoCloseDays * dayMs);
    return moved(state, [event('RequestResolved', { ...command, closesAt })], context);
  },
  PlaceRequestOnHold: (before, command, context) => {
    const state = present(before);
    if (isHeld(state)) return [];
    const refused = leadsOn(state, 'PlaceRequestOnHold');
    if (refused !== undefined) return refused;
    const told = [...breach(state, context.now), event('RequestPutOnHold', command)];
    return [...told, reset(after(state, told, context), context)];
  },
  ReleaseRequestHold: (before, command, context) => {
    const state = present(before);
    if (state.heldFrom === null) return state.status === 'cancelled' ? notAllowedNow(state) : [];
    const told = [event('RequestHoldReleased', { ...command, heldFrom: state.heldFrom })];
    const released = after(state, told, context);
    return [...told, reset(released, context), ...resolvedByWork(released, context)];
  },
};

const closed = (state: PresentRequest, by: 'person' | 'deadline', now: string) => ({
  by,
  reopenUntil: addMilliseconds(now, state.policy.reopenWindowDays * dayMs),
});
type Ending = 'CloseRequest' | 'CloseResolvedRequest' | 'ReopenRequest' | 'DeclineRequest' | 'CancelRequest' | 'RecordSlaBreach';
export const endingDecisions: Pick<Decisions, Ending> = {
  CloseRequest: (before, command, context) => {
    const state = present(before);
    if (state.status === 'closed') return [];
    return leadsOn(state, 'CloseRequest') ?? moved(state, [event('RequestClosed', { ...closed(state, 'person', context.now), ...command })], context);
  },
  CloseResolvedRequest: (before, { closesAt }, context) => {
    const state = present(before);
    if (state.status !== 'resolved' || state.closesAt !== closesAt || context.now < closesAt) return [];
    return moved(state, [event('RequestClosed', closed(state, 'deadline', context.now))], context);
  },
  ReopenRequest: (before, { reason }, context) => {
    const state = present(before);
    const refused = leadsOn(state, 'ReopenRequest') ?? inWindow(state, context.now);
    return refused ?? moved(state, [event('RequestReopened', { reason, to: state.status === 'declined' ? 'in_review' : 'in_progress' })], context);
  },
  DeclineRequest: (before, { reason }, context) => {
    const state = present(before);
    if (state.status === 'declined') return [];
    return leadsOn(state, 'DeclineRequest') ?? moved(state, [event('RequestDeclined', { reason, quotationIds: state.quotations })], context);
  },
  CancelRequest: (before, { reason }, context) => {
    const state = present(before);
    if (state.status === 'cancelled') return [];
    const refused = leadsOn(state, 'CancelRequest') ?? (state.status === 'in_progress' ? nothingOpen(state) : undefined);
    if (refused !== undefined) return refused;
    const open = openWork(state).map(([workId, { workKind }]) => ({ workId, workKind }));
    return moved(state, [event('RequestCancelled', { reason, quotationIds: state.quotations, openWork: open })], context);
  },
  RecordSlaBreach: (before, { entry, dueAt }, { now }): readonly RequestEvent[] => {
    const { clock, status } = present(before);
    const stillFits = clock.entry === entry && clock.dueAt === dueAt && !clock.isBreached && now >= dueAt;
    return stillFits ? [event('RequestSlaBreached', { entry, state: status, dueAt })] : [];
  },
};

/** A closed request comes back within its window; after that a new one is due. */
export const inWindow = ({ status, reopenUntil }: PresentRequest, now: string): Rejection<'reopenWindowOver'> | undefined =>
  status === 'closed' && reopenUntil !== null && now > reopenUntil
    ? reject('reopenWindowOver', `It could be reopened until ${reopenUntil}.`, { reopenUntil })
    : undefined;
