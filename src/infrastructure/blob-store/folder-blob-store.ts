/**
 * Blobs as files of a folder: `<folder>/<key>`, written to `<folder>/.incoming` first, synced, then renamed, so that a reader sees a whole
 * content or none and what was acknowledged survives a power cut.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BlobStore, BlobStoreUnavailable, isBlobKey, type StagedBlob, type StageOptions } from '../../application/ports/blob-store.ts';
import { codeOf, messageOf } from '../failure.ts';
import { syncFolder } from '../kept-secret.ts';
import { Measure, type Measured } from './measure.ts';

const incoming = '.incoming';
const dayMs = 86_400_000;
const absentCodes: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);
const isAbsent = (error: unknown): boolean => absentCodes.has(codeOf(error));

/** Every error of the file system means the same to who waits: not now. */
const available = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new BlobStoreUnavailable(`the blob folder: ${messageOf(error)}`, { cause: error });
  }
};
const checked = (key: string): string => {
  if (!isBlobKey(key)) throw new Error(`not a blob key: ${JSON.stringify(key)}`);
  return key;
};

/** Makes a folder that survives a power cut: each new level is synced into the one above it. */
const makeDurable = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const last = dirname(first);
  for (let at = folder; at.length > last.length; at = dirname(at)) await syncFolder(at);
  await syncFolder(last);
};

const writeAll = async (file: FileHandle, content: AsyncIterable<Uint8Array>, { bytesMax }: StageOptions): Promise<Measured> => {
  const measure = new Measure(bytesMax);
  for await (const piece of content) {
    measure.take(piece);
    for (let written = 0; written < piece.byteLength; ) {
      const { bytesWritten } = await available(() => file.write(piece, written));
      written += bytesWritten;
    }
  }
  await available(() => file.sync());
  return measure.result();
};

const removeOlder = async (path: string, beforeMs: number): Promise<void> => {
  try {
    if ((await stat(path)).mtimeMs < beforeMs) await rm(path, { force: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
};

export class FolderBlobStore implements BlobStore {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /**
   * Opens the store in `root`, made if it is not there. What was begun more than a day before `nowMs` and never kept is deleted; what is newer
   * may be another process's, which shares the folder.
   */
  static async open(root: string, nowMs: number = Date.now()): Promise<FolderBlobStore> {
    return available(async () => {
      await makeDurable(join(root, incoming));
      for (const name of await readdir(join(root, incoming))) await removeOlder(join(root, incoming, name), nowMs - dayMs);
      return new FolderBlobStore(root);
    });
  }

  async stage(content: AsyncIterable<Uint8Array>, options: StageOptions): Promise<StagedBlob> {
    const path = join(this.#root, incoming, randomUUID());
    const file = await available(() => open(path, 'wx', 0o600));
    try {
      const written = await writeAll(file, content, options);
      return this.#staged(path, written);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  #staged(path: string, written: Measured): StagedBlob {
    let isEnded = false;
    const once = async (work: () => Promise<void>): Promise<void> => {
      if (isEnded) return;
      await available(work);
      isEnded = true;
    };
    return {
      ...written,
      content: () => contentOf(path),
      keep: (key) => {
        const target = join(this.#root, checked(key));
        return once(async () => {
          await makeDurable(dirname(target));
          await rename(path, target);
          await syncFolder(dirname(target));
        });
      },
      discard: () => once(() => rm(path, { force: true })),
    };
  }

  async read(key: string): Promise<{ readonly sizeBytes: number; readonly content: AsyncIterable<Uint8Array> } | undefined> {
    const path = join(this.#root, checked(key));
    return available(async () => {
      try {
        const found = await stat(path);
        return found.isFile() ? { sizeBytes: found.size, content: contentOf(path) } : undefined;
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    });
  }

  async removeAll(key: string): Promise<void> {
    const path = join(this.#root, checked(key));
    await available(async () => {
      await rm(path, { recursive: true, force: true });
      try {
        await syncFolder(dirname(path));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
    });
  }
}

/** The file from its beginning; opened by the first step, so that nothing is held open for a reader who never comes. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path);
  try {
    yield* stream;
  } catch (error) {
    throw new BlobStoreUnavailable(`the blob folder: ${messageOf(error)}`, { cause: error });
  } finally {
    stream.destroy();
  }
}
