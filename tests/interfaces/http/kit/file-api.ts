/** The HTTP interface with attachments over a folder of blobs; links and their end are told by a clock of the test. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Downloads } from '../../../../src/application/attachments/download.ts';
import { Thumbnails } from '../../../../src/application/attachments/thumbnails.ts';
import { Uploads } from '../../../../src/application/attachments/upload.ts';
import { loadCatalogs } from '../../../../src/application/catalog-loader.ts';
import type { BlobStore } from '../../../../src/application/ports/blob-store.ts';
import type { VirusScanner } from '../../../../src/application/ports/virus-scanner.ts';
import { States } from '../../../../src/application/states.ts';
import { attachment } from '../../../../src/domain/attachment/decider.ts';
import { catalog } from '../../../../src/domain/catalog/decider.ts';
import { customer } from '../../../../src/domain/customer/decider.ts';
import { erase } from '../../../../src/domain/kernel/aggregate.ts';
import { FolderBlobStore } from '../../../../src/infrastructure/blob-store/folder-blob-store.ts';
import { SharpThumbnails } from '../../../../src/infrastructure/images/sharp-thumbnails.ts';
import { loadReferenceData } from '../../../../src/infrastructure/reference-data/reference-data.ts';
import type { HttpLimits } from '../../../../src/interfaces/http/parts.ts';
import { MemoryEventLog } from '../../../kit/memory-event-log.ts';
import { type Api, type PersonName, people, startApi } from './api.ts';

export const fileBytesMax = 200_000;
const model = [erase(customer), erase(attachment), erase(catalog)];
const may = ['attachment:create', 'attachment:view', 'attachment:edit', 'attachment:delete'];

export const startFileApi = async (limits: Partial<HttpLimits> = {}, scanner?: VirusScanner) => {
  const folder = await mkdtemp(join(tmpdir(), 'file-api-'));
  const folderBlobs = await FolderBlobStore.open(folder);
  const blobFailure: { thrown: Error | undefined } = { thrown: undefined };
  const unlessAway = async <T>(work: () => Promise<T>): Promise<T> => {
    if (blobFailure.thrown !== undefined) throw blobFailure.thrown;
    return work();
  };
  const blobs: BlobStore = {
    stage: (...given) => unlessAway(() => folderBlobs.stage(...given)),
    read: (key) => unlessAway(() => folderBlobs.read(key)),
    removeAll: (key) => unlessAway(() => folderBlobs.removeAll(key)),
  };
  const clock = { aheadMs: 0 };
  const log = new MemoryEventLog();
  const api = await startApi({
    log,
    model,
    limits,
    parts: (parts) => {
      const now = () => new Date(Date.now() + clock.aheadMs).toISOString();
      const shared = { states: new States(log, model), blobs, clock: now };
      const uploads = new Uploads({ ...shared, commands: parts.commands, bytesMax: fileBytesMax, ...(scanner === undefined ? {} : { scanner }) });
      const thumbnails = new Thumbnails({ ...shared, maker: new SharpThumbnails() });
      return { ...parts, files: { uploads, downloads: new Downloads({ ...shared, linkKey: new Uint8Array(32).fill(5), linkSeconds: 60, thumbnails }) } };
    },
  });
  await loadCatalogs(
    loadReferenceData().filter((each) => each.catalog === 'document-category'),
    { commands: api.parts.commands, log: api.log, clock: api.parts.clock },
  );
  for (const name of ['north', 'south', 'staff'] as const) api.directory.set(name, { ...people[name], permissions: new Set(may) });
  const stop = async (): Promise<void> => {
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const blobNames = async (): Promise<readonly string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);
  return { ...api, clock, folder, blobFailure, stop, blobNames };
};
export type FileApi = Awaited<ReturnType<typeof startFileApi>>;

type File = { readonly type: string; readonly content: Uint8Array; readonly sizeBytes?: number; readonly name?: string };
/** Announces a file; gives its id and where its content goes. */
export const announce = async (api: Api, as: PersonName, { type, content, sizeBytes, name }: File, headers: Readonly<Record<string, string>> = {}) => {
  const body = { documentCategory: 'insurance', name: name ?? 'policy.pdf', declaredType: type, declaredSizeBytes: sizeBytes ?? content.byteLength };
  const answer = await api.post(as, '/files', body, headers);
  const upload = answer.json['upload'];
  const path = typeof upload === 'object' && upload !== null && 'path' in upload ? String(upload.path) : '';
  return { answer, id: String(answer.json['id']), path };
};
/** Sends content to where the announcement said. */
export const put = (api: Api, as: PersonName, path: string, content: Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  api.send(path, { as, method: 'PUT', body: Uint8Array.from(content), headers });
