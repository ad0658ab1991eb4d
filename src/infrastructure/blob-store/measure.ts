/** What is known of a content once it has gone by: its size, its hash and its beginning. The same for every store. */
import { createHash } from 'node:crypto';
import { BlobTooLarge, headBytesMax } from '../../application/ports/blob-store.ts';

export type Measured = { readonly sizeBytes: number; readonly sha256: string; readonly head: Uint8Array };

export class Measure {
  readonly #bytesMax: number;
  readonly #hash = createHash('sha256');
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #sizeBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Throws `BlobTooLarge` for the first piece that goes beyond; it keeps no reference to the piece. */
  take(piece: Uint8Array): void {
    this.#sizeBytes += piece.byteLength;
    if (this.#sizeBytes > this.#bytesMax) throw new BlobTooLarge(`more than ${this.#bytesMax} bytes came`);
    if (this.#headBytes < headBytesMax) {
      // A copy: the producer may use its buffer again.
      const beginning = Uint8Array.from(piece.subarray(0, headBytesMax - this.#headBytes));
      this.#head.push(beginning);
      this.#headBytes += beginning.byteLength;
    }
    this.#hash.update(piece);
  }

  /** Asked once, at the end. */
  result(): Measured {
    return { sizeBytes: this.#sizeBytes, sha256: this.#hash.digest('hex'), head: Buffer.concat(this.#head) };
  }
}
