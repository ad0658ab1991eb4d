/**
 * Files go out by links that need no sign-in and end by themselves (ES-10): whoever may see an attachment gets one, signed by this
 * installation, for one version, for a few minutes. Opening it asks again whether the attachment is still there.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Version } from '../../domain/attachment/state.ts';
import { canonicalJson } from '../../domain/kernel/hash.ts';
import { isUuid } from '../../domain/kernel/ids.ts';
import { type Caller, may, systemCaller } from '../caller.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { States } from '../states.ts';
import { isPicture, type Thumbnail, type Thumbnails } from './thumbnails.ts';
import { visibleAttachment } from './visible.ts';

export type DownloadParts = {
  readonly states: States;
  readonly blobs: BlobStore;
  readonly clock: () => string;
  /** At least 32 bytes, the same on every node. */
  readonly linkKey: Uint8Array;
  /** How long a link is good for. */
  readonly linkSeconds: number;
  /** Absent: there are none. */
  readonly thumbnails?: Thumbnails;
};
export type SignedLink = {
  /** The path and query below the API's address. */
  readonly path: string;
  /** The same for its thumbnail, where the file is a picture. */
  readonly thumbnailPath?: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
};
/** What stands in a link, as it came over the wire. */
export type Link = { readonly attachmentId: string; readonly version: string; readonly expires: string; readonly signature: string };
export type OpenedFile = {
  readonly name: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal: the answer's entity tag. */
  readonly sha256: string;
  readonly content: AsyncIterable<Uint8Array>;
};
/** `gone`: the link was ours and has ended. `notFound`: forged, or what it names is not there any more. */
export type Opened = { readonly kind: 'file'; readonly file: OpenedFile } | { readonly kind: 'gone' } | { readonly kind: 'notFound' };

export type OpenedThumbnail =
  /** `etag` is the picture's hash, so that who has the thumbnail is not sent it again. */
  | { readonly kind: 'thumbnail'; readonly thumbnail: Thumbnail; readonly etag: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'notFound' }
  /** Too many are being made. */
  | { readonly kind: 'busy' };
/** What a link is for: one does not open the other. */
type Purpose = 'file-link' | 'thumbnail-link';
type Lawful = { readonly kind: 'version'; readonly version: Version } | { readonly kind: 'gone' } | { readonly kind: 'notFound' };

const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
const wholeNumber = (text: string): number | undefined => (/^[1-9][0-9]{0,11}$/.test(text) ? Number(text) : undefined);

export class Downloads {
  readonly #parts: DownloadParts;

  constructor(parts: DownloadParts) {
    if (parts.linkKey.byteLength < 32) throw new Error('the key of links needs 32 bytes');
    this.#parts = parts;
  }

  /** A link to one version, the current one unless said otherwise; nothing where the caller may not see it or it has no content. */
  async signedLink(attachmentId: string, caller: Caller, version?: number): Promise<SignedLink | undefined> {
    if (!isUuid(attachmentId) || !may(caller, 'attachment:view')) return undefined;
    const known = await visibleAttachment(this.#parts.states, attachmentId, caller);
    const wanted = version === undefined ? known?.versions.at(-1) : known?.versions.find((each) => each.version === version);
    if (wanted === undefined) return undefined;
    const expires = seconds(this.#parts.clock()) + this.#parts.linkSeconds;
    const query = (purpose: Purpose): string => {
      const signature = this.#sign([purpose, attachmentId, wanted.version, expires]).toString('base64url');
      return `version=${wanted.version}&expires=${expires}&signature=${signature}`;
    };
    return {
      path: `/files/${attachmentId}?${query('file-link')}`,
      ...(this.#parts.thumbnails !== undefined && isPicture(wanted) ? { thumbnailPath: `/files/${attachmentId}/thumbnail?${query('thumbnail-link')}` } : {}),
      expiresAt: new Date(expires * 1000).toISOString(),
    };
  }

  /** What a link leads to. Throws `BlobStoreUnavailable`. */
  async open(link: Link): Promise<Opened> {
    const lawful = await this.#lawful('file-link', link);
    return lawful.kind === 'version' ? this.#file(lawful.version) : lawful;
  }

  /** What the link of a thumbnail leads to; made now where nobody asked for it before. Throws `BlobStoreUnavailable`. */
  async openThumbnail(link: Link): Promise<OpenedThumbnail> {
    const lawful = await this.#lawful('thumbnail-link', link);
    if (lawful.kind !== 'version') return lawful;
    const thumbnail = (await this.#parts.thumbnails?.of(link.attachmentId, lawful.version)) ?? 'none';
    if (thumbnail === 'busy') return { kind: 'busy' };
    return thumbnail === 'none' ? { kind: 'notFound' } : { kind: 'thumbnail', thumbnail, etag: `${lawful.version.sha256}-thumbnail` };
  }

  /** Asks the signature first: whoever makes links up learns nothing of what there is. */
  async #lawful(purpose: Purpose, { attachmentId, version, expires, signature }: Link): Promise<Lawful> {
    const [number, until] = [wholeNumber(version), wholeNumber(expires)];
    if (!isUuid(attachmentId) || number === undefined || until === undefined) return { kind: 'notFound' };
    const [given, right] = [Buffer.from(signature, 'base64url'), this.#sign([purpose, attachmentId, number, until])];
    if (given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) return { kind: 'notFound' };
    if (seconds(this.#parts.clock()) >= until) return { kind: 'gone' };
    const known = await visibleAttachment(this.#parts.states, attachmentId, systemCaller('downloads'));
    const wanted = known?.versions.find((each) => each.version === number);
    return wanted === undefined ? { kind: 'notFound' } : { kind: 'version', version: wanted };
  }

  async #file({ name, mimeType, sha256, storageKey }: Version): Promise<Opened> {
    const blob = await this.#parts.blobs.read(storageKey);
    return blob === undefined ? { kind: 'notFound' } : { kind: 'file', file: { name, mimeType, sha256, sizeBytes: blob.sizeBytes, content: blob.content } };
  }

  #sign(said: readonly [Purpose, attachmentId: string, version: number, expires: number]): Buffer {
    return createHmac('sha256', this.#parts.linkKey).update(canonicalJson(said)).digest();
  }
}
