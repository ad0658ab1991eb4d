import { boolean, date, integer, json, numeric, tenantTable, text, textArray, uuid } from '../kernel/table.ts';

const permission = 'maintenance:view';

export const scheduleTable = tenantTable('preventive_maintenance_schedule', {
  key: 'pm_schedule_id',
  permission,
  docs: 'How units are maintained: one row for a unit and a programme, with what is due next.',
  columns: {
    pm_schedule_id: uuid(),
    equipment_id: uuid().filtered(),
    program: text().filtered(),
    schedule_name: text().searched(),
    tasks: textArray(),
    basis: text(),
    frequency_interval: integer().nullable(),
    frequency_type: text().nullable().filtered(),
    meters: json().described('The meter intervals, as asked for.'),
    occurrence: integer(),
    next_due_date: date().nullable().filtered(),
    forecast_date: date().nullable().filtered().described('By date or by use, whichever comes first.'),
    due_at: json().described('Use in all at which each meter makes it due, in metres or seconds.'),
    status: text().filtered().described('ok, due_soon, due, overdue, paused or ended'),
    snoozed_until: date().nullable().filtered(),
    last_performed_on: date().nullable().filtered(),
    is_open: boolean().filtered(),
  },
});
export const performedTable = tenantTable('preventive_maintenance_event', {
  key: 'pm_event_id',
  permission,
  docs: 'Each time a unit was maintained, or an occurrence was skipped.',
  columns: {
    pm_event_id: uuid(),
    equipment_id: uuid().filtered(),
    pm_schedule_id: uuid().filtered(),
    performed_date: date().filtered(),
    work_performed: text().nullable(),
    is_skipped: boolean().filtered(),
    work_order_id: uuid().nullable().filtered(),
    inspection_id: uuid().nullable().filtered(),
    cost_amount: numeric().nullable(),
    currency_code: text().nullable(),
    attachment_id: uuid().nullable(),
    is_withdrawn: boolean().filtered().described('It was not done after all; the record stays.'),
    withdrawal_reason: text().nullable(),
    retained_until: date().nullable().filtered().described('The last day it is kept; empty while the unit is in the fleet.'),
  },
});
export const partTable = tenantTable('pm_parts_used', {
  key: 'pm_parts_id',
  permission,
  docs: 'The parts each maintenance used.',
  columns: {
    pm_parts_id: uuid(),
    pm_event_id: uuid().filtered(),
    part_name: text().searched(),
    part_quantity: numeric(),
    part_cost: numeric().nullable(),
    currency_code: text().nullable(),
    is_withdrawn: boolean().filtered(),
  },
});
