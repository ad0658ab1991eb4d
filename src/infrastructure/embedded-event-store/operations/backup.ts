/** A copy of the log as it is at one moment, made while a server may be writing. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Verified, verify } from './verify.ts';

const sync = (path: string): void => {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/**
 * Writes the copy beside its destination, makes it durable, verifies it and only then gives it its name. Restore by placing it as
 * `events.sqlite` in an empty data folder.
 */
export const backUp = (source: DatabaseSync, destination: string): Verified => {
  if (existsSync(destination)) throw new Error(`${destination} exists already.`);
  const unfinished = `${destination}.unfinished`;
  rmSync(unfinished, { force: true });
  source.prepare('vacuum into ?').run(unfinished);
  sync(unfinished);
  const copy = new DatabaseSync(unfinished, { readOnly: true });
  const verified = verify(copy);
  copy.close();
  if (verified.problems.length > 0) return verified;
  renameSync(unfinished, destination);
  sync(dirname(destination));
  return verified;
};
