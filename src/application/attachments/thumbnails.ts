/** Thumbnails of pictures: made when first asked for, kept beside the file, gone with it. A broken picture costs nothing but its thumbnail. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MediaType } from '../../domain/attachment/media-types.ts';
import type { Version } from '../../domain/attachment/state.ts';
import { systemCaller } from '../caller.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { ThumbnailMaker } from '../ports/thumbnail-maker.ts';
import type { States } from '../states.ts';
import { visibleAttachment } from './visible.ts';

export type ThumbnailParts = { readonly states: States; readonly blobs: BlobStore; readonly maker: ThumbnailMaker };
export type Thumbnail = { readonly sizeBytes: number; readonly content: AsyncIterable<Uint8Array> };
/** `none`: the file is no picture that is drawn, or a broken one. `busy`: too many are being made; ask again. */
export type Drawn = Thumbnail | 'none' | 'busy';

const drawn: ReadonlySet<MediaType> = new Set(['image/png', 'image/jpeg', 'image/webp']);
/** A picture is held in memory while it is drawn: so many of so many bytes. */
const pictureBytesMax = 30 * 1024 * 1024;
const atOnceMax = 2;
const waitingMax = 50;
const thumbnailBytesMax = 1024 * 1024;

/** Is a thumbnail worth asking for? */
export const isPicture = ({ mimeType, sizeBytes }: Pick<Version, 'mimeType' | 'sizeBytes'>): boolean => drawn.has(mimeType) && sizeBytes <= pictureBytesMax;
/** Below the attachment’s own key, so that what removes or forgets its files takes this along (ES-12). */
export const thumbnailKeyOf = (attachmentId: string, uploadId: string): string => `${attachmentId}/thumbnails/${uploadId}`;

const wholeOf = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
};
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

export class Thumbnails {
  readonly #parts: ThumbnailParts;
  readonly #making = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #waiting: (() => void)[] = [];
  /** Contents that gave none, by their hash: not tried again by this process. */
  readonly #broken = new LRUCache<string, true>({ max: 10_000 });
  #atWork = 0;

  constructor(parts: ThumbnailParts) {
    this.#parts = parts;
  }

  /** The thumbnail of one version. Throws `BlobStoreUnavailable`. */
  async of(attachmentId: string, version: Version): Promise<Drawn> {
    if (!isPicture(version) || this.#broken.has(version.sha256)) return 'none';
    const key = thumbnailKeyOf(attachmentId, version.uploadId);
    const kept = await this.#parts.blobs.read(key);
    if (kept !== undefined) return kept;
    const going = this.#making.get(key);
    if (going === undefined && this.#waiting.length >= waitingMax) return 'busy';
    const making = going ?? this.#begin(key, attachmentId, version);
    const bytes = await making;
    return bytes === undefined ? 'none' : { sizeBytes: bytes.byteLength, content: once(bytes) };
  }

  /** Whoever asks for the same one meanwhile waits for this. */
  #begin(key: string, attachmentId: string, version: Version): Promise<Uint8Array | undefined> {
    const making = this.#inTurn(() => this.#make(key, attachmentId, version)).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#atWork >= atOnceMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#atWork += 1;
    try {
      return await work();
    } finally {
      // The place goes to who waits longest, if anybody does.
      const next = this.#waiting.shift();
      if (next === undefined) this.#atWork -= 1;
      else next();
    }
  }

  async #make(key: string, attachmentId: string, { storageKey, sha256 }: Version): Promise<Uint8Array | undefined> {
    const { blobs, maker, states } = this.#parts;
    const picture = await blobs.read(storageKey);
    if (picture === undefined) return undefined;
    const bytes = await wholeOf(picture.content);
    const isWhole = createHash('sha256').update(bytes).digest('hex') === sha256;
    const made = isWhole ? await maker.make(bytes) : undefined;
    if (made === undefined) {
      this.#broken.set(sha256, true);
      return undefined;
    }
    await (await blobs.stage(once(made), { bytesMax: thumbnailBytesMax })).keep(key);
    // Removed meanwhile: its contents may be deleted already, and nothing would ever delete this one.
    if ((await visibleAttachment(states, attachmentId, systemCaller('thumbnails'))) === undefined) {
      await blobs.removeAll(key);
      return undefined;
    }
    return made;
  }
}
