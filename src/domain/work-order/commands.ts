import { defineCommands } from '../kernel/aggregate.ts';
import { currency, fields, flag, instant, integer, list, lookup, money, note, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { labour, part, reading, work, workOrderKinds, workOrderSources } from './events.ts';

const edit = 'work-order:edit';
const assign = 'work-order:assign';
const reason = { reason: text({ max: 1000 }) } as const;
const order = ['notAllowedNow'] as const;
const content = {
  ...work,
  labour: optional(labour),
  parts: optional(list(fields(part), { max: 100 })),
  overrideReason: optional(text({ max: 1000 })),
} as const;
const wrongLine = ['unknownVmrsCode', 'otherCurrency', 'overrideReasonNeeded', 'amountTooLarge', 'tooMany'] as const;
const approving = ['noApprovalPending', 'amountChanged', 'ownWork'] as const;

export const workOrderCommands = defineCommands({
  OpenWorkOrder: {
    permission: 'work-order:create',
    docs: 'Opens work on a unit, or on a site for a service request. One made from a request carries its text, files and owner; a request has at most one open order a kind. The unit is held for maintenance until the order ends.',
    creates: true,
    startsProcess: true,
    rejects: [
      'alreadyOpened',
      'equipmentRequired',
      'equipmentRetired',
      'otherEquipment',
      'requestEnded',
      'unknownCurrency',
      'otherCurrency',
      'unknownAccount',
      'requestWorkOrderTaken',
      'tooMany',
    ],
    schema: fields({
      requestId: optional(ref('serviceRequest')),
      equipmentId: optional(ref('equipment')),
      accountId: optional(ref('account')),
      customerId: optional(ref('customer')),
      maintenanceId: optional(ref('maintenance')),
      inspectionId: optional(uuid()),
      roadsideId: optional(uuid()),
      correctionOf: optional(ref('workOrder')),
      kind: oneOf(workOrderKinds),
      description: note(),
      currency: currency(),
      attachmentIds: list(ref('attachment'), { max: 100 }),
      budget: optional(money()),
      signatureRequired: optional(flag('asks for a signature where the policy does not')),
      source: oneOf(workOrderSources),
    }),
  },
  DescribeWorkOrder: { permission: edit, docs: 'Says in other words what is to be done.', rejects: order, schema: fields({ description: note() }) },
  AttachToWorkOrder: {
    permission: edit,
    docs: 'Adds a file; its category is what counts as evidence for the request.',
    rejects: [...order, 'tooMany'],
    schema: fields({ attachmentId: ref('attachment'), documentCategory: optional(lookup('document-category')) }),
  },
  AssignTechnician: {
    permission: assign,
    docs: 'Puts a technician on the order; as lead, before all others.',
    rejects: [...order, 'userNotActive', 'otherCustomersUser', 'tooMany'],
    schema: fields({ technicianId: ref('user'), isLead: optional(flag()) }),
  },
  UnassignTechnician: {
    permission: assign,
    docs: 'Takes a technician off the order.',
    rejects: [...order, 'clockedIn'],
    schema: fields({ technicianId: uuid() }),
  },

  AddOrderLine: {
    permission: edit,
    docs: 'Adds work by its VMRS code, each level of which the catalog knows. Labour and parts left out are what the catalog says; anything else than that needs a reason.',
    rejects: [...order, ...wrongLine],
    schema: fields(content),
  },
  ChangeOrderLine: {
    permission: edit,
    docs: 'Replaces a line.',
    rejects: [...order, ...wrongLine, 'unknownLine'],
    schema: fields({ lineId: uuid(), ...content }),
  },
  RemoveOrderLine: { permission: edit, docs: 'Takes a line off.', rejects: order, schema: fields({ lineId: uuid() }) },
  CarryOverRoadsideCosts: {
    permission: edit,
    docs: 'Enters what a roadside job cost as one line, or brings that line up to date; also while the order rests, because the money is spent.',
    internal: true,
    rejects: [...order, 'otherCurrency', 'amountTooLarge', 'tooMany'],
    schema: fields({ roadsideId: uuid(), parts: list(fields(part), { max: 100 }), fees: money(), correction: optional(note({ max: 1000 })) }),
  },
  MarkRework: {
    permission: edit,
    docs: 'Another order repaired the same not long before.',
    internal: true,
    rejects: [],
    schema: fields({ lineId: uuid(), reworkOf: fields({ workOrderId: uuid(), lineId: uuid() }) }),
  },

  RequestCostApproval: {
    permission: edit,
    docs: 'Asks that somebody else approves what the order costs now.',
    rejects: order,
    schema: fields({ note: optional(note({ max: 1000 })) }),
  },
  ApproveCost: {
    permission: 'work-order:approve',
    docs: 'Approves the amount that was asked for, up to the policy’s limit for approvers; never by whoever asked or wrote a line.',
    rejects: [...order, ...approving, 'aboveApproverLimit'],
    schema: fields({ amount: money(), note: optional(note({ max: 1000 })) }),
  },
  ApproveLargeCost: {
    permission: 'work-order-cost:approve',
    docs: 'Approves any amount that was asked for; never by whoever asked or wrote a line.',
    rejects: [...order, ...approving],
    schema: fields({ amount: money(), note: optional(note({ max: 1000 })) }),
  },
  RejectCost: {
    permission: 'work-order:approve',
    docs: 'Does not approve; never by whoever asked or wrote a line.',
    rejects: [...order, ...approving],
    schema: fields({ amount: money(), ...reason }),
  },
  SignWorkOrder: {
    permission: edit,
    docs: 'Records who signed for the work, with the signature’s image. A line that changes afterwards makes it void.',
    rejects: order,
    schema: fields({ signedBy: text({ personal: true }), attachmentId: ref('attachment') }),
  },

  StartWorkOrder: { permission: edit, docs: 'Work begins.', rejects: order, schema: fields({}) },
  ClockIn: {
    permission: edit,
    docs: 'An assigned technician begins to work. Nobody works on two orders at a time.',
    rejects: [...order, 'notAssigned', 'technicianClockTaken', 'tooMany'],
    schema: fields({ technicianId: uuid() }),
  },
  ClockOut: {
    permission: edit,
    docs: 'A technician stops working; at an earlier time where that is told late.',
    rejects: [...order, 'beforeStart', 'inFuture'],
    schema: fields({ technicianId: uuid(), endedAt: optional(instant()) }),
  },
  PauseWorkOrder: { permission: edit, docs: 'Lets the work rest and everybody’s clock stop.', rejects: order, schema: fields(reason) },
  ResumeWorkOrder: { permission: edit, docs: 'Goes on; whoever works clocks in again.', rejects: order, schema: fields({}) },
  CompleteWorkOrder: {
    permission: edit,
    docs: 'The work is done: nobody is clocked in, the cost is within its limit or approved, signed where that is asked for, with a closing reading of each meter of the unit.',
    startsProcess: true,
    rejects: [...order, 'clockedIn', 'approvalNeeded', 'signatureMissing', 'readingsMissing', 'wrongUnit', 'repeatedReading', 'inFuture'],
    schema: fields({ closingReadings: list(fields(reading), { max: 10 }) }),
  },
  ReopenWorkOrder: {
    permission: edit,
    docs: 'It was not done after all; the unit is held again.',
    startsProcess: true,
    rejects: [...order, 'requestWorkOrderTaken'],
    schema: fields(reason),
  },
  CancelWorkOrder: {
    permission: edit,
    docs: 'It will not be done. Once begun, only while nothing is booked on it.',
    startsProcess: true,
    rejects: [...order, 'booked'],
    schema: fields(reason),
  },
  CallOffWorkOrder: {
    permission: edit,
    docs: 'What the order was opened for is called off: it will not be done, unless somebody has begun.',
    internal: true,
    rejects: [...order, 'begun'],
    schema: fields(reason),
  },
  CloseCosts: { permission: 'work-order:approve', docs: 'The costs are charged and final.', rejects: order, schema: fields({}) },
  CloseCostsWhenDue: {
    permission: edit,
    docs: 'Nobody changed the costs in time: they are final.',
    internal: true,
    rejects: [],
    schema: fields({ completion: integer({ min: 1 }) }),
  },
});
