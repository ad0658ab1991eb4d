import { boolean, companyTable, date, double, instant, integer, json, numeric, tenantTable, text, textArray, uuid, uuidArray } from '../kernel/table.ts';

const permission = 'service-request:view';
const request = () => uuid().filtered();

export const serviceRequestTable = tenantTable('service_request', {
  key: 'service_request_id',
  permission,
  docs: 'Calls for service of both lines as they are now, with the clock of the state they are in.',
  columns: {
    service_request_id: uuid(),
    request_number: integer().filtered().described('the customer’s own series'),
    equipment_id: uuid().nullable().filtered(),
    service_type_id: uuid().filtered(),
    service_urgency_lookup_id: uuid().filtered(),
    service_urgency_type_lookup_id: uuid().nullable().filtered(),
    service_issues_lookup_id: uuid().nullable().filtered(),
    tire_size_lookup_id: uuid().nullable().filtered(),
    service_request_location_id: uuid().nullable().filtered().described('the saved place it names'),
    facility_lookup_id: uuid().nullable().filtered(),
    issue_description: text().prose(),
    details: json(),
    details_schema_version: uuid().described('the version of the type’s schema they were checked with'),
    personal_fields: textArray().described('which details are a person’s: in service_request_person'),
    status: text().filtered(),
    service_request_status_id: uuid().filtered(),
    status_reason: text().nullable().described('why it was declined, cancelled or reopened'),
    requested_by: uuid().nullable().filtered(),
    is_on_hold: boolean().filtered(),
    hold_reason: text().nullable(),
    review_status: text().filtered().described('none, pending, approved or rejected'),
    scheduled_start_at: instant().nullable().filtered(),
    scheduled_end_at: instant().nullable().filtered(),
    state_entry: integer().described('counts the states it has been in'),
    state_entered_at: instant().nullable().filtered(),
    deadline_at: instant().nullable().filtered().described('when the service level of its state is over; none while held'),
    sla_limit_minutes: integer().nullable(),
    waiting_on: text().nullable().filtered().described('company or customer'),
    is_breached: boolean().filtered().described('the state it is in took too long'),
    breach_count: integer().filtered(),
    salesperson_id: uuid().nullable().filtered(),
    technician_id: uuid().nullable().filtered(),
    service_provider_id: uuid().nullable().filtered(),
    reviewer_id: uuid().nullable().filtered(),
    promise_status: text().filtered().described('none, asked, promised or short: whether the fleet keeps the units it wants'),
    open_work_ids: uuidArray().filtered().described('orders and roadside jobs that work on it now'),
    open_quotation_ids: uuidArray().filtered(),
    accepted_quotation_id: uuid().nullable().filtered(),
    resolution: text().nullable(),
    resolved_at: instant().nullable().filtered(),
    closes_at: instant().nullable(),
    closed_at: instant().nullable().filtered(),
    reopen_until: instant().nullable(),
    rating: integer().nullable().filtered(),
    time_zone: text(),
    metadata: json(),
  },
});
export const serviceRequestPersonTable = tenantTable('service_request_person', {
  key: 'service_request_person_id',
  permission,
  docs: 'Whom the details of requests name: drivers, inspectors.',
  columns: {
    service_request_person_id: uuid(),
    service_request_id: request(),
    field: text().filtered().described('the detail’s name'),
    text: text().personal('service_request_id'),
  },
});
export const serviceRequestAddressTable = tenantTable('service_request_address', {
  key: 'service_request_address_id',
  permission,
  docs: 'Where the work is, as said and as found by a geocoder.',
  columns: {
    service_request_address_id: uuid(),
    service_request_id: request(),
    street: text().nullable().searched(),
    municipio_id: uuid().nullable().filtered(),
    zona_id: uuid().nullable().filtered(),
    directions: text().nullable(),
    latitude: double().nullable().filtered(),
    longitude: double().nullable().filtered(),
    geocode_precision: text().nullable().filtered(),
    geocode_provider: text().nullable(),
    geocoded_at: instant().nullable(),
  },
});
export const requestSanitariosTable = tenantTable('request_sanitarios', {
  key: 'service_request_id',
  permission,
  docs: 'Requests for portable toilets.',
  columns: {
    service_request_id: uuid(),
    quantity: integer().nullable().filtered(),
    sink_quantity: integer().nullable(),
    rental_start_date: date().nullable().filtered(),
    rental_end_date: date().nullable().filtered(),
    cleanings_per_week: integer().nullable(),
    purpose: text().nullable().filtered(),
    event_name: text().nullable().searched(),
  },
});
export const requestFosasTable = tenantTable('request_fosas', {
  key: 'service_request_id',
  permission,
  docs: 'Requests to pump out septic tanks and grease traps.',
  columns: {
    service_request_id: uuid(),
    water_type: text().nullable().filtered(),
    volume_m3: double().nullable().filtered(),
    tank_count: integer().nullable(),
    depth_meters: double().nullable(),
    hose_distance_meters: double().nullable(),
  },
});
export const requestPtarTable = tenantTable('request_ptar', {
  key: 'service_request_id',
  permission,
  docs: 'Requests about waste water treatment plants.',
  columns: {
    service_request_id: uuid(),
    design_flow_m3_day: double().nullable().filtered(),
    scope: text().nullable().filtered(),
    water_origin: text().nullable().filtered(),
    population_served: integer().nullable(),
    upload_ids: uuidArray(),
  },
});
export const requestOthersTable = tenantTable('request_others', {
  key: 'service_request_id',
  permission,
  docs: 'Requests for anything else, in words.',
  columns: { service_request_id: uuid(), description: text().searched(), desired_on: date().nullable().filtered() },
});
export const serviceRequestLogTable = tenantTable('service_request_log', {
  key: 'service_request_log_id',
  permission,
  docs: 'Everything that happened to a request.',
  isAudited: false,
  columns: {
    service_request_log_id: uuid(),
    service_request_id: request(),
    change: text().filtered().described('the event’s name'),
    details: json(),
    actor_id: text().filtered(),
    created_at: instant().filtered(),
  },
});
export const serviceRequestStatusLogTable = tenantTable('service_request_status_log', {
  key: 'service_request_status_log_id',
  permission,
  docs: 'From which state into which, and when.',
  isAudited: false,
  columns: {
    service_request_status_log_id: uuid(),
    service_request_id: request(),
    from_status: text().nullable().filtered(),
    to_status: text().filtered(),
    changed_at: instant().filtered(),
    changed_by: text().filtered(),
  },
});
export const serviceRequestStateTimelineTable = tenantTable('service_request_state_timeline', {
  key: 'service_request_state_timeline_id',
  permission,
  docs: 'Each state a request was in: since when, until when, until when it should have been, and the working time it took.',
  isAudited: false,
  columns: {
    service_request_state_timeline_id: uuid(),
    service_request_id: request(),
    entry: integer(),
    state: text().filtered(),
    entered_at: instant().filtered(),
    left_at: instant().nullable().filtered(),
    deadline_at: instant().nullable().filtered(),
    is_breached: boolean().filtered(),
    breached_at: instant().nullable(),
    working_minutes: integer().nullable().filtered().described('without holds, nights and holidays, as its calendar says'),
    sla_limit_minutes: integer().nullable(),
    sla_policy_code: text().nullable().filtered(),
    sla_policy_version: integer().nullable(),
    waiting_on: text().nullable().filtered(),
  },
});
export const serviceRequestAssignmentTable = tenantTable('service_request_assignment', {
  key: 'service_request_assignment_id',
  permission,
  docs: 'Who had a request in which role, and when.',
  columns: {
    service_request_assignment_id: uuid(),
    service_request_id: request(),
    user_id: uuid().filtered(),
    assignment_role: text().filtered().described('salesperson, technician, service_provider or reviewer'),
    assigned_at: instant().filtered(),
    unassigned_at: instant().nullable().filtered(),
    unassignment_reason: text().nullable(),
  },
});
export const serviceRequestManagerReviewTable = tenantTable('service_request_manager_review', {
  key: 'service_request_manager_review_id',
  permission,
  docs: 'What managers were asked to look at, and what they said.',
  columns: {
    service_request_manager_review_id: uuid(),
    service_request_id: request(),
    decision: text().filtered().described('pending, approved or rejected'),
    requested_by: text().filtered(),
    requested_at: instant().filtered(),
    request_note: text().nullable(),
    reviewer_id: text().nullable().filtered(),
    decided_at: instant().nullable().filtered(),
    decision_note: text().nullable(),
  },
});
export const serviceRequestMediaTable = tenantTable('service_request_media', {
  key: 'service_request_media_id',
  permission,
  docs: 'Files that belong to a request.',
  columns: { service_request_media_id: uuid(), service_request_id: request(), attachment_id: uuid().filtered(), media_category: text().filtered() },
});
export const requestProductTable = tenantTable('request_product', {
  key: 'request_product_id',
  permission,
  docs: 'Products wanted with a request, at the price given then.',
  columns: {
    request_product_id: uuid(),
    service_request_id: request(),
    product_id: uuid().filtered(),
    quantity: numeric(),
    unit_price: numeric(),
    currency_code: text().filtered(),
  },
});
export const formPtarServiceFileTable = tenantTable('form_ptar_service_file', {
  key: 'form_ptar_service_file_id',
  permission,
  docs: 'Plans and laboratory results that a plant’s request names.',
  columns: { form_ptar_service_file_id: uuid(), service_request_id: request(), attachment_id: uuid().filtered() },
});
export const serviceRequestVisitTable = tenantTable('service_request_visit', {
  key: 'service_request_visit_id',
  permission,
  docs: 'Planned deliveries, cleanings and pickups, and which of them took place.',
  columns: {
    service_request_visit_id: uuid(),
    service_request_id: request(),
    visit_kind: text().filtered(),
    planned_on: date().filtered(),
    status: text().filtered().described('planned, done, cancelled or dropped (by a newer plan)'),
    done_on: date().nullable().filtered(),
    note: text().nullable(),
  },
});
export const requestWasteManifestTable = tenantTable('request_waste_manifest', {
  key: 'request_waste_manifest_id',
  permission,
  docs: 'Waste taken away, by manifest, and how much of it was disposed of.',
  columns: {
    request_waste_manifest_id: uuid(),
    service_request_id: request(),
    manifest_number: text().searched(),
    collected_m3: numeric(),
    collected_on: date().filtered(),
    remaining_m3: numeric(),
    is_balanced: boolean().filtered(),
    is_void: boolean().filtered(),
    void_reason: text().nullable(),
  },
});
export const requestWasteDisposalTable = tenantTable('request_waste_disposal', {
  key: 'request_waste_disposal_id',
  permission,
  docs: 'Loads of waste left at authorised sites.',
  columns: {
    request_waste_disposal_id: uuid(),
    service_request_id: request(),
    request_waste_manifest_id: uuid().filtered(),
    facility_lookup_id: uuid().filtered(),
    volume_m3: numeric(),
    disposed_on: date().filtered(),
    ticket_number: text().nullable().searched(),
    attachment_id: uuid().nullable(),
  },
});
export const serviceRequestNoteTable = tenantTable('service_request_note', {
  key: 'service_request_note_id',
  permission,
  docs: 'What people wrote to a request. What the company wrote for itself is its own.',
  columns: {
    service_request_note_id: uuid(),
    service_request_id: request(),
    note: text().prose(),
    is_internal: boolean().filtered(),
    written_at: instant().filtered(),
    written_by: text().filtered(),
  },
});
export const assignmentNotificationTable = tenantTable('assignment_notification', {
  key: 'assignment_notification_id',
  permission,
  docs: 'Who was told of a request by mail, and of what: that it was given to them, is to review, late, scheduled or done, that work goes on though it is cancelled, or that no vendor is left. The company’s own.',
  isAudited: false,
  columns: {
    assignment_notification_id: uuid(),
    service_request_id: request(),
    user_id: uuid().filtered(),
    notice_kind: text().filtered().described('assigned, review, late, continues, no-vendor, scheduled or resolved'),
    service_request_assignment_id: uuid().nullable().filtered(),
    notified_at: instant().filtered(),
  },
});
export const unitPromiseTable = companyTable('unit_promise', {
  key: 'service_request_id',
  permission,
  docs: 'Units of the fleet that are promised to requests, day by day (SR-14).',
  columns: {
    service_request_id: uuid(),
    equipment_type_lookup_id: uuid().filtered(),
    from_on: date().filtered(),
    to_on: date().filtered().described('counted too'),
    quantity: integer(),
  },
});
export const promisedFleetTable = companyTable('promised_fleet', {
  key: 'equipment_type_lookup_id',
  permission,
  docs: 'How many units of a type there are to promise, and how many were promised beyond that when a unit left, on the worst day.',
  columns: { equipment_type_lookup_id: uuid(), unit_count: integer(), short_count: integer().filtered() },
});
export const slaComplianceTable = tenantTable('sla_compliance', {
  key: 'sla_compliance_id',
  permission,
  docs: 'Each state with a service level that a request was in, and whether it was kept: what service levels are judged by.',
  isAudited: false,
  columns: {
    sla_compliance_id: uuid().described('the state’s row in the timeline'),
    service_request_id: request(),
    service_type_id: uuid().filtered(),
    service_urgency_lookup_id: uuid().filtered(),
    state: text().filtered(),
    waiting_on: text().filtered().described('company or customer'),
    month_on: date().filtered().described('the first day of the month it began in, in the account’s time zone'),
    entered_at: instant().filtered(),
    left_at: instant().nullable().filtered(),
    deadline_at: instant().nullable().filtered(),
    sla_limit_minutes: integer(),
    working_minutes: integer().nullable(),
    outcome: text().filtered().described('running, kept or breached'),
  },
});
