import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FolderBlobStore } from '../../../src/infrastructure/blob-store/folder-blob-store.ts';
import { inChunks } from '../under-test.ts';
import { type BlobStoreUnderTest, blobStoreContract, readAll } from './contract.ts';

const bytesIn = async (folder: string): Promise<number> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};
const openFolder = async (): Promise<BlobStoreUnderTest & { readonly folder: string }> => {
  const root = await mkdtemp(join(tmpdir(), 'blobs-'));
  const folder = join(root, 'data', 'blobs');
  return {
    folder,
    store: await FolderBlobStore.open(folder),
    reopen: () => FolderBlobStore.open(folder),
    bytesHeld: () => bytesIn(folder),
    close: () => rm(root, { recursive: true, force: true }),
  };
};

blobStoreContract('of a folder', openFolder);

describe('a folder of blobs', () => {
  test('ES-8 what a crash left half-written is gone after a start a day later; what was kept is there, and what another process is writing', async () => {
    const { folder, store, bytesHeld, close } = await openFolder();
    await (await store.stage(inChunks(Buffer.from('kept')), { bytesMax: 10 })).keep('a/b');
    await writeFile(join(folder, '.incoming', 'cut-off'), 'xxx');
    await utimes(join(folder, '.incoming', 'cut-off'), new Date(), new Date(Date.now() - 25 * 3_600_000));
    const staged = await store.stage(inChunks(Buffer.from('half')), { bytesMax: 10 });
    expect(await bytesHeld()).toBe(11);
    const another = await FolderBlobStore.open(folder);
    expect(await bytesHeld()).toBe(8);
    await staged.keep('c/d');
    expect(await Promise.all(['a/b', 'c/d'].map(async (key) => String(await readAll(another, key))))).toEqual(['kept', 'half']);
    await FolderBlobStore.open(folder, Date.now() + 2 * 86_400_000);
    expect(await bytesHeld()).toBe(8);
    await close();
  });

  test('an error of the file system is the store’s being unavailable, and the work can be done again', async () => {
    const { folder, store, close } = await openFolder();
    const staged = await store.stage(inChunks(Buffer.from('content')), { bytesMax: 10 });
    // A file stands where the folder of the key has to be.
    await writeFile(join(folder, 'a'), '');
    await expect(staged.keep('a/b')).rejects.toMatchObject({ name: 'BlobStoreUnavailable' });
    await rm(join(folder, 'a'));
    await staged.keep('a/b');
    expect(String(await readAll(store, 'a/b'))).toBe('content');
    await close();
  });

  test('a folder that is not one is refused at the start', async () => {
    const root = await mkdtemp(join(tmpdir(), 'blobs-'));
    await writeFile(join(root, 'file'), '');
    await expect(FolderBlobStore.open(join(root, 'file'))).rejects.toMatchObject({ name: 'BlobStoreUnavailable' });
    await mkdir(join(root, 'fine'));
    await chmod(join(root, 'fine'), 0o700);
    await FolderBlobStore.open(join(root, 'fine'));
    await rm(root, { recursive: true });
  });

  test('blobs are its owner’s alone to read', async () => {
    const { folder, store, close } = await openFolder();
    await (await store.stage(inChunks(Buffer.from('private')), { bytesMax: 10 })).keep('a/b');
    if (process.platform !== 'win32') expect((await stat(join(folder, 'a', 'b'))).mode & 0o077).toBe(0);
    await close();
  });
});
