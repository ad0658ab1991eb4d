import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { KeySet, keysIn } from '../../../src/infrastructure/identity/key-set.ts';

const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
const jwk = (kid: string, key: KeyObject, more = {}) => ({ ...key.export({ format: 'jwk' }), kid, ...more });
const [first, second] = [ec(), ec()];

/** A key set over a clock and an issuer that the test moves. */
const withIssuer = () => {
  const issuer = { keys: [jwk('first', first)], fetches: 0, isAway: false, clockMs: 1_000_000 };
  const fetchKeys = async () => {
    issuer.fetches += 1;
    if (issuer.isAway) throw new Error('away');
    return { keys: issuer.keys };
  };
  return { issuer, keys: new KeySet({ fetchKeys, nowMs: () => issuer.clockMs, coolDownMs: 30_000, freshMs: 600_000, staleMs: 3_600_000 }) };
};

describe('the keys of the issuer', () => {
  test('a new key is found without a restart, once the cool-down is over', async () => {
    const { issuer, keys } = withIssuer();
    expect(await keys.find('first', 'ES256')).toMatchObject({ algorithm: 'ES256' });
    issuer.keys = [jwk('first', first), jwk('second', second)];
    expect(await keys.find('second', 'ES256')).toBe('unknown');
    issuer.clockMs += 30_000;
    expect(await keys.find('second', 'ES256')).toMatchObject({ algorithm: 'ES256' });
  });

  test('a flood of unknown names makes at most one fetch a cool-down', async () => {
    const { issuer, keys } = withIssuer();
    await keys.find('first', 'ES256');
    for (let round = 1; round <= 3; round += 1) {
      issuer.clockMs += 30_000;
      const found = await Promise.all(Array.from({ length: 500 }, (_, n) => keys.find(`unknown-${n}`, 'ES256')));
      expect(new Set(found)).toEqual(new Set(['unknown']));
      expect(issuer.fetches).toBe(1 + round);
    }
  });

  test('at the start many at once make one fetch', async () => {
    const { issuer, keys } = withIssuer();
    await Promise.all(Array.from({ length: 100 }, () => keys.find('first', 'ES256')));
    expect(issuer.fetches).toBe(1);
  });

  test('while the issuer is away the keys at hand serve, then nobody is let in; it recovers by itself', async () => {
    const { issuer, keys } = withIssuer();
    await keys.find('first', 'ES256');
    issuer.isAway = true;
    issuer.clockMs += 3_599_000;
    expect(await keys.find('first', 'ES256')).toMatchObject({ algorithm: 'ES256' });
    issuer.clockMs += 60_000;
    expect(await keys.find('first', 'ES256')).toBe('unavailable');
    issuer.isAway = false;
    issuer.clockMs += 30_000;
    expect(await keys.find('first', 'ES256')).toMatchObject({ algorithm: 'ES256' });
  });

  test('an issuer that was never reached lets nobody in', async () => {
    const { issuer, keys } = withIssuer();
    issuer.isAway = true;
    expect(await keys.find('first', 'ES256')).toBe('unavailable');
    expect(await keys.find('first', 'ES256')).toBe('unavailable');
    expect(issuer.fetches).toBe(1);
  });

  test('a withdrawn key goes once the keys are no longer fresh', async () => {
    const { issuer, keys } = withIssuer();
    await keys.find('first', 'ES256');
    issuer.keys = [jwk('second', second)];
    issuer.clockMs += 600_000;
    await keys.find('first', 'ES256');
    expect(await keys.find('second', 'ES256')).toMatchObject({ algorithm: 'ES256' });
    expect(await keys.find('first', 'ES256')).toBe('unknown');
  });
});

describe('what counts as a key', () => {
  test('only RSA of 2048 bits and P-256, for signatures, with a name', () => {
    const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).publicKey;
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
    const document = {
      keys: [
        jwk('good', rsa(2048)),
        jwk('weak', rsa(1024)),
        jwk('curve', p384),
        jwk('encryption', ec(), { use: 'enc' }),
        jwk('algorithm', ec(), { alg: 'RS256' }),
        { kty: 'oct', kid: 'secret', k: 'AAAA' },
        { kty: 'RSA', kid: 'broken', n: '!!', e: 'AQAB' },
        { ...ec().export({ format: 'jwk' }) },
        null,
        'key',
      ],
    };
    expect([...keysIn(document).keys()]).toEqual(['good']);
  });

  test.each([undefined, null, 7, 'keys', [], {}, { keys: {} }, { keys: null }])('nothing is found in %p', (document) => {
    expect(keysIn(document).size).toBe(0);
  });
});
