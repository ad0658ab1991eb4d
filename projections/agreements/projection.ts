import { agreement } from '../../src/domain/agreement/decider.ts';
import { assignment } from '../../src/domain/assignment/decider.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting } from '../kernel/projection.ts';
import {
  agreementAmendmentTable,
  assignmentRequestTable,
  lineItemRateTable,
  masterAgreementHasAttachmentTable,
  masterAgreementTable,
  scheduleAgreementHasAttachmentTable,
  scheduleAgreementLineItemTable,
  scheduleAgreementTable,
} from './tables.ts';

const { projection, when } = projecting({
  master: masterAgreementTable,
  amendment: agreementAmendmentTable,
  schedule: scheduleAgreementTable,
  line: scheduleAgreementLineItemTable,
  rate: lineItemRateTable,
  masterAttachment: masterAgreementHasAttachmentTable,
  scheduleAttachment: scheduleAgreementHasAttachmentTable,
  request: assignmentRequestTable,
});

const facility = (code: string | undefined): string | null => (code === undefined ? null : entryId('facility', code));
type Drafted = Parameters<NonNullable<Parameters<typeof when<'agreement', never, never, typeof agreement.events>>[1]['AgreementDrafted']>>[0];
const masterRow = ({ aggregateId, data }: Drafted) => ({
  master_agreement_id: aggregateId,
  customer_id: data.customerId,
  contract_effective_date: data.effectiveDate,
  contract_end_date: null,
  contract_term: data.termMonths,
  is_evergreen: data.isEvergreen,
  contract_billing_method: data.billingMethod,
  payment_days: data.paymentDays,
  holdover_factor: data.holdoverFactor,
  currency_code: data.currency,
  time_zone: data.timeZone,
  status: 'draft',
  status_reason: null,
});

export const agreements = projection({
  name: 'agreements',
  version: 1,
  docs: 'Agreements, schedules, lines, their rates and papers, and the assignments asked for under them.',
  on: [
    when(agreement, {
      AgreementDrafted: (event, rows) => rows.master.put(masterRow(event)),
      AgreementChanged: (event, rows) => rows.master.put(masterRow(event)),
      AgreementDiscarded: ({ aggregateId, data }, rows) => rows.master.patch(aggregateId, { status: 'discarded', status_reason: data.reason }),
      AgreementActivated: ({ aggregateId, data }, rows) => rows.master.patch(aggregateId, { status: 'active', contract_end_date: data.endDate }),
      AgreementAmended: ({ aggregateId, data }, rows) => {
        const { amendmentId, effectiveOn, ...terms } = data;
        rows.amendment.put({ agreement_amendment_id: amendmentId, master_agreement_id: aggregateId, effective_on: effectiveOn, terms });
      },
      AgreementRenewed: ({ aggregateId, data }, rows) => rows.master.patch(aggregateId, { contract_end_date: data.endDate, is_evergreen: data.isEvergreen }),
      AgreementTerminated: ({ aggregateId, data }, rows) =>
        rows.master.patch(aggregateId, { status: 'terminated', status_reason: data.reason, contract_end_date: data.on }),
      AgreementExpired: ({ aggregateId }, rows) => rows.master.patch(aggregateId, { status: 'expired' }),
      AgreementDocumentAttached: ({ aggregateId, data }, rows) =>
        rows.masterAttachment.put({
          master_agreement_has_attachment_id: derivedId(aggregateId, ['attachment', data.attachmentId]),
          master_agreement_id: aggregateId,
          attachment_id: data.attachmentId,
          document_role: data.role,
        }),
      ScheduleAdded: ({ aggregateId, data }, rows) =>
        rows.schedule.put({
          schedule_agreement_id: data.scheduleId,
          master_agreement_id: aggregateId,
          effective_date: data.effectiveDate,
          termination_date: data.endDate ?? null,
          status: 'draft',
          contract_type_lookup_id: entryId('contract-type', data.contractType),
          facility_lookup_id: facility(data.facility),
        }),
      ScheduleActivated: ({ data }, rows) => rows.schedule.patch(data.scheduleId, { status: 'active' }),
      ScheduleDiscarded: ({ data }, rows) => rows.schedule.patch(data.scheduleId, { status: 'discarded' }),
      ScheduleRenewed: ({ data }, rows) => rows.schedule.patch(data.scheduleId, { status: 'active', termination_date: data.endDate }),
      ScheduleTerminated: ({ data }, rows) => rows.schedule.patch(data.scheduleId, { status: 'terminated', termination_date: data.on }),
      ScheduleExpired: ({ data }, rows) => rows.schedule.patch(data.scheduleId, { status: 'expired' }),
      ScheduleDocumentAttached: ({ data }, rows) =>
        rows.scheduleAttachment.put({
          schedule_agreement_has_attachment_id: derivedId(data.scheduleId, ['attachment', data.attachmentId]),
          schedule_agreement_id: data.scheduleId,
          attachment_id: data.attachmentId,
          document_role: data.role,
        }),
      LineAdded: ({ aggregateId, data }, rows) => {
        rows.line.put({
          schedule_agreement_line_item_id: data.lineItemId,
          schedule_agreement_id: data.scheduleId,
          master_agreement_id: aggregateId,
          equipment_type_lookup_id: entryId('equipment-type', data.equipmentType),
          rate: data.rate.amount,
          currency_code: data.rate.currency,
          rate_period: data.per,
          number_of_units: data.numberOfUnits,
          effective_date: data.from,
          termination_date: data.until ?? null,
        });
        rows.rate.put(rateRow(data));
      },
      LineUnitsChanged: ({ data }, rows) => rows.line.patch(data.lineItemId, { number_of_units: data.numberOfUnits }),
      LineRateChanged: ({ data }, rows) => rows.rate.put(rateRow(data)),
    }),
    when(assignment, {
      AssignmentRequested: ({ aggregateId, data, occurredAt }, rows) =>
        rows.request.put({ ...requestRow(aggregateId, data), replaces_assignment_id: null, requested_at: occurredAt }),
      SwapRequested: ({ aggregateId, data, occurredAt }, rows) =>
        rows.request.put({ ...requestRow(aggregateId, data), replaces_assignment_id: data.replaces, requested_at: occurredAt }),
      AssignmentRetried: ({ aggregateId, data }, rows) =>
        rows.request.patch(aggregateId, { equipment_id: data.equipmentId, status: 'requested', failed_step: null, failure_code: null, failure_message: null }),
      AssignmentCompleted: ({ aggregateId }, rows) => rows.request.patch(aggregateId, { status: 'completed' }),
      AssignmentFailed: ({ aggregateId, data }, rows) =>
        rows.request.patch(aggregateId, { status: 'failed', failed_step: data.step, failure_code: data.code, failure_message: data.message }),
    }),
  ],
});

type Rated = {
  readonly lineItemId: string;
  readonly from: string;
  readonly rate: { readonly amount: string; readonly currency: string };
  readonly per: string;
};
const rateRow = ({ lineItemId, from, rate, per }: Rated) => ({
  schedule_agreement_line_item_rate_id: derivedId(lineItemId, ['rate', from]),
  schedule_agreement_line_item_id: lineItemId,
  effective_date: from,
  rate: rate.amount,
  currency_code: rate.currency,
  rate_period: per,
});
type Requested = { readonly allocationId: string; readonly equipmentId: string; readonly from: string; readonly until?: string };
const requestRow = (id: string, { allocationId, equipmentId, from, until }: Requested) => ({
  assignment_request_id: id,
  equipment_type_allocation_id: allocationId,
  equipment_id: equipmentId,
  effective_from: from,
  effective_until: until ?? null,
  status: 'requested',
  failed_step: null,
  failure_code: null,
  failure_message: null,
});
