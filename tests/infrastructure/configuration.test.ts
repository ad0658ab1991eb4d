import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Configuration, type Environment, masterKeyOf, readConfiguration, renderConfigurationTable } from '../../src/infrastructure/configuration.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const production = { NODE_ENV: 'production', AUTH_ISSUER: 'https://login.example.com/', AUTH_AUDIENCE: 'leasing' };

function configurationOf(environment: Environment): Configuration {
  const outcome = readConfiguration(environment);
  if (!outcome.ok) throw new Error(outcome.errors.join('\n'));
  return outcome.configuration;
}

function errorsOf(environment: Environment): readonly string[] {
  const outcome = readConfiguration(environment);
  return outcome.ok ? [] : outcome.errors;
}

describe('what an empty environment means', () => {
  test('everything embedded, on loopback, with the demo company and the embedded issuer', () => {
    expect(configurationOf({})).toMatchObject({
      nodeEnv: 'development',
      roles: ['api', 'projector', 'processor'],
      httpHost: '127.0.0.1',
      httpPort: 3000,
      dataFolder: resolve('data'),
      databaseUrl: undefined,
      eventStoreUrl: undefined,
      masterKey: undefined,
      auth: { kind: 'embedded' },
      auth0: undefined,
      demo: true,
    });
  });

  test('an empty or blank variable counts as not set', () => {
    expect(configurationOf({ HTTP_PORT: '', DATABASE_URL: '  ', AUTH_ISSUER: '', DEMO: '' })).toEqual(configurationOf({}));
  });

  test('blobs lie in the data folder, wherever it is', () => {
    expect(configurationOf({ DATA_DIR: '/var/lib/leasing data' }).blobUrl).toBe('file:///var/lib/leasing%20data/blobs');
  });
});

describe('what is set', () => {
  test('a whole installation of several nodes', () => {
    const configuration = configurationOf({
      ...production,
      ROLE: 'processor,api',
      HTTP_HOST: '0.0.0.0',
      HTTP_PORT: '8080',
      DATABASE_URL: 'postgres://leasing:secret@db:5432/leasing?sslmode=require',
      EVENTSTORE_URL: 'esdb://one:2113,two:2113,three:2113?tls=true&nodePreference=leader',
      MASTER_KEY: key,
      AUTH0_DOMAIN: 'example.eu.auth0.com',
      AUTH0_CLIENT_ID: 'id',
      AUTH0_CLIENT_SECRET: 'hush',
      SMTP_URL: 'smtps://user:pass@mail.example.com',
      MAIL_FROM: 'portal@example.com',
      BLOB_URL: 's3://leasing-blobs/one?region=eu-west-1&endpoint=https://minio.example.com',
      CLAMD_URL: 'tcp://clamd:3310',
    });
    expect(configuration).toMatchObject({
      roles: ['api', 'processor'],
      httpPort: 8080,
      auth: { kind: 'external', issuer: 'https://login.example.com/', audience: 'leasing', jwksUrl: 'https://login.example.com/.well-known/jwks.json' },
      auth0: { domain: 'example.eu.auth0.com', clientId: 'id', clientSecret: 'hush' },
      blobUrl: 's3://leasing-blobs/one?region=eu-west-1&endpoint=https://minio.example.com',
      clamdUrl: 'tcp://clamd:3310',
      mailFrom: 'portal@example.com',
      publicReports: true,
      demo: false,
    });
    expect(configuration.masterKey).toEqual(Buffer.alloc(32, 7));
  });

  test('the demo company is not loaded into production or into stores of somebody else unless asked for', () => {
    expect(configurationOf(production).demo).toBe(false);
    expect(configurationOf({ EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false' }).demo).toBe(false);
    expect(configurationOf({ ...production, DEMO: 'true' }).demo).toBe(true);
    expect(configurationOf({ DEMO: 'false' }).demo).toBe(false);
  });

  test.each(['esdb://127.0.0.1:2113?tls=false', 'esdb+discover://cluster.example.com:2113', 'esdb://admin:changeit@a,b:1?tls=true', 'esdb://localhost'])(
    'the connection string %s of EventStoreDB',
    (url) => expect(configurationOf({ EVENTSTORE_URL: url }).eventStoreUrl).toBe(url),
  );
});

const mistakes: readonly (readonly [environment: Environment, error: string])[] = [
  [{ NODE_ENV: 'prod' }, 'NODE_ENV must be one of development, test, production, but is "prod".'],
  [{ ROLE: 'api,reader' }, 'ROLE must be all, or some of api, projector, processor with commas between, but is "api,reader".'],
  [{ HTTP_HOST: 'a b' }, 'HTTP_HOST must be a host name or an address to listen on, such as 127.0.0.1 or 0.0.0.0, but is "a b".'],
  [{ HTTP_PORT: '65536' }, 'HTTP_PORT must be a whole number from 0 to 65535, but is "65536".'],
  [{ HTTP_PORT: '0x50' }, 'HTTP_PORT must be a whole number from 0 to 65535, but is "0x50".'],
  [{ HTTP_PORT: '-1' }, 'HTTP_PORT must be a whole number from 0 to 65535, but is "-1".'],
  [{ PUBLIC_URL: 'example.com' }, 'PUBLIC_URL must be a URL that begins with https:// (or http://), without user, query and fragment, but is "example.com".'],
  [{ TRUSTED_PROXIES: 'true' }, 'TRUSTED_PROXIES must be a whole number from 0 to 10, but is "true".'],
  [{ DATABASE_URL: 'mysql://u:hush@host/db', MASTER_KEY: key }, 'DATABASE_URL must be a URL such as postgres://user:password@host:5432/database.'],
  [{ DATABASE_URL: 'postgres://u:hush@host', MASTER_KEY: key }, 'DATABASE_URL must be a URL such as postgres://user:password@host:5432/database.'],
  [{ EVENTSTORE_URL: 'http://host:2113' }, 'EVENTSTORE_URL must be a connection string such as esdb://host:2113?tls=true or esdb+discover://cluster:2113.'],
  [{ MASTER_KEY: 'hush' }, 'MASTER_KEY must be 32 bytes in base64, such as openssl rand -base64 32 gives.'],
  [{ MASTER_KEY: `${key.slice(0, -2)}==` }, 'MASTER_KEY must be 32 bytes in base64, such as openssl rand -base64 32 gives.'],
  [{ SMTP_URL: 'mail.example.com:25' }, 'SMTP_URL must be a URL such as smtps://user:password@host:465.'],
  [{ BLOB_URL: './blobs' }, 'BLOB_URL must be a URL such as file:///var/lib/leasing/blobs or s3://bucket/prefix?region=us-east-1, but is "./blobs".'],
  [{ BLOB_URL: 's3://b?key=x' }, 'BLOB_URL must be a URL such as file:///var/lib/leasing/blobs or s3://bucket/prefix?region=us-east-1, but is "s3://b?key=x".'],
  [{ CLAMD_URL: 'tcp://clamd' }, 'CLAMD_URL must be a URL such as tcp://127.0.0.1:3310, but is "tcp://clamd".'],
  [{ CLAMD_URL: 'tcp://clamd:70000' }, 'CLAMD_URL must be a URL such as tcp://127.0.0.1:3310, but is "tcp://clamd:70000".'],
  [{ MAIL_FROM: 'Portal <a@b>' }, 'MAIL_FROM must be an address such as portal@example.com, but is "Portal <a@b>".'],
  [{ PUBLIC_REPORTS: 'no' }, 'PUBLIC_REPORTS must be true or false, but is "no".'],
  [{ SMTP_URL: 'smtp://localhost' }, 'MAIL_FROM must be set when SMTP_URL is, because no server takes mail from portal@localhost.'],
  [
    { ...production, BLOB_URL: 's3://blobs?endpoint=http://minio:9000' },
    'BLOB_URL must name an endpoint that begins with https:// when NODE_ENV is production.',
  ],
  [{ DEMO: '1' }, 'DEMO must be true or false, but is "1".'],
  [{ LOG_LEVEL: 'verbose' }, 'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, but is "verbose".'],
  [{ RATE_LIMIT_PER_MINUTE: '1e3' }, 'RATE_LIMIT_PER_MINUTE must be a whole number from 0 to 1000000000, but is "1e3".'],
  [{ SHUTDOWN_SECONDS_MAX: '0' }, 'SHUTDOWN_SECONDS_MAX must be a whole number from 1 to 600, but is "0".'],
  [{ NODE_ENV: 'production' }, 'AUTH_ISSUER must be set when NODE_ENV is production, because the embedded issuer signs tokens for anybody who asks.'],
  [{ AUTH_ISSUER: 'https://a.example' }, 'AUTH_AUDIENCE must be set when AUTH_ISSUER is.'],
  [{ AUTH_AUDIENCE: 'a' }, 'AUTH_AUDIENCE must not be set without AUTH_ISSUER.'],
  [{ AUTH_JWKS_URL: 'https://a.example/keys' }, 'AUTH_JWKS_URL must not be set without AUTH_ISSUER.'],
  [{ ...production, AUTH_ISSUER: 'http://login.example.com' }, 'AUTH_ISSUER must begin with https:// when NODE_ENV is production.'],
  [{ ...production, AUTH_JWKS_URL: 'http://login.example.com/keys' }, 'AUTH_JWKS_URL must begin with https:// when NODE_ENV is production.'],
  [
    { AUTH0_DOMAIN: 'a.auth0.com', AUTH0_CLIENT_ID: 'id' },
    'AUTH0_CLIENT_SECRET must be set when another of AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET is.',
  ],
  [
    { DATABASE_URL: 'postgres://u:p@host/db' },
    'MASTER_KEY must be set when DATABASE_URL is, because every node on that database needs the same key; make one with openssl rand -base64 32.',
  ],
  [{ ROLE: 'api', EVENTSTORE_URL: 'esdb://host' }, 'DATABASE_URL must be set when ROLE is not all, because the embedded stores serve one process only.'],
  [{ HTTP_PORT: '4000', EMBEDDED_POSTGRES_PORT: '4000' }, 'HTTP_PORT and EMBEDDED_POSTGRES_PORT must differ.'],
];

describe('mistakes', () => {
  test.each(mistakes)('%j is told alone and in full', (environment, error) => {
    expect(errorsOf(environment)).toEqual([error]);
  });

  test('every mistake of any set of mistakes is listed, each as when it is alone', () => {
    const single = mistakes.filter(([environment, error]) => Object.keys(environment).length === 1 && !/must (not )?be set/.test(error));
    fc.assert(
      fc.property(fc.subarray([...single]), (chosen) => {
        // Two mistakes in one variable cannot both be set; the later one is.
        const environment = Object.assign({}, ...chosen.map(([one]) => one));
        const errors = errorsOf(environment);
        const expected = chosen.filter(([one]) => Object.entries(one).every(([name, value]) => environment[name] === value)).map(([, error]) => error);
        for (const error of expected) expect(errors).toContain(error);
      }),
    );
  });

  test('whatever the environment holds, the outcome is a configuration or sentences that each name a variable', () => {
    const names = [...renderConfigurationTable().matchAll(/^\| `(\w+)`/gm)].map((match) => match[1] ?? '');
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('0', 'true', 'all', 'https://a.example', 'esdb://a', 'postgres://a/b', key, 'a.auth0.com', 'file:///a'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (environment) => {
        for (const error of errorsOf(environment)) expect(names.some((name) => error.startsWith(name))).toBe(true);
      }),
    );
  });

  test('secrets are never repeated in an error', () => {
    const secrets = ['DATABASE_URL', 'EVENTSTORE_URL', 'MASTER_KEY', 'SMTP_URL'];
    const environment = Object.fromEntries(secrets.map((name) => [name, 'not-a-url hush-hush']));
    const errors = errorsOf(environment);
    expect(errors).toHaveLength(secrets.length);
    expect(errors.join()).not.toContain('hush');
  });

  test('a long value is shown shortened, on one line', () => {
    const [error] = errorsOf({ ROLE: `a\nb${'x'.repeat(10_000)}` });
    expect(error).toMatch(/but is "a\\nbx+…"\.$/);
    expect(error?.length).toBeLessThan(200);
  });
});

describe('the master key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'leasing-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is the configured one when there is one', async () => {
    expect(await masterKeyOf(configurationOf({ MASTER_KEY: key, DATA_DIR: folder }))).toEqual(Buffer.alloc(32, 7));
  });

  test('is else made once, kept for its owner only, and the same ever after', async () => {
    const configuration = configurationOf({ DATA_DIR: folder });
    const made = await masterKeyOf(configuration);
    expect(made).toHaveLength(32);
    expect(await masterKeyOf(configuration)).toEqual(made);
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
  });

  test('that was damaged is not replaced, but told in one sentence', async () => {
    writeFileSync(join(folder, 'master.key'), 'damaged');
    await expect(masterKeyOf(configurationOf({ DATA_DIR: folder }))).rejects.toThrow(
      /^The file .+master\.key must hold 32 bytes in base64.+cannot be read without it\.$/,
    );
  });
});

test('the table for the README has one whole row a variable', () => {
  const [head, rule, ...rows] = renderConfigurationTable().trimEnd().split('\n');
  expect([head, rule]).toEqual(['| Variable | When not set | Meaning |', '|---|---|---|']);
  for (const row of rows) expect(row).toMatch(/^\| `[A-Z0-9_]+` \| [^|]+ \| [^|]+\. \|$/);
  expect(rows.find((row) => row.includes('`HTTP_PORT`'))).toBe('| `HTTP_PORT` | `3000` | The port of the API; 0 for any free one. |');
});
