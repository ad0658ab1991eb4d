import { defineEvents } from '../kernel/aggregate.ts';
import {
  businessDate,
  code,
  decimal,
  email,
  fields,
  flag,
  instant,
  integer,
  list,
  lookup,
  metadata,
  money,
  note,
  oneOf,
  optional,
  phone,
  text,
  timeZone,
  uuid,
} from '../kernel/schema.ts';

export const statuses = ['draft', 'pending_approval', 'approved', 'issued', 'accepted', 'declined', 'expired', 'withdrawn'] as const;
export const documentRoles = ['quotation', 'technical', 'other'] as const;
export const linesMax = 200;
const hash = () => text({ max: 64, pattern: '^[0-9a-f]{64}$', docs: 'SHA-256 of the canonical content' });
export const contentHash = hash;
/** What is agreed beside the lines. `advanceRate`: the part of the total to be paid before work, 0–1. */
export const terms = { notes: optional(note()), validDays: integer({ min: 1, max: 365 }), advanceRate: optional(decimal()) } as const;
/** One line as it is charged: `amount` = unit price × quantity − discount, rounded once (BI-4); the tax as the catalog had it that day. */
export const line = {
  lineId: uuid(),
  productId: optional(uuid()),
  sku: optional(text({ max: 30 })),
  description: text({ max: 500 }),
  quantity: decimal(),
  /** What is counted; where nobody says, pieces. */
  uom: optional(lookup('uom')),
  unitPrice: money(),
  priceReason: optional(text({ max: 500 })),
  discount: optional(money()),
  amount: money(),
  tax: lookup('tax'),
  taxRate: decimal(),
  isTaxIncluded: flag('The price holds the tax already.'),
} as const;
/** What was asked and what it comes to. */
const totals = { net: money(), tax: money(), total: money() } as const;
const revision = { requestId: uuid(), revision: integer({ min: 1 }) } as const;
const reason = { reason: text({ max: 1000 }) } as const;

/** The customer as it accepted: who signed for it, and under which name, tax id and address. */
export const snapshot = fields({
  customerName: text(),
  legalName: optional(text()),
  taxIdKind: optional(code()),
  taxId: optional(text({ max: 40 })),
  address: optional(
    fields({
      street: text(),
      municipio: optional(lookup('municipio')),
      zona: optional(lookup('zona')),
      postalCode: optional(code({ max: 20 })),
      country: text({ max: 2 }),
    }),
  ),
  signatory: fields({
    name: text({ personal: true }),
    position: optional(text()),
    email: optional(email({ personal: true })),
    phone: optional(phone({ personal: true })),
  }),
});

export const quotationEvents = defineEvents({
  QuotationDrafted: {
    version: 1,
    docs: 'An offer for a service request is being written, under the policy of that day.',
    schema: fields({
      requestId: uuid(),
      customerId: uuid(),
      accountId: uuid(),
      currency: text({ max: 3 }),
      timeZone: timeZone(),
      policy: fields({ approvalLimit: money(), approverLimit: money() }),
      ...terms,
    }),
  },
  QuotationTermsSet: { version: 1, docs: 'Notes, validity or advance changed; an approval no longer holds.', schema: fields(terms) },
  QuotationLineAdded: { version: 1, docs: 'Something is offered; an approval no longer holds.', schema: fields(line) },
  QuotationLineChanged: { version: 1, docs: 'A line says something else; an approval no longer holds.', schema: fields(line) },
  QuotationLineRemoved: { version: 1, docs: 'A line is no longer offered; an approval no longer holds.', schema: fields({ lineId: uuid() }) },

  QuotationSubmitted: {
    version: 1,
    docs: 'Approval is asked for, of exactly this content.',
    schema: fields({ ...revision, contentHash: hash(), total: money() }),
  },
  QuotationApproved: {
    version: 1,
    docs: 'Somebody who wrote none of it approved exactly this content.',
    schema: fields({ ...revision, contentHash: hash(), total: money(), approverId: text({ max: 100 }) }),
  },
  QuotationRejected: {
    version: 1,
    docs: 'This content was not approved; it is a draft again.',
    schema: fields({ ...revision, contentHash: hash(), reviewerId: text({ max: 100 }), ...reason }),
  },

  QuotationIssued: {
    version: 1,
    docs: 'The revision is with the customer, until the end of a day. The number is the customer’s series of the year, taken once for all revisions.',
    schema: fields({
      ...revision,
      quotationNumber: text({ max: 40 }),
      series: text({ max: 100 }),
      number: integer({ min: 1 }),
      contentHash: hash(),
      ...totals,
      advance: optional(money()),
      lineTaxes: list(fields({ lineId: uuid(), tax: money() }), { max: linesMax }),
      validUntil: businessDate(),
      expiresAt: instant(),
    }),
  },
  QuotationRevised: {
    version: 1,
    docs: 'A new revision is drafted from the one before, which no longer counts. Why a price is another than the product’s is not told again.',
    schema: fields({
      ...revision,
      from: oneOf(['issued', 'declined', 'expired']),
      lines: list(fields(line), { max: linesMax }),
      reason: optional(text({ max: 1000 })),
    }),
  },
  QuotationWithdrawn: {
    version: 1,
    docs: 'The company no longer offers it.',
    schema: fields({ ...revision, wasIssued: flag(), ...reason }),
  },
  QuotationAccepted: {
    version: 1,
    docs: 'The customer accepted this revision, with this content; it never changes again.',
    subject: 'signatoryId',
    schema: fields({
      ...revision,
      contentHash: hash(),
      acceptedAt: instant(),
      total: money(),
      advance: optional(money()),
      signatoryId: uuid(),
      snapshot,
    }),
  },
  QuotationDeclined: { version: 1, docs: 'The customer does not want it: why it was lost.', schema: fields({ ...revision, ...reason }) },
  QuotationExpired: { version: 1, docs: 'Nobody accepted it in time.', schema: fields({ ...revision, validUntil: businessDate() }) },

  QuotationFollowUpLogged: {
    version: 1,
    docs: 'Somebody asked after it, and will again on a day.',
    isCompanysOwn: true,
    schema: fields({ followUpId: uuid(), notes: note(), nextFollowUpOn: optional(businessDate()), remindAt: optional(instant()) }),
  },
  QuotationFollowUpDue: { version: 1, docs: 'The day to ask again has come.', isCompanysOwn: true, schema: fields({ followUpId: uuid(), on: businessDate() }) },
  QuotationDocumentAttached: {
    version: 1,
    docs: 'A paper belongs to it; the last one in the role `quotation` is the document itself.',
    schema: fields({ attachmentId: uuid(), role: oneOf(documentRoles), revision: integer({ min: 1 }) }),
  },
  QuotationAdvanceReceived: {
    version: 1,
    docs: 'A payment towards the advance is in. `received` is what all of them come to; the work may begin once that is the advance.',
    schema: fields({ requestId: uuid(), paymentId: uuid(), amount: money(), received: money(), isWhole: flag() }),
  },
  QuotationAdvanceReversed: {
    version: 1,
    docs: 'A payment towards the advance was not good after all.',
    schema: fields({ requestId: uuid(), paymentId: uuid(), amount: money(), received: money(), ...reason }),
  },
  WorkBeforeAdvanceApproved: {
    version: 1,
    docs: 'Somebody who wrote none of the quotation lets the work begin before its advance is in.',
    schema: fields({ requestId: uuid(), approverId: text({ max: 100 }), ...reason }),
  },
  QuotationMetadataChanged: { version: 1, docs: 'Extra facts were replaced.', schema: fields({ metadata: metadata() }) },
});
