/**
 * P9, the quotations of a request: the request is told what became of each; one accepted ends the others; a request that ends takes its
 * quotations along. A request that can no longer be quoted → the quotation is withdrawn. That two are never accepted is the quotation's own
 * claim; a draft is not known to its request and cannot be issued once that is decided. Which others are still open when one is accepted,
 * the request says: it is told of each one after the other, so none that is issued at the same moment is overlooked.
 */
import { attachment } from '../../domain/attachment/decider.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { quotation } from '../../domain/quotation/decider.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { defineProcess, on, type Send, send, type Trigger } from './process.ts';

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

export const quotations = defineProcess({
  name: 'Quotation',
  docs: 'A request is told what became of its quotations; one accepted ends the others, and a request that ends withdraws them. Papers hang on their quotation.',
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
      QuotationDocumentAttached: ({ aggregateId, data }) => [
        send(attachment, 'LinkAttachment', { step: 'link', to: data.attachmentId, data: { category: 'quotation', targetId: aggregateId } }),
      ],
    }),
    on(serviceRequest, {
      RequestAccepted: ({ data }) => (data.otherQuotationIds ?? []).map((id) => withdraw(id, 'Another quotation of the request was accepted.')),
      RequestCancelled: ended,
      RequestDeclined: ended,
    }),
  ],
});
