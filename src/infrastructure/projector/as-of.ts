/** Any read model as it was after a position, in a schema of its own, under the same row-level security. */
import { randomBytes } from 'node:crypto';
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { Database } from '../postgres/database.ts';
import { id } from '../postgres/names.ts';
import type { Pool } from '../postgres/pool.ts';
import { Builder, type BuildProgress } from './builder.ts';
import { dropSchemaStatement } from './bulk-load.ts';
import { writerPool } from './writer-pool.ts';

export type AsOfOptions = {
  readonly database: Database;
  readonly log: EventLog;
  readonly projections: readonly ProjectionDefinition[];
  /** Seconds since 1970. */
  readonly nowSeconds: () => number;
  readonly progress?: (progress: BuildProgress) => void;
};
/** What nobody dropped, because its process died, goes after a day. */
const keptSecondsMax = 86_400;

export class AsOf {
  readonly #options: AsOfOptions;
  readonly #writers: Pool;
  readonly #builder: Builder;

  constructor(options: AsOfOptions) {
    this.#options = options;
    this.#writers = writerPool(options.database.url, 2);
    const told = options.progress === undefined ? {} : { progress: options.progress };
    this.#builder = new Builder({ database: options.database, writers: this.#writers, log: options.log, ...told });
  }

  /**
   * The name of the schema with the model's tables; give it to `Database.as(…, { schema })`, then to `drop`. Throws `Faulted` where the model
   * stood still before `position`.
   */
  async make(name: string, position: bigint, signal: AbortSignal = new AbortController().signal): Promise<string> {
    const definition = this.#options.projections.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`there is no read model ${name}`);
    await this.#dropForgotten();
    const schema = `as_of_${this.#options.nowSeconds()}_${randomBytes(6).toString('hex')}`;
    try {
      await this.#builder.buildAsOf(definition, position, { schema, signal });
      return schema;
    } catch (error) {
      await this.drop(schema).catch(() => undefined);
      throw error;
    }
  }

  /** Repeating it changes nothing. */
  async drop(schema: string): Promise<void> {
    if (!/^as_of_\d+_[0-9a-f]{12}$/.test(schema)) throw new Error(`${schema} is no as-of schema`);
    await this.#options.database.owner.rows(dropSchemaStatement(id(schema)));
  }

  async close(): Promise<void> {
    await this.#builder.close();
    await this.#writers.close();
  }

  async #dropForgotten(): Promise<void> {
    const { owner } = this.#options.database;
    const schemas = await owner.rows<{ name: string }>(`select nspname as name from pg_namespace where nspname ~ '^as_of_[0-9]+_[0-9a-f]{12}$'`);
    for (const { name } of schemas) if (Number(name.split('_')[2]) < this.#options.nowSeconds() - keptSecondsMax) await this.drop(name);
  }
}
