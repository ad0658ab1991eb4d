/** MikroORM as the owner of DDL: it makes the statements for read-model tables and runs the migrations of what is kept. */
import type { EntitySchema } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Kept0001 } from './migrations/0001-kept.ts';
import type { keptMigrations } from './migrations/names.ts';
import { keptSchema } from './names.ts';

/** By name, so that one without its place in the order, or a place without one, does not compile. */
const byName: Readonly<Record<(typeof keptMigrations)[number], typeof Kept0001>> = { '0001-kept': Kept0001 };
const migrations = Object.values(byName);

/** Runs the migrations that this database lacks. The caller holds the migration lock. */
export async function migrate(url: string): Promise<void> {
  const orm = await MikroORM.init({
    clientUrl: url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { tableName: `${keptSchema}.migration`, migrationsList: migrations, snapshot: false, disableForeignKeys: false },
    pool: { min: 0, max: 2 },
    preferTs: false,
    // What it did is in its table; standard output is the program's own.
    logger: () => undefined,
  });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close(true);
  }
}

/** What each migration does, in order: its name and its statements. No connection is used. */
export async function migrationStatements(): Promise<readonly { readonly name: string; readonly statements: readonly string[] }[]> {
  const orm = new MikroORM({ dbName: 'statements-only', entities: [], discovery: { warnWhenNoEntities: false }, preferTs: false });
  const described = migrations.map((Migration) => {
    const migration = new Migration(orm.em.getDriver(), orm.config);
    migration.up();
    return { name: migration.name, statements: migration.getQueries().map(String) };
  });
  await orm.close(true);
  return described;
}

/** The statements that make the tables of these entities, one by one: schema, tables, row-level security and its policies. No connection is used. */
export async function createStatements(entities: readonly EntitySchema[]): Promise<readonly string[]> {
  const orm = new MikroORM({ dbName: 'statements-only', entities: [...entities], discovery: { warnWhenNoEntities: false }, preferTs: false });
  const sql = await orm.schema.getCreateSchemaSQL({ wrap: false });
  await orm.close(true);
  return sql
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
