/** The embedded issuer of tokens, for development and demonstrations: a key pair in the data folder, never in production. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { keptSecret } from '../kept-secret.ts';

export type IssuedToken = { readonly access_token: string; readonly token_type: 'Bearer'; readonly expires_in: number };

const lifetimeSeconds = 12 * 3600;

const pemOfNewKey = (): string => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
};

/** Signs tokens with ES256 and publishes the key as a JWKS. */
type Issuing = { readonly nowMs: number; readonly expiresInSeconds?: number; readonly verifiedEmail?: string };

export class DevelopmentIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: Readonly<Record<string, unknown>>;
  readonly #keyId: string;

  /** Use `developmentIssuer`. */
  constructor(privateKey: KeyObject, names: { readonly issuer: string; readonly audience: string }) {
    this.issuer = names.issuer;
    this.audience = names.audience;
    this.#privateKey = privateKey;
    this.#publicKey = { ...createPublicKey(privateKey).export({ format: 'jwk' }) };
    this.#keyId = hash('sha256', JSON.stringify([this.#publicKey['x'], this.#publicKey['y']]), 'base64url').slice(0, 16);
  }

  /** The public key as a JWKS document (RFC 7517). */
  keys(): { readonly keys: readonly Readonly<Record<string, unknown>>[] } {
    return { keys: [{ ...this.#publicKey, kid: this.#keyId, use: 'sig', alg: 'ES256' }] };
  }

  /** A token for this `sub`, as the issuer names it, good for 12 hours (or fewer seconds). */
  issue(sub: string, { nowMs, expiresInSeconds = lifetimeSeconds, verifiedEmail }: Issuing): IssuedToken {
    const issuedAt = Math.floor(nowMs / 1000);
    const email = verifiedEmail === undefined ? {} : { email: verifiedEmail, email_verified: true };
    const claims = { iss: this.issuer, aud: this.audience, sub, iat: issuedAt, nbf: issuedAt, exp: issuedAt + expiresInSeconds, jti: randomUUID(), ...email };
    const token = jsonwebtoken.sign(claims, this.#privateKey, { algorithm: 'ES256', keyid: this.#keyId, noTimestamp: true });
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds };
  }
}

/**
 * The issuer of this data folder (the caller holds the folder's instance lock): its key is made once and kept in `issuer.key`.
 * Throws in production.
 */
export const developmentIssuer = async (options: {
  readonly dataFolder: string;
  readonly nodeEnv: string;
  readonly issuer?: string;
  readonly audience?: string;
}): Promise<DevelopmentIssuer> => {
  if (options.nodeEnv === 'production') {
    throw new Error('The embedded issuer of tokens does not exist in production: set AUTH_ISSUER and AUTH_AUDIENCE.');
  }
  const pem = await keptSecret(join(options.dataFolder, 'issuer.key'), pemOfNewKey);
  return new DevelopmentIssuer(createPrivateKey(pem), {
    issuer: options.issuer ?? 'urn:leasing-backend:development',
    audience: options.audience ?? 'leasing-backend',
  });
};
