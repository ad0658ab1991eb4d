/** What the tests of the embedded server share: folders, a program to kill, and waits that end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const program = fileURLToPath(new URL('./run-server.ts', import.meta.url));
const waitMs = 90_000;

/** A new empty folder, mode 0700. */
export async function newFolder(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'leasing-embedded-')));
}

export interface Program {
  readonly child: ChildProcess;
  /** The next line it prints, parsed. */
  nextLine(): Promise<Readonly<Record<string, unknown>>>;
  readonly exited: Promise<unknown>;
}

/** Starts the program as the leader of a process group of its own, as a terminal would. */
export function startProgram(folder: string, launcher = 'supervised'): Program {
  const child = spawn(process.execPath, [program, folder, launcher], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<Readonly<Record<string, unknown>>> => {
    const line = await within(lines.next(), 'a line of the program');
    return JSON.parse(String(line.value));
  };
  return { child, nextLine, exited: once(child, 'exit') };
}

/** The promise's value, or a failure that names what was waited for. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const giveUp = new AbortController();
  const late = delay(waitMs, undefined, { signal: giveUp.signal }).then(() => Promise.reject(new Error(`waited ${waitMs} ms in vain for ${what}`)));
  // Aborting rejects the timer, which nobody waits for any more.
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    giveUp.abort();
  }
}

/** Looks until the condition holds; fails, naming it, when it does not in time. For what gives no event, such as a stranger's process. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const until = process.uptime() + waitMs / 1000;
  while (!condition()) {
    if (process.uptime() > until) throw new Error(`waited ${waitMs} ms in vain until ${what}`);
    await delay(5);
  }
}

/** Runs one statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that ends the connection between two statements says so here; the statement then fails as well.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
