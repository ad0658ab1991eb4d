/** Bringing the server up on a port, and down again. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, messageOf } from '../../failure.ts';
import type { PostgresBinaries } from './binaries.ts';
import { type LogView, logFrom } from './log.ts';
import { isAlive, readPostmaster } from './recovery.ts';
import { type PostgresSettings, renderSettings } from './settings.ts';
import { cleanEnvironment, type Exit, type Supervised, supervise } from './supervised.ts';

const portAttemptsMax = 5;
const pollMs = 10;
const lookMs = 200;
/** Recovery after a crash replays at most `max_wal_size` of log; this is far beyond it on a slow disk. */
const readyWaitMs = 300_000;
const fastStopWaitMs = 60_000;

/** Starts the server on a cluster whose configuration is written. */
export type Launcher = (cluster: string, logFile: string) => Supervised;

export interface LaunchPlan {
  readonly cluster: string;
  readonly logFile: string;
  readonly launcher: Launcher;
  /** 0: any free one. */
  readonly port: number;
  readonly settings: PostgresSettings;
  readonly spawned: () => void;
}

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
  /** Why the server ended, if it did without `stop`. */
  readonly unexpectedExit: Promise<string>;
}

/** A server that accepts connections. A free port may be taken by another program before Postgres binds it: then the next one is tried. */
export async function launch(plan: LaunchPlan): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await probePort(plan.port);
    const log = logFrom(plan.logFile);
    const pidFile = join(plan.cluster, 'postmaster.pid');
    const before = readPostmaster(pidFile)?.text;
    writeFileSync(join(plan.cluster, 'postgresql.conf'), renderSettings(port, plan.settings), { mode: 0o600 });
    const server = plan.launcher(plan.cluster, plan.logFile);
    plan.spawned();
    const exit = await untilReady(server, () => isReadyAgain(pidFile, before));
    if (exit === undefined) return running(server, port, log);
    if (log.saysPortTaken() && plan.port === 0 && attempt < portAttemptsMax) continue;
    if (log.saysPortTaken()) throw portTaken(port);
    throw new Error(`The embedded Postgres did not start: ${describeExit(exit, log)} (see ${plan.logFile}).`);
  }
}

function isReadyAgain(pidFile: string, before: string | undefined): boolean {
  const now = readPostmaster(pidFile);
  return now?.isReady === true && now.text !== before;
}

/** Nothing when the server is ready, else how it ended. */
async function untilReady(server: Supervised, isReady: () => boolean): Promise<Exit | undefined> {
  let exit: Exit | undefined;
  const ended = server.exited.then((how) => {
    exit = how;
  });
  for (let waitedMs = 0; waitedMs < readyWaitMs; waitedMs += pollMs) {
    await Promise.race([ended, delay(pollMs)]);
    if (exit !== undefined) return exit;
    if (isReady()) return undefined;
  }
  server.stopNow();
  return await server.exited;
}

function running(server: Supervised, port: number, log: LogView): RunningServer {
  let stopping: Promise<void> | undefined;
  const unexpectedExit = new Promise<string>((resolve) => {
    const told = (why: string): void => {
      if (stopping === undefined) resolve(why);
    };
    server.exited.then(
      (exit) => told(describeExit(exit, log)),
      (error: unknown) => told(messageOf(error)),
    );
  });
  const stop = (): Promise<void> => {
    stopping ??= stopServer(server);
    return stopping;
  };
  return { port, unexpectedExit, stop };
}

async function stopServer(server: Supervised): Promise<void> {
  const giveUp = new AbortController();
  server.stopFast();
  const late = delay(fastStopWaitMs, 'late', { signal: giveUp.signal }).catch(() => undefined);
  const first = await Promise.race([server.exited, late]);
  giveUp.abort();
  if (first === 'late') server.stopNow();
  await server.exited;
}

function describeExit(exit: Exit, log: LogView): string {
  return log.lastError() ?? (exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : exit.signal);
}

function portTaken(port: number): Error {
  return new Error(`Port ${port} of 127.0.0.1 is taken by another program; stop it, or choose another port for the embedded Postgres.`);
}

/** Gives the port, or a free one for 0; throws one sentence when it cannot be had. */
async function probePort(wanted: number): Promise<number> {
  const probe = createServer();
  return await new Promise((resolve, reject) => {
    probe.once('error', (cause) => {
      reject(
        codeOf(cause) === 'EADDRINUSE'
          ? portTaken(wanted)
          : new Error(`Port ${wanted} of 127.0.0.1 cannot be used by the embedded Postgres (${cause.message}).`, { cause }),
      );
    });
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

interface Commands {
  /** What goes before each command, such as a user namespace. */
  readonly prefix: readonly string[];
  readonly binaries: PostgresBinaries;
}

/** Linux: the server under our supervisor. */
export function supervisedLauncher({ prefix, binaries }: Commands): Launcher {
  return (cluster, logFile) => {
    const logFd = openSync(logFile, 'a', 0o600);
    try {
      return supervise([...prefix, binaries.postgres, '-D', cluster], logFd);
    } finally {
      closeSync(logFd);
    }
  };
}

/** macOS and Windows: the server by `pg_ctl`, on its own from then on (tried on Linux only). Its end is noticed by looking for its process. */
export function pgCtlLauncher({ prefix, binaries }: Commands): Launcher {
  return (cluster, logFile) => {
    const [program = '', ...args] = [...prefix, binaries.pgCtl];
    const run = (...more: readonly string[]): Promise<Exit> => {
      const child = spawn(program, [...args, ...more, '-D', cluster], { env: cleanEnvironment(), detached: true, stdio: 'ignore', windowsHide: true });
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve({ code, signal }));
      });
    };
    // A stop that fails is seen as a server that does not end, and answered by the next harder one.
    const stop = (mode: string): void => void run('stop', '-m', mode).catch(() => undefined);
    const started = run('start', '-l', logFile, '-t', String(readyWaitMs / 1000));
    return { exited: exitAfterStart(started, join(cluster, 'postmaster.pid')), stopFast: () => stop('fast'), stopNow: () => stop('immediate') };
  };
}

async function exitAfterStart(started: Promise<Exit>, pidFile: string): Promise<Exit> {
  const start = await started;
  if (start.code !== 0) return start;
  const pid = readPostmaster(pidFile)?.pid;
  while (pid !== undefined && isAlive(pid)) await delay(lookMs);
  return { code: null, signal: null };
}
