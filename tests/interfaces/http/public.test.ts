import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpLimits } from '../../../src/interfaces/http/parts.ts';
import { networkOf } from '../../../src/interfaces/http/public/public-limits.ts';
import { breakdownSchema, systemCaseSchema } from '../../../src/interfaces/http/public/report-schemas.ts';
import { type PublicWorld, publicWorld } from '../../application/public-world.ts';
import { arbitraryOf } from '../../kit/arbitrary-of.ts';
import { fc } from '../../kit/seed.ts';
import { type Answer, type Api, startApi } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

let api: Api | undefined;
afterEach(() => api?.stop());

const started = async (limits: Partial<HttpLimits> = {}): Promise<{ readonly api: Api; readonly world: PublicWorld }> => {
  const world = await publicWorld();
  const quick = { publicAnswerMsMin: 0, publicPerAddressAMinute: 0, publicPerUnitAnHour: 0, publicAMinute: 0 };
  api = await startApi({ log: world.log, limits: { ...quick, ...limits }, parts: (parts) => ({ ...parts, publicReports: world.reports }) });
  return { api, world };
};
type Headers = Readonly<Record<string, string>>;
const post = (to: Api, path: string, body: unknown, headers: Headers = {}): Promise<Answer> =>
  to.send(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });
const breakdown = (unit: string, more: object = {}) => ({ unit, symptom: 'The door does not close', ...more });
const report = (to: Api, unit: string, headers: Headers = {}): Promise<Answer> => post(to, '/public/breakdowns', breakdown(unit), headers);
const reportsIn = ({ log }: PublicWorld): number =>
  log.events.filter(({ type, metadata }) => metadata.actor.id === 'public-reports' && /^(RequestSubmitted|SystemCaseReported)$/.test(type)).length;
/** All that an answer tells, without what differs between any two. */
const toldBy = ({ status, headers, json }: Answer) => ({
  status,
  body: Object.fromEntries(Object.entries(json).map(([name, value]) => [name, typeof value])),
  headers: [...headers.keys()].filter((name) => name !== 'date').sort(),
});

describe('/public', () => {
  test('takes a breakdown from somebody without a token', async () => {
    const { api, world } = await started();
    const answer = await report(api, 'T-1');
    expect([answer.status, answer.json]).toEqual([202, { reference: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
    expect(world.log.events.some(({ type, aggregateId }) => type === 'RequestSubmitted' && aggregateId === answer.json['reference'])).toBe(true);
  });

  test('takes a mistake of the system', async () => {
    const { api, world } = await started();
    expect((await post(api, '/public/system-cases', { subject: 'Cannot sign in', description: 'A white page' })).status).toBe(202);
    expect(world.log.events.at(-1)?.type).toBe('SystemCaseReported');
  });

  test('answers of a unit that is out, in the yard, unknown or of a customer that takes no service exactly alike', async () => {
    const { api } = await started();
    const answers = [];
    for (const unit of ['T-1', 'T-2', 'T-3', 'T-404', "' or 1=1 --", '<script>', '../../etc'])
      answers.push(toldBy(await report(api, unit, { 'Idempotency-Key': 'k' })));
    for (const unit of ['T-1', 'T-404']) answers.push(toldBy(await report(api, unit, { 'Idempotency-Key': 'k' })));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]?.headers).not.toContain('consistency-token');
  });

  test('ES-2 the same key with the same report is the same report', async () => {
    const { api, world } = await started();
    const answers = await Promise.all(Array.from({ length: 5 }, () => report(api, 'T-1', { 'Idempotency-Key': 'lost answer' })));
    expect(new Set(answers.map(({ json }) => json['reference'])).size).toBe(1);
    expect(reportsIn(world)).toBe(1);
    await report(api, 'T-1');
    await report(api, 'T-1');
    expect(reportsIn(world)).toBe(3);
    expectProblem(await report(api, 'T-1', { 'Idempotency-Key': 'x'.repeat(256) }), 400, 'bad-request');
  });

  test('has no other address and no other method, and a token changes nothing', async () => {
    const { api } = await started();
    expectProblem(await api.send('/public/breakdowns'), 405, 'method-not-allowed');
    expectProblem(await api.send('/public'), 404, 'not-found');
    expectProblem(await post(api, '/public/incidents', {}), 404, 'not-found');
    expect(
      (
        await api.send('/public/breakdowns', {
          method: 'POST',
          as: 'north',
          body: JSON.stringify(breakdown('T-1')),
          headers: { 'Content-Type': 'application/json' },
        })
      ).status,
    ).toBe(202);
  });

  test('is not there where the installation does not want it', async () => {
    api = await startApi();
    expectProblem(await report(api, 'T-1'), 404, 'not-found');
    expect((await api.send('/openapi.json')).text).not.toContain('/public/');
  });

  test('while the store is away says so, of any unit', async () => {
    const { api, world } = await started();
    world.log.failure = Object.assign(new Error('away'), { name: 'StoreUnavailable' });
    const answers = [await report(api, 'T-1'), await report(api, 'T-404')];
    for (const answer of answers) expectProblem(answer, 503, 'store-unavailable');
    expect(toldBy(answers[0] as Answer)).toEqual(toldBy(answers[1] as Answer));
  });
});

describe('abuse of /public', () => {
  test('QU-4 a flood from one address is cut at its limit, before anything of it is read, and others are not touched', async () => {
    const { api, world } = await started({ publicPerAddressAMinute: 5, trustedProxies: 1 });
    const from = (address: string, n: number) => report(api, `T-${n}`, { 'X-Forwarded-For': address });
    const statuses = (await Promise.all(Array.from({ length: 40 }, (_, n) => from('203.0.113.7', n)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202).length).toBe(5);
    expect(statuses.filter((status) => status === 429).length).toBe(35);
    const refused = await post(api, '/public/breakdowns', 'x'.repeat(100_000), { 'X-Forwarded-For': '203.0.113.7' });
    expectProblem(refused, 429, 'rate-limited');
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await from('203.0.113.8', 1)).status).toBe(202);
    expect(reportsIn(world)).toBe(6);
  });

  test('QU-4 whoever has a whole network of IPv6 has one limit', async () => {
    const { api } = await started({ publicPerAddressAMinute: 3, trustedProxies: 1 });
    const statuses = [];
    for (let n = 0; n < 10; n += 1) statuses.push((await report(api, `T-${n}`, { 'X-Forwarded-For': `2001:db8:1:2::${n}` })).status);
    expect(statuses.filter((status) => status === 202).length).toBe(3);
    expect((await report(api, 'T-1', { 'X-Forwarded-For': '2001:db8:1:3::1' })).status).toBe(202);
  });

  test('QU-4 one unit is reported so often an hour, by whomever and however typed; the limit does not tell whether there is such a unit', async () => {
    const { api, world } = await started({ publicPerUnitAnHour: 2 });
    const tries = async (unit: string) => {
      const answers = [];
      for (const typed of [unit, ` ${unit.toLowerCase()}`, unit, unit]) answers.push(await report(api, typed));
      return answers.map(toldBy);
    };
    const [real, unreal] = [await tries('T-1'), await tries('T-404')];
    expect(real.map(({ status }) => status)).toEqual([202, 202, 429, 429]);
    expect(unreal).toEqual(real);
    expect(reportsIn(world)).toBe(4);
  });

  test('nobody is told how often others have reported a unit, or anything, until no more is taken', async () => {
    const { api } = await started({ publicPerAddressAMinute: 5, publicPerUnitAnHour: 3, publicAMinute: 100, trustedProxies: 1 });
    const policies = new Set<string | null>();
    for (const [n, unit] of ['T-1', 'T-1', 'T-404', 'T-1'].entries()) {
      const answer = await report(api, unit, { 'X-Forwarded-For': `198.51.100.${n}` });
      expect([answer.status, answer.headers.get('RateLimit')]).toEqual([202, expect.stringMatching(/^"public-address";r=4;t=\d+$/)]);
      policies.add(answer.headers.get('RateLimit-Policy'));
    }
    expect([...policies]).toEqual(['"public-address";q=5;w=60']);
    expect((await report(api, 'T-1', { 'X-Forwarded-For': '198.51.100.9' })).headers.get('RateLimit-Policy')).toBe('"public-unit";q=3;w=3600');
  });

  test('QU-4 all addresses together have a limit, so that a flood of many does not fill the log', async () => {
    const { api, world } = await started({ publicAMinute: 10, trustedProxies: 1 });
    const all = Array.from({ length: 50 }, (_, n) => report(api, `T-${n}`, { 'X-Forwarded-For': `198.51.100.${n}` }));
    expect((await Promise.all(all)).filter(({ status }) => status === 202).length).toBe(10);
    expect(reportsIn(world)).toBe(10);
  });

  test('a body that is too large is refused, whether it says so or not', async () => {
    const { api, world } = await started();
    const large = JSON.stringify(breakdown('T-1', { symptom: 'x'.repeat(20_000) }));
    expectProblem(await post(api, '/public/breakdowns', large), 413, 'body-too-large');
    const { hostname, port } = new URL(api.url);
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
    const sending = request({ hostname, port, path: '/public/breakdowns', method: 'POST', headers });
    sending.write(large);
    const [answer] = await once(sending, 'response');
    expect(answer.statusCode).toBe(413);
    sending.destroy();
    expect(reportsIn(world)).toBe(0);
  });

  test('a body that comes too slowly is given up', async () => {
    const { api } = await started({ bodyMsMax: 100 });
    const { hostname, port } = new URL(api.url);
    const sending = request({
      hostname,
      port,
      path: '/public/breakdowns',
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': 500 },
    });
    sending.write('{"unit":');
    const [answer] = await once(sending, 'response');
    expect(answer.statusCode).toBe(408);
    sending.destroy();
  });

  test.each([
    ['another media type', 'unit=T-1', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['text that is no JSON', '{', {}, 400],
    ['a name twice', '{"unit":"T-1","unit":"T-2","symptom":"x"}', {}, 400],
    ['compressed', 'x', { 'Content-Encoding': 'gzip' }, 415],
    ['nothing', '{}', {}, 422],
    ['a list', '[]', {}, 422],
    ['an unknown field', breakdown('T-1', { accountId: '11111111-1111-4111-8111-111111111111' }), {}, 422],
    ['an account', breakdown('T-1', { customerId: 'x', urgency: 'emergency' }), {}, 422],
    ['a prototype', '{"unit":"T-1","symptom":"x","__proto__":{"isBlockingTraffic":true}}', {}, 422],
    ['no telephone', breakdown('T-1', { driverPhone: '5555-1234; drop table' }), {}, 422],
    ['NUL', breakdown('T-1\u0000'), {}, 422],
    ['half a character', '{"unit":"T-1","symptom":"\\ud800"}', {}, 422],
    ['a place off the earth', breakdown('T-1', { position: { latitude: '91', longitude: '0' } }), {}, 422],
    ['a unit that is too long', breakdown('T'.repeat(65)), {}, 422],
    ['nothing but blanks', breakdown('   '), {}, 422],
  ] as const)('%s is refused and stores nothing', async (_name, body, headers, status) => {
    const { api, world } = await started();
    const before = world.log.events.length;
    expectProblem(await post(api, '/public/breakdowns', body, headers), status);
    expect(world.log.events.length).toBe(before);
  });

  test('whatever fits the schema is taken, and whatever is stored says what was sent', async () => {
    const { api, world } = await started();
    const kinds = [
      ['/public/breakdowns', breakdownSchema],
      ['/public/system-cases', systemCaseSchema],
    ] as const;
    for (const [path, schema] of kinds) {
      await fc.assert(
        fc.asyncProperty(arbitraryOf(schema), async (body) => {
          const before = reportsIn(world);
          const answer = await post(api, path, body);
          expect([answer.status, answer.status === 202 ? '' : answer.text]).toEqual([202, '']);
          expect(reportsIn(world)).toBe(before + 1);
        }),
        { numRuns: 60 },
      );
    }
  });

  test('what was reported stands in no line of the log', async () => {
    const { api } = await started();
    await post(api, '/public/breakdowns', breakdown('T-canary-1', { driverName: 'Canary Ana', driverPhone: '+50299998888', directions: 'canary road' }));
    expect(api.logged.join('')).not.toMatch(/canary|50299998888/i);
  });
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
