import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClamdScanner } from '../../../src/infrastructure/virus-scanner/clamd-scanner.ts';
import { files } from '../../application/attachments/files.ts';
import { ClamdServer, eicar } from '../../kit/clamd-server.ts';
import { announce, type FileApi, put, startFileApi } from './kit/file-api.ts';
import { expectProblem } from './kit/problem.ts';

const server = new ClamdServer();
let port = 0;
let api: FileApi;
beforeAll(async () => {
  port = await server.start();
  api = await startFileApi({}, new ClamdScanner({ host: '127.0.0.1', port, connectMs: 1000 }));
});
afterAll(async () => {
  await api.stop();
  await server.stop();
});

test('an infected upload is refused and never served', async () => {
  const content = Buffer.from(eicar);
  const { id, path } = await announce(api, 'north', { type: 'text/plain', content });
  const answer = await put(api, 'north', path, content);
  expectProblem(answer, 422, 'file-rejected');
  expect(answer.json['details']).toEqual({ reason: 'infected' });
  expectProblem(await api.send(`/files/${id}/link`, { as: 'north' }), 404);
  expect(await api.blobNames()).toEqual([]);
});

test('a scanner that is away is a 503 that says when to come again, and the upload is still open', async () => {
  const content = files['application/pdf'];
  const { path } = await announce(api, 'north', { type: 'application/pdf', content });
  await server.stop();
  const answer = await put(api, 'north', path, content);
  expectProblem(answer, 503, 'store-unavailable');
  expect(answer.headers.get('Retry-After')).toBe('1');
  await server.start(port);
  expect((await put(api, 'north', path, content)).status).toBe(200);
});
