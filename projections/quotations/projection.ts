import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { quotation } from '../../src/domain/quotation/decider.ts';
import type { Line } from '../../src/domain/quotation/state.ts';
import { projecting } from '../kernel/projection.ts';
import { quotationAcceptanceTable, quotationFollowupTable, quotationLineTable, quotationTable } from './tables.ts';

const { projection, when } = projecting({
  quotation: quotationTable,
  line: quotationLineTable,
  followUp: quotationFollowupTable,
  acceptance: quotationAcceptanceTable,
});

type Place = { readonly quotationId: string; readonly revision: number };
const lineKey = ({ quotationId, revision }: Place, lineId: string): string => derivedId(quotationId, ['line', String(revision), lineId]);
const lineRow = (place: Place, line: Line) => ({
  quotation_line_id: lineKey(place, line.lineId),
  service_request_quotation_id: place.quotationId,
  revision: place.revision,
  product_id: line.productId ?? null,
  sku: line.sku ?? null,
  description: line.description,
  quantity: line.quantity,
  unit_price: line.unitPrice.amount,
  discount: line.discount?.amount ?? null,
  amount: line.amount.amount,
  currency_code: line.amount.currency,
  tax_lookup_id: entryId('tax', line.tax),
  tax_rate: line.taxRate,
  is_tax_included: line.isTaxIncluded,
  tax_amount: null,
});
/** What an unissued revision does not have yet. */
const unissued = { net_amount: null, tax_amount: null, total_amount: null, advance_amount: null, valid_until: null, content_hash: null, attachment_id: null };
const draft = { status: 'draft', status_reason: null } as const;

export const quotations = projection({
  name: 'quotations',
  version: 1,
  docs: 'Quotations of service requests, their lines, follow-ups and acceptance.',
  on: [
    when(quotation, {
      QuotationDrafted: ({ aggregateId, data }, rows) =>
        rows.quotation.put({
          service_request_quotation_id: aggregateId,
          service_request_id: data.requestId,
          quotation_number: null,
          revision: 1,
          currency_code: data.currency,
          ...unissued,
          ...draft,
          notes: data.notes ?? null,
          next_follow_up_on: null,
          metadata: {},
        }),
      QuotationTermsSet: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { ...draft, notes: data.notes ?? null }),
      QuotationLineAdded: ({ aggregateId, data }, rows) => {
        const revision = rows.quotation.get(aggregateId)?.revision ?? 1;
        rows.quotation.patch(aggregateId, draft);
        rows.line.put(lineRow({ quotationId: aggregateId, revision }, data));
      },
      QuotationLineChanged: ({ aggregateId, data }, rows) => {
        const revision = rows.quotation.get(aggregateId)?.revision ?? 1;
        rows.quotation.patch(aggregateId, draft);
        rows.line.put(lineRow({ quotationId: aggregateId, revision }, data));
      },
      QuotationLineRemoved: ({ aggregateId, data }, rows) => {
        const revision = rows.quotation.get(aggregateId)?.revision ?? 1;
        rows.quotation.patch(aggregateId, draft);
        rows.line.remove(lineKey({ quotationId: aggregateId, revision }, data.lineId));
      },
      QuotationSubmitted: ({ aggregateId, data }, rows) =>
        rows.quotation.patch(aggregateId, { status: 'pending_approval', status_reason: null, total_amount: data.total.amount }),
      QuotationApproved: ({ aggregateId }, rows) => rows.quotation.patch(aggregateId, { status: 'approved' }),
      QuotationRejected: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { status: 'draft', status_reason: data.reason }),
      QuotationIssued: ({ aggregateId, data }, rows) => {
        rows.quotation.patch(aggregateId, {
          status: 'issued',
          status_reason: null,
          quotation_number: data.quotationNumber,
          net_amount: data.net.amount,
          tax_amount: data.tax.amount,
          total_amount: data.total.amount,
          advance_amount: data.advance?.amount ?? null,
          valid_until: data.validUntil,
          content_hash: data.contentHash,
        });
        const place = { quotationId: aggregateId, revision: data.revision };
        for (const { lineId, tax } of data.lineTaxes) rows.line.patch(lineKey(place, lineId), { tax_amount: tax.amount });
      },
      QuotationRevised: ({ aggregateId, data }, rows) => {
        rows.quotation.patch(aggregateId, { ...unissued, ...draft, revision: data.revision });
        for (const line of data.lines) rows.line.put(lineRow({ quotationId: aggregateId, revision: data.revision }, line));
      },
      QuotationWithdrawn: ({ aggregateId, data }, rows) =>
        rows.quotation.patch(aggregateId, { status: 'withdrawn', status_reason: data.reason, next_follow_up_on: null }),
      QuotationAccepted: ({ aggregateId, data }, rows) => {
        const { signatory, ...customer } = data.snapshot;
        rows.quotation.patch(aggregateId, { status: 'accepted', next_follow_up_on: null });
        rows.acceptance.put({
          quotation_acceptance_id: derivedId(aggregateId, ['acceptance']),
          service_request_quotation_id: aggregateId,
          revision: data.revision,
          content_hash: data.contentHash,
          signatory_id: data.signatoryId,
          signatory_name: signatory.name,
          signatory_email: signatory.email ?? null,
          signatory_phone: signatory.phone ?? null,
          customer_snapshot: { ...customer, ...(signatory.position === undefined ? {} : { signatoryPosition: signatory.position }) },
          accepted_at: data.acceptedAt,
        });
      },
      QuotationDeclined: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { status: 'declined', status_reason: data.reason }),
      QuotationExpired: ({ aggregateId }, rows) => rows.quotation.patch(aggregateId, { status: 'expired' }),
      QuotationFollowUpLogged: ({ aggregateId, data }, rows) => {
        rows.followUp.put({
          quotation_followup_id: data.followUpId,
          service_request_quotation_id: aggregateId,
          notes: data.notes,
          next_follow_up_on: data.nextFollowUpOn ?? null,
          is_due: false,
        });
        rows.quotation.patch(aggregateId, { next_follow_up_on: data.nextFollowUpOn ?? null });
      },
      QuotationFollowUpDue: ({ data }, rows) => rows.followUp.patch(data.followUpId, { is_due: true }),
      QuotationDocumentAttached: ({ aggregateId, data }, rows) => {
        if (data.role === 'quotation') rows.quotation.patch(aggregateId, { attachment_id: data.attachmentId });
      },
      QuotationMetadataChanged: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { metadata: data.metadata }),
    }),
  ],
});
