import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { expect, test } from '@jest/globals';
import { startEmbeddedEventStore } from '../../../src/infrastructure/embedded-event-store/start.ts';

test('ES-1 an event store in memory starts inside a test, takes an append and gives it back', async () => {
  const store = await startEmbeddedEventStore({});
  const client = EventStoreDBClient.connectionString(store.url);
  await client.appendToStream('thing-1', [jsonEvent({ type: 'ThingMade', data: { size: 3 } })], { expectedRevision: 'no_stream' });
  const read: unknown[] = [];
  for await (const { event } of client.readStream('thing-1')) read.push(event?.data);
  expect(read).toEqual([{ size: 3 }]);
  await client.dispose();
  await store.close();
});
