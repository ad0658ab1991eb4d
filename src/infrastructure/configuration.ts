/** The configuration: environment variables, from one table that validates them, types them and documents them. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseS3Url } from './blob-store/s3-url.ts';
import { type Setting, settings, type Values } from './configuration-settings.ts';
import { blobUrlIn, isSafeUrl, key32, roles } from './configuration-values.ts';
import { keptSecret } from './kept-secret.ts';

/** Who signs tokens. The embedded issuer does not exist in production. */
export type AuthConfiguration =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'external'; readonly issuer: string; readonly audience: string; readonly jwksUrl: string };

export interface Auth0Configuration {
  readonly domain: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * The whole configuration. A URL of a store that is undefined means the embedded one; `dataFolder` is absolute; limits of 0 mean none.
 * Holds secrets: never log it.
 */
export type Configuration = Omit<
  Values,
  'authIssuer' | 'authAudience' | 'authJwksUrl' | 'auth0Domain' | 'auth0ClientId' | 'auth0ClientSecret' | 'blobUrl' | 'demo'
> & {
  readonly auth: AuthConfiguration;
  readonly auth0: Auth0Configuration | undefined;
  readonly blobUrl: string;
  readonly demo: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigurationOutcome = { readonly ok: true; readonly configuration: Configuration } | { readonly ok: false; readonly errors: readonly string[] };

/**
 * Reads the environment; either all of it is good, or every mistake is listed, one sentence each: first those of single variables, in the order of
 * the table, then those between variables.
 * An empty variable counts as not set. Errors never repeat a secret.
 */
export function readConfiguration(environment: Environment): ConfigurationOutcome {
  const errors: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const set = environment[setting.name]?.trim() ?? '';
    const text = set === '' ? setting.default : set;
    const parsed = text === undefined ? undefined : setting.parse(text);
    if (parsed?.ok === false) errors.push(mistake(setting, parsed.must, set));
    else values[key] = parsed?.value;
  }
  // The one boundary: each value came from the parser of its own key. A key that failed is undefined here, but then nobody gets the values.
  const read = values as unknown as Values;
  errors.push(...jointMistakes(environment, read));
  return errors.length > 0 ? { ok: false, errors } : { ok: true, configuration: resolved(read) };
}

function mistake(setting: Setting<unknown>, must: string, text: string): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return setting.isSecret === true ? `${setting.name} must be ${must}.` : `${setting.name} must be ${must}, but is ${JSON.stringify(shown)}.`;
}

type Check = readonly [isWrong: boolean, sentence: string];
type IsSet = (name: string) => boolean;

/** What no variable can tell of itself. Whether one is set is asked of the environment, so that a mistake in it is not taken for its absence. */
function jointMistakes(environment: Environment, values: Values): readonly string[] {
  const isSet = (name: string): boolean => (environment[name]?.trim() ?? '') !== '';
  const checks = [...identityChecks(values, isSet), ...storeChecks(values, isSet)];
  return checks.filter(([isWrong]) => isWrong).map(([, sentence]) => sentence);
}

function identityChecks(values: Values, isSet: IsSet): readonly Check[] {
  const isProduction = values.nodeEnv === 'production';
  const hasIssuer = isSet('AUTH_ISSUER');
  const auth0Names = ['AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET'];
  const urls = { AUTH_ISSUER: values.authIssuer, AUTH_JWKS_URL: values.authJwksUrl, PUBLIC_URL: values.publicUrl };
  const isUnsafe = (url: string | undefined): boolean => isProduction && url !== undefined && !isSafeUrl(url);
  const whyIssuer = 'because the embedded issuer signs tokens for anybody who asks';
  return [
    [isProduction && !hasIssuer, `AUTH_ISSUER must be set when NODE_ENV is production, ${whyIssuer}.`],
    [hasIssuer && !isSet('AUTH_AUDIENCE'), 'AUTH_AUDIENCE must be set when AUTH_ISSUER is.'],
    [!hasIssuer && isSet('AUTH_AUDIENCE'), 'AUTH_AUDIENCE must not be set without AUTH_ISSUER.'],
    [!hasIssuer && isSet('AUTH_JWKS_URL'), 'AUTH_JWKS_URL must not be set without AUTH_ISSUER.'],
    ...Object.entries(urls).map(([name, url]): Check => [isUnsafe(url), `${name} must begin with https:// when NODE_ENV is production.`]),
    ...auth0Names.map((name): Check => [!isSet(name) && auth0Names.some(isSet), `${name} must be set when another of ${auth0Names.join(', ')} is.`]),
  ];
}

function storeChecks(values: Values, isSet: IsSet): readonly Check[] {
  const whyKey = 'because every node on that database needs the same key; make one with openssl rand -base64 32';
  const whyStores = 'because the embedded stores serve one process only';
  const isPartial = hasPartOfRoles(values);
  const endpoint = parseS3Url(values.blobUrl ?? '')?.endpoint;
  return [
    [values.smtpUrl !== undefined && !isSet('MAIL_FROM'), 'MAIL_FROM must be set when SMTP_URL is, because no server takes mail from portal@localhost.'],
    [
      values.nodeEnv === 'production' && endpoint !== undefined && !isSafeUrl(endpoint),
      'BLOB_URL must name an endpoint that begins with https:// when NODE_ENV is production.',
    ],
    [isSet('DATABASE_URL') && !isSet('MASTER_KEY'), `MASTER_KEY must be set when DATABASE_URL is, ${whyKey}.`],
    [isPartial && !isSet('DATABASE_URL'), `DATABASE_URL must be set when ROLE is not all, ${whyStores}.`],
    [isPartial && !isSet('EVENTSTORE_URL'), `EVENTSTORE_URL must be set when ROLE is not all, ${whyStores}.`],
    ...samePorts(values).map((names): Check => [true, `${names.join(' and ')} must differ.`]),
  ];
}

/** False when ROLE itself was wrong: its value is missing then. */
function hasPartOfRoles(values: Values): boolean {
  const wanted: readonly string[] | undefined = values.roles;
  return wanted !== undefined && wanted.length < roles.length;
}

function samePorts(values: Values): readonly (readonly [string, string])[] {
  const embeddedPostgres = values.databaseUrl === undefined ? [['EMBEDDED_POSTGRES_PORT', values.embeddedPostgresPort] as const] : [];
  const embeddedEventStore = values.eventStoreUrl === undefined ? [['EMBEDDED_EVENTSTORE_PORT', values.embeddedEventStorePort] as const] : [];
  const ports = [['HTTP_PORT', values.httpPort] as const, ...embeddedPostgres, ...embeddedEventStore].filter(([, number]) => number > 0);
  return ports.flatMap(([name, number], index) =>
    ports.slice(index + 1).flatMap(([other, otherNumber]) => (number === otherNumber ? [[name, other] as const] : [])),
  );
}

function resolved(values: Values): Configuration {
  const { authIssuer, authAudience, authJwksUrl, auth0Domain, auth0ClientId, auth0ClientSecret, blobUrl, demo, ...rest } = values;
  const isForShow = values.nodeEnv !== 'production' && values.databaseUrl === undefined && values.eventStoreUrl === undefined;
  const isExternal = authIssuer !== undefined && authAudience !== undefined;
  const hasAuth0 = auth0Domain !== undefined && auth0ClientId !== undefined && auth0ClientSecret !== undefined;
  return {
    ...rest,
    auth: isExternal
      ? { kind: 'external', issuer: authIssuer, audience: authAudience, jwksUrl: authJwksUrl ?? `${authIssuer.replace(/\/$/, '')}/.well-known/jwks.json` }
      : { kind: 'embedded' },
    auth0: hasAuth0 ? { domain: auth0Domain, clientId: auth0ClientId, clientSecret: auth0ClientSecret } : undefined,
    blobUrl: blobUrl ?? blobUrlIn(values.dataFolder),
    demo: demo ?? isForShow,
  };
}

/**
 * The key that wraps the keys of data subjects, 32 bytes: the configured one, or one made once and kept in the data folder, whose instance
 * lock the caller holds.
 */
export async function masterKeyOf(configuration: Pick<Configuration, 'masterKey' | 'dataFolder'>): Promise<Buffer> {
  if (configuration.masterKey !== undefined) return configuration.masterKey;
  const path = join(configuration.dataFolder, 'master.key');
  const kept = key32(await keptSecret(path, () => randomBytes(32).toString('base64')));
  if (!kept.ok) throw new Error(`The file ${path} must hold ${kept.must}; put the right one back, because personal fields cannot be read without it.`);
  return kept.value;
}

/** The README's table of variables, in Markdown. */
export function renderConfigurationTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = Object.values(settings).map((setting) => {
    const otherwise = setting.default === undefined ? setting.otherwise : `\`${setting.default}\``;
    return `| \`${setting.name}\` | ${cell(otherwise)} | ${cell(setting.docs)} |`;
  });
  return ['| Variable | When not set | Meaning |', '|---|---|---|', ...rows, ''].join('\n');
}
