/**
 * The stores that a command works on: those of the system that runs on this data folder, else the embedded ones started for as long as the
 * command takes (while holding the folder's lock), else those that the environment names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Configuration, readConfiguration } from '../../infrastructure/configuration.ts';
import { acquireInstanceLock } from '../../infrastructure/instance-lock.ts';
import type { Token } from '../composition/provide.ts';
import { assemble } from '../composition/system.ts';
import { type Cli, CliFailure, exits } from './context.ts';

export type Installation = {
  readonly configuration: Configuration;
  /** Another process may be at work on these stores; false where this one holds the lock of the embedded ones. */
  readonly isShared: boolean;
  readonly part: <T>(name: Token<T>) => Promise<T>;
};

/** The environment's configuration. Throws with every mistake. */
export const configurationOf = ({ environment }: Cli): Configuration => {
  const outcome = readConfiguration(environment);
  if (!outcome.ok) throw new CliFailure(outcome.errors.join('\n'), exits.configuration);
  return outcome.configuration;
};

const clearingMs = 5000;

type Found = { readonly configuration: Configuration; readonly isShared: boolean };

/** Where the system that holds the folder's lock has its stores, by what it wrote when it was ready. */
const runningOn = (configuration: Configuration, refusal: string): Configuration => {
  const path = join(configuration.dataFolder, 'runtime.json');
  const known: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (typeof known === 'object' && known !== null && 'postgresUrl' in known && 'eventStoreUrl' in known) {
    return { ...configuration, databaseUrl: String(known.postgresUrl), eventStoreUrl: String(known.eventStoreUrl) };
  }
  throw new CliFailure(`${refusal} It is not ready; try again when it is.`, exits.unavailable);
};

/** Takes the folder's lock where a store is embedded; refused, a system runs there and its stores are used. */
const find = (configuration: Configuration, closers: AsyncDisposableStack): Found => {
  const { dataFolder, databaseUrl, eventStoreUrl } = configuration;
  if (databaseUrl !== undefined && eventStoreUrl !== undefined) return { configuration, isShared: true };
  if (!existsSync(join(dataFolder, 'events')) && !existsSync(join(dataFolder, 'postgres'))) {
    throw new CliFailure(`There is no data in ${dataFolder}; start the system once with npm start, or name its folder with DATA_DIR.`, exits.noData);
  }
  const lock = acquireInstanceLock(dataFolder);
  if (!lock.ok) return { configuration: runningOn(configuration, lock.error), isShared: true };
  closers.defer(() => lock.release());
  return { configuration, isShared: false };
};

/** Rejects when the signal is given. */
export const onceInterrupted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(new CliFailure('Interrupted.', exits.interrupted));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** The work's outcome, or the failure of having been interrupted, after the work has cleared away what it made. */
const interruptible = async <T>(working: Promise<T>, signal: AbortSignal): Promise<T> => {
  try {
    return await Promise.race([working, onceInterrupted(signal)]);
  } catch (error) {
    const patience = new AbortController();
    await Promise.race([working.catch(() => undefined), delay(clearingMs, undefined, { signal: patience.signal })]);
    patience.abort();
    throw error;
  }
};

/** Opens the parts that the work asks for, and closes them whatever becomes of it. */
export const withInstallation = async <T>(cli: Cli, work: (installation: Installation) => Promise<T>): Promise<T> => {
  const closers = new AsyncDisposableStack();
  try {
    const { configuration, isShared } = find(configurationOf(cli), closers);
    // The log of operators belongs to the system; here only the answer and one sentence are shown.
    const system = assemble({ ...configuration, roles: [], logLevel: 'silent' }, { progress: cli.progress, closers });
    const installation: Installation = { configuration, isShared, part: (name) => system.get(name) };
    return await interruptible(work(installation), cli.interrupted);
  } finally {
    await closers.disposeAsync();
  }
};
