import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { model } from '../../../src/domain/model.ts';
import { Validator } from '../../../src/infrastructure/validation/validator.ts';
import { commandRoutes } from '../../../src/interfaces/http/commands/command-routes.ts';
import { openApiDocument } from '../../../src/interfaces/http/docs/openapi.ts';
import { arbitraryOf } from '../../kit/arbitrary-of.ts';
import { type Api, people, startApi } from './kit/api.ts';
import { mistaken, textOf } from './kit/arbitrary.ts';
import { boatQuery, eventIndex } from './kit/memory-queries.ts';
import { testModel } from './kit/model.ts';

/** All together at least 20,000 in the run of everything. */
const requestsPerModel = Number(process.env['FUZZ_REQUESTS'] ?? 20_000) / 2;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
afterAll(() => agent.destroy());

type Sent = { readonly status: number; readonly type: string; readonly text: string };
const sender = (api: Api) => {
  const token = api.tokenOf('chief');
  const { hostname, port } = new URL(api.url);
  return (method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = {}): Promise<Sent> =>
    new Promise((resolve, refuse) => {
      const content = body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) };
      const sent = request({ hostname, port, path, method, agent, headers: { Authorization: `Bearer ${token}`, ...content, ...headers } }, (answer) => {
        const chunks: Buffer[] = [];
        answer
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('end', () => resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString() }));
      });
      sent.on('error', refuse).end(body);
    });
};

/** The statuses that the document promises for an operation. */
const documentedStatuses = (document: object): ReadonlyMap<string, readonly number[]> => {
  const { paths } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string; readonly responses: object }>>>>;
  };
  return new Map(
    Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId, responses }) => [operationId, Object.keys(responses).map(Number)] as const)),
  );
};
const problemFields = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'correlationId', 'errors', 'details']);
const acceptedFields = new Set(['id', 'revision', 'position', 'events', 'made', 'watch']);

/** No status and no field that the document does not know, no 5xx, every refusal a whole problem document. */
const judge = ({ status, type, text }: Sent, statuses: readonly number[]): void => {
  expect(statuses).toContain(status);
  expect(status).toBeLessThan(500);
  const body = JSON.parse(text);
  const isProblem = status >= 400;
  expect(type).toBe(isProblem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8');
  const known = isProblem ? problemFields : acceptedFields;
  expect(Object.keys(body).filter((name) => !known.has(name))).toEqual([]);
  if (isProblem)
    expect(body).toMatchObject({ status, type: `/problems/${body.code}`, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/), detail: expect.any(String) });
};

test.each([
  ['the test model', testModel],
  ['the product’s model', model],
] as const)(
  'every command of %s, with what its schema permits and what it does not: a documented answer, nothing else, and only valid events',
  async (_name, aggregates) => {
    const api = await startApi({ model: aggregates });
    const routes = [...commandRoutes(aggregates).values()];
    api.directory.set('chief', { ...people.chief, permissions: new Set(routes.map(({ definition }) => definition.permission)) });
    const statuses = documentedStatuses(openApiDocument({ model: aggregates, queries: [boatQuery], eventIndex, version: '1' }));
    const send = sender(api);
    const runsEach = Math.max(1, Math.ceil(requestsPerModel / routes.length / 20));
    const seen = new Map<number, number>();
    // Commands after the first meet an aggregate that is there.
    const created = new Map<string, string>();
    for (const { path, type, aggregate, definition } of routes) {
      const [category = '', command = ''] = path.split('/');
      const bodies = fc.array(textOf(fc.oneof(arbitraryOf(definition.schema), mistaken(definition.schema))), { minLength: 20, maxLength: 20 });
      const isNew = definition.creates === true;
      await fc.assert(
        fc.asyncProperty(bodies, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), async (texts, asNew) => {
          const answers = await Promise.all(
            texts.map((body, n) => {
              const isCreate = isNew && asNew[n] === true;
              const id = created.get(category) ?? '0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f';
              return send('POST', isCreate ? `/commands/${path}` : `/commands/${category}/${id}/${command}`, body);
            }),
          );
          for (const answer of answers) {
            seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
            if (answer.status === 201) created.set(category, JSON.parse(answer.text).id);
            judge(answer, statuses.get(`${aggregate.category}.${type}`) ?? []);
          }
        }),
        { numRuns: runsEach, endOnFailure: true },
      );
    }
    const validator = new Validator();
    const byCategory = new Map(aggregates.map((aggregate) => [aggregate.category, aggregate]));
    for (const { category, type, data } of api.log.events) {
      const definition = byCategory.get(category)?.events[type];
      if (definition !== undefined) expect({ type, errors: validator.errorsOf(definition.schema, data) }).toEqual({ type, errors: [] });
    }
    expect(Reflect.get({}, 'extra')).toBeUndefined();
    // Both sides were reached, or this has tested little.
    expect(seen.get(422) ?? 0).toBeGreaterThan(0);
    expect((seen.get(200) ?? 0) + (seen.get(201) ?? 0)).toBeGreaterThan(0);
    await api.stop();
  },
);

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

test('addresses with any parameters: an answer or a problem, never a failure', async () => {
  const send = sender(api);
  const name = fc.oneof(
    fc.constantFrom(
      'filter[name]',
      'filter[boat_id]',
      'filter[is_sunk]',
      'filter[customer_id]',
      'filter[]',
      'sort',
      'fields',
      'limit',
      'after',
      'count',
      'format',
      'near',
      'types',
      'aggregate',
      'actor',
      'from',
      'to',
      'q',
      'asOf',
      'diff',
      '__proto__',
    ),
    fc.string({ maxLength: 10 }),
  );
  const value = fc.oneof(
    fc.string({ maxLength: 20, unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'between', 'like', 'null', 'x'), fc.string({ maxLength: 8 }))
      .map(([operator, text]) => `${operator}:${text}`),
    fc.constantFrom('json', '1', '500', '-name', 'name', 'true', '2026-01-01', '0', '1..2', 'boat', 'BoatSunk'),
  );
  const path = fc.constantFrom(
    '/queries/boat',
    '/queries/boat/x',
    '/queries/search',
    '/events',
    '/history/boat/0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f',
    '/me',
    '/problems/x',
    '/nothing',
  );
  await fc.assert(
    fc.asyncProperty(path, fc.array(fc.tuple(name, value), { maxLength: 4 }), async (where, pairs) => {
      const { status, text, type } = await send(
        'GET',
        `${where}?${new URLSearchParams(pairs.map(([key, one]): [string, string] => [key.toWellFormed(), one.toWellFormed()]))}`,
      );
      expect([200, 400, 404]).toContain(status);
      if (status >= 400) expect(type).toBe('application/problem+json; charset=utf-8');
      if (type.includes('json')) JSON.parse(text);
    }),
    { numRuns: Math.ceil(requestsPerModel / 10) },
  );
});
