import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attachmentDisposition } from '../../../src/interfaces/http/files/download-endpoint.ts';
import { files } from '../../application/attachments/files.ts';
import { announce, type FileApi, fileBytesMax, put, startFileApi } from './kit/file-api.ts';
import { expectProblem } from './kit/problem.ts';

let api: FileApi;
beforeAll(async () => {
  api = await startFileApi({ uploadIdleMsMax: 200, uploadsPerCaller: 2 });
});
afterAll(() => api.stop());

const pdf = Buffer.concat([files['application/pdf'], Buffer.alloc(150_000, 0x20)]);
const sha256 = createHash('sha256').update(pdf).digest('hex');
const stored = async (name = 'policy.pdf'): Promise<string> => {
  const { id, path } = await announce(api, 'north', { type: 'application/pdf', content: pdf, name });
  expect((await put(api, 'north', path, pdf)).status).toBe(200);
  return id;
};
const linkTo = async (id: string): Promise<string> => String((await api.send(`/files/${id}/link`, { as: 'north' })).json['url']);

describe('uploads', () => {
  test('ES-10 a file goes in as announced and comes out byte for byte, by a link that needs no token', async () => {
    const { answer, id, path } = await announce(api, 'north', { type: 'application/pdf', content: pdf, name: 'Póliza "2026".pdf' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ id, uploadId: expect.any(String), upload: { method: 'PUT', path } });
    const sent = await put(api, 'north', path, pdf);
    expect(sent.json).toEqual({ id, uploadId: answer.json['uploadId'], sha256, sizeBytes: pdf.byteLength, mimeType: 'application/pdf' });
    expect(sent.headers.get('Consistency-Token')).toBe(String(api.log.events.at(-1)?.position));
    const download = await fetch(`${api.url}${await linkTo(id)}`);
    expect(Buffer.from(await download.arrayBuffer()).equals(pdf)).toBe(true);
    expect(Object.fromEntries(download.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(pdf.byteLength),
      'content-disposition': `attachment; filename="P_liza _2026_.pdf"; filename*=UTF-8''P%C3%B3liza%20%222026%22.pdf`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, no-cache, no-transform',
      etag: `"${sha256}"`,
    });
  });

  test('ES-2 the same announcement with the same key, and the same content again, give the same answers', async () => {
    const file = { type: 'application/pdf', content: pdf } as const;
    const [first, second] = [await announce(api, 'north', file, { 'Idempotency-Key': 'k' }), await announce(api, 'north', file, { 'Idempotency-Key': 'k' })];
    expect(second.path).toBe(first.path);
    const before = await put(api, 'north', first.path, pdf);
    const events = api.log.events.length;
    expect((await put(api, 'north', first.path, pdf)).json).toEqual(before.json);
    expect(api.log.events.length).toBe(events);
    expectProblem((await announce(api, 'north', { ...file, sizeBytes: 7 }, { 'Idempotency-Key': 'k' })).answer, 422, 'idempotency-key-reused');
  });

  test.each([
    ['another type', 'image/png', pdf, undefined, 422, 'file-rejected', 'otherType'],
    ['another size', 'application/pdf', pdf, pdf.byteLength + 1, 422, 'file-rejected', 'otherSize'],
    ['no known type', 'text/plain', Buffer.from('<script>'), undefined, 422, 'file-rejected', 'unknownType'],
    ['more than announced', 'application/pdf', pdf, 1000, 413, 'file-too-large', 'tooLarge'],
  ] as const)('refuses %s for good and keeps nothing', async (_name, type, content, sizeBytes, status, code, reason) => {
    const before = await api.blobNames();
    const { id, path } = await announce(api, 'north', { type, content, ...(sizeBytes === undefined ? {} : { sizeBytes }) });
    const answer = await put(api, 'north', path, content);
    expectProblem(answer, status, code);
    expect(answer.json['details']).toEqual({ reason });
    expectProblem(await put(api, 'north', path, content), 404);
    expectProblem(await api.send(`/files/${id}/link`, { as: 'north' }), 404);
    expect(await api.blobNames()).toEqual(before);
  });

  test('an announcement larger than this installation takes is refused before anything is stored', async () => {
    const before = api.log.events.length;
    const { answer } = await announce(api, 'north', { type: 'application/pdf', content: pdf, sizeBytes: fileBytesMax + 1 });
    expectProblem(answer, 413, 'file-too-large');
    expect(answer.json['details']).toEqual({ bytesMax: fileBytesMax });
    expect(api.log.events.length).toBe(before);
  });

  test('TE-2 another tenant’s upload is like one that does not exist', async () => {
    const { path } = await announce(api, 'north', { type: 'application/pdf', content: pdf });
    const none = '/files/11111111-1111-4111-8111-111111111111/uploads/22222222-2222-4222-8222-222222222222';
    const answers = [await put(api, 'south', path, pdf), await put(api, 'south', none, pdf), await put(api, 'south', '/files/x/uploads/y', pdf)];
    const told = answers.map(({ status, json: { instance: _, correlationId: __, ...rest } }) => ({ status, ...rest }));
    expect(told[0]).toMatchObject({ status: 404, code: 'not-found' });
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect((await put(api, 'north', path, pdf)).status).toBe(200);
  });

  test('needs a token and the permission', async () => {
    const { path } = await announce(api, 'north', { type: 'application/pdf', content: pdf });
    expectProblem(await api.send(path, { method: 'PUT', body: 'x' }), 401);
    expectProblem(await put(api, 'nobody', path, pdf), 403, 'forbidden');
    expectProblem(await api.post('nobody', '/files', {}), 403, 'forbidden');
  });

  test('compressed content and ranges are refused, and nothing is decided by them', async () => {
    const { path } = await announce(api, 'north', { type: 'application/pdf', content: pdf });
    expectProblem(await put(api, 'north', path, pdf, { 'Content-Encoding': 'gzip' }), 415);
    expectProblem(await put(api, 'north', path, pdf, { 'Content-Range': 'bytes 0-9/100' }), 400);
    expect((await put(api, 'north', path, pdf)).status).toBe(200);
  });

  const opened = (path: string, headers: Readonly<Record<string, string | number>> = {}) => {
    const { hostname, port } = new URL(api.url);
    return request({ hostname, port, path, method: 'PUT', headers: { Authorization: `Bearer ${api.tokenOf('north')}`, ...headers } });
  };

  test('what comes too slowly is cut with a problem, and may be sent again', async () => {
    const { path } = await announce(api, 'north', { type: 'application/pdf', content: pdf });
    const before = await api.blobNames();
    const sent = opened(path, { 'Content-Length': pdf.byteLength });
    sent.on('error', () => undefined);
    sent.write(pdf.subarray(0, 1000));
    const [answer] = await once(sent, 'response');
    expect([answer.statusCode, answer.headers.connection]).toEqual([408, 'close']);
    answer.resume();
    expect(await api.blobNames()).toEqual(before);
    expect((await put(api, 'north', path, pdf)).status).toBe(200);
  });

  test('what the sender breaks off leaves nothing, and may be sent again', async () => {
    const { path } = await announce(api, 'north', { type: 'application/pdf', content: pdf });
    const before = await api.blobNames();
    const sent = opened(path, { 'Content-Length': pdf.byteLength });
    sent.on('error', () => undefined);
    sent.write(pdf.subarray(0, 100_000));
    let names = await api.blobNames();
    while (names.length === before.length) names = await api.blobNames();
    sent.destroy();
    while (names.length > before.length) names = await api.blobNames();
    expect(names).toEqual(before);
    expect((await put(api, 'north', path, pdf)).status).toBe(200);
  });

  test('one caller sends so many at once and no more', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map(() => announce(api, 'north', { type: 'application/pdf', content: pdf })));
    const before = (await api.blobNames()).length;
    const held = [one, two].map((each) => {
      const sent = opened(each?.path ?? '', { 'Content-Length': pdf.byteLength });
      sent.on('error', () => undefined).on('response', (answer) => answer.resume());
      sent.write(pdf.subarray(0, 1000));
      return sent;
    });
    while ((await api.blobNames()).length < before + 2);
    expectProblem(await put(api, 'north', three?.path ?? '', pdf), 429, 'rate-limited');
    const ended = held.map((sent) => once(sent, 'response'));
    for (const sent of held) sent.end(pdf.subarray(1000));
    expect((await Promise.all(ended)).map(([answer]) => answer.statusCode)).toEqual([200, 200]);
    expect((await put(api, 'north', three?.path ?? '', pdf)).status).toBe(200);
  });
});

describe('links', () => {
  test('TE-2 are given only to who sees the file, and only for versions there are', async () => {
    const id = await stored();
    for (const [as, path] of [
      ['south', `/files/${id}/link`],
      ['north', `/files/${id}/link?version=2`],
      ['north', '/files/11111111-1111-4111-8111-111111111111/link'],
      ['north', '/files/x/link'],
    ] as const)
      expectProblem(await api.send(path, { as }), 404, 'not-found');
    expectProblem(await api.send(`/files/${id}/link?version=0`, { as: 'north' }), 400, 'bad-query');
    expectProblem(await api.send(`/files/${id}/link?v=1`, { as: 'north' }), 400, 'bad-query');
    expectProblem(await api.send(`/files/${id}/link`, { as: 'nobody' }), 403);
    expectProblem(await api.send(`/files/${id}/link`), 401);
    expect((await api.send(`/files/${id}/link?version=1`, { as: 'staff' })).status).toBe(200);
  });

  test('end by themselves', async () => {
    const url = await linkTo(await stored());
    expect((await api.send(url)).status).toBe(200);
    api.clock.aheadMs = 61_000;
    const answer = await api.send(url);
    api.clock.aheadMs = 0;
    expectProblem(answer, 410, 'link-expired');
  });

  test('with any character changed lead nowhere', async () => {
    const url = await linkTo(await stored());
    const start = url.indexOf('?');
    const at = fc.integer({ min: start + 1, max: url.length - 1 });
    await fc.assert(
      fc.asyncProperty(at, fc.constantFrom(...'aZ09-_=&%'), async (index, unit) => {
        const forged = `${url.slice(0, index)}${unit}${url.slice(index + 1)}`;
        // The last character of 32 bytes in base64url has two bits that say nothing.
        fc.pre(forged !== url && index < url.length - 1);
        const answer = await api.send(forged);
        expect(answer.status).not.toBe(200);
        expectProblem(answer, 404, 'not-found');
      }),
      { numRuns: 100 },
    );
  });

  test('lead nowhere once the file is removed', async () => {
    const id = await stored();
    const url = await linkTo(id);
    expect((await api.post('north', `/commands/attachment/${id}/remove-attachment`, { reason: 'wrong file' })).status).toBe(200);
    expectProblem(await api.send(url), 404);
  });

  test('HEAD tells of the file without it, and who has it is not sent it again', async () => {
    const url = await linkTo(await stored());
    const head = await api.send(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), head.text]).toEqual([200, String(pdf.byteLength), '']);
    expect((await api.send(url, { headers: { 'If-None-Match': `"${sha256}"` } })).status).toBe(304);
  });

  test('a file that was damaged in the store is reported, never served whole', async () => {
    const id = await stored();
    const uploadId = api.log.events.findLast(({ type }) => type === 'AttachmentStored')?.data['storageKey'];
    await writeFile(join(api.folder, String(uploadId)), Buffer.from(pdf).fill(0x21, 70_000, 70_001));
    const url = await linkTo(id);
    const lines = api.logged.length;
    await expect(fetch(`${api.url}${url}`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect(api.logged.slice(lines).join('')).toContain('not what its hash says');
  });

  test('no name ends the header, its quotes or its encoding', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const value = attachmentDisposition(name);
        expect(value).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.~!%-]*$/);
        expect(value.split('"').length).toBe(3);
        expect(decodeURIComponent(value.split("UTF-8''")[1] ?? '')).toBe(name.toWellFormed());
      }),
    );
  });
});
