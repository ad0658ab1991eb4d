/** Roadside jobs: who was asked, who came, what was used, and what was said. */
import type { DataOf } from '../../src/domain/kernel/aggregate.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { roadside } from '../../src/domain/roadside/decider.ts';
import type { roadsideEvents } from '../../src/domain/roadside/events.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import type { RowOf } from '../kernel/table.ts';
import { communicationLogTable, ersAttemptTable, ersFeeTable, ersHasAttachmentTable, ersPartsUsedTable, ersTable } from './tables.ts';

const tables = {
  job: ersTable,
  attempt: ersAttemptTable,
  part: ersPartsUsedTable,
  fee: ersFeeTable,
  hasAttachment: ersHasAttachmentTable,
  communication: communicationLogTable,
};
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;
type Job = RowOf<(typeof ersTable)['columns']>;
type Attempt = RowOf<(typeof ersAttemptTable)['columns']>;
type Data<K extends keyof typeof roadsideEvents> = DataOf<(typeof roadsideEvents)[K]>;

const attached = (rows: All, jobId: string, { attachmentId, documentCategory }: Data<'RoadsideAttached'>): void =>
  rows.hasAttachment.put({
    ers_has_attachment_id: derivedId(jobId, ['attachment', attachmentId]),
    ers_id: jobId,
    attachment_id: attachmentId,
    document_category: documentCategory ?? null,
  });
const nobody = {
  ers_attempt_id: null,
  technician_name: null,
  vendor_name: null,
  eta_at: null,
  answer_by: null,
  arrived_at: null,
} as const satisfies Partial<Job>;
/** The attempt has failed: the job waits for the next vendor. */
const failed = (rows: All, jobId: string, attempt: { readonly attemptId: string } & Pick<Attempt, 'attempt_status' | 'ended_at' | 'end_reason'>): void => {
  const { attemptId, ...end } = attempt;
  rows.attempt.patch(attemptId, end);
  rows.job.patch(jobId, { ers_status: 'requested', ...nobody });
};
const newJob = {
  ...nobody,
  workorder_id: null,
  ers_status: 'requested',
  attempt_count: 0,
  resolved_at: null,
  outcome: null,
  end_reason: null,
  total_cost: '0',
} as const;
const milestoneColumns = { accepted: 'accepted_at', departed: 'departed_at', arrived: 'arrived_at', ended: 'ended_at' } as const;

const dispatches = when(roadside, {
  RoadsideRequested: ({ aggregateId, occurredAt, data }, rows) => {
    rows.job.put({
      ers_id: aggregateId,
      service_request_id: data.requestId,
      equipment_id: data.equipmentId,
      description: data.description,
      requested_at: occurredAt,
      currency_code: data.currency,
      standby_vendors: data.standbyVendors,
      street: data.place?.street ?? null,
      latitude: data.place?.position === undefined ? null : Number(data.place.position.latitude),
      longitude: data.place?.position === undefined ? null : Number(data.place.position.longitude),
      directions: data.place?.directions ?? null,
      ...newJob,
    });
    for (const attachmentId of data.attachmentIds) attached(rows, aggregateId, { attachmentId });
  },
  RoadsideStandbyNamed: ({ aggregateId, data }, { job }) => job.patch(aggregateId, { standby_vendors: data.standbyVendors }),
  VendorDispatched: ({ aggregateId, occurredAt, data }, rows) => {
    const { attemptId, number, vendorName, vendorPhone = null, etaAt = null, answerBy } = data;
    rows.job.patch(aggregateId, {
      ers_status: 'dispatched',
      ers_attempt_id: attemptId,
      attempt_count: number,
      vendor_name: vendorName,
      eta_at: etaAt,
      answer_by: answerBy,
    });
    rows.attempt.put({
      ers_attempt_id: attemptId,
      ers_id: aggregateId,
      attempt_number: number,
      vendor_name: vendorName,
      vendor_phone: vendorPhone,
      technician_name: null,
      attempt_status: 'asked',
      dispatched_at: occurredAt,
      answer_by: answerBy,
      accepted_at: null,
      departed_at: null,
      arrived_at: null,
      ended_at: null,
      eta_at: etaAt,
      eta_revision_count: 0,
      end_reason: null,
    });
  },
  DispatchAccepted: ({ aggregateId, data: { attemptId, acceptedAt, etaAt, technicianName = null } }, rows) => {
    const told = { technician_name: technicianName, ...(etaAt === undefined ? {} : { eta_at: etaAt }) };
    rows.job.patch(aggregateId, { ers_status: 'accepted', answer_by: null, ...told });
    rows.attempt.patch(attemptId, { attempt_status: 'accepted', accepted_at: acceptedAt, ...told });
  },
  DispatchDeclined: ({ aggregateId, occurredAt, data }, rows) =>
    failed(rows, aggregateId, { attemptId: data.attemptId, attempt_status: 'declined', ended_at: occurredAt, end_reason: data.reason }),
  DispatchTimedOut: ({ aggregateId, occurredAt, data }, rows) =>
    failed(rows, aggregateId, { attemptId: data.attemptId, attempt_status: 'timed_out', ended_at: occurredAt, end_reason: null }),
  VendorReplaced: ({ aggregateId, occurredAt, data }, rows) =>
    failed(rows, aggregateId, { attemptId: data.attemptId, attempt_status: 'replaced', ended_at: occurredAt, end_reason: data.reason }),
  VendorUnable: ({ aggregateId, data }, rows) =>
    failed(rows, aggregateId, { attemptId: data.attemptId, attempt_status: 'unable', ended_at: data.endedAt, end_reason: data.reason }),
  EtaRevised: ({ aggregateId, data: { attemptId, etaAt, revision } }, rows) => {
    rows.job.patch(aggregateId, { eta_at: etaAt });
    rows.attempt.patch(attemptId, { eta_at: etaAt, eta_revision_count: revision });
  },
  VendorDeparted: ({ aggregateId, data: { attemptId, departedAt } }, rows) => {
    rows.job.patch(aggregateId, { ers_status: 'en_route' });
    rows.attempt.patch(attemptId, { attempt_status: 'en_route', departed_at: departedAt });
  },
  VendorArrived: ({ aggregateId, data: { attemptId, arrivedAt } }, rows) => {
    rows.job.patch(aggregateId, { ers_status: 'on_site', arrived_at: arrivedAt });
    rows.attempt.patch(attemptId, { attempt_status: 'on_site', arrived_at: arrivedAt });
  },
  MilestoneCorrected: ({ aggregateId, data: { attemptId, milestone, at } }, rows) => {
    rows.attempt.patch(attemptId, { [milestoneColumns[milestone]]: at });
    if (rows.job.get(aggregateId)?.ers_attempt_id !== attemptId) return;
    if (milestone === 'arrived') rows.job.patch(aggregateId, { arrived_at: at });
    if (milestone === 'ended') rows.job.patch(aggregateId, { resolved_at: at });
  },
});

const costs = when(roadside, {
  RoadsidePartRecorded: ({ aggregateId, data }, rows) => {
    rows.job.patch(aggregateId, { total_cost: data.total.amount });
    rows.part.put({
      ers_parts_id: data.partId,
      ers_id: aggregateId,
      ers_attempt_id: data.attemptId,
      part_name: data.partName,
      part_number: data.partNumber ?? null,
      part_quantity: data.quantity,
      unit_cost: data.unitCost.amount,
      part_cost: data.amount.amount,
      currency_code: data.amount.currency,
    });
  },
  RoadsidePartRemoved: ({ aggregateId, data }, rows) => {
    rows.job.patch(aggregateId, { total_cost: data.total.amount });
    rows.part.remove(data.partId);
  },
  RoadsideFeeRecorded: ({ aggregateId, data: { feeId, feeKind, amount, description = null, total } }, rows) => {
    rows.job.patch(aggregateId, { total_cost: total.amount });
    rows.fee.put({ ers_fee_id: feeId, ers_id: aggregateId, fee_kind: feeKind, amount: amount.amount, currency_code: amount.currency, description });
  },
  RoadsideFeeRemoved: ({ aggregateId, data }, rows) => {
    rows.job.patch(aggregateId, { total_cost: data.total.amount });
    rows.fee.remove(data.feeId);
  },
  CommunicationLogged: ({ aggregateId, data }, { communication }) =>
    communication.put({
      communication_id: data.communicationId,
      ers_id: aggregateId,
      vendor_name: data.vendorName ?? null,
      driver_name: data.driverName ?? null,
      communication_type: data.channel,
      is_inbound: data.direction === 'inbound',
      communicated_at: data.at,
      summary: data.summary ?? null,
    }),
  RoadsideAttached: ({ aggregateId, data }, rows) => attached(rows, aggregateId, data),
  RoadsideWorkOrderLinked: ({ aggregateId, data }, { job }) => job.patch(aggregateId, { workorder_id: data.workOrderId }),
  RoadsideResolved: ({ aggregateId, data: { attemptId, resolvedAt, outcome, total } }, rows) => {
    rows.job.patch(aggregateId, { ers_status: 'resolved', resolved_at: resolvedAt, outcome, total_cost: total.amount });
    rows.attempt.patch(attemptId, { attempt_status: 'resolved', ended_at: resolvedAt });
  },
  RoadsideSettled: ({ aggregateId, data }, { job }) => job.patch(aggregateId, { ers_status: 'closed', total_cost: data.total.amount }),
  RoadsideCancelled: ({ aggregateId, occurredAt, data }, rows) => {
    const attemptId = rows.job.get(aggregateId)?.ers_attempt_id ?? null;
    if (attemptId !== null) rows.attempt.patch(attemptId, { attempt_status: 'cancelled', ended_at: occurredAt, end_reason: data.reason });
    rows.job.patch(aggregateId, { ers_status: 'cancelled', end_reason: data.reason, total_cost: data.total.amount, answer_by: null });
    if (data.feeId === undefined || data.fee === undefined) return;
    const { amount, currency } = data.fee;
    rows.fee.put({ ers_fee_id: data.feeId, ers_id: aggregateId, fee_kind: 'cancellation', amount, currency_code: currency, description: data.reason });
  },
});

export const roadsideModel = projection({
  name: 'roadside',
  version: 1,
  docs: 'Roadside jobs with their attempts, parts, fees, files and talks.',
  on: [dispatches, costs],
});
