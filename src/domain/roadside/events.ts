import { meterKinds } from '../equipment/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import {
  code,
  currency,
  decimal,
  fields,
  instant,
  integer,
  list,
  lookup,
  measurement,
  money,
  note,
  oneOf,
  optional,
  position,
  text,
  uuid,
} from '../kernel/schema.ts';

export const milestones = ['accepted', 'departed', 'arrived', 'ended'] as const;
export const outcomes = ['repaired', 'towed', 'self_recovered', 'gone_on_arrival'] as const;
export const feeKinds = ['callout', 'mileage', 'labour', 'towing', 'cancellation', 'other'] as const;
export const channels = ['call', 'sms', 'email'] as const;
export const directions = ['inbound', 'outbound'] as const;
export const attemptEnds = ['declined', 'timed_out', 'replaced', 'unable'] as const;

const reason = { reason: text({ max: 1000 }) } as const;
const attempt = { attemptId: uuid() } as const;
/** With this the job costs Σ parts + fees. */
const total = { total: money() } as const;
export const place = fields({ street: optional(text({ max: 300 })), position: optional(position()), directions: optional(note({ max: 1000 })) });
export const reading = { kind: oneOf(meterKinds), value: measurement({ min: 0 }), uom: lookup('uom'), readAt: instant() } as const;
export const part = { partName: text(), partNumber: optional(code()), quantity: decimal(), unitCost: money() } as const;
export const fee = { feeKind: oneOf(feeKinds), amount: money(), description: optional(text()) } as const;
const usedPart = fields({ ...part, amount: money() });
/** What others need to react: the request it belongs to, always (SR-8), the unit, and what it all cost. */
const about = { requestId: uuid(), equipmentId: uuid() } as const;
const costs = { currency: currency(), parts: list(usedPart, { max: 200 }), fees: list(fields(fee), { max: 100 }), feeTotal: money(), ...total } as const;
/** Who is asked next: the first of the vendors standing by that this job has not asked yet. */
const next = { nextVendor: optional(text()) } as const;

export const roadsideEvents = defineEvents({
  RoadsideRequested: {
    version: 1,
    docs: 'Somebody is to go to a unit that stands on the road.',
    schema: fields({
      ...about,
      customerId: optional(uuid()),
      accountId: optional(uuid()),
      description: note(),
      currency: currency(),
      place: optional(place),
      attachmentIds: list(uuid(), { max: 200 }),
      standbyVendors: list(text(), { max: 20 }),
      answerWithinMinutes: optional(integer({ min: 1, max: 1440, docs: 'how long a vendor may be silent, as the policy said then' })),
      ...next,
    }),
  },
  RoadsideStandbyNamed: {
    version: 1,
    docs: 'These vendors are asked, one after the other, where the one before does not come.',
    schema: fields({ standbyVendors: list(text(), { max: 20 }) }),
  },

  VendorDispatched: {
    version: 1,
    docs: 'A vendor is asked to go: an attempt of its own, with times of its own. Without an answer by `answerBy` it has failed.',
    schema: fields({
      ...attempt,
      number: integer({ min: 1 }),
      vendorName: text(),
      vendorPhone: optional(text({ max: 30 })),
      etaAt: optional(instant()),
      answerBy: instant(),
    }),
  },
  DispatchAccepted: {
    version: 1,
    docs: 'The vendor comes.',
    subject: 'attemptId',
    schema: fields({ ...attempt, acceptedAt: instant(), etaAt: optional(instant()), technicianName: optional(text({ personal: true })) }),
  },
  DispatchDeclined: { version: 1, docs: 'The vendor does not come.', schema: fields({ ...attempt, ...reason, ...next }) },
  DispatchTimedOut: { version: 1, docs: 'The vendor did not answer in time.', schema: fields({ ...attempt, ...next }) },
  EtaRevised: {
    version: 1,
    docs: 'The vendor comes at another time; what was said before stays in history.',
    schema: fields({ ...attempt, etaAt: instant(), revision: integer({ min: 1 }), reason: optional(text({ max: 1000 })) }),
  },
  VendorReplaced: { version: 1, docs: 'The vendor is sent away before it arrived; another one is sought.', schema: fields({ ...attempt, ...reason, ...next }) },
  VendorDeparted: { version: 1, docs: 'The vendor is on its way.', schema: fields({ ...attempt, departedAt: instant() }) },
  VendorArrived: { version: 1, docs: 'The vendor is at the unit.', schema: fields({ ...attempt, arrivedAt: instant() }) },
  VendorUnable: {
    version: 1,
    docs: 'The vendor came and could not help; another one is sought.',
    schema: fields({ ...attempt, endedAt: instant(), ...reason, ...next }),
  },
  MilestoneCorrected: {
    version: 1,
    docs: 'A time of an attempt was told wrongly; both stay in history.',
    schema: fields({ ...attempt, milestone: oneOf(milestones), at: instant(), before: instant(), ...reason }),
  },

  RoadsidePartRecorded: { version: 1, docs: 'A part was used.', schema: fields({ partId: uuid(), ...attempt, ...part, amount: money(), ...total }) },
  RoadsidePartRemoved: { version: 1, docs: 'A part was written down by mistake.', schema: fields({ partId: uuid(), ...total }) },
  RoadsideFeeRecorded: { version: 1, docs: 'The vendor asks a fee.', schema: fields({ feeId: uuid(), ...fee, ...total }) },
  RoadsideFeeRemoved: { version: 1, docs: 'A fee was written down by mistake.', schema: fields({ feeId: uuid(), ...total }) },
  CommunicationLogged: {
    version: 1,
    docs: 'Somebody talked or wrote with the vendor or the driver.',
    subject: 'communicationId',
    schema: fields({
      communicationId: uuid(),
      channel: oneOf(channels),
      direction: oneOf(directions),
      at: instant(),
      vendorName: optional(text()),
      driverName: optional(text({ personal: true })),
      summary: optional(note({ max: 2000, personal: true })),
    }),
  },
  RoadsideAttached: {
    version: 1,
    docs: 'A photo or a paper belongs to the job.',
    schema: fields({ attachmentId: uuid(), documentCategory: optional(code()) }),
  },
  RoadsideWorkOrderLinked: { version: 1, docs: 'The work order that the job’s costs went to.', schema: fields({ workOrderId: uuid() }) },

  RoadsideResolved: {
    version: 1,
    docs: 'The unit stands there no more, or rolls again. `evidence`: what the job holds, in the words of service types.',
    schema: fields({
      ...about,
      ...attempt,
      outcome: oneOf(outcomes),
      resolvedAt: instant(),
      summary: optional(note()),
      readings: list(fields(reading), { max: 10 }),
      evidence: list(code(), { max: 50 }),
      attachmentIds: list(uuid(), { max: 200 }),
      description: note(),
      ...costs,
    }),
  },
  RoadsideSettled: {
    version: 1,
    docs: 'What it cost is final.',
    schema: fields({ ...about, outcome: oneOf(outcomes), workOrderId: optional(uuid()), ...costs }),
  },
  RoadsideCancelled: {
    version: 1,
    docs: 'Nobody needs to go any more; a vendor that was on its way may ask a fee.',
    schema: fields({ ...about, ...reason, feeId: optional(uuid()), fee: optional(money()), ...total }),
  },
});
