import { attachmentFact } from '../attachment/state.ts';
import { catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import type { Aggregate, Claim, Deadlines, Frozen, Guards } from '../kernel/aggregate.ts';
import { productFact } from '../product/state.ts';
import { serviceRequestFact } from '../service-request/state.ts';
import { acceptance } from './acceptance.ts';
import { advanceDecisions } from './advance.ts';
import { quotationCommands } from './commands.ts';
import { quotationEvents } from './events.ts';
import { lineDecisions } from './lines.ts';
import { quotationPolicies, taxes } from './rules.ts';
import { evolve, initial, isGiven, type Quotation } from './state.ts';
import { stepDecisions } from './steps.ts';

type Content = { readonly productId?: string };
const priced = (_state: Frozen<Quotation>, { productId }: Content) => [catalogFact.at(taxes), ...(productId === undefined ? [] : [productFact.at(productId)])];
const ofRequest = (state: Frozen<Quotation>) => (state.situation === 'absent' ? [] : [serviceRequestFact.at(state.requestId)]);

const guards: Guards<Quotation, typeof quotationCommands> = {
  DraftQuotation: (_state, { requestId }) => [serviceRequestFact.at(requestId), catalogFact.at(quotationPolicies)],
  AddQuotationLine: priced,
  ChangeQuotationLine: priced,
  IssueQuotation: (state) => [catalogFact.at(taxes), ...ofRequest(state)],
  AttachQuotationDocument: (_state, { attachmentId }) => [attachmentFact.at(attachmentId)],
  AcceptQuotation: (state) => (state.situation === 'absent' ? [] : [...ofRequest(state), customerFact.at(state.customerId)]),
};

const off = (name: string) => ({ change: 'cancel' as const, name });
const followUp = 'follow-up';
const validity = 'valid-until';
/** The end of its last day, and the day to ask again. */
const deadlines: Deadlines<typeof quotationEvents> = {
  QuotationIssued: ({ expiresAt, revision }) => [{ change: 'set', name: validity, dueAt: expiresAt, command: 'ExpireQuotation', data: { revision } }],
  QuotationRevised: () => [off(validity)],
  QuotationDeclined: () => [off(validity)],
  QuotationAccepted: () => [off(validity), off(followUp)],
  QuotationWithdrawn: () => [off(validity), off(followUp)],
  QuotationFollowUpLogged: ({ followUpId, remindAt }) =>
    remindAt === undefined ? [off(followUp)] : [{ change: 'set', name: followUp, dueAt: remindAt, command: 'RemindOfFollowUp', data: { followUpId } }],
};

/** A request has one accepted quotation, ever: whichever is accepted first holds this. */
const claims = (state: Frozen<Quotation>): readonly Claim[] =>
  state.situation === 'present' && state.status === 'accepted' ? [{ kind: 'requestAcceptance', scope: state.customerId, value: state.requestId }] : [];

/** An offer for a service request, revision by revision, to the customer's yes or no. */
export const quotation: Aggregate<'quotation', Quotation, typeof quotationCommands, typeof quotationEvents> = {
  category: 'quotation',
  docs: 'An offer for a service request, revision by revision, to the customer’s yes or no. One revision is current; an accepted one never changes.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: quotationEvents,
  commands: quotationCommands,
  initial,
  decide: { ...stepDecisions, ...lineDecisions, ...acceptance, ...advanceDecisions },
  evolve,
  guards,
  deadlines,
  // A draft is the company's own business, also that of a later revision: no surface shows a customer what is not issued.
  tenantOf: (state) => (state.situation === 'absent' || !isGiven(state) ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' || !isGiven(state) ? null : state.accountId),
  // Whom a revision was given to may ask after it while the next one is written, and is told so.
  knownTo: (state) => (state.situation === 'absent' || state.number === null ? null : { tenant: state.customerId, account: state.accountId }),
  claims,
  numbers: (state) => (state.situation === 'absent' || state.number === null ? [] : [{ series: state.number.series, number: state.number.number }]),
  exists: ({ situation }) => situation !== 'absent',
};
