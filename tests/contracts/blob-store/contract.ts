/** What every blob store promises, whatever it keeps its blobs in. An adapter's test gives it a store and, where it has one, a way to open it again. */
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type BlobStore, headBytesMax, isBlobKey } from '../../../src/application/ports/blob-store.ts';
import { fc } from '../../kit/seed.ts';
import { inChunks, within } from '../under-test.ts';

export type BlobStoreUnderTest = {
  readonly store: BlobStore;
  /** The same blobs after a stop and a start. */
  readonly reopen: () => Promise<BlobStore>;
  /** How many bytes it takes up, kept or not. */
  readonly bytesHeld: () => Promise<number>;
  readonly close: () => Promise<void>;
};

export const readAll = async (store: BlobStore, key: string): Promise<Buffer | undefined> => {
  const found = await store.read(key);
  if (found === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.content) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  expect(found.sizeBytes).toBe(all.byteLength);
  return all;
};
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(5000, 1);
  throw new Error('the sender went away');
}

export const blobStoreContract = (name: string, open: () => Promise<BlobStoreUnderTest>): void => {
  const withStore = within(open);
  const options = { bytesMax: 1 << 22 };

  describe(`the blob store ${name}`, () => {
    test('ES-10 gives back exactly what came, whatever the pieces it came in, and tells its hash and beginning', async () => {
      await withStore(async ({ store, reopen }) => {
        await fc.assert(
          fc.asyncProperty(fc.uint8Array({ maxLength: 20_000, size: 'max' }), fc.integer({ min: 1, max: 5000 }), fc.uuid(), async (content, chunk, key) => {
            const staged = await store.stage(inChunks(content, chunk), options);
            expect({ sizeBytes: staged.sizeBytes, sha256: staged.sha256 }).toEqual({ sizeBytes: content.byteLength, sha256: sha256(content) });
            expect(Buffer.from(staged.head).equals(content.subarray(0, headBytesMax))).toBe(true);
            await staged.keep(key);
            expect((await readAll(store, key))?.equals(content)).toBe(true);
          }),
          { numRuns: 25 },
        );
        const content = randomBytes(100_000);
        await (await store.stage(inChunks(content), options)).keep('a/b/c');
        expect((await readAll(await reopen(), 'a/b/c'))?.equals(content)).toBe(true);
      });
    });

    test('shows nothing before it is kept, and nothing of what was discarded', async () => {
      await withStore(async ({ store, bytesHeld }) => {
        const staged = await store.stage(inChunks(Buffer.alloc(10_000, 1)), options);
        expect(await store.read('a/b')).toBeUndefined();
        await staged.discard();
        await staged.discard();
        await staged.keep('a/b');
        expect(await store.read('a/b')).toBeUndefined();
        expect(await bytesHeld()).toBe(0);
      });
    });

    test('shows what is not kept yet to whoever has to look at it, as often as they look', async () => {
      await withStore(async ({ store, bytesHeld }) => {
        const content = randomBytes(9_000_000);
        const staged = await store.stage(inChunks(content, 100_000), { bytesMax: 1 << 24 });
        for (let times = 0; times < 2; times += 1) {
          const pieces: Uint8Array[] = [];
          for await (const piece of staged.content()) pieces.push(piece);
          expect(Buffer.concat(pieces).equals(content)).toBe(true);
        }
        for await (const piece of staged.content()) if (piece.byteLength > 0) break;
        await staged.discard();
        expect(await bytesHeld()).toBe(0);
      });
    });

    test('refuses what is larger than was allowed, to the byte, and keeps nothing of it', async () => {
      await withStore(async ({ store, bytesHeld }) => {
        await (await store.stage(inChunks(Buffer.alloc(3000)), { bytesMax: 3000 })).discard();
        await expect(store.stage(inChunks(Buffer.alloc(3001)), { bytesMax: 3000 })).rejects.toMatchObject({ name: 'BlobTooLarge' });
        expect(await bytesHeld()).toBe(0);
      });
    });

    test('passes on what broke the content off, and keeps nothing of it', async () => {
      await withStore(async ({ store, bytesHeld }) => {
        await expect(store.stage(broken(), options)).rejects.toThrow('the sender went away');
        expect(await bytesHeld()).toBe(0);
      });
    });

    test('takes an empty content, and the same content under the same key again', async () => {
      await withStore(async ({ store }) => {
        await (await store.stage(inChunks(new Uint8Array()), options)).keep('empty');
        expect((await readAll(store, 'empty'))?.byteLength).toBe(0);
        for (let times = 0; times < 2; times += 1) await (await store.stage(inChunks(Buffer.from('again')), options)).keep('one/two');
        expect(String(await readAll(store, 'one/two'))).toBe('again');
      });
    });

    test('removes a key and all below it, no other that begins alike; removing nothing changes nothing', async () => {
      await withStore(async ({ store, reopen }) => {
        for (const key of ['a/1/x', 'a/2/x', 'ab/1/x', 'b']) await (await store.stage(inChunks(Buffer.from(key)), options)).keep(key);
        await store.removeAll('a');
        await store.removeAll('a');
        await store.removeAll('never/there');
        await store.removeAll('b');
        const after = await reopen();
        expect(await Promise.all(['a/1/x', 'a/2/x', 'ab/1/x', 'b'].map(async (key) => String(await readAll(after, key))))).toEqual([
          'undefined',
          'undefined',
          'ab/1/x',
          'undefined',
        ]);
      });
    });

    test('reads nothing where nothing is, or only something below', async () => {
      await withStore(async ({ store }) => {
        await (await store.stage(inChunks(Buffer.from('x')), options)).keep('a/b');
        expect(await store.read('a')).toBeUndefined();
        expect(await store.read('a/b/c')).toBeUndefined();
        expect(await store.read('z')).toBeUndefined();
      });
    });

    test('refuses keys that lead anywhere else', async () => {
      const wrong = ['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', '.a', 'a/.b', 'a\\b', 'a b', 'a\0b', 'ä', 'C:', 'x'.repeat(301)];
      for (const key of wrong) expect({ key, isKey: isBlobKey(key) }).toEqual({ key, isKey: false });
      await withStore(async ({ store }) => {
        for (const key of wrong) {
          await expect(store.read(key)).rejects.toThrow('not a blob key');
          await expect(store.removeAll(key)).rejects.toThrow('not a blob key');
        }
      });
    });

    test('serves many at once', async () => {
      await withStore(async ({ store }) => {
        const contents = Array.from({ length: 20 }, (_, n) => Buffer.alloc(50_000, n));
        await Promise.all(contents.map(async (content, n) => (await store.stage(inChunks(content, 777), options)).keep(`many/${n}`)));
        const found = await Promise.all(contents.map((_, n) => readAll(store, `many/${n}`)));
        for (const [n, content] of contents.entries()) expect(found[n]?.equals(content)).toBe(true);
      });
    });

    test('lets a reader stop early', async () => {
      await withStore(async ({ store }) => {
        await (await store.stage(inChunks(randomBytes(1 << 20)), options)).keep('large');
        for (let times = 0; times < 50; times += 1) {
          const found = await store.read('large');
          for await (const chunk of found?.content ?? []) if (chunk.byteLength > 0) break;
        }
      });
    });
  });
};
