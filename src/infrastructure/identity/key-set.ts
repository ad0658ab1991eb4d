/**
 * The issuer's public keys (RFC 7517), fetched when a token names one that is not known, and kept. However many unknown names arrive, there is
 * one fetch at a time and one a cool-down. When the issuer is away, the keys at hand serve for a while, then nobody is let in.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Algorithm } from './compact-token.ts';

export type PublicKey = { readonly key: KeyObject; readonly algorithm: Algorithm };
/** Fetches the JWKS document; throws when it cannot be had. */
export type FetchKeys = () => Promise<unknown>;
export type KeyLookup = PublicKey | 'unknown' | 'unavailable';

export type KeySetOptions = {
  readonly fetchKeys: FetchKeys;
  readonly nowMs: () => number;
  /** Between two fetches for unknown names, and after a failed one. */
  readonly coolDownMs?: number;
  /** After this the keys are fetched again, so that a withdrawn one goes. */
  readonly freshMs?: number;
  /** How long the keys at hand serve while the issuer is away. */
  readonly staleMs?: number;
};

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const keysMax = 100;

/** A key we can use, or nothing: RSA of 2048 bits or more for RS256, P-256 for ES256, made for signatures. */
const publicKeyOf = (jwk: Members): PublicKey | undefined => {
  const isRsa = jwk['kty'] === 'RSA';
  const isP256 = jwk['kty'] === 'EC' && jwk['crv'] === 'P-256';
  const algorithm: Algorithm = isRsa ? 'RS256' : 'ES256';
  if (!(isRsa || isP256) || (jwk['use'] ?? 'sig') !== 'sig' || (jwk['alg'] ?? algorithm) !== algorithm) return undefined;
  try {
    // Only the public members are handed on, whatever else the document holds.
    const { kty, n, e, crv, x, y } = jwk;
    const key = createPublicKey({ key: isRsa ? { kty, n, e } : { kty, crv, x, y }, format: 'jwk' } as Parameters<typeof createPublicKey>[0]);
    return isRsa && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048 ? undefined : { key, algorithm };
  } catch {
    return undefined;
  }
};

/** The usable keys of a JWKS document by name. A name that stands twice is ambiguous and left out. */
export const keysIn = (document: unknown): ReadonlyMap<string, PublicKey> => {
  const list = isMembers(document) && Array.isArray(document['keys']) ? document['keys'].slice(0, keysMax) : [];
  const keys = new Map<string, PublicKey>();
  const seen = new Set<string>();
  for (const jwk of list) {
    const name: unknown = isMembers(jwk) ? jwk['kid'] : undefined;
    if (!isMembers(jwk) || typeof name !== 'string') continue;
    const key = publicKeyOf(jwk);
    if (seen.has(name)) keys.delete(name);
    else if (key !== undefined) keys.set(name, key);
    seen.add(name);
  }
  return keys;
};

export class KeySet {
  readonly #options: Required<KeySetOptions>;
  #keys: ReadonlyMap<string, PublicKey> = new Map();
  #fetchedAtMs = Number.NEGATIVE_INFINITY;
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    this.#options = { coolDownMs: 30_000, freshMs: 600_000, staleMs: 86_400_000, ...options };
  }

  async find(keyId: string, algorithm: Algorithm): Promise<KeyLookup> {
    const { nowMs, coolDownMs, freshMs, staleMs } = this.#options;
    const ageMs = nowMs() - this.#fetchedAtMs;
    const isServed = this.#keys.has(keyId) && ageMs < staleMs;
    const mayFetch = this.#running !== undefined || nowMs() - this.#triedAtMs >= coolDownMs;
    if (!isServed && mayFetch) await this.#fetch();
    // A key at hand is used meanwhile: an issuer that does not answer must not hold up those whom we know.
    else if (ageMs >= freshMs && mayFetch) void this.#fetch();
    if (nowMs() - this.#fetchedAtMs >= staleMs) return 'unavailable';
    const found = this.#keys.get(keyId);
    return found?.algorithm === algorithm ? found : 'unknown';
  }

  /** Joins the fetch that runs, or begins one. A failure leaves the keys as they are. */
  async #fetch(): Promise<void> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
  }

  async #refresh(): Promise<void> {
    this.#triedAtMs = this.#options.nowMs();
    try {
      const keys = keysIn(await this.#options.fetchKeys());
      if (keys.size === 0) return;
      this.#keys = keys;
      this.#fetchedAtMs = this.#options.nowMs();
    } catch {
      // The issuer is away: what is at hand serves until it is stale, and the next try waits for the cool-down.
    }
  }
}

/** Fetches over HTTP: 5 s at most, no redirects, 256 KiB at most. */
export const fetchKeysFrom =
  (url: string): FetchKeys =>
  async () => {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000), headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(`the key set at ${url} answered ${answer.status}`);
    const text = await answer.text();
    if (text.length > 262_144) throw new Error(`the key set at ${url} is larger than 256 KiB`);
    return JSON.parse(text);
  };
