/** Decisions that move a quotation: STATES.md, "Quotation". */
import type { Context } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { compareMoney, isCurrency } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { startOfLocalDay } from '../kernel/time-zone.ts';
import { serviceRequestFact } from '../service-request/state.ts';
import { type Decisions, event } from './lines.ts';
import {
  allows,
  attachmentsMax,
  isAnother,
  isPart,
  isTheirs,
  mayBeIssued,
  notBeingRevised,
  notEmpty,
  policyIn,
  present,
  requestIs,
  requestMayBeQuoted,
  taxesInForce,
  today,
} from './rules.ts';
import { advanceOf, contentOf, hashOf, linesOf, type PresentQuotation, totals } from './state.ts';

const digits = 6;
const current = ({ requestId, revision }: PresentQuotation) => ({ requestId, revision });

/** The number it has, or the next one of the customer's year. */
const numbered = (state: PresentQuotation, { now, takeNumber }: Context) => {
  if (state.number !== null) return { series: state.number.series, number: state.number.number, quotationNumber: state.number.text };
  const year = today(state, now).slice(0, 4);
  const series = `quotation:${state.customerId}:${year}`;
  const number = takeNumber(series);
  return { series, number, quotationNumber: `Q-${year}-${String(number).padStart(digits, '0')}` };
};

const draft: Pick<Decisions, 'DraftQuotation'> = {
  DraftQuotation: (state, command, { facts }) => {
    const { requestId, currency } = command;
    if (!isCurrency(currency)) return reject('unknownCurrency', `${currency} is no currency.`);
    const { policy, validDays } = policyIn(facts, currency);
    const said = { validDays, ...command };
    if (state.situation === 'present') return state.drafted === contentOf(said) ? [] : reject('alreadyDrafted', 'This quotation is there already.');
    const refused = isPart(command.advanceRate) ?? requestIs(facts, requestId);
    const request = serviceRequestFact.of(facts, requestId);
    if (refused !== undefined) return refused;
    if (request === undefined || request.situation === 'absent') return reject('requestNotReady', 'There is no such service request.');
    const { customerId, accountId, timeZone } = request;
    return [event('QuotationDrafted', { customerId, accountId, timeZone, policy, ...said })];
  },
};

const approved = (state: PresentQuotation, command: { readonly contentHash?: string }, context: Context) => {
  const contentHash = hashOf(state);
  const isSeen = command.contentHash === undefined || command.contentHash === contentHash;
  if (!isSeen) return reject('contentChanged', 'It says something else than what was seen.', { contentHash });
  return (
    isAnother(state, context) ?? [event('QuotationApproved', { ...current(state), contentHash, total: totals(state).total, approverId: context.actor.id })]
  );
};
type Approving = 'SubmitQuotation' | 'ApproveQuotation' | 'ApproveLargeQuotation' | 'RejectQuotation';
const approvals: Pick<Decisions, Approving> = {
  SubmitQuotation: (before) => {
    const state = present(before);
    if (state.status === 'pending_approval') return [];
    const asked = () => [event('QuotationSubmitted', { ...current(state), contentHash: hashOf(state), total: totals(state).total })];
    return allows(state, 'SubmitQuotation') ?? notEmpty(state) ?? asked();
  },
  ApproveQuotation: (before, command, context) => {
    const state = present(before);
    if (state.status === 'approved') return [];
    const refused = allows(state, 'ApproveQuotation');
    if (refused !== undefined) return refused;
    const { approverLimit } = state.policy;
    const isLarge = compareMoney(totals(state).total, approverLimit) > 0;
    return isLarge
      ? reject('aboveApproverLimit', 'This much is approved with quotation-value:approve only.', { approverLimit })
      : approved(state, command, context);
  },
  ApproveLargeQuotation: (before, command, context) => {
    const state = present(before);
    return state.status === 'approved' ? [] : (allows(state, 'ApproveLargeQuotation') ?? approved(state, command, context));
  },
  RejectQuotation: (before, { reason }, { actor }) => {
    const state = present(before);
    const contentHash = hashOf(state);
    if (state.status === 'draft' && state.rejectedHash === contentHash) return [];
    return allows(state, 'RejectQuotation') ?? [event('QuotationRejected', { ...current(state), contentHash, reviewerId: actor.id, reason })];
  },
};

type Offering = 'IssueQuotation' | 'ReviseQuotation' | 'WithdrawQuotation' | 'DeclineQuotation' | 'ExpireQuotation';
const offers: Pick<Decisions, Offering> = {
  IssueQuotation: (before, command, context) => {
    const state = present(before);
    if (state.status === 'issued') return [];
    const refused = allows(state, 'IssueQuotation') ?? notEmpty(state) ?? taxesInForce(state, context);
    if (refused !== undefined) return refused;
    const { lineTaxes, net, tax, total } = totals(state);
    const day = today(state, context.now);
    const validUntil = command.validUntil ?? addDays(day, state.terms.validDays);
    const over = validUntil < day ? reject('validityOver', 'It would be over before it is issued.') : undefined;
    const unready = mayBeIssued(state, total) ?? over ?? requestMayBeQuoted(context.facts, state.requestId);
    if (unready !== undefined) return unready;
    const advance = advanceOf(state, total);
    return [
      event('QuotationIssued', {
        ...current(state),
        ...numbered(state, context),
        contentHash: hashOf(state),
        net,
        tax,
        total,
        ...(advance === undefined ? {} : { advance }),
        lineTaxes,
        validUntil,
        expiresAt: startOfLocalDay(addDays(validUntil, 1), state.timeZone),
      }),
    ];
  },
  ReviseQuotation: (before, command) => {
    const state = present(before);
    const { status } = state;
    if (status !== 'issued' && status !== 'declined' && status !== 'expired') return allows(state, 'ReviseQuotation') ?? [];
    // The customer is told of it, and why a price was given is the company's business.
    const lines = linesOf(state).map(({ priceReason: _reason, ...line }) => line);
    return [event('QuotationRevised', { requestId: state.requestId, revision: state.revision + 1, from: status, lines, ...command })];
  },
  WithdrawQuotation: (before, { reason }) => {
    const state = present(before);
    if (state.status === 'withdrawn') return [];
    // Also a draft revised from an issued one: the request still counts on the revision before.
    return allows(state, 'WithdrawQuotation') ?? [event('QuotationWithdrawn', { ...current(state), wasIssued: state.number !== null, reason })];
  },
  DeclineQuotation: (before, { reason }) => {
    const state = present(before);
    if (state.status === 'declined') return [];
    return notBeingRevised(state) ?? allows(state, 'DeclineQuotation') ?? [event('QuotationDeclined', { ...current(state), reason })];
  },
  ExpireQuotation: (before, { revision }, { now }) => {
    const state = present(before);
    const isOver = state.status === 'issued' && state.revision === revision && state.issued !== null && now >= state.issued.expiresAt;
    return isOver && state.issued !== null ? [event('QuotationExpired', { ...current(state), validUntil: state.issued.validUntil })] : [];
  },
};

type Noting = 'LogFollowUp' | 'RemindOfFollowUp' | 'AttachQuotationDocument' | 'RecordQuotationDocument' | 'SetQuotationMetadata';
const noting: Pick<Decisions, Noting> = {
  LogFollowUp: (before, command, { now, newId }) => {
    const state = present(before);
    const { nextFollowUpOn: on } = command;
    const followUpId = newId(0);
    const refused = allows(state, 'LogFollowUp');
    if (refused !== undefined || state.followUp?.followUpId === followUpId) return refused ?? [];
    if (on !== undefined && on < today(state, now)) return reject('inThePast', 'The next day to ask has passed.');
    return [event('QuotationFollowUpLogged', { followUpId, ...command, ...(on === undefined ? {} : { remindAt: startOfLocalDay(on, state.timeZone) }) })];
  },
  RemindOfFollowUp: (before, { followUpId }, { now }) => {
    const { followUp, status, timeZone } = present(before);
    if (followUp === null || followUp.followUpId !== followUpId || followUp.on === null) return [];
    const isDue = status !== 'accepted' && status !== 'withdrawn' && now >= startOfLocalDay(followUp.on, timeZone);
    return isDue ? [event('QuotationFollowUpDue', { followUpId, on: followUp.on })] : [];
  },
  AttachQuotationDocument: (before, command, { facts }) => {
    const state = present(before);
    const refused = allows(state, 'AttachQuotationDocument');
    if (refused !== undefined || state.attachments[command.attachmentId] === command.role) return refused ?? [];
    const strange = isTheirs(state, command, facts);
    if (strange !== undefined) return strange;
    const isFull = Object.keys(state.attachments).length >= attachmentsMax;
    return isFull
      ? reject('tooMany', `At most ${attachmentsMax} papers.`, { max: attachmentsMax })
      : [event('QuotationDocumentAttached', { ...command, revision: state.revision })];
  },
  RecordQuotationDocument: (before, { attachmentId, revision }) => {
    const state = present(before);
    const wasIssued = revision < state.revision || (revision === state.revision && state.issued !== null);
    if (!wasIssued || state.attachments[attachmentId] === 'quotation') return [];
    return [event('QuotationDocumentAttached', { attachmentId, role: 'quotation', revision })];
  },
  SetQuotationMetadata: (before, command) => {
    const state = present(before);
    return allows(state, 'SetQuotationMetadata') ?? (state.metadata === contentOf(command.metadata) ? [] : [event('QuotationMetadataChanged', command)]);
  },
};

export const stepDecisions = { ...draft, ...approvals, ...offers, ...noting };
