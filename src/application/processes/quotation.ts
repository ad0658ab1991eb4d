/**
 * P9, the quotations of a request: the request is told what became of each; one accepted ends the others; a request that ends takes its
 * quotations along. A request that can no longer be quoted → the quotation is withdrawn. That two are never accepted is the quotation's own
 * claim; a draft is not known to its request and cannot be issued once that is decided.
 */
import type { Reference } from '../../domain/kernel/aggregate.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { quotation } from '../../domain/quotation/decider.ts';
import { serviceRequest } from '../../domain/service-request/decider.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
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
const itsRequest = ({ data }: Trigger<{ readonly requestId: string }>): readonly Reference[] => [serviceRequestFact.at(data.requestId)];
const ended = ({ data }: Trigger<{ readonly reason: string; readonly quotationIds: readonly string[] }>): readonly Send[] =>
  data.quotationIds.map((id) => withdraw(id, cut(data.reason)));

export const quotations = defineProcess({
  name: 'Quotation',
  docs: 'A request is told what became of its quotations; one accepted ends the others, and a request that ends withdraws them.',
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
      QuotationAccepted: {
        reads: itsRequest,
        react: ({ aggregateId, data }, facts) => {
          const request = serviceRequestFact.of(facts, data.requestId);
          const live = request === undefined || request.situation === 'absent' ? [] : request.quotations;
          // The others first: once the request is told, it no longer knows them, and a redelivery would find none.
          return [
            ...live.filter((id) => id !== aggregateId).map((id) => withdraw(id, 'Another quotation of the request was accepted.')),
            send(serviceRequest, 'MarkAccepted', { step: 'accepted', to: data.requestId, data: { quotationId: aggregateId } }),
          ];
        },
      },
      QuotationDeclined: lapsed,
      QuotationExpired: lapsed,
      QuotationWithdrawn: (event) => (event.data.wasIssued ? lapsed(event) : []),
    }),
    on(serviceRequest, { RequestCancelled: ended, RequestDeclined: ended }),
  ],
});
