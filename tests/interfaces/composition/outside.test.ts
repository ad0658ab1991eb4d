/** The system put together with everything outside it: a bucket, a virus scanner, a mail server, and people without a token. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemCaller } from '../../../src/application/caller.ts';
import { loadCatalogs } from '../../../src/application/catalog-loader.ts';
import { loadReferenceData } from '../../../src/infrastructure/reference-data/reference-data.ts';
import type { System } from '../../../src/interfaces/composition/system.ts';
import { parts } from '../../../src/interfaces/composition/tokens.ts';
import { sourcesIn } from '../../architecture/source.ts';
import { inChunks } from '../../contracts/under-test.ts';
import { ClamdServer, eicar } from '../../kit/clamd-server.ts';
import { id } from '../../kit/decider.ts';
import { picture } from '../../kit/pictures.ts';
import { S3Server } from '../../kit/s3-server.ts';
import { SmtpServer } from '../../kit/smtp-server.ts';
import { systemOn } from '../../kit/system.ts';

const [bucket, scanner, mails] = [new S3Server(), new ClamdServer(), new SmtpServer()];
let folder = '';
let system: System;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outside-'));
  const [endpoint, clamd, smtp] = [await bucket.start(), await scanner.start(), await mails.start()];
  // As its operators say it: the client reads the usual variables by itself.
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: bucket.secret.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secret.secretAccessKey });
  system = await systemOn(folder, {
    BLOB_URL: `s3://${bucket.bucket}/files?region=eu-west-1&endpoint=${endpoint}`,
    CLAMD_URL: `tcp://127.0.0.1:${clamd}`,
    SMTP_URL: `smtp://127.0.0.1:${smtp}`,
    MAIL_FROM: 'portal@example.org',
  });
  const [commands, log, clock] = [await system.part(parts.commands), await system.part(parts.log), await system.part(parts.clock)];
  const catalogs = loadReferenceData().filter(({ catalog }) => catalog === 'document-category');
  await loadCatalogs(catalogs, { commands, log, clock });
}, 60_000);
afterAll(async () => {
  await system.stop();
  await Promise.all([bucket.stop(), scanner.stop(), mails.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const uploaded = async (name: string, type: string, content: Buffer) => {
  const [uploads, clock] = [await system.part(parts.uploads), await system.part(parts.clock)];
  const [attachmentId, commandId, caller] = [id(name), id(`${name} command`), systemCaller('test')];
  const data = { documentCategory: 'photo', name, declaredType: type, declaredSizeBytes: content.byteLength };
  const asked = { commandId, commandHash: commandId, correlationId: commandId, causationId: commandId };
  const { uploadId = '' } = await uploads.begin({ ...asked, id: attachmentId, caller, at: clock(), data });
  return { attachmentId, received: await uploads.receive({ attachmentId, uploadId, content: inChunks(content), caller }) };
};

test('a picture is scanned, stored in the bucket, and comes out by its link and as a thumbnail', async () => {
  const photo = await picture({ width: 640, height: 320 }, 'jpeg');
  const { attachmentId, received } = await uploaded('photo', 'image/jpeg', photo);
  expect(received).toMatchObject({ kind: 'stored' });
  expect(scanner.scanned.at(-1)?.equals(photo)).toBe(true);
  const link = await (await system.part(parts.downloads)).signedLink(attachmentId, systemCaller('test'));
  const file = await fetch(`${system.httpUrl}${link?.path}`);
  expect(Buffer.from(await file.arrayBuffer()).equals(photo)).toBe(true);
  const thumbnail = await fetch(`${system.httpUrl}${link?.thumbnailPath}`);
  expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/webp']);
  const keys = [...bucket.objects.keys()];
  expect(keys.length).toBe(2);
  for (const key of keys) expect(key).toMatch(new RegExp(`^files/${attachmentId}/`));
  expect(bucket.faults).toEqual([]);
  expect(await readdir(folder)).not.toContain('blobs');
});

test('an infected file reaches neither the bucket nor anybody', async () => {
  const before = bucket.bytesHeld();
  const { received } = await uploaded('infected', 'text/plain', Buffer.from(eicar));
  expect(received).toMatchObject({ kind: 'rejected', reason: 'infected' });
  expect(bucket.bytesHeld()).toBe(before);
});

test('a mail goes to the server, from the address that was named', async () => {
  const mailer = await system.part(parts.mailer);
  expect(await mailer.send({ id: 'm', to: 'ana@example.org', subject: 'Hola', text: 'Hola' })).toEqual({ ok: true });
  expect(mails.delivered).toMatchObject([{ from: 'portal@example.org', to: 'ana@example.org' }]);
  expect([...mails.kept().keys()]).toEqual(['<m@example.org>']);
});

test('somebody without a token reports a breakdown', async () => {
  const body = JSON.stringify({ unit: 'T-404', symptom: 'The door does not close' });
  const answer = await fetch(`${system.httpUrl}/public/breakdowns`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  expect([answer.status, await answer.json()]).toEqual([202, { reference: expect.any(String) }]);
});

test('what only some installations use is loaded only there: nothing but an import at run time names it', () => {
  const lazy = /\/(s3-blob-store|smtp-mailer|sharp-thumbnails)\.ts'/;
  const importing = sourcesIn(['src']).flatMap(({ path, text }) => text.split('\n').flatMap((line) => (lazy.test(line) ? [{ path, line }] : [])));
  expect(importing.length).toBe(3);
  for (const { line } of importing) expect(line).toContain('await import(');
});
