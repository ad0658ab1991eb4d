import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { quotation } from '../../src/domain/quotation/decider.ts';
import type { Line } from '../../src/domain/quotation/state.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import { quotationAcceptanceTable, quotationFollowupTable, quotationGivenTable, quotationLineTable, quotationRevisionTable, quotationTable } from './tables.ts';

const tables = {
  quotation: quotationTable,
  given: quotationGivenTable,
  revision: quotationRevisionTable,
  line: quotationLineTable,
  followUp: quotationFollowupTable,
  acceptance: quotationAcceptanceTable,
} as const;
const { projection, when } = projecting(tables);
type Told = Rows<typeof tables>;

type Place = { readonly quotationId: string; readonly revision: number };
const lineKey = ({ quotationId, revision }: Place, lineId: string): string => derivedId(quotationId, ['line', String(revision), lineId]);
const revisionKey = ({ quotationId, revision }: Place): string => derivedId(quotationId, ['revision', String(revision)]);
/** Whose a draft is: the company's own. */
const nobodys = { customer_id: null, account_id: null } as const;
type Seen = { readonly tenant: string | null; readonly account: string | null };
/** Whose it is once it is given: as the event says. */
const theirs = ({ tenant, account }: Seen) => ({ customer_id: tenant, account_id: account });
/** What became of an issued revision. */
const became = (rows: Told, place: Place, status: string): void => rows.revision.patch(revisionKey(place), { status });
/** The revision before stood with the customer until now, if it was not declined or over. */
const beforeBecame = (rows: Told, { quotationId, revision }: Place, status: string): void => {
  const before = { quotationId, revision: revision - 1 };
  if (rows.revision.get(revisionKey(before))?.status === 'issued') became(rows, before, status);
};

const lineRow = (place: Place, line: Line) => ({
  quotation_line_id: lineKey(place, line.lineId),
  service_request_quotation_id: place.quotationId,
  revision: place.revision,
  product_id: line.productId ?? null,
  sku: line.sku ?? null,
  description: line.description,
  quantity: line.quantity,
  uom_lookup_id: line.uom === undefined ? null : entryId('uom', line.uom),
  unit_price: line.unitPrice.amount,
  discount: line.discount?.amount ?? null,
  amount: line.amount.amount,
  currency_code: line.amount.currency,
  tax_lookup_id: entryId('tax', line.tax),
  tax_rate: line.taxRate,
  is_tax_included: line.isTaxIncluded,
  tax_amount: null,
  ...nobodys,
});
/** What an unissued revision does not have yet. */
const unissued = { net_amount: null, tax_amount: null, total_amount: null, advance_amount: null, valid_until: null, content_hash: null, attachment_id: null };
const draft = { status: 'draft', status_reason: null } as const;

export const quotations = projection({
  name: 'quotations',
  version: 3,
  docs: 'Quotations of service requests, their revisions, lines, follow-ups and acceptance.',
  on: [
    when(quotation, {
      QuotationDrafted: ({ aggregateId, data }, rows) =>
        rows.quotation.put({
          service_request_quotation_id: aggregateId,
          service_request_id: data.requestId,
          recipient_customer_id: data.customerId,
          recipient_account_id: data.accountId,
          quotation_number: null,
          revision: 1,
          currency_code: data.currency,
          ...unissued,
          ...draft,
          notes: data.notes ?? null,
          next_follow_up_on: null,
          advance_received: '0',
          is_work_approved: false,
          metadata: {},
          is_being_revised: false,
          ...nobodys,
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
      QuotationIssued: (event, rows) => {
        const { aggregateId, data, occurredAt } = event;
        const place = { quotationId: aggregateId, revision: data.revision };
        const money = { net_amount: data.net.amount, tax_amount: data.tax.amount, total_amount: data.total.amount };
        const terms = { advance_amount: data.advance?.amount ?? null, valid_until: data.validUntil, content_hash: data.contentHash };
        rows.revision.put({
          quotation_revision_id: revisionKey(place),
          service_request_quotation_id: aggregateId,
          service_request_id: data.requestId,
          quotation_number: data.quotationNumber,
          revision: data.revision,
          status: 'issued',
          currency_code: data.total.currency,
          ...money,
          ...terms,
          attachment_id: null,
          issued_at: occurredAt,
          ...theirs(event),
        });
        beforeBecame(rows, place, 'superseded');
        rows.given.remove(aggregateId);
        rows.quotation.patch(aggregateId, {
          ...theirs(event),
          is_being_revised: false,
          status: 'issued',
          status_reason: null,
          quotation_number: data.quotationNumber,
          ...money,
          ...terms,
        });
        for (const { lineId, tax } of data.lineTaxes) rows.line.patch(lineKey(place, lineId), { tax_amount: tax.amount, ...theirs(event) });
      },
      QuotationRevised: ({ aggregateId, data }, rows) => {
        const given = rows.quotation.get(aggregateId);
        // Whole, with its owner and the day it was made: the customer sees no difference but that it can no longer be answered.
        if (given !== undefined && given.customer_id !== null) rows.given.put({ ...given, is_being_revised: true });
        rows.quotation.patch(aggregateId, { ...unissued, ...draft, revision: data.revision, is_being_revised: true, ...nobodys });
        for (const line of data.lines) rows.line.put(lineRow({ quotationId: aggregateId, revision: data.revision }, line));
      },
      QuotationWithdrawn: (event, rows) => {
        const { aggregateId, data } = event;
        const place = { quotationId: aggregateId, revision: data.revision };
        const isDraft = rows.revision.get(revisionKey(place)) === undefined;
        if (isDraft) beforeBecame(rows, place, 'withdrawn');
        else became(rows, place, 'withdrawn');
        rows.given.remove(aggregateId);
        const whose = data.wasIssued ? theirs(event) : nobodys;
        // The customer never sees what a later draft had come to.
        const left = isDraft ? { ...unissued, notes: null } : {};
        rows.quotation.patch(aggregateId, {
          ...left,
          is_being_revised: false,
          status: 'withdrawn',
          status_reason: data.reason,
          next_follow_up_on: null,
          ...whose,
        });
      },
      QuotationAccepted: ({ aggregateId, data }, rows) => {
        became(rows, { quotationId: aggregateId, revision: data.revision }, 'accepted');
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
      QuotationDeclined: ({ aggregateId, data }, rows) => {
        became(rows, { quotationId: aggregateId, revision: data.revision }, 'declined');
        rows.quotation.patch(aggregateId, { status: 'declined', status_reason: data.reason });
      },
      QuotationExpired: ({ aggregateId, data }, rows) => {
        became(rows, { quotationId: aggregateId, revision: data.revision }, 'expired');
        rows.quotation.patch(aggregateId, { status: 'expired' });
      },
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
        if (data.role !== 'quotation') return;
        const paper = { attachment_id: data.attachmentId };
        rows.revision.patch(revisionKey({ quotationId: aggregateId, revision: data.revision }), paper);
        // The paper of an earlier revision may be late.
        if (rows.quotation.get(aggregateId)?.revision === data.revision) rows.quotation.patch(aggregateId, paper);
        if (rows.given.get(aggregateId)?.revision === data.revision) rows.given.patch(aggregateId, paper);
      },
      QuotationAdvanceReceived: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { advance_received: data.received.amount }),
      QuotationAdvanceReversed: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { advance_received: data.received.amount }),
      WorkBeforeAdvanceApproved: ({ aggregateId }, rows) => rows.quotation.patch(aggregateId, { is_work_approved: true }),
      QuotationMetadataChanged: ({ aggregateId, data }, rows) => rows.quotation.patch(aggregateId, { metadata: data.metadata }),
    }),
  ],
});
