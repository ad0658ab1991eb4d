/** The program around the system: the data folder's lock, what the terminal shows, signals, exit codes (sysexits). */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModels } from '../../../projections/read-models.ts';
import { loadCatalogs } from '../../application/catalog-loader.ts';
import { permissionCatalogs, permissionsOf } from '../../application/permissions.ts';
import { loadRoles } from '../../application/role-loader.ts';
import { roleTemplates } from '../../application/role-templates.ts';
import { model } from '../../domain/model.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { acquireInstanceLock } from '../../infrastructure/instance-lock.ts';
import { loadReferenceData } from '../../infrastructure/reference-data/reference-data.ts';
import { loadDemo } from '../demo/load.ts';
import { type Progress, terminalProgress } from './progress.ts';
import { type System, startSystem } from './system.ts';
import { parts } from './tokens.ts';
import { welcome } from './welcome.ts';

const exitUnavailable = 69;

/** Asked to stop while it was still being filled. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

const stopSignal = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });

/** Loads what ships: catalogs always, the demonstration where it is asked for. Both say nothing new on a second start. */
export const load = async (system: Pick<System, 'part'>, { roles, demo }: Configuration, progress: Progress): Promise<void> => {
  if (!roles.includes('processor')) return;
  const commands = await system.part(parts.commands);
  const log = await system.part(parts.log);
  const clock = await system.part(parts.clock);
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  const computed = permissionCatalogs(permissions).map((catalog) => ({ ...catalog, date: '2026-01-01' }));
  const loaded = await loadCatalogs([...loadReferenceData(), ...computed], {
    commands,
    log,
    clock,
    onProgress: ({ catalogsDone, catalogsTotal }) => progress.step('catalogs', catalogsDone, catalogsTotal),
  });
  if (loaded.imported > 0) progress.say(`  ${loaded.entries} entries of reference data in ${loaded.catalogs} catalogs`);
  await loadRoles(roleTemplates(permissions), { commands, states: await system.part(parts.states), clock });
  if (demo) await loadDemo(system, progress);
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
    system = await startSystem(configuration, progress, (starting) => Promise.race([load(starting, configuration, progress), untilStopped]));
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
