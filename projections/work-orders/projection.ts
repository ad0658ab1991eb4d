/** Work orders: what is to be done, by whom, what it costs, and how it ended. */

import type { DataOf } from '../../src/domain/kernel/aggregate.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { workOrder } from '../../src/domain/work-order/decider.ts';
import type { workOrderEvents } from '../../src/domain/work-order/events.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import type { RowOf } from '../kernel/table.ts';
import {
  workOrderHasAttachmentTable,
  workOrderLabourTable,
  workOrderSignatureTable,
  workOrderTable,
  workOrderTechnicianTable,
  workOrderVmrsTable,
} from './tables.ts';

const tables = {
  workOrder: workOrderTable,
  line: workOrderVmrsTable,
  labour: workOrderLabourTable,
  technician: workOrderTechnicianTable,
  hasAttachment: workOrderHasAttachmentTable,
  signature: workOrderSignatureTable,
};
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;
type Order = RowOf<(typeof workOrderTable)['columns']>;
type Data<K extends keyof typeof workOrderEvents> = DataOf<(typeof workOrderEvents)[K]>;

const attachmentRowId = (workOrderId: string, attachmentId: string): string => derivedId(workOrderId, ['attachment', attachmentId]);
const technicianRowId = (workOrderId: string, technicianId: string): string => derivedId(workOrderId, ['technician', technicianId]);
const attached = (rows: All, workOrderId: string, { attachmentId, documentCategory }: Data<'WorkOrderAttached'>): void =>
  rows.hasAttachment.put({
    workorder_has_attachment_id: attachmentRowId(workOrderId, attachmentId),
    workorder_id: workOrderId,
    attachment_id: attachmentId,
    document_category: documentCategory ?? null,
  });
type Totals = Pick<Data<'OrderLineRemoved'>, 'labourTotal' | 'partTotal' | 'total'>;
const costs = ({ labourTotal, partTotal, total }: Totals) => ({
  labour_cost: labourTotal.amount,
  part_cost: partTotal.amount,
  total_cost: total.amount,
  // A signature is for the work as it stood.
  is_signed: false,
});
const lineColumns = (data: Data<'OrderLineAdded'>) => ({
  vmrs_id: data.vmrsCode === undefined ? null : entryId('vmrs', data.vmrsCode),
  vmrs_code: data.vmrsCode ?? null,
  tire_position: data.position ?? null,
  repair_reason: data.repairReason,
  work_accomplished_code: data.workAccomplished ?? null,
  failure_code: data.failureCode ?? null,
  complaint: data.complaint ?? null,
  cause: data.cause ?? null,
  correction: data.correction ?? null,
  labour_hours: data.labour?.hours ?? null,
  labour_rate: data.labour?.rate.amount ?? null,
  parts: data.parts,
  workorder_part_cost: data.partCost.amount,
  workorder_labour_cost: data.labourCost.amount,
  currency_code: data.partCost.currency,
  override_reason: data.overrideReason ?? null,
  ers_id: data.roadsideId ?? null,
});
const newOrder = {
  technician_id: null,
  technician_name: null,
  workorder_status: 'open',
  status_reason: null,
  labour_cost: '0',
  part_cost: '0',
  total_cost: '0',
  approval_status: 'none',
  approval_amount: null,
  is_signed: false,
  worked_ms: '0',
  started_at: null,
  completed_at: null,
  customer_cost: null,
  company_cost: null,
  closed_at: null,
  closes_at: null,
  closing_readings: null,
  completion_count: 0,
} as const satisfies Partial<Order>;
const approval = (approval_status: string, amount: string | null): Partial<Order> => ({ approval_status, approval_amount: amount });

const orders = when(workOrder, {
  WorkOrderOpened: ({ aggregateId, occurredAt, data }, rows) => {
    rows.workOrder.put({
      workorder_id: aggregateId,
      workorder_number: data.workOrderNumber,
      service_request_id: data.requestId ?? null,
      equipment_id: data.equipmentId ?? null,
      maintenance_id: data.maintenanceId ?? null,
      inspection_id: data.inspectionId ?? null,
      ers_id: data.roadsideId ?? null,
      correction_of: data.correctionOf ?? null,
      workorder_kind: data.kind,
      source: data.source,
      workorder_description: data.description,
      currency_code: data.currency,
      budget: data.budget?.amount ?? null,
      cost_limit: data.policy.costLimit.amount,
      is_signature_required: data.policy.signatureRequired,
      opened_at: occurredAt,
      ...newOrder,
    });
    for (const attachmentId of data.attachmentIds) attached(rows, aggregateId, { attachmentId });
  },
  WorkOrderDescribed: ({ aggregateId, data }, { workOrder: order }) => order.patch(aggregateId, { workorder_description: data.description }),
  WorkOrderAttached: ({ aggregateId, data }, rows) => attached(rows, aggregateId, data),
  TechnicianAssigned: ({ aggregateId, data: { technicianId, technicianName, isLead } }, rows) => {
    const before = rows.workOrder.get(aggregateId)?.technician_id ?? null;
    if (isLead && before !== null && before !== technicianId) rows.technician.patch(technicianRowId(aggregateId, before), { is_lead: false });
    if (isLead) rows.workOrder.patch(aggregateId, { technician_id: technicianId, technician_name: technicianName });
    rows.technician.put({
      workorder_technician_id: technicianRowId(aggregateId, technicianId),
      workorder_id: aggregateId,
      technician_id: technicianId,
      is_lead: isLead,
    });
  },
  TechnicianUnassigned: ({ aggregateId, data: { technicianId } }, rows) => {
    rows.technician.remove(technicianRowId(aggregateId, technicianId));
    if (rows.workOrder.get(aggregateId)?.technician_id === technicianId) rows.workOrder.patch(aggregateId, { technician_id: null, technician_name: null });
  },
  OrderLineAdded: ({ aggregateId, data }, rows) => {
    rows.workOrder.patch(aggregateId, costs(data));
    rows.line.put({
      workorder_vmrs_id: data.lineId,
      workorder_id: aggregateId,
      ...lineColumns(data),
      is_rework: false,
      rework_of_workorder_id: null,
      rework_of_workorder_vmrs_id: null,
    });
  },
  OrderLineChanged: ({ aggregateId, data }, rows) => {
    rows.workOrder.patch(aggregateId, costs(data));
    rows.line.patch(data.lineId, lineColumns(data));
  },
  OrderLineRemoved: ({ aggregateId, data }, rows) => {
    rows.workOrder.patch(aggregateId, costs(data));
    rows.line.remove(data.lineId);
  },
  ReworkMarked: ({ data: { lineId, reworkOf } }, { line }) =>
    line.patch(lineId, { is_rework: true, rework_of_workorder_id: reworkOf.workOrderId, rework_of_workorder_vmrs_id: reworkOf.lineId }),
  CostApprovalRequested: ({ aggregateId, data }, rows) => rows.workOrder.patch(aggregateId, approval('pending', data.amount.amount)),
  CostApproved: ({ aggregateId, data }, rows) => rows.workOrder.patch(aggregateId, approval('approved', data.amount.amount)),
  CostRejected: ({ aggregateId, data }, rows) => rows.workOrder.patch(aggregateId, approval('rejected', data.amount.amount)),
  CostApprovalLapsed: ({ aggregateId }, rows) => rows.workOrder.patch(aggregateId, approval('none', null)),
  WorkOrderSigned: ({ aggregateId, occurredAt, data }, rows) => {
    rows.workOrder.patch(aggregateId, { is_signed: true });
    rows.signature.put({
      workorder_signature_id: data.signatureId,
      workorder_id: aggregateId,
      signed_by: data.signedBy,
      signed_at: occurredAt,
      attachment_id: data.attachmentId,
    });
  },
});
const work = when(workOrder, {
  WorkOrderStarted: ({ aggregateId, occurredAt }, rows) => rows.workOrder.patch(aggregateId, { workorder_status: 'in_progress', started_at: occurredAt }),
  TechnicianClockedIn: ({ aggregateId, data: { intervalId, technicianId, startedAt } }, rows) =>
    rows.labour.put({
      workorder_labour_id: intervalId,
      workorder_id: aggregateId,
      technician_id: technicianId,
      started_at: startedAt,
      ended_at: null,
      worked_ms: null,
      work_date: startedAt.slice(0, 10),
    }),
  TechnicianClockedOut: ({ aggregateId, data: { intervalId, endedAt, workedMs } }, rows) => {
    rows.labour.patch(intervalId, { ended_at: endedAt, worked_ms: String(workedMs) });
    const order = rows.workOrder.get(aggregateId);
    if (order !== undefined) rows.workOrder.patch(aggregateId, { worked_ms: String(Number(order.worked_ms) + workedMs) });
  },
  WorkOrderPaused: ({ aggregateId, data }, rows) => rows.workOrder.patch(aggregateId, { workorder_status: 'paused', status_reason: data.reason }),
  WorkOrderResumed: ({ aggregateId }, rows) => rows.workOrder.patch(aggregateId, { workorder_status: 'in_progress', status_reason: null }),
  WorkOrderCompleted: ({ aggregateId, occurredAt, data }, rows) =>
    rows.workOrder.patch(aggregateId, {
      workorder_status: 'completed',
      status_reason: null,
      completed_at: occurredAt,
      closes_at: data.closesAt,
      closing_readings: data.closingReadings,
      completion_count: data.completion,
    }),
  WorkOrderReopened: ({ aggregateId, data }, rows) =>
    rows.workOrder.patch(aggregateId, { workorder_status: 'in_progress', status_reason: data.reason, completed_at: null, closes_at: null, is_signed: false }),
  WorkOrderCancelled: ({ aggregateId, occurredAt, data }, rows) =>
    rows.workOrder.patch(aggregateId, { workorder_status: 'cancelled', status_reason: data.reason, closed_at: occurredAt }),
  WorkOrderClosed: ({ aggregateId, occurredAt, data }, rows) =>
    rows.workOrder.patch(aggregateId, {
      workorder_status: 'closed',
      closed_at: occurredAt,
      closes_at: null,
      customer_cost: data.customerPart?.amount ?? null,
      company_cost: data.companyPart?.amount ?? null,
    }),
});

export const workOrdersModel = projection({
  name: 'work-orders',
  version: 2,
  docs: 'Work orders with their lines, technicians, labour, files and signatures.',
  on: [orders, work],
});
