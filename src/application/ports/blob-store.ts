/** Where the contents of attachments lie. Adapters: infrastructure/blob-store. Every adapter passes tests/contracts/blob-store. */

/** Content that has come whole and is durable, but that nobody can read yet. One of `keep` and `discard` ends it; the other then does nothing. */
export interface StagedBlob {
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** The first bytes, at most `headBytesMax`. */
  readonly head: Uint8Array;
  /** The content from its beginning, for whoever has to look at it before it is kept; until `keep` or `discard`. */
  content(): AsyncIterable<Uint8Array>;
  /** Lets the content be read under `key` from now on. The same content under the same key again changes nothing. */
  keep(key: string): Promise<void>;
  /** Gives the space back. */
  discard(): Promise<void>;
}
export type StageOptions = {
  /** What comes beyond is not read: `BlobTooLarge`. */
  readonly bytesMax: number;
};

export const headBytesMax = 4096;
/**
 * Keys are paths of letters, digits, `.`, `_` and `-` between single slashes, at most 300 characters. The last part of a file's key is its
 * content's SHA-256, so what is read can be held against its name. No key begins with a dot: an adapter's own folders may.
 */
export interface BlobStore {
  /** Takes content in, hashing it on the way. Throws `BlobTooLarge`, `BlobStoreUnavailable`, or what the content itself threw; nothing is left behind then. */
  stage(content: AsyncIterable<Uint8Array>, options: StageOptions): Promise<StagedBlob>;
  /** The content under `key`, or nothing where there is none. Stopping the iteration early gives all resources back. */
  read(key: string): Promise<{ readonly sizeBytes: number; readonly content: AsyncIterable<Uint8Array> } | undefined>;
  /** Deletes the content under this key and everything whose key begins with it and a slash. Where there is nothing, nothing happens. */
  removeAll(key: string): Promise<void>;
}

/** The content is larger than was allowed. */
export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge';
}
/** The store cannot be reached, is full or refuses: nothing was kept, the same work may be tried again later. */
export class BlobStoreUnavailable extends Error {
  override readonly name = 'BlobStoreUnavailable';
}

const key = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;
/** No empty part, none that begins with a dot, nothing that a file system or an address would read otherwise. */
export const isBlobKey = (text: string): boolean => text.length <= 300 && key.test(text);
