import { defineCommands } from '../kernel/aggregate.ts';
import {
  businessDate,
  code,
  decimal,
  document,
  fields,
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
  uuid,
} from '../kernel/schema.ts';
import { assignmentRoles, geocodePrecisions, notice, particulars, product, span, times, work } from './events.ts';

const edit = 'service-request:edit';
/** Running the work: whoever dispatches, schedules and finishes. Customers' roles do not have it. */
const run = 'service-request:assign';
const approve = 'service-request:approve';
const reason = { reason: text({ max: 1000 }) } as const;
const order = ['notAllowedNow', 'onHold'] as const;
const steps = ['quotationNeeded', 'reviewNeeded', 'reviewPending', 'scheduleNeeded', 'unitsNotPromised'] as const;
const done = ['workOpen', 'evidenceMissing', 'manifestMissing', 'manifestUnbalanced'] as const;
const detailed = ['unknownType', 'invalidDetails', 'unknownAttachment', 'locationRequired', 'unknownLocation'] as const;
const manifest = ['notAllowedNow', 'onHold', 'inFuture'] as const;

export const serviceRequestCommands = defineCommands({
  SubmitRequest: {
    permission: 'service-request:create',
    docs: 'Asks for service. The service type says what the details must hold and which steps are compulsory. A customer’s user names units that the account holds now; a blocked customer asks for emergencies only.',
    creates: true,
    startsProcess: true,
    rejects: ['alreadySubmitted', 'unknownAccount', 'accountClosed', 'customerBlocked', 'customerClosed', 'equipmentRequired', 'notHeld', ...detailed],
    schema: fields({
      accountId: ref('account'),
      customerId: optional(ref('customer')),
      equipmentId: optional(ref('equipment')),
      serviceType: lookup('service-type'),
      urgency: lookup('service-urgency'),
      ...particulars,
      details: document(),
      requestedBy: optional(ref('user')),
    }),
  },
  AmendRequest: {
    permission: edit,
    docs: 'Corrects or completes what the request says; the details are checked by the schema in force now.',
    rejects: [...order, ...detailed],
    schema: fields({ ...particulars, details: document() }),
  },
  SetRequestMetadata: {
    permission: edit,
    docs: 'Replaces the extra facts (at most 50 keys, 16 KiB).',
    rejects: order,
    schema: fields({ metadata: metadata() }),
  },
  RecordRequestGeocode: {
    permission: edit,
    docs: 'Says where the request’s place is.',
    rejects: [...order, 'locationRequired'],
    schema: fields({ position: position(), precision: oneOf(geocodePrecisions), provider: code() }),
  },
  ChangePriority: {
    permission: run,
    docs: 'Makes the request more or less urgent; the time already spent and the holds of its state keep counting.',
    rejects: order,
    schema: fields({ urgency: lookup('service-urgency'), reason: optional(text({ max: 1000 })) }),
  },
  AttachRequestMedia: {
    permission: edit,
    docs: 'Adds a file; also while the request is held.',
    rejects: ['notAllowedNow', 'tooMany'],
    schema: fields({ attachmentId: ref('attachment'), mediaCategory: lookup('document-category') }),
  },
  RemoveRequestMedia: {
    permission: edit,
    docs: 'Takes a file off the request.',
    rejects: ['notAllowedNow'],
    schema: fields({ attachmentId: uuid() }),
  },
  AddRequestProduct: {
    permission: edit,
    docs: 'Adds a wanted product at the price given.',
    rejects: [...order, 'tooMany'],
    schema: fields(product),
  },
  ChangeRequestProduct: {
    permission: edit,
    docs: 'Changes quantity or price of a wanted product.',
    rejects: [...order, 'unknownProduct'],
    schema: fields({ requestProductId: uuid(), quantity: decimal(), unitPrice: money() }),
  },
  RemoveRequestProduct: { permission: edit, docs: 'Takes a product off the list.', rejects: order, schema: fields({ requestProductId: uuid() }) },

  AssignRequest: {
    permission: run,
    docs: 'Gives the request to a person in a role; whoever had it in that role no longer has. Also while it is held.',
    rejects: ['notAllowedNow', 'userNotActive', 'otherCustomersUser'],
    schema: fields({ role: oneOf(assignmentRoles), userId: ref('user') }),
  },
  UnassignRequest: {
    permission: run,
    docs: 'Nobody has the request in this role.',
    rejects: ['notAllowedNow'],
    schema: fields({ role: oneOf(assignmentRoles), reason: optional(text()) }),
  },

  StartReview: { permission: run, docs: 'Begins to look into what is needed.', rejects: order, schema: fields({}) },
  RequestManagerReview: {
    permission: run,
    docs: 'Asks a manager to look at it.',
    rejects: order,
    schema: fields({ note: optional(note({ max: 1000 })) }),
  },
  ApproveManagerReview: {
    permission: approve,
    docs: 'Approves; never by whoever asked for the review or for the service.',
    rejects: [...order, 'ownRequest'],
    schema: fields({ note: optional(note({ max: 1000 })) }),
  },
  RejectManagerReview: {
    permission: approve,
    docs: 'Does not approve; never by whoever asked for the review or for the service.',
    rejects: [...order, 'ownRequest'],
    schema: fields(reason),
  },
  MarkQuoted: {
    permission: run,
    docs: 'A quotation for the request was issued.',
    internal: true,
    rejects: ['notAllowedNow', 'reviewPending', 'reviewNeeded'],
    schema: fields({ quotationId: uuid() }),
  },
  MarkAccepted: {
    permission: run,
    docs: 'The customer accepted a quotation of the request.',
    internal: true,
    rejects: ['notAllowedNow'],
    schema: fields({ quotationId: uuid() }),
  },
  ReturnToReview: {
    permission: run,
    docs: 'A quotation of the request was declined, withdrawn or expired.',
    internal: true,
    rejects: [],
    schema: fields({ quotationId: uuid() }),
  },
  ScheduleRequest: {
    permission: run,
    docs: 'Agrees on a time; while work is under way, on the next visit’s.',
    rejects: [...order, ...steps, 'endsBeforeStart'],
    schema: fields({ ...times, note: optional(note({ max: 1000 })) }),
  },
  RescheduleRequest: {
    permission: run,
    docs: 'Moves the agreed time.',
    rejects: [...order, 'endsBeforeStart'],
    schema: fields({ ...times, ...reason }),
  },
  StartRequest: {
    permission: run,
    docs: 'Work begins. Where the accepted quotation asks for an advance, it is in, or somebody approved to begin before.',
    rejects: [...order, ...steps, 'advanceNeeded'],
    schema: fields({}),
  },
  ResolveRequest: {
    permission: run,
    docs: 'The work is done: nothing is open, and what the type asks for as evidence is there.',
    rejects: [...order, ...done],
    schema: fields({ resolution: optional(note()) }),
  },
  CloseRequest: {
    permission: edit,
    docs: 'Confirms that it is done.',
    rejects: ['notAllowedNow'],
    schema: fields({ rating: optional(integer({ min: 1, max: 5 })), note: optional(note({ max: 1000 })) }),
  },
  CloseResolvedRequest: {
    permission: edit,
    docs: 'Nobody objected in time.',
    internal: true,
    rejects: [],
    schema: fields({ closesAt: instant() }),
  },
  ReopenRequest: {
    permission: edit,
    docs: 'It was not done after all; a closed request only within its window. A declined lead goes back into review.',
    rejects: ['notAllowedNow', 'reopenWindowOver'],
    schema: fields(reason),
  },
  DeclineRequest: { permission: run, docs: 'Will not be done, or the lead is lost.', rejects: ['notAllowedNow'], schema: fields(reason) },
  CancelRequest: {
    permission: edit,
    docs: 'Calls it off for good; not while an order or job works on it.',
    startsProcess: true,
    rejects: ['notAllowedNow', 'workOpen'],
    schema: fields(reason),
  },
  PlaceRequestOnHold: { permission: run, docs: 'Lets the request rest and its clock stand still.', rejects: ['notAllowedNow'], schema: fields(reason) },
  ReleaseRequestHold: {
    permission: run,
    docs: 'Lets it go on; resolves it where its last order ended meanwhile.',
    rejects: ['notAllowedNow'],
    schema: fields({ reason: optional(text({ max: 1000 })) }),
  },
  RecordSlaBreach: {
    permission: run,
    docs: 'A state’s service level is over.',
    internal: true,
    rejects: [],
    schema: fields({ entry: integer({ min: 1 }), dueAt: instant() }),
  },

  PlanVisits: {
    permission: run,
    docs: 'Plans delivery, cleanings spread evenly between, and pickup; replaces what was planned and is not done.',
    rejects: [...order, 'endsBeforeStart', 'tooMany'],
    schema: fields({ delivery: businessDate(), pickup: businessDate(), cleaningsPerWeek: integer({ max: 14 }) }),
  },
  PlanAgreedVisits: {
    permission: run,
    docs: 'Plans the visits as the details say, where the service type has them planned so and nobody has planned any.',
    internal: true,
    rejects: [...order, 'nothingToPlan', 'endsBeforeStart', 'tooMany'],
    schema: fields({}),
  },
  CompleteVisit: {
    permission: run,
    docs: 'A planned visit took place.',
    rejects: [...order, 'unknownVisit', 'inFuture'],
    schema: fields({ visitId: uuid(), doneOn: businessDate(), note: optional(note({ max: 1000 })) }),
  },
  CancelVisit: {
    permission: run,
    docs: 'A planned visit will not take place.',
    rejects: [...order, 'unknownVisit'],
    schema: fields({ visitId: uuid(), ...reason }),
  },
  RecordCollection: {
    permission: run,
    docs: 'Waste was taken away under a manifest of this number; once the work is agreed.',
    rejects: [...manifest, 'manifestExists', 'emptyVolume', 'tooMany'],
    schema: fields({ manifestNumber: code({ max: 40 }), volumeM3: decimal(), collectedOn: businessDate() }),
  },
  RecordDisposal: {
    permission: run,
    docs: 'Waste of a manifest was left at an authorised site; never more than was collected. Two equal loads of a day differ by their tickets.',
    rejects: [...manifest, 'unknownManifest', 'siteNotAuthorised', 'moreThanCollected', 'emptyVolume', 'beforeCollection', 'tooMany'],
    schema: fields({
      manifestNumber: code({ max: 40 }),
      site: lookup('facility'),
      volumeM3: decimal(),
      disposedOn: businessDate(),
      ticketNumber: optional(code({ max: 40 })),
      attachmentId: optional(ref('attachment')),
    }),
  },
  VoidManifest: {
    permission: approve,
    docs: 'A manifest was written by mistake.',
    rejects: ['notAllowedNow', 'onHold', 'unknownManifest'],
    schema: fields({ manifestNumber: code({ max: 40 }), ...reason }),
  },

  AddRequestNote: {
    permission: edit,
    docs: 'Writes something to the request, for the customer and the company to read.',
    rejects: ['notAllowedNow', 'tooMany'],
    schema: fields({ text: note({ max: 4000 }) }),
  },
  AddInternalNote: {
    permission: run,
    docs: 'Writes something to the request that its customer does not see.',
    rejects: ['notAllowedNow', 'tooMany'],
    schema: fields({ text: note({ max: 4000 }) }),
  },
  RecordRequestNotice: {
    permission: run,
    docs: 'Who was told of the request by mail.',
    internal: true,
    rejects: [],
    schema: fields(notice),
  },

  AskForUnits: {
    permission: run,
    docs: 'Asks again whether the fleet has the units that the request wants: some may be free by now.',
    startsProcess: true,
    rejects: [...order, 'nothingToPromise'],
    schema: fields({}),
  },
  NoteUnitsPromised: {
    permission: run,
    docs: 'The fleet keeps these units for the request.',
    internal: true,
    rejects: [],
    schema: fields(span),
  },
  NoteUnitsShort: {
    permission: run,
    docs: 'The fleet does not have as many units on these days.',
    internal: true,
    rejects: [],
    schema: fields({ ...span, available: integer() }),
  },

  NoteWorkOpened: {
    permission: run,
    docs: 'An order or roadside job was opened for the request; starts it where no schedule stands between. None before the advance of its quotation is in.',
    internal: true,
    rejects: ['notAllowedNow', 'workOpen', 'advanceNeeded'],
    schema: fields({ ...work, kind: optional(code()) }),
  },
  NoteWorkEnded: {
    permission: run,
    docs: 'An order or roadside job ended; with the last one, and its evidence, the request is resolved. `evidence`: what the work holds, in the words of the type’s policy.',
    internal: true,
    rejects: [],
    schema: fields({ ...work, outcome: oneOf(['completed', 'cancelled']), evidence: optional(list(code(), { max: 50 })) }),
  },
  NoteWorkReopened: {
    permission: run,
    docs: 'A completed order or job goes on; reopens a request that it had resolved.',
    internal: true,
    rejects: ['workOpen'],
    schema: fields(work),
  },
  NoteWorkContinues: {
    permission: run,
    docs: 'An order or job of the cancelled request had begun and goes on.',
    internal: true,
    rejects: [],
    schema: fields({ ...work, ...reason }),
  },
});
