/** `docs`: writes the pages that are computed from the sources. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { readModels } from '../../../../projections/read-models.ts';
import { migrationStatements } from '../../../infrastructure/postgres/orm.ts';
import { type Cli, CliFailure, writeLine } from '../context.ts';
import { functionsPage, migrationsPage } from '../documents/database-pages.ts';
import { modelFacts } from '../documents/model-facts.ts';
import { modelPage } from '../documents/model-page.ts';
import { seedingPage } from '../documents/seeding-page.ts';
import { tablesPage } from '../documents/tables-page.ts';

const root = new URL('../../../../', import.meta.url);

/** Every computed page by its path from the root of the project. */
export const computedPages = async (): Promise<ReadonlyMap<string, string>> => {
  const migrations = await migrationStatements();
  return new Map([
    ['docs/model.md', modelPage(modelFacts())],
    ['docs/database/tables.md', tablesPage(readModels)],
    ['docs/database/functions.md', functionsPage(migrations)],
    ['docs/database/migrations.md', migrationsPage(migrations, readModels)],
    ['docs/database/seeding.md', seedingPage()],
  ]);
};

const onDisk = (path: string): string | undefined => {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return undefined;
  }
};

/** Pages on disk that are not as computed. */
export const outdatedPages = async (): Promise<readonly string[]> =>
  [...(await computedPages())].filter(([path, text]) => onDisk(path) !== text).map(([path]) => path);

const run = async (cli: Cli, { check }: { readonly check?: true }): Promise<void> => {
  const outdated = await outdatedPages();
  if (check === true && outdated.length > 0) throw new CliFailure(`Not up to date: ${outdated.join(', ')}; npm run docs writes them.`);
  const pages = await computedPages();
  for (const path of outdated) {
    const file = fileURLToPath(new URL(path, root));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pages.get(path) ?? '');
    await writeLine(cli, `wrote ${path}`);
  }
  if (outdated.length === 0) await writeLine(cli, 'all pages are up to date');
};

export const docsCommand = (cli: Cli): Command =>
  new Command('docs')
    .description('write docs/model.md and docs/database/*.md from the sources')
    .option('--check', 'write nothing; fail where a page is not up to date')
    .action((options: { readonly check?: true }) => run(cli, options));
