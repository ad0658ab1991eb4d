/** A server that answers every read with bytes made beforehand: what is left is what the client itself can take. Runs as a worker. */
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { notReady } from '../../src/infrastructure/embedded-event-store/grpc/failure.ts';
import { type Method, serve } from '../../src/infrastructure/embedded-event-store/grpc/server.ts';
import { encodeRecord, streamField } from '../../src/infrastructure/embedded-event-store/wire/record.ts';
import { eventFrame } from '../../src/infrastructure/embedded-event-store/wire/stored-event.ts';

/** The documented boundary to the thread that starts this one. */
const { size, payload } = workerData as { readonly size: number; readonly payload: string };
const chunkEvents = 512;

const frameAt = (position: number): Buffer => {
  const event = { id: randomUUID(), type: 'EquipmentDelivered', contentType: 'application/json', data: Buffer.from(payload), customMetadata: Buffer.alloc(0) };
  return eventFrame({ event: encodeRecord(streamField(`lane-${position % 32}`), event, { revision: position, position, createdMs: Date.now() }), position });
};
const chunks = Array.from({ length: Math.ceil(size / chunkEvents) }, (_, chunk) =>
  Buffer.concat(Array.from({ length: Math.min(chunkEvents, size - chunk * chunkEvents) }, (__, n) => frameAt(chunk * chunkEvents + n))),
);

const read: Method = (call) => ({
  message: () => {
    const send = async (): Promise<void> => {
      for (const chunk of chunks) if (!call.write(chunk)) await call.drained();
      call.finish();
    };
    void send();
  },
  end: () => undefined,
});

const server = await serve({
  host: '127.0.0.1',
  port: 0,
  methods: new Map([['/event_store.client.streams.Streams/Read', read]]),
  authenticate: () => undefined,
});
parentPort?.once('message', () => {
  server.close(notReady()).then(() => parentPort?.close());
});
parentPort?.postMessage(server.port);
