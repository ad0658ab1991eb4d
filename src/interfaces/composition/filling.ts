/** What a start loads through commands. */
import { readModels } from '../../../projections/read-models.ts';
import { loadCatalogs } from '../../application/catalog-loader.ts';
import { permissionCatalogs, permissionsOf } from '../../application/permissions.ts';
import { loadRoles } from '../../application/role-loader.ts';
import { roleTemplates } from '../../application/role-templates.ts';
import { model } from '../../domain/model.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import { loadReferenceData } from '../../infrastructure/reference-data/reference-data.ts';
import { type DemoOptions, loadDemo, standAtDemo } from '../demo/load.ts';
import { wantsDemo } from '../demo/remembered.ts';
import type { Progress } from './progress.ts';
import type { System } from './system.ts';
import { parts } from './tokens.ts';

/** Loads what ships: catalogs always, the demonstration where it is asked for, and then nothing after it begins. Both say nothing new on a second start. */
export const load = async (system: Pick<System, 'part'>, configuration: Configuration, progress: Progress, options?: DemoOptions): Promise<void> => {
  if (!configuration.roles.includes('processor')) return;
  const isDemoWanted = wantsDemo(configuration);
  if (isDemoWanted) await standAtDemo(system, options);
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
  if (isDemoWanted) await loadDemo(system, progress, options);
};
