/** `/openapi.json`: OpenAPI 3.1, computed from the model and the queries. */
import type { QueryDefinition } from '../../../../projections/kernel/query.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { commandRoutes } from '../commands/command-routes.ts';
import { inWords } from '../names.ts';
import { commandPaths, commandSchemas } from './openapi-commands.ts';
import { answerSchemas, headers, parameters, problemResponses } from './openapi-common.ts';
import { filePaths } from './openapi-files.ts';
import { otherPaths } from './openapi-others.ts';
import { publicPaths } from './openapi-public.ts';
import { queryPaths, querySchemas } from './openapi-queries.ts';
import { sharedSchemas } from './schemas.ts';
import { usedOf } from './used-components.ts';

export type Documented = {
  readonly model: readonly AnyAggregate[];
  readonly queries: readonly QueryDefinition[];
  readonly eventIndex: Pick<QueryDefinition, 'permission'>;
  readonly version: string;
  readonly publicUrl?: string;
  /** Absent: there are no reports without a token here. */
  readonly publicReports?: object;
};

const about = [
  'Commands change, queries read, events tell: three separate surfaces over one log.',
  'Send `Idempotency-Key` with a command to be able to send it again, and its `Consistency-Token` with a query to see it.',
  'Every refusal is a problem document (RFC 9457) whose `type` is a page that says more.',
].join('\n\n');

const fixedTags = [
  { name: 'queries', description: 'Read models, and search over all of them.' },
  { name: 'events', description: 'The log, as far as the caller may see it.' },
  { name: 'history', description: 'One aggregate through time.' },
  { name: 'batch', description: 'Many commands in one request.' },
  { name: 'files', description: 'Documents and pictures: announced, sent, and had again by links that end by themselves.' },
  { name: 'public', description: 'For people without a token.' },
  { name: 'identity', description: 'The caller.' },
  { name: 'operations', description: 'For operators and their machines.' },
];

export const openApiDocument = ({ model, queries, eventIndex, version, publicUrl, publicReports }: Documented): object => {
  const routes = [...commandRoutes(model).values()];
  const used = new Set(routes.map(({ aggregate }) => aggregate.category));
  const paths = {
    ...otherPaths(model, eventIndex.permission),
    ...(publicReports === undefined ? {} : publicPaths),
    ...filePaths(routes),
    ...commandPaths(routes),
    ...queryPaths(queries),
  };
  const schemas = { ...sharedSchemas(), ...answerSchemas, ...commandSchemas(routes), ...querySchemas(queries) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Leasing backend',
      version,
      summary: 'Equipment leasing and field service',
      description: about,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl ?? '/', description: 'This installation' }],
    security: [{ token: [] }],
    tags: [
      ...model
        .filter(({ category }) => used.has(category))
        .map(({ category, docs }) => ({ name: category, description: docs, 'x-displayName': inWords(category) })),
      ...fixedTags,
    ],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'RS256 or ES256, of the configured issuer.' } },
      ...usedOf({ schemas, responses: problemResponses(), parameters, headers }, paths),
    },
  };
};
