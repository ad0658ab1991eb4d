/** `/me` in `/openapi.json`: the caller, the first sign-in, own settings. */
import { invitedSchema } from '../me-link.ts';
import { exampleOf } from './examples.ts';
import { ref, refusals } from './openapi-common.ts';
import { documentForm } from './schemas.ts';

const json = (schema: object, example?: unknown) => ({ 'application/json': { schema, ...(example === undefined ? {} : { example }) } });
const list = (items: object) => ({ type: 'array', items });
const text = { type: 'string' };
const uuid = { type: 'string', format: 'uuid' };

const me = {
  operationId: 'me',
  tags: ['identity'],
  summary: 'Who I am',
  description: 'Whom the token speaks for, the permissions with their version, and the accounts.',
  responses: {
    '200': {
      description: 'The caller.',
      content: json({
        type: 'object',
        required: ['id', 'kind', 'permissions'],
        properties: {
          id: text,
          kind: text,
          name: { type: ['string', 'null'] },
          tenant: { type: ['string', 'null'] },
          permissions: { type: 'object', properties: { version: text, held: list(text) } },
          accounts: { type: 'object', properties: { all: { type: 'boolean' }, listed: list({ type: 'object' }) } },
        },
      }),
    },
    ...refusals(),
  },
};

const link = {
  operationId: 'me.link',
  tags: ['identity'],
  summary: 'Take up an invitation',
  description:
    'The first sign-in: with a token of the issuer whose subject nobody here has yet. The body is what stands in the invitation’s link; an empty object takes up the invitation that went to the token’s verified e-mail. Somebody then has to approve.',
  requestBody: {
    required: true,
    content: json({ oneOf: [documentForm(invitedSchema), { type: 'object', maxProperties: 0 }] }, exampleOf(invitedSchema)),
  },
  responses: {
    '200': { description: 'The token’s subject is this user’s now.', content: json({ type: 'object', required: ['id'], properties: { id: uuid } }) },
    ...refusals(404, 408, 413, 415, 422),
    '409': ref('responses', 'Problem409'),
  },
};

const settings = {
  operationId: 'me.settings',
  tags: ['identity'],
  summary: 'My settings',
  description:
    'What the caller has chosen, the same on every device. Changed by the commands of `user-settings` with the caller’s own id. Of a list’s columns, `shown` leaves out what the list no longer has.',
  responses: {
    '200': {
      description: 'The settings.',
      headers: { ETag: ref('headers', 'ETag') },
      content: json({
        type: 'object',
        required: ['columns', 'units', 'notificationPreferences', 'deviceTokens', 'locations'],
        properties: {
          columns: {
            type: 'object',
            additionalProperties: { type: 'object', required: ['chosen', 'shown'], properties: { chosen: list(text), shown: list(text) } },
          },
          units: list(text),
          notificationPreferences: list({
            type: 'object',
            required: ['kind', 'channel', 'isOn', 'quietHours'],
            properties: { kind: text, channel: text, isOn: { type: 'boolean' }, quietHours: { type: ['object', 'null'] } },
          }),
          deviceTokens: list({ type: 'object', required: ['deviceTokenId', 'token'], properties: { deviceTokenId: uuid, token: text } }),
          locations: list({ type: 'object', required: ['locationId', 'nickname', 'street'], properties: { locationId: uuid, nickname: text, street: text } }),
        },
      }),
    },
    ...refusals(404),
  },
};

export const mePaths: Readonly<Record<string, object>> = { '/me': { get: me }, '/me/link': { post: link }, '/me/settings': { get: settings } };
