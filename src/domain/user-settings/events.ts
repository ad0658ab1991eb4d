import { defineEvents } from '../kernel/aggregate.ts';
import { code, fields, flag, list, lookup, oneOf, optional, position, text, timeZone, uuid } from '../kernel/schema.ts';

const timeOfDay = () => text({ min: 5, max: 5, pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', docs: 'HH:MM' });
/** From one time of day to another, over midnight where `to` is the earlier one. */
export const quietHours = fields({ from: timeOfDay(), to: timeOfDay(), timeZone: timeZone() });
export const columnChoice = {
  table: lookup('column-preference-table-name'),
  columns: list(code(), { max: 100, unique: true }),
} as const;
export const preference = {
  kind: code({ max: 64 }),
  channel: lookup('notification-channel'),
  isOn: flag(),
  quietHours: optional(quietHours),
} as const;
export const deviceToken = { token: text({ max: 500, personal: true }), platform: oneOf(['ios', 'android', 'web']) } as const;
export const location = {
  nickname: text({ max: 80, personal: true }),
  street: text({ max: 300, personal: true }),
  position: optional(position()),
} as const;

export const userSettingsEvents = defineEvents({
  UserSettingsOpened: { version: 1, docs: 'A user keeps settings; the stream has the user’s id.', schema: fields({ customerId: optional(uuid()) }) },
  ColumnsChosen: { version: 1, docs: 'The columns of a list, in the order the user wants them.', schema: fields(columnChoice) },
  UnitsChosen: {
    version: 1,
    docs: 'How the user wants values shown; storage is SI whatever this says.',
    schema: fields({ choices: list(lookup('user-metric'), { max: 40, unique: true }) }),
  },
  NotificationPreferenceSet: {
    version: 1,
    docs: 'Whether a kind of notification comes by a channel, and when it keeps quiet.',
    schema: fields(preference),
  },
  DeviceTokenRegistered: { version: 1, docs: 'A device takes push notifications.', schema: fields({ deviceTokenId: uuid(), ...deviceToken }) },
  DeviceTokenRemoved: { version: 1, docs: 'A device takes no push notifications any more.', schema: fields({ deviceTokenId: uuid() }) },
  LocationSaved: { version: 1, docs: 'A place where the user asks for service again and again.', schema: fields({ locationId: uuid(), ...location }) },
  SavedLocationChanged: { version: 1, docs: 'A saved place was corrected.', schema: fields({ locationId: uuid(), ...location }) },
  SavedLocationRemoved: { version: 1, docs: 'A saved place is no longer offered.', schema: fields({ locationId: uuid() }) },
});
