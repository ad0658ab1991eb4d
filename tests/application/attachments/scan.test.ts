import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Uploads } from '../../../src/application/attachments/upload.ts';
import { ClamdScanner } from '../../../src/infrastructure/virus-scanner/clamd-scanner.ts';
import { ClamdServer, eicar } from '../../kit/clamd-server.ts';
import { id } from '../../kit/decider.ts';
import { files } from './files.ts';
import { begin, pieces, type Started, started, stateOf, sur, upload } from './kit.ts';

const server = new ClamdServer();
const attachmentId = id('file');
let port = 0;
let system: Started;
beforeEach(async () => {
  port = await server.start();
  const plain = await started();
  const scanner = new ClamdScanner({ host: '127.0.0.1', port, connectMs: 1000, idleMs: 5000 });
  system = { ...plain, uploads: new Uploads({ ...plain.parts, bytesMax: 3_000_000, scanner }) };
});
afterEach(async () => {
  await server.stop();
  await system.stop();
});
const blobs = async (): Promise<number> => (await readdir(system.folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
const infected = Buffer.from(`unit,plate\n${eicar}\n`);
const pdf = files['application/pdf'];

describe('a virus scanner', () => {
  test('sees each file before it is there; what is clean is stored', async () => {
    expect(await upload(system, { attachmentId, type: 'application/pdf', content: pdf })).toMatchObject({ kind: 'stored' });
    expect(server.scanned.at(-1)?.equals(pdf)).toBe(true);
  });

  test('an infected file is refused for good: never stored, never linked to, nothing of it kept', async () => {
    const file = { attachmentId, type: 'text/csv', content: infected } as const;
    expect(await upload(system, file)).toEqual({ kind: 'rejected', reason: 'infected', message: 'The virus scanner found Eicar-Test-Signature.' });
    expect(await stateOf(system, attachmentId)).toMatchObject({ pending: null, versions: [] });
    expect(await system.downloads.signedLink(attachmentId, sur)).toBeUndefined();
    expect(await blobs()).toBe(0);
  });

  test('an infected newer version leaves the one at hand as it is', async () => {
    await upload(system, { attachmentId, type: 'application/pdf', content: pdf });
    const data = { name: 'next', declaredType: 'text/csv', declaredSizeBytes: infected.byteLength };
    await system.send('attachment', attachmentId, 'BeginVersion', data);
    const state = await stateOf(system, attachmentId);
    const uploadId = state.situation === 'present' ? (state.pending?.uploadId ?? '') : '';
    expect(await system.uploads.receive({ attachmentId, uploadId, content: pieces(infected), caller: sur })).toMatchObject({ reason: 'infected' });
    const after = await stateOf(system, attachmentId);
    expect(after.situation === 'present' ? after.versions.map(({ mimeType }) => mimeType) : []).toEqual(['application/pdf']);
    expect(await blobs()).toBe(1);
  });

  test('a file that it never looks at is refused, as if it had found something', async () => {
    server.streamBytesMax = 1000;
    const content = Buffer.concat([pdf, Buffer.alloc(100_000, 0x20)]);
    expect(await upload(system, { attachmentId, type: 'application/pdf', content })).toMatchObject({ kind: 'rejected', reason: 'unscannable' });
    server.streamBytesMax = 1_000_000;
    expect(await blobs()).toBe(0);
  });

  test('is away: nothing is decided, stored or lost; the same upload takes the same content once it is back', async () => {
    const { uploadId = '' } = await begin(system, { attachmentId, type: 'application/pdf', sizeBytes: pdf.byteLength });
    const send = () => system.uploads.receive({ attachmentId, uploadId, content: pieces(pdf), caller: sur });
    await server.stop();
    const before = system.log.events.length;
    await expect(send()).rejects.toMatchObject({ name: 'VirusScannerUnavailable' });
    expect([system.log.events.length, await blobs()]).toEqual([before, 0]);
    await server.start(port);
    expect(await send()).toMatchObject({ kind: 'stored' });
  });

  test('what is refused anyway is not shown to it', async () => {
    const before = server.scanned.length;
    await upload(system, { attachmentId, type: 'image/png', content: pdf });
    expect(server.scanned.length).toBe(before);
  });
});
