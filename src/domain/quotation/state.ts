import { type DataOf, type Evolve, type Frozen, fact, type Occurrence } from '../kernel/aggregate.ts';
import { canonicalJson, contentHash } from '../kernel/hash.ts';
import { compareMoney, type Money, multiplyMoney, roundMoney, sumMoney } from '../kernel/money.ts';
import { changing } from '../kernel/presence.ts';
import { without } from '../kernel/records.ts';
import type { quotationEvents, statuses } from './events.ts';
import { type Totals, totalsOf } from './totals.ts';

export type Status = (typeof statuses)[number];
type Data<K extends keyof typeof quotationEvents> = DataOf<(typeof quotationEvents)[K]>;
export type Line = Data<'QuotationLineAdded'>;
export type Terms = Data<'QuotationTermsSet'>;
type Present = {
  readonly situation: 'present';
  readonly status: Status;
  /** What was asked for first, to know a repeat. */
  readonly drafted: string;
  readonly requestId: string;
  readonly customerId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly policy: Data<'QuotationDrafted'>['policy'];
  /** The one current revision (QC-1): those before it are history. */
  readonly revision: number;
  readonly terms: Terms;
  /** In the order of the document. */
  readonly lines: Readonly<Record<string, Line>>;
  /** Everybody who wrote or submitted any of it (TE-10). */
  readonly authors: readonly string[];
  readonly approvedHashes: readonly string[];
  readonly rejectedHash: string | null;
  readonly number: { readonly series: string; readonly number: number; readonly text: string } | null;
  readonly issued: { readonly contentHash: string; readonly validUntil: string; readonly expiresAt: string } | null;
  readonly acceptedHash: string | null;
  /** What is to be paid before work, as it was accepted. */
  readonly advance: Money | null;
  /** By payment; a reversed one counts nothing and never again. */
  readonly advances: Readonly<Record<string, { readonly amount: Money; readonly isReversed: boolean }>>;
  readonly isWorkApproved: boolean;
  readonly attachments: Readonly<Record<string, string>>;
  readonly followUp: { readonly followUpId: string; readonly on: string | null } | null;
  readonly metadata: string;
};
export type Quotation = { readonly situation: 'absent' } | Present;
export type PresentQuotation = Frozen<Present>;

/** A quotation as other aggregates' guards see it. */
export const quotationFact = fact<Quotation>('quotation');
export const initial: Quotation = { situation: 'absent' };
/** The comparable form of some content. */
export const contentOf = (content: unknown): string => canonicalJson(content);
export const linesOf = ({ lines }: Pick<PresentQuotation, 'lines'>): readonly Line[] => Object.values(lines);
export const totals = (state: Pick<PresentQuotation, 'lines' | 'currency'>): Totals => totalsOf(linesOf(state), state.currency);
/** What is to be paid before work, where an advance is asked for. */
export const advanceOf = ({ terms }: Pick<PresentQuotation, 'terms'>, total: Money): Money | undefined =>
  terms.advanceRate === undefined ? undefined : roundMoney(multiplyMoney(total, terms.advanceRate));

/** What has come in towards the advance. */
export const receivedOf = ({ advances, currency }: Pick<PresentQuotation, 'advances' | 'currency'>): Money =>
  sumMoney(
    Object.values(advances).flatMap(({ amount, isReversed }) => (isReversed ? [] : [amount])),
    currency,
  );
/** QC-5: the advance that work waits for: asked for, not all in, and nobody has approved to begin before. */
export const awaitedAdvance = (state: Frozen<Quotation>): { readonly advance: Money; readonly received: Money } | undefined => {
  if (state.situation === 'absent' || state.advance === null || state.isWorkApproved) return undefined;
  const received = receivedOf(state);
  return compareMoney(received, state.advance) < 0 ? { advance: state.advance, received } : undefined;
};
/** The customer sees what it was given, and nothing while that is written or written anew. */
export const isGiven = ({ status, number }: Pick<PresentQuotation, 'status' | 'number'>): boolean =>
  status === 'withdrawn' ? number !== null : status !== 'draft' && status !== 'pending_approval' && status !== 'approved';

/** The hash of all that the customer would agree to (QC-1): lines, taxes, totals and terms; nothing about persons. */
export const hashOf = (state: PresentQuotation): string => {
  const { requestId, currency, terms } = state;
  return contentHash({ requestId, currency, terms, lines: linesOf(state), totals: totals(state) });
};

const present = changing<Frozen<Quotation>>();
const by = ({ authors }: PresentQuotation, { actor }: Occurrence): readonly string[] => (authors.includes(actor.id) ? authors : [...authors, actor.id]);
/** Whoever writes becomes an author, and what was approved is a draft again. */
const written = <D>(change: (state: PresentQuotation, data: D) => Partial<Present>) =>
  present<D>((state, data, at) => ({ status: 'draft', rejectedHash: null, authors: by(state, at), ...change(state, data) }));
const to = (status: Status) => present(() => ({ status }));

export const evolve: Evolve<Quotation, typeof quotationEvents> = {
  QuotationDrafted: (_state, { requestId, customerId, accountId, currency, timeZone, policy, ...terms }, { actor }) => ({
    situation: 'present',
    status: 'draft',
    drafted: contentOf({ requestId, currency, ...terms }),
    requestId,
    customerId,
    accountId,
    currency,
    timeZone,
    policy,
    revision: 1,
    terms,
    lines: {},
    authors: [actor.id],
    approvedHashes: [],
    rejectedHash: null,
    number: null,
    issued: null,
    acceptedHash: null,
    advance: null,
    advances: {},
    isWorkApproved: false,
    attachments: {},
    followUp: null,
    metadata: contentOf({}),
  }),
  QuotationTermsSet: written((_state, terms) => ({ terms })),
  QuotationLineAdded: written(({ lines }, line) => ({ lines: { ...lines, [line.lineId]: line } })),
  QuotationLineChanged: written(({ lines }, line) => ({ lines: { ...lines, [line.lineId]: line } })),
  QuotationLineRemoved: written(({ lines }, { lineId }) => ({ lines: without(lines, lineId) })),
  QuotationSubmitted: present((state, _data, at) => ({ status: 'pending_approval', authors: by(state, at) })),
  QuotationApproved: present(({ approvedHashes }, data) => ({ status: 'approved', approvedHashes: [...approvedHashes, data.contentHash] })),
  QuotationRejected: present((_state, data) => ({ status: 'draft', rejectedHash: data.contentHash })),
  QuotationIssued: present((_state, { series, number, quotationNumber, contentHash: hash, validUntil, expiresAt }) => ({
    status: 'issued',
    number: { series, number, text: quotationNumber },
    issued: { contentHash: hash, validUntil, expiresAt },
  })),
  QuotationRevised: present((state, { revision, lines }, at) => ({
    status: 'draft',
    revision,
    lines: Object.fromEntries(lines.map((line) => [line.lineId, { ...state.lines[line.lineId], ...line }])),
    issued: null,
    rejectedHash: null,
    authors: by(state, at),
  })),
  QuotationWithdrawn: to('withdrawn'),
  QuotationAccepted: present((_state, data) => ({ status: 'accepted', acceptedHash: data.contentHash, advance: data.advance ?? null })),
  QuotationDeclined: to('declined'),
  QuotationExpired: to('expired'),
  QuotationFollowUpLogged: present((_state, { followUpId, nextFollowUpOn }) => ({ followUp: { followUpId, on: nextFollowUpOn ?? null } })),
  QuotationFollowUpDue: present(({ followUp }, { followUpId }) => (followUp?.followUpId === followUpId ? { followUp: { followUpId, on: null } } : {})),
  QuotationDocumentAttached: present(({ attachments }, { attachmentId, role }) => ({ attachments: { ...attachments, [attachmentId]: role } })),
  QuotationAdvanceReceived: present(({ advances }, { paymentId, amount }) => ({ advances: { ...advances, [paymentId]: { amount, isReversed: false } } })),
  QuotationAdvanceReversed: present(({ advances }, { paymentId, amount }) => ({ advances: { ...advances, [paymentId]: { amount, isReversed: true } } })),
  WorkBeforeAdvanceApproved: present(() => ({ isWorkApproved: true })),
  QuotationMetadataChanged: present((_state, { metadata }) => ({ metadata: contentOf(metadata) })),
};
