/** A signed token taken apart (RFC 7515 compact form) and held to what we accept, before any key is looked for. */
import { parseJsonBytes } from '../validation/strict-json.ts';

export type Algorithm = 'RS256' | 'ES256';
export type TokenParts = { readonly algorithm: Algorithm; readonly keyId: string; readonly claims: Readonly<Record<string, unknown>> };

const tokenLengthMax = 8192;
const keyIdLengthMax = 256;
/** Headers by which a token would choose its own key, or ask for what we do not do (RFC 7515 §4.1). */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip', 'enc'];

type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One part as an object; nothing where it is not canonical base64url of JSON in which every name stands once. */
const partOf = (text: string): Members | undefined => {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return undefined;
  const parsed = parseJsonBytes(bytes, { depthMax: 8, valuesMax: 1000 });
  return parsed.ok && isMembers(parsed.value) ? parsed.value : undefined;
};

/** Header and claims of a token that may be verified, or nothing. The signature has not been looked at yet. */
export const takeApart = (token: string): TokenParts | undefined => {
  if (token.length > tokenLengthMax) return undefined;
  const [head, body, signature, ...more] = token.split('.');
  if (head === undefined || body === undefined || signature === undefined || signature === '' || more.length > 0) return undefined;
  const header = partOf(head);
  const claims = partOf(body);
  if (header === undefined || claims === undefined || refusedHeaders.some((name) => Object.hasOwn(header, name))) return undefined;
  const { alg, kid, typ } = header;
  if (alg !== 'RS256' && alg !== 'ES256') return undefined;
  if (typeof kid !== 'string' || kid === '' || kid.length > keyIdLengthMax) return undefined;
  if (typ !== undefined && (typeof typ !== 'string' || !/^(application\/)?(at\+)?jwt$/i.test(typ))) return undefined;
  return { algorithm: alg, keyId: kid, claims };
};
