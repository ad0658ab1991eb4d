/** All DDL of a read-model table: MikroORM's statements from its entity, and in this one place what an entity cannot say. */
import type { Column, TableDefinition } from '../../../projections/kernel/table.ts';
import { earthOf } from './geography.ts';
import { id, qualified } from './names.ts';
import { grantStatement, policiesOf, type RoleNames } from './policies.ts';

export type TableDdl = {
  /** The bare table: no key, no index, nobody may read it. Its schema exists. */
  readonly create: readonly string[];
  /** Key and indexes, made after a bulk load. */
  readonly index: readonly string[];
  /** Row-level security, policies and grants. */
  readonly secure: readonly string[];
};
export type DdlContext = {
  readonly schema: string;
  readonly roles: RoleNames;
  /** A collation that sorts by code point and folds the case of every alphabet. */
  readonly wordCollation: string;
};

/** Filtered and sorted texts compare by code point, so that cursors are stable; searched ones also fold the case of every alphabet. */
const collationOf = (column: Column, wordCollation: string): string | undefined => {
  if (column.kind !== 'text') return undefined;
  return column.filter === 'contains' || column.filter === 'prose' ? wordCollation : 'C';
};

/** The statements for these tables in `schema`, by table name. */
export async function tableDdl(tables: readonly TableDefinition[], context: DdlContext): Promise<ReadonlyMap<string, TableDdl>> {
  const [{ entityOf }, { createStatements }] = await Promise.all([import('./entity.ts'), import('./orm.ts')]);
  const entities = tables.map((table) =>
    entityOf(table, context.schema, { policies: policiesOf(table, context.roles), collationOf: (column) => collationOf(column, context.wordCollation) }),
  );
  const statements = await createStatements(entities);
  return new Map(tables.map((table) => [table.name, ddlOf(table, statements, context)]));
}

function ddlOf(table: TableDefinition, statements: readonly string[], context: DdlContext): TableDdl {
  const on = qualified(context.schema, table.name);
  const create = statements.find((statement) => statement.startsWith(`create table ${on} `));
  if (create === undefined) throw new Error(`MikroORM gave no statement for ${on}`);
  const isSecurity = (statement: string): boolean =>
    statement === `alter table ${on} enable row level security` || (statement.startsWith('create policy') && statement.includes(` on ${on} `));
  return {
    // MikroORM writes the key into the table; it is dropped while empty and made again when the rows are in.
    create: [create, `alter table ${on} drop constraint ${id(keyName(table))}`],
    index: indexStatements(table, context.schema),
    secure: [...statements.filter(isSecurity), grantStatement(table, context.schema, context.roles)],
  };
}

const keyName = (table: TableDefinition): string => `${table.name}_pkey`;

function indexStatements(table: TableDefinition, schema: string): readonly string[] {
  const on = qualified(schema, table.name);
  const isTenants = table.columns['customer_id'] !== undefined;
  const index = (using: string, columns: readonly string[]): string => `create index on ${on} using ${using} (${columns.join(', ')})`;
  const filtered = Object.entries(table.columns).filter(([name, column]) => column.filter !== 'none' && name !== table.key && name !== 'customer_id');
  const base = isTenants && table.key !== 'customer_id' ? [index('btree', ['customer_id', id(table.key)])] : [];
  return [
    `alter table ${on} add constraint ${id(keyName(table))} primary key (${id(table.key)})`,
    ...base,
    // Staff look at all customers at once, newest first unless they say otherwise.
    ...(isTenants && table.isAudited ? [index('btree', ['created_at', id(table.key)])] : []),
    ...filtered.flatMap(([name, column]) => columnIndexes({ name, column, table, isTenants }).map(({ using, columns }) => index(using, columns))),
    ...placeIndexes(table, isTenants).map((columns) => index('gist', columns)),
  ];
}

type Indexed = { readonly name: string; readonly column: Column; readonly table: TableDefinition; readonly isTenants: boolean };
type Index = { readonly using: string; readonly columns: readonly string[] };

function columnIndexes({ name, column, table, isTenants }: Indexed): readonly Index[] {
  const tenant = isTenants ? ['customer_id'] : [];
  // Lists are looked into, not sorted by; the rest of a document is not indexed.
  if (column.kind === 'textArray' || column.kind === 'uuidArray' || column.kind === 'json') return [{ using: 'gin', columns: [id(name)] }];
  const searched: Index = { using: 'gin', columns: [...tenant, `${id(name)} gin_trgm_ops`] };
  if (column.filter === 'prose') return [searched];
  const sorted: Index = { using: 'btree', columns: [...tenant, id(name), id(table.key)] };
  if (column.filter !== 'contains' || column.kind !== 'text') return [sorted];
  return [sorted, searched];
}

const placeIndexes = (table: TableDefinition, isTenants: boolean): readonly (readonly string[])[] => {
  const earth = earthOf(table.columns, { latitude: 'latitude', longitude: 'longitude' });
  return earth === undefined ? [] : [[...(isTenants ? ['customer_id'] : []), earth]];
};
