import { createHmac, createSign, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KeySet } from '../../../src/infrastructure/identity/key-set.ts';
import { TokenVerifier, type Verified } from '../../../src/infrastructure/identity/token-verifier.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = (key: KeyObject, more: object) => ({ ...key.export({ format: 'jwk' }), use: 'sig', ...more });
const published = { keys: [jwk(rsa.publicKey, { kid: 'rsa', alg: 'RS256' }), jwk(ec.publicKey, { kid: 'ec', alg: 'ES256' })] };
const nowMs = Date.parse('2026-06-01T12:00:00.000Z');
const now = nowMs / 1000;

const encoded = (part: unknown): string => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
type Signer = (input: string) => Buffer;
const withEc: Signer = (input) => sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' });
const withRsa: Signer = (input) => createSign('sha256').update(input).sign(rsa.privateKey);
const token = (header: unknown, claims: unknown, signer: Signer = withEc): string => {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
};
const header = { alg: 'ES256', kid: 'ec', typ: 'JWT' };
const claims = { iss: 'https://issuer.example', aud: 'api', sub: 'auth0|1', iat: now, nbf: now, exp: now + 600 };

const verifierAt = (clockMs: () => number = () => nowMs) =>
  new TokenVerifier({
    issuer: 'https://issuer.example',
    audience: 'api',
    nowMs: clockMs,
    keys: new KeySet({ fetchKeys: async () => published, nowMs: clockMs }),
  });
const judge = (given: string): Promise<Verified> => verifierAt().verify(given);
const invalid = { ok: false, reason: 'invalid' };

describe('a token of the issuer', () => {
  test('is let in with ES256 and RS256, and says who it is for', async () => {
    const subject = { issuer: 'https://issuer.example', sub: 'auth0|1' };
    expect(await judge(token(header, claims))).toMatchObject({ ok: true, subject, expiresAtMs: (now + 600) * 1000 });
    expect(await judge(token({ alg: 'RS256', kid: 'rsa' }, claims, withRsa))).toMatchObject({ ok: true, subject });
    expect(await judge(token(header, { ...claims, aud: ['other', 'api'] }))).toMatchObject({ ok: true });
  });

  test('is remembered without being checked again, until it expires and never past that', async () => {
    let clockMs = nowMs;
    let fetches = 0;
    const fetchKeys = async () => {
      fetches += 1;
      return published;
    };
    const keys = new KeySet({ nowMs: () => clockMs, freshMs: 1e12, fetchKeys });
    const verifier = new TokenVerifier({ issuer: 'https://issuer.example', audience: 'api', nowMs: () => clockMs, keys });
    const given = token(header, claims);
    for (let n = 0; n < 5; n += 1) expect((await verifier.verify(given)).ok).toBe(true);
    expect(fetches).toBe(1);
    clockMs = nowMs + 629_999;
    expect((await verifier.verify(given)).ok).toBe(true);
    clockMs = nowMs + 630_000;
    expect(await verifier.verify(given)).toEqual({ ok: false, reason: 'expired' });
  });
});

describe('tokens nobody is let in with', () => {
  test.each(['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'HS512', 'ES384', 'RS1', 'PS256', null, 7, undefined])('algorithm %p', async (alg) => {
    const head = { ...header, alg };
    expect(await judge(token(head, claims))).toEqual(invalid);
    expect(await judge(`${encoded(head)}.${encoded(claims)}.`)).toEqual(invalid);
  });

  test('HMAC with the public key as its secret', async () => {
    for (const secret of [rsa.publicKey.export({ type: 'spki', format: 'pem' }), ec.publicKey.export({ type: 'spki', format: 'pem' }), '']) {
      for (const kid of ['rsa', 'ec']) {
        const forged = token({ alg: 'HS256', kid }, claims, (input) => createHmac('sha256', secret).update(input).digest());
        expect(await judge(forged)).toEqual(invalid);
      }
    }
  });

  test('an algorithm that is not the one of the named key', async () => {
    expect(await judge(token({ alg: 'RS256', kid: 'ec' }, claims, withRsa))).toEqual(invalid);
    expect(await judge(token({ alg: 'ES256', kid: 'rsa' }, claims))).toEqual(invalid);
  });

  test.each([
    ['traversal', '../../../../dev/null'],
    ['SQL', "x' union select 'key'; --"],
    ['10 kB', 'k'.repeat(10_240)],
    ['unknown', 'unknown'],
    ['empty', ''],
    ['prototype', '__proto__'],
    ['constructor', 'constructor'],
    ['number', 7],
    ['null', null],
    ['list', ['ec']],
    ['missing', undefined],
  ])('kid: %s', async (_name, kid) => {
    expect(await judge(token({ ...header, kid }, claims))).toEqual(invalid);
  });

  test('a kid that the key set names twice', async () => {
    const twice = { keys: [...published.keys, jwk(rsa.publicKey, { kid: 'ec', alg: 'RS256' })] };
    const keys = new KeySet({ fetchKeys: async () => twice, nowMs: () => nowMs });
    const verifier = new TokenVerifier({ issuer: 'https://issuer.example', audience: 'api', nowMs: () => nowMs, keys });
    expect(await verifier.verify(token(header, claims))).toEqual(invalid);
    expect((await verifier.verify(token({ alg: 'RS256', kid: 'rsa' }, claims, withRsa))).ok).toBe(true);
  });

  test.each(['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'])('a header %s, by which it would choose its own key or ask for more', async (name) => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const value = { jku: 'https://evil.example/jwks', jwk: own.publicKey.export({ format: 'jwk' }), crit: ['exp'] }[name] ?? 'x';
    const signer: Signer = (input) => sign('sha256', Buffer.from(input), { key: own.privateKey, dsaEncoding: 'ieee-p1363' });
    expect(await judge(token({ ...header, [name]: value }, claims, signer))).toEqual(invalid);
    expect(await judge(token({ ...header, [name]: value }, claims))).toEqual(invalid);
  });

  test.each([
    ['iss', 'https://issuer.example/'],
    ['iss', ['https://issuer.example']],
    ['iss', undefined],
    ['aud', 'API'],
    ['aud', ['api', 7]],
    ['aud', { api: true }],
    ['aud', []],
    ['aud', undefined],
    ['sub', ''],
    ['sub', undefined],
    ['sub', 7],
    ['sub', 's'.repeat(256)],
    ['exp', undefined],
    ['exp', null],
    ['exp', '9999999999'],
    ['exp', true],
    ['exp', [now + 600]],
    ['exp', { valueOf: now }],
    ['exp', -1],
    ['exp', 1e15],
    ['nbf', '0'],
    ['nbf', null],
    ['nbf', now + 31],
    ['iat', 'now'],
    ['iat', now + 31],
  ])('%s = %p', async (name, value) => {
    expect(await judge(token(header, { ...claims, [name]: value }))).toEqual(invalid);
  });

  test('exp beyond all numbers', async () => {
    expect(await judge(token(header, JSON.stringify(claims).replace(`"exp":${now + 600}`, '"exp":1e999')))).toEqual(invalid);
  });

  test('a claim or a header that stands twice', async () => {
    expect(await judge(token(header, `{"sub":"other",${JSON.stringify(claims).slice(1)}`))).toEqual(invalid);
    expect(await judge(token(`{"alg":"none",${JSON.stringify(header).slice(1)}`, claims))).toEqual(invalid);
  });

  test('zero, empty, cut, DER and foreign signatures', async () => {
    const input = `${encoded(header)}.${encoded(claims)}`;
    const der = sign('sha256', Buffer.from(input), ec.privateKey);
    const signatures = [Buffer.alloc(64), Buffer.alloc(0), Buffer.alloc(64, 255), withEc(input).subarray(0, 63), der, withEc(`${input}x`)];
    for (const signature of signatures) expect(await judge(`${input}.${signature.toString('base64url')}`)).toEqual(invalid);
  });

  test('any other text, and any change of one character of a good one', async () => {
    const good = token(header, claims);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.constantFrom(...'ABCxyz019-_.'), async (at, character) => {
        fc.pre(good[at] !== character);
        expect((await judge(good.slice(0, at) + character + good.slice(at + 1))).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    await fc.assert(fc.asyncProperty(fc.string(), async (text) => expect((await judge(text)).ok).toBe(false)));
    for (const text of ['', '.', '..', '...', 'a.b.c', `${good}.x`, ` ${good}`, `${good}=`, 'x'.repeat(100_000)]) expect((await judge(text)).ok).toBe(false);
  });
});

describe('times, with 30 seconds between two clocks', () => {
  test.each([
    ['exp', now - 29, true],
    ['exp', now - 30, false],
    ['nbf', now + 30, true],
    ['nbf', now + 31, false],
    ['iat', now + 30, true],
    ['iat', now + 31, false],
  ])('%s %d: let in %p', async (name, value, ok) => {
    expect((await judge(token(header, { ...claims, [name]: value }))).ok).toBe(ok);
  });
});
