/** A sentence an event, of every aggregate of the model; what is restricted never comes here. */
import { model } from '../../src/domain/model.ts';
import { type Described, erasingBy } from '../event-index/personal.ts';
import { type Occurred, type ProjectionDefinition, projecting } from '../kernel/projection.ts';
import { type Sentences, sentenceOf } from './sentence.ts';
import { quiet, sentences } from './sentences.ts';
import { activityFeedTable } from './tables.ts';

const { projection, whenAny } = projecting({ feed: activityFeedTable });

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idOf = (value: unknown): string | null => (typeof value === 'string' && uuidPattern.test(value) ? value : null);

/** The unit or geofence it is about: the aggregate itself, or the one that the event names. */
const about = (category: string, event: Occurred, data: Fields): string | null =>
  event.category === category ? idOf(event.aggregateId) : idOf(data[`${category}Id`]);

const degrees = (value: unknown, limit: number): number | null => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : Number.NaN;
  return Math.abs(number) <= limit ? number : null;
};
/** Where it happened, where the event says so: `{ latitude, longitude }` as decimal strings. */
const place = (data: Fields): { readonly latitude: number | null; readonly longitude: number | null } => {
  const position = [data['position'], data['location']].find((value) => isFields(value) && value['latitude'] !== undefined);
  const [latitude, longitude] = isFields(position) ? [degrees(position['latitude'], 90), degrees(position['longitude'], 180)] : [null, null];
  return latitude === null || longitude === null ? { latitude: null, longitude: null } : { latitude, longitude };
};

/** The feed of these aggregates. */
export const activityFeedOf = (aggregates: readonly Described[], nicer: Sentences = sentences): ProjectionDefinition => {
  const shown = new Map(aggregates.flatMap(({ category, confidentiality }) => (confidentiality === 'restricted' ? [] : [[category, confidentiality]])));
  const withoutPersonal = erasingBy(aggregates);
  const sentence = sentenceOf(nicer);
  return projection({
    name: 'activity-feed',
    version: 2,
    docs: 'What happened, in sentences.',
    on: [
      whenAny((event, rows) => {
        const confidentiality = shown.get(event.category);
        if (confidentiality === undefined || event.restrictedTo !== null || quiet.has(event.category)) return;
        const data = withoutPersonal(event);
        const isTenants = confidentiality === 'tenant';
        rows.feed.put({
          activity_feed_id: event.id,
          customer_id: isTenants ? event.tenant : null,
          account_id: isTenants ? event.account : null,
          event_time: event.occurredAt,
          position: event.position,
          event_type: event.type,
          category: event.category,
          aggregate_id: event.aggregateId,
          equipment_id: about('equipment', event, data),
          geofence_id: about('geofence', event, data),
          actor_kind: event.actor.kind,
          actor_id: event.actor.id,
          title: sentence({ ...event, data }),
          ...place(data),
        });
      }),
    ],
  });
};

export const activityFeed = activityFeedOf(model);
