/** The quotation's policies: each a sentence with a name, a refusal or nothing. */
import { attachmentFact } from '../attachment/state.ts';
import { type Catalog, catalogFact } from '../catalog/decider.ts';
import type { Context, Facts, Frozen } from '../kernel/aggregate.ts';
import { compareDecimals, isDecimal } from '../kernel/decimal.ts';
import { compareMoney, type Money, money, zeroMoney } from '../kernel/money.ts';
import { reject } from '../kernel/rejection.ts';
import { localDate } from '../kernel/time-zone.ts';
import { catalogId } from '../kernel/well-known.ts';
import { serviceRequestFact } from '../service-request/state.ts';
import type { documentRoles } from './events.ts';
import { hashOf, isGiven, linesOf, type PresentQuotation, type Quotation, type Status } from './state.ts';

export const taxes = catalogId('tax');
export const quotationPolicies = catalogId('quotation-policy');
export const attachmentsMax = 50;
/** Fewer than events about them hold, so that some issued at the same moment still have room. */
const quotationsMax = 20;
const validDaysOtherwise = 30;

export const present = (state: Frozen<Quotation>): PresentQuotation => {
  if (state.situation === 'absent') throw new Error('a command reached a quotation that does not exist');
  return state;
};

const edits = ['SetQuotationTerms', 'AddQuotationLine', 'ChangeQuotationLine', 'RemoveQuotationLine'] as const;
const notes = ['LogFollowUp', 'AttachQuotationDocument', 'SetQuotationMetadata'] as const;
/** What an accepted quotation still waits for. None of it changes what was accepted. */
const advances = ['RecordQuotationAdvance', 'ReverseQuotationAdvance', 'ApproveWorkBeforeAdvance'] as const;
/** STATES.md, "Quotation": what may be asked of it in each state. */
const allowed: Readonly<Record<Status, readonly string[]>> = {
  draft: [...edits, 'SubmitQuotation', 'IssueQuotation', 'WithdrawQuotation', ...notes],
  pending_approval: [...edits, 'ApproveQuotation', 'ApproveLargeQuotation', 'RejectQuotation', 'WithdrawQuotation', ...notes],
  approved: [...edits, 'IssueQuotation', 'WithdrawQuotation', ...notes],
  issued: ['AcceptQuotation', 'DeclineQuotation', 'ReviseQuotation', 'WithdrawQuotation', ...notes],
  declined: ['ReviseQuotation', ...notes],
  expired: ['ReviseQuotation', ...notes],
  accepted: advances,
  withdrawn: [],
};
/** Refuses what the state does not let, and lists what it does. */
export const allows = ({ status }: PresentQuotation, command: string) =>
  allowed[status].includes(command) ? undefined : reject('notAllowedNow', `The quotation is ${status}.`, { status, allowed: allowed[status] });

/** While a new revision is written the one before is answered no more; how far the new one is, is the company's own. */
export const notBeingRevised = (state: PresentQuotation) =>
  state.number === null || isGiven(state) ? undefined : reject('beingRevised', 'A new revision is being written.');

const entryOf = (facts: Facts, catalog: string, code: string) => {
  const found: Frozen<Catalog> | undefined = catalogFact.of(facts, catalog);
  return found !== undefined && Object.hasOwn(found.entries, code) ? found.entries[code]?.entry : undefined;
};
const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const limitIn = (limits: unknown, name: string, currency: string): Money => {
  const amount = record(record(limits)[currency])[name];
  return typeof amount === 'string' && isDecimal(amount) ? money(amount, currency) : zeroMoney(currency);
};
/** The policy for new quotations in a currency; one that is not listed has the limit zero. */
export const policyIn = (facts: Facts, currency: string) => {
  const { validDays, limits } = entryOf(facts, quotationPolicies, 'default')?.attributes ?? {};
  const isDays = typeof validDays === 'number' && Number.isInteger(validDays) && validDays >= 1 && validDays <= 365;
  return {
    validDays: isDays ? validDays : validDaysOtherwise,
    policy: { approvalLimit: limitIn(limits, 'approvalLimit', currency), approverLimit: limitIn(limits, 'approverLimit', currency) },
  };
};

export type TaxInForce = { readonly taxRate: string; readonly isTaxIncluded: boolean };
/** The rate of a tax on a day: in force from `validFrom` up to, but not on, `validTo`. */
export const taxOn = (facts: Facts, code: string, day: string): TaxInForce | undefined => {
  const { rate, validFrom, validTo, isIncludedInPrice } = entryOf(facts, taxes, code)?.attributes ?? {};
  if (typeof rate !== 'string' || !/^[0-9]{1,3}(\.[0-9]{1,6})?$/.test(rate) || !isDecimal(rate)) return undefined;
  if ((typeof validFrom === 'string' && day < validFrom) || (typeof validTo === 'string' && day >= validTo)) return undefined;
  return { taxRate: rate, isTaxIncluded: isIncludedInPrice === true };
};
export const today = ({ timeZone }: Pick<PresentQuotation, 'timeZone'>, now: string): string => localDate(now, timeZone);

/** An advance is at most the whole. */
export const isPart = (advanceRate: string | undefined) =>
  advanceRate !== undefined && compareDecimals(advanceRate, '1') > 0 ? reject('advanceTooLarge', 'An advance is at most the whole total: 0 to 1.') : undefined;
export const notEmpty = (state: PresentQuotation) => (linesOf(state).length === 0 ? reject('emptyQuotation', 'The quotation offers nothing yet.') : undefined);

/** QC-3: within the limit, or approved to the letter. */
export const mayBeIssued = (state: PresentQuotation, total: Money) => {
  const { approvalLimit } = state.policy;
  if (compareMoney(total, approvalLimit) <= 0 || state.approvedHashes.includes(hashOf(state))) return undefined;
  return reject('approvalNeeded', 'Above the limit it is issued only as it was approved.', { total, approvalLimit });
};
/** TE-10: who wrote or submitted any of it does not approve it. */
export const isAnother = ({ authors }: PresentQuotation, { actor }: Context) =>
  authors.includes(actor.id) ? reject('ownWork', 'Whoever wrote or submitted a quotation does not approve it.') : undefined;

/** Every line's tax is still what the catalog says on the day of issue. */
export const taxesInForce = (state: PresentQuotation, { facts, now }: Context) => {
  const stale = linesOf(state).filter(({ tax, taxRate, isTaxIncluded }) => {
    const current = taxOn(facts, tax, today(state, now));
    return current === undefined || compareDecimals(current.taxRate, taxRate) !== 0 || current.isTaxIncluded !== isTaxIncluded;
  });
  return stale.length === 0
    ? undefined
    : reject('taxNotInForce', 'The tax of some lines is another one today: change these lines.', { lineIds: stale.map(({ lineId }) => lineId) });
};

type Paper = { readonly attachmentId: string; readonly role: (typeof documentRoles)[number] };
/** A paper is the customer's own or the company's; the document itself is the customer's, who could not see it else. */
export const isTheirs = ({ customerId }: PresentQuotation, { attachmentId, role }: Paper, facts: Facts) => {
  const file = attachmentFact.of(facts, attachmentId);
  const owner = file === undefined || file.situation !== 'present' ? undefined : file.customerId;
  const isFitting = owner === customerId || (owner === null && role !== 'quotation');
  return isFitting ? undefined : reject('otherCustomersFile', 'The file is not this customer’s.', { attachmentId });
};

const undecided = ['submitted', 'in_review', 'quoted'] as const;
/** The request is still to be decided; `steps`: those of these that will do. */
export const requestIs = (facts: Facts, requestId: string, steps: readonly string[] = undecided) => {
  const request = serviceRequestFact.of(facts, requestId);
  const status = request === undefined || request.situation === 'absent' ? 'unknown' : request.status;
  return steps.includes(status) ? undefined : reject('requestNotReady', `The service request is ${status}.`, { status, allowed: steps });
};
/** The request can be told that it is quoted: looked into, and reviewed where its type wants that. */
export const requestMayBeQuoted = (facts: Facts, requestId: string) => {
  const refused = requestIs(facts, requestId, ['in_review', 'quoted']);
  const request = serviceRequestFact.of(facts, requestId);
  if (refused !== undefined || request === undefined || request.situation === 'absent') return refused;
  const { review, policy, quotations } = request;
  if (quotations.length >= quotationsMax)
    return reject('requestNotReady', `At most ${quotationsMax} quotations of a request are with the customer at once.`, { max: quotationsMax });
  const isReviewed = review.status === 'approved' || (review.status !== 'pending' && !policy.review);
  return isReviewed ? undefined : reject('requestNotReady', 'The service request waits for its manager’s review.', { review: review.status });
};
