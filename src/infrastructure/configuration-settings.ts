/** The one table of environment variables: what each is called, means, defaults to and accepts. */
import {
  anyText,
  blobUrl,
  databaseUrl,
  domainName,
  eventStoreUrl,
  folder,
  hostName,
  key32,
  mailAddress,
  oneWordOf,
  originList,
  type Parser,
  port,
  roleList,
  smtpUrl,
  tcpUrl,
  trueOrFalse,
  webUrl,
  wholeNumber,
} from './configuration-values.ts';

export interface Setting<T> {
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

/** Every variable, in the order of the README's table. */
export const settings = {
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
  corsOrigins: defaulted({
    name: 'CORS_ORIGINS',
    docs: 'The origins whose pages may call the API from a browser, such as `https://portal.example.com`, with commas between; `none` for no other than its own.',
    default: 'none',
    parse: originList,
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
  slowQueryMs: defaulted({
    name: 'SLOW_QUERY_MS',
    docs: 'Statements to Postgres that take this long are written to the log, without their values; 0 for none.',
    default: '500',
    parse: wholeNumber(0, 600_000),
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
  blobUrl: optional({
    name: 'BLOB_URL',
    docs: 'Where uploaded files are kept: a `file:` URL of a folder, or `s3://bucket/prefix?region=…`, with `&endpoint=https://…` for another service that speaks S3. Credentials are taken from the usual variables of AWS (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_PROFILE` …). Several nodes need a bucket or a shared folder.',
    otherwise: '`DATA_DIR/blobs`',
    parse: blobUrl,
  }),
  clamdUrl: optional({
    name: 'CLAMD_URL',
    docs: 'The virus scanner, a clamd that listens on TCP: every file is shown to it before it is kept, and none is taken while it is away.',
    otherwise: 'files are not scanned',
    parse: tcpUrl,
  }),
  smtpUrl: optional({
    name: 'SMTP_URL',
    docs: 'The mail server: `smtps://user:password@host:465`, or `smtp://user:password@host:587`, which must offer STARTTLS unless it is this machine. Needs `MAIL_FROM`.',
    otherwise: 'mails are written to `DATA_DIR/outbox`, not sent',
    parse: smtpUrl,
    isSecret: true,
  }),
  mailFrom: defaulted({ name: 'MAIL_FROM', docs: 'The address that mails come from.', default: 'portal@localhost', parse: mailAddress }),
  publicReports: defaulted({
    name: 'PUBLIC_REPORTS',
    docs: '`true` lets people without a token report breakdowns and mistakes of the system at `/public`; `false` has no such address.',
    default: 'true',
    parse: trueOrFalse,
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
  rateLimitPublicPerMinute: defaulted({
    name: 'RATE_LIMIT_PUBLIC_PER_MINUTE',
    docs: 'Reports one address may make a minute at `/public`; 0 for no limit. One unit can be reported four times an hour, whoever does it.',
    default: '6',
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
/** What the variables hold, before those that belong together are joined. */
export type Values = { readonly [K in keyof Settings]: ValueOf<Settings[K]> };
