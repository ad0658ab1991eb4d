/** The rows of one build in Postgres: loading what a fold asks for, and writing what it changed together with the checkpoint. */

import type { PoolClient } from 'pg';
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import { codeOf } from '../failure.ts';
import type { Pool } from '../postgres/pool.ts';
import type { BatchChanges, LoadRows } from './fold.ts';
import { type Statement, statementsOf, type TableStatements } from './statements.ts';
import type { Row } from './table-fold.ts';

/** Another runner moved the checkpoint, or the build was replaced: nothing of the batch was written. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}
/** `raise exception` of `kept.advance`. */
const movedByAnother = 'LB001';

type Call = Statement & { readonly values: readonly unknown[] };
const begin: Call = { name: 'begin', text: 'begin', values: [] };
const commit: Call = { name: 'commit', text: 'commit', values: [] };

/** Hands all statements to the connection, which then sends them in one write to the socket: each write of its own costs as much as the fold. */
const sentTogether = (client: PoolClient, calls: readonly Call[]): readonly Promise<unknown>[] => {
  const { stream } = client.connection;
  stream.cork();
  try {
    return calls.map((call) => client.query({ name: call.name, text: call.text, values: [...call.values] }));
  } finally {
    stream.uncork();
  }
};

export class RowStore {
  readonly #pool: Pool;
  readonly #buildId: string;
  readonly #tables: ReadonlyMap<string, { readonly key: string; readonly statements: TableStatements }>;

  /** `pool`: pipelined. */
  constructor(pool: Pool, build: { readonly buildId: string; readonly schema: string }, definition: ProjectionDefinition) {
    this.#pool = pool;
    this.#buildId = build.buildId;
    this.#tables = new Map(Object.entries(definition.tables).map(([name, table]) => [name, { key: table.key, statements: statementsOf(table, build.schema) }]));
  }

  readonly load: LoadRows = async (name, keys) => {
    const { key, statements } = this.#table(name);
    const rows = await this.#pool.use(async (client) => (await client.query<Record<string, unknown>>({ ...statements.load, values: [keys] })).rows);
    return new Map(rows.map((row): [string, Row] => [String(row[key]), row]));
  };

  /**
   * One transaction: the checkpoint from `was` to `reached`, then what was forgotten, then every table in one statement each; sent at once,
   * answered once. Throws `Superseded` where the checkpoint is not at `was`.
   */
  async commit(changes: BatchChanges, was: bigint, reached: bigint): Promise<void> {
    const advance: Call = { name: 'advance', text: 'select kept.advance($1, $2, $3)', values: [this.#buildId, String(was), String(reached)] };
    const writes = this.#writes(changes);
    const calls = writes.length === 0 ? [advance] : [begin, advance, ...writes, commit];
    await this.#pool.use(async (client) => {
      // After a failure the server refuses the rest and turns the commit into a rollback, so sending on blindly is safe.
      const answers = await Promise.allSettled(sentTogether(client, calls));
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (failed === undefined) return;
      throw codeOf(failed.reason) === movedByAnother ? new Superseded('another runner moved this projection') : failed.reason;
    });
  }

  #writes(changes: BatchChanges): readonly Call[] {
    const erasures = changes.forgotten.flatMap((subject) =>
      [...this.#tables.values()].flatMap(({ statements }) => statements.erase.map((erase) => ({ ...erase, values: [subject] }))),
    );
    const writes = Object.entries(changes.tables).flatMap(([name, rows]) => {
      const { statements } = this.#table(name);
      const put: Row[] = [];
      const removed: string[] = [];
      for (const [key, row] of rows) row === undefined ? removed.push(key) : put.push(row);
      return [
        ...(put.length === 0 ? [] : [{ ...statements.upsert, values: [JSON.stringify(put)] }]),
        ...(removed.length === 0 ? [] : [{ ...statements.remove, values: [removed] }]),
      ];
    });
    return [...erasures, ...writes];
  }

  #table(name: string): { readonly key: string; readonly statements: TableStatements } {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`no table ${name} in this projection`);
    return table;
  }
}
