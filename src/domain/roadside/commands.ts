import { defineCommands } from '../kernel/aggregate.ts';
import { currency, fields, instant, integer, list, lookup, money, note, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { channels, directions, fee, milestones, outcomes, part, place, reading } from './events.ts';

const edit = 'roadside:edit';
const assign = 'roadside:assign';
const reason = { reason: text({ max: 1000 }) } as const;
const order = ['notAllowedNow'] as const;
const timed = [...order, 'inFuture', 'notMonotone'] as const;
const priced = [...order, 'otherCurrency', 'amountTooLarge', 'tooMany'] as const;
const vendors = list(text(), { max: 20, unique: true });

export const roadsideCommands = defineCommands({
  RequestRoadside: {
    permission: 'roadside:create',
    docs: 'Asks that somebody goes to a unit on the road, for a service request. Vendors standing by are asked one after the other.',
    creates: true,
    startsProcess: true,
    rejects: ['alreadyRequested', 'requestEnded', 'equipmentRequired', 'otherEquipment', 'unknownCurrency', 'tooMany'],
    schema: fields({
      requestId: ref('serviceRequest'),
      equipmentId: optional(ref('equipment')),
      description: note(),
      currency: currency(),
      place: optional(place),
      attachmentIds: list(ref('attachment'), { max: 100 }),
      standbyVendors: optional(vendors),
    }),
  },
  NameStandbyVendors: {
    permission: assign,
    docs: 'Says who is asked next, in this order.',
    rejects: order,
    schema: fields({ standbyVendors: vendors }),
  },
  DispatchVendor: {
    permission: assign,
    docs: 'Asks a vendor to go. Without an answer in time (as the policy says, unless said otherwise) the attempt has failed.',
    startsProcess: true,
    rejects: [...order, 'inPast', 'tooMany'],
    schema: fields({
      vendorName: text(),
      vendorPhone: optional(text({ max: 30 })),
      etaAt: optional(instant()),
      answerWithinMinutes: optional(integer({ min: 1, max: 1440 })),
    }),
  },
  DispatchStandby: {
    permission: assign,
    docs: 'Asks the next vendor standing by, where nobody else was asked meanwhile.',
    internal: true,
    rejects: [],
    schema: fields({ vendorName: text(), afterAttemptId: optional(uuid()) }),
  },
  AcceptDispatch: {
    permission: edit,
    docs: 'The vendor comes.',
    rejects: timed,
    schema: fields({ acceptedAt: optional(instant()), etaAt: optional(instant()), technicianName: optional(text({ personal: true })) }),
  },
  DeclineDispatch: { permission: edit, docs: 'The vendor does not come.', startsProcess: true, rejects: order, schema: fields(reason) },
  TimeOutDispatch: { permission: edit, docs: 'The vendor did not answer in time.', internal: true, rejects: [], schema: fields({ attemptId: uuid() }) },
  ReviseEta: {
    permission: edit,
    docs: 'The vendor comes at another time.',
    rejects: [...order, 'inPast'],
    schema: fields({ etaAt: instant(), reason: optional(text({ max: 1000 })) }),
  },
  ReplaceVendor: { permission: assign, docs: 'Sends the vendor away and seeks another one.', startsProcess: true, rejects: order, schema: fields(reason) },
  DepartEnRoute: { permission: edit, docs: 'The vendor is on its way.', rejects: timed, schema: fields({ departedAt: optional(instant()) }) },
  Arrive: { permission: edit, docs: 'The vendor is at the unit.', rejects: timed, schema: fields({ arrivedAt: optional(instant()) }) },
  ReportUnable: {
    permission: edit,
    docs: 'The vendor cannot help; another one is sought.',
    startsProcess: true,
    rejects: timed,
    schema: fields({ endedAt: optional(instant()), ...reason }),
  },
  ResolveRoadside: {
    permission: edit,
    docs: 'The unit rolls again, was towed, or was gone.',
    startsProcess: true,
    rejects: [...timed, 'wrongUnit', 'repeatedReading'],
    schema: fields({
      outcome: oneOf(outcomes),
      resolvedAt: optional(instant()),
      summary: optional(note()),
      readings: optional(list(fields(reading), { max: 10 })),
    }),
  },
  CorrectMilestone: {
    permission: 'roadside:approve',
    docs: 'A time of an attempt was told wrongly. Times of an attempt never decrease.',
    rejects: [...timed, 'unknownMilestone'],
    schema: fields({ attemptId: uuid(), milestone: oneOf(milestones), at: instant(), ...reason }),
  },

  RecordRoadsidePart: { permission: edit, docs: 'A part was used.', rejects: priced, schema: fields(part) },
  RemoveRoadsidePart: { permission: edit, docs: 'A part was written down by mistake.', rejects: order, schema: fields({ partId: uuid() }) },
  RecordRoadsideFee: {
    permission: edit,
    docs: 'The vendor asks a fee; also after the job, until its costs are settled.',
    rejects: priced,
    schema: fields(fee),
  },
  RemoveRoadsideFee: { permission: edit, docs: 'A fee was written down by mistake.', rejects: order, schema: fields({ feeId: uuid() }) },
  LogCommunication: {
    permission: edit,
    docs: 'Writes down a call or a message with the vendor or the driver.',
    rejects: ['inFuture', 'tooMany'],
    schema: fields({
      channel: oneOf(channels),
      direction: oneOf(directions),
      at: optional(instant()),
      vendorName: optional(text()),
      driverName: optional(text({ personal: true })),
      summary: optional(note({ max: 2000, personal: true })),
    }),
  },
  AttachToRoadside: {
    permission: edit,
    docs: 'Adds a photo or a paper.',
    rejects: ['tooMany'],
    schema: fields({ attachmentId: ref('attachment'), documentCategory: optional(lookup('document-category')) }),
  },
  LinkWorkOrder: {
    permission: edit,
    docs: 'Names the work order that the job’s costs go to.',
    rejects: order,
    schema: fields({ workOrderId: ref('workOrder') }),
  },
  SettleCosts: {
    permission: 'roadside:approve',
    docs: 'What the job cost is final.',
    startsProcess: true,
    rejects: order,
    schema: fields({}),
  },
  CancelRoadside: {
    permission: edit,
    docs: 'Nobody needs to go any more; with the fee that the vendor asks.',
    startsProcess: true,
    rejects: [...order, 'otherCurrency', 'amountTooLarge'],
    schema: fields({ ...reason, fee: optional(money()) }),
  },
});
