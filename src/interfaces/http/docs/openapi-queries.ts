/** The queries in `/openapi.json`. */
import type { QueryDefinition } from '../../../../projections/kernel/query.ts';
import { inWords } from '../names.ts';
import { ref, refusals } from './openapi-common.ts';
import { rowSchema } from './schemas.ts';

export const querySchemaName = ({ name }: QueryDefinition): string => `row.${name}`;
export const querySchemas = (queries: readonly QueryDefinition[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(queries.map((query) => [querySchemaName(query), rowSchema(query.columns, query.docs)]));

const parameter = (name: string, description: string, schema: object = { type: 'string' }) => ({ name, in: 'query', description, schema });
const operators = '`eq:` (default), `ne:`, `in:a,b`, `gt:`, `gte:`, `lt:`, `lte:`, `between:a,b`, `like:`, `null:true`';

const filterParameter = (query: QueryDefinition): object => {
  const columns = Object.entries(query.columns).filter(([name, column]) => column.filter !== 'none' || name === query.key);
  return {
    name: 'filter',
    in: 'query',
    style: 'deepObject',
    explode: true,
    description: `\`filter[column]=operator:value\`. Operators: ${operators}.`,
    schema: { type: 'object', additionalProperties: false, properties: Object.fromEntries(columns.map(([name]) => [name, { type: 'string' }])) },
  };
};

const listParameters = (query: QueryDefinition): readonly object[] => [
  filterParameter(query),
  parameter('sort', 'Columns with commas between, `-` for descending; at most 3.'),
  parameter('fields', 'Only these columns, with commas between.'),
  parameter('limit', 'Rows a page.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }),
  parameter('after', 'The cursor of the page before.'),
  parameter('count', 'Also the number of all rows.', { type: 'string', enum: ['exact', 'estimate'] }),
  parameter('format', 'Instead of `Accept`; csv and xlsx hold the whole result.', { type: 'string', enum: ['json', 'csv', 'xlsx'] }),
  ...(query.place === undefined
    ? []
    : [
        parameter('near', '`latitude,longitude` in degrees; with `within`.'),
        parameter('within', 'Metres.', { type: 'number', exclusiveMinimum: 0 }),
        parameter('bbox', '`west,south,east,north` in degrees.'),
        parameter('in_geofence', 'What lies in the present shape of this geofence, its boundary included. A page may be short and still have a next one.', {
          type: 'string',
          format: 'uuid',
        }),
      ]),
  ref('parameters', 'ConsistencyToken'),
  ref('parameters', 'Prefer'),
];

const page = (query: QueryDefinition): object => ({
  type: 'object',
  required: ['data', 'page', 'asOf'],
  properties: {
    data: { type: 'array', items: ref('schemas', querySchemaName(query)) },
    page: { type: 'object', required: ['next'], properties: { next: { type: ['string', 'null'] } } },
    total: { type: 'integer' },
    asOf: ref('schemas', 'AsOf'),
  },
});

const binary = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } };
const answerHeaders = {
  'Consistency-Token': ref('headers', 'ConsistencyToken'),
  'X-Correlation-Id': ref('headers', 'CorrelationId'),
  RateLimit: ref('headers', 'RateLimit'),
  'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
};
const describe = (query: QueryDefinition): object => ({
  tags: ['queries'],
  description: `${query.docs}\n\nNeeds the permission \`${query.permission}\`.`,
  'x-permission': query.permission,
  'x-read-model': query.projection,
});

const list = (query: QueryDefinition): object => ({
  ...describe(query),
  operationId: `query.${query.name}`,
  summary: inWords(query.name),
  parameters: listParameters(query),
  responses: {
    '200': {
      description: 'A page, or the whole result as a file.',
      headers: answerHeaders,
      content: {
        'application/json': { schema: page(query) },
        'text/csv': { schema: { type: 'string' } },
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': binary,
      },
    },
    ...refusals(403, 404, 406),
  },
});

const one = (query: QueryDefinition): object => ({
  ...describe(query),
  operationId: `query.${query.name}.one`,
  summary: `${inWords(query.name)}: one`,
  parameters: [
    { name: 'id', in: 'path', required: true, description: `The row’s \`${query.key}\`.`, schema: { type: 'string' } },
    ref('parameters', 'ConsistencyToken'),
    ref('parameters', 'Prefer'),
  ],
  responses: {
    '200': {
      description: 'The row.',
      headers: answerHeaders,
      content: {
        'application/json': {
          schema: { type: 'object', required: ['data', 'asOf'], properties: { data: ref('schemas', querySchemaName(query)), asOf: ref('schemas', 'AsOf') } },
        },
      },
    },
    ...refusals(403, 404),
  },
});

const found = {
  type: 'object',
  required: ['id', 'type', 'title', 'route', 'score'],
  properties: {
    id: { type: 'string' },
    type: { type: 'string' },
    title: { type: 'string' },
    subtitle: { type: ['string', 'null'] },
    description: { type: ['string', 'null'] },
    route: { type: 'string', description: 'The portal’s path that opens it.' },
    score: { type: 'number' },
  },
};
const search = {
  operationId: 'query.search',
  tags: ['queries'],
  summary: 'Search',
  description: 'Over everything the caller may see; typing errors are forgiven, the best hits come first.',
  parameters: [
    { ...parameter('q', 'What is looked for.', { type: 'string', minLength: 1, maxLength: 200 }), required: true },
    parameter('limit', 'Hits.', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
    ref('parameters', 'ConsistencyToken'),
    ref('parameters', 'Prefer'),
  ],
  responses: {
    '200': {
      description: 'What was found.',
      headers: answerHeaders,
      content: {
        'application/json': {
          schema: { type: 'object', required: ['data', 'asOf'], properties: { data: { type: 'array', items: found }, asOf: ref('schemas', 'AsOf') } },
        },
      },
    },
    ...refusals(),
  },
};

export const queryPaths = (queries: readonly QueryDefinition[]): Readonly<Record<string, object>> => ({
  '/queries/search': { get: search },
  ...Object.fromEntries(
    queries.flatMap((query) => [
      [`/queries/${query.name}`, { get: list(query) }],
      [`/queries/${query.name}/{id}`, { get: one(query) }],
    ]),
  ),
});
