/** The thread of the event store: starts a server from its options, says where it listens, closes when told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { type ServerOptions, startServer } from './server.ts';

/** What the starting thread hands over (its documented boundary: only `start.ts` starts this worker). */
const options = workerData as ServerOptions;

const server = await startServer(options);
parentPort?.once('message', () => {
  server.close().then(() => parentPort?.close());
});
parentPort?.postMessage({ port: server.port });
