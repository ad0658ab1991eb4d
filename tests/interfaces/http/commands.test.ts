import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StoreUnavailable } from '../../../src/application/ports/event-log.ts';
import { type Api, startApi, tenants } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const launch = (name: string, headers = {}, tenant: keyof typeof tenants = 'north') =>
  api.post(tenant, '/commands/boat/launch-boat', { customerId: tenants[tenant], name }, headers);

describe('a command over HTTP', () => {
  test('ES-1 a create answers 201 with what it made, where to see it and a token for reading it', async () => {
    const answer = await launch('Nina');
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ revision: 0, events: [{ type: 'BoatLaunched' }] });
    expect(answer.headers.get('ETag')).toBe('"0"');
    expect(answer.headers.get('Location')).toBe(`/queries/boat/${answer.json['id']}`);
    expect(answer.headers.get('Consistency-Token')).toBe(answer.json['position']);
    const row = await api.send(String(answer.headers.get('Location')), { as: 'north', headers: { 'Consistency-Token': String(answer.json['position']) } });
    expect(row.json).toMatchObject({ data: { name: 'Nina' } });
  });

  test('a create may name its id, where the command has no field of that name', async () => {
    const id = randomUUID();
    const answer = await api.post('north', '/commands/boat/launch-boat', { id, customerId: tenants.north, name: 'Pinta' });
    expect(answer.json['id']).toBe(id);
    expectProblem(await api.post('north', '/commands/boat/launch-boat', { id: 'x', customerId: tenants.north, name: 'Pinta' }), 422, 'invalid');
  });

  test('ES-11 the same key gives the same aggregate and the same answer; another payload is refused', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const [first, second] = [await launch('Santa Maria', key), await launch('Santa Maria', key)];
    expect(second.json).toEqual(first.json);
    expect(second.status).toBe(201);
    expectProblem(await launch('Another', key), 422, 'idempotency-key-reused');
    const other = await launch('Santa Maria', key, 'south');
    expect(other.status).toBe(201);
    expect(other.json['id']).not.toBe(first.json['id']);
  });

  test('ES-2 the same key at once, many times, has one effect and one answer', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const before = api.log.events.length;
    const answers = await Promise.all(Array.from({ length: 20 }, () => launch('Victoria', key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(api.log.events.length).toBe(before + 1);
  });

  test('a change answers 200, one that changes nothing 200 without events, one that starts a process 202', async () => {
    const { json } = await launch('Trinidad');
    const renamed = await api.post('north', `/commands/boat/${json['id']}/rename-boat`, { name: 'Concepcion' });
    expect([renamed.status, renamed.json['revision'], renamed.headers.get('ETag')]).toEqual([200, 1, '"1"']);
    const again = await api.post('north', `/commands/boat/${json['id']}/rename-boat`, { name: 'Concepcion' });
    expect([again.status, again.json]).toEqual([200, { id: json['id'], revision: 1, events: [] }]);
    const sunk = await api.post('north', `/commands/boat/${json['id']}/sink-boat`, { reason: '' });
    expect([sunk.status, String(sunk.json['watch'])]).toEqual([202, expect.stringContaining('/events/stream?correlation=')]);
  });

  test('a refusal is 409 with the decision’s code and facts, and appends nothing', async () => {
    const { json } = await launch('Argo');
    const before = api.log.events.length;
    const answer = await api.post('north', `/commands/boat/${json['id']}/rename-boat`, { name: 'Titanic' });
    expectProblem(answer, 409, 'forbiddenName');
    expect(answer.json['details']).toEqual({ name: 'Titanic' });
    expect(api.log.events.length).toBe(before);
  });

  test('If-Match decides only at that revision', async () => {
    const { json } = await launch('Beagle');
    const path = `/commands/boat/${json['id']}/rename-boat`;
    const missed = await api.post('north', path, { name: 'a' }, { 'If-Match': '"7"' });
    expectProblem(missed, 412, 'revision-mismatch');
    expect(missed.headers.get('ETag')).toBe('"0"');
    expect((await api.post('north', path, { name: 'a' }, { 'If-Match': '"0"' })).status).toBe(200);
  });

  test('TE-2 another tenant’s boat and a missing one are answered alike', async () => {
    const { json } = await launch('Secret');
    const missing = randomUUID();
    const [foreign, absent] = [
      await api.post('south', `/commands/boat/${json['id']}/rename-boat`, { name: 'a' }),
      await api.post('south', `/commands/boat/${missing}/rename-boat`, { name: 'a' }),
    ];
    expectProblem(foreign, 404, 'not-found');
    const same = (text: string, id: string, correlation: unknown) => text.replaceAll(id, '').replaceAll(String(correlation), '');
    expect(same(foreign.text, String(json['id']), foreign.json['correlationId'])).toBe(same(absent.text, missing, absent.json['correlationId']));
  });

  test('TE-1 a foreign id in a body is refused, and appends nothing', async () => {
    const foreign = await launch('Theirs', {}, 'south');
    const mine = await launch('Mine');
    const before = api.log.events.length;
    const answer = await api.post('north', `/commands/boat/${mine.json['id']}/describe-boat`, { sister: foreign.json['id'] });
    expectProblem(answer, 404, 'not-found');
    expect(answer.json['errors']).toMatchObject([{ pointer: '/sister' }]);
    expectProblem(await api.post('north', '/commands/boat/launch-boat', { customerId: tenants.south, name: 'x' }), 404);
    expect(api.log.events.length).toBe(before);
  });

  test('the order of checks: token, permission, schema, duplicate, If-Match, decision', async () => {
    const { json } = await launch('Order');
    const path = `/commands/boat/${json['id']}/rename-boat`;
    const key = { 'Idempotency-Key': randomUUID() };
    expectProblem(await api.send(path, { method: 'POST', body: '{', headers: { 'Content-Type': 'application/json' } }), 401);
    expectProblem(await api.post('nobody', path, { wrong: 1 }), 403, 'forbidden');
    expect((await api.post('north', path, { name: 'b' }, key)).status).toBe(200);
    expectProblem(await api.post('north', path, { name: 3 }, { ...key, 'If-Match': '"9"' }), 422, 'invalid');
    expectProblem(await api.post('north', path, { name: 'c' }, { ...key, 'If-Match': '"9"' }), 422, 'idempotency-key-reused');
    expect((await api.post('north', path, { name: 'b' }, { ...key, 'If-Match': '"9"' })).status).toBe(200);
    expectProblem(await api.post('north', path, { name: 'Titanic' }, { 'If-Match': '"9"' }), 412);
  });

  test('internal commands do not exist here', async () => {
    const { json } = await launch('Hulk');
    expectProblem(await api.post('chief', `/commands/boat/${json['id']}/salvage-boat`, {}), 404, 'not-found');
  });

  test('a store that is away is 503 with Retry-After, and the same key finds out what became of it', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    api.log.failure = new StoreUnavailable('away');
    const answer = await launch('Later', key);
    const health = await api.send('/health/ready');
    api.log.failure = undefined;
    expectProblem(answer, 503, 'store-unavailable');
    expect(answer.headers.get('Retry-After')).toBe('1');
    expect(health.status).toBe(503);
    expect((await launch('Later', key)).status).toBe(201);
  });
});

describe('a batch of commands', () => {
  test('answers each in order, goes on after a refusal, and says that it is no transaction', async () => {
    const id = randomUUID();
    const answer = await api.post('north', '/commands/batch', {
      commands: [
        { aggregate: 'boat', command: 'launch-boat', payload: { id, customerId: tenants.north, name: 'One' } },
        { aggregate: 'boat', command: 'rename-boat', id, payload: { name: 'Titanic' } },
        { aggregate: 'boat', command: 'rename-boat', id, payload: { name: 'Two' }, ifRevision: 0 },
        { aggregate: 'boat', command: 'fly-boat', id, payload: {} },
        { aggregate: 'boat', command: 'rename-boat', id, payload: { name: 7 } },
      ],
    });
    expect(answer.json).toMatchObject({
      isTransaction: false,
      outcomes: [
        { status: 201 },
        { status: 409, problem: { code: 'forbiddenName' } },
        { status: 200, revision: 1 },
        { status: 404 },
        { status: 422, problem: { errors: [{ pointer: '/name' }] } },
      ],
    });
  });

  test('more than 500 are refused before any is done', async () => {
    const before = api.log.events.length;
    const command = { aggregate: 'boat', command: 'launch-boat', payload: { customerId: tenants.north, name: 'x' } };
    expectProblem(await api.post('north', '/commands/batch', { commands: Array.from({ length: 501 }, () => command) }), 422, 'invalid');
    expect(api.log.events.length).toBe(before);
  });
});
