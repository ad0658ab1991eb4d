import { once } from 'node:events';
import { request } from 'node:http';
import { expect, test } from '@jest/globals';
import type { HttpLimits } from '../../../src/interfaces/http/parts.ts';
import { type Api, type PersonName, startApi, tenants } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

const withLimits = async (limits: Partial<HttpLimits>, work: (api: Api) => Promise<void>): Promise<void> => {
  const api = await startApi({ limits });
  try {
    await work(api);
  } finally {
    await api.stop();
  }
};
const statuses = async (api: Api, as: PersonName, count: number): Promise<readonly number[]> =>
  Promise.all(Array.from({ length: count }, async () => (await api.send('/me', { as })).status));
const accepted = (all: readonly number[]): number => all.filter((status) => status === 200).length;

test('QU-4 within a window one caller gets the limit and no more, also when all come at once; others are not touched', () =>
  withLimits({ perCallerAMinute: 10 }, async (api) => {
    expect(accepted(await statuses(api, 'north', 50))).toBe(10);
    const answer = await api.send('/me', { as: 'north' });
    expectProblem(answer, 429, 'rate-limited');
    expect(answer.headers.get('RateLimit-Policy')).toBe('"caller";q=10;w=60');
    expect(answer.headers.get('RateLimit')).toMatch(/^"caller";r=0;t=\d+$/);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(accepted(await statuses(api, 'south', 10))).toBe(10);
  }));

test('QU-4 a tenant has a limit over all its callers, and does not starve another', () =>
  withLimits({ perTenantAMinute: 10 }, async (api) => {
    const [first, second] = [await statuses(api, 'north', 8), await statuses(api, 'nobody', 8)];
    expect(accepted(first) + accepted(second)).toBe(10);
    expect(accepted(await statuses(api, 'south', 10))).toBe(10);
    expect(accepted(await statuses(api, 'staff', 30))).toBe(30);
  }));

test('QU-4 a batch counts as many as it holds', () =>
  withLimits({ perCallerAMinute: 10 }, async (api) => {
    const command = { aggregate: 'boat', command: 'launch-boat', payload: { customerId: tenants.north, name: 'x' } };
    expect((await api.post('north', '/commands/batch', { commands: Array.from({ length: 8 }, () => command) })).status).toBe(200);
    expectProblem(await api.post('north', '/commands/batch', { commands: [command, command, command] }), 429);
    expect(api.log.events.length).toBe(8);
  }));

test('without a valid token an address has a limit of its own; a valid one is not held up by it', () =>
  withLimits({ perAddressAMinute: 5 }, async (api) => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => api.send('/me', { headers: { Authorization: `Bearer guess-${n}` } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(5).fill(401), ...Array(15).fill(429)]);
    expect((await api.send('/me', { as: 'north' })).status).toBe(200);
  }));

test('more requests at once than there is room for are told to come again; health still answers', () =>
  withLimits({ inFlightMax: 1 }, async (api) => {
    const { hostname, port } = new URL(api.url);
    const head = { Authorization: `Bearer ${api.tokenOf('north')}`, 'Content-Type': 'application/json' };
    const held = request({ hostname, port, path: '/commands/boat/launch-boat', method: 'POST', headers: head });
    const answered = once(held, 'response');
    held.write('{');
    // Until the server has taken it in, the others have room.
    let answer = await api.send('/queries/boat', { as: 'north' });
    while (answer.status === 200) answer = await api.send('/queries/boat', { as: 'north' });
    expectProblem(answer, 503, 'overloaded');
    expect(answer.headers.get('Retry-After')).toBe('1');
    expect((await api.send('/health/live')).status).toBe(200);
    held.end('}');
    await answered;
    while (answer.status === 503) answer = await api.send('/queries/boat', { as: 'north' });
    expect(answer.status).toBe(200);
  }));
