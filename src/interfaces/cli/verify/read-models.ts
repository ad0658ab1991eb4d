/** A live read model against one built aside from the log up to the same position, row for row (ES-3). */
import type pg from 'pg';
import type { ProjectionDefinition } from '../../../../projections/kernel/projection.ts';
import type { TableDefinition } from '../../../../projections/kernel/table.ts';
import { readModels } from '../../../../projections/read-models.ts';
import type { EventLog } from '../../../application/ports/event-log.ts';
import type { Database } from '../../../infrastructure/postgres/database.ts';
import { id, liveSchema, qualified } from '../../../infrastructure/postgres/names.ts';
import { inTransaction, Pool } from '../../../infrastructure/postgres/pool.ts';
import { AsOf } from '../../../infrastructure/projector/as-of.ts';
import { selectList } from '../../../infrastructure/projector/row-form.ts';

/** What was looked at, what there is of it, and what is wrong with it. */
export type Finding = { readonly what: string; readonly told: string; readonly problems: readonly string[] };

/** What a table holds: how many rows and the sum of their hashes, whatever their order; with `rows`, each row's hash by its key. */
type Content = { readonly rows: number; readonly sum: string; readonly byKey?: ReadonlyMap<string, string> };
type Taken = { readonly position: bigint; readonly tables: ReadonlyMap<string, Content> };

const differencesMax = 10;
const snapshot = 'begin isolation level repeatable read read only';

const contentOf = async (client: pg.PoolClient, table: TableDefinition, options: { readonly schema: string; readonly byKey: boolean }): Promise<Content> => {
  const rows = `(select ${selectList(table)} from ${qualified(options.schema, table.name)}) r`;
  const { rows: sums } = await client.query<{ n: number; sum: string }>(
    `select count(*)::integer as n, coalesce(sum(hashtextextended(r::text, 0)::numeric), 0)::text as sum from ${rows}`,
  );
  const content = { rows: sums[0]?.n ?? 0, sum: sums[0]?.sum ?? '0' };
  if (!options.byKey) return content;
  const { rows: hashes } = await client.query<{ key: string; hash: string }>(
    `select r.${id(table.key)}::text as key, hashtextextended(r::text, 0)::text as hash from ${rows}`,
  );
  return { ...content, byKey: new Map(hashes.map(({ key, hash }) => [key, hash])) };
};

/** Some keys of rows that are not the same on both sides. */
const differences = (live: Content, built: Content): readonly string[] => {
  const [one, other] = [live.byKey ?? new Map<string, string>(), built.byKey ?? new Map<string, string>()];
  const missing = [...other.keys()].filter((key) => !one.has(key)).map((key) => `${key} is missing`);
  const strange = [...one.keys()].filter((key) => !other.has(key)).map((key) => `${key} should not be there`);
  const changed = [...one].filter(([key, hash]) => other.has(key) && other.get(key) !== hash).map(([key]) => `${key} differs`);
  return [...missing, ...strange, ...changed];
};

const problemsOf = (definition: ProjectionDefinition, live: Taken, built: Taken): readonly string[] =>
  Object.values(definition.tables).flatMap(({ name }) => {
    const [one, other] = [live.tables.get(name), built.tables.get(name)];
    if (one === undefined || other === undefined || (one.rows === other.rows && one.sum === other.sum)) return [];
    const found = differences(one, other);
    const shown = [...found.slice(0, differencesMax), ...(found.length > differencesMax ? [`and ${found.length - differencesMax} more`] : [])];
    return [
      `${name} has ${one.rows} rows where a rebuild up to position ${live.position} has ${other.rows}${shown.length === 0 ? '' : `: ${shown.join('; ')}`}`,
    ];
  });

export class ReadModelVerification {
  readonly #asOf: AsOf;
  /** Without a time limit: whole tables are read. */
  readonly #pool: Pool;

  constructor(database: Database, log: EventLog) {
    const projections = readModels.map(({ projection }) => projection);
    this.#asOf = new AsOf({ database, log, projections, nowSeconds: () => Math.floor(Date.now() / 1000) });
    this.#pool = new Pool({ url: database.url, name: 'verify', max: 1 });
  }

  /** Where something differs it is looked at a second time, row by row: what a swap or a forgetting in between brought about is gone then. */
  async verify(definition: ProjectionDefinition, signal: AbortSignal): Promise<Finding> {
    const what = definition.name;
    const state = await this.#state(definition);
    if (state !== undefined) return { what, told: 'cannot be compared', problems: [state] };
    const first = await this.#compare(definition, false, signal);
    return first.problems.length === 0 ? first : this.#compare(definition, true, signal);
  }

  async close(): Promise<void> {
    await this.#asOf.close();
    await this.#pool.close();
  }

  /** Why it cannot be compared. */
  async #state({ name, version }: ProjectionDefinition): Promise<string | undefined> {
    const [live] = await this.#pool.rows<{ version: number; state: string }>('select version, state from kept.projection where name = $1 and is_live', [name]);
    if (live === undefined) return 'it has not been built';
    if (live.state === 'faulted') return 'it stands still; `projections status` says why';
    return live.version === version ? undefined : `it is live in version ${live.version}, this program knows version ${version}`;
  }

  async #compare(definition: ProjectionDefinition, byKey: boolean, signal: AbortSignal): Promise<Finding> {
    const live = await this.#take(definition, { schema: liveSchema, byKey });
    const schema = await this.#asOf.make(definition.name, live.position, signal);
    try {
      const built = await this.#take(definition, { schema, byKey });
      const rows = [...live.tables.values()].reduce((sum, content) => sum + content.rows, 0);
      return {
        what: definition.name,
        told: `${rows} rows in ${live.tables.size} tables, at position ${live.position}`,
        problems: problemsOf(definition, live, built),
      };
    } finally {
      await this.#asOf.drop(schema);
    }
  }

  /** The tables in one snapshot, with the position that the live ones are at in it. */
  #take(definition: ProjectionDefinition, options: { readonly schema: string; readonly byKey: boolean }): Promise<Taken> {
    return this.#pool.use((client) =>
      inTransaction(client, snapshot, async () => {
        const { rows } = await client.query<{ position: string }>('select position::text as position from kept.projection where name = $1 and is_live', [
          definition.name,
        ]);
        const tables = new Map<string, Content>();
        for (const table of Object.values(definition.tables)) tables.set(table.name, await contentOf(client, table, options));
        return { position: BigInt(rows[0]?.position ?? -1), tables };
      }),
    );
  }
}
