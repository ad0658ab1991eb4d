import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { embeddedExtensions } from '../../../src/infrastructure/postgres/embedded/binaries.ts';
import { serversIn } from '../../../src/infrastructure/postgres/embedded/recovery.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/server.ts';
import { listenOn } from '../../kit/listening.ts';
import { newFolder, query, within } from './harness.ts';

let folder: string;
const started: EmbeddedPostgres[] = [];

/** Stopped after its test, whatever becomes of the test. */
async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, ...options });
  started.push(server);
  return server;
}

beforeAll(async () => {
  folder = join(await newFolder(), 'postgres');
});
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});
afterAll(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

describe('the embedded Postgres', () => {
  test('is version 18 in UTF-8 with the builtin locale, fully durable, reachable on loopback only', async () => {
    const { url } = await start();
    const [row] = await query(
      url,
      `select current_setting('server_version_num')::int / 10000 as major, encoding, datlocprovider, datlocale, datname,
         (select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums')) as durability,
         current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets
       from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      major: 18,
      encoding: 6,
      datlocprovider: 'b',
      datlocale: 'C.UTF-8',
      datname: 'leasing',
      durability: 'data_checksums=on fsync=on full_page_writes=on synchronous_commit=on',
      addresses: '127.0.0.1',
      sockets: '',
    });
  });

  test('can create every extension that the migrations ask for', async () => {
    const { url } = await start();
    for (const name of embeddedExtensions) await query(url, `create extension if not exists ${name}`);
    const rows = await query(url, "select extname from pg_extension where extname <> 'plpgsql' order by extname");
    expect(rows.map((row) => row['extname'])).toEqual([...embeddedExtensions].sort());
  });

  test('keeps its data and its password over a stop and a start', async () => {
    const first = await start();
    await query(first.url, 'create table kept (value text); insert into kept values ($$é – 東京$$)');
    await first.stop();
    const second = await start();
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 'é – 東京' }]);
  });

  test('lets only its owner read the password, and nobody in without it', async () => {
    const { url } = await start();
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('stops though clients are connected, and leaves no process and no pid file', async () => {
    const server = await start();
    const asleep = query(server.url, 'select pg_sleep(600)').catch((error: unknown) => error);
    await server.stop();
    expect(await asleep).toBeInstanceOf(Error);
    expect(serversIn(join(folder, 'cluster'))).toEqual([]);
    expect(await readdir(join(folder, 'cluster'))).not.toContain('postmaster.pid');
  });

  test('stopping it twice, or at once twice, is stopping it', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(serversIn(join(folder, 'cluster'))).toEqual([]);
  });

  test('tells in one sentence when the server ends by itself, and not when it is stopped', async () => {
    const server = await start();
    const pid = Number((await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    const failure = await within(server.failed, 'the failure');
    expect(failure.message).toMatch(/^The embedded Postgres ended by itself: .+ \(see .+server\.log\)\.$/);
    const next = await start();
    await next.stop();
    expect(await Promise.race([next.failed, Promise.resolve('silent')])).toBe('silent');
  });
});

describe('the port of the embedded Postgres', () => {
  test('is the one asked for', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    for (const server of started.splice(0)) await server.stop();
    expect(new URL((await start({ port })).url).port).toBe(String(port));
  });

  test('when taken, is refused in one sentence, and nothing is left running', async () => {
    const occupier = createServer();
    const { port } = await listenOn(occupier);
    await expect(start({ port })).rejects.toThrow(
      new Error(`Port ${port} of 127.0.0.1 is taken by another program; stop it, or choose another port for the embedded Postgres.`),
    );
    expect(serversIn(join(folder, 'cluster'))).toEqual([]);
    occupier.close();
  });
});

describe('what is wrong with the folder is said in one sentence', () => {
  test('a pid file that names a living stranger does not hinder the start', async () => {
    await (await start()).stop();
    writeFileSync(join(folder, 'cluster', 'postmaster.pid'), `${process.pid}\n${join(folder, 'cluster')}\n1\n5432\n\n127.0.0.1\n\nready\n`);
    expect(await query((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('a half-made cluster is removed and made again', async () => {
    const fresh = join(await newFolder(), 'postgres');
    mkdirSync(join(fresh, 'cluster.new-abc', 'base'), { recursive: true });
    writeFileSync(join(fresh, 'cluster.new-abc', 'PG_VERSION'), '18\n');
    const { url } = await start({ folder: fresh });
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(await readdir(fresh)).toEqual(['cluster', 'password', 'server.log']);
    for (const server of started.splice(0)) await server.stop();
    await rm(join(fresh, '..'), { recursive: true });
  });

  test.each([
    { what: 'a lost password', file: 'password', text: '', says: /password is missing, so nobody can sign in .+ move .+ away to start empty\.$/ },
    {
      what: 'another version',
      file: 'cluster/PG_VERSION',
      text: '16\n',
      says: /holds a database of Postgres version 16, but this is 18; move it away, or set DATABASE_URL\.$/,
    },
    {
      what: 'a broken configuration',
      file: 'cluster/pg_hba.conf',
      text: 'nonsense\n',
      says: /^The embedded Postgres did not start: .+ \(see .+server\.log\)\.$/,
    },
  ])('$what', async ({ file, text, says }) => {
    await (await start()).stop();
    const path = join(folder, file);
    const before = await readFile(path, 'utf8');
    if (text === '') await rm(path);
    else await writeFile(path, text);
    await expect(start()).rejects.toThrow(says);
    await writeFile(path, before, { mode: 0o600 });
  });

  test('a folder that cannot be made', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(start({ folder: join(file, 'below') })).rejects.toThrow(
      /^The folder .+below for the database cannot be made \(.+\); choose another with DATA_DIR\.$/,
    );
  });
});
