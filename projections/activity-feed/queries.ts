import { tableQuery } from '../kernel/query.ts';
import { activityFeedTable } from './tables.ts';

/** By unit, account, actor, time and type, newest first. */
export const activityFeedQueries = [
  tableQuery('activity-feed', activityFeedTable, { sort: ['-position'], place: { latitude: 'latitude', longitude: 'longitude' } }),
];
