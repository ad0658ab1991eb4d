/** What is due when on which unit, and what was done. */

import type { Frozen } from '../../src/domain/kernel/aggregate.ts';
import { maintenance } from '../../src/domain/maintenance/decider.ts';
import type { Outlook, Plan } from '../../src/domain/maintenance/state.ts';
import { projecting } from '../kernel/projection.ts';
import { partTable, performedTable, scheduleTable } from './tables.ts';

const { projection, when } = projecting({ schedule: scheduleTable, performed: performedTable, part: partTable });

const planned = ({ name, tasks, basis, calendar, primaryMeter, secondaryMeter }: Frozen<Plan>) => ({
  schedule_name: name,
  tasks,
  basis,
  frequency_interval: calendar?.every ?? null,
  frequency_type: calendar?.unit ?? null,
  meters: [primaryMeter, secondaryMeter].filter((meter) => meter !== undefined),
});
const ahead = ({ occurrence, status, lastDoneOn, dueOn, dueAt, forecastOn }: Frozen<Outlook>) => ({
  occurrence,
  status,
  last_performed_on: lastDoneOn,
  next_due_date: dueOn ?? null,
  forecast_date: forecastOn ?? null,
  due_at: dueAt,
});

/** A record of a unit in the fleet is kept without end. */
const kept = { is_withdrawn: false, withdrawal_reason: null, retained_until: null } as const;

const ofMaintenance = when(maintenance, {
  MaintenanceDefined: ({ aggregateId, data }, rows) =>
    rows.schedule.put({
      pm_schedule_id: aggregateId,
      equipment_id: data.equipmentId,
      program: data.program,
      ...planned(data),
      ...ahead(data.outlook),
      snoozed_until: null,
      is_open: true,
    }),
  MaintenanceChanged: ({ aggregateId, data }, rows) => rows.schedule.patch(aggregateId, { ...planned(data), ...ahead(data.outlook) }),
  MaintenancePaused: ({ aggregateId }, rows) => rows.schedule.patch(aggregateId, { status: 'paused', snoozed_until: null }),
  MaintenanceResumed: ({ aggregateId, data }, rows) => rows.schedule.patch(aggregateId, ahead(data.outlook)),
  MaintenanceSnoozed: ({ aggregateId, data }, rows) => rows.schedule.patch(aggregateId, { snoozed_until: data.until }),
  MaintenanceUsageRecorded: ({ aggregateId, data }, rows) => rows.schedule.patch(aggregateId, ahead(data.outlook)),
  MaintenanceDueSoon: ({ aggregateId }, rows) => rows.schedule.patch(aggregateId, { status: 'due_soon' }),
  MaintenanceDue: ({ aggregateId }, rows) => rows.schedule.patch(aggregateId, { status: 'due' }),
  MaintenanceOverdue: ({ aggregateId }, rows) => rows.schedule.patch(aggregateId, { status: 'overdue' }),
  MaintenanceReassessed: ({ aggregateId, data }, rows) => rows.schedule.patch(aggregateId, { status: data.status }),
  MaintenancePerformed: ({ aggregateId, data }, rows) => {
    const { performanceId, parts, cost } = data;
    rows.schedule.patch(aggregateId, { ...ahead(data.outlook), snoozed_until: null });
    rows.performed.put({
      pm_event_id: performanceId,
      equipment_id: data.equipmentId,
      pm_schedule_id: aggregateId,
      performed_date: data.performedOn,
      work_performed: data.workPerformed ?? null,
      is_skipped: false,
      work_order_id: data.workOrderId ?? null,
      inspection_id: data.inspectionId ?? null,
      cost_amount: cost?.amount ?? null,
      currency_code: cost?.currency ?? null,
      attachment_id: data.attachmentId ?? null,
      ...kept,
    });
    for (const part of parts) {
      rows.part.put({
        pm_parts_id: part.partId,
        pm_event_id: performanceId,
        part_name: part.partName,
        part_quantity: part.quantity,
        part_cost: part.cost?.amount ?? null,
        currency_code: part.cost?.currency ?? null,
        is_withdrawn: false,
      });
    }
  },
  MaintenanceSkipped: ({ aggregateId, data }, rows) => {
    const equipmentId = rows.schedule.get(aggregateId)?.equipment_id;
    rows.schedule.patch(aggregateId, { ...ahead(data.outlook), snoozed_until: null });
    if (equipmentId === undefined) return;
    rows.performed.put({
      pm_event_id: data.performanceId,
      equipment_id: equipmentId,
      pm_schedule_id: aggregateId,
      performed_date: data.skippedOn,
      work_performed: data.reason,
      is_skipped: true,
      work_order_id: null,
      inspection_id: null,
      cost_amount: null,
      currency_code: null,
      attachment_id: null,
      ...kept,
    });
  },
  MaintenancePerformanceWithdrawn: ({ aggregateId, data }, rows) => {
    rows.schedule.patch(aggregateId, ahead(data.outlook));
    // PM-9: a record stays on the books; what was taken back is said of it.
    rows.performed.patch(data.performanceId, { is_withdrawn: true, withdrawal_reason: data.reason ?? null });
    for (const partId of data.partIds) rows.part.patch(partId, { is_withdrawn: true });
  },
  MaintenanceLeftAccount: ({ aggregateId }, rows) => rows.schedule.patch(aggregateId, { customer_id: null, account_id: null }),
  MaintenanceEnded: ({ aggregateId, data }, rows) => {
    rows.schedule.patch(aggregateId, { status: 'ended', snoozed_until: null, is_open: false });
    for (const { performanceId, retainedUntil } of data.records) rows.performed.patch(performanceId, { retained_until: retainedUntil });
  },
  MaintenanceRecordRemoved: ({ data }, rows) => {
    rows.performed.remove(data.performanceId);
    for (const partId of data.partIds) rows.part.remove(partId);
  },
});

export const maintenanceSchedules = projection({
  name: 'maintenance',
  version: 2,
  docs: 'What is due when on which unit, and what was done.',
  on: [ofMaintenance],
});
