/** The parts of `/openapi.json` that every operation leans on. */
import { problemCodes } from '../problems.ts';
import { exampleId } from './examples.ts';

export const ref = (kind: 'schemas' | 'responses' | 'parameters' | 'headers', name: string) => ({ $ref: `#/components/${kind}/${name}` });

const text = { type: 'string' };
const pointerError = {
  type: 'object',
  properties: { pointer: { ...text, description: 'JSON Pointer to the field.' }, parameter: text, message: text, known: { type: 'array', items: text } },
  required: ['message'],
};

const event = {
  type: 'object',
  description: 'An event as CloudEvents 1.0, JSON format.',
  required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'dataschema', 'position', 'revision', 'correlationid', 'causationid', 'actor', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', format: 'uuid' },
    source: { ...text, description: 'The kind of aggregate: `/aggregates/<aggregate>`.' },
    type: { ...text, description: 'The event’s permanent name.' },
    subject: { ...text, description: 'The stream: `<category>-<uuid>`.' },
    time: { type: 'string', format: 'date-time', description: 'When it happened.' },
    datacontenttype: { const: 'application/json' },
    dataschema: { ...text, format: 'uri-reference' },
    position: { ...text, pattern: '^[0-9]+$', description: 'Its place in the log; resume after it.' },
    revision: { type: 'integer', description: 'Its place in the stream, from 0.' },
    correlationid: { type: 'string', format: 'uuid' },
    causationid: { type: 'string', format: 'uuid' },
    tenant: { type: 'string', format: 'uuid', description: 'The customer that held the aggregate then; absent for the company’s own.' },
    account: { type: 'string', format: 'uuid' },
    actor: { ...text, description: '`user:<id>`, `apiClient:<id>` or `system:<name>`.' },
    data: { type: 'object', description: 'As `dataschema` says; personal fields read `[erased]`.' },
  },
};

/** Schemas of answers. */
export const answerSchemas = {
  Problem: {
    type: 'object',
    description: 'RFC 9457 problem details. `type` is a page that says more.',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'correlationId'],
    properties: {
      type: { ...text, format: 'uri-reference' },
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: { ...text, format: 'uri-reference' },
      code: { ...text, description: 'Stable; what a program decides by.' },
      correlationId: { type: 'string', format: 'uuid' },
      errors: { type: 'array', items: pointerError },
      details: { type: 'object', description: 'The facts of a decision’s refusal.' },
    },
  },
  Accepted: {
    type: 'object',
    required: ['id', 'revision', 'events'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      revision: { type: 'integer', description: 'The aggregate’s newest event, from 0.' },
      position: { ...text, description: 'The place in the log: the `Consistency-Token` of later queries. Absent where nothing changed.' },
      events: {
        type: 'array',
        description: 'Empty: nothing changed.',
        items: { type: 'object', required: ['type', 'id'], properties: { type: text, id: { type: 'string', format: 'uuid' } } },
      },
      made: { type: 'array', description: 'Ids that were made for parts of the aggregate, in order.', items: { type: 'string', format: 'uuid' } },
      watch: { ...text, description: 'Where to see a started process go on.' },
    },
  },
  AsOf: { type: 'object', required: ['position', 'time'], properties: { position: text, time: { type: ['string', 'null'], format: 'date-time' } } },
  Event: event,
} as const;

const header = (description: string, schema: object = text) => ({ description, schema });
export const headers = {
  CorrelationId: header('Stands in the log beside everything that this request led to.', { type: 'string', format: 'uuid' }),
  ETag: header('The revision in quotes, for `If-Match`.'),
  ConsistencyToken: header('The place in the log: of the change, or of the read model.'),
  Location: header('The query that shows it.'),
  RetryAfter: header('Seconds until it is worth trying again.', { type: 'integer' }),
  RateLimit: header('What remains: `"caller";r=<requests>;t=<seconds>`.'),
  RateLimitPolicy: header('What is permitted: `"caller";q=<requests>;w=<seconds>`.'),
};

export const parameters = {
  Id: { name: 'id', in: 'path', required: true, description: 'The aggregate.', schema: { type: 'string', format: 'uuid' }, example: exampleId },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key and payload repeats the accepted answer, from any node and after a crash.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
  },
  IfMatch: { name: 'If-Match', in: 'header', description: 'Only at this revision.', schema: { type: 'string', pattern: '^"[0-9]+"$' }, example: '"3"' },
  ConsistencyToken: {
    name: 'Consistency-Token',
    in: 'header',
    description: 'Waits until the read model has reached this position.',
    schema: { type: 'string', pattern: '^[0-9]{1,19}$' },
  },
  Prefer: {
    name: 'Prefer',
    in: 'header',
    description: '`wait=<seconds>`, at most 10: how long to wait for the position.',
    schema: { type: 'string' },
    example: 'wait=5',
  },
  CorrelationId: { name: 'X-Correlation-Id', in: 'header', description: 'The caller’s own correlation id.', schema: { type: 'string', format: 'uuid' } },
};

/** One response for each status, from the codes that have it. */
const responseOf = (status: number): object => {
  const codes = Object.entries(problemCodes).filter(([, known]) => known.status === status);
  return {
    description: codes.map(([code, { title }]) => `\`${code}\`: ${title}`).join(' · '),
    headers: {
      'X-Correlation-Id': ref('headers', 'CorrelationId'),
      ...(status === 429 || status === 503 ? { 'Retry-After': ref('headers', 'RetryAfter') } : {}),
    },
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
  };
};
export const problemName = (status: number): string => `Problem${status}`;
export const problemResponses = (): Readonly<Record<string, object>> =>
  Object.fromEntries([...new Set(Object.values(problemCodes).map(({ status }) => status))].map((status) => [problemName(status), responseOf(status)]));

const always = [400, 401, 429, 500, 503];
/** References to the refusals an operation may answer with. */
export const refusals = (...statuses: readonly number[]): Readonly<Record<string, object>> =>
  Object.fromEntries([...always, ...statuses].sort((a, b) => a - b).map((status) => [String(status), ref('responses', problemName(status))]));
