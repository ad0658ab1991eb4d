/** The HTTP interface of this node, where it is an API. */
import { randomBytes } from 'node:crypto';
import { eventIndexQuery, wholeEventIndexQuery } from '../../../projections/event-index/queries.ts';
import { restrictedEventIndexTable } from '../../../projections/event-index/tables.ts';
import { readModels } from '../../../projections/read-models.ts';
import type { Caller } from '../../application/caller.ts';
import type { Directory } from '../../application/directory.ts';
import { uuidv7 } from '../../domain/kernel/ids.ts';
import { model } from '../../domain/model.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { authenticator } from '../../infrastructure/identity/authenticator.ts';
import { type DevelopmentIssuer, developmentIssuer } from '../../infrastructure/identity/development-issuer.ts';
import { fetchKeysFrom, KeySet } from '../../infrastructure/identity/key-set.ts';
import { TokenVerifier } from '../../infrastructure/identity/token-verifier.ts';
import { Metrics } from '../../infrastructure/observability/metrics.ts';
import { search } from '../../infrastructure/queries/search.ts';
import { parseJsonBytes } from '../../infrastructure/validation/strict-json.ts';
import { Validator } from '../../infrastructure/validation/validator.ts';
import { demoPeople } from '../demo/people.ts';
import { createHttpApplication } from '../http/application.ts';
import { type DevelopmentTokens, defaultLimits, type HttpLimits } from '../http/parts.ts';
import { healthOf } from './health.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';
import { version } from './version.ts';

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

const limitsOf = ({ rateLimitPerMinute, rateLimitAnonymousPerMinute, trustedProxies }: Configuration): HttpLimits => ({
  ...defaultLimits,
  perCallerAMinute: rateLimitPerMinute,
  perTenantAMinute: rateLimitPerMinute * 10,
  perAddressAMinute: rateLimitAnonymousPerMinute,
  trustedProxies,
});

export const provideHttpSide = (system: Parts): Parts =>
  system
    .provide(parts.metrics, [], () => new Metrics())
    .provide(parts.issuer, [parts.configuration], async ({ auth, dataFolder, nodeEnv }) =>
      auth.kind === 'embedded' ? developmentIssuer({ dataFolder, nodeEnv }) : undefined,
    )
    .provide(parts.search, [parts.database], (database) => search(database))
    .provide(
      parts.application,
      [
        parts.configuration,
        parts.commands,
        parts.queryRunner,
        parts.search,
        parts.readModels,
        parts.log,
        parts.reader,
        parts.directory,
        parts.issuer,
        parts.clock,
        parts.secrets,
        parts.logger,
        parts.metrics,
        parts.database,
        parts.processes,
        parts.uploads,
        parts.downloads,
      ],
      (
        configuration,
        commands,
        queryRunner,
        found,
        readModelPort,
        log,
        reader,
        directory,
        issuer,
        clock,
        secrets,
        logger,
        metrics,
        database,
        processes,
        uploads,
        downloads,
      ) => {
        const validator = new Validator();
        return createHttpApplication({
          model,
          commands,
          queries: readModels.flatMap(({ queries }) => queries),
          queryRunner,
          search: found,
          readModels: readModelPort,
          eventIndex: eventIndexQuery,
          wholeEventIndex: wholeEventIndexQuery,
          restrictedEventsPermission: restrictedEventIndexTable.permission,
          log,
          reader,
          authenticate: authenticator(verifierFor(configuration, issuer), { resolve: ({ sub }) => callerOf(directory, sub) }),
          profiles: directory,
          validation: { parse: parseJsonBytes, errorsOf: (schema, value) => validator.errorsOf(schema, value), prepare: (schema) => validator.prepare(schema) },
          clock,
          newId: () => uuidv7(nowMs(), randomBytes(10)),
          secret: secrets.hashes,
          limits: limitsOf(configuration),
          logger,
          metrics,
          health: healthOf({ log, reader, database, readModels: readModelPort, processes, directory }),
          version,
          files: { uploads, downloads },
          ...(configuration.publicUrl === undefined ? {} : { publicUrl: configuration.publicUrl }),
          ...(issuer === undefined ? {} : { development: tokensOf(issuer, directory) }),
        });
      },
    );
