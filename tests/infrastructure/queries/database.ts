/** A database of its own with read-model tables as the projector would leave them. */
import type { TableDefinition } from '../../../projections/kernel/table.ts';
import { columnTypes } from '../../../projections/kernel/table.ts';
import type { Row } from '../../../src/application/ports/queries.ts';
import { type Database, openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { liveSchema } from '../../../src/infrastructure/postgres/names.ts';
import { tableDdl } from '../../../src/infrastructure/postgres/table-ddl.ts';
import { createTestDatabase } from '../../kit/postgres.ts';

export interface Filled {
  readonly database: Database;
  /** Replaces all rows of a table. */
  fill(table: TableDefinition, rows: readonly Row[]): Promise<void>;
  /** Says how far a projection is. */
  reach(projection: string, position: string): Promise<void>;
  close(): Promise<void>;
}

/** `tables`: of one projection each, by its name. */
export async function openFilled(tables: Readonly<Record<string, readonly TableDefinition[]>>): Promise<Filled> {
  const own = await createTestDatabase();
  const database = await openDatabase({ url: own.url, poolMax: 4 });
  const { owner, roles, wordCollation } = database;
  const ddl = await tableDdl(Object.values(tables).flat(), { schema: liveSchema, roles, wordCollation });
  for (const { create, index, secure } of ddl.values()) for (const statement of [...create, ...index, ...secure]) await owner.rows(statement);
  const reach = async (projection: string, position: string): Promise<void> => {
    await owner.rows('delete from kept.projection where name = $1', [projection]);
    await owner.rows(
      `insert into kept.projection (name, version, fingerprint, schema_name, tables, position, state, is_live) values ($1, 1, '', 'read_models', '{}', $2, 'live', true)`,
      [projection, position],
    );
  };
  for (const projection of Object.keys(tables)) await reach(projection, '42');
  return {
    database,
    reach,
    fill: async (table, rows) => {
      const columns = Object.entries(table.columns).map(([name, { kind }]) => `${name} ${columnTypes[kind]}`);
      await owner.rows(`truncate ${liveSchema}.${table.name}`);
      const names = Object.keys(table.columns).join(', ');
      const text = `insert into ${liveSchema}.${table.name} (${names}) select ${names} from jsonb_to_recordset($1::jsonb) as r(${columns.join(', ')})`;
      await owner.rows(text, [JSON.stringify(rows)]);
    },
    close: async () => {
      await database.close();
      await own.drop();
    },
  };
}
