/** The configuration: environment variables, from one table that validates them, types them and documents them. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  anyText,
  blobUrlIn,
  databaseUrl,
  domainName,
  eventStoreUrl,
  fileUrl,
  folder,
  hostName,
  isSafeUrl,
  key32,
  oneWordOf,
  type Parser,
  port,
  roleList,
  roles,
  smtpUrl,
  trueOrFalse,
  webUrl,
  wholeNumber,
} from './configuration-values.ts';
import { keptSecret } from './kept-secret.ts';

interface Setting<T> {
  readonly name: string;
  readonly docs: string;
  readonly parse: Parser<T>;
  /** Its text is never repeated in an error. */
  readonly isSecret?: boolean;
}
interface WithDefault<T> extends Setting<T> {
  /** Parsed as if it had been set. */
  readonly default: string;
}
interface WithoutDefault<T> extends Setting<T> {
  readonly default: undefined;
  /** What holds when it is not set, for the table. */
  readonly otherwise: string;
}

const defaulted = <T>(setting: WithDefault<T>): WithDefault<T> => setting;
const optional = <T>(setting: Omit<WithoutDefault<T>, 'default'>): WithoutDefault<T> => ({ ...setting, default: undefined });

const settings = {
  nodeEnv: defaulted({
    name: 'NODE_ENV',
    docs: '`development`, `test` or `production`. In production the embedded issuer of tokens is refused, addresses of other services must be https, and nothing is loaded for show.',
    default: 'development',
    parse: oneWordOf(['development', 'test', 'production']),
  }),
  roles: defaulted({
    name: 'ROLE',
    docs: 'What this process does: `all`, or some of `api`, `projector` and `processor` with commas between. Anything but `all` needs `DATABASE_URL` and `EVENTSTORE_URL`.',
    default: 'all',
    parse: roleList,
  }),
  dataFolder: defaulted({
    name: 'DATA_DIR',
    docs: 'The folder of everything that is kept here: embedded stores, blobs, made secrets, `runtime.json`. One instance a folder.',
    default: './data',
    parse: folder,
  }),
  httpHost: defaulted({ name: 'HTTP_HOST', docs: 'The address the API listens on; `0.0.0.0` for every one.', default: '127.0.0.1', parse: hostName }),
  httpPort: defaulted({ name: 'HTTP_PORT', docs: 'The port of the API; 0 for any free one.', default: '3000', parse: port }),
  publicUrl: optional({
    name: 'PUBLIC_URL',
    docs: 'The address by which clients reach the API, for links in answers, mails and exports.',
    otherwise: 'the address it listens on',
    parse: webUrl,
  }),
  trustedProxies: defaulted({
    name: 'TRUSTED_PROXIES',
    docs: 'How many proxies stand before the API; the caller’s address is taken from that far back in `X-Forwarded-For`.',
    default: '0',
    parse: wholeNumber(0, 10),
  }),
  databaseUrl: optional({
    name: 'DATABASE_URL',
    docs: 'The Postgres server for read models and keys, as a user who may create roles and extensions.',
    otherwise: 'an embedded Postgres 18 in `DATA_DIR`',
    parse: databaseUrl,
    isSecret: true,
  }),
  databasePoolMax: defaulted({
    name: 'DATABASE_POOL_MAX',
    docs: 'Connections to Postgres each pool of this process opens at most.',
    default: '10',
    parse: wholeNumber(2, 500),
  }),
  embeddedPostgresPort: defaulted({
    name: 'EMBEDDED_POSTGRES_PORT',
    docs: 'The port of the embedded Postgres, on loopback; 0 for any free one.',
    default: '0',
    parse: port,
  }),
  eventStoreUrl: optional({
    name: 'EVENTSTORE_URL',
    docs: 'The EventStoreDB that holds the log.',
    otherwise: 'an embedded event store in `DATA_DIR`',
    parse: eventStoreUrl,
    isSecret: true,
  }),
  embeddedEventStorePort: defaulted({
    name: 'EMBEDDED_EVENTSTORE_PORT',
    docs: 'The port of the embedded event store, on loopback; 0 for any free one.',
    default: '0',
    parse: port,
  }),
  masterKey: optional({
    name: 'MASTER_KEY',
    docs: 'The key that wraps the keys of data subjects: 32 bytes in base64. Losing it loses every personal field. Needed with `DATABASE_URL`, and the same on every node.',
    otherwise: 'made once and kept in `DATA_DIR/master.key`',
    parse: key32,
    isSecret: true,
  }),
  authIssuer: optional({
    name: 'AUTH_ISSUER',
    docs: 'Who signs the tokens, to the letter as in their `iss`. Needed in production.',
    otherwise: 'an embedded issuer with `/dev/token`, for development',
    parse: webUrl,
  }),
  authAudience: optional({
    name: 'AUTH_AUDIENCE',
    docs: 'The `aud` that tokens must have. Needed with `AUTH_ISSUER`.',
    otherwise: 'that of the embedded issuer',
    parse: anyText,
  }),
  authJwksUrl: optional({
    name: 'AUTH_JWKS_URL',
    docs: 'Where the issuer publishes its keys.',
    otherwise: '`AUTH_ISSUER` + `/.well-known/jwks.json`',
    parse: webUrl,
  }),
  auth0Domain: optional({
    name: 'AUTH0_DOMAIN',
    docs: 'The Auth0 tenant to which suspensions and roles are passed on; with `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET` or not at all.',
    otherwise: 'nothing is passed on',
    parse: domainName,
  }),
  auth0ClientId: optional({ name: 'AUTH0_CLIENT_ID', docs: 'The client that may use Auth0’s management API.', otherwise: 'none', parse: anyText }),
  auth0ClientSecret: optional({ name: 'AUTH0_CLIENT_SECRET', docs: 'Its secret.', otherwise: 'none', parse: anyText, isSecret: true }),
  blobUrl: optional({ name: 'BLOB_URL', docs: 'Where uploaded files are kept, as a `file:` URL of a folder.', otherwise: '`DATA_DIR/blobs`', parse: fileUrl }),
  smtpUrl: optional({
    name: 'SMTP_URL',
    docs: 'The mail server.',
    otherwise: 'mails are written to the log of deliveries, not sent',
    parse: smtpUrl,
    isSecret: true,
  }),
  demo: optional({
    name: 'DEMO',
    docs: '`true` loads a made-up company through real commands, once.',
    otherwise: '`true` when both stores are embedded and it is not production, else `false`',
    parse: trueOrFalse,
  }),
  logLevel: defaulted({
    name: 'LOG_LEVEL',
    docs: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
    default: 'info',
    parse: oneWordOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  }),
  rateLimitPerMinute: defaulted({
    name: 'RATE_LIMIT_PER_MINUTE',
    docs: 'Requests a signed-in caller may make a minute; 0 for no limit.',
    default: '1200',
    parse: wholeNumber(0, 1_000_000_000),
  }),
  rateLimitAnonymousPerMinute: defaulted({
    name: 'RATE_LIMIT_ANONYMOUS_PER_MINUTE',
    docs: 'Requests one address may make a minute without a valid token; 0 for no limit.',
    default: '120',
    parse: wholeNumber(0, 1_000_000_000),
  }),
  rateLimitTelemetryPerMinute: defaulted({
    name: 'RATE_LIMIT_TELEMETRY_PER_MINUTE',
    docs: 'Batches of telemetry one API client may send a minute; 0 for no limit.',
    default: '6000',
    parse: wholeNumber(0, 1_000_000_000),
  }),
  shutdownSecondsMax: defaulted({
    name: 'SHUTDOWN_SECONDS_MAX',
    docs: 'How long a stop waits for what is in flight before it cuts it off.',
    default: '30',
    parse: wholeNumber(1, 600),
  }),
};

type Settings = typeof settings;
type ValueOf<S> = S extends WithDefault<infer T> ? T : S extends WithoutDefault<infer T> ? T | undefined : never;
type Values = { readonly [K in keyof Settings]: ValueOf<Settings[K]> };

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

/** What no variable can tell of itself. Whether one is set is asked of the environment, so that a mistake in it is not taken for its absence. */
function jointMistakes(environment: Environment, values: Values): readonly string[] {
  const isSet = (name: string): boolean => (environment[name]?.trim() ?? '') !== '';
  const isProduction = values.nodeEnv === 'production';
  const auth0Names = ['AUTH0_DOMAIN', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET'];
  const checks: readonly (readonly [boolean, string])[] = [
    [
      isProduction && !isSet('AUTH_ISSUER'),
      'AUTH_ISSUER must be set when NODE_ENV is production, because the embedded issuer signs tokens for anybody who asks.',
    ],
    [isSet('AUTH_ISSUER') && !isSet('AUTH_AUDIENCE'), 'AUTH_AUDIENCE must be set when AUTH_ISSUER is.'],
    [!isSet('AUTH_ISSUER') && isSet('AUTH_AUDIENCE'), 'AUTH_AUDIENCE must not be set without AUTH_ISSUER.'],
    [!isSet('AUTH_ISSUER') && isSet('AUTH_JWKS_URL'), 'AUTH_JWKS_URL must not be set without AUTH_ISSUER.'],
    ...(
      [
        ['AUTH_ISSUER', values.authIssuer],
        ['AUTH_JWKS_URL', values.authJwksUrl],
        ['PUBLIC_URL', values.publicUrl],
      ] as const
    ).map(([name, url]) => [isProduction && url !== undefined && !isSafeUrl(url), `${name} must begin with https:// when NODE_ENV is production.`] as const),
    ...auth0Names.map((name) => [!isSet(name) && auth0Names.some(isSet), `${name} must be set when another of ${auth0Names.join(', ')} is.`] as const),
    [
      isSet('DATABASE_URL') && !isSet('MASTER_KEY'),
      'MASTER_KEY must be set when DATABASE_URL is, because every node on that database needs the same key; make one with openssl rand -base64 32.',
    ],
    ...['DATABASE_URL', 'EVENTSTORE_URL'].map(
      (name) => [isPartial(values) && !isSet(name), `${name} must be set when ROLE is not all, because the embedded stores serve one process only.`] as const,
    ),
    ...samePorts(values).map((names) => [true, `${names.join(' and ')} must differ.`] as const),
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, sentence]) => sentence);
}

/** Undefined when ROLE itself was wrong. */
function isPartial(values: Values): boolean {
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
