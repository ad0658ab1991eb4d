import { defineCommands } from '../kernel/aggregate.ts';
import {
  businessDate,
  currency,
  decimal,
  email,
  fields,
  integer,
  lookup,
  metadata,
  money,
  note,
  oneOf,
  optional,
  phone,
  ref,
  text,
  uuid,
} from '../kernel/schema.ts';
import { contentHash, documentRoles, terms } from './events.ts';

const edit = 'quotation:edit';
const approve = 'quotation:approve';
const reason = { reason: text({ max: 1000 }) } as const;
const order = ['notAllowedNow'] as const;
const content = {
  productId: optional(ref('product')),
  description: optional(text({ max: 500 })),
  quantity: decimal(),
  unitPrice: optional(money()),
  priceReason: optional(text({ max: 500 })),
  discount: optional(money()),
  tax: optional(lookup('tax')),
} as const;
const wrongLine = [
  'productRetired',
  'descriptionNeeded',
  'priceNeeded',
  'priceReasonNeeded',
  'taxNeeded',
  'taxNotInForce',
  'otherCurrency',
  'quantityNeeded',
  'discountTooLarge',
  'amountTooLarge',
] as const;
const draft = { notes: optional(note()), validDays: optional(integer({ min: 1, max: 365 })), advanceRate: optional(decimal()) } as const;

export const quotationCommands = defineCommands({
  DraftQuotation: {
    permission: 'quotation:create',
    docs: 'Begins an offer for a service request that is not decided yet. Customer, account and time zone are the request’s.',
    creates: true,
    rejects: ['alreadyDrafted', 'requestNotReady', 'unknownCurrency', 'advanceTooLarge'],
    schema: fields({ requestId: ref('serviceRequest'), currency: currency(), ...draft }),
  },
  SetQuotationTerms: {
    permission: edit,
    docs: 'Replaces notes, days of validity and the advance asked for (a part of the total, 0–1).',
    rejects: [...order, 'advanceTooLarge'],
    schema: fields(terms),
  },
  AddQuotationLine: {
    permission: edit,
    docs: 'Offers a product at the price in force, or something else at a price given. Another price than the product’s needs a reason.',
    rejects: [...order, ...wrongLine, 'tooMany'],
    schema: fields(content),
  },
  ChangeQuotationLine: {
    permission: edit,
    docs: 'Replaces a line; a product is priced anew.',
    rejects: [...order, ...wrongLine, 'unknownLine'],
    schema: fields({ lineId: uuid(), ...content }),
  },
  RemoveQuotationLine: { permission: edit, docs: 'Takes a line off.', rejects: order, schema: fields({ lineId: uuid() }) },
  SubmitQuotation: { permission: edit, docs: 'Asks for approval of the content as it stands.', rejects: [...order, 'emptyQuotation'], schema: fields({}) },
  ApproveQuotation: {
    permission: approve,
    docs: 'Approves the content as it stands, up to the policy’s limit for approvers; never by whoever wrote or submitted any of it.',
    rejects: [...order, 'ownWork', 'aboveApproverLimit', 'contentChanged'],
    schema: fields({ contentHash: optional(contentHash()) }),
  },
  ApproveLargeQuotation: {
    permission: 'quotation-value:approve',
    docs: 'Approves the content as it stands, of any value; never by whoever wrote or submitted any of it.',
    rejects: [...order, 'ownWork', 'contentChanged'],
    schema: fields({ contentHash: optional(contentHash()) }),
  },
  RejectQuotation: { permission: approve, docs: 'Sends it back to be written anew.', rejects: order, schema: fields(reason) },
  IssueQuotation: {
    permission: edit,
    docs: 'Gives it to the customer, with its number. Above the approval limit only what was approved, to the letter. Valid to the end of the day given, else for its days of validity.',
    startsProcess: true,
    rejects: [...order, 'emptyQuotation', 'approvalNeeded', 'taxNotInForce', 'validityOver', 'requestNotReady'],
    schema: fields({ validUntil: optional(businessDate()) }),
  },
  ReviseQuotation: {
    permission: edit,
    docs: 'Drafts a new revision from the one that is with the customer, or was lost; from now on only the new one counts.',
    rejects: order,
    schema: fields({ reason: optional(text({ max: 1000 })) }),
  },
  WithdrawQuotation: { permission: edit, docs: 'Ends the offer, issued or not.', startsProcess: true, rejects: order, schema: fields(reason) },
  AcceptQuotation: {
    permission: 'quotation-acceptance:create',
    docs: 'Accepts the current revision for the customer, to the letter that was seen (`contentHash`), until its last day is over. At most one quotation of a request is ever accepted.',
    startsProcess: true,
    rejects: [
      ...order,
      'notCurrent',
      'contentChanged',
      'validityOver',
      'requestNotReady',
      'unknownContact',
      'unknownLegalEntity',
      'unknownAddress',
      'requestAcceptanceTaken',
    ],
    schema: fields({
      revision: integer({ min: 1 }),
      contentHash: contentHash(),
      contactId: optional(uuid()),
      name: text({ personal: true }),
      position: optional(text()),
      email: optional(email({ personal: true })),
      phone: optional(phone({ personal: true })),
      legalEntityId: optional(uuid()),
      addressId: optional(uuid()),
    }),
  },
  DeclineQuotation: {
    permission: 'quotation-acceptance:create',
    docs: 'Says that the customer does not want it, and why.',
    startsProcess: true,
    rejects: order,
    schema: fields(reason),
  },
  ExpireQuotation: {
    permission: edit,
    docs: 'Ends a revision whose last day is over.',
    internal: true,
    rejects: [],
    schema: fields({ revision: integer({ min: 1 }) }),
  },
  LogFollowUp: {
    permission: edit,
    docs: 'Writes down that somebody asked after it, and on which day to ask again.',
    rejects: [...order, 'inThePast'],
    schema: fields({ notes: note(), nextFollowUpOn: optional(businessDate()) }),
  },
  RemindOfFollowUp: {
    permission: edit,
    docs: 'Says that the day to ask again has come.',
    internal: true,
    rejects: [],
    schema: fields({ followUpId: uuid() }),
  },
  AttachQuotationDocument: {
    permission: edit,
    docs: 'Adds a paper; in the role `quotation` it is the document itself.',
    rejects: [...order, 'tooMany'],
    schema: fields({ attachmentId: ref('attachment'), role: oneOf(documentRoles) }),
  },
  SetQuotationMetadata: {
    permission: edit,
    docs: 'Replaces the extra facts (at most 50 keys, 16 KiB).',
    rejects: order,
    schema: fields({ metadata: metadata() }),
  },
});
