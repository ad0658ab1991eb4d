/** Who is who: tokens, the directory behind them, and the first sign-in of who was invited. */
import type { Caller } from '../../application/caller.ts';
import type { Directory } from '../../application/directory.ts';
import { joinBy } from '../../application/joining.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { authenticator } from '../../infrastructure/identity/authenticator.ts';
import { type DevelopmentIssuer, developmentIssuer } from '../../infrastructure/identity/development-issuer.ts';
import { fetchKeysFrom, KeySet } from '../../infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../infrastructure/identity/token-verifier.ts';
import { demoPeople } from '../demo/people.ts';
import type { DevelopmentTokens, HttpParts } from '../http/parts.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

/** What the HTTP interface asks about people. */
export type SignIn = Pick<HttpParts, 'authenticate' | 'profiles' | 'firstSignIn' | 'development'>;

const nowMs = (): number => Date.now();

/** The verifier of tokens: the embedded issuer's own keys, or those an issuer publishes. */
const verifierFor = ({ auth }: Configuration, issuer: DevelopmentIssuer | undefined): TokenVerifier => {
  if (auth.kind === 'external') {
    const keys = new KeySet({ fetchKeys: fetchKeysFrom(auth.jwksUrl), nowMs });
    return new TokenVerifier({ issuer: auth.issuer, audience: auth.audience, keys, nowMs });
  }
  if (issuer === undefined) throw new Error('without an external issuer there is the embedded one');
  return new TokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, keys: new KeySet({ fetchKeys: async () => issuer.keys(), nowMs }), nowMs });
};

const callerOf = (directory: Directory, subject: string): Caller | 'unknown' | 'behind' => {
  const resolved = directory.resolve(subject);
  if (resolved.kind === 'caller') return resolved.caller;
  return resolved.kind === 'behind' ? 'behind' : 'unknown';
};

const tokensOf = (issuer: DevelopmentIssuer, directory: Directory): DevelopmentTokens => ({
  users: () => demoPeople.map(({ user, docs }) => ({ user, docs })),
  tokenFor: (user) => (demoPeople.some((person) => person.user === user) ? issuer.issue(`demo|${user}`, { nowMs: nowMs() }) : undefined),
  tokenForClient: async (clientId, clientSecret) => {
    if (!directory.acceptsSecret(clientId, clientSecret, new Date(nowMs()).toISOString())) return undefined;
    return issuer.issue(`${clientId}@clients`, { nowMs: nowMs() });
  },
  keys: () => issuer.keys(),
});

export const provideSignIn = (system: Parts): Parts =>
  system
    .provide(parts.issuer, [parts.configuration], async ({ auth, dataFolder, nodeEnv }) =>
      auth.kind === 'embedded' ? developmentIssuer({ dataFolder, nodeEnv }) : undefined,
    )
    .provide(
      parts.signIn,
      [parts.configuration, parts.issuer, parts.directory, parts.states, parts.commands, parts.clock, parts.secrets],
      (configuration, issuer, directory, states, commands, clock, { links }): SignIn => {
        const verifier = verifierFor(configuration, issuer);
        return {
          authenticate: authenticator(verifier, { resolve: ({ sub }) => callerOf(directory, sub) }),
          profiles: directory,
          firstSignIn: { verify: (token) => verifier.verify(token), join: joinBy({ states, directory, commands, clock, invitationKey: links }) },
          ...(issuer === undefined ? {} : { development: tokensOf(issuer, directory) }),
        };
      },
    );
