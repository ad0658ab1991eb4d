import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { boolean, date, integer, numeric, text, uuid, uuidArray } from '../kernel/table.ts';
import {
  assignmentNotificationTable,
  formPtarServiceFileTable,
  promisedFleetTable,
  requestFosasTable,
  requestOthersTable,
  requestProductTable,
  requestPtarTable,
  requestSanitariosTable,
  requestWasteDisposalTable,
  requestWasteManifestTable,
  serviceRequestAddressTable,
  serviceRequestAssignmentTable,
  serviceRequestLogTable,
  serviceRequestManagerReviewTable,
  serviceRequestMediaTable,
  serviceRequestNoteTable,
  serviceRequestPersonTable,
  serviceRequestStateTimelineTable,
  serviceRequestStatusLogTable,
  serviceRequestTable,
  serviceRequestVisitTable,
  slaComplianceTable,
  unitPromiseTable,
} from './tables.ts';

const name = 'service';

/** The board people work from: what is open, how long it may still take, and who has it. */
const board: QueryDefinition = {
  ...tableQuery(name, serviceRequestTable),
  name: 'request-board',
  docs: 'Open requests with the names people know them by, who has them, and what is left of their service level: the next to be late first. `sla_state` is breached, held, running or none; the minutes left are of the clock on the wall, below zero when it is over.',
  from: `select r.*, t.code as service_type, t.name as service_type_name, u.urgency_code, c.customer_name, a.account_name, e.unit_number,
      l.street, l.latitude, l.longitude, s.name as salesperson_name, k.name as technician_name,
      case when r.is_breached then 'breached' when r.is_on_hold then 'held' when r.deadline_at is null then 'none' else 'running' end as sla_state,
      case when r.deadline_at is null then null else floor(extract(epoch from r.deadline_at - now()) / 60)::integer end as sla_remaining_minutes,
      (r.deadline_at is not null and r.deadline_at < now()) as is_late,
      array_remove(array[r.salesperson_id, r.technician_id, r.service_provider_id, r.reviewer_id], null) as assignee_ids
    from service_request r
    left join service_type t on t.service_type_id = r.service_type_id
    left join service_urgency_lookup u on u.service_urgency_lookup_id = r.service_urgency_lookup_id
    left join customer c on c.customer_id = r.customer_id
    left join account a on a.account_id = r.account_id
    left join equipment e on e.equipment_id = r.equipment_id
    left join service_request_address l on l.service_request_id = r.service_request_id
    left join "user" s on s.user_id = r.salesperson_id
    left join "user" k on k.user_id = r.technician_id
    where r.status not in ('closed', 'declined', 'cancelled')`,
  columns: {
    ...serviceRequestTable.columns,
    service_type: text().nullable().filtered(),
    service_type_name: text().nullable(),
    urgency_code: text().nullable().filtered(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
    unit_number: text().nullable().searched(),
    street: text().nullable().searched(),
    latitude: serviceRequestAddressTable.columns.latitude,
    longitude: serviceRequestAddressTable.columns.longitude,
    salesperson_name: text().nullable().personal('salesperson_id'),
    technician_name: text().nullable().personal('technician_id'),
    sla_state: text().filtered(),
    sla_remaining_minutes: integer().nullable().filtered(),
    is_late: boolean().filtered(),
    assignee_ids: uuidArray().filtered().described('who has it, in whatever role'),
  },
  sort: ['deadline_at', 'state_entered_at'],
  place: { latitude: 'latitude', longitude: 'longitude' },
};

const percent = (part: string, whole: string): string => `case when ${whole} > 0 then round(100.0 * ${part} / ${whole}, 1) end`;
/** How the service levels were kept: what has ended or is late counts; what still runs in time does not yet. */
const compliance: QueryDefinition = {
  ...tableQuery(name, slaComplianceTable),
  name: 'sla-compliance',
  docs: 'By customer, service type, urgency, state, who is waited for and month: how many states with a service level are over or late, how many kept it, and the working time they took. A state that is still running in time is only counted as running.',
  from: `select md5(concat_ws('/', s.customer_id, s.service_type_id, s.service_urgency_lookup_id, s.state, s.waiting_on, s.month_on)) as compliance_id,
      s.*, s.judged_count - s.kept_count as breached_count, ${percent('s.kept_count', 's.judged_count')} as compliance_percent,
      t.code as service_type, t.name as service_type_name, u.urgency_code, c.customer_name
    from (
      select customer_id, service_type_id, service_urgency_lookup_id, state, waiting_on, month_on,
        count(*) filter (where outcome <> 'running' or deadline_at < now())::integer as judged_count,
        count(*) filter (where outcome = 'kept')::integer as kept_count,
        count(*) filter (where outcome = 'running' and (deadline_at is null or deadline_at >= now()))::integer as running_count,
        round(avg(working_minutes), 1) as average_working_minutes, max(working_minutes) as longest_working_minutes
      from sla_compliance group by 1, 2, 3, 4, 5, 6
    ) s
    left join service_type t on t.service_type_id = s.service_type_id
    left join service_urgency_lookup u on u.service_urgency_lookup_id = s.service_urgency_lookup_id
    left join customer c on c.customer_id = s.customer_id`,
  columns: {
    compliance_id: text().described('of customer, type, urgency, state, who is waited for, and month'),
    customer_id: uuid().nullable().filtered(),
    service_type_id: uuid().filtered(),
    service_urgency_lookup_id: uuid().filtered(),
    state: text().filtered(),
    waiting_on: text().filtered(),
    month_on: date().filtered().described('its first day'),
    judged_count: integer().described('over, or late already'),
    kept_count: integer(),
    breached_count: integer().filtered(),
    running_count: integer(),
    compliance_percent: numeric().nullable().filtered().described('kept, of those judged'),
    average_working_minutes: numeric().nullable(),
    longest_working_minutes: integer().nullable(),
    service_type: text().nullable().filtered(),
    service_type_name: text().nullable(),
    urgency_code: text().nullable().filtered(),
    customer_name: text().nullable().searched(),
  },
  key: 'compliance_id',
  sort: ['-month_on', 'compliance_percent'],
};

export const serviceQueries: readonly QueryDefinition[] = [
  board,
  compliance,
  tableQuery(name, slaComplianceTable, { name: 'sla-compliance-entry', sort: ['-entered_at'] }),
  tableQuery(name, serviceRequestTable),
  tableQuery(name, serviceRequestAddressTable, { place: { latitude: 'latitude', longitude: 'longitude' } }),
  tableQuery(name, requestSanitariosTable),
  tableQuery(name, requestFosasTable),
  tableQuery(name, requestPtarTable),
  tableQuery(name, requestOthersTable),
  tableQuery(name, serviceRequestPersonTable),
  tableQuery(name, serviceRequestLogTable, { sort: ['-created_at'] }),
  tableQuery(name, serviceRequestStatusLogTable, { sort: ['-changed_at'] }),
  tableQuery(name, serviceRequestStateTimelineTable, { sort: ['-entered_at'] }),
  tableQuery(name, serviceRequestAssignmentTable, { sort: ['-assigned_at'] }),
  tableQuery(name, serviceRequestManagerReviewTable, { sort: ['-requested_at'] }),
  tableQuery(name, serviceRequestMediaTable),
  tableQuery(name, requestProductTable),
  tableQuery(name, formPtarServiceFileTable),
  tableQuery(name, serviceRequestVisitTable, { sort: ['planned_on'] }),
  tableQuery(name, requestWasteManifestTable, { sort: ['-collected_on'] }),
  tableQuery(name, requestWasteDisposalTable, { sort: ['-disposed_on'] }),
  tableQuery(name, serviceRequestNoteTable, { sort: ['-written_at'] }),
  tableQuery(name, assignmentNotificationTable, { sort: ['-notified_at'] }),
  tableQuery(name, unitPromiseTable, { sort: ['from_on'] }),
  tableQuery(name, promisedFleetTable),
];
