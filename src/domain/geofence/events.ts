import { defineEvents } from '../kernel/aggregate.ts';
import { shapeLimits } from '../kernel/geo/shape.ts';
import { either, fields, instant, integer, list, lookup, measurement, oneOf, optional, position, ref, text, timeZone, uuid } from '../kernel/schema.ts';

/** What can be told of a unit and a fence; the codes of the catalog `geofence-event-type`. */
export const crossingKinds = ['enter', 'exit', 'dwell', 'pass-through', 'no-exit'] as const;
export type CrossingKind = (typeof crossingKinds)[number];

const ring = list(position(), { max: shapeLimits.verticesMax + 1 });
/** A shape as the log keeps it: positions as decimal strings, sizes in metres. What makes one valid is the domain's to say, with a reason. */
export const shape = either(
  fields({ kind: oneOf(['circle']), center: position(), radiusMeters: measurement({ min: 0, unit: 'MTR' }) }),
  fields({ kind: oneOf(['polygon']), rings: list(ring, { max: 1000 }) }),
  fields({ kind: oneOf(['corridor']), path: list(position(), { max: shapeLimits.verticesMax }), widthMeters: measurement({ min: 0, unit: 'MTR' }) }),
);

const time = (docs: string) => text({ max: 5, pattern: '^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', docs });
/** When and for what a fence alerts. All that is given must hold (GF-5); what is not given asks nothing. */
export const alerts = {
  events: list(oneOf(crossingKinds), { max: crossingKinds.length, unique: true }),
  dwellMinutes: optional(integer({ min: 1, max: 10_080, docs: 'Told once a visit after so long inside.' })),
  noExitMinutes: optional(integer({ min: 1, max: 129_600, docs: 'Told when it has not left after so long.' })),
  schedule: optional(
    fields({
      timeZone: timeZone(),
      windows: list(
        fields({
          weekdays: list(integer({ min: 1, max: 7, docs: '1 Monday … 7 Sunday' }), { min: 1, max: 7, unique: true }),
          from: time('Wall-clock time, included.'),
          to: time('Wall-clock time, not included; 24:00 is the end of the day.'),
        }),
        { min: 1, max: 50 },
      ),
    }),
  ),
  altitude: optional(
    fields({
      fromMeters: optional(measurement({ min: -500, max: 20_000, unit: 'MTR' })),
      toMeters: optional(measurement({ min: -500, max: 20_000, unit: 'MTR' })),
    }),
  ),
} as const;

export const geofenceEvents = defineEvents({
  GeofenceDrawn: {
    version: 1,
    docs: 'A place was fenced, for a customer or for the company itself. Its first geometry holds from an instant on.',
    schema: fields({ name: text({ max: 120 }), customerId: optional(ref('customer')), shape, effectiveFrom: instant() }),
  },
  GeofenceReshaped: {
    version: 1,
    docs: 'Another geometry holds from an instant on; before it, the earlier one did.',
    schema: fields({ versionNumber: integer({ min: 2 }), shape, effectiveFrom: instant() }),
  },
  GeofenceRenamed: { version: 1, docs: 'The fence is called something else.', schema: fields({ name: text({ max: 120 }) }) },
  GeofenceTagged: { version: 1, docs: 'These are its tags now.', schema: fields({ tags: list(lookup('tag'), { max: 20, unique: true }) }) },
  GeofenceLimitedToAccounts: {
    version: 1,
    docs: 'It watches the units of these accounts only; of all of the customer’s where none is named.',
    schema: fields({ accountIds: list(uuid(), { max: 500, unique: true }) }),
  },
  GeofenceAlertsConfigured: { version: 1, docs: 'What it tells of, and when.', schema: fields(alerts) },
  GeofenceArchived: { version: 1, docs: 'It watches nothing any more; what it saw stays.', schema: fields({ reason: text(), archivedAt: instant() }) },
});
