/**
 * The projector of a process: elects itself runner of each projection by advisory lock, builds what is missing or has changed, runs what is
 * live, and looks at everything anew when something ended. Others stand by and take over what is not held.
 */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { LogReader } from '../../application/log-reader.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { ReadModelFault } from '../../application/ports/read-models.ts';
import type { Database } from '../postgres/database.ts';
import { tellable } from '../postgres/failures.ts';
import { Locks } from '../postgres/locks.ts';
import type { Pool } from '../postgres/pool.ts';
import { Builder, type BuildLiveOptions, type BuildProgress } from './builder.ts';
import { Builds } from './builds.ts';
import { type Build, clearFault, fingerprintOf, readBuilds } from './checkpoints.ts';
import { checkDefinitions } from './definitions.ts';
import { IdleMoves } from './idle-moves.ts';
import { PositionWaits } from './position-waits.ts';
import { Runner, type RunnerEnd } from './runner.ts';
import { writerPool } from './writer-pool.ts';

export type ProjectorOptions = {
  readonly database: Database;
  readonly log: EventLog;
  readonly reader: LogReader;
  readonly projections: readonly ProjectionDefinition[];
  readonly progress?: (progress: BuildProgress) => void;
  /** Told what keeps a read model from going on, in sentences without values of rows. */
  readonly report?: (sentence: string) => void;
  /** How often standing-by looks for locks that have become free. */
  readonly standByMs?: number;
  /** Connections for writing. */
  readonly writersMax?: number;
  readonly rowsMax?: number;
};

export class Projector {
  /** What waits in this process for projections that run in it. */
  readonly waits = new PositionWaits((name) => this.#runners.get(name)?.hurry());
  readonly #options: ProjectorOptions;
  readonly #writers: Pool;
  readonly #locks: Locks;
  readonly #builder: Builder;
  readonly #builds: Builds;
  readonly #idleMoves: IdleMoves;
  readonly #runners = new Map<string, Runner>();
  /** Faults of live read models met by this process: not tried again before a restart or `retry`. */
  readonly #faults = new Map<string, { readonly buildId: string; readonly fault: ReadModelFault }>();
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: ProjectorOptions) {
    checkDefinitions(options.projections);
    const { database, log } = options;
    this.#options = options;
    this.#writers = writerPool(database.url, options.writersMax ?? 4);
    this.#locks = new Locks(database.url, () => void this.#lockConnectionLost());
    const limits = options.rowsMax === undefined ? {} : { rowsMax: options.rowsMax };
    this.#builder = new Builder({
      database,
      writers: this.#writers,
      log,
      ...limits,
      ...(options.progress === undefined ? {} : { progress: options.progress }),
      report: (sentence) => this.#options.report?.(sentence),
    });
    this.#builds = new Builds({
      builder: this.#builder,
      locks: this.#locks,
      signal: this.#stopping.signal,
      report: (sentence) => this.#options.report?.(sentence),
    });
    this.#idleMoves = new IdleMoves(database.owner);
  }

  /** Whether no read model is there at all, as in a new database. */
  async hasNone(): Promise<boolean> {
    return !(await readBuilds(this.#options.database.owner)).some(({ isLive }) => isLive);
  }

  /** The position of a projection that runs here; nothing where another process runs it. */
  localPosition(name: string): bigint | undefined {
    return this.#runners.get(name)?.position;
  }
  /** The fault of a live projection that stands still here. */
  localFault(name: string): ReadModelFault | undefined {
    return this.#faults.get(name)?.fault;
  }
  /** Saves what a projection has passed over quietly, because somebody wants to see it in the checkpoint now. */
  async save(name: string): Promise<void> {
    if (this.#runners.get(name)?.pendingMove !== undefined) await this.#idleMoves.flush();
  }

  /**
   * Begins to run what is live and to build what is missing or has changed, and goes on looking for what ended or became free. Resolves when
   * all that had no tables is built (by us); changed ones go on being built beside the old. `after`: what fills a log that is empty now; the
   * tables are made meanwhile. Throws `DatabaseUnavailable`, `StoreUnavailable`.
   */
  async start(options: Pick<BuildLiveOptions, 'after'> = {}): Promise<void> {
    const { building } = await this.#lookOnce(options);
    await building;
    await this.#look();
  }

  /** Resolves when nothing is being built and everything that is ours runs. */
  async settled(): Promise<void> {
    await this.#builds.settled();
    await this.#look();
  }

  /** Tries a faulted projection again, from the event at which it stopped. */
  async retry(name: string): Promise<void> {
    this.#faults.delete(name);
    this.#builds.forgive(name);
    await this.#look();
  }

  /** Builds a read model anew beside the live one and swaps it in, changed or not. False where somebody else is at it. Throws `Faulted`. */
  async rebuild(name: string): Promise<boolean> {
    const definition = this.#options.projections.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`there is no read model ${name}`);
    if (!(await this.#builds.claim(name))) return false;
    const live = (await readBuilds(this.#options.database.owner, name)).find((build) => build.isLive);
    if (live !== undefined && live.version > definition.version) {
      await this.#builds.release(name);
      throw new Error(`The read model ${name} is live in version ${live.version}; this program knows version ${definition.version}.`);
    }
    const fault = (await this.#builds.run([definition])).get(name);
    this.#faults.delete(name);
    await this.#look();
    if (fault !== undefined) throw fault;
    return true;
  }

  /** Ends all runners after the batch in work; what they reached is saved. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#builds.settled();
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    await this.#idleMoves.flush();
    for (const name of this.#runners.keys()) this.waits.ended(name, 'lost');
    this.#runners.clear();
    await this.#locks.close();
    await this.#builder.close();
    await this.#writers.close();
  }

  /** One look at a time; asked for meanwhile, another follows. Never rejects. */
  #look(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    if (this.#looking !== undefined) {
      this.#again = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilSettled().finally(() => {
      this.#looking = undefined;
      this.#later();
    });
    return this.#looking;
  }

  async #lookUntilSettled(): Promise<void> {
    do {
      this.#again = false;
      try {
        const { building } = await this.#lookOnce();
        building.catch((error: unknown) => this.#failed(error));
        this.#failures = 0;
      } catch (error) {
        this.#failed(error);
      }
    } while (this.#again && !this.#stopping.signal.aborted);
  }

  #failed(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#failures += 1;
    this.#options.report?.(`The projector cannot go on for now: ${tellable(error)}.`);
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    const backOffMs = Math.min(5000, (this.#options.standByMs ?? 1000) * 2 ** Math.min(this.#failures, 8));
    this.#timer = setTimeout(() => void this.#look(), backOffMs);
  }

  /** Runs what is live and ours; begins to build what is not there or has changed, and gives the building of what is not there. */
  async #lookOnce(options: Pick<BuildLiveOptions, 'after'> = {}): Promise<{ readonly building: Promise<void> }> {
    const missing = this.#options.projections.filter(({ name }) => !this.#runners.has(name));
    const live = new Map((await readBuilds(this.#options.database.owner)).filter((build) => build.isLive).map((build) => [build.name, build]));
    const tail = missing.length === 0 ? 0n : await this.#options.log.tail();
    const absent: ProjectionDefinition[] = [];
    const changed: ProjectionDefinition[] = [];
    const runs = missing.map((definition) => {
      const build = live.get(definition.name);
      // A checkpoint past the end belongs to another log, or to this one before it was restored from a backup.
      return { definition, build, isCurrent: build !== undefined && isOf(build, definition) && build.position <= tail };
    });
    await allDone(runs.map(async ({ definition, build, isCurrent }) => (isCurrent && build !== undefined ? this.#run(definition, build) : undefined)));
    try {
      for (const { definition, build, isCurrent } of runs) {
        // A newer program is at work; this one leaves its read model alone.
        if (isCurrent || (build !== undefined && build.version > definition.version)) continue;
        if (!this.#builds.isUnbuildable(definition.name) && (await this.#builds.claim(definition.name))) {
          (build === undefined ? absent : changed).push(definition);
        }
      }
    } catch (error) {
      for (const { name } of [...absent, ...changed]) await this.#builds.release(name);
      throw error;
    }
    const building = this.#build(absent, options);
    building
      .catch(() => undefined)
      .then(() => this.#build(changed))
      .catch((error: unknown) => this.#failed(error));
    return { building };
  }

  async #build(definitions: readonly ProjectionDefinition[], options: Pick<BuildLiveOptions, 'after'> = {}): Promise<void> {
    if (definitions.length === 0) return;
    await this.#builds.run(definitions, options);
    void this.#look();
  }

  async #run(definition: ProjectionDefinition, live: Build): Promise<void> {
    if (this.#faults.get(definition.name)?.buildId === live.buildId) return;
    if (!(await this.#locks.take(liveLock(live.buildId)))) return;
    // Between reading the row and taking the lock the runner before may have gone on.
    const [current] = (await readBuilds(this.#options.database.owner, definition.name)).filter((build) => build.buildId === live.buildId && build.isLive);
    if (current === undefined || this.#stopping.signal.aborted) return this.#locks.free(liveLock(live.buildId));
    await clearFault(this.#options.database.owner, current.buildId);
    const { name } = definition;
    const runner: Runner = new Runner({
      isAwaited: () => this.waits.isAwaited(definition.name),
      definition,
      build: current,
      owner: this.#options.database.owner,
      writers: this.#writers,
      idleMoves: this.#idleMoves,
      moved: (position) => this.waits.moved(name, position),
      ended: (why) => this.#ended(runner, why),
    });
    this.#runners.set(name, runner);
    this.#faults.delete(name);
    this.waits.moved(name, runner.position);
    runner.start(this.#options.reader);
  }

  #ended(runner: Runner, why: RunnerEnd): void {
    if (this.#runners.get(runner.name) !== runner) return;
    this.#runners.delete(runner.name);
    if (why.kind === 'faulted') {
      this.#faults.set(runner.name, { buildId: runner.buildId, fault: why.fault });
      this.#options.report?.(`The read model ${runner.name} stands still at ${why.fault.eventType} ${why.fault.eventId}: ${why.fault.message}`);
    }
    this.waits.ended(runner.name, why.kind === 'faulted' ? 'faulted' : 'lost');
    if (this.#stopping.signal.aborted) return;
    void this.#locks.free(liveLock(runner.buildId)).then(() => this.#look());
  }

  /** Without the locks nothing may be believed to be ours; the checkpoints alone keep two runners apart until this is noticed. */
  async #lockConnectionLost(): Promise<void> {
    for (const runner of [...this.#runners.values()]) runner.interrupt(new Error('the connection that holds the locks ended'));
    await this.#look();
  }
}

const isOf = (build: Build, definition: ProjectionDefinition): boolean =>
  build.version === definition.version && build.fingerprint === fingerprintOf(definition);
const liveLock = (buildId: string): string => `leasing: run ${buildId}`;

/** Throws what the first that failed threw, once none of them is on its way any more. */
const allDone = async (works: readonly Promise<void>[]): Promise<void> => {
  for (const outcome of await Promise.allSettled(works)) if (outcome.status === 'rejected') throw outcome.reason;
};

/** Starts the projector of this process; the reader may be started before or after. Resolves when every read model that nobody else builds is there. */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const projector = new Projector(options);
  await projector.start();
  return projector;
}
