import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Api, startApi, tenants } from './kit/api.ts';
import { expectProblem } from './kit/problem.ts';

let api: Api;
let boat = '';
beforeAll(async () => {
  api = await startApi({ limits: { bodyMsMax: 300 } });
  boat = String((await api.post('north', '/commands/boat/launch-boat', { customerId: tenants.north, name: 'Nina' })).json['id']);
});
afterAll(() => api.stop());

/** What the wrong request left behind must be nothing. */
const unchanged = async (ask: () => Promise<Answer>, status: number, code?: string): Promise<Answer> => {
  const before = api.log.events.length;
  const answer = await ask();
  expectProblem(answer, status, code);
  expect(api.log.events.length).toBe(before);
  return answer;
};
const raw = (body: string | Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  api.send(`/commands/boat/${boat}/describe-boat`, { as: 'north', method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('bodies', () => {
  test.each<readonly [string, string | Uint8Array<ArrayBuffer>, number, string]>([
    ['nothing', '', 400, 'not-json'],
    ['half an object', '{"name":', 400, 'not-json'],
    ['a comment', '{} // done', 400, 'not-json'],
    ['single quotes', "{'name':'x'}", 400, 'not-json'],
    ['a trailing comma', '{"name":"x",}', 400, 'not-json'],
    ['NaN', '{"count":NaN}', 400, 'not-json'],
    ['two values', '{}{}', 400, 'not-json'],
    ['UTF-16', Uint8Array.from(Buffer.from('{"name":"x"}', 'utf16le')), 400, 'not-json'],
    ['overlong UTF-8', Uint8Array.from([0x22, 0xc0, 0xaf, 0x22]), 400, 'not-json'],
    ['a name twice', '{"note":"a","note":"b"}', 400, 'not-json'],
    ['100,000 levels', '['.repeat(100_000), 400, 'not-json'],
    ['levels that close', nested(5000), 400, 'not-json'],
    ['a list', '[]', 422, 'invalid'],
    ['null', 'null', 422, 'invalid'],
    ['a text', '"x"', 422, 'invalid'],
    ['an unknown field', '{"colour":"red"}', 422, 'invalid'],
    ['__proto__', '{"__proto__":{"count":1}}', 422, 'invalid'],
    ['constructor', '{"constructor":{"prototype":{"admin":true}}}', 422, 'invalid'],
    ['a number for a text', '{"note":7}', 422, 'invalid'],
    ['a text for a number', '{"count":"7"}', 422, 'invalid'],
    ['a number out of range', '{"count":1e308}', 422, 'invalid'],
    ['a number past all numbers', '{"count":1e999}', 422, 'invalid'],
    ['a fraction for a whole number', '{"count":1.5}', 422, 'invalid'],
    ['NUL in a text', '{"note":"a\\u0000b"}', 422, 'invalid'],
    ['half a surrogate pair', '{"note":"\\ud800"}', 422, 'invalid'],
    ['a text too long', JSON.stringify({ note: 'x'.repeat(4001) }), 422, 'invalid'],
    ['a list too long', JSON.stringify({ tags: ['a', 'b', 'c', 'd', 'e', 'f'] }), 422, 'invalid'],
    ['the same item twice', '{"tags":["a","a"]}', 422, 'invalid'],
    ['a word that is not on the list', '{"hull":"paper"}', 422, 'invalid'],
    ['money as a number', '{"amount":12.5}', 422, 'invalid'],
    ['money with an exponent', '{"amount":{"amount":"1e3","currency":"USD"}}', 422, 'invalid'],
    ['a day that does not exist', '{"due":"2026-02-30"}', 422, 'invalid'],
    ['an instant without milliseconds', '{"at":"2026-01-31T08:15:00Z"}', 422, 'invalid'],
    ['a zone that does not exist', '{"zone":"Mars/Olympus"}', 422, 'invalid'],
    ['a place off the earth', '{"place":{"latitude":"91","longitude":"0"}}', 422, 'invalid'],
    ['an id in capitals', '{"sister":"0190A6C4-3F2B-7C1D-8E4F-5A6B7C8D9E0F"}', 422, 'invalid'],
    ['an id that is SQL', '{"sister":"\' or 1=1 --"}', 422, 'invalid'],
    ['a link that is a script', '{"link":"javascript:alert(1)"}', 422, 'invalid'],
    ['a mail with a second header', '{"mail":"a@b.example\\r\\nbcc: c@d.example"}', 422, 'invalid'],
    ['a shape of no kind', '{"sail":{"kind":"spinnaker"}}', 422, 'invalid'],
    ['a document too deep', `{"details":${nested(8)}}`, 422, 'invalid'],
    ['a document with a poisoned name', '{"details":{"a":{"__proto__":{"x":1}}}}', 422, 'invalid'],
    ['facts too large', JSON.stringify({ facts: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, 'x'.repeat(999)])) }), 422, 'invalid'],
    ['a foreign or missing id', `{"sister":"${randomUUID()}"}`, 404, 'not-found'],
  ])('%s', async (_name, body, status, code) => {
    await unchanged(() => raw(body), status, code);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  test('every mistake is listed, each at its field', async () => {
    const answer = await unchanged(() => raw('{"count":0,"hull":"paper","colour":1,"amount":{"amount":"x","currency":"usd"}}'), 422, 'invalid');
    const pointers = (answer.json['errors'] as readonly { readonly pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/amount/amount', '/amount/currency', '/colour', '/count', '/hull']);
  });

  test('an answer to a body full of mistakes stays small', async () => {
    const answer = await unchanged(() => raw(`{${Array.from({ length: 50_000 }, (_, n) => `"f${n}":1`).join(',')}}`), 422, 'invalid');
    expect(answer.text.length).toBeLessThan(100_000);
  });

  test('larger than 1 MiB: by its length at once, in pieces once it is too much', async () => {
    const body = JSON.stringify({ note: 'x'.repeat(1_100_000) });
    await unchanged(() => raw(body), 413, 'body-too-large');
    const { hostname, port } = new URL(api.url);
    const status = await new Promise<number | undefined>((resolve, refuse) => {
      const sent = request({
        hostname,
        port,
        path: `/commands/boat/${boat}/describe-boat`,
        method: 'POST',
        headers: { Authorization: `Bearer ${api.tokenOf('north')}`, 'Content-Type': 'application/json' },
      });
      sent.on('response', (answer) => resolve(answer.statusCode)).on('error', refuse);
      sent.write(body.slice(0, 600_000));
      sent.write(body.slice(600_000));
    });
    expect(status).toBe(413);
  });

  test('compressed bodies are not unpacked, however small they look', async () => {
    await unchanged(() => raw(Uint8Array.from(gzipSync(Buffer.alloc(10_000_000))), { 'Content-Encoding': 'gzip' }), 415, 'unsupported-media-type');
  });

  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/jsonp',
    'text/json, application/json',
  ])('content type %p', async (type) => {
    await unchanged(() => raw(Uint8Array.from(Buffer.from('{}')), { 'Content-Type': type ?? '' }), 415, 'unsupported-media-type');
  });
});

describe('headers, addresses and methods', () => {
  test.each([
    ['Idempotency-Key', 'k'.repeat(256)],
    ['Idempotency-Key', 'ñ'],
    ['Idempotency-Key', ''],
    ['If-Match', '3'],
    ['If-Match', 'W/"3"'],
    ['If-Match', '"x"'],
    ['If-Match', '"1", "2"'],
    ['If-Match', '*'],
  ])('%s: %s', async (name, value) => {
    await unchanged(() => raw('{}', { [name]: value }), 400, 'bad-request');
  });

  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/commands/boat/launch-boat', 405],
    ['DELETE', '/queries/boat', 405],
    ['PUT', '/me', 405],
    ['POST', '/openapi.json', 405],
    ['POST', '/commands/ship/launch-boat', 404],
    ['POST', '/commands/boat/fly-boat', 404],
    ['POST', '/commands/boat/constructor', 404],
    ['POST', '/commands/__proto__/toString', 404],
    ['POST', '/commands/boat/rename-boat', 404],
    ['POST', '/commands/boat/not-an-id/rename-boat', 404],
    ['POST', "/commands/boat/'%20or%201=1--/rename-boat", 404],
    ['GET', '/queries/boat/%00', 404],
    ['GET', '/queries/nothing', 404],
    ['GET', '/queries/constructor', 404],
    ['GET', '/history/boat/x', 404],
    ['GET', '/history/nothing/x', 404],
    ['GET', '/%E0%A4%A', 404],
    ['GET', '/queries/%E0%A4%A', 400],
    ['GET', '/queries/../../etc/passwd', 404],
    ['GET', '/problems/../../etc/passwd', 404],
    ['GET', '/problems/%3Cscript%3E', 404],
  ])('%s %s: %d', async (method, path, status) => {
    const body = method === 'POST' ? { body: '{}', headers: { 'Content-Type': 'application/json' } } : {};
    await unchanged(() => api.send(path, { as: 'north', method, ...body }), status);
  });

  test.each([
    ['filter[colour]=red'],
    ['filter[name]=gt'],
    ['filter[is_sunk]=maybe'],
    ["filter[name]=like:'%3B drop table boat"],
    ['filter[boat_id]=x'],
    ['sort=colour'],
    ['sort=name,name'],
    ['fields=colour'],
    ['limit=0'],
    ['limit=501'],
    ['limit=-1'],
    ['limit=1e2'],
    ['after=bm90LWEtY3Vyc29y'],
    ['after=%00'],
    ['format=exe'],
    ['count=all'],
    ['unheard=of'],
    ['near=1,1'],
  ])('a query with %s names each mistake', async (parameters) => {
    // One of them asks for what is no mistake but an odd text: that one finds nothing.
    const answer = await api.send(`/queries/boat?${parameters}`, { as: 'north' });
    if (parameters.includes('drop') || parameters === 'filter[name]=gt') return void expect([answer.status, answer.json['data']]).toEqual([200, []]);
    expectProblem(answer, 400, 'bad-query');
    expect(answer.json['errors']).toEqual(expect.arrayContaining([expect.objectContaining({ parameter: expect.any(String), message: expect.any(String) })]));
  });

  test.each([
    'after=x',
    'after=-1',
    'after=99999999999999999999',
    'limit=0',
    'types=Nothing',
    'aggregate=ship',
    'aggregate=boat/x',
    'from=yesterday',
    'actor=',
    'tenant=1',
    'limit=1&limit=2',
    'types=BoatSunk&x=1',
  ])('events with %s', async (parameters) => {
    await unchanged(() => api.send(`/events?${parameters}`, { as: 'north' }), 400, 'bad-query');
    await unchanged(() => api.send(`/events/stream?${parameters}`, { as: 'north' }), 400, 'bad-query');
  });

  test.each(['asOf=yesterday', 'diff=1', 'diff=1..2..3', 'diff=a..b', 'colour=red'])('a history with %s', async (parameters) => {
    await unchanged(() => api.send(`/history/boat/${boat}?${parameters}`, { as: 'north' }), 400, 'bad-query');
  });

  test.each(['', 'x', '-1', '1.5', '9'.repeat(20), "1' or '1'='1"])('a Consistency-Token of %p', async (token) => {
    await unchanged(() => api.send('/queries/boat', { as: 'north', headers: { 'Consistency-Token': token } }), 400, 'bad-request');
  });

  test.each(['q=', 'q=%20', `q=${'x'.repeat(201)}`, 'q=a&limit=0', 'q=a&limit=101', 'q=a&x=1', 'q=%00'])('a search with %s', async (parameters) => {
    await unchanged(() => api.send(`/queries/search?${parameters}`, { as: 'north' }), 400, 'bad-query');
  });

  test('an address too long, and forms that cannot be had', async () => {
    await unchanged(() => api.send(`/queries/boat?filter[name]=${'x'.repeat(9000)}`, { as: 'north' }), 414, 'uri-too-long');
    await unchanged(() => api.send('/queries/boat', { as: 'north', headers: { Accept: 'image/png' } }), 406, 'not-acceptable');
    await unchanged(() => api.send('/events', { as: 'north', headers: { Accept: 'text/html' } }), 406, 'not-acceptable');
  });
});

describe('tokens', () => {
  test.each([
    ['none at all', undefined],
    ['another scheme', 'Basic YTpi'],
    ['no token', 'Bearer'],
    ['nonsense', 'Bearer x'],
    ['two tokens', 'Bearer a b'],
    ['a stranger’s', () => `Bearer ${api.tokenOf('stranger')}`],
    ['alg none', () => `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${api.tokenOf('north').split('.')[1]}.`],
    ['an expired one', () => `Bearer ${api.issuer.issue('north', { nowMs: Date.now() - 86_400_000 }).access_token}`],
  ])('%s', async (_name, authorization) => {
    const value = typeof authorization === 'function' ? authorization() : authorization;
    const answer = await unchanged(
      () =>
        api.send(`/commands/boat/${boat}/rename-boat`, {
          method: 'POST',
          body: '{"name":"x"}',
          headers: { 'Content-Type': 'application/json', ...(value === undefined ? {} : { Authorization: value }) },
        }),
      401,
      'unauthenticated',
    );
    expect(answer.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
  });

  test('while the node does not know the newest permissions, nobody is let in', async () => {
    api.directory.set('south', 'behind');
    const answer = await unchanged(() => api.send('/me', { as: 'south' }), 503, 'identity-unavailable');
    expect(answer.headers.get('Retry-After')).toBe('1');
  });
});

describe('on the wire', () => {
  const told = (bytes: string, keepOpen = false): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk))).on('close', () => resolve(text));
      socket.write(bytes);
      if (!keepOpen) socket.end();
    });

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a header too large', `GET /me HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
    ['a length and pieces', 'POST /me HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ])('%s', async (_name, bytes, status) => {
    const text = await told(bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const [, body = ''] = text.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status, type: expect.stringMatching(/^\/problems\//), correlationId: expect.any(String) });
  });

  test('a body that comes too slowly is 408, and the connection ends', async () => {
    const head = `POST /commands/boat/${boat}/describe-boat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.tokenOf('north')}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const text = await told(head, true);
    expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(text).toContain('Connection: close');
  });
});

test('no token, address, body or name of a person stands in the log of operators', () => {
  const all = api.logged.join('');
  expect(all.length).toBeGreaterThan(1000);
  expect(all).not.toMatch(/eyJ|Nina|north|drop table|Bearer/);
  expect(JSON.parse(api.logged[0] ?? '')).toMatchObject({
    level: 'info',
    msg: 'answered',
    route: '/commands/:aggregate/:command',
    status: 201,
    correlationId: expect.any(String),
  });
});
