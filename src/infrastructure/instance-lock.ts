/**
 * One instance per data folder. The lock is SQLite's own exclusive lock on a small file, which the kernel frees however
 * the process ends, so that there is never a stale lock to clean up.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from './failure.ts';

export type InstanceLock = { readonly ok: true; release(): void } | { readonly ok: false; readonly error: string };

/** SQLITE_BUSY: somebody else has the lock. */
const sqliteBusy = 5;
const lockFileName = 'instance.lock';
/** Who holds the lock, for the error's sentence only. A file of its own: closing the lock file once would drop the lock (POSIX). */
const holderFileName = 'instance.pid';

/** Keeps what is locked from the garbage collector, which would close the database and with it free the lock, whatever the caller keeps. */
const held = new Set<DatabaseSync>();

/**
 * Takes the data folder for this process, making the folder where needed. Refused, with one sentence that says what to do,
 * when another instance has it or the folder cannot be written.
 */
export function acquireInstanceLock(folder: string): InstanceLock {
  const place = resolve(folder);
  let database: DatabaseSync;
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(place, lockFileName), { timeout: 0 });
  } catch (error) {
    return { ok: false, error: `The data folder ${place} cannot be used (${messageOf(error)}); choose another with DATA_DIR.` };
  }
  try {
    database.exec('begin exclusive');
    writeFileSync(join(place, holderFileName), `${process.pid}\n`);
  } catch (error) {
    database.close();
    return { ok: false, error: refusal(place, error) };
  }
  held.add(database);
  return { ok: true, release: () => release(place, database) };
}

function release(place: string, database: DatabaseSync): void {
  if (!held.delete(database)) return;
  rmSync(join(place, holderFileName), { force: true });
  database.close();
}

function refusal(place: string, error: unknown): string {
  const isBusy = typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === sqliteBusy;
  if (!isBusy) return `The data folder ${place} cannot be locked (${messageOf(error)}); choose another with DATA_DIR.`;
  const holder = holderOf(place);
  const who = holder === undefined ? '' : ` (process ${holder})`;
  return `Another instance${who} is using the data folder ${place}; stop it, or choose another folder with DATA_DIR.`;
}

function holderOf(place: string): string | undefined {
  try {
    return readFileSync(join(place, holderFileName), 'utf8').match(/^\d+/)?.[0];
  } catch {
    return undefined;
  }
}
