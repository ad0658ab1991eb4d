import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { S3BlobStore } from '../../../src/infrastructure/blob-store/s3-blob-store.ts';
import { parseS3Url } from '../../../src/infrastructure/blob-store/s3-url.ts';
import { S3Server, type Trouble } from '../../kit/s3-server.ts';
import { inChunks } from '../under-test.ts';
import { type BlobStoreUnderTest, blobStoreContract, readAll } from './contract.ts';

const prefix = 'some/where/';
const openS3 = async (idleMs = 5000): Promise<BlobStoreUnderTest & { readonly server: S3Server; readonly store: S3BlobStore }> => {
  const server = new S3Server();
  const endpoint = await server.start();
  const place = { bucket: server.bucket, prefix, region: 'eu-central-1', endpoint };
  const opened: S3BlobStore[] = [];
  const open = async (): Promise<S3BlobStore> => {
    const store = await S3BlobStore.open({ place, credentials: server.secret, nowMs: Date.now, timeouts: { connectMs: 1000, idleMs } });
    opened.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of opened) store.close();
    await server.stop();
  };
  return { server, store: await open(), reopen: open, bytesHeld: async () => server.bytesHeld(), close };
};

blobStoreContract('of an S3 bucket', async () => {
  const under = await openS3();
  return {
    ...under,
    close: async () => {
      await under.close();
      // Each request was signed, and what carried content had its checksum.
      expect(under.server.faults).toEqual([]);
      expect(under.server.uploads.size).toBe(0);
    },
  };
});

type Under = Awaited<ReturnType<typeof openS3>>;
const withS3 = async (work: (under: Under) => Promise<void>, idleMs?: number): Promise<void> => {
  const under = await openS3(idleMs);
  try {
    await work(under);
  } finally {
    await under.close();
  }
};
const limit = { bytesMax: 1 << 26 };
const large = randomBytes(20 * 1024 * 1024 + 17);
const kept = async ({ store }: Under, key: string, content: Uint8Array): Promise<void> => {
  await (await store.stage(inChunks(content, 100_000), limit)).keep(key);
};
const always = (kind: Trouble['kind'], on: Trouble['on'] = () => true): Trouble => ({ times: Number.POSITIVE_INFINITY, on, kind });
const unavailable = { name: 'BlobStoreUnavailable' };
const refused = { is: 'error', status: 403, code: 'AccessDenied' } as const;

describe('a bucket of blobs', () => {
  test('a large content goes in parts, one at a time, and comes back whole; all lies below the prefix', async () => {
    await withS3(async (under) => {
      await kept(under, 'a/large', large);
      expect((await readAll(under.store, 'a/large'))?.equals(large)).toBe(true);
      const parts = under.server.asked.filter((each) => each.includes('partNumber='));
      expect(parts.map((each) => /partNumber=(\d+)/.exec(each)?.[1])).toEqual(['1', '2', '3']);
      expect([...under.server.objects.keys()]).toEqual([`${prefix}a/large`]);
      expect(under.server.faults).toEqual([]);
    });
  });

  test('a large content that is broken off, or is larger than allowed, leaves no part behind', async () => {
    await withS3(async ({ store, server, bytesHeld }) => {
      const broken = async function* () {
        yield large;
        throw new Error('the sender went away');
      };
      await expect(store.stage(broken(), limit)).rejects.toThrow('the sender went away');
      await expect(store.stage(inChunks(large, 1_000_000), { bytesMax: large.byteLength - 1 })).rejects.toMatchObject({ name: 'BlobTooLarge' });
      expect({ uploads: server.uploads.size, bytes: await bytesHeld() }).toEqual({ uploads: 0, bytes: 0 });
    });
  });

  test('a producer may use its buffer again', async () => {
    await withS3(async (under) => {
      const buffer = Buffer.alloc(1000);
      const reusing = async function* () {
        for (let n = 0; n < 20; n += 1) yield buffer.fill(n);
      };
      await (await under.store.stage(reusing(), limit)).keep('a');
      expect((await readAll(under.store, 'a'))?.equals(Buffer.concat(Array.from({ length: 20 }, (_, n) => Buffer.alloc(1000, n))))).toBe(true);
    });
  });

  test('a download that breaks is taken up where it broke, by a range of the same object', async () => {
    await withS3(async (under) => {
      await kept(under, 'a', large);
      under.server.troubles.push({ times: 2, on: ({ method }) => method === 'GET', kind: { is: 'cut', afterBytes: 3_000_000 } });
      under.server.asked.length = 0;
      expect((await readAll(under.store, 'a'))?.equals(large)).toBe(true);
      expect(under.server.asked.filter((each) => each.startsWith('GET')).length).toBe(3);
    });
  });

  test('a download whose object was replaced meanwhile ends as unavailable, never as a mixture', async () => {
    await withS3(async (under) => {
      await kept(under, 'a', large);
      under.server.troubles.push({ times: 1, on: ({ method }) => method === 'GET', kind: { is: 'cut', afterBytes: 3_000_000 } });
      const found = await under.store.read('a');
      const reading = async (): Promise<void> => {
        for await (const piece of found?.content ?? []) {
          const name = `${prefix}a`;
          if (piece.byteLength > 0) under.server.objects.set(name, { body: Buffer.alloc(large.byteLength), etag: '"another"', modified: new Date() });
        }
      };
      await expect(reading()).rejects.toMatchObject(unavailable);
    });
  });

  test('passing errors are tried again; lasting ones are the store’s being unavailable, and the work can be done again', async () => {
    await withS3(async (under) => {
      const { server, store } = under;
      server.troubles.push({ times: 2, on: ({ method }) => method === 'PUT', kind: { is: 'error', status: 503, code: 'SlowDown' } });
      await kept(under, 'a', Buffer.from('a'));
      const staged = await store.stage(inChunks(Buffer.from('b')), limit);
      const denied = always(refused);
      server.troubles.push(denied);
      await expect(staged.keep('b')).rejects.toMatchObject(unavailable);
      await expect(store.stage(inChunks(large), limit)).rejects.toMatchObject(unavailable);
      await expect(store.read('a')).rejects.toMatchObject(unavailable);
      await expect(store.removeAll('a')).rejects.toMatchObject(unavailable);
      denied.times = 0;
      await staged.keep('b');
      expect(String(await readAll(store, 'b'))).toBe('b');
      expect(String(await readAll(store, 'a'))).toBe('a');
    });
  });

  test.each(['PUT', 'POST', 'DELETE', 'HEAD'])('an answer to %s that is lost changes nothing: it is asked again', async (lost) => {
    await withS3(async (under) => {
      under.server.troubles.push({ times: 2, on: ({ method }) => method === lost, kind: { is: 'lost' } });
      await kept(under, 'a', large.subarray(0, 9_000_000));
      expect((await readAll(under.store, 'a'))?.equals(large.subarray(0, 9_000_000))).toBe(true);
      await under.store.removeAll('a');
      expect(under.server.objects.size).toBe(0);
    });
  });

  test('what is told of a failure is a name and a status: no address, no key, no secret', async () => {
    await withS3(async ({ server, store }) => {
      server.troubles.push(always(refused));
      const told = await store.removeAll('person/secret').catch((error: unknown) => String(error));
      expect(told).toBe('BlobStoreUnavailable: S3: AccessDenied (403)');
    });
  });

  test('a server that falls silent or stops within an answer is given up', async () => {
    await withS3(async (under) => {
      await kept(under, 'a', Buffer.alloc(10_000));
      under.server.troubles.push(always({ is: 'stuck' }, ({ method }) => method === 'GET'));
      await expect(readAll(under.store, 'a')).rejects.toMatchObject(unavailable);
      under.server.troubles.splice(0, 1, always({ is: 'silent' }));
      await expect(under.store.read('a')).rejects.toMatchObject(unavailable);
    }, 300);
  });

  test('a slow answer is waited for as long as something comes, however long the whole takes', async () => {
    await withS3(async (under) => {
      const content = randomBytes(100_000);
      await kept(under, 'a', content);
      under.server.troubles.push({ times: 1, on: ({ method }) => method === 'GET', kind: { is: 'slow', pieces: 16, everyMs: 120 } });
      under.server.asked.length = 0;
      expect((await readAll(under.store, 'a'))?.equals(content)).toBe(true);
      expect(under.server.asked.filter((each) => each.startsWith('GET')).length).toBe(1);
    }, 1500);
  });

  test('ES-8 what another node began more than a day ago and never kept is gone after the next start; what is newer stays', async () => {
    await withS3(async ({ server, store, reopen }) => {
      await store.stage(inChunks(Buffer.from('old')), limit);
      for (const object of server.objects.values()) object.modified = new Date(Date.now() - 25 * 3_600_000);
      const lost = { parts: new Map([[1, Buffer.alloc(10)]]), initiated: new Date(Date.now() - 25 * 3_600_000) };
      server.uploads.set('old', { key: `${prefix}.incoming/old`, ...lost });
      server.uploads.set('foreign', { key: 'else/.incoming/old', ...lost });
      const staged = await store.stage(inChunks(Buffer.from('new')), limit);
      await reopen();
      expect([...server.uploads.keys()]).toEqual(['foreign']);
      expect([...server.objects.values()].map(({ body }) => String(body))).toEqual(['new']);
      await staged.keep('a');
      expect(String(await readAll(store, 'a'))).toBe('new');
    });
  });

  test('a bucket that is not there, or wrong credentials, are refused at the start', async () => {
    const server = new S3Server();
    const endpoint = await server.start();
    const place = { bucket: 'no-such-bucket', prefix: '', region: 'us-east-1', endpoint };
    const open = (bucket: string, secretAccessKey: string) =>
      S3BlobStore.open({ place: { ...place, bucket }, credentials: { ...server.secret, secretAccessKey }, nowMs: Date.now });
    await expect(open('no-such-bucket', server.secret.secretAccessKey)).rejects.toThrow('NoSuchBucket (404)');
    await expect(open(server.bucket, 'wrong')).rejects.toThrow('SignatureDoesNotMatch (403)');
    await server.stop();
    await expect(open(server.bucket, server.secret.secretAccessKey)).rejects.toThrow('S3: ECONNREFUSED');
  });
});

describe('the address of a bucket', () => {
  test.each([
    ['s3://blobs', { bucket: 'blobs', prefix: '', region: 'us-east-1' }],
    ['s3://blobs/', { bucket: 'blobs', prefix: '', region: 'us-east-1' }],
    ['s3://my.blobs-1/a/b/?region=eu-west-3', { bucket: 'my.blobs-1', prefix: 'a/b/', region: 'eu-west-3' }],
    ['s3://blobs/a?endpoint=http://127.0.0.1:9000&region=x', { bucket: 'blobs', prefix: 'a/', region: 'x', endpoint: 'http://127.0.0.1:9000' }],
  ])('%s', (text, place) => expect(parseS3Url(text)).toEqual(place));

  test.each([
    'https://blobs',
    's3://',
    's3://ab',
    's3://Blobs_1',
    's3://blobs:9000',
    's3://key:secret@blobs',
    's3://blobs/a//b',
    's3://blobs/../x',
    's3://blobs/.hidden',
    's3://blobs/a b',
    's3://blobs?region=',
    's3://blobs?region=a&region=b',
    's3://blobs?secret=x',
    's3://blobs?endpoint=ftp://x',
    's3://blobs?endpoint=https://user@x',
    's3://blobs?endpoint=https://x/path',
    's3://blobs#x',
    's3://192.168.0.1',
  ])('refuses %s', (text) => {
    const parsed = parseS3Url(text);
    // `..` is resolved by the address itself: what is left is below the bucket.
    expect(text === 's3://blobs/../x' ? parsed?.prefix : parsed).toEqual(text === 's3://blobs/../x' ? 'x/' : undefined);
  });
});
