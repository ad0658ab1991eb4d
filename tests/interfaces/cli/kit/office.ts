/** A small company in a data folder with embedded stores, running in this process as the program runs it. */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemCaller } from '../../../../src/application/caller.ts';
import type { Accepted } from '../../../../src/application/handle-command.ts';
import { readConfiguration } from '../../../../src/infrastructure/configuration.ts';
import { acquireInstanceLock } from '../../../../src/infrastructure/instance-lock.ts';
import { silentProgress } from '../../../../src/interfaces/composition/progress.ts';
import { type System, startSystem } from '../../../../src/interfaces/composition/system.ts';
import { parts } from '../../../../src/interfaces/composition/tokens.ts';

export type Office = {
  readonly environment: Readonly<Record<string, string>>;
  readonly system: System;
  /** Gives a command as a part of the system (`by`: its name); throws where it is refused. */
  readonly give: (category: string, id: string, type: string, data: Readonly<Record<string, unknown>>, by?: string) => Promise<Accepted>;
  /** Resolves when every read model shows everything. */
  readonly settled: () => Promise<void>;
  /** Stops the system; the folder stays. */
  readonly close: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

export const openOffice = async (): Promise<Office> => {
  const folder = await mkdtemp(join(tmpdir(), 'cli-office-'));
  const environment = { DATA_DIR: folder, DEMO: 'false', HTTP_PORT: '0', LOG_LEVEL: 'silent', NODE_ENV: 'test' };
  const read = readConfiguration(environment);
  if (!read.ok) throw new Error(read.errors.join(' '));
  const lock = acquireInstanceLock(folder);
  if (!lock.ok) throw new Error(lock.error);
  const system = await startSystem(read.configuration, silentProgress);
  const { httpUrl, databaseUrl, eventStoreUrl } = system;
  const runtime = join(folder, 'runtime.json');
  writeFileSync(runtime, JSON.stringify({ httpUrl, postgresUrl: databaseUrl, eventStoreUrl, pid: process.pid }));
  const commands = await system.part(parts.commands);
  const clock = await system.part(parts.clock);
  return {
    environment,
    system,
    give: async (category, id, type, data, by = 'test') => {
      const commandId = randomUUID();
      const ids = { commandId, commandHash: commandId, correlationId: commandId, causationId: commandId };
      const outcome = await commands.handle({ ...ids, category, id, type, caller: systemCaller(by), at: clock(), data });
      if (outcome.kind !== 'accepted') throw new Error(`${type} came to ${JSON.stringify(outcome)}`);
      return outcome;
    },
    settled: async () => {
      await (await system.part(parts.processes)).settled();
      const tail = await (await system.part(parts.log)).tail();
      const readModels = await system.part(parts.readModels);
      for (const { name } of await readModels.status()) {
        const outcome = await readModels.waitFor(name, tail, 30_000);
        if (outcome !== 'reached') throw new Error(`${name} is ${outcome}`);
      }
    },
    close: async () => {
      rmSync(runtime, { force: true });
      await system.stop();
      lock.release();
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
};
