/** `GET /me/settings`: what the caller has chosen, the same on every device, as of now. Changed by the commands of `user-settings`. */
import { kebab, type QueryDefinition } from '../../../projections/kernel/query.ts';
import { shownColumns, type UserSettings } from '../../domain/user-settings/decider.ts';
import { type Endpoint, sendJson } from './middleware/exchange.ts';
import type { HttpParts, OwnSettings } from './parts.ts';
import { notFound } from './problems.ts';

/** The state keeps contents as canonical text; none: the empty list. */
const listIn = (text: string): readonly string[] => (text === '' ? [] : JSON.parse(text));
const membersOf = (kept: Readonly<Record<string, string>>, idName: string): readonly object[] =>
  Object.entries(kept).map(([id, text]) => ({ [idName]: id, ...JSON.parse(text) }));

/** QU-3: `shown` leaves out what the list no longer has; of a list that this program does not answer, all that was chosen. */
const columnsOf = ({ columns }: UserSettings, byName: ReadonlyMap<string, QueryDefinition>) =>
  Object.fromEntries(
    Object.entries(columns).map(([table, text]) => {
      const chosen = listIn(text);
      const query = byName.get(kebab(table));
      return [table, { chosen, shown: query === undefined ? chosen : shownColumns(chosen, Object.keys(query.columns)) }];
    }),
  );

const preferencesOf = ({ preferences }: UserSettings) =>
  Object.entries(preferences).map(([key, { isOn, quietHours }]) => {
    const at = key.lastIndexOf('/');
    return { kind: key.slice(0, at), channel: key.slice(at + 1), isOn, quietHours };
  });

export const mySettingsEndpoint = ({ queries }: Pick<HttpParts, 'queries'>, ownSettings: OwnSettings): Endpoint => {
  const byName = new Map(queries.map((query) => [query.name, query]));
  return async ({ response, caller }) => {
    // Settings are people's: a machine has none.
    if (caller.actor.kind !== 'user') return notFound();
    const { settings, revision } = await ownSettings(caller.actor.id);
    if (revision >= 0) response.setHeader('ETag', `"${revision}"`);
    sendJson(response, 200, {
      columns: columnsOf(settings, byName),
      units: listIn(settings.units),
      notificationPreferences: preferencesOf(settings),
      deviceTokens: Object.entries(settings.deviceTokens).map(([deviceTokenId, token]) => ({ deviceTokenId, token })),
      locations: membersOf(settings.locations, 'locationId'),
    });
    return undefined;
  };
};
