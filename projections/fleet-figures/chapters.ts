/** The chapters of a unit's story: from which table, which columns, how many of them. */

/** How a column stands in a chapter: in the event's form, whatever the session's settings. */
type Form = 'plain' | 'date' | 'instant' | 'exact';
const formed: Readonly<Record<Form, (reference: string) => string>> = {
  plain: (reference) => reference,
  date: (reference) => `to_char(${reference}, 'YYYY-MM-DD')`,
  instant: (reference) => `to_char(${reference} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  exact: (reference) => `${reference}::text`,
};
export type Chapter = {
  /** A table, or tables joined, as `x`; the unit's is found by `of`. */
  readonly from: string;
  readonly of: string;
  readonly columns: Readonly<Record<string, Form>>;
  /** Newest first; at most so many. */
  readonly order: string;
  readonly limit: number;
  readonly docs: string;
};
/** Of each chapter so many, the newest. */
export const latest = 100;

export const chapters = {
  permits: {
    from: 'equipment_permit x',
    of: 'x.equipment_id',
    columns: { license_plate_number: 'plain', license_plate_state: 'plain', expires_on: 'date', is_expired: 'plain', attachment_id: 'plain' },
    order: 'x.equipment_permit_id',
    limit: 1,
    docs: 'the current permit and plate',
  },
  documents: {
    from: 'equipment_document x',
    of: 'x.equipment_id',
    columns: {
      equipment_document_id: 'plain',
      document_category: 'plain',
      document_name: 'plain',
      issued_on: 'date',
      expires_on: 'date',
      is_expired: 'plain',
      attachment_id: 'plain',
    },
    order: 'x.expires_on desc nulls last, x.equipment_document_id',
    limit: latest,
    docs: 'papers',
  },
  assignments: {
    from: `(select g.*, c.customer_name, a.account_name from equipment_assignment g
      left join customer c on c.customer_id = g.customer_id left join account a on a.account_id = g.account_id) x`,
    of: 'x.equipment_id',
    columns: {
      equipment_assignment_id: 'plain',
      status: 'plain',
      customer_id: 'plain',
      customer_name: 'plain',
      account_id: 'plain',
      account_name: 'plain',
      activation_date: 'date',
      off_rent_on: 'date',
      returned_on: 'date',
      return_condition: 'plain',
    },
    order: 'x.activation_date desc, x.equipment_assignment_id',
    limit: latest,
    docs: 'who has, had and will have it',
  },
  holds: {
    from: 'equipment_hold x',
    of: 'x.equipment_id',
    columns: { hold_kind: 'plain', source: 'plain', note: 'plain', placed_at: 'instant', released_at: 'instant', release_reason: 'plain', is_open: 'plain' },
    order: 'x.placed_at desc, x.equipment_hold_id',
    limit: latest,
    docs: 'what keeps or kept it out of service',
  },
  devices: {
    from: 'equipment_has_iot_device x',
    of: 'x.equipment_id',
    columns: { iot_device_id: 'plain', installed_at: 'instant', removed_at: 'instant', removal_reason: 'plain' },
    order: 'x.installed_at desc, x.equipment_has_iot_device_id',
    limit: latest,
    docs: 'devices on it',
  },
  addons: {
    from: 'equipment_has_addon x',
    of: 'x.equipment_id',
    columns: { equipment_addon_id: 'plain', addon_type: 'plain', installed_at: 'instant', removed_at: 'instant', removal_reason: 'plain' },
    order: 'x.installed_at desc, x.equipment_has_addon_id',
    limit: latest,
    docs: 'add-ons on it',
  },
  meters: {
    from: `(select distinct on (r.equipment_id, r.reading_type) r.*, u.uom_type from equipment_reading r
      left join uom_lookup u on u.uom_lookup_id = r.uom_lookup_id where not r.is_void
      order by r.equipment_id, r.reading_type, r.recorded_at desc, r.equipment_reading_id) x`,
    of: 'x.equipment_id',
    columns: { meter_id: 'plain', reading_type: 'plain', equipment_reading: 'plain', uom_type: 'plain', recorded_at: 'instant', source: 'plain' },
    order: 'x.reading_type',
    limit: latest,
    docs: 'what each meter shows now',
  },
  requests: {
    from: `(select r.*, t.code as service_type from service_request r left join service_type t on t.service_type_id = r.service_type_id) x`,
    of: 'x.equipment_id',
    columns: {
      service_request_id: 'plain',
      request_number: 'plain',
      service_type: 'plain',
      issue_description: 'plain',
      status: 'plain',
      is_on_hold: 'plain',
      breach_count: 'plain',
      created_at: 'instant',
      resolved_at: 'instant',
      resolution: 'plain',
    },
    order: 'x.created_at desc, x.service_request_id',
    limit: latest,
    docs: 'calls for service',
  },
  quotations: {
    from: `(select q.*, r.equipment_id from service_request_quotation q join service_request r on r.service_request_id = q.service_request_id) x`,
    of: 'x.equipment_id',
    columns: {
      service_request_quotation_id: 'plain',
      quotation_number: 'plain',
      revision: 'plain',
      status: 'plain',
      total_amount: 'exact',
      currency_code: 'plain',
      valid_until: 'date',
      service_request_id: 'plain',
    },
    order: 'x.created_at desc, x.service_request_quotation_id',
    limit: latest,
    docs: 'what was offered for it',
  },
  work_orders: {
    from: 'workorder x',
    of: 'x.equipment_id',
    columns: {
      workorder_id: 'plain',
      workorder_number: 'plain',
      workorder_kind: 'plain',
      source: 'plain',
      workorder_description: 'plain',
      workorder_status: 'plain',
      total_cost: 'exact',
      currency_code: 'plain',
      opened_at: 'instant',
      completed_at: 'instant',
      service_request_id: 'plain',
    },
    order: 'x.opened_at desc, x.workorder_id',
    limit: latest,
    docs: 'work on it',
  },
  roadside: {
    from: 'ers x',
    of: 'x.equipment_id',
    columns: {
      ers_id: 'plain',
      ers_status: 'plain',
      description: 'plain',
      vendor_name: 'plain',
      outcome: 'plain',
      total_cost: 'exact',
      currency_code: 'plain',
      requested_at: 'instant',
      resolved_at: 'instant',
      service_request_id: 'plain',
    },
    order: 'x.requested_at desc, x.ers_id',
    limit: latest,
    docs: 'help on the road',
  },
  maintenance: {
    from: 'preventive_maintenance_schedule x',
    of: 'x.equipment_id',
    columns: {
      pm_schedule_id: 'plain',
      program: 'plain',
      schedule_name: 'plain',
      status: 'plain',
      next_due_date: 'date',
      forecast_date: 'date',
      last_performed_on: 'date',
    },
    order: 'x.pm_schedule_id',
    limit: latest,
    docs: 'what is due when',
  },
  maintenance_done: {
    from: 'preventive_maintenance_event x',
    of: 'x.equipment_id',
    columns: {
      pm_event_id: 'plain',
      pm_schedule_id: 'plain',
      performed_date: 'date',
      work_performed: 'plain',
      is_skipped: 'plain',
      work_order_id: 'plain',
      cost_amount: 'exact',
      currency_code: 'plain',
    },
    order: 'x.performed_date desc, x.pm_event_id',
    limit: latest,
    docs: 'each maintenance done or skipped',
  },
  inspections: {
    from: `(select i.*, (select count(*)::integer from dot_inspection_violation v where v.dot_inspection_id = i.dot_inspection_id) as violation_count
      from dot_inspection i) x`,
    of: 'x.equipment_id',
    columns: {
      dot_inspection_id: 'plain',
      inspection_date: 'date',
      inspection_kind: 'plain',
      inspection_result: 'plain',
      status: 'plain',
      violation_count: 'plain',
      open_out_of_service: 'plain',
      certify_by: 'date',
      certified_on: 'date',
    },
    order: 'x.inspection_date desc, x.dot_inspection_id',
    limit: latest,
    docs: 'inspections and how many violations they found',
  },
  costs: {
    from: `(select equipment_id, currency_code, count(*)::integer as cost_count, sum(total_cost) as total_cost from fleet_cost_per_unit
      group by equipment_id, currency_code) x`,
    of: 'x.equipment_id',
    columns: { currency_code: 'plain', cost_count: 'plain', total_cost: 'exact' },
    order: 'x.currency_code',
    limit: latest,
    docs: 'what it cost in all, by currency',
  },
} as const satisfies Readonly<Record<string, Chapter>>;

/** The chapter of the unit `b.equipment_id`, as a JSON list. */
export const chapterSql = ({ from, of, columns, order, limit }: Chapter): string => {
  const members = Object.entries(columns).map(([name, form]) => `'${name}', ${formed[form](`x.${name}`)}`);
  return `coalesce((select json_agg(y.entry) from (select json_build_object(${members.join(', ')}) as entry from ${from}
      where ${of} = b.equipment_id order by ${order} limit ${limit}) y), '[]')`;
};
