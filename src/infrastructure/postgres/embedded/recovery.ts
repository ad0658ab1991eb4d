/** What an earlier run left behind: a server that still runs on this very folder, or the pid file of one that does not. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;
/** How long each way of stopping gets, gentlest first. Postgres itself kills its children 5 s after SIGQUIT. */
const stops: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 8_000],
  ['SIGKILL', 5_000],
];

/**
 * Frees the cluster folder for a new server. Only with the instance lock held: it stops whatever Postgres works there. A pid file is removed
 * only when no process of Postgres is left that could still write, or when its number now belongs to something else;
 * else Postgres judges it itself. `cluster` must be a real path.
 */
export async function freeCluster(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (process.platform !== 'linux') return freeByPidFile(cluster, pidFile);
  for (const [signal, waitMs] of stops) {
    const postmaster = readPostmaster(pidFile)?.pid;
    const found = serversIn(cluster);
    if (found.length === 0) break;
    // Without its postmaster every process is an orphan that no longer heeds anyone but the kernel.
    const targets = postmaster !== undefined && found.includes(postmaster) ? [postmaster] : found;
    for (const pid of targets) signalIfThere(pid, signal);
    await untilGone(() => serversIn(cluster).length > 0, waitMs);
  }
  if (serversIn(cluster).length > 0) throw new Error(`An earlier Postgres still works in ${cluster} and cannot be stopped; end it, then start again.`);
  rmSync(pidFile, { force: true });
}

export interface Postmaster {
  readonly pid: number;
  readonly isReady: boolean;
  /** The whole file: another start writes another text. */
  readonly text: string;
}

/** The pid file that Postgres keeps while it runs: line 1 is its process, line 8 its state (format: miscadmin.h, LOCK_FILE_LINE_*). */
export function readPostmaster(pidFile: string): Postmaster | undefined {
  let text: string;
  try {
    text = readFileSync(pidFile, 'utf8');
  } catch {
    return undefined;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, isReady: lines[7]?.trim() === 'ready', text };
}

/** All processes of Postgres whose working folder is this one: the postmaster and its children, also when orphaned (Linux). */
export function serversIn(cluster: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isServerIn(pid, cluster));
}

function isServerIn(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    // Ended meanwhile, or somebody else's: then it cannot write here either.
    return false;
  }
}

/** macOS and Windows (untried there): only the pid file tells who works here. A dead number is left for Postgres to judge. */
async function freeByPidFile(cluster: string, pidFile: string): Promise<void> {
  const pid = readPostmaster(pidFile)?.pid;
  if (pid === undefined || !isAlive(pid)) return;
  if (isPostgres(pid, cluster)) {
    signalIfThere(pid, 'SIGINT');
    await untilGone(() => isAlive(pid), 30_000);
    if (isAlive(pid)) throw new Error(`An earlier Postgres (process ${pid}) still works in ${cluster}; end it, then start again.`);
    return;
  }
  rmSync(pidFile, { force: true });
}

function isPostgres(pid: number, cluster: string): boolean {
  const isWindows = process.platform === 'win32';
  const run = isWindows
    ? spawnSync('tasklist', ['/NH', '/FI', `PID eq ${pid}`], { encoding: 'utf8' })
    : spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  return isWindows ? run.stdout.includes('postgres.exe') : run.stdout.includes('postgres') && run.stdout.includes(cluster);
}

/** Whether a process of this number exists and is ours to signal. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal, which is what was wanted.
  }
}

async function untilGone(isThere: () => boolean, waitMs: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMs && isThere(); waitedMs += pollMs) await delay(pollMs);
}
