/** The embedded Postgres server: the whole of it behind one function. */
import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { messageOf } from '../../failure.ts';
import { locateBinaries } from './binaries.ts';
import { ensureCluster, superuser } from './cluster.ts';
import { type Launcher, launch, pgCtlLauncher, type RunningServer, supervisedLauncher } from './launch.ts';
import { rotateLog } from './log.ts';
import { freeCluster } from './recovery.ts';
import type { PostgresSettings } from './settings.ts';
import { userPrefix } from './supervised.ts';

export interface EmbeddedPostgresOptions {
  /** Where the cluster, its password and its log are kept; made where missing. The caller holds the instance lock of its data folder. */
  readonly folder: string;
  /** A port of 127.0.0.1; 0 or none: any free one. */
  readonly port?: number;
  /** Settings of `postgresql.conf` that replace ours, as tests do. */
  readonly settings?: PostgresSettings;
  /** How the server is run; the default is the platform's own way. */
  readonly launcher?: 'supervised' | 'pg_ctl';
  /** Told once a program of Postgres works: from then on there is time for something else. */
  readonly spawned?: () => void;
}

export interface EmbeddedPostgres {
  /** The superuser's URL of the database `leasing`. */
  readonly url: string;
  /** Fast shutdown: cuts clients off, writes everything. May be called more than once. */
  stop(): Promise<void>;
  /** Fulfilled, with one sentence, when the server ends without being asked to; never rejected. */
  readonly failed: Promise<Error>;
}

const databaseName = 'leasing';

/**
 * Starts Postgres 18 on this folder, first making the cluster or recovering from whatever way the last run ended. On Linux it
 * survives a Ctrl-C meant for us, and ends by itself when we are killed. macOS and Windows use `pg_ctl`: untried there; a server
 * that outlives us is stopped at the next start. Throws an Error whose message is one sentence to show.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = prepareFolder(options.folder);
  const binaries = locateBinaries();
  const prefix = userPrefix(binaries, folder);
  const cluster = join(folder, 'cluster');
  const logFile = join(folder, 'server.log');
  rotateLog(logFile);
  await freeCluster(cluster);
  const { spawned = () => undefined } = options;
  const password = await ensureCluster({ folder, cluster, logFile, initdb: [...prefix, binaries.initdb], spawned });
  const commands = { prefix, binaries };
  const launcher: Launcher = isSupervised(options) ? supervisedLauncher(commands) : pgCtlLauncher(commands);
  const server = await launch({ cluster, logFile, launcher, port: options.port ?? 0, settings: options.settings ?? {}, spawned });
  const url = `postgres://${superuser}:${password}@127.0.0.1:${server.port}`;
  try {
    await ensureDatabase(`${url}/${superuser}`);
  } catch (cause) {
    await server.stop();
    throw new Error(`The embedded Postgres started but cannot be used: ${messageOf(cause)}.`, { cause });
  }
  return { url: `${url}/${databaseName}`, stop: () => server.stop(), failed: failureOf(server, logFile) };
}

function isSupervised(options: EmbeddedPostgresOptions): boolean {
  return (options.launcher ?? (process.platform === 'linux' ? 'supervised' : 'pg_ctl')) === 'supervised';
}

/** The real path, because Postgres's processes are recognised by it. */
function prepareFolder(wanted: string): string {
  const folder = resolve(wanted);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return realpathSync(folder);
  } catch (cause) {
    throw new Error(`The folder ${folder} for the database cannot be made (${messageOf(cause)}); choose another with DATA_DIR.`, { cause });
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [databaseName]);
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

function failureOf(server: RunningServer, logFile: string): Promise<Error> {
  return new Promise((resolveFailure) => {
    void server.unexpectedExit.then((why) => resolveFailure(new Error(`The embedded Postgres ended by itself: ${why} (see ${logFile}).`)));
  });
}
