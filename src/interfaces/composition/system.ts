/** One running system: its parts put together, started in order, stopped in the opposite one. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { startClockwork } from '../../application/deadlines/clockwork.ts';
import { startRepeating } from '../../application/repeating.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { hardenServer } from '../http/broken-requests.ts';
import { provideFiles } from './files.ts';
import { provideHttpSide } from './http-side.ts';
import { provideObservation } from './observation.ts';
import { provideProcessSide } from './process-side.ts';
import type { Progress } from './progress.ts';
import { Parts, type Token } from './provide.ts';
import { provideReadSide } from './read-side.ts';
import { provideShell } from './shell.ts';
import { provideSignIn } from './sign-in.ts';
import { provideStores } from './stores.ts';
import { parts, type Stores } from './tokens.ts';

const deadlinesEveryMs = 1000;
const driftEveryMs = 60_000;
const usageEveryMs = 60_000;

export type System = Stores & {
  /** Absent where this process is no API. */
  readonly httpUrl?: string;
  /** A part, for commands and the demo that work on the running system. */
  readonly part: <T>(name: Token<T>) => Promise<T>;
  /** Stops accepting, finishes what is in flight, closes everything. */
  readonly stop: () => Promise<void>;
};

/** The parts of a system; nothing is started before it is asked for. */
export const assemble = (configuration: Configuration, progress: Progress, closers: AsyncDisposableStack): Parts => {
  const system = new Parts();
  system
    .provide(parts.configuration, [], () => configuration)
    .provide(parts.progress, [], () => progress)
    .provide(parts.closers, [], () => closers);
  const modules = [provideStores, provideShell, provideReadSide, provideFiles, provideProcessSide, provideSignIn, provideHttpSide, provideObservation];
  return modules.reduce((assembled, provide) => provide(assembled), system);
};

/** Starts what the roles ask for. Throws one sentence where a store cannot be reached or a port is taken; whatever was started is stopped again. */
export const startSystem = async (configuration: Configuration, progress: Progress): Promise<System> => {
  const closers = new AsyncDisposableStack();
  try {
    const system = assemble(configuration, progress, closers);
    return await started(system, configuration, closers);
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
};

const started = async (system: Parts, { roles, httpHost, httpPort }: Configuration, closers: AsyncDisposableStack): Promise<System> => {
  const stores = await system.get(parts.stores);
  const directory = await system.get(parts.directory);
  const projector = await system.get(parts.projector);
  const processes = await system.get(parts.processes);
  if (roles.includes('processor')) {
    await processes.start();
    closers.defer(() => processes.stop());
  }
  const reader = await system.get(parts.reader);
  reader.start();
  await Promise.all([projector?.start(), directory.freshness.levels(60_000)]);
  if (roles.includes('processor')) await startClocks(system, closers);
  // Before the server, so that it ends after it: the last calls are reported too.
  if (roles.includes('api')) await startUsageReports(system, closers);
  const http = roles.includes('api') ? { httpUrl: await listening(await system.get(parts.application), { host: httpHost, port: httpPort }, closers) } : {};
  return { ...stores, ...http, part: (name) => system.get(name), stop: () => closers.disposeAsync() };
};

/** What is done because time passes, not because something happened. */
const startClocks = async (system: Parts, closers: AsyncDisposableStack): Promise<void> => {
  const logger = await system.get(parts.logger);
  const [scheduler, drift] = [await system.get(parts.scheduler), await system.get(parts.drift)];
  closers.defer(startClockwork(scheduler, { everyMs: deadlinesEveryMs, failed: (error) => logger.warn({ err: error }, 'deadlines wait') }));
  closers.defer(startRepeating((signal) => drift.tick(signal), { everyMs: driftEveryMs }));
};

const startUsageReports = async (system: Parts, closers: AsyncDisposableStack): Promise<void> => {
  const usage = await system.get(parts.usage);
  closers.defer(() => usage.report());
  closers.defer(startRepeating(() => usage.report(), { everyMs: usageEveryMs }));
};

const closeMaxMs = 10_000;

const listening = async (application: Express, at: { readonly host: string; readonly port: number }, closers: AsyncDisposableStack): Promise<string> => {
  const server = hardenServer(createServer(application));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${at.port} on ${at.host} is taken; choose another with HTTP_PORT (0 takes any).`, { cause: error })
          : error,
      ),
    );
    server.listen(at.port, at.host, resolve);
  });
  closers.defer(() => closed(server));
  // The boundary to node:net: a listening TCP server has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`;
};

/** Requests in flight are finished; streams and idle connections are cut after a while. */
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeMaxMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
