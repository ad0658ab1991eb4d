/** Loads the demonstration: a company with customers, people, a fleet and agreements, by real commands over the real path, once. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readModels } from '../../../projections/read-models.ts';
import { permissionsOf } from '../../application/permissions.ts';
import { addDays } from '../../domain/kernel/calendar.ts';
import { model } from '../../domain/model.ts';
import type { Progress } from '../composition/progress.ts';
import type { System } from '../composition/system.ts';
import { parts } from '../composition/tokens.ts';
import { loadCustomers, loadPeople, loadRoles } from './company.ts';
import { loadAgreements, requestAssignments, returnUnits } from './contracts.ts';
import { loadCorrespondence, loadDesks, loadGeofences, loadUnitPaper, uploadPaper } from './desk.ts';
import { loadFleet } from './fleet.ts';
import { randomFrom } from './random.ts';
import { DemoSender } from './sender.ts';

export type DemoOptions = { readonly units: number; readonly seed: number };
export const defaultDemo: DemoOptions = { units: 320, seed: 7 };

/** Once an installation: a file in the data folder remembers that it is whole; a load that was cut off goes on where it was. */
export const loadDemo = async (system: Pick<System, 'part'>, progress: Progress, options: DemoOptions = defaultDemo): Promise<void> => {
  const { dataFolder } = await system.part(parts.configuration);
  const remembered = join(dataFolder, 'demonstration.json');
  if (existsSync(remembered)) return;
  const startedAt = performance.now();
  const clock = await system.part(parts.clock);
  const sender = new DemoSender({ commands: await system.part(parts.commands), clock, progress: (done) => progress.step('demonstration', done, 0) });
  await loadAll(system, { sender, clock, options });
  const seconds = (performance.now() - startedAt) / 1000;
  writeFileSync(remembered, `${JSON.stringify({ ...options, commands: sender.commands, loadedAt: clock() }, null, 2)}\n`);
  progress.say(`  ${sender.commands} commands of the demonstration in ${seconds.toFixed(1)} s (${Math.round(sender.commands / seconds)} a second)`);
};

type Loading = { readonly sender: DemoSender; readonly clock: () => string; readonly options: DemoOptions };

const loadAll = async (system: Pick<System, 'part'>, { sender, clock, options }: Loading): Promise<void> => {
  const uploads = await system.part(parts.uploads);
  const processes = await system.part(parts.processes);
  const now = clock();
  const today = now.slice(0, 10);
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  await loadRoles(sender, permissions);
  const customers = await loadCustomers(sender, addDays(today, 300));
  await loadPeople(sender, customers);
  await processes.settled();
  await loadDesks(sender, customers);
  await loadGeofences(sender, customers);
  await loadCorrespondence(sender, customers, { now });
  const units = await loadFleet(sender, { units: options.units, today, now, random: randomFrom(options.seed), timeZone: 'America/Guatemala' });
  for (const [index, { id }] of units.slice(0, 6).entries()) {
    const attachmentId = await uploadPaper(uploads, clock, { key: `unit:${index}`, category: 'permit' });
    await loadUnitPaper(sender, id, { key: `${index}`, attachmentId, expiresOn: addDays(today, 200) });
  }
  const signed = (key: string, customerId: string) => uploadPaper(uploads, clock, { key, customerId, category: 'contract' });
  const allocations = await loadAgreements(sender, customers, { today, signed });
  await processes.settled();
  const requested = await requestAssignments(sender, { allocations, units, today });
  await processes.settled();
  await returnUnits(sender, requested, today);
  await processes.settled();
};
