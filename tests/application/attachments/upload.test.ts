import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { contentDeletion } from '../../../src/application/attachments/delete-content.ts';
import { EffectRunner } from '../../../src/application/effects/runner.ts';
import { readAll } from '../../contracts/blob-store/contract.ts';
import { id } from '../../kit/decider.ts';
import { files } from './files.ts';
import { begin, norte, pieces, type Started, started, stateOf, sur, tenant, upload } from './kit.ts';

const pdf = Buffer.concat([files['application/pdf'], Buffer.alloc(5000, 0x20)]);
const sha256 = createHash('sha256').update(pdf).digest('hex');
const attachmentId = id('file');
const withSystem = async (work: (system: Started) => Promise<void>): Promise<void> => {
  const system = await started();
  try {
    await work(system);
  } finally {
    await system.stop();
  }
};
const blobsIn = async ({ folder }: Started): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => name);

describe('uploads', () => {
  test('ES-10 store what came whole and is what was announced, under its hash', async () => {
    await withSystem(async (system) => {
      expect(await upload(system, { attachmentId, type: 'application/pdf', content: pdf })).toMatchObject({
        kind: 'stored',
        sha256,
        sizeBytes: pdf.byteLength,
      });
      const state = await stateOf(system, attachmentId);
      const [version] = state.situation === 'present' ? state.versions : [];
      expect(version).toMatchObject({ version: 1, sha256, mimeType: 'application/pdf' });
      expect(version?.storageKey.endsWith(`/${sha256}`)).toBe(true);
      expect((await readAll(system.parts.blobs, version?.storageKey ?? ''))?.equals(pdf)).toBe(true);
    });
  });

  test('ES-2 the same announcement and the same content again give the same answer and append nothing', async () => {
    await withSystem(async (system) => {
      const file = { attachmentId, type: 'application/pdf', sizeBytes: pdf.byteLength, key: 'one' } as const;
      const first = await begin(system, file);
      expect((await begin(system, file)).uploadId).toBe(first.uploadId);
      const send = () => system.uploads.receive({ attachmentId, uploadId: first.uploadId ?? '', content: pieces(pdf), caller: sur });
      const answers = [await send(), await send()];
      expect(answers.map((answer) => ('sha256' in answer ? answer.sha256 : answer.kind))).toEqual([sha256, sha256]);
      expect(system.log.events.filter(({ type }) => type === 'AttachmentStored')).toHaveLength(1);
      expect(await blobsIn(system)).toHaveLength(1);
    });
  });

  test('two contents at once for one upload: one is stored, nothing is left of the other', async () => {
    await withSystem(async (system) => {
      const other = Buffer.from(pdf);
      other.writeUInt8(0x21, pdf.byteLength - 1);
      const { uploadId } = await begin(system, { attachmentId, type: 'application/pdf', sizeBytes: pdf.byteLength });
      const send = (content: Buffer) => system.uploads.receive({ attachmentId, uploadId: uploadId ?? '', content: pieces(content), caller: sur });
      const kinds = (await Promise.all([send(pdf), send(other)])).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['notFound', 'stored']);
      const state = await stateOf(system, attachmentId);
      expect(await blobsIn(system)).toEqual([state.situation === 'present' ? state.versions[0]?.sha256 : '']);
    });
  });

  test('refuse another type, another size, more than was announced, and what is of no kind that is taken; nothing of it is kept', async () => {
    await withSystem(async (system) => {
      const cases = [
        { type: 'image/png', content: pdf, reason: 'otherType' },
        { type: 'text/csv', content: pdf, reason: 'otherType' },
        { type: 'application/pdf', content: Buffer.from('<html><script>'), reason: 'unknownType' },
        { type: 'text/plain', content: Buffer.from('<svg onload=x>'), reason: 'unknownType' },
        { type: 'application/pdf', content: pdf, sizeBytes: pdf.byteLength + 1, reason: 'otherSize' },
        { type: 'application/pdf', content: pdf, sizeBytes: pdf.byteLength - 1, reason: 'tooLarge' },
      ] as const;
      for (const [n, { reason, ...file }] of cases.entries()) {
        expect(await upload(system, { attachmentId: id(`file ${n}`), ...file })).toMatchObject({ kind: 'rejected', reason });
        expect(await stateOf(system, id(`file ${n}`))).toMatchObject({ pending: null, versions: [] });
      }
      expect(await blobsIn(system)).toEqual([]);
      const tooMuch = await begin(system, { attachmentId, type: 'application/pdf', sizeBytes: 100_001 });
      expect(tooMuch.outcome).toMatchObject({ kind: 'refused', rejection: { code: 'tooLarge' } });
    });
  });

  test('what the sender breaks off leaves nothing, and can be sent again', async () => {
    await withSystem(async (system) => {
      const { uploadId = '' } = await begin(system, { attachmentId, type: 'application/pdf', sizeBytes: pdf.byteLength });
      async function* cut(): AsyncGenerator<Uint8Array> {
        yield pdf.subarray(0, 100);
        throw new Error('connection reset');
      }
      await expect(system.uploads.receive({ attachmentId, uploadId, content: cut(), caller: sur })).rejects.toThrow('connection reset');
      expect(await blobsIn(system)).toEqual([]);
      expect(await system.uploads.receive({ attachmentId, uploadId, content: pieces(pdf), caller: sur })).toMatchObject({ kind: 'stored' });
    });
  });

  test('TE-1 TE-2 another tenant, an unknown upload and a caller without the permission are told alike: not found', async () => {
    await withSystem(async (system) => {
      const { uploadId = '' } = await begin(system, { attachmentId, type: 'application/pdf', sizeBytes: pdf.byteLength });
      const send = (caller: typeof sur, upload: string, target = attachmentId) =>
        system.uploads.receive({ attachmentId: target, uploadId: upload, content: pieces(pdf), caller });
      expect(await send(norte, uploadId)).toEqual({ kind: 'notFound' });
      expect(await send(sur, id('no upload'))).toEqual({ kind: 'notFound' });
      expect(await send(sur, uploadId, id('no file'))).toEqual({ kind: 'notFound' });
      expect(await send(tenant('Sur', ['attachment:view']), uploadId)).toEqual({ kind: 'notFound' });
      expect(await blobsIn(system)).toEqual([]);
      expect(await send(sur, uploadId)).toMatchObject({ kind: 'stored' });
    });
  });
});

describe('what was removed', () => {
  test('leaves the blob store with every version, once and for all, also when the deletion is delivered twice', async () => {
    await withSystem(async (system) => {
      await upload(system, { attachmentId, type: 'application/pdf', content: pdf });
      await upload(system, { attachmentId: id('another file'), type: 'application/pdf', content: pdf });
      await system.send('attachment', attachmentId, 'BeginVersion', { name: 'v2', declaredType: 'application/pdf', declaredSizeBytes: pdf.byteLength });
      const state = await stateOf(system, attachmentId);
      const uploadId = state.situation === 'present' ? (state.pending?.uploadId ?? '') : '';
      await system.uploads.receive({ attachmentId, uploadId, content: pieces(pdf), caller: sur });
      expect(await blobsIn(system)).toHaveLength(3);
      await system.send('attachment', attachmentId, 'RemoveAttachment', { reason: 'x' });
      const removal = system.log.events.filter(({ type }) => type === 'AttachmentRemoved');
      for (let times = 0; times < 2; times += 1) {
        const { states, commands, parts } = system;
        await new EffectRunner(contentDeletion, { log: system.log, states, commands, clock: parts.clock, ports: { blobs: parts.blobs } }).handle(removal);
      }
      expect(await blobsIn(system)).toEqual([sha256]);
      expect(system.log.events.filter(({ type }) => type === 'AttachmentContentDeleted')).toHaveLength(1);
      expect(await stateOf(system, attachmentId)).toMatchObject({ situation: 'removed', isContentDeleted: true });
    });
  });
});
