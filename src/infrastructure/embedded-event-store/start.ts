/** Starts the embedded event store in a thread of its own. */
import { Worker } from 'node:worker_threads';

export type EmbeddedEventStore = {
  /** `esdb://host:port?tls=false` */
  readonly url: string;
  /** Ends all calls, makes everything durable, ends the thread. Twice is once. */
  readonly close: () => Promise<void>;
  /** Resolves if the thread dies without having been closed; whoever runs the process should then end it with a failure. */
  readonly failed: Promise<Error>;
};

type Listening = { readonly port: number };
const isListening = (message: unknown): message is Listening => typeof message === 'object' && message !== null && 'port' in message;

const stopMs = 10_000;
/** V8 takes its young space by the machine's memory, up to 200 MiB a thread, without being the faster for it here. */
const maxYoungGenerationSizeMb = 48;

/**
 * A single-node server of EventStoreDB's gRPC protocol. `folder` keeps the log on disk, without it the log lives in memory; `port` 0 is any
 * free port. Rejects when the folder is in use by another store, cannot be read, or the port is taken.
 */
export const startEmbeddedEventStore = async (options: {
  readonly folder?: string;
  readonly host?: string;
  readonly port?: number;
}): Promise<EmbeddedEventStore> => {
  const host = options.host ?? '127.0.0.1';
  const workerData = { host, port: options.port ?? 0, ...(options.folder === undefined ? {} : { folder: options.folder }) };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, name: 'event-store', resourceLimits: { maxYoungGenerationSizeMb } });
  let isClosing = false;
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const failed = new Promise<Error>((resolve) => {
    worker.once('error', (error: unknown) => resolve(error instanceof Error ? error : new Error(String(error))));
    worker.once('exit', (code) => {
      if (!isClosing) resolve(new Error(`The event store's thread ended with code ${code}.`));
    });
  });
  const listening = new Promise<Listening>((resolve) => {
    worker.on('message', (message: unknown) => {
      if (isListening(message)) resolve(message);
    });
  });
  const started = await Promise.race([listening, failed]);
  if (started instanceof Error) throw started;
  const close = async (): Promise<void> => {
    if (!isClosing) worker.postMessage('close');
    isClosing = true;
    const force = setTimeout(() => void worker.terminate(), stopMs);
    await exited;
    clearTimeout(force);
  };
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `esdb://${shown === '0.0.0.0' ? '127.0.0.1' : shown}:${started.port}?tls=false`, close, failed };
};
