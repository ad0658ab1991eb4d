/** Files in `/openapi.json`. */
import type { CommandRoute } from '../commands/command-routes.ts';
import { beginUploadPath } from '../files/file-endpoints.ts';
import { exampleOf } from './examples.ts';
import { commandSchemaName } from './openapi-commands.ts';
import { ref, refusals } from './openapi-common.ts';

const uuid = { type: 'string', format: 'uuid' };
const text = { type: 'string' };
const json = (schema: object) => ({ 'application/json': { schema } });
const inPath = (name: string, description: string) => ({ name, in: 'path', required: true, description, schema: uuid });
const attachmentId = inPath('id', 'The attachment.');
const headers = { 'Consistency-Token': ref('headers', 'ConsistencyToken'), 'X-Correlation-Id': ref('headers', 'CorrelationId') };

const begun = {
  allOf: [ref('schemas', 'Accepted')],
  properties: {
    uploadId: uuid,
    upload: {
      type: 'object',
      description: 'Where the content goes; absent where it has come already.',
      required: ['method', 'path'],
      properties: { method: { const: 'PUT' }, path: { ...text, format: 'uri-reference' } },
    },
  },
};

const begin = (route: CommandRoute): object => ({
  operationId: 'files.begin',
  tags: ['files'],
  summary: 'Announce a file',
  description: `${route.definition.docs}\n\nThe same as the command of that name; the answer also says where the content goes. Needs the permission \`${route.definition.permission}\`.`,
  'x-permission': route.definition.permission,
  parameters: [ref('parameters', 'IdempotencyKey'), ref('parameters', 'CorrelationId')],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: ref('schemas', route.takesId ? `${commandSchemaName(route)}.new` : commandSchemaName(route)),
        example: exampleOf(route.definition.schema),
      },
    },
  },
  responses: {
    '200': { description: 'Announced before, by the same request.', headers, content: json(begun) },
    '201': { description: 'Announced.', headers: { ...headers, ETag: ref('headers', 'ETag'), Location: ref('headers', 'Location') }, content: json(begun) },
    ...refusals(403, 404, 408, 409, 413, 415, 422),
  },
});

const receive = {
  operationId: 'files.send',
  tags: ['files'],
  summary: 'Send the content',
  description:
    'The whole content, as it is. What is broken off leaves nothing and may be sent again; the same content again gives the same answer. What is not what was announced is refused for good. Needs the permission `attachment:create`.',
  'x-permission': 'attachment:create',
  parameters: [attachmentId, inPath('uploadId', 'The upload that the announcement answered.')],
  requestBody: { required: true, content: { 'application/octet-stream': { schema: { ...text, contentMediaType: 'application/octet-stream' } } } },
  responses: {
    '200': {
      description: 'Stored.',
      headers,
      content: json({
        type: 'object',
        required: ['id', 'uploadId', 'sha256', 'sizeBytes', 'mimeType'],
        properties: { id: uuid, uploadId: uuid, sha256: { ...text, pattern: '^[0-9a-f]{64}$' }, sizeBytes: { type: 'integer' }, mimeType: text },
      }),
    },
    ...refusals(403, 404, 408, 413, 415, 422),
  },
};

const link = {
  operationId: 'files.link',
  tags: ['files'],
  summary: 'A link to a file',
  description: 'An address that needs no sign-in and ends after some minutes. Needs the permission `attachment:view`.',
  'x-permission': 'attachment:view',
  parameters: [
    attachmentId,
    { name: 'version', in: 'query', description: 'Another version than the newest.', schema: { type: 'integer', minimum: 1, maximum: 999_999 } },
  ],
  responses: {
    '200': {
      description: 'The link.',
      content: json({
        type: 'object',
        required: ['url', 'expiresAt'],
        properties: {
          url: { ...text, format: 'uri-reference' },
          thumbnailUrl: { ...text, format: 'uri-reference', description: 'The same for a small picture of it; absent where it is no picture.' },
          expiresAt: { ...text, format: 'date-time' },
        },
      }),
    },
    ...refusals(403, 404),
  },
};

const inQuery = (name: string) => ({ name, in: 'query', required: true, description: 'As in the link.', schema: text });
const { 401: _, ...openRefusals } = refusals(404, 410);
const download = {
  operationId: 'files.download',
  tags: ['files'],
  summary: 'What a link leads to',
  description: 'The file, always as an attachment. The signature stands for a token.',
  security: [],
  parameters: [attachmentId, inQuery('version'), inQuery('expires'), inQuery('signature')],
  responses: {
    '200': {
      description: 'The file.',
      headers: { ETag: { description: 'The content’s SHA-256 in quotes.', schema: text }, 'Content-Disposition': { description: 'Its name.', schema: text } },
      content: { '*/*': { schema: { ...text, contentMediaType: 'application/octet-stream' } } },
    },
    '304': { description: 'As before: `If-None-Match` names its `ETag`.' },
    ...openRefusals,
  },
};

const thumbnail = {
  operationId: 'files.thumbnail',
  tags: ['files'],
  summary: 'A small picture of a picture',
  description:
    'What `thumbnailUrl` of a link leads to: WebP, at most 320 pixels on its longer edge, for PNG, JPEG and WebP. Made when it is first asked for; a broken picture has none. The signature stands for a token.',
  security: [],
  parameters: [attachmentId, inQuery('version'), inQuery('expires'), inQuery('signature')],
  responses: {
    '200': { description: 'The thumbnail.', content: { 'image/webp': { schema: { ...text, contentMediaType: 'image/webp' } } } },
    '304': { description: 'As before: `If-None-Match` names its `ETag`.' },
    ...openRefusals,
  },
};

/** `/files/…`, where the model has attachments. */
export const filePaths = (routes: readonly CommandRoute[]): Readonly<Record<string, object>> => {
  const announce = routes.find(({ path }) => path === beginUploadPath);
  if (announce === undefined) return {};
  return {
    '/files': { post: begin(announce) },
    '/files/{id}': { get: download },
    '/files/{id}/link': { get: link },
    '/files/{id}/thumbnail': { get: thumbnail },
    '/files/{id}/uploads/{uploadId}': { put: receive },
  };
};
