/** One content on its way into S3: small ones in one request, larger ones in parts (multipart upload), one part in memory at a time. */
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  NoSuchUpload,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** S3 takes parts from 5 MiB on, the last one excepted, and 10,000 of them (Amazon S3 User Guide, "Multipart upload limits"). */
export const partBytes = 8 * 1024 * 1024;

type Target = { readonly Bucket: string; readonly Key: string };

export class IncomingObject {
  readonly #client: S3Client;
  readonly #target: Target;
  readonly #parts: CompletedPart[] = [];
  #uploadId: string | undefined;
  #isBegun = false;

  constructor(client: S3Client, target: Target) {
    this.#client = client;
    this.#target = target;
  }

  /** A whole part, and more comes after it. The bytes may be used again once it resolves. */
  async part(body: Uint8Array): Promise<void> {
    this.#isBegun = true;
    this.#uploadId ??= (await this.#client.send(new CreateMultipartUploadCommand({ ...this.#target, ContentType: 'application/octet-stream' }))).UploadId;
    const PartNumber = this.#parts.length + 1;
    const sent = await this.#client.send(new UploadPartCommand({ ...this.#target, UploadId: this.#uploadId, PartNumber, Body: body }));
    // Checksums of the parts are told again at the end, so that the whole is made of what was sent.
    const { ETag, ChecksumCRC32 } = sent;
    this.#parts.push({ PartNumber, ETag, ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }) });
  }

  /** What is left, also nothing; then the object is there whole. */
  async finish(rest: Uint8Array): Promise<void> {
    this.#isBegun = true;
    if (this.#parts.length === 0) {
      await this.#client.send(new PutObjectCommand({ ...this.#target, Body: rest, ContentType: 'application/octet-stream' }));
      return;
    }
    if (rest.byteLength > 0) await this.part(rest);
    await this.#complete();
  }

  async #complete(): Promise<void> {
    try {
      await this.#client.send(new CompleteMultipartUploadCommand({ ...this.#target, UploadId: this.#uploadId, MultipartUpload: { Parts: this.#parts } }));
    } catch (error) {
      // The client asks again where an answer was lost; then the upload is no more, because the object is there: nobody else uses this key.
      if (!(error instanceof NoSuchUpload)) throw error;
      await this.#client.send(new HeadObjectCommand(this.#target));
    }
  }

  /** Gives back what it took, as far as the store can be reached; the rest is tidied a day later (`S3BlobStore.open`). */
  async abandon(): Promise<void> {
    if (!this.#isBegun) return;
    const ends = [
      ...(this.#uploadId === undefined ? [] : [this.#client.send(new AbortMultipartUploadCommand({ ...this.#target, UploadId: this.#uploadId }))]),
      this.#client.send(new DeleteObjectCommand(this.#target)),
    ];
    await Promise.allSettled(ends);
  }
}
