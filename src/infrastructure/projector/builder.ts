/**
 * Building read models from the log: the whole state of all of them folded in memory in one reading, written by COPY, caught up, swapped in.
 * What does not fit in memory, or meets an event it cannot apply, goes on batch by batch.
 */
import type { Occurred, ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { EventLog, StoredEvent } from '../../application/ports/event-log.ts';
import type { Database } from '../postgres/database.ts';
import { isConnectionFailure, tellable } from '../postgres/failures.ts';
import { id } from '../postgres/names.ts';
import { Pool } from '../postgres/pool.ts';
import { BatchWriter, batchEventsMax, Faulted, type WriterPools } from './batch-writer.ts';
import { ddlFor, dropSchemaStatement, fillTables, type Load, loadTables, prepareTables } from './bulk-load.ts';
import { addBuild, type Build, readBuilds, removeBuild } from './checkpoints.ts';
import { HandlerError, occurred, ProjectionFold } from './fold.ts';
import { swapIn } from './swap.ts';

export type BuildProgress = {
  readonly projections: readonly string[];
  readonly phase: 'reading' | 'writing' | 'catchingUp' | 'done';
  readonly events: number;
  readonly position: bigint;
  /** The end of the log when the build began. */
  readonly tail: bigint;
};
export type BuilderParts = {
  readonly database: Database;
  readonly writers: WriterPools['writers'];
  readonly log: EventLog;
  /** Rows kept in memory at most, all projections of one build together. */
  readonly rowsMax?: number;
  readonly progress?: (progress: BuildProgress) => void;
  readonly report?: (sentence: string) => void;
};
/** A projection whose state is folded in memory; without `fold` that was given up. `isPrepared`: its tables are there, empty and indexed. */
type Making = { readonly definition: ProjectionDefinition; readonly build: Build; fold: ProjectionFold | undefined; isPrepared: boolean };
/** A projection whose tables exist; with `fault` they go as far as they can. */
type Built = { readonly definition: ProjectionDefinition; readonly build: Build; readonly writer: BatchWriter; fault: Faulted | undefined };
type BuildOptions = {
  readonly schemaOf: (definition: ProjectionDefinition) => string;
  readonly until?: bigint;
  readonly signal: AbortSignal;
  /** The log is read once this has resolved; meanwhile the tables are made. */
  readonly after?: Promise<void>;
};
/** `after`: what fills a log that is empty now. Its few events are waited for, and the tables are made meanwhile. */
export type BuildLiveOptions = { readonly signal: AbortSignal; readonly after?: Promise<void> };
type Extent = Pick<BuildOptions, 'until' | 'signal'>;

const rowsMaxDefault = 1_000_000;
const progressEvery = 20_000;

export class Builder {
  readonly #parts: BuilderParts;
  readonly #loaders: Pool;

  constructor(parts: BuilderParts) {
    this.#parts = parts;
    this.#loaders = new Pool({ url: parts.database.url, name: 'builder', max: 2 });
  }

  async close(): Promise<void> {
    await this.#loaders.close();
  }

  /**
   * Builds these and swaps them in; the caller holds the build lock of each. Gives the faults of those that cannot apply an event: they replace
   * nothing that is live, and are live as far as they go where nothing was.
   */
  async buildLive(definitions: readonly ProjectionDefinition[], { signal, after }: BuildLiveOptions): Promise<ReadonlyMap<string, Faulted>> {
    for (const { name } of definitions) await this.#removeLeftovers(name);
    const built = await this.#build(definitions, {
      schemaOf: (definition) => `building_${definition.name}`,
      signal,
      ...(after === undefined ? {} : { after }),
    });
    await inPairs(built, async (of) => {
      const hasLive = (await readBuilds(this.#parts.database.owner, of.definition.name)).some((build) => build.isLive);
      if (of.fault !== undefined && hasLive) return;
      await swapIn(this.#parts.database.owner, of.build, async (live) => {
        const tail = await this.#parts.log.tail();
        await this.#catchUp([of], { until: live < tail ? live : tail, signal });
      });
    });
    this.#tell(definitions, { phase: 'done', events: 0, position: 0n, tail: 0n });
    return new Map(built.flatMap(({ definition, fault }) => (fault === undefined ? [] : [[definition.name, fault]])));
  }

  /** A read model as it was after `until`, in a schema of its own under the same policies; the caller drops it. Throws `Faulted`. */
  async buildAsOf(definition: ProjectionDefinition, until: bigint, options: { readonly schema: string; readonly signal: AbortSignal }): Promise<void> {
    const { database } = this.#parts;
    // Not under the model's own name: a rebuild of it clears away what is left of earlier ones.
    const asOf = { ...definition, name: options.schema };
    const [built] = await this.#build([asOf], { schemaOf: () => options.schema, until, signal: options.signal });
    if (built === undefined) throw new Error('a build gave nothing');
    // Its rows are final, so it needs no checkpoint.
    await removeBuild(database.owner, built.build.buildId);
    if (built.fault !== undefined) throw built.fault;
  }

  async #build(definitions: readonly ProjectionDefinition[], options: BuildOptions): Promise<readonly Built[]> {
    const makings: Making[] = [];
    for (const definition of definitions) {
      const build = await addBuild(this.#parts.database.owner, definition, options.schemaOf(definition));
      makings.push({ definition, build, fold: new ProjectionFold(definition, true), isPrepared: false });
    }
    if (options.after !== undefined) await Promise.all([this.#prepare(makings), options.after]);
    const position = await this.#readWhole(makings, options);
    const built: Built[] = [];
    await inPairs(makings, async (making) => void built.push(await this.#write(making, position)));
    await this.#catchUp(built, options);
    return built;
  }

  #prepare(makings: readonly Making[]): Promise<void> {
    const { database } = this.#parts;
    return inPairs(makings, async (making) => {
      const { definition, build } = making;
      await prepareTables(database, this.#loaders, { definition, build, ddl: await ddlFor(database, definition, build.schema) });
      making.isPrepared = true;
    });
  }

  /** Folds the log in memory up to its end, or as far as memory allows; gives the position reached. */
  async #readWhole(makings: readonly Making[], options: Extent): Promise<bigint> {
    const tail = options.until ?? (await this.#parts.log.tail());
    const concernedBy = new Map<string, readonly Making[]>();
    let position = -1n;
    let events = 0;
    for await (const batch of this.#parts.log.readAll({ batch: 2000, signal: options.signal })) {
      for (const event of batch) {
        if (event.position > tail) return position;
        position = event.position;
        const kind = `${event.category}/${event.type}`;
        const concerned = concernedBy.get(kind) ?? makings.filter(({ fold }) => fold?.concerns(event) === true);
        concernedBy.set(kind, concerned);
        if (concerned.length === 0) continue;
        const seen = occurred(event);
        for (const making of concerned) applyOrGiveUp(making, event, seen);
      }
      events += batch.length;
      if (events % progressEvery < batch.length)
        this.#tell(
          makings.map(({ definition }) => definition),
          { phase: 'reading', events, position, tail },
        );
      if (rowsOf(makings) > (this.#parts.rowsMax ?? rowsMaxDefault)) break;
    }
    options.signal.throwIfAborted();
    return position;
  }

  /** Tables with what is in memory; empty ones at the beginning where the whole-state fold was given up or its rows are refused. */
  async #write(making: Making, position: bigint): Promise<Built> {
    const { definition, build, fold } = making;
    const { database } = this.#parts;
    const ddl = making.isPrepared ? new Map() : await ddlFor(database, definition, build.schema);
    const load = (position: bigint, rows: Load['rows']): Promise<void> => {
      const whole = { definition, build, ddl, position, rows };
      return making.isPrepared ? fillTables(this.#loaders, whole) : loadTables(database, this.#loaders, whole);
    };
    this.#tell([definition], { phase: 'writing', events: 0, position, tail: position });
    let reached = fold === undefined ? -1n : position;
    const empty = new Map<string, undefined>();
    try {
      await load(reached, (table) => fold?.whole(table) ?? empty);
    } catch (error) {
      if (fold === undefined || isConnectionFailure(error)) throw error;
      this.#parts.report?.(`The read model ${definition.name} could not be loaded at once and is built batch by batch: ${tellable(error)}.`);
      reached = -1n;
      await load(reached, () => empty);
    }
    making.fold = undefined;
    const written = { ...build, position: reached };
    return { definition, build: written, writer: new BatchWriter(definition, written, this.#pools), fault: undefined };
  }

  /** Batch by batch to the end of the log, or to `until`. */
  async #catchUp(built: readonly Built[], options: Extent): Promise<void> {
    const open = built.filter((of) => of.fault === undefined && (options.until === undefined || of.writer.saved < options.until));
    const first = open.reduce<bigint | undefined>((least, { writer }) => (least === undefined || writer.saved < least ? writer.saved : least), undefined);
    if (first === undefined) return;
    let position = first;
    const from = first < 0n ? {} : { from: first };
    for await (const batch of this.#parts.log.readAll({ ...from, batch: batchEventsMax, signal: options.signal })) {
      const events = options.until === undefined ? batch : batch.filter((event) => event.position <= (options.until ?? 0n));
      const last = events.at(-1);
      if (last === undefined) break;
      position = last.position;
      await Promise.all(open.map((of) => catchUpOne(of, events, last.position)));
      if (events.length < batch.length) break;
    }
    options.signal.throwIfAborted();
    if (options.until !== undefined && options.until > position) await Promise.all(open.map((of) => catchUpOne(of, [], options.until ?? position)));
  }

  get #pools(): WriterPools {
    return { owner: this.#parts.database.owner, writers: this.#parts.writers };
  }

  async #removeLeftovers(name: string): Promise<void> {
    const { owner } = this.#parts.database;
    await owner.rows(dropSchemaStatement(id(`building_${name}`)));
    for (const build of await readBuilds(owner, name)) if (!build.isLive) await removeBuild(owner, build.buildId);
  }

  #tell(definitions: readonly ProjectionDefinition[], progress: Omit<BuildProgress, 'projections'>): void {
    this.#parts.progress?.({ projections: definitions.map(({ name }) => name), ...progress });
  }
}

/** Two at a time: one is encoded here while the other's indexes are made there. */
const inPairs = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all([worker(), worker()]);
};

/** A handler that throws ends the folding in memory: batch by batch is found out how far the projection gets. */
const applyOrGiveUp = (making: Making, event: StoredEvent, seen: Occurred): void => {
  try {
    making.fold?.apply(event, 0, seen);
  } catch (error) {
    if (!(error instanceof HandlerError)) throw error;
    making.fold = undefined;
  }
};

const rowsOf = (makings: readonly Making[]): number => makings.reduce((sum, { fold }) => sum + (fold?.rowCount ?? 0), 0);

const catchUpOne = async (of: Built, events: readonly StoredEvent[], to: bigint): Promise<void> => {
  if (of.fault !== undefined || of.writer.saved >= to) return;
  const concerning = events.filter((event) => event.position > of.writer.saved && of.writer.concerns(event));
  try {
    await of.writer.write(concerning, to);
  } catch (error) {
    if (!(error instanceof Faulted)) throw error;
    of.fault = error;
  }
};
