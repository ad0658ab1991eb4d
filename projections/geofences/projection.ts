/** Geofences as they are, and every geometry they have had. */
import { geofence } from '../../src/domain/geofence/decider.ts';
import { type ShapeText, toShape } from '../../src/domain/geofence/rules.ts';
import { areaSquareMeters } from '../../src/domain/kernel/geo/area.ts';
import { centerOf } from '../../src/domain/kernel/geo/center.ts';
import { toGeoJson } from '../../src/domain/kernel/geo/geojson.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting } from '../kernel/projection.ts';
import { geofenceGeometryTable, geofenceTable } from './tables.ts';

const { projection, when } = projecting({ geofence: geofenceTable, geometry: geofenceGeometryTable });

const geometryColumns = (text: ShapeText) => {
  const shape = toShape(text);
  const { latitude, longitude } = centerOf(shape);
  return { shape_type: shape.kind, polygon: toGeoJson(shape), center_lat: latitude, center_lng: longitude, area_square_meters: areaSquareMeters(shape) };
};
const geometryId = (geofenceId: string, versionNumber: number): string => derivedId(geofenceId, ['geometry', String(versionNumber)]);

const ofGeofences = when(geofence, {
  GeofenceDrawn: ({ aggregateId, data }, rows) => {
    const geometry = geometryColumns(data.shape);
    rows.geofence.put({
      geofence_id: aggregateId,
      geofence_name: data.name,
      status: 'active',
      ...geometry,
      version_number: 1,
      effective_from: data.effectiveFrom,
      tag_ids: [],
      tags: [],
      limited_to_account_ids: [],
      alert_events: [],
      dwell_minutes: null,
      no_exit_minutes: null,
      alert_schedule: null,
      altitude_from_meters: null,
      altitude_to_meters: null,
      archived_at: null,
      archive_reason: null,
    });
    const row = { geofence_geometry_id: geometryId(aggregateId, 1), geofence_id: aggregateId, version_number: 1 };
    rows.geometry.put({ ...row, valid_from: data.effectiveFrom, valid_to: null, ...geometry });
  },
  GeofenceReshaped: ({ aggregateId, data: { versionNumber, shape, effectiveFrom } }, rows) => {
    const geometry = geometryColumns(shape);
    rows.geofence.patch(aggregateId, { ...geometry, version_number: versionNumber, effective_from: effectiveFrom });
    rows.geometry.patch(geometryId(aggregateId, versionNumber - 1), { valid_to: effectiveFrom });
    const row = { geofence_geometry_id: geometryId(aggregateId, versionNumber), geofence_id: aggregateId, version_number: versionNumber };
    rows.geometry.put({ ...row, valid_from: effectiveFrom, valid_to: null, ...geometry });
  },
  GeofenceRenamed: ({ aggregateId, data }, rows) => rows.geofence.patch(aggregateId, { geofence_name: data.name }),
  GeofenceTagged: ({ aggregateId, data: { tags } }, rows) => rows.geofence.patch(aggregateId, { tags, tag_ids: tags.map((tag) => entryId('tag', tag)) }),
  GeofenceLimitedToAccounts: ({ aggregateId, data }, rows) => rows.geofence.patch(aggregateId, { limited_to_account_ids: data.accountIds }),
  GeofenceAlertsConfigured: ({ aggregateId, data: { events, dwellMinutes, noExitMinutes, schedule, altitude } }, rows) =>
    rows.geofence.patch(aggregateId, {
      alert_events: events,
      dwell_minutes: dwellMinutes ?? null,
      no_exit_minutes: noExitMinutes ?? null,
      alert_schedule: schedule ?? null,
      altitude_from_meters: altitude?.fromMeters ?? null,
      altitude_to_meters: altitude?.toMeters ?? null,
    }),
  GeofenceArchived: ({ aggregateId, data: { reason, archivedAt } }, rows) => {
    rows.geofence.patch(aggregateId, { status: 'archived', archived_at: archivedAt, archive_reason: reason });
    const last = rows.geofence.get(aggregateId);
    if (last !== undefined) rows.geometry.patch(geometryId(aggregateId, last.version_number), { valid_to: archivedAt });
  },
});

export const geofences = projection({ name: 'geofences', version: 1, docs: 'Geofences as they are, and every geometry they have had.', on: [ofGeofences] });
