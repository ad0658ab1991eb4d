import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { boolean, integer, text } from '../kernel/table.ts';
import { partTable, performedTable, scheduleTable } from './tables.ts';

const name = 'maintenance';

/** Today where the unit is; a unit that is another’s now is not seen, and its day is that of UTC. */
const today = `(now() at time zone coalesce(e.time_zone, 'UTC'))::date`;
/** What comes when: names change, so they are joined and never copied. */
const calendar: QueryDefinition = {
  ...tableQuery(name, scheduleTable),
  name: 'maintenance-calendar',
  docs: 'What is overdue, due and forecast, by the day it comes: the due date, or sooner where use brings it there. Ask for a window of `forecast_date`; `days_left` is below zero where that day is over, and empty where nothing can be said yet.',
  from: `select s.*, e.unit_number, c.customer_name, a.account_name, (s.forecast_date - ${today})::int as days_left,
      coalesce(s.snoozed_until > ${today}, false) as is_silent
    from preventive_maintenance_schedule s
    left join equipment e on e.equipment_id = s.equipment_id
    left join customer c on c.customer_id = s.customer_id
    left join account a on a.account_id = s.account_id
    where s.is_open`,
  columns: {
    ...scheduleTable.columns,
    unit_number: text().nullable().searched(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
    days_left: integer().nullable().filtered(),
    is_silent: boolean().filtered().described('Nobody is told of it until `snoozed_until`; what is due stays due.'),
  },
  sort: ['forecast_date'],
};
/** What was done on which unit. */
const story: QueryDefinition = {
  ...tableQuery(name, performedTable),
  name: 'maintenance-record',
  docs: 'Each time a unit was maintained, with what the schedule is called, the unit’s number and the work order’s.',
  from: `select p.*, s.schedule_name, s.program, e.unit_number, w.workorder_number
    from preventive_maintenance_event p
    left join preventive_maintenance_schedule s on s.pm_schedule_id = p.pm_schedule_id
    left join equipment e on e.equipment_id = p.equipment_id
    left join workorder w on w.workorder_id = p.work_order_id`,
  columns: {
    ...performedTable.columns,
    schedule_name: text().nullable().searched(),
    program: text().nullable().filtered(),
    unit_number: text().nullable().searched(),
    workorder_number: integer().nullable().filtered(),
  },
  sort: ['-performed_date'],
};

export const maintenanceQueries: readonly QueryDefinition[] = [
  tableQuery(name, scheduleTable, { sort: ['next_due_date'] }),
  calendar,
  tableQuery(name, performedTable, { sort: ['-performed_date'] }),
  story,
  tableQuery(name, partTable),
];
