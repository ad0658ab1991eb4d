/** `docs/database/functions.md` and `migrations.md`: what is in the database beside read models, and how it changes. */
import type { ReadModel } from '../../../../projections/kernel/read-model.ts';
import { leakproofFunctions } from '../../../infrastructure/postgres/leakproof.ts';
import { code, page, sql, table } from './markdown.ts';

export type Migrations = readonly { readonly name: string; readonly statements: readonly string[] }[];

/** Statements are written with the margin of the code around them. */
const unindented = (statement: string): string => {
  const [first = '', ...rest] = statement.split('\n');
  const margin = Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length));
  const isEnd = (line: string): boolean => /^\s*[)$]/.test(line);
  const shift =
    Number.isFinite(margin) && !rest.some((line) => isEnd(line) && line.length - line.trimStart().length === margin)
      ? margin - 2
      : Number.isFinite(margin)
        ? margin
        : 0;
  return [first, ...rest.map((line) => line.slice(Math.max(0, shift)))].join('\n');
};

const functionsIn = (migrations: Migrations): readonly string[] =>
  migrations.flatMap(({ statements }) => statements.filter((statement) => /^create (?:or replace )?function/i.test(statement.trim())));

export const functionsPage = (migrations: Migrations): string => {
  const functions = functionsIn(migrations);
  return page('SQL functions', [
    'Decisions are made in the program, from the log; the database holds rows that were folded before they came here. So there are no stored procedures of the business, and no triggers (`trg_…`) by design: a trigger would change rows that nobody could fold again.',
    '## Functions of ours',
    functions.length === 0 ? 'None.' : functions.map((statement) => sql(unindented(statement))).join('\n\n'),
    '## Tenancy and search without functions',
    'Whose rows a connection sees is said by policies over `current_setting(…)` (`app.customer`, `app.accounts`, `app.permissions`), which the program sets with `set local` in each transaction. The conditions stand in the policies themselves and not in a function, because the planner looks through them and uses the index on the customer. Search is a query over `global_search_document` by trigrams and words, under the same policies.',
    '## Functions marked leak-proof',
    'Under row-level security the planner uses an index for a condition only if the functions behind its operators are leak-proof. These are marked so where the database user is a superuser; elsewhere the same queries are right but slower. They give nothing away but by an error on an overflow.',
    leakproofFunctions.map(code).join(', '),
  ]);
};

export const migrationsPage = (migrations: Migrations, readModels: readonly ReadModel[]): string =>
  page('Migrations', [
    'Two kinds of things are in the database, and they change in two ways.',
    '## Read models: built anew',
    'No migration ever touches a table of a read model. Whoever changes its tables or handlers raises its `version`: the next start builds it from the log in a schema of its own beside the old one, catches up, and puts it in its place in one transaction; queries go on meanwhile. A table that was changed without a new version is found by its fingerprint. `npm run cli -- projections rebuild <name>` does the same by hand, `npm run cli -- verify` says whether it is needed.',
    table(
      ['read model', 'version'],
      readModels.map(({ projection }) => [code(projection.name), String(projection.version)]),
    ),
    '## What is kept: migrated',
    'Checkpoints, logins and the keys of people’s data cannot be built again, so they have migrations. They run at every start, once each, under an advisory lock, whichever node comes first; each is one transaction, noted in `kept.migration`. They only ever go forward, and each leaves what the version before still needs, so that nodes of both versions can run side by side during an update. A new one is a file in `src/infrastructure/postgres/migrations/` and a line in `orm.ts`.',
    ...migrations.flatMap(({ name, statements }) => [`### ${name}`, ...statements.map((statement) => sql(unindented(statement)))]),
    '## Events: never changed',
    'The log is the truth and is never migrated. A change of an event’s shape raises its version and adds an upcaster that lifts the old shape when it is read.',
  ]);
