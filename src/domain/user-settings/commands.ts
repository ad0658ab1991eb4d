import { defineCommands } from '../kernel/aggregate.ts';
import { fields, list, lookup, uuid } from '../kernel/schema.ts';
import { columnChoice, deviceToken, location, preference } from './events.ts';

const permission = 'user-settings:edit';
/** Settings are a person's own: nobody else changes them. They come into being with the first choice. */
const own = { permission, creates: true } as const;

export const userSettingsCommands = defineCommands({
  ChooseColumns: {
    ...own,
    docs: 'Chooses the columns of a list. One that the list no longer has is ignored when it is shown (QU-3).',
    rejects: ['notYours', 'tooMany'],
    schema: fields(columnChoice),
  },
  ChooseUnits: {
    ...own,
    docs: 'Chooses how dates, distances, temperatures… and language are shown: at most one of each kind.',
    rejects: ['notYours', 'twoOfAKind'],
    schema: fields({ choices: list(lookup('user-metric'), { max: 40, unique: true }) }),
  },
  SetNotificationPreference: {
    ...own,
    docs: 'Turns a kind of notification on or off for a channel, with quiet hours.',
    rejects: ['notYours', 'tooMany'],
    schema: fields(preference),
  },
  RegisterDeviceToken: { ...own, docs: 'Lets a device take push notifications.', rejects: ['notYours', 'tooMany'], schema: fields(deviceToken) },
  RemoveDeviceToken: { permission, docs: 'Ends push notifications to a device.', rejects: ['notYours'], schema: fields({ deviceTokenId: uuid() }) },
  SaveLocation: { ...own, docs: 'Keeps a place for later requests.', rejects: ['notYours', 'tooMany'], schema: fields(location) },
  ChangeSavedLocation: {
    permission,
    docs: 'Corrects a saved place.',
    rejects: ['notYours', 'unknownLocation'],
    schema: fields({ locationId: uuid(), ...location }),
  },
  RemoveSavedLocation: { permission, docs: 'Forgets a saved place.', rejects: ['notYours'], schema: fields({ locationId: uuid() }) },
});
