/** Files: the blob store, and uploads and downloads over it. */
import { fileURLToPath } from 'node:url';
import { Downloads } from '../../application/attachments/download.ts';
import { Uploads } from '../../application/attachments/upload.ts';
import { FolderBlobStore } from '../../infrastructure/blob-store/folder-blob-store.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

const fileBytesMax = 100 * 1024 * 1024;
const linkSeconds = 900;

export const provideFiles = (system: Parts): Parts =>
  system
    .provide(parts.blobs, [parts.configuration], ({ blobUrl }) => FolderBlobStore.open(fileURLToPath(blobUrl)))
    .provide(
      parts.uploads,
      [parts.states, parts.commands, parts.blobs, parts.clock],
      (states, commands, blobs, clock) => new Uploads({ states, commands, blobs, clock, bytesMax: fileBytesMax }),
    )
    .provide(
      parts.downloads,
      [parts.states, parts.blobs, parts.clock, parts.secrets],
      (states, blobs, clock, { links }) => new Downloads({ states, blobs, clock, linkKey: links, linkSeconds }),
    );
