/** The kept rows of projections: which build of each is live, how far it is, and whether it stands still. */

import { hash } from 'node:crypto';
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { ReadModelFault, ReadModelState } from '../../application/ports/read-models.ts';
import { canonicalJson } from '../../domain/kernel/hash.ts';
import type { Pool } from '../postgres/pool.ts';

/** One build of a projection: its tables in a schema, at a position. */
export type Build = {
  readonly buildId: string;
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
  readonly schema: string;
  readonly tables: readonly string[];
  /** −1 before the first event. */
  readonly position: bigint;
  readonly state: ReadModelState;
  readonly isLive: boolean;
  readonly fault: ReadModelFault | undefined;
};
type BuildRow = {
  readonly build_id: string;
  readonly name: string;
  readonly version: number;
  readonly fingerprint: string;
  readonly schema_name: string;
  readonly tables: readonly string[];
  readonly position: string;
  readonly state: ReadModelState;
  readonly is_live: boolean;
  readonly fault: ReadModelFault | null;
};

/** Says whether stored tables are those of this definition, should somebody have changed one without raising the version. */
export const fingerprintOf = (definition: ProjectionDefinition): string => {
  const tables = Object.values(definition.tables).map(({ name, key, scope, permission, columns }) => ({ name, key, scope, permission, columns }));
  return hash('sha256', canonicalJson({ tables }), 'hex').slice(0, 32);
};

export const tableNames = (definition: ProjectionDefinition): string[] => Object.values(definition.tables).map((table) => table.name);

const buildOf = (row: BuildRow): Build => ({
  buildId: row.build_id,
  name: row.name,
  version: row.version,
  fingerprint: row.fingerprint,
  schema: row.schema_name,
  tables: row.tables,
  position: BigInt(row.position),
  state: row.state,
  isLive: row.is_live,
  fault: row.fault ?? undefined,
});
const columns = 'build_id::text, name, version, fingerprint, schema_name, tables, position::text, state, is_live, fault';

/** All builds, or those of one projection. */
export async function readBuilds(pool: Pool, name?: string): Promise<readonly Build[]> {
  const where = name === undefined ? '' : 'where name = $1';
  return (await pool.rows<BuildRow>(`select ${columns} from kept.projection ${where} order by build_id`, name === undefined ? [] : [name])).map(buildOf);
}

export async function addBuild(pool: Pool, definition: ProjectionDefinition, schema: string): Promise<Build> {
  const [row] = await pool.rows<BuildRow>(
    `insert into kept.projection (name, version, fingerprint, schema_name, tables, position, state, is_live)
     values ($1, $2, $3, $4, $5, -1, 'building', false) returning ${columns}`,
    [definition.name, definition.version, fingerprintOf(definition), schema, tableNames(definition)],
  );
  if (row === undefined) throw new Error('an insert gave no row');
  return buildOf(row);
}

/** Marks a build as standing still, as long as it is where the fault was met. */
export async function markFaulted(pool: Pool, at: { readonly buildId: string; readonly position: bigint }, fault: ReadModelFault): Promise<void> {
  await pool.rows(`update kept.projection set state = 'faulted', fault = $3 where build_id = $1 and position = $2`, [
    at.buildId,
    String(at.position),
    JSON.stringify(fault),
  ]);
}

export async function clearFault(pool: Pool, buildId: string): Promise<void> {
  await pool.rows(`update kept.projection set state = 'live', fault = null where build_id = $1 and is_live and state = 'faulted'`, [buildId]);
}

export async function removeBuild(pool: Pool, buildId: string): Promise<void> {
  await pool.rows('delete from kept.projection where build_id = $1 and not is_live', [buildId]);
}

/** Moves many checkpoints whose rows did not change; gives the builds that were where they were believed to be. */
export async function advanceMany(
  pool: Pool,
  moves: readonly { readonly buildId: string; readonly was: bigint; readonly reached: bigint }[],
): Promise<ReadonlySet<string>> {
  const rows = await pool.rows<{ build_id: string }>(
    `update kept.projection p set position = m.reached from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as m(build, was, reached)
     where p.build_id = m.build and p.position = m.was returning p.build_id::text`,
    [moves.map((move) => move.buildId), moves.map((move) => String(move.was)), moves.map((move) => String(move.reached))],
  );
  return new Set(rows.map((row) => row.build_id));
}
