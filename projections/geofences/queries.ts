import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { geofenceGeometryTable, geofenceTable } from './tables.ts';

const place = { latitude: 'center_lat', longitude: 'center_lng' };

export const geofenceQueries: readonly QueryDefinition[] = [
  tableQuery('geofences', geofenceTable, { sort: ['geofence_name'], place }),
  tableQuery('geofences', geofenceGeometryTable, { sort: ['-valid_from'], place }),
];
