/** Files: the blob store, and uploads and downloads over it. */
import { fileURLToPath } from 'node:url';
import { Downloads } from '../../application/attachments/download.ts';
import { Thumbnails } from '../../application/attachments/thumbnails.ts';
import { Uploads } from '../../application/attachments/upload.ts';
import type { BlobStore } from '../../application/ports/blob-store.ts';
import type { ThumbnailMaker } from '../../application/ports/thumbnail-maker.ts';
import { FolderBlobStore } from '../../infrastructure/blob-store/folder-blob-store.ts';
import { parseS3Url } from '../../infrastructure/blob-store/s3-url.ts';
import { messageOf } from '../../infrastructure/failure.ts';
import { ClamdScanner, clamdAt } from '../../infrastructure/virus-scanner/clamd-scanner.ts';
import type { Logger } from '../http/parts.ts';
import type { Parts } from './provide.ts';
import { type Closers, parts } from './tokens.ts';

const fileBytesMax = 100 * 1024 * 1024;
const linkSeconds = 900;

/** A bucket or a folder, as the address says. */
const blobsAt = async (url: string, closers: Closers): Promise<BlobStore> => {
  const place = parseS3Url(url);
  if (place === undefined) return FolderBlobStore.open(fileURLToPath(url));
  // Loaded only where it is used, as it is large.
  const { S3BlobStore } = await import('../../infrastructure/blob-store/s3-blob-store.ts');
  const store = await S3BlobStore.open({ place, nowMs: Date.now }).catch((error: unknown) => {
    throw new Error(`The bucket ${place.bucket} that BLOB_URL names cannot be used (${messageOf(error)}).`, { cause: error });
  });
  closers.defer(() => store.close());
  return store;
};

/** Its library is loaded when the first picture is drawn: most processes never draw one. Where it cannot be, there are no thumbnails. */
const thumbnailMaker = (logger: Logger): ThumbnailMaker => {
  let loading: Promise<ThumbnailMaker | undefined> | undefined;
  const load = async (): Promise<ThumbnailMaker | undefined> => {
    try {
      return new (await import('../../infrastructure/images/sharp-thumbnails.ts')).SharpThumbnails();
    } catch (error) {
      logger.warn({ err: error }, 'thumbnails cannot be made on this machine');
      return undefined;
    }
  };
  return {
    make: async (picture) => {
      loading ??= load();
      return (await loading)?.make(picture);
    },
  };
};

export const provideFiles = (system: Parts): Parts =>
  system
    .provide(parts.blobs, [parts.configuration, parts.closers], ({ blobUrl }, closers) => blobsAt(blobUrl, closers))
    .provide(parts.uploads, [parts.configuration, parts.states, parts.commands, parts.blobs, parts.clock], ({ clamdUrl }, states, commands, blobs, clock) => {
      const scanner = clamdUrl === undefined ? {} : { scanner: new ClamdScanner(clamdAt(clamdUrl)) };
      return new Uploads({ states, commands, blobs, clock, bytesMax: fileBytesMax, ...scanner });
    })
    .provide(parts.downloads, [parts.states, parts.blobs, parts.clock, parts.secrets, parts.logger], (states, blobs, clock, { links }, logger) => {
      const thumbnails = new Thumbnails({ states, blobs, maker: thumbnailMaker(logger) });
      return new Downloads({ states, blobs, clock, linkKey: links, linkSeconds, thumbnails });
    });
