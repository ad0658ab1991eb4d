/** `GET /me`: who the token speaks for, and what that one may. */
import { type Endpoint, sendJson } from './middleware/exchange.ts';
import type { HttpParts } from './parts.ts';

export const meEndpoint =
  ({ profiles }: Pick<HttpParts, 'profiles'>): Endpoint =>
  async ({ response, caller, subject, expiresAtMs }) => {
    const { version, name, accounts } = profiles.profileOf(caller);
    response.setHeader('ETag', `"${version}"`);
    sendJson(response, 200, {
      id: caller.actor.id,
      kind: caller.actor.kind,
      name,
      tenant: caller.tenant,
      subject: subject.sub,
      permissions: { version, held: [...caller.permissions].sort() },
      accounts: { all: caller.accounts === 'all', listed: accounts },
      tokenExpiresAt: new Date(expiresAtMs).toISOString(),
    });
    return undefined;
  };
