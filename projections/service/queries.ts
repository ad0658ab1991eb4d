import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { boolean, integer, text } from '../kernel/table.ts';
import {
  formPtarServiceFileTable,
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
  serviceRequestStateTimelineTable,
  serviceRequestStatusLogTable,
  serviceRequestTable,
  serviceRequestVisitTable,
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
      (r.deadline_at is not null and r.deadline_at < now()) as is_late
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
    sla_remaining_minutes: integer().nullable(),
    is_late: boolean(),
  },
  sort: ['deadline_at', 'state_entered_at'],
  place: { latitude: 'latitude', longitude: 'longitude' },
};

export const serviceQueries: readonly QueryDefinition[] = [
  board,
  tableQuery(name, serviceRequestTable),
  tableQuery(name, serviceRequestAddressTable, { place: { latitude: 'latitude', longitude: 'longitude' } }),
  tableQuery(name, requestSanitariosTable),
  tableQuery(name, requestFosasTable),
  tableQuery(name, requestPtarTable),
  tableQuery(name, requestOthersTable),
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
];
