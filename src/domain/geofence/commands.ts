import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, list, lookup, optional, ref, text, uuid } from '../kernel/schema.ts';
import { alerts, shape } from './events.ts';

const edit = 'geofence:edit';
const effectiveFrom = optional(instant());

export const geofenceCommands = defineCommands({
  DrawGeofence: {
    permission: 'geofence:create',
    docs: 'Fences a place: a circle (10 m to 500 km), a polygon with holes (10,000 vertices in all, rings closed and simple), or a corridor with a width. A customer’s user fences for its customer; staff name the customer, or none for the company itself. It holds from now on, or from an instant in the past.',
    creates: true,
    rejects: ['alreadyDrawn', 'invalidShape', 'effectiveInFuture', 'customerClosed'],
    schema: fields({ name: text({ max: 120 }), customerId: optional(ref('customer')), shape, effectiveFrom }),
  },
  ReshapeGeofence: {
    permission: edit,
    docs: 'Gives the fence another geometry from now on, or from an instant in the past after the last change. Visits before it keep the shape of their time.',
    rejects: ['archived', 'invalidShape', 'effectiveInFuture', 'notLater', 'tooMany'],
    schema: fields({ shape, effectiveFrom }),
  },
  RenameGeofence: { permission: edit, docs: 'Calls the fence something else.', rejects: ['archived'], schema: fields({ name: text({ max: 120 }) }) },
  TagGeofence: {
    permission: edit,
    docs: 'Replaces the fence’s tags.',
    rejects: ['archived'],
    schema: fields({ tags: list(lookup('tag'), { max: 20, unique: true }) }),
  },
  LimitGeofenceToAccounts: {
    permission: edit,
    docs: 'Lets the fence watch the units of these open accounts of its customer only; of all its accounts where none is named.',
    rejects: ['archived', 'companyFence', 'unknownAccount', 'accountClosed'],
    schema: fields({ accountIds: list(uuid(), { max: 500, unique: true }) }),
  },
  ConfigureGeofenceAlerts: {
    permission: edit,
    docs: 'Says what the fence tells of (enter, exit, dwell, pass-through, no-exit), at which hours and in which band of altitude. An alert is sent where fence, account and recipient all want it.',
    rejects: ['archived', 'invalidAlerts'],
    schema: fields(alerts),
  },
  ArchiveGeofence: {
    permission: 'geofence:delete',
    docs: 'Lets the fence watch nothing any more; what it saw stays.',
    rejects: [],
    schema: fields({ reason: text() }),
  },
});
