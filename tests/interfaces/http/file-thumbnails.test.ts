import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { files } from '../../application/attachments/files.ts';
import { picture } from '../../kit/pictures.ts';
import { announce, type FileApi, put, startFileApi } from './kit/file-api.ts';
import { expectProblem } from './kit/problem.ts';

let api: FileApi;
beforeAll(async () => {
  api = await startFileApi();
});
afterAll(() => api.stop());

const stored = async (type: string, content: Uint8Array): Promise<Readonly<Record<string, unknown>>> => {
  const { id, path } = await announce(api, 'north', { type, content, name: 'photo' });
  expect((await put(api, 'north', path, content)).status).toBe(200);
  return (await api.send(`/files/${id}/link`, { as: 'north' })).json;
};

test('a picture’s link brings one to its thumbnail, which a page of another origin may show', async () => {
  const link = await stored('image/png', await picture({ width: 640, height: 480 }, 'png'));
  const answer = await fetch(`${api.url}${link['thumbnailUrl']}`);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/webp',
    'content-disposition': 'inline',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(8, 12).toString()).toBe('WEBP');
  expect(answer.headers.get('content-length')).toBe(String(bytes.byteLength));
  const again = await api.send(String(link['thumbnailUrl']), { headers: { 'If-None-Match': String(answer.headers.get('etag')) } });
  expect([again.status, again.text]).toEqual([304, '']);
  const head = await api.send(String(link['thumbnailUrl']), { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, String(bytes.byteLength), '']);
});

test('a broken picture costs nothing but its thumbnail', async () => {
  const link = await stored('image/png', files['image/png']);
  expectProblem(await api.send(String(link['thumbnailUrl'])), 404, 'not-found');
  expect((await api.send(String(link['url']))).status).toBe(200);
});

test('a paper has no thumbnail, and no link opens one', async () => {
  const link = await stored('application/pdf', files['application/pdf']);
  expect(link).not.toHaveProperty('thumbnailUrl');
  expectProblem(await api.send(String(link['url']).replace('?', '/thumbnail?')), 404, 'not-found');
});

test('a thumbnail’s link ends, and a forged one leads nowhere', async () => {
  const link = await stored('image/webp', await picture({ width: 64, height: 64 }, 'webp'));
  expectProblem(await api.send(String(link['thumbnailUrl']).replace(/signature=..../, 'signature=AAAA')), 404, 'not-found');
  api.clock.aheadMs = 61_000;
  expectProblem(await api.send(String(link['thumbnailUrl'])), 410, 'link-expired');
  api.clock.aheadMs = 0;
});
