/** What is neither a command nor a query in `/openapi.json`: batches, events, histories, who I am, operations. */

import { operationsView, viewPermissionOf } from '../../../application/permissions.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { eventParameters } from '../events/event-filter.ts';
import { inWords, kebabCase } from '../names.ts';
import { ref, refusals } from './openapi-common.ts';
import { mePaths } from './openapi-me.ts';

const json = (schema: object) => ({ 'application/json': { schema } });
const list = (items: object) => ({ type: 'array', items });
const text = { type: 'string' };

const eventDocs: Readonly<Record<(typeof eventParameters)[number], string>> = {
  after: 'A position, exclusive.',
  limit: 'Events a page, at most 500.',
  types: 'Event types, with commas between.',
  aggregate: 'An aggregate, or one and an id: `equipment/<uuid>`.',
  actor: 'The id of who did it.',
  tenant: 'The customer that held the aggregate then.',
  correlation: 'All that one request led to.',
  from: 'From this instant on.',
  to: 'Before this instant.',
};
const eventQuery = eventParameters.map((name) => ({
  name,
  in: 'query',
  description: eventDocs[name],
  schema: name === 'limit' ? { type: 'integer', minimum: 1, maximum: 500, default: 100 } : text,
}));

const batch = {
  operationId: 'commands.batch',
  tags: ['batch'],
  summary: 'Many commands at once',
  description: 'At most 500, one after the other, each with an outcome of its own, in order. Not a transaction.',
  requestBody: {
    required: true,
    content: json({
      type: 'object',
      required: ['commands'],
      additionalProperties: false,
      properties: {
        commands: {
          type: 'array',
          minItems: 1,
          maxItems: 500,
          items: {
            type: 'object',
            required: ['aggregate', 'command', 'payload'],
            additionalProperties: false,
            properties: {
              aggregate: text,
              command: text,
              id: { type: 'string', format: 'uuid' },
              payload: { type: 'object', description: 'The command’s fields.' },
              idempotencyKey: { type: 'string', maxLength: 255 },
              ifRevision: { type: 'integer', minimum: 0 },
            },
          },
        },
      },
    }),
  },
  responses: {
    '200': {
      description: 'An outcome for each.',
      content: json({
        type: 'object',
        required: ['isTransaction', 'outcomes'],
        properties: {
          isTransaction: { const: false },
          outcomes: list({ type: 'object', required: ['status'], properties: { status: { type: 'integer' }, problem: ref('schemas', 'Problem') } }),
        },
      }),
    },
    ...refusals(408, 413, 415, 422),
  },
};

const events = (permission: string) => ({
  operationId: 'events.list',
  tags: ['events'],
  summary: 'Events in order',
  description: `Pages of the log as far as the caller may see it. Needs the permission \`${permission}\`.`,
  'x-permission': permission,
  parameters: [...eventQuery, ref('parameters', 'ConsistencyToken'), ref('parameters', 'Prefer')],
  responses: {
    '200': {
      description: 'The next events. `page.next` is the `after` of the page that follows; `isLast`: there is no more yet.',
      content: {
        ...json({
          type: 'object',
          required: ['data', 'page'],
          properties: { data: list(ref('schemas', 'Event')), page: { type: 'object', properties: { next: text, isLast: { type: 'boolean' } } } },
        }),
        'application/x-ndjson': { schema: { type: 'string', description: 'One event a line, up to the end of the log.' } },
      },
    },
    ...refusals(403, 406),
  },
});

const stream = (permission: string) => ({
  operationId: 'events.stream',
  tags: ['events'],
  summary: 'Events as they happen',
  description: `Server-Sent Events: history after \`Last-Event-ID\` (or \`after\`), then live. Needs the permission \`${permission}\`.`,
  'x-permission': permission,
  parameters: [
    ...eventQuery.filter(({ name }) => name !== 'limit'),
    { name: 'Last-Event-ID', in: 'header', description: 'The position to go on after.', schema: text },
  ],
  responses: { '200': { description: 'Until the client goes.', content: { 'text/event-stream': { schema: text } } }, ...refusals(403) },
});

const history = (aggregate: AnyAggregate) => ({
  operationId: `history.${aggregate.category}`,
  tags: ['history'],
  summary: `${inWords(aggregate.category)} through time`,
  description: `Every event of one; with \`asOf\` its state at that moment, with \`diff\` what changed between two. Personal fields are in clear for holders of \`${viewPermissionOf(aggregate)}\`.`,
  'x-permission': viewPermissionOf(aggregate),
  parameters: [
    ref('parameters', 'Id'),
    { name: 'asOf', in: 'query', description: 'A revision, a date or an instant.', schema: text },
    { name: 'diff', in: 'query', description: 'Two of them: `3..7`.', schema: text },
    { name: 'after', in: 'query', description: 'Events after this revision.', schema: { type: 'integer', minimum: 0 } },
    { name: 'limit', in: 'query', description: 'Events a page.', schema: { type: 'integer', minimum: 1, maximum: 1000, default: 1000 } },
  ],
  responses: {
    '200': { description: 'Events, a state or changes.', content: json({ type: 'object', required: ['data'], properties: { data: {} } }) },
    ...refusals(403, 404),
  },
});

const metrics = {
  operationId: 'metrics',
  tags: ['operations'],
  summary: 'Measurements',
  description: `For Prometheus. From this machine itself without a token (but through no proxy); else for the company’s own with the permission \`${operationsView}\`.`,
  'x-permission': operationsView,
  responses: { '200': { description: 'The Prometheus text.', content: { 'text/plain': { schema: text } } }, ...refusals(403) },
};

const open = (operationId: string, summary: string, description: string, more: object = {}) => ({
  get: {
    operationId,
    tags: ['operations'],
    summary,
    description,
    security: [],
    responses: { '200': { description: 'As asked.', content: json({ type: 'object' }) }, '400': ref('responses', 'Problem400'), ...more },
  },
});

export const otherPaths = (model: readonly AnyAggregate[], eventsPermission: string): Readonly<Record<string, object>> => ({
  '/commands/batch': { post: batch },
  '/events': { get: events(eventsPermission) },
  '/events/stream': { get: stream(eventsPermission) },
  ...Object.fromEntries(model.map((aggregate) => [`/history/${kebabCase(aggregate.category)}/{id}`, { get: history(aggregate) }])),
  ...mePaths,
  '/metrics': { get: metrics },
  '/health/live': open('health.live', 'Alive', 'Answers as long as the process does.'),
  '/health/ready': open('health.ready', 'Ready', 'Whether everything that requests need is there.', {
    '503': { description: 'A part is away; the body says which.', content: json({ type: 'object' }) },
  }),
});
