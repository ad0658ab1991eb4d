/** The secret in an invitation's link: made from the invitation itself and this installation's key, so that it is stored nowhere. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type Invitation = { readonly userId: string /** ISO 8601 UTC. */; readonly expiresAt: string };

/** 128 bits of HMAC-SHA-256 over user and end, base64url. A renewed invitation has another code. */
export const invitationCode = (key: Uint8Array, { userId, expiresAt }: Invitation): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['invitation', userId, expiresAt]))
    .digest()
    .subarray(0, 16)
    .toString('base64url');

/** Is this the code of the invitation, and does the invitation still hold at `now` (ISO 8601 UTC)? */
export const isInvitationCode = (key: Uint8Array, given: Invitation & { readonly code: string; readonly now: string }): boolean => {
  const expected = Buffer.from(invitationCode(key, given));
  const offered = Buffer.from(given.code);
  return offered.length === expected.length && timingSafeEqual(offered, expected) && given.now < given.expiresAt;
};
