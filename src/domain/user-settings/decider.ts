import { type Aggregate, type Context, type EventOf, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { without } from '../kernel/records.ts';
import { userSettingsCommands } from './commands.ts';
import { userSettingsEvents } from './events.ts';

/** Contents are kept as canonical text, to see that a repeat says nothing new. */
export type UserSettings = {
  readonly isOpen: boolean;
  readonly customerId: string | null;
  readonly columns: Readonly<Record<string, string>>;
  readonly units: string;
  /** By `kind/channel`. */
  readonly preferences: Readonly<Record<string, Preference>>;
  readonly deviceTokens: Readonly<Record<string, string>>;
  readonly locations: Readonly<Record<string, string>>;
};
export type Preference = {
  readonly isOn: boolean;
  readonly quietHours: { readonly from: string; readonly to: string; readonly timeZone: string } | null;
};

/** A user's settings as other aggregates' guards and processes see them; the id is the user's. */
export const userSettingsFact = fact<UserSettings>('userSettings');
const event = emit(userSettingsEvents);
type SettingsEvent = EventOf<typeof userSettingsEvents>;
const initial: UserSettings = { isOpen: false, customerId: null, columns: {}, units: '', preferences: {}, deviceTokens: {}, locations: {} };
const bounds = { tables: 100, preferences: 500, deviceTokens: 20, locations: 100 } as const;

const notYours = ({ actor, id }: Pick<Context, 'actor' | 'id'>) =>
  actor.kind === 'system' || actor.id === id ? undefined : reject('notYours', 'Settings are changed by the user alone.');
const full = (parts: Readonly<Record<string, unknown>>, max: number) =>
  Object.keys(parts).length >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined;
/** The first change of a user's settings opens them, for the customer whose user it is. */
const opened = (state: Frozen<UserSettings>, { tenant }: Pick<Context, 'tenant'>, change: SettingsEvent): readonly SettingsEvent[] =>
  state.isOpen ? [change] : [event('UserSettingsOpened', tenant === null ? {} : { customerId: tenant }), change];

/** The key of a preference among a user’s settings. */
export const preferenceKey = ({ kind, channel }: { readonly kind: string; readonly channel: string }): string => `${kind}/${channel}`;
const metricKind = (choice: string): string => choice.slice(0, choice.indexOf('.'));

const decide: Aggregate<'userSettings', UserSettings, typeof userSettingsCommands, typeof userSettingsEvents>['decide'] = {
  ChooseColumns: (state, command, context) => {
    const known = state.columns[command.table];
    if (known === canonicalJson(command.columns)) return notYours(context) ?? [];
    return (
      notYours(context) ?? (known === undefined ? full(state.columns, bounds.tables) : undefined) ?? opened(state, context, event('ColumnsChosen', command))
    );
  },
  ChooseUnits: (state, command, context) => {
    const kinds = command.choices.map(metricKind);
    const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
    if (twice !== undefined) return reject('twoOfAKind', `Choose one ${twice}.`, { kind: twice });
    return notYours(context) ?? (state.units === canonicalJson(command.choices) ? [] : opened(state, context, event('UnitsChosen', command)));
  },
  SetNotificationPreference: (state, command, context) => {
    const known = state.preferences[preferenceKey(command)];
    const wanted: Preference = { isOn: command.isOn, quietHours: command.quietHours ?? null };
    if (known !== undefined && canonicalJson(known) === canonicalJson(wanted)) return notYours(context) ?? [];
    return (
      notYours(context) ??
      (known === undefined ? full(state.preferences, bounds.preferences) : undefined) ??
      opened(state, context, event('NotificationPreferenceSet', command))
    );
  },
  RegisterDeviceToken: (state, command, context) => {
    if (Object.values(state.deviceTokens).includes(command.token)) return notYours(context) ?? [];
    const deviceTokenId = context.newId(0);
    return (
      notYours(context) ??
      full(state.deviceTokens, bounds.deviceTokens) ??
      opened(state, context, event('DeviceTokenRegistered', { deviceTokenId, ...command }))
    );
  },
  RemoveDeviceToken: (state, command, context) =>
    notYours(context) ?? (Object.hasOwn(state.deviceTokens, command.deviceTokenId) ? [event('DeviceTokenRemoved', command)] : []),
  SaveLocation: (state, command, context) => {
    if (Object.values(state.locations).includes(canonicalJson(command))) return notYours(context) ?? [];
    return (
      notYours(context) ??
      full(state.locations, bounds.locations) ??
      opened(state, context, event('LocationSaved', { locationId: context.newId(0), ...command }))
    );
  },
  ChangeSavedLocation: (state, command, context) => {
    const { locationId, ...content } = command;
    const known = state.locations[locationId];
    if (known === undefined) return notYours(context) ?? reject('unknownLocation', 'There is no such place.');
    return notYours(context) ?? (known === canonicalJson(content) ? [] : [event('SavedLocationChanged', command)]);
  },
  RemoveSavedLocation: (state, command, context) =>
    notYours(context) ?? (Object.hasOwn(state.locations, command.locationId) ? [event('SavedLocationRemoved', command)] : []),
};

const evolve: Evolve<UserSettings, typeof userSettingsEvents> = {
  UserSettingsOpened: (state, { customerId }) => ({ ...state, isOpen: true, customerId: customerId ?? null }),
  ColumnsChosen: (state, { table, columns }) => ({ ...state, columns: { ...state.columns, [table]: canonicalJson(columns) } }),
  UnitsChosen: (state, { choices }) => ({ ...state, units: canonicalJson(choices) }),
  NotificationPreferenceSet: (state, data) => ({
    ...state,
    preferences: { ...state.preferences, [preferenceKey(data)]: { isOn: data.isOn, quietHours: data.quietHours ?? null } },
  }),
  DeviceTokenRegistered: (state, { deviceTokenId, token }) => ({ ...state, deviceTokens: { ...state.deviceTokens, [deviceTokenId]: token } }),
  DeviceTokenRemoved: (state, { deviceTokenId }) => ({ ...state, deviceTokens: without(state.deviceTokens, deviceTokenId) }),
  LocationSaved: (state, { locationId, ...content }) => ({ ...state, locations: { ...state.locations, [locationId]: canonicalJson(content) } }),
  SavedLocationChanged: (state, { locationId, ...content }) => ({ ...state, locations: { ...state.locations, [locationId]: canonicalJson(content) } }),
  SavedLocationRemoved: (state, { locationId }) => ({ ...state, locations: without(state.locations, locationId) }),
};

/** QU-3: the chosen columns that the list still has, in the chosen order; all of the list's where nothing of the choice is left. */
export const shownColumns = (chosen: readonly string[], known: readonly string[]): readonly string[] => {
  const left = [...new Set(chosen)].filter((column) => known.includes(column));
  return left.length === 0 ? known : left;
};

/** Is a notification to keep quiet at this local time of day (`HH:MM`)? The hours are half-open; equal ends are the whole day. */
export const isQuiet = ({ from, to }: { readonly from: string; readonly to: string }, time: string): boolean =>
  from < to ? time >= from && time < to : time >= from || time < to;

/** What a user likes: columns, units, notifications, devices and places, the same on every device. The id is the user's. */
export const userSettings: Aggregate<'userSettings', UserSettings, typeof userSettingsCommands, typeof userSettingsEvents> = {
  category: 'userSettings',
  docs: 'What a user likes: columns, units, notifications, devices and places, the same on every device. The id is the user’s.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: userSettingsEvents,
  commands: userSettingsCommands,
  initial,
  decide,
  evolve,
  tenantOf: ({ customerId }) => customerId,
  exists: ({ isOpen }) => isOpen,
};
