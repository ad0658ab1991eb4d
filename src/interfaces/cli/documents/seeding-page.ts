/** `docs/database/seeding.md`: what is there after the first start. */
import { readModels } from '../../../../projections/read-models.ts';
import { permissionCatalogs, permissionsOf } from '../../../application/permissions.ts';
import { roleTemplates } from '../../../application/role-templates.ts';
import { model } from '../../../domain/model.ts';
import { loadReferenceData } from '../../../infrastructure/reference-data/reference-data.ts';
import { defaultDemo } from '../../demo/load.ts';
import { demoPeople } from '../../demo/people.ts';
import { code, page, table } from './markdown.ts';

type Computed = { readonly catalog: string; readonly source: string; readonly entries: number };
/** A computed catalog comes in pages; here it is one. */
const computedCatalogs = (permissions: readonly string[]): readonly Computed[] => {
  const byName = Map.groupBy(permissionCatalogs(permissions), ({ catalog }) => catalog);
  return [...byName].map(([catalog, pages]) => ({
    catalog,
    source: pages[0]?.source ?? '',
    entries: pages.reduce((sum, { entries }) => sum + entries.length, 0),
  }));
};

export const seedingPage = (): string => {
  const shipped = loadReferenceData();
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  const catalogs = [
    ...shipped.map(({ catalog, entries, source, date }) => ({ catalog, entries: entries.length, source, date })),
    ...computedCatalogs(permissions).map((computed) => ({ ...computed, date: '' })),
  ];
  const entries = catalogs.reduce((sum, catalog) => sum + catalog.entries, 0);
  return page('Seeding', [
    'Nothing is inserted into tables. All that a new installation holds comes from commands, so it is in the log, in the audit trail and in every read model like anything else. Each start sends the same commands again; what holds already gives no events.',
    '## Catalogs',
    `${entries} entries in ${catalogs.length} catalogs, from the files in \`src/infrastructure/reference-data/\` and, for permissions, from the model. A changed file is imported at the next start.`,
    table(
      ['catalog', 'entries', 'source', 'as of'],
      catalogs.map(({ catalog, entries: count, source, date }) => [code(catalog), String(count), source, date]),
    ),
    '## Roles',
    table(
      ['role', 'what it is for', 'permissions'],
      roleTemplates(permissions).map(({ name, description, permissions: held }) => [code(name), description, String(held.length)]),
    ),
    '## Demonstration',
    `With \`DEMO=true\` (the rule where both stores are embedded, never in production) the first start also loads a made-up company: customers with accounts, people, agreements, a fleet of ${defaultDemo.units} units (seed ${defaultDemo.seed}), units going out and coming back, and some days of work: breakdowns on the road and in the shop, maintenance, inspections, toilets, tanks and plants from the lead to the work, each command at its own time. \`npm run demo -- --units 5000 --weeks 12 --seed 7\` loads a larger one with twelve weeks of operations into an empty data folder; one that was cut off goes on where it was. \`demonstration.json\` there remembers that it is whole.`,
    table(
      ['person', 'name', 'who it is'],
      demoPeople.map(({ user, name, docs }) => [code(user), name, docs]),
    ),
  ]);
};
