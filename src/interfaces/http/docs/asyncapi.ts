/** `/asyncapi.json`: AsyncAPI 3.0, computed from the model: every event, where it can be listened to, and its stream. */
import type { AnyAggregate, EventDefinition } from '../../../domain/kernel/aggregate.ts';
import { schemaName, sourceOf } from '../events/cloud-event.ts';
import { inWords } from '../names.ts';
import { exampleId, exampleOf } from './examples.ts';
import type { Documented } from './openapi.ts';
import { answerSchemas } from './openapi-common.ts';
import { documentForm, sharedSchemas } from './schemas.ts';
import { usedOf } from './used-components.ts';

type Told = { readonly aggregate: AnyAggregate; readonly type: string; readonly definition: EventDefinition; readonly name: string };

const toldBy = (model: readonly AnyAggregate[]): readonly Told[] =>
  model.flatMap((aggregate) =>
    Object.entries(aggregate.events).map(([type, definition]) => ({ aggregate, type, definition, name: schemaName(aggregate.category, type) })),
  );

const envelopeExample = ({ aggregate, type, definition, name }: Told): object => ({
  specversion: '1.0',
  id: exampleId,
  source: sourceOf(aggregate.category),
  type,
  subject: `${aggregate.category}-${exampleId}`,
  time: '2026-01-31T08:15:00.000Z',
  datacontenttype: 'application/json',
  dataschema: `/asyncapi.json#/components/schemas/${name}`,
  position: '4242',
  revision: 0,
  correlationid: exampleId,
  causationid: exampleId,
  actor: `user:${exampleId}`,
  data: exampleOf(definition.schema),
});

const message = (told: Told): object => ({
  name: told.type,
  title: inWords(told.type),
  summary: told.definition.docs,
  contentType: 'application/cloudevents+json',
  'x-schema-version': told.definition.version,
  payload: {
    allOf: [
      { $ref: '#/components/schemas/Event' },
      { type: 'object', properties: { type: { const: told.type }, data: { $ref: `#/components/schemas/${told.name}` } } },
    ],
  },
  examples: [{ name: told.type, payload: envelopeExample(told) }],
});

const references = (told: readonly Told[]): Readonly<Record<string, object>> =>
  Object.fromEntries(told.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }]));

const streamChannel = (aggregate: AnyAggregate, told: readonly Told[]): object => ({
  address: `${aggregate.category}-{id}`,
  title: inWords(aggregate.category),
  description: `${aggregate.docs} One stream an aggregate, in EventStoreDB; its events carry \`data\` of the same schemas and the facts of the envelope as metadata.`,
  servers: [{ $ref: '#/servers/log' }],
  parameters: { id: { description: 'The aggregate’s id, a UUID.' } },
  messages: references(told),
});

export const asyncApiDocument = ({ model, version, publicUrl, eventIndex }: Documented): object => {
  const told = toldBy(model);
  const messages = Object.fromEntries(told.map((one) => [one.name, message(one)]));
  const data = Object.fromEntries(told.map((one) => [one.name, documentForm(one.definition.schema, { isRoot: true })]));
  const url = new URL(publicUrl ?? 'http://localhost:3000');
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Leasing backend: events',
      version,
      description:
        'Every event of the log. Event types, stream names and schemas are public contract: a type is never renamed, a shape changes by a new schema version.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      http: { host: url.host, protocol: url.protocol.replace(':', ''), description: 'Server-Sent Events of this installation.' },
      log: { host: 'eventstore:2113', protocol: 'esdb', description: 'EventStoreDB itself, for integrators inside the network.' },
    },
    channels: {
      events: {
        address: '/events/stream',
        title: 'Live events',
        description: `What happened, as it happens, as far as the caller may see it. Needs the permission \`${eventIndex.permission}\`; personal fields read \`[erased]\`.`,
        servers: [{ $ref: '#/servers/http' }],
        messages: references(told),
      },
      ...Object.fromEntries(
        model.map((aggregate) => [
          aggregate.category,
          streamChannel(
            aggregate,
            told.filter((one) => one.aggregate.category === aggregate.category),
          ),
        ]),
      ),
    },
    operations: {
      tellEvents: { action: 'send', channel: { $ref: '#/channels/events' }, summary: 'Events go out to whoever listens.' },
    },
    components: { messages, ...usedOf({ schemas: { ...sharedSchemas(), Event: answerSchemas.Event, ...data } }, messages) },
  };
};
