/** A database, a log in memory and projectors on them, for one test. */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import { LogReader } from '../../../src/application/log-reader.ts';
import { type Database, openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { Projector, type ProjectorOptions } from '../../../src/infrastructure/projector/projector.ts';
import { PostgresReadModels } from '../../../src/infrastructure/projector/read-models.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { createTestDatabase } from '../../kit/postgres.ts';
import { appendAll, provisioned } from '../../kit/projections.ts';
import type { Step } from './sample.ts';

/** A process of its own, as far as the database can tell: its own reader, connections and locks. */
export type Node = { readonly projector: Projector; readonly reader: LogReader; readonly readModels: PostgresReadModels; stop(): Promise<void> };
export type World = {
  readonly url: string;
  readonly database: Database;
  readonly log: MemoryEventLog;
  /** `after`: what fills the log while the tables are made. */
  node(projections: readonly ProjectionDefinition[], options?: Partial<ProjectorOptions> & { readonly after?: Promise<void> }): Promise<Node>;
  /** Appends these and waits until the read model has them. */
  happen(node: Node, name: string, steps: readonly Step[]): Promise<bigint>;
  end(): Promise<void>;
};

export async function newWorld(): Promise<World> {
  const made = await createTestDatabase({ template: provisioned });
  const database = await openDatabase({ url: made.url });
  const log = new MemoryEventLog(7);
  const nodes = new Set<Node>();
  return {
    url: made.url,
    database,
    log,
    node: async (projections, { after, ...options } = {}) => {
      const reader = new LogReader({ log });
      const projector = new Projector({ database, log, reader, projections, standByMs: 20, ...options });
      await projector.start(after === undefined ? {} : { after }).catch(async (error: unknown) => {
        await projector.stop();
        throw error;
      });
      reader.start();
      const stop = async (): Promise<void> => {
        nodes.delete(node);
        await reader.stop();
        await projector.stop();
      };
      const node: Node = { projector, reader, readModels: new PostgresReadModels(database.owner, projector), stop };
      nodes.add(node);
      return node;
    },
    happen: async (node, name, steps) => {
      const position = await appendAll(log, steps);
      const outcome = await node.readModels.waitFor(name, position, 20_000);
      if (outcome !== 'reached') throw new Error(`${name} did not get there: ${outcome}`);
      return position;
    },
    end: async () => {
      for (const node of [...nodes]) await node.stop();
      await database.close();
      await made.drop();
    },
  };
}
