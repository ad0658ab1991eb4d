import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BlobStoreUnavailable } from '../../../src/application/ports/blob-store.ts';
import { StoreUnavailable, UnreadableEvent } from '../../../src/application/ports/event-log.ts';
import { QueryForbidden } from '../../../src/application/ports/queries.ts';
import { DatabaseUnavailable, QueryTooSlow } from '../../../src/application/ports/read-models.ts';
import { type Answer, type Api, startApi, tenants } from './kit/api.ts';
import { announce, type FileApi, put, startFileApi } from './kit/file-api.ts';
import { expectProblem } from './kit/problem.ts';

/** What is thrown wherever a store is asked; nothing: all is well. */
const weather: { thrown: Error | undefined } = { thrown: undefined };
const secret = 'postgres://owner:hunter2@db.internal/leasing';
const failing = <F extends (...given: never[]) => Promise<unknown>>(work: F): F =>
  // The boundary of this test: the same function, but for what it throws.
  (async (...given: Parameters<F>) => {
    if (weather.thrown !== undefined) throw weather.thrown;
    return work(...given);
  }) as F;

let api: Api;
let boat = '';
beforeAll(async () => {
  api = await startApi({
    parts: (parts) => {
      const { queryRunner, search, readModels, commands, log } = parts;
      return {
        ...parts,
        commands: { handle: failing((envelope) => commands.handle(envelope)) },
        queryRunner: {
          parse: queryRunner.parse,
          page: failing((...asked) => queryRunner.page(...asked)),
          one: failing((...asked) => queryRunner.one(...asked)),
          export: failing((...asked) => queryRunner.export(...asked)),
        },
        search: { searchFor: failing((...asked) => search.searchFor(...asked)) },
        readModels: { waitFor: failing((...asked) => readModels.waitFor(...asked)) },
        log: { read: failing((...asked) => log.read(...asked)) },
      };
    },
  });
  boat = String((await api.post('north', '/commands/boat/launch-boat', { customerId: tenants.north, name: 'Nina' })).json['id']);
});
afterAll(() => api.stop());

const ways: readonly (readonly [string, () => Promise<Answer>])[] = [
  ['a command', () => api.post('north', `/commands/boat/${boat}/rename-boat`, { name: 'Nina' })],
  ['a query', () => api.send('/queries/boat', { as: 'north' })],
  ['one row', () => api.send(`/queries/boat/${boat}`, { as: 'north' })],
  ['an export', () => api.send('/queries/boat?format=csv', { as: 'north' })],
  ['a search', () => api.send('/queries/search?q=nina', { as: 'north' })],
  ['waiting for a position', () => api.send('/queries/boat', { as: 'north', headers: { 'Consistency-Token': '0' } })],
  ['events', () => api.send('/events', { as: 'north' })],
  ['a history', () => api.send(`/history/boat/${boat}`, { as: 'north' })],
];
const during = async (thrown: Error, ask: () => Promise<Answer>): Promise<Answer> => {
  weather.thrown = thrown;
  try {
    return await ask();
  } finally {
    weather.thrown = undefined;
  }
};

describe.each(ways)('%s', (_way, ask) => {
  test.each([
    [new StoreUnavailable(secret, { cause: new Error('ECONNREFUSED') }), 503, 'store-unavailable', '1'],
    [new DatabaseUnavailable(secret), 503, 'store-unavailable', '1'],
    [new QueryTooSlow(secret), 503, 'store-unavailable', '1'],
    [new UnreadableEvent(secret), 503, 'store-unavailable', '30'],
    [new QueryForbidden(secret), 403, 'forbidden', null],
    [new TypeError(secret), 500, 'internal-error', null],
  ] as const)(
    'while there is %p: a problem that says when to come back and nothing else, and then all is as before',
    async (thrown, status, code, retryAfter) => {
      const answer = await during(thrown, ask);
      expectProblem(answer, status, code);
      expect(answer.headers.get('Retry-After')).toBe(retryAfter);
      expect(answer.text).not.toContain('hunter2');
      expect((await ask()).status).toBe(200);
    },
  );
});

test('in a batch each command has the problem of its own', async () => {
  const commands = [1, 2].map(() => ({ aggregate: 'boat', command: 'launch-boat', payload: { customerId: tenants.north, name: 'x' } }));
  const answer = await during(new StoreUnavailable('away'), () => api.post('north', '/commands/batch', { commands }));
  expect(answer.json['outcomes']).toEqual([expect.objectContaining({ status: 503 }), expect.objectContaining({ status: 503 })]);
});

test('a store of files that is away is 503 with Retry-After, and the upload goes on when it is back', async () => {
  const files: FileApi = await startFileApi();
  const content = Buffer.from('%PDF-1.7\n');
  const { id, path } = await announce(files, 'north', { type: 'application/pdf', content });
  files.blobFailure.thrown = new BlobStoreUnavailable(secret);
  const away = await put(files, 'north', path, content);
  expectProblem(away, 503, 'store-unavailable');
  expect(away.headers.get('Retry-After')).toBe('1');
  files.blobFailure.thrown = undefined;
  expect((await put(files, 'north', path, content)).status).toBe(200);
  const { url } = (await files.send(`/files/${id}/link`, { as: 'north' })).json;
  files.blobFailure.thrown = new BlobStoreUnavailable(secret);
  expectProblem(await files.send(String(url)), 503, 'store-unavailable');
  await files.stop();
});
