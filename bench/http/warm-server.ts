/**
 * The two servers of the benchmark in one process over one durable event store: the HTTP interface with all it does for a command, and a bare
 * Express route that only calls `appendToStream`. Started by warm-command.ts with a folder; prints its two ports.
 */
import { ANY, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import express from 'express';
import { LogReader } from '../../src/application/log-reader.ts';
import { startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../src/infrastructure/event-store/event-store-log.ts';
import { createHttpApplication } from '../../src/interfaces/http/application.ts';
import { listening, model, partsAround, tenant, token } from './served.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('a folder for the event store is needed');
const store = await startEmbeddedEventStore({ folder });
const log = new EventStoreLog(
  store.url,
  new EventCodec(model, { keyFor: async () => undefined, keysOf: async () => new Map(), destroy: async () => undefined }),
);

const bareClient = EventStoreDBClient.connectionString(store.url);
const bare = express();
bare.post('/append/:stream', async (request, response) => {
  const event = jsonEvent({ type: 'GaugeRenamed', data: { name: 'a name' }, metadata: { tenant } });
  const { nextExpectedRevision } = await bareClient.appendToStream(String(request.params['stream']), event, { expectedRevision: ANY });
  response.json({ revision: String(nextExpectedRevision) });
});

console.log(
  JSON.stringify({ ours: await listening(createHttpApplication(partsAround(log, new LogReader({ log })))), bare: await listening(bare), token, tenant }),
);
process.on('message', async (message) => {
  if (message === 'stop') {
    await store.close();
    process.exit(0);
  }
  process.send?.(await countsOf());
});
/** Events in the log by kind of stream, for the correctness check. */
const countsOf = async (): Promise<{ readonly gauge: number }> => {
  let count = 0;
  for await (const batch of log.readAll({})) count += batch.filter(({ type }) => type === 'GaugeRenamed').length;
  return { gauge: count };
};
