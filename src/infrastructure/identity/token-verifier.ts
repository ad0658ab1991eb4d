/** Who a bearer token speaks for: signature, issuer, audience and times checked; a verified one is remembered until it expires. */
import { hash } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { type TokenParts, takeApart } from './compact-token.ts';
import type { KeySet, PublicKey } from './key-set.ts';

/** An identity as its issuer names it; the model knows which user or API client that is. */
export type Subject = { readonly issuer: string; readonly sub: string };
export type TokenRefusal = 'invalid' | 'expired' | 'unavailable';
/** `verifiedEmail`: only where the issuer itself says that it has verified it. */
export type Verified = ({ readonly ok: true } & Remembered) | { readonly ok: false; readonly reason: TokenRefusal };

export type TokenVerifierOptions = {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: KeySet;
  readonly nowMs: () => number;
  /** How far two clocks may differ. */
  readonly skewSeconds?: number;
  readonly rememberedMax?: number;
};

type Remembered = { readonly subject: Subject; readonly expiresAtMs: number; readonly verifiedEmail?: string };
const subjectLengthMax = 255;
const emailLengthMax = 320;
/** Times beyond the year 9999 are a mistake or a trick. */
const secondsMax = 253_402_300_799;

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= secondsMax;
const refused = (reason: TokenRefusal): Verified => ({ ok: false, reason });

/** OpenID Connect Core §5.1: `email` counts only beside `email_verified: true`. */
const emailIn = ({ email, email_verified: isVerified }: TokenParts['claims']): { readonly verifiedEmail?: string } =>
  isVerified === true && typeof email === 'string' && email.length <= emailLengthMax ? { verifiedEmail: email } : {};

export class TokenVerifier {
  readonly #options: Required<TokenVerifierOptions>;
  readonly #remembered: LRUCache<string, Remembered>;

  constructor(options: TokenVerifierOptions) {
    this.#options = { skewSeconds: 30, rememberedMax: 10_000, ...options };
    this.#remembered = new LRUCache({ max: this.#options.rememberedMax });
  }

  /** `unavailable`: the issuer's keys cannot be had, so nobody can be told from anybody. */
  async verify(token: string): Promise<Verified> {
    // By hash: the memory of this process holds no token that could be used.
    const name = hash('sha256', token, 'base64url');
    const remembered = this.#remembered.get(name);
    if (remembered !== undefined) return this.#isOver(remembered.expiresAtMs) ? refused('expired') : { ok: true, ...remembered };
    const parts = takeApart(token);
    if (parts === undefined) return refused('invalid');
    const claimed = this.#claimed(parts);
    if (typeof claimed === 'string') return refused(claimed);
    const key = await this.#options.keys.find(parts.keyId, parts.algorithm);
    if (key === 'unavailable') return refused('unavailable');
    if (key === 'unknown' || !this.#isSigned(token, parts, key)) return refused('invalid');
    this.#remembered.set(name, claimed);
    return { ok: true, ...claimed };
  }

  #isOver(expiresAtMs: number): boolean {
    return this.#options.nowMs() >= expiresAtMs + this.#options.skewSeconds * 1000;
  }

  /** What the claims say, where they say all we ask for. Checked before a key is fetched: a token of somebody else's costs nothing. */
  #claimed({ claims }: TokenParts): Remembered | TokenRefusal {
    const { issuer, audience, nowMs, skewSeconds } = this.#options;
    const { iss, aud, exp, nbf, iat, sub } = claims;
    const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
    const latest = nowMs() / 1000 + skewSeconds;
    if (iss !== issuer || !audiences.includes(audience) || !audiences.every((name) => typeof name === 'string')) return 'invalid';
    if (typeof sub !== 'string' || sub === '' || sub.length > subjectLengthMax || !isTime(exp)) return 'invalid';
    if (nbf !== undefined && !(isTime(nbf) && nbf <= latest)) return 'invalid';
    if (iat !== undefined && !(isTime(iat) && iat <= latest)) return 'invalid';
    return this.#isOver(exp * 1000) ? 'expired' : { subject: { issuer, sub }, expiresAtMs: exp * 1000, ...emailIn(claims) };
  }

  #isSigned(token: string, { algorithm }: TokenParts, { key }: PublicKey): boolean {
    const { issuer, audience, nowMs, skewSeconds } = this.#options;
    try {
      jsonwebtoken.verify(token, key, {
        algorithms: [algorithm],
        issuer,
        audience,
        clockTolerance: skewSeconds,
        clockTimestamp: Math.floor(nowMs() / 1000),
      });
      return true;
    } catch {
      return false;
    }
  }
}
