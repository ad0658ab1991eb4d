/** Small files written whole or not at all: what the adapters keep that stand in for services outside. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../failure.ts';
import { syncFolder } from '../kept-secret.ts';

/** Writes `name` in `folder` (made where missing); durable when it resolves. Writing it again replaces it. */
export const writeWhole = async (folder: string, name: string, content: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const written = join(folder, `.${name}.new`);
  const file = await open(written, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(written, join(folder, name));
  await syncFolder(folder);
};

/** The names of the whole files in `folder`; none where there is no such folder. */
export const filesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
};

/** The content of a file, or nothing where there is none. */
export const readWhole = async (folder: string, name: string): Promise<string | undefined> => {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

export const removeFile = async (folder: string, name: string): Promise<void> => {
  await rm(join(folder, name), { force: true });
};
