import { bigint, double, instant, tenantTable, text, uuid } from '../kernel/table.ts';

export const activityFeedTable = tenantTable('activity_feed', {
  key: 'activity_feed_id',
  permission: 'activity:view',
  docs: 'What happened, a sentence an event, seen by whoever held the unit or owned the thing at that moment.',
  isAudited: false,
  columns: {
    activity_feed_id: uuid().described('The event’s id.'),
    event_time: instant().filtered(),
    position: bigint().filtered(),
    event_type: text().filtered(),
    category: text().filtered(),
    aggregate_id: uuid().filtered(),
    equipment_id: uuid().nullable().filtered(),
    geofence_id: uuid().nullable().filtered(),
    actor_kind: text(),
    actor_id: text().filtered(),
    title: text().searched().described('The sentence; it never names a person.'),
    latitude: double().nullable(),
    longitude: double().nullable(),
  },
});
