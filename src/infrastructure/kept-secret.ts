/** Secrets the product makes for itself and keeps as files that only their owner can read. */
import { chmod, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from './failure.ts';

/**
 * The secret kept in the file `path`; when there is none, the one that `make` gives, written first so that a crash leaves
 * either no file or a whole one. Mode 0600. Two processes must not call it at once (the instance lock sees to that).
 */
export async function keptSecret(path: string, make: () => string): Promise<string> {
  const kept = await readSecret(path);
  if (kept !== undefined) return kept;
  const secret = make();
  const written = `${path}.new`;
  const file = await open(written, 'w', 0o600);
  try {
    // A left-over of an earlier crash keeps the mode it was made with.
    await chmod(written, 0o600);
    await file.writeFile(`${secret}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(written, path);
  await syncFolder(dirname(path));
  return secret;
}

/** The secret kept in the file `path`, or nothing when there is no such file. */
export async function readSecret(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a rename in this folder survive a power cut; Windows cannot open folders and needs no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
