import { type DataOf, type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { addDecimals } from '../kernel/decimal.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { Interval } from '../kernel/interval.ts';
import { changing } from '../kernel/presence.ts';
import { withChange, without } from '../kernel/records.ts';
import type { assignmentRoles, serviceRequestEvents, statuses, workKinds } from './events.ts';
import { together } from './persons.ts';
import { type Span, uploadsIn, wantedIn } from './wanted.ts';

export type Status = (typeof statuses)[number];
export type Role = (typeof assignmentRoles)[number];
export type WorkKind = (typeof workKinds)[number];
type Data<K extends keyof typeof serviceRequestEvents> = DataOf<(typeof serviceRequestEvents)[K]>;
export type Policy = Data<'RequestSubmitted'>['policy'];
export type Sla = NonNullable<Data<'RequestClockSet'>['sla']>;

/** The clock of the state it is in. `entry` counts states, so that one gone into again is another one. */
export type Clock = {
  readonly entry: number;
  readonly enteredAt: string;
  readonly sla: Sla | null;
  readonly dueAt: string | null;
  readonly isBreached: boolean;
  /** Within this state; the last one is open while the request is held. */
  readonly holds: readonly Interval<string>[];
};
export type Review = { readonly status: 'none' | 'pending' | 'approved' | 'rejected'; readonly reviewId: string | null; readonly requesterId: string | null };
export type Work = {
  readonly workKind: WorkKind;
  readonly kind: string | null;
  /** `earlier`: completed before the request was reopened. */
  readonly status: 'open' | 'completed' | 'cancelled' | 'earlier';
  readonly evidence: readonly string[];
};
export type Visit = { readonly kind: string; readonly plannedOn: string; readonly status: 'planned' | 'done' | 'cancelled' };
export type Manifest = {
  readonly content: string;
  readonly collectedM3: string;
  readonly collectedOn: string;
  readonly disposedM3: string;
  readonly loads: readonly string[];
};
type Present = {
  readonly situation: 'present';
  readonly status: Status;
  /** What was asked for, to know a repeat. */
  readonly content: string;
  readonly requestNumber: number;
  readonly customerId: string;
  readonly accountId: string;
  readonly equipmentId: string | null;
  readonly serviceType: string;
  readonly urgency: string;
  readonly timeZone: string;
  readonly country: string;
  readonly policy: Policy;
  /** Who asked: the one who sent it and the one it was sent for. */
  readonly requesters: readonly string[];
  readonly particulars: string;
  readonly hasLocation: boolean;
  readonly uploads: readonly string[];
  readonly geocode: string | null;
  readonly metadata: string;
  readonly media: Readonly<Record<string, string>>;
  readonly products: Readonly<Record<string, { readonly productId: string; readonly terms: string }>>;
  readonly assignments: Readonly<Partial<Record<Role, { readonly assignmentId: string; readonly userId: string }>>>;
  readonly review: Review;
  /** Quotations that are with the customer. */
  readonly quotations: readonly string[];
  readonly acceptedQuotationId: string | null;
  readonly times: string | null;
  readonly heldFrom: string | null;
  readonly clock: Clock;
  readonly closesAt: string | null;
  readonly reopenUntil: string | null;
  /** What it wants promised; what it was, and what the fleet had not enough for, in comparable form. */
  readonly wanted: Span | null;
  readonly promised: string | null;
  readonly short: string | null;
  readonly plan: string | null;
  readonly visits: Readonly<Record<string, Visit>>;
  readonly manifests: Readonly<Record<string, Manifest>>;
  readonly works: Readonly<Record<string, Work>>;
  readonly savedLocationId: string | undefined;
  readonly notes: readonly string[];
  readonly notices: readonly string[];
  /** Orders and jobs that went on after the cancellation. */
  readonly continuing: readonly string[];
};
/** Only what decisions need. Hold, review and the set of open work are dimensions beside the status. */
export type ServiceRequest = { readonly situation: 'absent' } | Present;
export type PresentRequest = Frozen<Present>;

/** A request as other aggregates' guards see it. */
export const serviceRequestFact = fact<ServiceRequest>('serviceRequest');
export const initial: ServiceRequest = { situation: 'absent' };

/** In comparable form. */
export const contentOf = (content: unknown): string => canonicalJson(content);
export const openWork = ({ works }: PresentRequest): readonly (readonly [id: string, work: Work])[] =>
  Object.entries(works).filter(([, { status }]) => status === 'open');
export const isHeld = ({ heldFrom }: PresentRequest): boolean => heldFrom !== null;

const present = changing<Frozen<ServiceRequest>>();
const to = (status: Status) => present(() => ({ status }));

type Said = Data<'RequestAmended'>;
const asked = (data: Said) => {
  const { urgencyType, issue, tireSize, facility, description, location } = data;
  return { urgencyType, issue, tireSize, facility, description, location, details: together(data) };
};
const said = (data: Said) => ({
  particulars: contentOf(asked(data)),
  hasLocation: data.location !== undefined,
  uploads: uploadsIn(data.details),
  savedLocationId: data.location?.savedLocationId,
});
/** A repeat comes soon after: to know it, these suffice. */
const noticesMax = 50;
const noClock: Clock = { entry: 0, enteredAt: '', sla: null, dueAt: null, isBreached: false, holds: [] };
const clockOf = (state: PresentRequest, { entry, enteredAt, sla, dueAt }: Data<'RequestClockSet'>): Clock => {
  const { clock } = state;
  const same = entry === clock.entry;
  const held = isHeld(state) ? [{ from: enteredAt, to: null }] : [];
  return {
    entry,
    enteredAt,
    sla: sla ?? null,
    dueAt: dueAt ?? null,
    isBreached: same && clock.isBreached,
    holds: same ? clock.holds : held,
  };
};
const earlier = (works: Present['works']): Present['works'] =>
  Object.fromEntries(Object.entries(works).map(([id, each]) => [id, each.status === 'completed' ? { ...each, status: 'earlier' as const } : each]));

/** What no request has when it begins. */
const fresh = {
  geocode: null,
  metadata: contentOf({}),
  media: {},
  products: {},
  assignments: {},
  review: { status: 'none', reviewId: null, requesterId: null },
  quotations: [],
  acceptedQuotationId: null,
  times: null,
  heldFrom: null,
  clock: noClock,
  closesAt: null,
  reopenUntil: null,
  promised: null,
  short: null,
  plan: null,
  visits: {},
  manifests: {},
  works: {},
  notes: [],
  notices: [],
  continuing: [],
} as const satisfies Partial<Present>;

export const evolve: Evolve<ServiceRequest, typeof serviceRequestEvents> = {
  RequestSubmitted: (_state, data, { actor }) => {
    const { requestNumber, customerId, accountId, equipmentId, serviceType, urgency, timeZone, country, policy, requestedBy } = data;
    return {
      situation: 'present',
      status: 'submitted',
      content: contentOf({ accountId, equipmentId, serviceType, urgency, ...asked(data), requestedBy }),
      requestNumber,
      customerId,
      accountId,
      equipmentId: equipmentId ?? null,
      serviceType,
      urgency,
      timeZone,
      country,
      policy,
      requesters: [actor.id, ...(requestedBy === undefined ? [] : [requestedBy])],
      ...said(data),
      ...fresh,
      wanted: wantedIn(policy, data.details),
    };
  },
  RequestAmended: present((state, data) => {
    const next = said(data);
    const wanted = wantedIn(state.policy, data.details);
    return {
      ...next,
      // A place that was corrected is found anew, and another wish is another promise, also one that was promised before.
      geocode: next.particulars === state.particulars ? state.geocode : null,
      wanted,
      ...(contentOf(wanted) === contentOf(state.wanted) ? {} : { promised: null, short: null }),
    };
  }),
  RequestMetadataChanged: present((_state, { metadata }) => ({ metadata: contentOf(metadata) })),
  RequestAddressGeocoded: present((_state, data) => ({ geocode: contentOf(data) })),
  RequestPriorityChanged: present((_state, { urgency }) => ({ urgency })),
  RequestMediaAttached: present(({ media }, { attachmentId, mediaCategory }) => ({ media: { ...media, [attachmentId]: mediaCategory } })),
  RequestMediaRemoved: present(({ media }, { attachmentId }) => ({ media: without(media, attachmentId) })),
  RequestProductAdded: present(({ products }, { requestProductId, productId, ...terms }) => ({
    products: { ...products, [requestProductId]: { productId, terms: contentOf(terms) } },
  })),
  RequestProductChanged: present(({ products }, { requestProductId, ...terms }) => ({
    products: withChange(products, requestProductId, { terms: contentOf(terms) }),
  })),
  RequestProductRemoved: present(({ products }, { requestProductId }) => ({ products: without(products, requestProductId) })),
  RequestAssigned: present(({ assignments }, { role, assignmentId, userId }) => ({ assignments: { ...assignments, [role]: { assignmentId, userId } } })),
  RequestUnassigned: present(({ assignments }, { role }) => ({ assignments: without(assignments, role) })),
  RequestReviewStarted: to('in_review'),
  ManagerReviewRequested: present((_state, { reviewId, requesterId }) => ({ review: { status: 'pending', reviewId, requesterId } })),
  ManagerReviewApproved: present(({ review }) => ({ review: { ...review, status: 'approved' } })),
  ManagerReviewRejected: present(({ review }) => ({ review: { ...review, status: 'rejected' } })),
  RequestQuoted: present(({ quotations }, { quotationId }) => ({ status: 'quoted', quotations: [...quotations, quotationId] })),
  RequestAccepted: present((_state, { quotationId }) => ({ status: 'accepted', quotations: [], acceptedQuotationId: quotationId })),
  RequestQuotationLapsed: present(({ quotations, status }, { quotationId, isLast }) => ({
    quotations: quotations.filter((other) => other !== quotationId),
    status: isLast ? 'in_review' : status,
  })),
  RequestScheduled: present((_state, { startsAt, endsAt }) => ({ status: 'scheduled', times: contentOf({ startsAt, endsAt }) })),
  RequestRescheduled: present((_state, { startsAt, endsAt }) => ({ times: contentOf({ startsAt, endsAt }) })),
  RequestStarted: to('in_progress'),
  RequestResolved: present((_state, { closesAt }) => ({ status: 'resolved', closesAt })),
  RequestClosed: present((_state, { reopenUntil }) => ({ status: 'closed', reopenUntil, closesAt: null, promised: null, short: null })),
  RequestReopened: present(({ works }, { to: status }) => ({
    status,
    closesAt: null,
    reopenUntil: null,
    works: earlier(works),
    // A lead that comes back is a new one: nobody reviewed it, nothing is quoted.
    ...(status === 'in_review' ? { review: { status: 'none', reviewId: null, requesterId: null }, quotations: [] } : {}),
  })),
  RequestDeclined: present(() => ({ status: 'declined', quotations: [], heldFrom: null, promised: null, short: null })),
  RequestCancelled: present(({ works }) => ({
    status: 'cancelled',
    quotations: [],
    heldFrom: null,
    promised: null,
    works: Object.fromEntries(Object.entries(works).map(([id, each]) => [id, each.status === 'open' ? { ...each, status: 'cancelled' as const } : each])),
  })),
  RequestPutOnHold: present(({ clock }, _data, { occurredAt }) => ({
    heldFrom: occurredAt,
    clock: { ...clock, holds: [...clock.holds, { from: occurredAt, to: null }] },
  })),
  RequestHoldReleased: present(({ clock }, _data, { occurredAt }) => ({
    heldFrom: null,
    clock: { ...clock, holds: clock.holds.map((hold) => (hold.to === null ? { ...hold, to: occurredAt } : hold)) },
  })),
  RequestClockSet: present((state, data) => ({ clock: clockOf(state, data) })),
  RequestSlaBreached: present(({ clock }, { entry }) => ({ clock: entry === clock.entry ? { ...clock, isBreached: true } : clock })),
  RequestNoticeSent: present(({ notices }, { noticeId }) => ({ notices: [...notices, noticeId].slice(-noticesMax) })),
  RequestNoteAdded: present(({ notes }, { noteId }) => ({ notes: [...notes, noteId] })),
  RequestInternalNoteAdded: present(({ notes }, { noteId }) => ({ notes: [...notes, noteId] })),
  RequestUnitsPromised: present((_state, span) => ({ promised: contentOf(span), short: null })),
  RequestUnitsShort: present((_state, { available: _left, ...span }) => ({ promised: null, short: contentOf(span) })),
  RequestUnitsAskedFor: present(() => ({ short: null })),
  RequestVisitsPlanned: present(({ visits }, { visits: planned, dropped, ...plan }) => ({
    plan: contentOf(plan),
    visits: {
      ...Object.fromEntries(Object.entries(visits).filter(([id]) => !dropped.includes(id))),
      ...Object.fromEntries(planned.map(({ visitId, kind, plannedOn }) => [visitId, { kind, plannedOn, status: 'planned' as const }])),
    },
  })),
  RequestVisitDone: present(({ visits }, { visitId }) => ({ visits: withChange(visits, visitId, { status: 'done' }) })),
  RequestVisitCancelled: present(({ visits }, { visitId }) => ({ visits: withChange(visits, visitId, { status: 'cancelled' }) })),
  WasteCollected: present(({ manifests }, data) => ({
    manifests: {
      ...manifests,
      [data.manifestNumber]: { content: contentOf(data), collectedM3: data.volumeM3, collectedOn: data.collectedOn, disposedM3: '0', loads: [] },
    },
  })),
  WasteDisposed: present(({ manifests }, { disposalId: _id, remainingM3: _left, attachmentId: _file, ...load }) => {
    const before = manifests[load.manifestNumber];
    return before === undefined
      ? {}
      : {
          manifests: {
            ...manifests,
            [load.manifestNumber]: { ...before, disposedM3: addDecimals(before.disposedM3, load.volumeM3), loads: [...before.loads, contentOf(load)] },
          },
        };
  }),
  WasteManifestVoided: present(({ manifests }, { manifestNumber }) => ({ manifests: without(manifests, manifestNumber) })),
  RequestWorkOpened: present(({ works }, { workId, workKind, kind }) => ({
    works: { ...works, [workId]: { workKind, kind: kind ?? null, status: 'open', evidence: [] } },
  })),
  RequestWorkEnded: present(({ works }, { workId, outcome, evidence }) => ({ works: withChange(works, workId, { status: outcome, evidence }) })),
  RequestWorkReopened: present(({ works }, { workId }) => ({ works: withChange(works, workId, { status: 'open' }) })),
  RequestWorkContinues: present(({ continuing }, { workId }) => ({ continuing: [...continuing, workId] })),
};
