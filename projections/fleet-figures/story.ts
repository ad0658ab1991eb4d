/** A unit's whole story: one row with all its chapters, and one timeline of everything that was done about it. */
import type { QueryDefinition } from '../kernel/query.ts';
import { bigint, boolean, double, instant, json, text, uuid } from '../kernel/table.ts';
import { type Chapter, chapterSql, chapters, latest } from './chapters.ts';

/** Who holds it reads of requests, work and costs without the permissions of each; whose rows they are is still asked of every table. */
const permission = 'equipment-story:view';
const projection = 'fleet-figures';

/** Units that the reader has now or had once: of the latter the unit itself is another's, and so not shown. */
const units = `select equipment_id from equipment
  union all
  select distinct g.equipment_id from equipment_assignment g where not exists (select 1 from equipment e where e.equipment_id = g.equipment_id)`;

/** The aggregates that are about one unit, each with its category. */
const things = `select equipment_id, equipment_id as thing_id, 'equipment' as category from (${units}) u
  union all select equipment_id, equipment_assignment_id, 'assignment' from equipment_assignment
  union all select distinct equipment_id, meter_id, 'meter' from equipment_reading
  union all select equipment_id, service_request_id, 'serviceRequest' from service_request where equipment_id is not null
  union all select r.equipment_id, q.service_request_quotation_id, 'quotation' from service_request_quotation q
    join service_request r on r.service_request_id = q.service_request_id where r.equipment_id is not null
  union all select equipment_id, workorder_id, 'workOrder' from workorder where equipment_id is not null
  union all select equipment_id, ers_id, 'roadside' from ers
  union all select equipment_id, pm_schedule_id, 'maintenance' from preventive_maintenance_schedule
  union all select equipment_id, dot_inspection_id, 'inspection' from dot_inspection`;
const thingCategories = ['equipment', 'assignment', 'meter', 'serviceRequest', 'quotation', 'workOrder', 'roadside', 'maintenance', 'inspection'];
const listed = thingCategories.map((category) => `'${category}'`).join(', ');

/** Lines of the feed about units: those of their own aggregates, and of others (a device, a slot) those that name the unit. */
const lines = `select f.activity_feed_id, f.event_time, f.position, f.event_type, f.category, f.aggregate_id, t.equipment_id, f.actor_kind, f.actor_id,
    f.title, f.latitude, f.longitude
  from (${things}) t join activity_feed f on f.aggregate_id = t.thing_id and f.category = t.category
  union all
  select f.activity_feed_id, f.event_time, f.position, f.event_type, f.category, f.aggregate_id, f.equipment_id, f.actor_kind, f.actor_id,
    f.title, f.latitude, f.longitude
  from activity_feed f where f.equipment_id is not null and f.category not in (${listed})`;

const feed: Chapter = {
  from: `(${lines}) x`,
  of: 'x.equipment_id',
  columns: { event_time: 'instant', event_type: 'plain', category: 'plain', aggregate_id: 'plain', title: 'plain', actor_kind: 'plain', actor_id: 'plain' },
  order: 'x.position desc',
  limit: latest,
  docs: 'the latest that happened about it, in sentences; all of it is in `equipment-timeline`',
};
const all: Readonly<Record<string, Chapter>> = { ...chapters, feed };

export const story: QueryDefinition = {
  name: 'equipment-story',
  docs: `A unit’s whole story in one answer: what it is, and in chapters its papers, holders, holds, devices, add-ons, meters, requests, quotations, work, roadside jobs, maintenance, inspections, costs and the latest that happened; of each chapter the ${latest} newest. A holder reads of its own time only, also after it.`,
  projection,
  from: `select b.equipment_id, e.unit_number, e.status, e.description, e.vin, e.serial_number, e.is_in_service, e.license_plate_number,
      k.equipment_type, k.equipment_name, m.make, m.model, e.customer_id as holder_customer_id, c.customer_name as holder_name,
      ${Object.entries(all)
        .map(([name, chapter]) => `${chapterSql(chapter)} as ${name}`)
        .join(',\n      ')}
    from (${units}) b
    left join equipment e on e.equipment_id = b.equipment_id
    left join equipment_type_lookup k on k.equipment_type_lookup_id = e.equipment_type_lookup_id
    left join oem_make_model_lookup m on m.oem_make_model_lookup_id = e.oem_make_model_lookup_id
    left join customer c on c.customer_id = e.customer_id`,
  columns: {
    equipment_id: uuid().filtered(),
    unit_number: text().nullable().searched(),
    status: text().nullable().filtered(),
    description: text().nullable(),
    vin: text().nullable().searched(),
    serial_number: text().nullable().searched(),
    is_in_service: boolean().nullable(),
    license_plate_number: text().nullable().searched(),
    equipment_type: text().nullable().filtered(),
    equipment_name: text().nullable(),
    make: text().nullable(),
    model: text().nullable(),
    holder_customer_id: uuid().nullable().filtered(),
    holder_name: text().nullable().searched(),
    ...Object.fromEntries(Object.entries(all).map(([name, { docs }]) => [name, json().described(docs)])),
  },
  key: 'equipment_id',
  scope: 'tenant',
  permission,
  sort: ['unit_number'],
};

export const timeline: QueryDefinition = {
  name: 'equipment-timeline',
  docs: 'Everything that happened about units, a sentence an event, newest first: ask with equipment_id, event_time, category or event_type.',
  projection,
  from: lines,
  columns: {
    activity_feed_id: uuid(),
    event_time: instant().filtered(),
    position: bigint().filtered(),
    event_type: text().filtered(),
    category: text().filtered(),
    aggregate_id: uuid().filtered(),
    equipment_id: uuid().filtered(),
    actor_kind: text(),
    actor_id: text().filtered(),
    title: text().searched(),
    latitude: double().nullable(),
    longitude: double().nullable(),
  },
  key: 'activity_feed_id',
  scope: 'tenant',
  permission,
  sort: ['-position'],
  place: { latitude: 'latitude', longitude: 'longitude' },
};
