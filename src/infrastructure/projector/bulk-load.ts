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
    const ddl = Object.values(load.definition.tables).flatMap((table) => load.ddl.get(table.name) ?? []);
    await client.query([...schemaStatements(load.build.schema, database.roles), ...ddl.flatMap((of) => of.create)].join(';'));
    for (const [name, table] of Object.entries(load.definition.tables)) await copyRows(client, table, { schema: load.build.schema, rows: load.rows(name) });
    await client.query([...ddl.flatMap((of) => [...of.index, ...of.secure])].join(';'));
    await client.query('update kept.projection set position = $2 where build_id = $1', [load.build.buildId, String(load.position)]);
  });
}

async function copyRows(
  client: pg.PoolClient,
  table: TableDefinition,
  from: { readonly schema: string; readonly rows: ReadonlyMap<string, Row | undefined> },
): Promise<void> {
  if (from.rows.size === 0) return;
  const copy = client.query(copyFrom(statementsOf(table, from.schema).copy));
  await pipeline(Readable.from(pieces(table, from.rows)), copy);
  await client.query(`analyze ${statementsOf(table, from.schema).copy.split(' ')[1]}`);
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
