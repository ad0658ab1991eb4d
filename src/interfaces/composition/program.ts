/**
 * The program around the system: the data folder's lock, what the terminal shows, signals, exit codes (sysexits). It imports little itself: the
 * embedded stores start while the rest is loaded.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { acquireInstanceLock } from '../../infrastructure/instance-lock.ts';
import { wantsDemo } from '../demo/remembered.ts';
import { beginEmbeddedStores } from './embedded-stores.ts';
import { terminalProgress } from './progress.ts';
import type { System } from './system.ts';

const exitUnavailable = 69;

/** Asked to stop while it was still being filled. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });

/** Loading takes the thread for as long as it takes: in parts, so that the stores can get on with their next step in between. */
const loadModules = async (): Promise<void> => {
  const modules = [
    () => import('../../infrastructure/event-store/event-store-log.ts'),
    () => import('../../domain/model.ts'),
    () => import('../../../projections/read-models.ts'),
    () => import('../../application/processes/processes.ts'),
    () => import('../http/application.ts'),
  ];
  for (const loadOne of modules) {
    await loadOne();
    await setImmediate();
  }
};

/** Runs until a signal; returns the exit code. */
export const runProgram = async (configuration: Configuration): Promise<number> => {
  const progress = terminalProgress(process.stdout);
  const lock = acquireInstanceLock(configuration.dataFolder);
  if (!lock.ok) {
    process.stderr.write(`${lock.error}\n`);
    return exitUnavailable;
  }
  const stopping = stopSignal();
  const runtime = join(configuration.dataFolder, 'runtime.json');
  let system: System | undefined;
  try {
    // What was loaded when it is asked to stop stays; the next start goes on from there.
    const untilStopped = stopping.then((signal) => Promise.reject(new Stopped(signal)));
    untilStopped.catch(() => undefined);
    const begun = beginEmbeddedStores(configuration);
    // Loading leaves their own small steps no time.
    await begun.underWay;
    await loadModules();
    const [{ startSystem }, { welcome }] = await Promise.all([import('./system.ts'), import('./welcome.ts')]);
    const fill = async (starting: Pick<System, 'part'>): Promise<void> => {
      // Of a later start nobody waits for this.
      const { load } = await import('./filling.ts');
      await Promise.race([load(starting, configuration, progress), untilStopped]);
    };
    system = await startSystem(configuration, progress, { fill, fillFirst: wantsDemo(configuration), begun });
    const { httpUrl, databaseUrl, eventStoreUrl } = system;
    writeFileSync(runtime, `${JSON.stringify({ httpUrl, postgresUrl: databaseUrl, eventStoreUrl, pid: process.pid }, null, 2)}\n`, { mode: 0o600 });
    await welcome(system, configuration, progress);
    const signal = await Promise.race([stopping, system.filled.then(() => stopping)]);
    progress.say(`${signal}: finishing what is in flight…`);
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return 0;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (configuration.logLevel === 'debug' || configuration.logLevel === 'trace')
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`);
    return exitUnavailable;
  } finally {
    rmSync(runtime, { force: true });
    await system?.stop();
    lock.release();
  }
};
