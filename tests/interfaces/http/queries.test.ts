import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '../../../src/application/caller.ts';
import { type Api, people, startApi, tenants } from './kit/api.ts';
import { boatQuery } from './kit/memory-queries.ts';
import { expectProblem } from './kit/problem.ts';

let api: Api;
const ids: string[] = [];
beforeAll(async () => {
  api = await startApi();
  for (const [tenant, name] of [
    ['north', 'Nina'],
    ['north', 'Pinta'],
    ['south', 'Argo'],
  ] as const)
    ids.push(String((await api.post(tenant, '/commands/boat/launch-boat', { customerId: tenants[tenant], name })).json['id']));
});
afterAll(() => api.stop());

test('a list answers rows, page and position, which is also in the header', async () => {
  const answer = await api.send('/queries/boat?sort=-name&fields=name', { as: 'north' });
  expect(answer.json).toMatchObject({ data: [{ name: 'Pinta' }, { name: 'Nina' }], page: { next: null } });
  expect(answer.headers.get('Consistency-Token')).toBe(String(api.log.events.at(-1)?.position));
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
});

test('TE-2 one’s own only, as a list, a row, a search and an export', async () => {
  expect((await api.send('/queries/boat', { as: 'south' })).text).not.toMatch(/Nina|Pinta/);
  expectProblem(await api.send(`/queries/boat/${ids[0]}`, { as: 'south' }), 404, 'not-found');
  expect((await api.send(`/queries/boat/${ids[2]}`, { as: 'south' })).json).toMatchObject({ data: { name: 'Argo' } });
  expect((await api.send('/queries/search?q=n', { as: 'south' })).text).not.toMatch(/Nina|Pinta/);
  expect((await api.send('/queries/search?q=n&limit=1', { as: 'staff' })).json).toMatchObject({ data: [{ title: 'Nina', type: 'boat' }] });
  expect((await api.send('/queries/boat', { as: 'south', headers: { Accept: 'text/csv' } })).text).not.toMatch(/Nina|Pinta/);
});

test('a file is asked for by Accept or by format', async () => {
  for (const [path, headers] of [
    ['/queries/boat?fields=name', { Accept: 'text/csv' }],
    ['/queries/boat?fields=name&format=csv', { Accept: 'application/json' }],
  ] as const) {
    const answer = await api.send(path, { as: 'north', headers });
    expect(answer.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename="boat.csv"');
    expect(answer.text.split('\n').slice(0, 1)).toEqual(['name']);
  }
});

test('a position that the read model has not reached is 503 with Retry-After', async () => {
  const beyond = String((api.log.events.at(-1)?.position ?? 0n) + 1n);
  for (const path of ['/queries/boat', `/queries/boat/${ids[0]}`, '/queries/search?q=a', '/events']) {
    const answer = await api.send(path, { as: 'north', headers: { 'Consistency-Token': beyond, Prefer: 'wait=0' } });
    expectProblem(answer, 503, 'read-model-behind');
    expect(answer.headers.get('Retry-After')).toBe('1');
  }
});

test('no permission is 403, with what is lacking', async () => {
  const answer = await api.send('/queries/boat', { as: 'nobody' });
  expectProblem(answer, 403, 'forbidden');
  expect(answer.json['details']).toEqual({ permission: 'boat:view' });
});

test('every request that is let through is counted for its caller, and no other', async () => {
  const counted: string[] = [];
  const requested = ({ actor }: Caller, endpoint: string): void => void counted.push(`${actor.id} ${endpoint}`);
  const other = await startApi({ limits: { perCallerAMinute: 2 }, parts: (parts) => ({ ...parts, requested }) });
  for (let n = 0; n < 4; n += 1) await other.send('/me', { as: 'north' });
  await other.send('/me');
  await other.stop();
  expect(counted).toEqual([`${people.north.actor.id} GET /me`, `${people.north.actor.id} GET /me`]);
});

test('calls are counted by names from closed lists, whatever the address says', async () => {
  const counted = new Set<string>();
  const requested = (_caller: Caller, endpoint: string): void => void counted.add(endpoint);
  const other = await startApi({ parts: (parts) => ({ ...parts, requested }) });
  for (const path of ['boat/launch-boat', `boat/${ids[0]}/rename-boat`, 'boat/no-such', `no-such/${ids[0]}/rename-boat`])
    await other.post('north', `/commands/${path}`, {});
  for (const path of ['boat', `boat/${ids[0]}`, 'no-such', `no-such/${ids[0]}`, 'search?q=x']) await other.send(`/queries/${path}`, { as: 'north' });
  await other.stop();
  expect([...counted].sort()).toEqual([
    'GET /queries/boat',
    'GET /queries/boat/{id}',
    'GET /queries/search',
    'GET /queries/{query}',
    'GET /queries/{query}/{id}',
    'POST /commands/boat/launch-boat',
    'POST /commands/boat/{id}/rename-boat',
    'POST /commands/{aggregate}/{command}',
    'POST /commands/{aggregate}/{id}/{command}',
  ]);
});

test('/me tells who the token speaks for', async () => {
  expect((await api.send('/me', { as: 'north' })).json).toMatchObject({
    kind: 'user',
    tenant: tenants.north,
    permissions: { version: '1', held: expect.arrayContaining(['boat:view']) },
  });
});

test('alive, ready and measured without a token; nothing of a tenant’s in it', async () => {
  expect((await api.send('/health/live')).json).toMatchObject({ status: 'alive' });
  expect((await api.send('/health/ready')).json).toMatchObject({ status: 'ready' });
  const { text } = await api.send('/metrics');
  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/queries/:query",status="200"}');
  expect(text).toContain('commands_total{aggregate="boat",type="LaunchBoat",outcome="accepted"} 3');
  expect(text).not.toMatch(/Nina|11111111/);
});

test('every answer carries a correlation id, the client’s own where it is one, and headers against abuse', async () => {
  const mine = '0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f';
  expect((await api.send('/me', { as: 'north', headers: { 'X-Correlation-Id': mine } })).headers.get('X-Correlation-Id')).toBe(mine);
  const answer = await api.send('/me', { as: 'north', headers: { 'X-Correlation-Id': 'x'.repeat(500) } });
  expect(answer.headers.get('X-Correlation-Id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  });
  expect(answer.headers.has('X-Powered-By')).toBe(false);
});

test('TE-2 a fence is where its owner may see it: another’s is like one that does not exist', async () => {
  const fence = '44444444-4444-4444-8444-444444444444';
  const shapes: unknown[] = [];
  const asOf = { position: '1', time: null };
  const polygon = { type: 'Feature', geometry: { type: 'Point', coordinates: [-90.5, 14.6] }, properties: { radiusMeters: 500 } };
  const other = await startApi({
    parts: (parts) => ({
      ...parts,
      queries: [
        { ...boatQuery, name: 'boat', place: { latitude: 'latitude', longitude: 'longitude' } },
        { ...boatQuery, name: 'geofence', permission: 'geofence:view' },
      ],
      queryRunner: {
        ...parts.queryRunner,
        one: async (_definition, key, caller) => (caller.tenant === tenants.north && key === fence ? { data: { polygon }, asOf } : { asOf }),
        page: async (_definition, { shape }) => {
          shapes.push(shape);
          return { data: [], page: { next: null }, asOf };
        },
      },
    }),
  });
  for (const name of ['north', 'south'] as const) other.directory.set(name, { ...people[name], permissions: new Set(['boat:view', 'geofence:view']) });
  expect((await other.send(`/queries/boat?in_geofence=${fence}`, { as: 'north' })).status).toBe(200);
  expect(shapes).toEqual([{ kind: 'circle', center: { latitude: 14.6, longitude: -90.5 }, radiusMeters: 500 }]);
  const foreign = await other.send(`/queries/boat?in_geofence=${fence}`, { as: 'south' });
  const missing = await other.send(`/queries/boat?in_geofence=${fence.replaceAll('4', '5')}`, { as: 'south' });
  for (const answer of [foreign, missing]) expectProblem(answer, 400, 'bad-query');
  expect(foreign.json['errors']).toEqual(missing.json['errors']);
  expectProblem(await other.send(`/queries/boat?in_geofence=${fence}`, { as: 'staff' }), 403, 'forbidden');
  await other.stop();
});
