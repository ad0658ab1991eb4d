/** From a bearer token to the caller of the model: the token says who, the live directory says what they may. */
import type { Caller } from '../../application/caller.ts';
import type { Subject, TokenVerifier } from './token-verifier.ts';

/** Resolves an identity to a user or API client of the model. `behind`: this node does not know the newest permissions and must not guess. */
export interface SubjectDirectory {
  resolve(subject: Subject): Caller | 'unknown' | 'behind' | Promise<Caller | 'unknown' | 'behind'>;
}
export type AuthenticationRefusal = 'invalid' | 'expired' | 'unavailable' | 'unknown' | 'behind';
export type Authentication =
  | { readonly ok: true; readonly caller: Caller; readonly subject: Subject; readonly expiresAtMs: number }
  | { readonly ok: false; readonly reason: AuthenticationRefusal };

/** Asked anew for each request: a suspension counts from the moment this node knows of it, whatever the token says. */
export const authenticator =
  (verifier: Pick<TokenVerifier, 'verify'>, directory: SubjectDirectory) =>
  async (token: string): Promise<Authentication> => {
    const verified = await verifier.verify(token);
    if (!verified.ok) return verified;
    const caller = await directory.resolve(verified.subject);
    if (typeof caller === 'string') return { ok: false, reason: caller };
    return { ok: true, caller, subject: verified.subject, expiresAtMs: verified.expiresAtMs };
  };
