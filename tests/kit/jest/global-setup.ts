/**
 * Jest's globalSetup and globalTeardown: one Postgres a run, started when the first test asks for it, so that runs without a database
 * pay nothing. A broker on loopback answers every worker with the same URL; workers learn its address from the environment.
 */
import { mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireInstanceLock, type InstanceLock } from '../../../src/infrastructure/instance-lock.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/server.ts';
import { listenOn } from '../listening.ts';
import { brokerVariable } from '../postgres.ts';

const folderPrefix = 'leasing-test-postgres-';
const memoryBytesMin = 2 * 1024 ** 3;

/** Fast and forgetful: these databases are thrown away, and tests of durability start servers of their own. */
const testSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '120',
  shared_buffers: '128MB',
  max_wal_size: '4GB',
};

interface Run {
  readonly folder: string;
  readonly lock: InstanceLock;
  readonly server: EmbeddedPostgres;
}

let run: Promise<Run> | undefined;
let broker: Server | undefined;

/** In memory where there is enough of it. */
function parentFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= memoryBytesMin ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

async function startRun(): Promise<Run> {
  const parent = parentFolder();
  sweep(parent);
  const folder = join(parent, `${folderPrefix}${process.pid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(folder);
  if (!lock.ok) throw new Error(lock.error);
  return { folder, lock, server: await startEmbeddedPostgres({ folder: join(folder, 'postgres'), settings: testSettings }) };
}

/** Removes what killed runs left, which nobody holds any more. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(folderPrefix))) {
    const lock = acquireInstanceLock(join(parent, name));
    if (!lock.ok) continue;
    lock.release();
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Opens the broker; starts nothing yet. */
export default async function globalSetup(): Promise<void> {
  const server = createServer((_, response) => {
    // A connection kept for the worker's next file would be closed by us while that file already asks on it.
    response.setHeader('connection', 'close');
    run ??= startRun();
    run.then(
      (started) => response.end(JSON.stringify({ url: started.server.url })),
      (error: unknown) => response.end(JSON.stringify({ error: String(error) })),
    );
  });
  process.env[brokerVariable] = (await listenOn(server)).url;
  server.unref();
  broker = server;
}

/** Stops Postgres, if it was started, and removes its folder. */
export async function stopRun(): Promise<void> {
  broker?.close();
  broker?.closeAllConnections();
  const started = await run?.catch(() => undefined);
  // Watch mode runs again in this process.
  run = undefined;
  if (started === undefined) return;
  await started.server.stop();
  if (started.lock.ok) started.lock.release();
  rmSync(started.folder, { recursive: true, force: true });
}
