import { networkInterfaces } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { Metrics } from '../../../src/infrastructure/observability/metrics.ts';
import { type Api, people, startApi } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

const withApi = async (options: Parameters<typeof startApi>[0], work: (api: Api) => Promise<void>): Promise<void> => {
  const api = await startApi(options);
  try {
    await work(api);
  } finally {
    await api.stop();
  }
};

describe('/metrics', () => {
  test('is open to this machine itself; through a proxy it asks for a token and the permission, and no customer’s has it', () =>
    withApi({}, async (api) => {
      const may = new Set(['operations:view']);
      api.directory.set('staff', { ...people.staff, permissions: may });
      api.directory.set('north', { ...people.north, permissions: may });
      expect((await api.send('/metrics')).text).toContain('http_request_duration_seconds');
      for (const headers of [{ 'X-Forwarded-For': '127.0.0.1' }, { Forwarded: 'for=127.0.0.1' }]) {
        expectProblem(await api.send('/metrics', { headers }), 401);
        expectProblem(await api.send('/metrics', { as: 'auditor', headers }), 403, 'forbidden');
        expectProblem(await api.send('/metrics', { as: 'north', headers }), 403, 'forbidden');
        expect((await api.send('/metrics', { as: 'staff', headers })).status).toBe(200);
      }
    }));

  test('from any other address asks for a token', () =>
    withApi({}, async (api) => {
      const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
      const other = own.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
      // A machine without a network has nobody else.
      if (other === undefined) return;
      const { port } = new URL(api.url);
      await new Promise<void>((resolve) => api.server.close(() => resolve()).closeAllConnections());
      await new Promise<void>((resolve) => api.server.listen(Number(port), '0.0.0.0', resolve));
      expect((await fetch(`http://${other}:${port}/metrics`)).status).toBe(401);
    }));

  test('a part that throws, or never answers, costs its own measurements only', async () => {
    const metrics = new Metrics({
      directory: () => [{ name: 'directory_behind', labels: {}, value: 1 }],
      reader: () => Promise.reject(new Error('away')),
      never: () => new Promise(() => undefined),
    });
    const { body } = await metrics.text();
    expect(body).toContain('directory_behind 1');
    expect(body).toContain('part_answers{part="reader"} 0');
    expect(body).toContain('part_answers{part="never"} 0');
    expect(body).toContain('part_answers{part="directory"} 1');
    expect(body).not.toMatch(/^event_log_lag_bytes \d/m);
  });
});

describe('pages of other origins', () => {
  const portal = 'https://portal.example.com';
  const preflight = (api: Api, origin: string) =>
    api.send('/commands/boat/launch-boat', { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' } });
  const allowed = (headers: Headers) => headers.get('Access-Control-Allow-Origin');

  test('may do nothing unless they are listed', () =>
    withApi({}, async (api) => {
      expect(allowed((await api.send('/me', { as: 'north', headers: { Origin: portal } })).headers)).toBeNull();
      expectProblem(await preflight(api, portal), 405);
    }));

  test('are allowed by the list alone, to the letter, and without credentials', () =>
    withApi({ parts: (parts) => ({ ...parts, corsOrigins: [portal] }) }, async (api) => {
      const answer = await api.send('/me', { as: 'north', headers: { Origin: portal } });
      expect([allowed(answer.headers), answer.headers.get('Access-Control-Allow-Credentials')]).toEqual([portal, null]);
      expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('Consistency-Token');
      const before = await preflight(api, portal);
      expect([before.status, before.text, before.headers.get('Access-Control-Allow-Headers')]).toEqual([204, '', expect.stringContaining('Authorization')]);
      for (const origin of ['null', `${portal}.evil.example`, 'http://portal.example.com', `${portal}:444`, portal.toUpperCase()]) {
        const { headers } = await api.send('/me', { as: 'north', headers: { Origin: origin } });
        expect([origin, allowed(headers), headers.get('Vary')]).toEqual([origin, null, expect.stringContaining('Origin')]);
        expectProblem(await preflight(api, origin), 405);
      }
      // Refusals too can be read by the page.
      expect(allowed((await api.send('/me', { headers: { Origin: portal } })).headers)).toBe(portal);
    }));
});
