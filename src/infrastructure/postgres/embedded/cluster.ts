/** Making the cluster: the folder in which Postgres keeps everything. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keptSecret, readSecret, syncFolder } from '../../kept-secret.ts';
import { logFrom } from './log.ts';
import { cleanEnvironment, type Exit, supervise } from './supervised.ts';

export const superuser = 'postgres';
const majorVersion = '18';
const unfinished = 'cluster.new-';

export interface ClusterPlan {
  readonly folder: string;
  readonly cluster: string;
  readonly logFile: string;
  /** The command that runs initdb, with what goes before it. */
  readonly initdb: readonly string[];
  readonly spawned: () => void;
}

/**
 * Makes the cluster unless it is there; gives the superuser's password. It is made under another name and renamed when whole, so a
 * half-made one is never taken for a cluster: the next start removes it and begins again.
 */
export async function ensureCluster(plan: ClusterPlan): Promise<string> {
  const passwordFile = join(plan.folder, 'password');
  await removeUnfinished(plan.folder);
  if (await exists(plan.cluster)) {
    await checkVersion(plan.cluster);
    const password = await readSecret(passwordFile);
    if (password === undefined) {
      throw new Error(
        `The file ${passwordFile} is missing, so nobody can sign in to the database beside it; put it back, or move ${plan.cluster} away to start empty.`,
      );
    }
    return password;
  }
  const password = await keptSecret(passwordFile, () => randomBytes(24).toString('base64url'));
  const made = await mkdtemp(join(plan.folder, unfinished));
  await runInitdb(plan, [`--pgdata=${made}`, `--pwfile=${passwordFile}`]);
  await rename(made, plan.cluster);
  await syncFolder(plan.folder);
  return password;
}

async function runInitdb(plan: ClusterPlan, where: readonly string[]): Promise<void> {
  const how = [
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
    '--auth=scram-sha-256',
    `--username=${superuser}`,
    '--no-instructions',
  ];
  const log = logFrom(plan.logFile);
  const exit = await runLogged([...plan.initdb, ...where, ...how], plan);
  if (exit.code === 0) return;
  throw new Error(
    `The database could not be made in ${plan.cluster}: ${log.lastError() ?? `initdb ended with ${exit.signal ?? exit.code}`} (see ${plan.logFile}).`,
  );
}

/** Only Linux has the supervisor; elsewhere an initdb that outlives us ends by itself and its folder is removed at the next start. */
async function runLogged(command: readonly string[], { logFile, spawned }: ClusterPlan): Promise<Exit> {
  const logFd = openSync(logFile, 'a', 0o600);
  try {
    if (process.platform === 'linux') {
      const { exited } = supervise(command, logFd);
      spawned();
      return await exited;
    }
    const [program = '', ...args] = command;
    const run = spawnSync(program, args, { env: cleanEnvironment(), stdio: ['ignore', logFd, logFd], windowsHide: true });
    return { code: run.status, signal: run.signal };
  } finally {
    closeSync(logFd);
  }
}

async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(unfinished));
  // An initdb cut off a moment ago may still write a last file; rm then tries again.
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function checkVersion(cluster: string): Promise<void> {
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => 'none')).trim();
  if (version === majorVersion) return;
  throw new Error(`The folder ${cluster} holds a database of Postgres version ${version}, but this is ${majorVersion}; move it away, or set DATABASE_URL.`);
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
