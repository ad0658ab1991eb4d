import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { geofences } from '../../projections/geofences/projection.ts';
import type { EventData } from '../../src/application/ports/event-log.ts';
import type { Row } from '../../src/application/ports/queries.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { holders, type Step, step } from './occurrences.ts';

const [transportes, frio] = holders;
const yard = '00000001-0000-4000-8000-000000000000';
const port = '00000002-0000-4000-8000-000000000000';
const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const position = (longitude: string, latitude: string) => ({ latitude, longitude });
const square: EventData = {
  kind: 'polygon',
  rings: [[position('-91', '14'), position('-91', '15'), position('-90', '15'), position('-90', '14'), position('-91', '14')]],
};
const circle: EventData = { kind: 'circle', center: position('-90.5', '14.6'), radiusMeters: 250 };
const corridor: EventData = { kind: 'corridor', path: [position('179.5', '0'), position('-179.5', '0'), position('-179', '1')], widthMeters: 1000 };

const story: readonly Step[] = [
  step(0, `geofence-${yard}`, {
    type: 'GeofenceDrawn',
    data: { name: 'Yard', customerId: transportes, shape: square, effectiveFrom: at(0) },
    tenant: transportes,
  }),
  step(1, `geofence-${port}`, { type: 'GeofenceDrawn', data: { name: 'Port', customerId: frio, shape: corridor, effectiveFrom: at(0) }, tenant: frio }),
  step(2, `geofence-${yard}`, { type: 'GeofenceReshaped', data: { versionNumber: 2, shape: circle, effectiveFrom: at(5) }, tenant: transportes }),
  step(3, `geofence-${yard}`, { type: 'GeofenceTagged', data: { tags: ['yard', 'shop'] }, tenant: transportes }),
  step(4, `geofence-${yard}`, { type: 'GeofenceLimitedToAccounts', data: { accountIds: [port] }, tenant: transportes }),
  step(5, `geofence-${yard}`, {
    type: 'GeofenceAlertsConfigured',
    data: {
      events: ['enter', 'dwell'],
      dwellMinutes: 30,
      altitude: { fromMeters: 0 },
      schedule: { timeZone: 'UTC', windows: [{ weekdays: [1], from: '08:00', to: '17:00' }] },
    },
    tenant: transportes,
  }),
  step(6, `geofence-${yard}`, { type: 'GeofenceRenamed', data: { name: 'Depot' }, tenant: transportes }),
  step(7, `geofence-${yard}`, { type: 'GeofenceArchived', data: { reason: 'sold', archivedAt: at(9) }, tenant: transportes }),
];
const rowsOf = async (steps: readonly Step[], table: 'geofence' | 'geometry'): Promise<readonly Row[]> =>
  (foldWhole(geofences, (await logOf(steps)).events)[table] ?? []).map((row): Row => JSON.parse(row));
const some: fc.Arbitrary<readonly Step[]> = fc.array(fc.constantFrom(...story), { maxLength: 20 }).map((steps) =>
  [...story.slice(0, 2), ...steps].map(({ stream, event }, n) => ({
    stream,
    event: step(n, stream, { type: event.type, data: event.data, tenant: event.metadata.tenant }).event,
  })),
);

describe('the geofences', () => {
  test('are the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: geofences, steps: some });
  });

  test('show what was drawn last, where it is and what it tells of', async () => {
    const [row] = (await rowsOf(story, 'geofence')).filter((each) => each['geofence_id'] === yard);
    expect(row).toMatchObject({
      geofence_name: 'Depot',
      customer_id: transportes,
      shape_type: 'circle',
      polygon: { type: 'Feature', geometry: { type: 'Point', coordinates: [-90.5, 14.6] }, properties: { radiusMeters: 250 } },
      center_lat: 14.6,
      center_lng: -90.5,
      version_number: 2,
      tags: ['yard', 'shop'],
      tag_ids: [entryId('tag', 'yard'), entryId('tag', 'shop')],
      limited_to_account_ids: [port],
      alert_events: ['enter', 'dwell'],
      dwell_minutes: 30,
      no_exit_minutes: null,
      altitude_from_meters: 0,
      altitude_to_meters: null,
      status: 'archived',
      archived_at: at(9),
    });
  });

  test('GF-6 keep every geometry with the time it held', async () => {
    const rows = (await rowsOf(story, 'geometry'))
      .filter((each) => each['geofence_id'] === yard)
      .sort((a, b) => Number(a['version_number']) - Number(b['version_number']));
    expect(rows.map((row) => [row['shape_type'], row['valid_from'], row['valid_to']])).toEqual([
      ['polygon', at(0), at(5)],
      ['circle', at(5), at(9)],
    ]);
    expect(rows[0]).toMatchObject({ center_lat: 14.5, center_lng: -90.5 });
  });

  test('a corridor over the antimeridian has its middle there', async () => {
    const [row] = (await rowsOf(story, 'geofence')).filter((each) => each['geofence_id'] === port);
    expect(row).toMatchObject({ shape_type: 'corridor', center_lat: 0, center_lng: -179.5, customer_id: frio });
  });
});
