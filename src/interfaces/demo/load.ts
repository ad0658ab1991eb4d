/** Loads the demonstration: a company with customers, people, a fleet and agreements, by real commands over the real path, once. */
import { readModels } from '../../../projections/read-models.ts';
import { permissionsOf } from '../../application/permissions.ts';
import { addDays } from '../../domain/kernel/calendar.ts';
import { model } from '../../domain/model.ts';
import type { Progress } from '../composition/progress.ts';
import type { System } from '../composition/system.ts';
import { parts } from '../composition/tokens.ts';
import { loadCustomers, loadPeople, loadRoles } from './company.ts';
import { DemoSender } from './sender.ts';

export const loadDemo = async (system: System, progress: Progress): Promise<void> => {
  const startedAt = performance.now();
  const clock = await system.part(parts.clock);
  const sender = new DemoSender({ commands: await system.part(parts.commands), clock, progress: (done) => progress.step('demonstration', done, 0) });
  const today = clock().slice(0, 10);
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  await loadRoles(sender, permissions);
  const customers = await loadCustomers(sender, addDays(today, 300));
  await loadPeople(sender, customers);
  const seconds = (performance.now() - startedAt) / 1000;
  progress.say(`  ${sender.commands} commands of the demonstration in ${seconds.toFixed(1)} s (${Math.round(sender.commands / seconds)} a second)`);
};
