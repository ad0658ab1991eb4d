import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { date, double, instant, integer, text, uuid } from '../kernel/table.ts';
import { unitBook } from '../kernel/unit-book.ts';
import {
  workOrderHasAttachmentTable,
  workOrderLabourTable,
  workOrderSignatureTable,
  workOrderTable,
  workOrderTechnicianTable,
  workOrderVmrsTable,
} from './tables.ts';

const name = 'work-orders';

const board = unitBook(name, workOrderTable, {
  name: 'work-order-board',
  docs: 'Work orders with the unit’s number and the names of customer and account.',
  sort: ['-opened_at'],
});
/** What each has begun when, on which order. */
const labour: QueryDefinition = {
  ...tableQuery(name, workOrderLabourTable),
  name: 'labour-book',
  docs: 'Labour with the order it was on, and the technician’s name as the order knows it.',
  from: `select l.*, w.workorder_number, w.workorder_description, w.workorder_status
    from workorder_labour l
    left join workorder w on w.workorder_id = l.workorder_id`,
  columns: {
    ...workOrderLabourTable.columns,
    workorder_number: integer().nullable().filtered(),
    workorder_description: text().nullable().searched(),
    workorder_status: text().nullable().filtered(),
  },
  sort: ['-started_at'],
};
/** What a technician has before them: time worked, orders on their plate, agreed times and planned visits. */
const day: QueryDefinition = {
  ...tableQuery(name, workOrderTechnicianTable),
  name: 'technician-day',
  docs: 'The technician’s day: labour already done, orders that are open (on the day they are scheduled, else today), requests scheduled for them, and planned visits, with unit and place. `entry_kind`: labour, order, request or visit.',
  from: `select d.*, e.unit_number, l.street, l.latitude, l.longitude
    from (
      select 'labour/' || b.workorder_labour_id as entry_id, 'labour' as entry_kind, b.technician_id, b.work_date as day_on, b.started_at as starts_at,
        b.ended_at as ends_at, b.workorder_id, w.service_request_id, w.equipment_id, w.workorder_description as description, w.workorder_status as status
      from workorder_labour b left join workorder w on w.workorder_id = b.workorder_id
      union all
      select 'order/' || t.workorder_technician_id, 'order', t.technician_id,
        greatest((coalesce(r.scheduled_start_at, w.opened_at) at time zone 'UTC')::date, (now() at time zone 'UTC')::date),
        r.scheduled_start_at, r.scheduled_end_at, w.workorder_id, w.service_request_id, w.equipment_id, w.workorder_description, w.workorder_status
      from workorder_technician t
      join workorder w on w.workorder_id = t.workorder_id and w.workorder_status in ('open', 'in_progress', 'paused')
      left join service_request r on r.service_request_id = w.service_request_id and r.status in ('scheduled', 'in_progress')
      union all
      select 'request/' || r.service_request_id, 'request', r.technician_id, (r.scheduled_start_at at time zone r.time_zone)::date,
        r.scheduled_start_at, r.scheduled_end_at, null, r.service_request_id, r.equipment_id, r.issue_description, r.status
      from service_request r
      where r.technician_id is not null and r.scheduled_start_at is not null and r.status in ('scheduled', 'in_progress')
      union all
      select 'visit/' || v.service_request_visit_id, 'visit', r.technician_id, v.planned_on, null, null, null, r.service_request_id, r.equipment_id,
        r.issue_description, v.visit_kind
      from service_request_visit v
      join service_request r on r.service_request_id = v.service_request_id and r.technician_id is not null
      where v.status = 'planned'
    ) d
    left join equipment e on e.equipment_id = d.equipment_id
    left join service_request_address l on l.service_request_id = d.service_request_id`,
  columns: {
    entry_id: text().described('kind and id'),
    entry_kind: text().filtered(),
    technician_id: uuid().filtered(),
    day_on: date().filtered(),
    starts_at: instant().nullable().filtered(),
    ends_at: instant().nullable(),
    workorder_id: uuid().nullable().filtered(),
    service_request_id: uuid().nullable().filtered(),
    equipment_id: uuid().nullable().filtered(),
    description: text().nullable().searched(),
    status: text().nullable().filtered(),
    unit_number: text().nullable().searched(),
    street: text().nullable().searched(),
    latitude: double().nullable(),
    longitude: double().nullable(),
  },
  key: 'entry_id',
  sort: ['day_on', 'starts_at'],
  place: { latitude: 'latitude', longitude: 'longitude' },
};
/** Repairs by code, over all orders. */
const repairs: QueryDefinition = {
  ...tableQuery(name, workOrderVmrsTable),
  name: 'repairs',
  docs: 'Lines of work orders with what their codes mean and the unit they were done on.',
  from: `select v.*, m.vmrs_description, w.workorder_number, w.workorder_status, w.equipment_id
    from workorder_vmrs v
    left join vmrs_lookup m on m.vmrs_id = v.vmrs_id
    left join workorder w on w.workorder_id = v.workorder_id`,
  columns: {
    ...workOrderVmrsTable.columns,
    vmrs_description: text().nullable().searched(),
    workorder_number: integer().nullable().filtered(),
    workorder_status: text().nullable().filtered(),
    equipment_id: { ...workOrderTable.columns.equipment_id },
  },
  sort: ['-created_at'],
};

export const workOrderQueries: readonly QueryDefinition[] = [
  tableQuery(name, workOrderTable, { sort: ['-opened_at'] }),
  board,
  tableQuery(name, workOrderVmrsTable),
  repairs,
  tableQuery(name, workOrderLabourTable, { sort: ['-started_at'] }),
  labour,
  day,
  tableQuery(name, workOrderTechnicianTable),
  tableQuery(name, workOrderHasAttachmentTable),
  tableQuery(name, workOrderSignatureTable),
];
