import { double, instant, integer, json, tenantTable, text, textArray, uuid, uuidArray } from '../kernel/table.ts';

const permission = 'geofence:view';

/** A geometry as columns: the same in the fence's row and in its history. */
const geometry = {
  shape_type: text().filtered().described('circle, polygon or corridor'),
  polygon: json().described('A GeoJSON feature: a polygon; for a circle its centre with radiusMeters; for a corridor its path with widthMeters.'),
  center_lat: double().filtered(),
  center_lng: double().filtered(),
  area_square_meters: double().filtered(),
} as const;

export const geofenceTable = tenantTable('geofence', {
  key: 'geofence_id',
  permission,
  docs: 'Fenced places of customers and of the company, with the geometry drawn last.',
  columns: {
    geofence_id: uuid(),
    geofence_name: text().searched(),
    status: text().filtered().described('active or archived'),
    ...geometry,
    version_number: integer(),
    effective_from: instant().filtered(),
    tag_ids: uuidArray().described('Rows of tag_lookup.'),
    tags: textArray(),
    limited_to_account_ids: uuidArray().described('The accounts whose units it watches; all of the customer’s where none is named.'),
    alert_events: textArray().described('enter, exit, dwell, pass-through, no-exit: what it tells of.'),
    dwell_minutes: integer().nullable(),
    no_exit_minutes: integer().nullable(),
    alert_schedule: json().nullable(),
    altitude_from_meters: double().nullable(),
    altitude_to_meters: double().nullable(),
    archived_at: instant().nullable().filtered(),
    archive_reason: text().nullable(),
  },
});
export const geofenceGeometryTable = tenantTable('geofence_geometry', {
  key: 'geofence_geometry_id',
  permission,
  docs: 'Every geometry a geofence has had, and when it held: a visit is judged by the shape of its time.',
  columns: {
    geofence_geometry_id: uuid(),
    geofence_id: uuid().filtered(),
    version_number: integer().filtered(),
    valid_from: instant().filtered(),
    valid_to: instant().nullable().filtered().described('Not included; none while it holds.'),
    ...geometry,
  },
});
