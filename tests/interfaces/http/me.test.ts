import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readModels } from '../../../projections/read-models.ts';
import { systemCaller } from '../../../src/application/caller.ts';
import { loadCatalogs } from '../../../src/application/catalog-loader.ts';
import { Directory } from '../../../src/application/directory.ts';
import { invitationCode } from '../../../src/application/invitation-code.ts';
import { joinBy } from '../../../src/application/joining.ts';
import { States } from '../../../src/application/states.ts';
import { model } from '../../../src/domain/model.ts';
import type { User } from '../../../src/domain/user/state.ts';
import type { UserSettings } from '../../../src/domain/user-settings/decider.ts';
import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';
import { id } from '../../kit/decider.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Answer, type Api, people, startApi } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

const key = new Uint8Array(32).fill(9);
const clock = { aheadMs: 0 };
const now = () => new Date(Date.now() + clock.aheadMs).toISOString();
const log = new MemoryEventLog();
const states = new States(log, model);
const directory = new Directory({ tail: () => log.tail(), nowMs: Date.now });
let api: Api;
beforeAll(async () => {
  api = await startApi({
    log,
    model,
    parts: (parts, { verifier }) => ({
      ...parts,
      queries: readModels.flatMap(({ queries }) => queries),
      firstSignIn: {
        verify: (token) => verifier.verify(token),
        join: joinBy({
          states,
          commands: parts.commands,
          clock: now,
          invitationKey: key,
          directory: {
            invitationOf: (email) => {
              directory.handle({ events: log.events, position: log.events.at(-1)?.position ?? 0n });
              return directory.invitationOf(email);
            },
          },
        }),
      },
      ownSettings: async (userId) => {
        const { state, revision } = await states.loadFresh('userSettings', userId);
        return { settings: state as UserSettings, revision };
      },
    }),
  });
  const wanted = ['column-preference-table-name', 'user-metric', 'notification-channel', 'country'];
  await loadCatalogs(
    loadReferenceData().filter(({ catalog }) => wanted.includes(catalog)),
    { commands: api.parts.commands, log, clock: now },
  );
  api.directory.set('north', { ...people.north, permissions: new Set(['user-settings:edit', 'user-settings:create']) });
});
afterAll(() => api.stop());

let sent = 0;
const command = async (category: string, target: string, type: string, data: Readonly<Record<string, unknown>>) => {
  sent += 1;
  const commandId = id(`command ${sent}`);
  const about = { caller: systemCaller('test'), at: now(), correlationId: commandId, causationId: commandId };
  const outcome = await api.parts.commands.handle({ commandId, commandHash: commandId, category, id: target, type, data, ...about });
  expect(outcome.kind).toBe('accepted');
};
const userState = async (userId: string) => (await states.loadFresh('user', userId)).state as Exclude<User, { situation: 'absent' }>;
const invite = async (name: string) => {
  const userId = id(name);
  await command('user', userId, 'InviteUser', { email: `${name}@example.com`, name });
  const { invitationExpiresAt: until } = await userState(userId);
  return { userId, until, code: invitationCode(key, { userId, expiresAt: until }) };
};
const link = (sub: string, body: object, verifiedEmail?: string): Promise<Answer> => {
  const token = api.issuer.issue(sub, { nowMs: Date.now(), ...(verifiedEmail === undefined ? {} : { verifiedEmail }) }).access_token;
  return api.send('/me/link', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
  });
};

describe('POST /me/link', () => {
  test('who has the code of an invitation takes it up, once and for all', async () => {
    const invited = await invite('ana');
    expectProblem(await link('auth0|ana', { ...invited, code: invitationCode(key, { userId: invited.userId, expiresAt: '2031-01-01T00:00:00.000Z' }) }), 404);
    const answer = await link('auth0|ana', invited);
    expect([answer.status, answer.json]).toEqual([200, { id: invited.userId }]);
    expect(await userState(invited.userId)).toMatchObject({ situation: 'pending_approval', subject: 'auth0|ana' });
    const events = log.events.length;
    expect((await link('auth0|ana', invited)).status).toBe(200);
    expect(log.events.length).toBe(events);
    // Somebody else with the same link comes too late.
    expectProblem(await link('auth0|eve', invited), 409, 'notInThisState');
  });

  test('the issuer’s word for an e-mail is as good as the code; an e-mail that it has not verified is none', async () => {
    const { userId } = await invite('bea');
    expectProblem(await link('auth0|bea', {}), 404);
    expectProblem(await link('auth0|bea', {}, 'nobody@example.com'), 404);
    expect((await link('auth0|bea', {}, 'Bea@example.com')).json).toEqual({ id: userId });
  });

  test('one subject is one person', async () => {
    const [first, second] = [await invite('cleo'), await invite('dora')];
    expect((await link('auth0|one', first)).status).toBe(200);
    expectProblem(await link('auth0|one', second), 409, 'identityTaken');
    expect((await userState(second.userId)).situation).toBe('invited');
  });

  test('an invitation that is over, withdrawn or renewed is not there any more', async () => {
    const [over, withdrawn, renewed] = [await invite('over'), await invite('withdrawn'), await invite('renewed')];
    await command('user', withdrawn.userId, 'RevokeInvitation', { reason: 'not needed' });
    clock.aheadMs = 3_600_000;
    await command('user', renewed.userId, 'RenewInvitation', {});
    expectProblem(await link('auth0|renewed', renewed), 404);
    expectProblem(await link('auth0|withdrawn', withdrawn), 409, 'notInThisState');
    clock.aheadMs = 8 * 24 * 3_600_000;
    expectProblem(await link('auth0|over', over), 404);
    expectProblem(await link('auth0|over', {}, 'over@example.com'), 404);
    clock.aheadMs = 0;
  });

  test('needs a token of the issuer, and nothing but an invitation', async () => {
    const body = JSON.stringify({});
    const headers = { 'Content-Type': 'application/json' };
    expectProblem(await api.send('/me/link', { method: 'POST', body, headers }), 401);
    expectProblem(await api.send('/me/link', { method: 'POST', body, headers: { ...headers, Authorization: 'Bearer a.b.c' } }), 401);
    for (const wrong of [{ userId: 'x' }, { userId: id('x'), until: 'tomorrow', code: 'x' }, { code: 'x' }, []])
      expectProblem(await link('auth0|x', wrong), 422, 'invalid');
    // Until the link, the subject is nobody everywhere else.
    expectProblem(await api.send('/me', { headers: { Authorization: `Bearer ${api.issuer.issue('auth0|new', { nowMs: Date.now() }).access_token}` } }), 401);
  });
});

describe('GET /me/settings', () => {
  const me = people.north.actor.id;
  const choose = (command: string, data: object) => api.post('north', `/commands/user-settings/${me}/${command}`, data);

  test('QU-3 gives people what they have chosen, at once; a column that the list no longer has is not shown', async () => {
    expect((await api.send('/me/settings', { as: 'north' })).json).toEqual({
      columns: {},
      units: [],
      notificationPreferences: [],
      deviceTokens: [],
      locations: [],
    });
    for (const [name, data] of [
      ['choose-columns', { table: 'equipment', columns: ['unit_number', 'colour_of_the_sky', 'status'] }],
      ['set-notification-preference', { kind: 'alert', channel: 'email', isOn: true, quietHours: { from: '22:00', to: '06:00', timeZone: 'UTC' } }],
      ['register-device-token', { token: 'device-1', platform: 'ios' }],
      ['save-location', { nickname: 'Yard', street: 'Calzada 1', position: { latitude: '14.6', longitude: '-90.5' } }],
    ] as const)
      expect([name, (await choose(name, data)).status]).toEqual([name, expect.any(Number)]);
    const { json, headers } = await api.send('/me/settings', { as: 'north' });
    expect(json).toMatchObject({
      columns: { equipment: { chosen: ['unit_number', 'colour_of_the_sky', 'status'], shown: ['unit_number', 'status'] } },
      notificationPreferences: [{ kind: 'alert', channel: 'email', isOn: true, quietHours: { from: '22:00' } }],
      deviceTokens: [{ deviceTokenId: expect.any(String), token: 'device-1' }],
      locations: [{ locationId: expect.any(String), nickname: 'Yard', street: 'Calzada 1', position: { latitude: '14.6' } }],
    });
    // The revision is the one that the next change may be held to.
    expect(
      (
        await api.post(
          'north',
          `/commands/user-settings/${me}/choose-columns`,
          { table: 'equipment', columns: ['status'] },
          { 'If-Match': String(headers.get('ETag')) },
        )
      ).status,
    ).toBe(200);
  });

  test('TE-2 nobody has another’s', async () => {
    expect((await api.send('/me/settings', { as: 'south' })).text).not.toContain('Yard');
  });
});
