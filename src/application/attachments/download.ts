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
import { visibleAttachment } from './visible.ts';

export type DownloadParts = {
  readonly states: States;
  readonly blobs: BlobStore;
  readonly clock: () => string;
  /** At least 32 bytes, the same on every node. */
  readonly linkKey: Uint8Array;
  /** How long a link is good for. */
  readonly linkSeconds: number;
};
export type SignedLink = {
  /** The path and query below the API's address. */
  readonly path: string;
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
    const signature = this.#sign(attachmentId, wanted.version, expires).toString('base64url');
    return {
      path: `/files/${attachmentId}?version=${wanted.version}&expires=${expires}&signature=${signature}`,
      expiresAt: new Date(expires * 1000).toISOString(),
    };
  }

  /** What a link leads to. Throws `BlobStoreUnavailable`. */
  async open({ attachmentId, version, expires, signature }: Link): Promise<Opened> {
    const [number, until] = [wholeNumber(version), wholeNumber(expires)];
    if (!isUuid(attachmentId) || number === undefined || until === undefined) return { kind: 'notFound' };
    const [given, right] = [Buffer.from(signature, 'base64url'), this.#sign(attachmentId, number, until)];
    if (given.byteLength !== right.byteLength || !timingSafeEqual(given, right)) return { kind: 'notFound' };
    if (seconds(this.#parts.clock()) >= until) return { kind: 'gone' };
    const known = await visibleAttachment(this.#parts.states, attachmentId, systemCaller('downloads'));
    const wanted = known?.versions.find((each) => each.version === number);
    return wanted === undefined ? { kind: 'notFound' } : this.#file(wanted);
  }

  async #file({ name, mimeType, sha256, storageKey }: Version): Promise<Opened> {
    const blob = await this.#parts.blobs.read(storageKey);
    return blob === undefined ? { kind: 'notFound' } : { kind: 'file', file: { name, mimeType, sha256, sizeBytes: blob.sizeBytes, content: blob.content } };
  }

  #sign(attachmentId: string, version: number, expires: number): Buffer {
    return createHmac('sha256', this.#parts.linkKey)
      .update(canonicalJson(['file-link', attachmentId, version, expires]))
      .digest();
  }
}
