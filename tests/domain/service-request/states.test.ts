/** STATES.md, "ServiceRequest": every state × every command, held and not, for every type of service. */
import { describe, expect, test } from '@jest/globals';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { serviceRequestCommands } from '../../../src/domain/service-request/commands.ts';
import { statuses } from '../../../src/domain/service-request/events.ts';
import type { Status } from '../../../src/domain/service-request/state.ts';
import { id } from '../../kit/decider.ts';
import { accountId, asked, type CommandData, details, type Name, proven, reach, type Story, submitted, types, worked } from './kit.ts';

const names = Object.keys(serviceRequestCommands) as readonly Name[];
const other = { actor: { kind: 'user', id: id('Beto') } } as const;
const work = { workId: id('W9'), workKind: 'roadside' } as const;
const span = { from: '2026-03-10', to: '2026-04-09', quantity: 4 } as const;
/** Each would change something where it is taken. */
const commands: { readonly [K in Name]: (story: Story) => CommandData<K> } = {
  SubmitRequest: (story) => ({ ...asked('other'), description: `not ${story.request.content.length}` }),
  AmendRequest: ({ request }) => ({ description: 'corrected', details: details[request.serviceType as keyof typeof details], location: { street: 'another' } }),
  SetRequestMetadata: () => ({ metadata: { po: '77' } }),
  RecordRequestGeocode: () => ({ position: { latitude: '14.6', longitude: '-90.5' }, precision: 'street', provider: 'offline' }),
  ChangePriority: () => ({ urgency: 'urgent' }),
  AttachRequestMedia: () => ({ attachmentId: id('another photo'), mediaCategory: 'photo' }),
  RemoveRequestMedia: () => ({ attachmentId: id('kept') }),
  AddRequestProduct: () => ({ productId: id('P2'), quantity: '2', unitPrice: { amount: '10.00', currency: 'GTQ' } }),
  ChangeRequestProduct: ({ request }) => ({
    requestProductId: Object.keys(request.products)[0] ?? '',
    quantity: '3',
    unitPrice: { amount: '9.00', currency: 'GTQ' },
  }),
  RemoveRequestProduct: ({ request }) => ({ requestProductId: Object.keys(request.products)[0] ?? '' }),
  AssignRequest: () => ({ role: 'technician', userId: id('Beto') }),
  UnassignRequest: () => ({ role: 'salesperson' }),
  StartReview: () => ({}),
  RequestManagerReview: () => ({}),
  ApproveManagerReview: () => ({}),
  RejectManagerReview: () => ({ reason: 'too dear' }),
  MarkQuoted: () => ({ quotationId: id('Q9') }),
  MarkAccepted: () => ({ quotationId: id('Q1') }),
  ReturnToReview: () => ({ quotationId: id('Q1') }),
  ScheduleRequest: () => ({ startsAt: '2026-04-01T14:00:00.000Z', endsAt: '2026-04-01T15:00:00.000Z' }),
  RescheduleRequest: () => ({ startsAt: '2026-04-02T14:00:00.000Z', endsAt: '2026-04-02T15:00:00.000Z', reason: 'rain' }),
  StartRequest: () => ({}),
  ResolveRequest: () => ({}),
  CloseRequest: () => ({}),
  CloseResolvedRequest: ({ request }) => ({ closesAt: request.closesAt ?? '2026-03-02T14:00:00.000Z' }),
  ReopenRequest: () => ({ reason: 'it leaks again' }),
  DeclineRequest: () => ({ reason: 'too far' }),
  CancelRequest: () => ({ reason: 'not needed' }),
  PlaceRequestOnHold: () => ({ reason: 'waits for parts' }),
  ReleaseRequestHold: () => ({}),
  RecordSlaBreach: ({ request }) => ({ entry: Math.max(1, request.clock.entry), dueAt: request.clock.dueAt ?? '2026-03-02T14:00:00.000Z' }),
  PlanVisits: () => ({ delivery: '2026-03-10', pickup: '2026-04-09', cleaningsPerWeek: 2 }),
  PlanAgreedVisits: () => ({}),
  CompleteVisit: ({ request }) => ({ visitId: Object.keys(request.visits)[0] ?? '', doneOn: '2026-03-02' }),
  CancelVisit: ({ request }) => ({ visitId: Object.keys(request.visits)[0] ?? '', reason: 'flooded' }),
  RecordCollection: () => ({ manifestNumber: 'M-9', volumeM3: '1', collectedOn: '2026-03-02' }),
  RecordDisposal: () => ({ manifestNumber: 'M-2', volumeM3: '1', site: 'VNV-WASTE', disposedOn: '2026-03-02' }),
  VoidManifest: () => ({ manifestNumber: 'M-2', reason: 'a slip' }),
  AddRequestNote: () => ({ text: 'The gate is locked at night' }),
  AddInternalNote: () => ({ text: 'Pays late' }),
  RecordRequestNotice: () => ({ noticeId: id('notice'), kind: 'late', userIds: [] }),
  AskForUnits: () => ({}),
  NoteUnitsPromised: () => span,
  NoteUnitsShort: () => ({ ...span, available: 1 }),
  NoteWorkOpened: () => work,
  NoteWorkEnded: () => ({ workId: id('W5'), workKind: 'workOrder', outcome: 'cancelled' }),
  NoteWorkReopened: () => ({ workId: id('W4'), workKind: 'workOrder' }),
  NoteWorkContinues: () => ({ ...work, reason: 'it had begun' }),
};

/** Commands that move no state: in every state but the terminal one. */
const content: readonly Name[] = [
  'AmendRequest',
  'SetRequestMetadata',
  'RecordRequestGeocode',
  'ChangePriority',
  'AttachRequestMedia',
  'RemoveRequestMedia',
  'AddRequestProduct',
  'ChangeRequestProduct',
  'RemoveRequestProduct',
  'AssignRequest',
  'UnassignRequest',
  'AddRequestNote',
  'AddInternalNote',
  'PlanVisits',
  'CompleteVisit',
  'CancelVisit',
];
const waste: readonly Name[] = ['RecordCollection', 'RecordDisposal', 'VoidManifest'];
/** By the table, for a type with no compulsory step: every other command of a person's is refused there. */
const moves: Readonly<Record<Status, readonly Name[]>> = {
  submitted: ['StartReview', 'ScheduleRequest', 'StartRequest', 'DeclineRequest', 'CancelRequest'],
  in_review: ['RequestManagerReview', 'MarkQuoted', 'ScheduleRequest', 'StartRequest', 'DeclineRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  quoted: ['MarkQuoted', 'MarkAccepted', 'ReturnToReview', 'DeclineRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  accepted: ['ScheduleRequest', 'StartRequest', 'CancelRequest', 'PlaceRequestOnHold'],
  scheduled: ['RescheduleRequest', 'StartRequest', 'CancelRequest', 'PlaceRequestOnHold', ...waste],
  in_progress: ['ScheduleRequest', 'ResolveRequest', 'CancelRequest', 'PlaceRequestOnHold', ...waste],
  resolved: ['CloseRequest', 'ReopenRequest'],
  closed: ['ReopenRequest'],
  declined: ['ReopenRequest'],
  cancelled: [],
};
/** Where the effect holds already, or there is nothing to do. */
const nothing: Readonly<Record<Status, readonly Name[]>> = {
  submitted: [],
  in_review: ['StartReview'],
  quoted: [],
  accepted: ['MarkAccepted', 'PlanAgreedVisits'],
  scheduled: ['PlanAgreedVisits'],
  in_progress: ['StartRequest', 'PlanAgreedVisits'],
  resolved: ['ResolveRequest'],
  closed: ['CloseRequest'],
  declined: ['DeclineRequest'],
  cancelled: ['CancelRequest'],
};
const silent: readonly Name[] = [
  'ReturnToReview',
  'CloseResolvedRequest',
  'RecordSlaBreach',
  'NoteWorkEnded',
  'NoteWorkReopened',
  'NoteWorkContinues',
  'NoteUnitsPromised',
  'NoteUnitsShort',
];
const holdable: readonly Status[] = ['in_review', 'quoted', 'accepted', 'scheduled', 'in_progress'];

/** A request of no compulsory step in a state, with something of everything, so that each command finds what it names. */
const furnished = (status: Status): Story => {
  const story = submitted('breakdown');
  story.give('AmendRequest', { description: 'please come', details: details.breakdown, location: { street: 'km 22' } });
  story.give('AddRequestProduct', { productId: id('P1'), quantity: '1', unitPrice: { amount: '10.00', currency: 'GTQ' } });
  story.give('AttachRequestMedia', { attachmentId: id('kept'), mediaCategory: 'other' });
  story.give('AssignRequest', { role: 'salesperson', userId: id('Ana') });
  story.give('PlanVisits', { delivery: '2026-03-02', pickup: '2026-03-02', cleaningsPerWeek: 0 });
  if (status === 'declined') story.give('DeclineRequest', { reason: 'x' });
  else if (status === 'cancelled') story.give('CancelRequest', { reason: 'x' });
  else if (status !== 'submitted') story.give('StartReview', {});
  if (status === 'quoted' || status === 'accepted') story.give('MarkQuoted', { quotationId: id('Q1') });
  if (status === 'accepted') story.give('MarkAccepted', { quotationId: id('Q1') });
  if (status === 'scheduled') story.give('ScheduleRequest', { startsAt: '2026-03-10T14:00:00.000Z', endsAt: '2026-03-10T15:00:00.000Z' });
  if (['in_progress', 'resolved', 'closed'].includes(status)) proven(story).give('StartRequest', {});
  if (['scheduled', 'in_progress', 'resolved', 'closed'].includes(status))
    story.give('RecordCollection', { manifestNumber: 'M-2', volumeM3: '1', collectedOn: '2026-03-02' });
  if (status === 'resolved' || status === 'closed') story.give('ResolveRequest', {});
  if (status === 'closed') story.give('CloseRequest', {});
  expect(story.request.status).toBe(status);
  return story;
};

type Outcome = 'taken' | 'nothing' | 'refused';
const outcomeOf = (story: Story, name: Name): { readonly outcome: Outcome; readonly code?: string; readonly details?: unknown } => {
  const decision = story.decide(name, commands[name](story), other);
  if (isRejection(decision)) return { outcome: 'refused', code: decision.code, details: decision.details };
  return { outcome: decision.length === 0 ? 'nothing' : 'taken' };
};
const expected = (status: Status, name: Name): Outcome => {
  if (moves[status].includes(name)) return 'taken';
  if (nothing[status].includes(name)) return 'nothing';
  if (name === 'NoteWorkContinues') return status === 'cancelled' ? 'taken' : 'nothing';
  if (name === 'NoteWorkOpened') return ['closed', 'declined', 'cancelled'].includes(status) ? 'refused' : 'taken';
  if (name === 'RecordRequestNotice') return 'taken';
  if (silent.includes(name)) return 'nothing';
  if (name === 'ReleaseRequestHold') return status === 'cancelled' ? 'refused' : 'nothing';
  return content.includes(name) && status !== 'cancelled' ? 'taken' : 'refused';
};

describe('STATES.md: the service request', () => {
  test.each(statuses.flatMap((status) => names.map((name) => [status, name] as const)))('SR-1 %s × %s', (status, name) => {
    const story = furnished(status);
    const { outcome, code, details: refusal } = outcomeOf(story, name);
    expect({ status, name, outcome }).toEqual({ status, name, outcome: expected(status, name) });
    if (outcome !== 'refused' || name === 'SubmitRequest') return;
    expect(code).toBe(name === 'AskForUnits' && status !== 'cancelled' ? 'nothingToPromise' : 'notAllowedNow');
    if (code !== 'notAllowedNow') return;
    const allowed = (refusal as { readonly allowed: readonly string[] }).allowed;
    // What it says is allowed, it lets a person do, given the guards' other conditions.
    for (const each of allowed) expect(['ApproveManagerReview', 'RejectManagerReview', ...moves[status]]).toContain(each);
    for (const each of moves[status])
      if (!waste.includes(each) && !['MarkQuoted', 'MarkAccepted', 'ReturnToReview'].includes(each)) expect(allowed).toContain(each);
  });

  test.each(holdable.flatMap((status) => names.map((name) => [status, name] as const)))('SR-1 %s on hold × %s', (status, name) => {
    const story = furnished(status);
    story.give('PlaceRequestOnHold', { reason: 'rain' });
    const { outcome, code } = outcomeOf(story, name);
    const stays: readonly Name[] = ['AttachRequestMedia', 'RemoveRequestMedia', 'AssignRequest', 'UnassignRequest', 'AddRequestNote', 'AddInternalNote'];
    const ends: readonly Name[] = ['DeclineRequest', 'CancelRequest'];
    // What processes tell happened elsewhere, hold or not: to refuse it would lose it.
    const told: readonly Name[] = ['MarkQuoted', 'MarkAccepted', 'ReturnToReview', ...silent, 'NoteWorkOpened', 'RecordRequestNotice'];
    const rest = nothing[status].includes(name) ? 'nothing' : 'refused';
    const wanted =
      name === 'ReleaseRequestHold'
        ? 'taken'
        : name === 'PlaceRequestOnHold'
          ? 'nothing'
          : [...stays, ...ends, ...told].includes(name)
            ? expected(status, name)
            : rest;
    expect({ status, name, outcome }).toEqual({ status, name, outcome: wanted });
    if (outcome === 'refused') expect(['onHold', 'notAllowedNow', 'alreadySubmitted']).toContain(code);
  });

  test('a hold is placed from review to work, and nowhere else', () => {
    for (const status of statuses)
      expect([status, outcomeOf(furnished(status), 'PlaceRequestOnHold').outcome]).toEqual([status, holdable.includes(status) ? 'taken' : 'refused']);
  });

  test.each(types)('%s: every state can be reached by its policy, and its compulsory steps cannot be passed over', (type) => {
    for (const status of statuses) if (!['quoted', 'accepted'].includes(status) || type !== 'pm') reach(type, status);
    const { policy } = submitted(type).request;
    const story = submitted(type);
    const first = policy.quotation ? 'quotationNeeded' : policy.review ? 'reviewNeeded' : policy.schedule ? 'scheduleNeeded' : 'taken';
    const outcome = outcomeOf(story, 'StartRequest');
    expect(outcome.code ?? outcome.outcome).toBe(first);
    if (policy.quotation) expect(outcomeOf(reach(type, 'in_review'), 'ScheduleRequest').code).toBe('quotationNeeded');
    if (policy.schedule && policy.quotation) expect(outcomeOf(reach(type, 'accepted'), 'StartRequest').code).toBe('scheduleNeeded');
    if (policy.review) {
      const unreviewed = submitted(type);
      unreviewed.give('StartReview', {});
      expect(unreviewed.give('MarkQuoted', { quotationId: id('Q1') })).toBe('reviewNeeded');
    }
  });

  test('SR-2 approving again changes nothing, approving after cancellation is refused; a cancellation needs a reason', () => {
    const story = reach('fosas', 'accepted');
    expect(story.give('MarkAccepted', { quotationId: id('Q1') })).toEqual([]);
    story.give('CancelRequest', { reason: 'not needed' });
    expect(story.give('MarkAccepted', { quotationId: id('Q1') })).toBe('notAllowedNow');
    expect(() => story.decide('CancelRequest', { reason: '' })).toThrow('reason');
  });

  test('returns to review with the last live quotation, not before', () => {
    const story = reach('fosas', 'quoted');
    expect(story.give('MarkQuoted', { quotationId: id('Q2') })).toEqual(['RequestQuoted']);
    expect(story.give('ReturnToReview', { quotationId: id('Q1') })).toEqual(['RequestQuotationLapsed']);
    expect(story.request.status).toBe('quoted');
    expect(story.give('MarkAccepted', { quotationId: id('Q1') })).toBe('notAllowedNow');
    story.give('ReturnToReview', { quotationId: id('Q2') });
    expect(story.request.status).toBe('in_review');
  });

  test('SR-1 reopening is an event of its own, within the window; the earlier completion stays in history', () => {
    const story = reach('breakdown', 'closed');
    const resolved = story.count('RequestResolved');
    expect(story.later(29 * 24 * 60).give('ReopenRequest', { reason: 'again' })).toEqual(['RequestReopened', 'RequestClockSet']);
    expect([story.request.status, story.count('RequestResolved')]).toEqual(['in_progress', resolved]);
    const late = reach('breakdown', 'closed');
    expect(late.later(31 * 24 * 60).give('ReopenRequest', { reason: 'again' })).toBe('reopenWindowOver');
    const lead = reach('fosas', 'declined');
    lead.give('ReopenRequest', { reason: 'they called back' });
    expect([lead.request.status, lead.request.review.status]).toEqual(['in_review', 'none']);
  });

  test('cancelling work in progress waits for its open orders; before that it names them, to be cancelled', () => {
    const story = worked(reach('breakdown', 'in_progress'));
    expect(story.give('CancelRequest', { reason: 'x' })).toBe('workOpen');
    const scheduled = worked(reach('pm', 'scheduled'));
    const decision = scheduled.decide('CancelRequest', { reason: 'x' });
    expect(isRejection(decision) ? decision : decision[0]?.data).toEqual({
      reason: 'x',
      quotationIds: [],
      openWork: [{ workId: id('W1'), workKind: 'workOrder' }],
    });
  });

  test('closes by itself once, only if it is still that resolution', () => {
    const story = reach('breakdown', 'resolved');
    const { closesAt } = story.request;
    if (closesAt === null) throw new Error('unreachable');
    expect(story.give('CloseResolvedRequest', { closesAt })).toEqual([]);
    story.at = closesAt;
    expect(story.give('CloseResolvedRequest', { closesAt: '2026-01-01T00:00:00.000Z' })).toEqual([]);
    expect(story.give('CloseResolvedRequest', { closesAt })).toEqual(['RequestClosed', 'RequestClockSet']);
    expect(story.give('CloseResolvedRequest', { closesAt })).toEqual([]);
  });

  test('a request is submitted once; the same again changes nothing', () => {
    const story = submitted('other');
    expect(story.give('SubmitRequest', asked('other'))).toEqual([]);
    expect(story.give('SubmitRequest', { ...asked('other'), description: 'else' })).toBe('alreadySubmitted');
    expect(story.request.accountId).toBe(accountId);
  });
});
