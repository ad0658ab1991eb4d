/** One running system: its parts put together, started in order, stopped in the opposite one. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startClockwork } from '../../application/deadlines/clockwork.ts';
import { startRepeating } from '../../application/repeating.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { hardenServer } from '../http/broken-requests.ts';
import { startingListener } from '../http/starting.ts';
import { beginEmbeddedStores, type EmbeddedStores, stopEmbeddedStores } from './embedded-stores.ts';
import { provideFiles } from './files.ts';
import { provideHttpSide } from './http-side.ts';
import { provideMail } from './mail.ts';
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
const freshMsMax = 60_000;

export type System = Stores & {
  /** Absent where this process is no API. */
  readonly httpUrl?: string;
  /** Resolves when the system is filled; at once where that came before the read models. */
  readonly filled: Promise<void>;
  /** A part, for commands and the demo that work on the running system. */
  readonly part: <T>(name: Token<T>) => Promise<T>;
  /** Stops accepting, finishes what is in flight, closes everything. */
  readonly stop: () => Promise<void>;
};

/** Around a system: what the terminal shows, what is undone at the end, and its embedded stores where they were begun before. */
export type Surroundings = { readonly progress: Progress; readonly closers: AsyncDisposableStack; readonly begun?: EmbeddedStores };

/** The parts of a system; nothing is started before it is asked for. */
export const assemble = (configuration: Configuration, { progress, closers, begun }: Surroundings): Parts => {
  const system = new Parts();
  const stoppedLater = (stores: EmbeddedStores): EmbeddedStores => {
    closers.defer(() => stopEmbeddedStores(stores));
    return stores;
  };
  // Before anything else can fail.
  if (begun !== undefined) stoppedLater(begun);
  system
    .provide(parts.configuration, [], () => configuration)
    .provide(parts.progress, [], () => progress)
    .provide(parts.closers, [], () => closers)
    .provide(parts.embeddedStores, [], () => begun ?? stoppedLater(beginEmbeddedStores(configuration)));
  const modules = [
    provideStores,
    provideShell,
    provideReadSide,
    provideFiles,
    provideMail,
    provideProcessSide,
    provideSignIn,
    provideHttpSide,
    provideObservation,
  ];
  return modules.reduce((assembled, provide) => provide(assembled), system);
};

/** Fills a system by commands: catalogs, roles, the demonstration. Says nothing new where it was filled before. */
export type Filling = (system: Pick<System, 'part'>) => Promise<void>;
const nothing: Filling = async () => undefined;
export type StartOptions = {
  readonly fill?: Filling;
  /** It is to be filled before anything is answered or falls due, whatever is there. */
  readonly fillFirst?: boolean;
  readonly begun?: EmbeddedStores;
};

/**
 * Starts what the roles ask for. Throws one sentence where a store cannot be reached or a port is taken; whatever was started is stopped again.
 * `fill` comes before the read models where none is there yet: they are then built in one pass instead of event by event. Else it goes on beside
 * a system that is ready: what shipped with this version was nearly always loaded by an earlier start.
 */
export const startSystem = async (
  configuration: Configuration,
  progress: Progress,
  { fill = nothing, fillFirst = false, begun }: StartOptions = {},
): Promise<System> => {
  const closers = new AsyncDisposableStack();
  try {
    const system = assemble(configuration, { progress, closers, ...(begun === undefined ? {} : { begun }) });
    return await started(system, { configuration, fill, fillFirst }, closers);
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
};

type Starting = { readonly configuration: Configuration; readonly fill: Filling; readonly fillFirst: boolean };

const started = async (system: Parts, { configuration, fill, fillFirst }: Starting, closers: AsyncDisposableStack): Promise<System> => {
  const { roles, httpHost, httpPort } = configuration;
  const api = roles.includes('api') ? await listening({ host: httpHost, port: httpPort }, closers) : undefined;
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
  const part: System['part'] = (name) => system.get(name);
  const isNew = (await projector?.hasNone()) === true;
  const level = directory.freshness.levels(freshMsMax);
  // Into an empty log come few events, and the tables can be made while they come.
  const isBlank = isNew && (await (await system.get(parts.log)).tail()) === 0n;
  const isFilledFirst = isNew || fillFirst;
  const filling = isFilledFirst ? level.then(() => fill({ part })) : Promise.resolve();
  if (!isBlank) await filling;
  await Promise.all([projector?.start(isBlank ? { after: filling } : {}), filling, level]);
  if (roles.includes('processor')) await startClocks(system, closers);
  // Before the server is closed, so that it ends after it: the last calls are reported too.
  if (api !== undefined) {
    await startUsageReports(system, closers);
    await api.serve(system);
  }
  const filled = isFilledFirst ? Promise.resolve() : fill({ part });
  closers.defer(() => filled.catch(() => undefined)); // Told by whoever waits for it.
  return { ...stores, ...(api === undefined ? {} : { httpUrl: api.url }), filled, part, stop: () => closers.disposeAsync() };
};

/** What is done because time passes, not because something happened. */
const startClocks = async (system: Parts, closers: AsyncDisposableStack): Promise<void> => {
  const logger = await system.get(parts.logger);
  const [scheduler, drift, timepiece] = [await system.get(parts.scheduler), await system.get(parts.drift), await system.get(parts.timepiece)];
  const rests = (): boolean => timepiece.stands;
  closers.defer(startClockwork(scheduler, { everyMs: deadlinesEveryMs, rests, failed: (error) => logger.warn({ err: error }, 'deadlines wait') }));
  closers.defer(startRepeating((signal) => drift.tick(signal), { everyMs: driftEveryMs }));
};

const startUsageReports = async (system: Parts, closers: AsyncDisposableStack): Promise<void> => {
  const usage = await system.get(parts.usage);
  closers.defer(() => usage.report());
  closers.defer(startRepeating(() => usage.report(), { everyMs: usageEveryMs }));
};

const closeMaxMs = 10_000;

type Listening = { readonly url: string; readonly serve: (system: Parts) => Promise<void> };

/** Takes the port at once, so that a taken one is told before anything is done, and answers that it is starting until it is given the system. */
const listening = async (at: { readonly host: string; readonly port: number }, closers: AsyncDisposableStack): Promise<Listening> => {
  const { listener, serve } = startingListener();
  const server = hardenServer(createServer(listener));
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
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    serve: async (system) => {
      serve(await system.get(parts.application));
      closers.defer(() => closed(server));
    },
  };
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
