/** Attachments over the real command path and a folder of blobs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Downloads } from '../../../src/application/attachments/download.ts';
import { type Received, Uploads } from '../../../src/application/attachments/upload.ts';
import { type Caller, systemCaller } from '../../../src/application/caller.ts';
import { loadCatalogs } from '../../../src/application/catalog-loader.ts';
import { attachment } from '../../../src/domain/attachment/decider.ts';
import type { MediaType } from '../../../src/domain/attachment/media-types.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { catalog } from '../../../src/domain/catalog/decider.ts';
import { customer } from '../../../src/domain/customer/decider.ts';
import { erase } from '../../../src/domain/kernel/aggregate.ts';
import { FolderBlobStore } from '../../../src/infrastructure/blob-store/folder-blob-store.ts';
import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';
import { id, now } from '../../kit/decider.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { shellOn } from '../../kit/shell.ts';

export const staff: Caller = {
  actor: { kind: 'user', id: id('staff') },
  tenant: null,
  accounts: 'all',
  permissions: new Set(['attachment:create', 'attachment:view']),
};
export const tenant = (name: string, permissions = ['attachment:create', 'attachment:view']): Caller => ({
  actor: { kind: 'user', id: id(`user of ${name}`) },
  tenant: id(name),
  accounts: 'all',
  permissions: new Set(permissions),
});
export const sur = tenant('Sur');
export const norte = tenant('Norte');

const categories = loadReferenceData().filter((each) => each.catalog === 'document-category');
const profile = { customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' };

export const started = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attachments-'));
  const log = new MemoryEventLog();
  const shell = shellOn(log, [erase(customer), erase(attachment), erase(catalog)]);
  const clock = { now };
  const parts = { ...shell, log, clock: () => clock.now, blobs: await FolderBlobStore.open(folder) };
  await loadCatalogs(categories, parts);
  for (const name of ['Sur', 'Norte']) await shell.send('customer', id(name), 'RegisterCustomer', { customerName: name, ...profile });
  const uploads = new Uploads({ ...parts, bytesMax: 100_000 });
  const downloads = new Downloads({ ...parts, linkKey: new Uint8Array(32).fill(3), linkSeconds: 300 });
  return { folder, clock, parts, uploads, downloads, ...shell, log, stop: () => rm(folder, { recursive: true, force: true }) };
};
export type Started = Awaited<ReturnType<typeof started>>;

export async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += 10) yield content.subarray(at, at + 10);
}
let keys = 0;
/** Announces a file. */
export const begin = (
  { uploads }: Started,
  file: { readonly attachmentId: string; readonly type: MediaType; readonly sizeBytes: number; readonly caller?: Caller; readonly key?: string },
) => {
  keys += 1;
  const commandId = id(`key ${file.key ?? keys}`);
  const data = { documentCategory: 'insurance', name: 'policy', declaredType: file.type, declaredSizeBytes: file.sizeBytes };
  return uploads.begin({
    commandId,
    commandHash: JSON.stringify(data),
    id: file.attachmentId,
    caller: file.caller ?? sur,
    at: now,
    correlationId: commandId,
    causationId: commandId,
    data,
  });
};
/** Announces and sends a file. */
export const upload = async (
  system: Started,
  file: { readonly attachmentId: string; readonly type: MediaType; readonly content: Uint8Array; readonly sizeBytes?: number },
): Promise<Received> => {
  const { uploadId } = await begin(system, { ...file, sizeBytes: file.sizeBytes ?? file.content.byteLength });
  return system.uploads.receive({ attachmentId: file.attachmentId, uploadId: uploadId ?? id('none'), content: pieces(file.content), caller: sur });
};
export const stateOf = async ({ states }: Started, attachmentId: string): Promise<Attachment> =>
  (await states.loadFresh('attachment', attachmentId)).state as Attachment;
export const system = systemCaller('test');
