/** Whole tables at once: made bare, filled by COPY, then indexed and secured, in one transaction. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { TableDefinition } from '../../../projections/kernel/table.ts';
import type { Database } from '../postgres/database.ts';
import { schemaStatements } from '../postgres/policies.ts';
import type { Pool } from '../postgres/pool.ts';
import { type TableDdl, tableDdl } from '../postgres/table-ddl.ts';
import type { Build } from './checkpoints.ts';
import { copyLine } from './row-form.ts';
import { statementsOf } from './statements.ts';
import type { Row } from './table-fold.ts';

/** COPY is fed in pieces of about this many characters. */
const pieceChars = 1 << 17;
const worthAnalyzing = 1000;

export type Load = {
  readonly definition: ProjectionDefinition;
  readonly build: Build;
  readonly ddl: ReadonlyMap<string, TableDdl>;
  /** Rows by table, by the name the definition has for it. */
  readonly rows: (table: string) => ReadonlyMap<string, Row | undefined>;
  /** The rows reflect everything up to here. */
  readonly position: bigint;
};

export const ddlFor = (database: Database, definition: ProjectionDefinition, schema: string): Promise<ReadonlyMap<string, TableDdl>> =>
  tableDdl(Object.values(definition.tables), { schema, roles: database.roles, wordCollation: database.wordCollation });

/** Makes the schema and the tables with these rows and sets the build's checkpoint, all or nothing. `loaders`: the owner's, without a time limit. */
export async function loadTables(database: Database, loaders: Pool, load: Load): Promise<void> {
  await loaders.transaction(async (client) => {
    await client.query(createOf(database, load));
    await copyAll(client, load);
    await client.query(indexOf(load));
    await moved(client, load);
  });
}

/** The schema and the tables, empty, with all their indexes: where rows to come are few, and somebody has time before they come. */
export async function prepareTables(database: Database, loaders: Pool, load: Omit<Load, 'rows' | 'position'>): Promise<void> {
  await loaders.transaction((client) => client.query([createOf(database, load), indexOf(load)].join(';')));
}

/** Rows for tables that were prepared, and the build's checkpoint, all or nothing. */
export async function fillTables(loaders: Pool, load: Load): Promise<void> {
  await loaders.transaction(async (client) => {
    await copyAll(client, load);
    await moved(client, load);
  });
}

type Tables = Pick<Load, 'definition' | 'build' | 'ddl'>;
const ddlOf = ({ definition, ddl }: Tables): readonly TableDdl[] => Object.values(definition.tables).flatMap((table) => ddl.get(table.name) ?? []);
const createOf = (database: Database, load: Tables): string =>
  [...schemaStatements(load.build.schema, database.roles), ...ddlOf(load).flatMap((of) => of.create)].join(';');
const indexOf = (load: Tables): string =>
  ddlOf(load)
    .flatMap((of) => [...of.index, ...of.secure])
    .join(';');

async function copyAll(client: pg.PoolClient, load: Load): Promise<void> {
  for (const [name, table] of Object.entries(load.definition.tables)) await copyRows(client, table, { schema: load.build.schema, rows: load.rows(name) });
}
async function moved(client: pg.PoolClient, { build, position }: Load): Promise<void> {
  await client.query('update kept.projection set position = $2 where build_id = $1', [build.buildId, String(position)]);
}

async function copyRows(
  client: pg.PoolClient,
  table: TableDefinition,
  from: { readonly schema: string; readonly rows: ReadonlyMap<string, Row | undefined> },
): Promise<void> {
  if (from.rows.size === 0) return;
  const copy = client.query(copyFrom(statementsOf(table, from.schema).copy));
  await pipeline(Readable.from(pieces(table, from.rows)), copy);
  // A few rows are read whole whatever the planner knows, and the server looks at them by itself before there are many.
  if (from.rows.size >= worthAnalyzing) await client.query(`analyze ${statementsOf(table, from.schema).copy.split(' ')[1]}`);
}

function* pieces(table: TableDefinition, rows: ReadonlyMap<string, Row | undefined>): Generator<string> {
  const line = copyLine(table);
  let piece = '';
  for (const row of rows.values()) {
    if (row === undefined) continue;
    piece += line(row);
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Drops a schema of a build, whatever is in it. */
export const dropSchemaStatement = (quotedSchema: string): string => `drop schema if exists ${quotedSchema} cascade`;
