/** `docs/database/tables.md`: every table of every read model, column by column. */
import type { ProjectionDefinition } from '../../../../projections/kernel/projection.ts';
import type { ReadModel } from '../../../../projections/kernel/read-model.ts';
import { type Column, columnTypes, type TableDefinition } from '../../../../projections/kernel/table.ts';
import { code, page, table } from './markdown.ts';

const scopes: Readonly<Record<TableDefinition['scope'], string>> = {
  tenant: 'the customer in `customer_id` (and, where there is an `account_id`, users who see that account) and staff',
  shared: 'everybody who is signed in',
  company: 'staff only',
  restricted: 'staff who hold its permission',
};

/** Columns that mean the same in every table. */
const common: Readonly<Record<string, string>> = {
  customer_id: 'the customer whose row it is',
  account_id: 'the account whose row it is',
  created_at: 'when the row came to be',
  created_by: 'who made it',
  updated_at: 'when it last changed',
  updated_by: 'who changed it last',
};

/** The table that a column refers to, by the rule of names: `<table>_id` is the key of `<table>`. */
const targetsOf = (tables: readonly TableDefinition[]): ReadonlyMap<string, string> =>
  new Map(tables.filter(({ name, key }) => key === `${name}_id`).map(({ name, key }) => [key, name]));

const meaning = (name: string, column: Column, target: string | undefined): string =>
  [
    column.docs ?? common[name] ?? '',
    target === undefined ? '' : `→ [${code(target)}](#${target})`,
    column.subject === undefined ? '' : `a person’s: erased when the one in ${code(column.subject)} is forgotten`,
  ]
    .filter((part) => part !== '')
    .join('; ');

const filters: Readonly<Record<Column['filter'], string>> = {
  none: '',
  equals: 'filter, sort',
  contains: 'filter, sort, search within',
  prose: 'search within',
};

const tableSection = (definition: TableDefinition, targets: ReadonlyMap<string, string>): string => {
  const { name, docs, key, scope, permission, columns } = definition;
  const rows = Object.entries(columns).map(([column, of]) => {
    const target = column === key ? undefined : targets.get(column);
    return [code(column), code(columnTypes[of.kind]), column === key ? 'key' : of.isNullable ? 'null' : '', filters[of.filter], meaning(column, of, target)];
  });
  return [`### ${name}`, `${docs} Seen by ${scopes[scope]}; permission ${code(permission)}.`, table(['column', 'type', '', 'asked by', 'meaning'], rows)].join(
    '\n\n',
  );
};

const fedBy = ({ on }: ProjectionDefinition): string => {
  const fed = on.map(({ category, handlers }) => (category === '*' ? 'every event' : `${category} (${Object.keys(handlers).map(code).join(', ')})`));
  return `Folded from ${fed.join('; ')}.`;
};

export const tablesPage = (readModels: readonly ReadModel[]): string => {
  const all = readModels.flatMap(({ projection }) => Object.values(projection.tables));
  const targets = targetsOf(all);
  return page('Tables reference', [
    `${all.length} tables of ${readModels.length} read models, in the schema \`read_models\`. Each can be dropped and is built again from the log. Times are UTC with milliseconds, amounts exact decimals, ids UUIDs. A column \`<table>_id\` is the key of that table; there are no foreign keys, because read models are built independently of each other.`,
    'Every table has row-level security with one policy for customers’ users and one for staff, a key, an index for each column that can be asked by (with the customer in front where rows are customers’), a trigram index where text is searched within, and a spatial one where there is a place. Rows are written by the projector alone.',
    ...readModels.flatMap(({ projection }) => [
      `## ${projection.name}`,
      `${projection.docs} Version ${projection.version}.`,
      fedBy(projection),
      ...Object.values(projection.tables).map((definition) => tableSection(definition, targets)),
    ]),
  ]);
};
