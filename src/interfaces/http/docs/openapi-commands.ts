/** The commands in `/openapi.json`. */
import type { CommandRoute } from '../commands/command-routes.ts';
import { inWords, kebabCase } from '../names.ts';
import { exampleOf } from './examples.ts';
import { ref, refusals } from './openapi-common.ts';
import { documentForm } from './schemas.ts';

export const commandSchemaName = ({ aggregate, type }: CommandRoute): string => `${aggregate.category}.${type}`;

const withId = (schema: unknown): unknown => ({
  description: 'The body may name the new aggregate’s id.',
  ...(typeof schema === 'object' && schema !== null ? schema : {}),
  properties: {
    id: { type: 'string', format: 'uuid', description: 'The new aggregate’s id; made where it is absent.' },
    ...(typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'properties') : {}),
  },
});

export const commandSchemas = (routes: Iterable<CommandRoute>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...routes].flatMap((route) => {
      const form = documentForm(route.definition.schema, { isRoot: true });
      const name = commandSchemaName(route);
      return route.takesId
        ? [
            [name, form],
            [`${name}.new`, withId(form)],
          ]
        : [[name, form]];
    }),
  );

const refused = ({ definition }: CommandRoute): object => ({
  description: ['The domain refuses.', ...definition.rejects.map((code) => `\`${code}\``), '`concurrent-change`'].join(' · '),
  headers: { 'X-Correlation-Id': ref('headers', 'CorrelationId') },
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
});

const accepted = (description: string) => ({
  description,
  headers: {
    ETag: ref('headers', 'ETag'),
    Location: ref('headers', 'Location'),
    'Consistency-Token': ref('headers', 'ConsistencyToken'),
    'X-Correlation-Id': ref('headers', 'CorrelationId'),
    RateLimit: ref('headers', 'RateLimit'),
    'RateLimit-Policy': ref('headers', 'RateLimitPolicy'),
  },
  content: { 'application/json': { schema: ref('schemas', 'Accepted') } },
});

const successes = ({ definition }: CommandRoute): Readonly<Record<string, object>> => ({
  '200': accepted('Done, or nothing had to be done (`events` is empty).'),
  ...(definition.creates === true && definition.startsProcess !== true ? { '201': accepted('Created.') } : {}),
  ...(definition.startsProcess === true ? { '202': accepted('Begun; a process goes on after it.') } : {}),
});

const operation = (route: CommandRoute, isNew: boolean): object => {
  const { aggregate, type, definition } = route;
  const name = isNew && route.takesId ? `${commandSchemaName(route)}.new` : commandSchemaName(route);
  return {
    operationId: isNew ? `${aggregate.category}.${type}.new` : `${aggregate.category}.${type}`,
    tags: [aggregate.category],
    summary: inWords(type),
    description: `${definition.docs}\n\nNeeds the permission \`${definition.permission}\`.`,
    'x-permission': definition.permission,
    'x-command': type,
    parameters: [
      ...(isNew ? [] : [ref('parameters', 'Id')]),
      ref('parameters', 'IdempotencyKey'),
      ref('parameters', 'IfMatch'),
      ref('parameters', 'CorrelationId'),
    ],
    requestBody: { required: true, content: { 'application/json': { schema: ref('schemas', name), example: exampleOf(definition.schema) } } },
    responses: { ...successes(route), ...refusals(403, 404, 408, 412, 413, 415, 422), '409': refused(route) },
  };
};

/** `/commands/…` for each command: with an id, and without one where it creates. */
export const commandPaths = (routes: Iterable<CommandRoute>): Readonly<Record<string, object>> =>
  Object.fromEntries(
    [...routes].flatMap((route) => {
      const aggregate = kebabCase(route.aggregate.category);
      const command = kebabCase(route.type);
      const existing = [`/commands/${aggregate}/{id}/${command}`, { post: operation(route, false) }] as const;
      return route.definition.creates === true ? [[`/commands/${aggregate}/${command}`, { post: operation(route, true) }] as const, existing] : [existing];
    }),
  );
