import { meterKinds } from '../equipment/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import {
  code,
  currency,
  decimal,
  fields,
  flag,
  instant,
  integer,
  list,
  lookup,
  measurement,
  money,
  note,
  oneOf,
  optional,
  text,
  uuid,
} from '../kernel/schema.ts';

export const workOrderKinds = ['repair', 'tire', 'pm', 'inspection', 'roadside', 'service'] as const;
/** Where an order comes from. */
export const workOrderSources = ['manual', 'request', 'quotation', 'maintenance', 'inspection', 'roadside', 'correction'] as const;
/** Why something was repaired; of these pm, accident and driver_damage are never rework (SR-5). */
export const repairReasons = ['breakdown', 'wear', 'pm', 'inspection', 'accident', 'driver_damage', 'recall', 'warranty', 'other'] as const;

const reason = { reason: text({ max: 1000 }) } as const;
export const reading = { kind: oneOf(meterKinds), value: measurement({ min: 0 }), uom: lookup('uom'), readAt: instant() } as const;
export const part = { partName: text(), partNumber: optional(code()), quantity: decimal(), unitCost: money() } as const;
/** What was done to which part of the unit, by the keys of the VMRS: the code is system, system-assembly or system-assembly-component. */
export const work = {
  vmrsCode: code({ max: 64 }),
  position: optional(code({ max: 16 })),
  repairReason: oneOf(repairReasons),
  workAccomplished: optional(code({ max: 16 })),
  failureCode: optional(code({ max: 16 })),
  complaint: optional(note({ max: 1000 })),
  cause: optional(note({ max: 1000 })),
  correction: optional(note({ max: 1000 })),
} as const;
/** Labour by the hour; the line's cost of it is rate × hours, rounded once. */
export const labour = fields({ hours: decimal(), rate: money() });
const { vmrsCode, repairReason, ...described } = work;
const line = {
  lineId: uuid(),
  /** Absent on what came with a roadside job: its vendor’s bill knows no codes. */
  vmrsCode: optional(vmrsCode),
  repairReason,
  ...described,
  labour: optional(labour),
  parts: list(fields({ ...part, amount: money() }), { max: 100 }),
  labourCost: money(),
  partCost: money(),
  /** The catalog’s usual costs, where the line says something else and why. */
  overrideReason: optional(text({ max: 1000 })),
  roadsideId: optional(uuid()),
} as const;
/** The order’s totals after it: Σ labour, Σ parts and both. */
export const totals = { labourTotal: money(), partTotal: money(), total: money() } as const;
/** The same work again is rework within this time or this distance of the work before (SR-5). */
export const rework = fields({ days: integer({ max: 3650 }), distanceMeters: measurement({ min: 0, unit: 'MTR' }) });
/** What the approvals, the signature and the deadlines of this order go by, as they stood when it was opened. */
export const policy = fields({
  /** Up to here an order completes unapproved. */
  costLimit: money(),
  /** Up to here `work-order:approve` suffices. */
  approverLimit: money(),
  signatureRequired: flag(),
  closeCostsDays: integer({ max: 3650 }),
  rework: optional(rework),
  meterKinds: list(oneOf(meterKinds), { max: 3 }),
});
export const origin = {
  requestId: optional(uuid()),
  equipmentId: optional(uuid()),
  maintenanceId: optional(uuid()),
  inspectionId: optional(uuid()),
  roadsideId: optional(uuid()),
  correctionOf: optional(uuid()),
} as const;
/** Whose order it is and what it works for: in each event that others react to. */
const about = { requestId: optional(uuid()), equipmentId: optional(uuid()), maintenanceId: optional(uuid()), kind: oneOf(workOrderKinds) } as const;
/** The lines that repaired something nameable: what rework is known by. */
const repairs = list(fields({ lineId: uuid(), vmrsCode: code({ max: 64 }), position: optional(code({ max: 16 })), repairReason: oneOf(repairReasons) }), {
  max: 200,
});
const spell = { intervalId: uuid(), technicianId: uuid() } as const;

/** SR-11: what the day of opening said about who pays. Under a quotation the customer pays what it accepted, and nothing by the order. */
const responsibility = fields({
  basis: oneOf(['contract', 'quotation']),
  contractType: optional(code()),
  /** The causes of repair that the customer pays for; the company pays for the others. */
  customerPays: list(oneOf(repairReasons), { max: repairReasons.length }),
});

export const workOrderEvents = defineEvents({
  WorkOrderOpened: {
    version: 1,
    docs: 'Work is to be done. The number is its customer’s own series; the files are those of what it was made from.',
    schema: fields({
      workOrderNumber: integer({ min: 1 }),
      customerId: optional(uuid()),
      accountId: optional(uuid()),
      ...origin,
      kind: oneOf(workOrderKinds),
      source: oneOf(workOrderSources),
      description: note(),
      currency: currency(),
      budget: optional(money()),
      attachmentIds: list(uuid(), { max: 200 }),
      policy,
      responsibility: optional(responsibility),
    }),
  },
  WorkOrderDescribed: { version: 1, docs: 'What is to be done was put in other words.', schema: fields({ description: note() }) },
  WorkOrderAttached: { version: 1, docs: 'A file belongs to the order.', schema: fields({ attachmentId: uuid(), documentCategory: optional(code()) }) },
  TechnicianAssigned: {
    version: 1,
    docs: 'A technician works on the order; the name as it was then. The first one, or the one assigned as lead, leads.',
    subject: 'technicianId',
    schema: fields({ technicianId: uuid(), technicianName: text({ personal: true }), isLead: flag() }),
  },
  TechnicianUnassigned: { version: 1, docs: 'A technician no longer works on the order.', schema: fields({ technicianId: uuid() }) },

  OrderLineAdded: { version: 1, docs: 'Work, its labour and its parts were added.', schema: fields({ ...line, ...totals }) },
  OrderLineChanged: { version: 1, docs: 'A line says something else; all of it is replaced.', schema: fields({ ...line, ...totals }) },
  OrderLineRemoved: { version: 1, docs: 'A line was taken off.', schema: fields({ lineId: uuid(), ...totals }) },
  ReworkMarked: {
    version: 1,
    docs: 'A line repairs again what another order had repaired not long before (SR-5).',
    schema: fields({ lineId: uuid(), reworkOf: fields({ workOrderId: uuid(), lineId: uuid() }) }),
  },

  CostApprovalRequested: { version: 1, docs: 'Somebody asks to spend this much.', schema: fields({ amount: money(), note: optional(note({ max: 1000 })) }) },
  CostApproved: { version: 1, docs: 'The order may cost up to this amount.', schema: fields({ amount: money(), note: optional(note({ max: 1000 })) }) },
  CostRejected: { version: 1, docs: 'The order may not cost this much.', schema: fields({ amount: money(), ...reason }) },
  CostApprovalLapsed: {
    version: 1,
    docs: 'The order costs more than what was approved: the approval no longer counts.',
    schema: fields({ approved: money(), total: money() }),
  },
  WorkOrderSigned: {
    version: 1,
    docs: 'Somebody signed for the work as it stands; a line that changes afterwards makes it void.',
    subject: 'signatureId',
    schema: fields({ signatureId: uuid(), signedBy: text({ personal: true }), attachmentId: uuid() }),
  },

  WorkOrderStarted: { version: 1, docs: 'Work began.', schema: fields(about) },
  TechnicianClockedIn: { version: 1, docs: 'A technician began to work.', schema: fields({ ...spell, startedAt: instant() }) },
  TechnicianClockedOut: {
    version: 1,
    docs: 'A technician stopped working; the time between is labour.',
    schema: fields({ ...spell, startedAt: instant(), endedAt: instant(), workedMs: integer() }),
  },
  WorkOrderPaused: { version: 1, docs: 'Work rests; nobody’s time counts.', schema: fields(reason) },
  WorkOrderResumed: { version: 1, docs: 'Work goes on; whoever works clocks in again.', schema: fields({}) },
  WorkOrderCompleted: {
    version: 1,
    docs: 'The work is done, with what the meters showed then. `evidence`: what the order holds, in the words of service types. Its costs close at `closesAt`.',
    schema: fields({
      ...about,
      closingReadings: list(fields(reading), { max: 10 }),
      evidence: list(code(), { max: 50 }),
      ...totals,
      workedMs: integer(),
      openedAt: instant(),
      rework: optional(rework),
      repairs,
      completion: integer({ min: 1, docs: 'counts the completions of this order' }),
      closesAt: instant(),
    }),
  },
  WorkOrderReopened: {
    version: 1,
    docs: 'It was not done after all; the completion before stays in history.',
    schema: fields({ ...about, ...reason, repairs, completion: integer({ min: 1 }) }),
  },
  WorkOrderCancelled: { version: 1, docs: 'It will not be done.', schema: fields({ ...about, ...reason }) },
  WorkOrderClosed: {
    version: 1,
    docs: 'Its costs are final; a correction is another order. The customer’s part is what is to be billed to it, told here and only here.',
    schema: fields({ ...about, by: oneOf(['charged', 'deadline']), ...totals, customerPart: optional(money()), companyPart: optional(money()) }),
  },
});
