import { defineEvents } from '../kernel/aggregate.ts';
import {
  businessDate,
  code,
  country,
  decimal,
  document,
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
  position,
  ref,
  text,
  timeZone,
  uuid,
} from '../kernel/schema.ts';
import { workOrderKinds } from '../work-order/events.ts';
import { personalDetailsMax, personalTextMax } from './persons.ts';

export const statuses = ['submitted', 'in_review', 'quoted', 'accepted', 'scheduled', 'in_progress', 'resolved', 'closed', 'declined', 'cancelled'] as const;
export const assignmentRoles = ['salesperson', 'technician', 'service_provider', 'reviewer'] as const;
export const visitKinds = ['delivery', 'cleaning', 'pickup', 'service'] as const;
export const workKinds = ['workOrder', 'roadside'] as const;
/** What people are told of by mail. */
export const noticeKinds = ['assigned', 'review', 'late', 'scheduled', 'resolved', 'continues', 'no-vendor'] as const;
export const notice = {
  noticeId: uuid(),
  kind: oneOf(noticeKinds),
  userIds: list(uuid(), { max: 50, unique: true }),
  /** The assignment or the review that it is about. */
  about: optional(uuid()),
} as const;
const written = { noteId: uuid(), text: note({ max: 4000 }) } as const;
export const geocodePrecisions = ['exact', 'street', 'zone', 'municipality'] as const;

/** Where the work is: a site's address, or a place the caller had saved (`savedLocationId`, of the user's settings). */
export const location = fields({
  street: optional(text({ max: 300 })),
  municipio: optional(lookup('municipio')),
  zona: optional(lookup('zona')),
  position: optional(position()),
  directions: optional(note({ max: 1000 })),
  savedLocationId: optional(uuid()),
});
/** What is said of a request beside its details, and may be amended. */
export const particulars = {
  urgencyType: optional(lookup('service-urgency-type')),
  issue: optional(lookup('service-issues')),
  tireSize: optional(lookup('tire-size')),
  facility: optional(lookup('facility')),
  description: note(),
  location: optional(location),
} as const;
/** Units over some days, first and last counted (SR-14). */
export const span = { from: businessDate(), to: businessDate(), quantity: integer({ min: 1, max: 1_000_000 }) } as const;
/** What a request of the type has promised: units of a type of equipment, as many and from when to when as these fields of the details say. */
export const promises = fields({ equipmentType: code(), quantityField: code(), fromField: code(), toField: code() });
/** Where the details of the type say the visits: the day of delivery, that of pickup, and the cleanings a week between; who names no cleanings has none. */
export const visitsFrom = fields({ deliveryField: code(), pickupField: code(), cleaningsPerWeekField: optional(code()) });
/** The steps that the service type makes compulsory, as they stood when the request was made. */
export const typePolicy = fields({
  quotation: flag(),
  review: flag(),
  schedule: flag(),
  manifest: flag(),
  evidence: list(code(), { max: 20 }),
  reopenWindowDays: integer({ max: 3650 }),
  autoCloseDays: integer({ max: 3650 }),
  promises: optional(promises),
  /** Once a quotation is accepted and its advance is in, the visits are planned as the details say. */
  visitsFrom: optional(visitsFrom),
  /** Then an order of this kind is opened, too. */
  orderOnAcceptance: optional(oneOf(workOrderKinds)),
});
/** Details and the version of the type’s JSON Schema that they were checked with: the name-based UUID of the schema’s canonical text (SR-9). */
export const checkedDetails = {
  details: document(),
  detailsSchemaVersion: uuid(),
  /** Those of the details that the schema marks as a person's, under the request's own key. */
  persons: optional(list(fields({ field: text(), text: note({ max: personalTextMax, personal: true }) }), { max: personalDetailsMax })),
} as const;
export const times = { startsAt: instant(), endsAt: instant() } as const;
export const work = { workId: uuid(), workKind: oneOf(workKinds) } as const;
export const product = { productId: ref('product'), quantity: decimal(), unitPrice: money() } as const;
const visit = fields({ visitId: uuid(), kind: oneOf(visitKinds), plannedOn: businessDate() });
const reason = { reason: text({ max: 1000 }) } as const;
const volume = { manifestNumber: code({ max: 40 }), volumeM3: decimal() } as const;
const sla = fields({
  policyCode: code(),
  policyVersion: integer(),
  limitMinutes: integer(),
  calendar: oneOf(['always', 'business-hours']),
  waitingOn: oneOf(['company', 'customer']),
});

export const serviceRequestEvents = defineEvents({
  RequestSubmitted: {
    version: 1,
    docs: 'Somebody asks for service. The number is its customer’s own series.',
    schema: fields({
      requestNumber: integer({ min: 1 }),
      customerId: uuid(),
      accountId: uuid(),
      equipmentId: optional(uuid()),
      serviceType: lookup('service-type'),
      urgency: lookup('service-urgency'),
      ...particulars,
      ...checkedDetails,
      requestedBy: optional(uuid()),
      policy: typePolicy,
      timeZone: timeZone(),
      country: country(),
    }),
  },
  RequestAmended: {
    version: 1,
    docs: 'What the request says was corrected or completed.',
    schema: fields({ ...particulars, ...checkedDetails }),
  },
  RequestMetadataChanged: { version: 1, docs: 'Extra facts were replaced.', schema: fields({ metadata: metadata() }) },
  RequestAddressGeocoded: {
    version: 1,
    docs: 'Where the request’s place is, as found by a geocoder.',
    schema: fields({ position: position(), precision: oneOf(geocodePrecisions), provider: code() }),
  },
  RequestPriorityChanged: {
    version: 1,
    docs: 'The request is more or less urgent than was said. Holds of the state it is in keep counting.',
    schema: fields({ urgency: lookup('service-urgency'), before: code(), reason: optional(text({ max: 1000 })) }),
  },

  RequestMediaAttached: {
    version: 1,
    docs: 'A photo, a paper or a recording belongs to the request.',
    schema: fields({ attachmentId: uuid(), mediaCategory: lookup('document-category') }),
  },
  RequestMediaRemoved: { version: 1, docs: 'A file no longer belongs to the request.', schema: fields({ attachmentId: uuid() }) },
  RequestProductAdded: {
    version: 1,
    docs: 'A product is wanted, at the price that was given.',
    schema: fields({ requestProductId: uuid(), ...product }),
  },
  RequestProductChanged: {
    version: 1,
    docs: 'Quantity or price of a wanted product changed.',
    schema: fields({ requestProductId: uuid(), quantity: decimal(), unitPrice: money() }),
  },
  RequestProductRemoved: { version: 1, docs: 'A product is no longer wanted.', schema: fields({ requestProductId: uuid() }) },

  RequestAssigned: {
    version: 1,
    docs: 'A person has the request in this role from now on.',
    schema: fields({ assignmentId: uuid(), role: oneOf(assignmentRoles), userId: uuid() }),
  },
  RequestUnassigned: {
    version: 1,
    docs: 'A person no longer has the request in this role.',
    schema: fields({ assignmentId: uuid(), role: oneOf(assignmentRoles), userId: uuid(), reason: optional(text()) }),
  },

  RequestReviewStarted: { version: 1, docs: 'Somebody looks into what is needed.', schema: fields({}) },
  ManagerReviewRequested: {
    version: 1,
    isCompanysOwn: true,
    docs: 'A manager is to look at the request.',
    schema: fields({ reviewId: uuid(), requesterId: text({ max: 100 }), note: optional(note({ max: 1000 })) }),
  },
  ManagerReviewApproved: {
    version: 1,
    isCompanysOwn: true,
    docs: 'A manager, not the one who asked, approved.',
    schema: fields({ reviewId: uuid(), reviewerId: text({ max: 100 }), note: optional(note({ max: 1000 })) }),
  },
  ManagerReviewRejected: {
    version: 1,
    isCompanysOwn: true,
    docs: 'A manager, not the one who asked, did not approve.',
    schema: fields({ reviewId: uuid(), reviewerId: text({ max: 100 }), ...reason }),
  },
  RequestQuoted: {
    version: 1,
    docs: 'A quotation is with the customer; a second one beside it moves no state.',
    schema: fields({ quotationId: uuid(), isFirst: flag() }),
  },
  RequestAccepted: {
    version: 1,
    docs: 'The customer accepted a quotation; the others that were still with it are over.',
    schema: fields({ quotationId: uuid(), otherQuotationIds: optional(list(uuid(), { max: 50 })) }),
  },
  RequestQuotationLapsed: {
    version: 1,
    docs: 'A quotation was declined, withdrawn or expired. With the last one the request is in review again.',
    schema: fields({ quotationId: uuid(), isLast: flag() }),
  },
  RequestScheduled: {
    version: 1,
    docs: 'A time is agreed; after work began, the next visit’s.',
    schema: fields({ ...times, note: optional(note({ max: 1000 })) }),
  },
  RequestRescheduled: { version: 1, docs: 'The agreed time is another one.', schema: fields({ ...times, ...reason }) },
  RequestStarted: {
    version: 1,
    docs: 'Work is under way; `workId` names the order or roadside job that says so where nobody did.',
    schema: fields({ workId: optional(uuid()) }),
  },
  RequestResolved: {
    version: 1,
    docs: 'The work is done; the customer may confirm until it closes by itself. `workId` is the last order or job, where its end resolved it.',
    schema: fields({ resolution: optional(note()), workId: optional(uuid()), closesAt: instant() }),
  },
  RequestClosed: {
    version: 1,
    docs: 'The customer confirmed, or time did; it can be reopened until then.',
    schema: fields({
      by: oneOf(['person', 'deadline']),
      reopenUntil: instant(),
      rating: optional(integer({ min: 1, max: 5 })),
      note: optional(note({ max: 1000 })),
    }),
  },
  RequestReopened: {
    version: 1,
    docs: 'It was not done after all, or a lost lead comes back; what ended it before stays in history.',
    schema: fields({ ...reason, to: oneOf(['in_progress', 'in_review']), workId: optional(uuid()) }),
  },
  RequestDeclined: {
    version: 1,
    docs: 'The company will not do it, or the lead is lost.',
    schema: fields({ ...reason, quotationIds: list(uuid(), { max: 50 }) }),
  },
  RequestCancelled: {
    version: 1,
    docs: 'It is called off for good, with what was still open then.',
    schema: fields({ ...reason, quotationIds: list(uuid(), { max: 50 }), openWork: list(fields(work), { max: 100 }) }),
  },
  RequestPutOnHold: { version: 1, docs: 'It rests; its clock stands still.', schema: fields(reason) },
  RequestHoldReleased: { version: 1, docs: 'It goes on.', schema: fields({ heldFrom: instant(), reason: optional(text({ max: 1000 })) }) },

  RequestClockSet: {
    version: 1,
    docs: 'The service level of the state it is in: how long it may take by which policy, and when that is over; without `dueAt` nothing is due. `left` is the working time spent in the state before.',
    schema: fields({
      entry: integer({ min: 1, docs: 'counts the states it has been in' }),
      state: oneOf(statuses),
      enteredAt: instant(),
      sla: optional(sla),
      dueAt: optional(instant()),
      left: optional(fields({ entry: integer({ min: 1 }), workingMs: integer() })),
    }),
  },
  RequestSlaBreached: {
    version: 1,
    docs: 'The state took longer than its service level allows; once a state.',
    schema: fields({ entry: integer({ min: 1 }), state: oneOf(statuses), dueAt: instant() }),
  },

  RequestUnitsPromised: {
    version: 1,
    docs: 'The fleet has the units that the request wants, and keeps them for it.',
    schema: fields(span),
  },
  RequestUnitsShort: {
    version: 1,
    isCompanysOwn: true,
    docs: 'The fleet does not have as many units on all of these days; `available` are free.',
    schema: fields({ ...span, available: integer() }),
  },
  RequestUnitsAskedFor: { version: 1, docs: 'Somebody asks again whether the fleet has the units.', schema: fields(span) },

  RequestNoticeSent: { version: 1, isCompanysOwn: true, docs: 'These people were told of the request by mail.', schema: fields(notice) },
  RequestNoteAdded: { version: 1, docs: 'Somebody wrote something to the request, for the customer and the company to read.', schema: fields(written) },
  RequestInternalNoteAdded: {
    version: 1,
    isCompanysOwn: true,
    docs: 'Somebody of the company wrote something to the request that its customer does not see.',
    schema: fields(written),
  },

  RequestVisitsPlanned: {
    version: 1,
    docs: 'The visits of a rental or a service; planned ones of an earlier plan that are not done are dropped (`dropped`).',
    schema: fields({
      delivery: businessDate(),
      pickup: businessDate(),
      cleaningsPerWeek: integer({ max: 14 }),
      visits: list(visit, { max: 500 }),
      dropped: list(uuid(), { max: 500 }),
    }),
  },
  RequestVisitDone: {
    version: 1,
    docs: 'A planned visit took place.',
    schema: fields({ visitId: uuid(), doneOn: businessDate(), note: optional(note({ max: 1000 })) }),
  },
  RequestVisitCancelled: { version: 1, docs: 'A planned visit will not take place.', schema: fields({ visitId: uuid(), ...reason }) },
  WasteCollected: { version: 1, docs: 'Waste was taken away under a manifest.', schema: fields({ ...volume, collectedOn: businessDate() }) },
  WasteDisposed: {
    version: 1,
    docs: 'Waste of a manifest was left at an authorised site.',
    schema: fields({
      disposalId: uuid(),
      ...volume,
      site: lookup('facility'),
      disposedOn: businessDate(),
      ticketNumber: optional(code({ max: 40 })),
      attachmentId: optional(uuid()),
      remainingM3: decimal(),
    }),
  },
  WasteManifestVoided: {
    version: 1,
    docs: 'A manifest was written by mistake and no longer counts.',
    schema: fields({ manifestNumber: code({ max: 40 }), ...reason }),
  },

  RequestWorkOpened: {
    version: 1,
    docs: 'An order or a roadside job works on the request; at most one open a kind.',
    schema: fields({ ...work, kind: optional(code()) }),
  },
  RequestWorkEnded: {
    version: 1,
    docs: 'An order or a roadside job ended; `isLast`: no other one is open.',
    schema: fields({ ...work, outcome: oneOf(['completed', 'cancelled']), evidence: list(code(), { max: 50 }), isLast: flag() }),
  },
  RequestWorkReopened: { version: 1, docs: 'A completed order or job goes on.', schema: fields(work) },
  RequestWorkContinues: {
    version: 1,
    docs: 'The request is cancelled, but an order or job had begun meanwhile and could not be: somebody must look at it.',
    schema: fields({ ...work, ...reason }),
  },
});
