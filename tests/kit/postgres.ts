/** Databases for tests: each test file makes its own, most often a copy of a template that is prepared once a run. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Names the address of the broker that `tests/kit/jest/global-setup.ts` opens. */
export const brokerVariable = 'LEASING_TEST_POSTGRES_BROKER';

export interface DatabaseTemplate {
  /** Lower-case letters, digits and underscores; two templates of one name must be the same. */
  readonly name: string;
  /**
   * Fills an empty database, as its superuser; runs once a run, whichever file comes first. It must close its connections. Roles belong to the whole
   * server: make them only where missing.
   */
  prepare(url: string): Promise<void>;
}

export interface TestDatabase {
  /** The superuser's URL of this database. */
  readonly url: string;
  /** Removes the database, cutting off whoever is still connected. */
  drop(): Promise<void>;
}

/** The superuser's URL of the run's Postgres; the first call of a run starts it. */
export async function testPostgresUrl(): Promise<string> {
  const broker = process.env[brokerVariable];
  if (broker === undefined) throw new Error('Tests with a database need the globalSetup tests/kit/jest/global-setup.ts in jest.config.js.');
  const answer: unknown = await (await fetch(broker)).json();
  if (typeof answer === 'object' && answer !== null && 'url' in answer && typeof answer.url === 'string') return answer.url;
  throw new Error(`The Postgres of this test run did not start: ${JSON.stringify(answer)}`);
}

/** A new database, empty or a copy of the template. Less than 0.1 s for 130 tables. */
export async function createTestDatabase({ template }: { readonly template?: DatabaseTemplate } = {}): Promise<TestDatabase> {
  const server = await testPostgresUrl();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdministrator(server, async (client) => {
    const source = template === undefined ? 'template1' : await ensureTemplate(client, server, template);
    // Copying files needs a checkpoint, which costs nothing here (no fsync): 0.06 s for 130 tables, against 0.26 s through the log.
    await client.query(`create database ${name} template ${source} strategy file_copy`);
  });
  return { url: urlOf(server, name), drop: () => asAdministrator(server, (client) => dropDatabase(client, name)) };
}

/** The template's database; it has that name only when it is whole, so a preparation that failed is never copied. */
async function ensureTemplate(client: pg.Client, server: string, template: DatabaseTemplate): Promise<string> {
  if (!/^[a-z0-9_]{1,40}$/.test(template.name)) throw new Error(`A template's name is of lower-case letters, digits and underscores, unlike ${template.name}.`);
  const name = `template_${template.name}`;
  const unfinished = `${name}_unfinished`;
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 1) return name;
    await dropDatabase(client, unfinished);
    await client.query(`create database ${unfinished}`);
    await template.prepare(urlOf(server, unfinished));
    await client.query(`alter database ${unfinished} rename to ${name}`);
    return name;
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]);
  }
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`drop database if exists ${name} with (force)`);
}

async function asAdministrator<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urlOf(server, 'postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
