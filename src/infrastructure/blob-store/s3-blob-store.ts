/**
 * Blobs as objects of an S3 bucket, for installations of several nodes. Content goes to `.incoming/<uuid>` first and is copied under its key
 * when it is kept, so that a reader sees a whole content or none. Loaded only where `BLOB_URL` names a bucket: the client is a large part of a
 * start.
 */
import { randomUUID } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { type BlobStore, BlobStoreUnavailable, isBlobKey, type StagedBlob, type StageOptions } from '../../application/ports/blob-store.ts';
import { codeOf, messageOf } from '../failure.ts';
import { Measure, type Measured } from './measure.ts';
import { IncomingObject, partBytes } from './s3-incoming.ts';
import type { S3Place } from './s3-url.ts';

export type S3Options = {
  readonly place: S3Place;
  /** For the age of what was left behind. */
  readonly nowMs: () => number;
  /** Absent: what the usual variables and files of AWS say (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, an instance's role …). */
  readonly credentials?: NonNullable<S3ClientConfig['credentials']>;
  /** How long a connection may take, and how long nothing may come. */
  readonly timeouts?: { readonly connectMs: number; readonly idleMs: number };
};

const incoming = '.incoming/';
const dayMs = 86_400_000;
const resumesMax = 3;
const usualTimeouts = { connectMs: 5000, idleMs: 30_000 } as const;

const nameOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : 'unknown');
const statusOf = (error: unknown): number | undefined => {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined;
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
};
/** Name and status, or the system's code, only: what a client says of a failure may hold addresses and parts of keys. */
const unavailable = (error: unknown): BlobStoreUnavailable => {
  const status = statusOf(error);
  // The client wraps what is no error of its own realm; then the code stands in the message alone.
  const code = codeOf(error) ?? /\bE[A-Z]{4,}\b/.exec(messageOf(error))?.[0];
  const why = status === undefined ? (code ?? nameOf(error)) : `${nameOf(error)} (${status})`;
  return new BlobStoreUnavailable(`S3: ${why}`, { cause: error });
};
const reached = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
};
const checked = (key: string): string => {
  if (!isBlobKey(key)) throw new Error(`not a blob key: ${JSON.stringify(key)}`);
  return key;
};
/** `CopySource` is a path of an address: each part is escaped, slashes are not. */
const copySource = (bucket: string, key: string): string => [bucket, ...key.split('/')].map(encodeURIComponent).join('/');

type Found = { readonly sizeBytes: number; readonly etag: string | undefined };
const isBytes = (body: unknown): body is AsyncIterable<Uint8Array> & { destroy(): void } =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'destroy' in body;

const clientOf = ({ place: { region, endpoint }, credentials, timeouts = usualTimeouts }: S3Options): S3Client =>
  new S3Client({
    region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: timeouts.connectMs, requestTimeout: timeouts.idleMs, socketTimeout: timeouts.idleMs, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  });

export class S3BlobStore implements BlobStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  private constructor(options: S3Options) {
    this.#client = clientOf(options);
    this.#bucket = options.place.bucket;
    this.#prefix = options.place.prefix;
  }

  /**
   * Opens the store; what some node began more than a day ago and never kept is deleted. Throws `BlobStoreUnavailable` where the bucket cannot
   * be reached or listed with these credentials.
   */
  static async open(options: S3Options): Promise<S3BlobStore> {
    const store = new S3BlobStore(options);
    try {
      await reached(() => store.#tidy(options.nowMs() - dayMs));
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async stage(content: AsyncIterable<Uint8Array>, { bytesMax }: StageOptions): Promise<StagedBlob> {
    const key = `${this.#prefix}${incoming}${randomUUID()}`;
    const object = new IncomingObject(this.#client, { Bucket: this.#bucket, Key: key });
    try {
      return this.#staged(key, await writeAll(object, content, bytesMax));
    } catch (error) {
      await object.abandon();
      throw error;
    }
  }

  #staged(key: string, written: Measured): StagedBlob {
    let isEnded = false;
    const once = async (work: () => Promise<void>): Promise<void> => {
      if (isEnded) return;
      await reached(work);
      isEnded = true;
    };
    const discard = async (): Promise<void> => {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }));
    };
    return {
      ...written,
      content: () => this.#content(key, { sizeBytes: written.sizeBytes, etag: undefined }),
      keep: (to) => {
        const Key = this.#prefix + checked(to);
        return once(async () => {
          await this.#client.send(new CopyObjectCommand({ Bucket: this.#bucket, Key, CopySource: copySource(this.#bucket, key) }));
          // It is kept; what stays behind is tidied a day later.
          await discard().catch(() => undefined);
        });
      },
      discard: () => once(discard),
    };
  }

  async read(key: string): Promise<{ readonly sizeBytes: number; readonly content: AsyncIterable<Uint8Array> } | undefined> {
    const name = this.#prefix + checked(key);
    const found = await this.#find(name);
    return found === undefined ? undefined : { sizeBytes: found.sizeBytes, content: this.#content(name, found) };
  }

  async removeAll(key: string): Promise<void> {
    const name = this.#prefix + checked(key);
    await reached(async () => {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: name }));
      for await (const { Key } of this.#listed(`${name}/`)) await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
    });
  }

  async #find(name: string): Promise<Found | undefined> {
    try {
      const { ContentLength = 0, ETag } = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: name }));
      return { sizeBytes: ContentLength, etag: ETag };
    } catch (error) {
      // The answer to HEAD has no body: by its status alone, a missing bucket reads the same. `open` has seen the bucket.
      if (statusOf(error) === 404) return undefined;
      throw unavailable(error);
    }
  }

  /** The object from its beginning, asked for by the first step; a connection that breaks is taken up again where it broke. */
  async *#content(name: string, { sizeBytes, etag }: Found): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (let failures = 0; at < sizeBytes; ) {
      const from = at;
      const body = await this.#from(name, at, etag);
      try {
        for await (const piece of body) {
          at += piece.byteLength;
          yield piece;
        }
        if (at < sizeBytes) throw new Error('the content ended early');
      } catch (error) {
        failures = at > from ? 1 : failures + 1;
        if (failures > resumesMax) throw unavailable(error);
      } finally {
        body.destroy();
      }
    }
  }

  async #from(name: string, at: number, etag: string | undefined): Promise<AsyncIterable<Uint8Array> & { destroy(): void }> {
    return reached(async () => {
      const asked = { Bucket: this.#bucket, Key: name, ...(etag === undefined ? {} : { IfMatch: etag }), ...(at === 0 ? {} : { Range: `bytes=${at}-` }) };
      const { Body, ContentRange = '' } = await this.#client.send(new GetObjectCommand(asked));
      if (!isBytes(Body)) throw new Error('a content without a body');
      if (at > 0 && !ContentRange.startsWith(`bytes ${at}-`)) {
        Body.destroy();
        throw new Error('another range than was asked for');
      }
      return Body;
    });
  }

  async *#listed(Prefix: string): AsyncGenerator<{ readonly Key: string; readonly modifiedMs: number }> {
    let more: string | undefined;
    do {
      const next = more === undefined ? {} : { ContinuationToken: more };
      const { Contents = [], NextContinuationToken } = await this.#client.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, ...next }));
      for (const { Key, LastModified } of Contents) if (Key !== undefined) yield { Key, modifiedMs: LastModified?.getTime() ?? 0 };
      more = NextContinuationToken;
    } while (more !== undefined);
  }

  async #tidy(beforeMs: number): Promise<void> {
    const Prefix = this.#prefix + incoming;
    for await (const { Key, modifiedMs } of this.#listed(Prefix))
      if (modifiedMs < beforeMs) await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
    // At most a thousand at a start; the next start takes the rest.
    const { Uploads = [] } = await this.#client.send(new ListMultipartUploadsCommand({ Bucket: this.#bucket, Prefix }));
    for (const { Key, UploadId, Initiated } of Uploads) {
      const isOld = Key !== undefined && UploadId !== undefined && (Initiated?.getTime() ?? 0) < beforeMs;
      if (isOld) await this.#client.send(new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId }));
    }
  }
}

/** Sends the content in parts; the producer waits while one is under way, so that memory stays flat. */
const writeAll = async (object: IncomingObject, content: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Measured> => {
  const measure = new Measure(bytesMax);
  const part = Buffer.allocUnsafe(Math.min(partBytes, bytesMax));
  let filled = 0;
  for await (const piece of content) {
    measure.take(piece);
    for (let at = 0; at < piece.byteLength; ) {
      if (filled === part.byteLength) {
        await reached(() => object.part(part));
        filled = 0;
      }
      const taken = Math.min(part.byteLength - filled, piece.byteLength - at);
      part.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
    }
  }
  const rest = part.subarray(0, filled);
  await reached(() => object.finish(rest));
  return measure.result();
};
