import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '../../../src/application/caller.ts';
import { authenticator } from '../../../src/infrastructure/identity/authenticator.ts';
import { developmentIssuer } from '../../../src/infrastructure/identity/development-issuer.ts';
import { KeySet } from '../../../src/infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../../src/infrastructure/identity/token-verifier.ts';

let dataFolder = '';
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'issuer-'));
});
afterAll(() => rm(dataFolder, { recursive: true }));

const nowMs = (): number => Date.parse('2026-06-01T12:00:00.000Z');

test('the key is made once and kept, readable by its owner alone, so tokens outlive a restart', async () => {
  const [before, after] = [await developmentIssuer({ dataFolder, nodeEnv: 'development' }), await developmentIssuer({ dataFolder, nodeEnv: 'test' })];
  expect(after.keys()).toEqual(before.keys());
  expect((await stat(join(dataFolder, 'issuer.key'))).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(before.keys())).not.toContain('"d"');
  const verifier = new TokenVerifier({
    issuer: after.issuer,
    audience: after.audience,
    nowMs,
    keys: new KeySet({ fetchKeys: async () => after.keys(), nowMs }),
  });
  const { access_token: token, expires_in: seconds } = before.issue('demo|ana', { nowMs: nowMs() });
  expect(await verifier.verify(token)).toMatchObject({ ok: true, subject: { sub: 'demo|ana' }, expiresAtMs: nowMs() + seconds * 1000 });
});

test('in production it does not exist, and makes no key', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'issuer-'));
  await expect(developmentIssuer({ dataFolder: folder, nodeEnv: 'production' })).rejects.toThrow('does not exist in production');
  await expect(readFile(join(folder, 'issuer.key'))).rejects.toThrow('ENOENT');
  await rm(folder, { recursive: true });
});

test('TE-6 the directory is asked anew for every request: a suspension counts at once, whatever the token says', async () => {
  const issuer = await developmentIssuer({ dataFolder, nodeEnv: 'development' });
  const verifier = new TokenVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    nowMs,
    keys: new KeySet({ fetchKeys: async () => issuer.keys(), nowMs }),
  });
  const caller: Caller = { actor: { kind: 'user', id: 'u' }, tenant: null, accounts: 'all', permissions: new Set() };
  let known: Caller | 'unknown' | 'behind' = caller;
  const authenticate = authenticator(verifier, { resolve: () => known });
  const token = issuer.issue('demo|ana', { nowMs: nowMs() }).access_token;
  expect(await authenticate(token)).toMatchObject({ ok: true, caller });
  for (const state of ['unknown', 'behind'] as const) {
    known = state;
    expect(await authenticate(token)).toEqual({ ok: false, reason: state });
  }
});
