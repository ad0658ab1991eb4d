/**
 * P9, the quotations of a request: the request is told what became of each; one accepted ends the others; a request that ends takes its
 * quotations along. A request that can no longer be quoted → the quotation is withdrawn. That two are never accepted is the quotation's own
 * claim; a draft is not known to its request and cannot be issued once that is decided. Which others are still open when one is accepted,
 * the request says: it is told of each one after the other, so none that is issued at the same moment is overlooked.
 *
 * An accepted request whose advance is in, or was not asked for, goes on as its type says: its visits are planned and its order is opened. Of
 * acceptance, advance and the end of a hold the last one finds all there; whichever of them are told anew find it done. A person who planned or
 * opened first wins.
 */
import { attachment } from '../../domain/attachment/decider.ts';
import type { Facts, Reference } from '../../domain/kernel/aggregate.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { quotation } from '../../domain/quotation/decider.ts';
import { awaitedAdvance, type PresentQuotation, quotationFact, totals } from '../../domain/quotation/state.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { isAgreed } from '../../domain/service-request/rules.ts';
import { isHeld, type PresentRequest, serviceRequestFact } from '../../domain/service-request/state.ts';
import { workOrder } from '../../domain/work-order/decider.ts';
import { defineProcess, on, type Reaction, type Send, send, type Trigger } from './process.ts';

const reasonMax = 1000;
// By code points: half a character could not be stored.
const cut = (text: string): string => [...text].slice(0, reasonMax).join('');
const because = ({ message }: Rejection): string => cut(`The service request could not be quoted: ${message}`);

const withdraw = (quotationId: string, reason: string): Send =>
  send(quotation, 'WithdrawQuotation', { step: `withdraw-${quotationId}`, to: quotationId, data: { reason } });
const lapsed = ({ aggregateId, data }: Trigger<{ readonly requestId: string }>): readonly Send[] => [
  send(serviceRequest, 'ReturnToReview', { step: 'lapsed', to: data.requestId, data: { quotationId: aggregateId } }),
];
const ended = ({ data }: Trigger<{ readonly reason: string; readonly quotationIds: readonly string[] }>): readonly Send[] =>
  data.quotationIds.map((id) => withdraw(id, cut(data.reason)));
const withdrawOthers = ({ data }: Trigger<{ readonly otherQuotationIds?: readonly string[] }>): readonly Send[] =>
  (data.otherQuotationIds ?? []).map((id) => withdraw(id, 'Another quotation of the request was accepted.'));

/** The order of an acceptance: the same one, whatever it was opened after. */
export const agreedOrderId = (quotationId: string): string => derivedId(quotationId, ['order']);
const requestOf = (facts: Facts, requestId: string): PresentRequest | undefined => {
  const found = serviceRequestFact.of(facts, requestId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};
/** The quotation that the request was accepted with, where its type has something follow from that. */
const leadingOn = ({ policy, acceptedQuotationId }: PresentRequest): string | undefined =>
  policy.visitsFrom === undefined && policy.orderOnAcceptance === undefined ? undefined : (acceptedQuotationId ?? undefined);
const agreedReads = (requestId: string, facts: Facts): readonly Reference[] => {
  const request = requestOf(facts, requestId);
  const quotationId = request === undefined ? undefined : leadingOn(request);
  return [serviceRequestFact.at(requestId), ...(quotationId === undefined ? [] : [quotationFact.at(quotationId)])];
};
type Agreed = { readonly requestId: string; readonly request: PresentRequest; readonly quotationId: string; readonly accepted: PresentQuotation };
const visits = ({ requestId, request: { policy, plan } }: Agreed): readonly Send[] =>
  policy.visitsFrom === undefined || plan !== null ? [] : [send(serviceRequest, 'PlanAgreedVisits', { step: 'visits', to: requestId, data: {} })];
const order = ({ requestId, request, quotationId, accepted }: Agreed): readonly Send[] => {
  const kind = request.policy.orderOnAcceptance;
  const isThere = Object.values(request.works).some(
    (work) => work.workKind === 'workOrder' && work.kind === kind && (work.status === 'open' || work.status === 'completed'),
  );
  if (kind === undefined || isThere) return [];
  const { total: budget } = totals(accepted);
  // The request says which unit, whose, and in what words.
  const data = { requestId, kind, description: '', currency: accepted.currency, attachmentIds: [], budget, source: 'quotation' as const };
  return [send(workOrder, 'OpenWorkOrder', { step: 'order', to: agreedOrderId(quotationId), data })];
};
/** What follows from an acceptance, once nothing is waited for. */
const goOn = (requestId: string, facts: Facts): readonly Send[] => {
  const request = requestOf(facts, requestId);
  const quotationId = request === undefined ? undefined : leadingOn(request);
  if (request === undefined || quotationId === undefined || !isAgreed(request) || isHeld(request)) return [];
  const accepted = quotationFact.of(facts, quotationId);
  if (accepted === undefined || accepted.situation === 'absent' || awaitedAdvance(accepted) !== undefined) return [];
  const agreed = { requestId, request, quotationId, accepted };
  return [...visits(agreed), ...order(agreed)];
};
const advanceSettled: Reaction<{ readonly requestId: string }> = {
  reads: ({ data }, facts) => agreedReads(data.requestId, facts),
  react: ({ data }, facts) => goOn(data.requestId, facts),
};

export const quotations = defineProcess({
  name: 'Quotation',
  docs: 'A request is told what became of its quotations; one accepted ends the others, plans the visits and opens the order that the type of service says, and a request that ends withdraws them. Papers hang on their quotation.',
  from: 'start',
  on: [
    on(quotation, {
      QuotationIssued: ({ aggregateId, data }) => [
        send(serviceRequest, 'MarkQuoted', {
          step: 'quoted',
          to: data.requestId,
          data: { quotationId: aggregateId },
          refused: (rejection) => [withdraw(aggregateId, because(rejection))],
        }),
      ],
      QuotationAccepted: ({ aggregateId, data }) => [
        send(serviceRequest, 'MarkAccepted', { step: 'accepted', to: data.requestId, data: { quotationId: aggregateId } }),
      ],
      QuotationDeclined: lapsed,
      QuotationExpired: lapsed,
      QuotationWithdrawn: (event) => (event.data.wasIssued ? lapsed(event) : []),
      QuotationAdvanceReceived: advanceSettled,
      WorkBeforeAdvanceApproved: advanceSettled,
      QuotationDocumentAttached: ({ aggregateId, data }) => [
        send(attachment, 'LinkAttachment', { step: 'link', to: data.attachmentId, data: { category: 'quotation', targetId: aggregateId } }),
      ],
    }),
    on(serviceRequest, {
      RequestAccepted: {
        reads: ({ aggregateId }, facts) => agreedReads(aggregateId, facts),
        react: (event, facts) => [...withdrawOthers(event), ...goOn(event.aggregateId, facts)],
      },
      RequestHoldReleased: {
        reads: ({ aggregateId }, facts) => agreedReads(aggregateId, facts),
        react: ({ aggregateId }, facts) => goOn(aggregateId, facts),
      },
      RequestCancelled: ended,
      RequestDeclined: ended,
    }),
  ],
});
