/** Programs of Postgres under a small shell, so that they never outlive this process and never die of a Ctrl-C meant for it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import type { PostgresBinaries } from './binaries.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Supervised {
  readonly exited: Promise<Exit>;
  /** Fast shutdown: clients are cut off, work in progress is rolled back, everything is written. */
  stopFast(): void;
  /** What also happens when this process dies: the program ends at once and recovers from its log at the next start. */
  stopNow(): void;
}

/**
 * A line on stdin asks the program to stop (SIGINT), the end of stdin makes it (SIGQUIT, again until it is gone, because a program that
 * is just starting ignores it: shells start background programs with SIGINT and SIGQUIT ignored). The shell itself ignores what a
 * service manager sends to the whole group, or nobody would be left to watch.
 */
const supervisor = `
trap '' INT TERM HUP
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{
  while read -r _; do kill -INT "$program"; done
  tries=0
  while kill -QUIT "$program" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$program"
} <&3 >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill -KILL "$watcher" 2>/dev/null
exit "$status"
`;

/** Runs `command` supervised, its output going to the open file `logFd`. Linux only: needs a POSIX shell and a sleep that takes fractions. */
export function supervise(command: readonly string[], logFd: number): Supervised {
  const child = spawn('/bin/sh', ['-c', supervisor, 'postgres', ...command], {
    cwd: '/',
    detached: true,
    env: cleanEnvironment(),
    stdio: ['pipe', logFd, logFd],
  });
  // Writing to a program that has just ended fails; `exited` tells of that end.
  child.stdin?.on('error', () => undefined);
  return {
    exited: exitOf(child),
    stopFast: () => void child.stdin?.write('stop\n'),
    stopNow: () => void child.stdin?.destroy(),
  };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      child.stdin?.destroy();
      resolve({ code, signal });
    });
  });
}

/** The environment without libpq's variables, which would redirect the server's own programs, and with a known language and time zone. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG|TZ$)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

/**
 * What goes before every command so that Postgres, which refuses to run as root, sees another user: a user namespace in which
 * we are user 1. The files still belong to us, so it works in folders that nobody else may enter. Nothing for an ordinary user. Also used for
 * a user without an entry in the list of users, which initdb refuses. Throws one sentence where it cannot work.
 */
export function userPrefix(binaries: PostgresBinaries, folder: string): readonly string[] {
  if (process.platform !== 'linux' || !needsAnotherUser()) return [];
  const prefix = ['unshare', '--user', '--map-user=1', '--map-group=1'];
  const probe = (test: readonly string[]): number | null => spawnSync('unshare', [...prefix.slice(1), ...test], { stdio: 'ignore' }).status;
  if (probe(['true']) !== 0) {
    throw new Error(
      'Postgres refuses to run as root, and this machine forbids the user namespace that would help; run as an ordinary user, or set DATABASE_URL.',
    );
  }
  for (const [flag, path] of [
    ['-x', binaries.postgres],
    ['-w', folder],
  ] as const) {
    if (probe(['test', flag, path]) !== 0) {
      throw new Error(`Postgres cannot use ${path} while run as root, because a folder above belongs to another user; run as that user, or set DATABASE_URL.`);
    }
  }
  return prefix;
}

function needsAnotherUser(): boolean {
  if (process.getuid?.() === 0) return true;
  try {
    userInfo();
    return false;
  } catch {
    return true;
  }
}
