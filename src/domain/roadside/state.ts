import { type DataOf, type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { type Money, sumMoney } from '../kernel/money.ts';
import { changing } from '../kernel/presence.ts';
import { without } from '../kernel/records.ts';
import type { attemptEnds, milestones, roadsideEvents } from './events.ts';

type Data<K extends keyof typeof roadsideEvents> = DataOf<(typeof roadsideEvents)[K]>;
export type Requested = Data<'RoadsideRequested'>;
export type Status = 'requested' | 'dispatched' | 'accepted' | 'en_route' | 'on_site' | 'resolved' | 'closed' | 'cancelled';
export type Milestone = (typeof milestones)[number];
export type Attempt = {
  readonly attemptId: string;
  readonly number: number;
  readonly vendorName: string;
  readonly dispatchedAt: string;
  readonly etaAt: string | null;
  readonly revisions: number;
  readonly times: Readonly<Partial<Record<Milestone, string>>>;
  readonly end: (typeof attemptEnds)[number] | null;
};
export type Part = Pick<Data<'RoadsidePartRecorded'>, 'partName' | 'partNumber' | 'quantity' | 'unitCost' | 'amount'>;
export type Fee = Pick<Data<'RoadsideFeeRecorded'>, 'feeKind' | 'amount' | 'description'>;
type Present = {
  readonly situation: 'present';
  readonly status: Status;
  /** What was asked for, to know a repeat. */
  readonly content: string;
  readonly requested: Requested;
  readonly standbyVendors: readonly string[];
  readonly attempts: readonly Attempt[];
  readonly parts: Readonly<Record<string, Part>>;
  readonly fees: Readonly<Record<string, Fee>>;
  readonly communications: Readonly<Record<string, true>>;
  /** Files and their categories, as far as those were said. */
  readonly attachments: Readonly<Record<string, string | null>>;
  readonly workOrderId: string | null;
  readonly outcome: Data<'RoadsideResolved'>['outcome'] | null;
};
/** Only what decisions need. Each dispatch is an attempt with its own times (SR-8). */
export type Roadside = { readonly situation: 'absent' } | Present;
export type PresentRoadside = Frozen<Present>;

/** A roadside job as other aggregates' guards see it. */
export const roadsideFact = fact<Roadside>('roadside');
export const initial: Roadside = { situation: 'absent' };
export const contentOf = (content: unknown): string => canonicalJson(content);

/** The attempt under way, or the one that ended the job. */
export const currentAttempt = ({ attempts }: PresentRoadside): Attempt | undefined => attempts.findLast(({ end }) => end === null);
/** The job costs Σ parts + fees, exactly. */
export const totalOf = (currency: string, parts: readonly Pick<Part, 'amount'>[], fees: readonly Pick<Fee, 'amount'>[]): Money =>
  sumMoney(
    [...parts, ...fees].map(({ amount }) => amount),
    currency,
  );
export const total = ({ requested, parts, fees }: PresentRoadside): Money => totalOf(requested.currency, Object.values(parts), Object.values(fees));

const present = changing<Frozen<Roadside>>();
const attempted = ({ attempts }: PresentRoadside, attemptId: string, change: (attempt: Frozen<Attempt>) => Partial<Attempt>): Pick<Present, 'attempts'> => ({
  attempts: attempts.map((attempt) => (attempt.attemptId === attemptId ? { ...attempt, ...change(attempt) } : attempt)),
});
const ended = (end: Attempt['end']) =>
  present<{ readonly attemptId: string }>((state, { attemptId }) => ({ status: 'requested', ...attempted(state, attemptId, () => ({ end })) }));
const at = (milestone: Milestone, instant: string) => (attempt: Frozen<Attempt>) => ({ times: { ...attempt.times, [milestone]: instant } });

/** The comparable form of what was asked for: what is carried over from elsewhere may say more on a second time. */
export const requestContent = ({ requestId, equipmentId, currency }: Pick<Requested, 'requestId' | 'equipmentId' | 'currency'>): string =>
  contentOf({ requestId, equipmentId, currency });

export const evolve: Evolve<Roadside, typeof roadsideEvents> = {
  RoadsideRequested: (_state, data) => ({
    situation: 'present',
    status: 'requested',
    content: requestContent(data),
    requested: data,
    standbyVendors: data.standbyVendors,
    attempts: [],
    parts: {},
    fees: {},
    communications: {},
    attachments: Object.fromEntries(data.attachmentIds.map((id) => [id, null])),
    workOrderId: null,
    outcome: null,
  }),
  RoadsideStandbyNamed: present((_state, { standbyVendors }) => ({ standbyVendors })),
  VendorDispatched: present(({ attempts }, { attemptId, number, vendorName, etaAt }, { occurredAt: dispatchedAt }) => ({
    status: 'dispatched',
    attempts: [...attempts, { attemptId, number, vendorName, dispatchedAt, etaAt: etaAt ?? null, revisions: 0, times: {}, end: null }],
  })),
  DispatchAccepted: present((state, { attemptId, acceptedAt, etaAt }) => ({
    status: 'accepted',
    ...attempted(state, attemptId, (attempt) => ({ ...at('accepted', acceptedAt)(attempt), etaAt: etaAt ?? attempt.etaAt })),
  })),
  DispatchDeclined: ended('declined'),
  DispatchTimedOut: ended('timed_out'),
  EtaRevised: present((state, { attemptId, etaAt, revision }) => attempted(state, attemptId, () => ({ etaAt, revisions: revision }))),
  VendorReplaced: ended('replaced'),
  VendorDeparted: present((state, { attemptId, departedAt }) => ({ status: 'en_route', ...attempted(state, attemptId, at('departed', departedAt)) })),
  VendorArrived: present((state, { attemptId, arrivedAt }) => ({ status: 'on_site', ...attempted(state, attemptId, at('arrived', arrivedAt)) })),
  VendorUnable: present((state, { attemptId, endedAt }) => ({
    status: 'requested',
    ...attempted(state, attemptId, (attempt) => ({ ...at('ended', endedAt)(attempt), end: 'unable' })),
  })),
  MilestoneCorrected: present((state, { attemptId, milestone, at: instant }) => attempted(state, attemptId, at(milestone, instant))),
  RoadsidePartRecorded: present(({ parts }, { partId, attemptId: _, total: _total, ...part }) => ({ parts: { ...parts, [partId]: part } })),
  RoadsidePartRemoved: present(({ parts }, { partId }) => ({ parts: without(parts, partId) })),
  RoadsideFeeRecorded: present(({ fees }, { feeId, total: _, ...fee }) => ({ fees: { ...fees, [feeId]: fee } })),
  RoadsideFeeRemoved: present(({ fees }, { feeId }) => ({ fees: without(fees, feeId) })),
  CommunicationLogged: present(({ communications }, { communicationId }) => ({ communications: { ...communications, [communicationId]: true } })),
  RoadsideAttached: present(({ attachments }, { attachmentId, documentCategory }) => ({
    attachments: { ...attachments, [attachmentId]: documentCategory ?? null },
  })),
  RoadsideWorkOrderLinked: present((_state, { workOrderId }) => ({ workOrderId })),
  RoadsideResolved: present((state, { attemptId, resolvedAt, outcome }) => ({
    status: 'resolved',
    outcome,
    ...attempted(state, attemptId, at('ended', resolvedAt)),
  })),
  RoadsideSettled: present(() => ({ status: 'closed' })),
  RoadsideCancelled: present(({ fees }, { feeId, fee }) => ({
    status: 'cancelled',
    fees: feeId === undefined || fee === undefined ? fees : { ...fees, [feeId]: { feeKind: 'cancellation', amount: fee } },
  })),
};
