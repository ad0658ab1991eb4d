/**
 * The projector of a process: elects itself runner of each projection by advisory lock, builds what is missing or has changed, runs what is
 * live, and looks at everything anew when something ended. Others stand by and take over what is not held.
 */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { LogReader } from '../../application/log-reader.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { ReadModelFault } from '../../application/ports/read-models.ts';
import type { Database } from '../postgres/database.ts';
import { id } from '../postgres/names.ts';
import { Pool } from '../postgres/pool.ts';
import { Builder, type BuildProgress } from './builder.ts';
import { dropSchemaStatement } from './bulk-load.ts';
import { type Build, clearFault, fingerprintOf, readBuilds } from './checkpoints.ts';
import { IdleMoves } from './idle-moves.ts';
import { Locks } from './locks.ts';
import { PositionWaits } from './position-waits.ts';
import { Runner, type RunnerEnd } from './runner.ts';

export type ProjectorOptions = {
  readonly database: Database;
  readonly log: EventLog;
  readonly reader: LogReader;
  readonly projections: readonly ProjectionDefinition[];
  readonly progress?: (progress: BuildProgress) => void;
  /** A runner that ended, a build that failed: one sentence and the cause. */
  readonly report?: (sentence: string, cause: unknown) => void;
  /** How often standing-by looks for locks that have become free. */
  readonly standByMs?: number;
  /** Connections for writing. */
  readonly writersMax?: number;
  readonly rowsMax?: number;
};

export class Projector {
  /** What waits in this process for projections that run in it. */
  readonly waits = new PositionWaits();
  readonly #options: ProjectorOptions;
  readonly #writers: Pool;
  readonly #locks: Locks;
  readonly #builder: Builder;
  readonly #idleMoves: IdleMoves;
  readonly #runners = new Map<string, Runner>();
  /** Faults met by this process: not tried again before a restart or `retry`. */
  readonly #faults = new Map<string, { readonly buildId: string; readonly fault: ReadModelFault }>();
  readonly #stopping = new AbortController();
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: ProjectorOptions) {
    checkDefinitions(options.projections);
    this.#options = options;
    this.#writers = new Pool({
      url: options.database.url,
      name: 'projector',
      max: options.writersMax ?? 4,
      statementTimeoutMs: 120_000,
      isPipelined: true,
      // A commit lost in a crash is found missing by its checkpoint and done again.
      parameters: { synchronous_commit: 'off' },
    });
    this.#locks = new Locks(options.database.url, () => void this.#lockConnectionLost());
    this.#builder = new Builder({
      database: options.database,
      writers: this.#writers,
      log: options.log,
      ...(options.rowsMax === undefined ? {} : { rowsMax: options.rowsMax }),
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
    this.#idleMoves = new IdleMoves(options.database.owner);
  }

  /** The position of a projection that runs here; nothing where another process runs it. */
  localPosition(name: string): bigint | undefined {
    return this.#runners.get(name)?.position;
  }
  /** The fault of a projection that stands still here. */
  localFault(name: string): ReadModelFault | undefined {
    return this.#faults.get(name)?.fault;
  }

  /** Looks once now, then whenever something ended, and regularly for locks that have become free. Resolves when what is not there yet is built. */
  async start(): Promise<void> {
    await this.#look();
  }

  /** Tries a faulted projection again, from the event at which it stopped. */
  async retry(name: string): Promise<void> {
    this.#faults.delete(name);
    await this.#look();
  }

  /** Ends all runners after the batch in work; what they reached is saved. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#looking?.catch(() => undefined);
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    await this.#idleMoves.flush();
    for (const name of this.#runners.keys()) this.waits.ended(name, 'lost');
    this.#runners.clear();
    await this.#locks.close();
    await this.#writers.close();
  }

  /** One look at a time; asked for meanwhile, another follows. */
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
        await this.#lookOnce();
        this.#failures = 0;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#failures += 1;
        this.#options.report?.('The projector cannot go on for now.', error);
        if (this.#failures === 1) this.#again = true;
      }
    } while (this.#again && !this.#stopping.signal.aborted);
  }

  #later(): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    const backOffMs = Math.min(5000, (this.#options.standByMs ?? 1000) * 2 ** Math.min(this.#failures, 8));
    this.#timer = setTimeout(() => void this.#look(), backOffMs);
  }

  async #lookOnce(): Promise<void> {
    const missing = this.#options.projections.filter(({ name }) => !this.#runners.has(name));
    if (missing.length === 0) return;
    const builds = new Map((await readBuilds(this.#options.database.owner)).filter((build) => build.isLive).map((build) => [build.name, build]));
    const toBuild: ProjectionDefinition[] = [];
    for (const definition of missing) {
      const live = builds.get(definition.name);
      if (live !== undefined && live.version > definition.version) continue;
      if (live !== undefined && live.version === definition.version && live.fingerprint === fingerprintOf(definition)) await this.#run(definition, live);
      else if (await this.#locks.take(buildLock(definition.name))) toBuild.push(definition);
    }
    if (toBuild.length > 0) await this.#build(toBuild);
  }

  async #build(definitions: readonly ProjectionDefinition[]): Promise<void> {
    try {
      await this.#builder.buildLive(definitions, this.#stopping.signal);
      this.#again = true;
    } finally {
      for (const { name } of definitions) await this.#locks.free(buildLock(name));
    }
  }

  /** Builds a read model anew beside the live one and swaps it in, whether or not it has changed. False where somebody else is at it. */
  async rebuild(name: string): Promise<boolean> {
    const definition = this.#options.projections.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`there is no read model ${name}`);
    if (!(await this.#locks.take(buildLock(name)))) return false;
    this.#faults.delete(name);
    await this.#build([definition]);
    await this.#look();
    return true;
  }

  /** A read model as it was after `position`, in a schema of its own; give it to `dropAsOf` when done. Throws `Faulted`. */
  async asOf(name: string, position: bigint): Promise<string> {
    const definition = this.#options.projections.find((candidate) => candidate.name === name);
    if (definition === undefined) throw new Error(`there is no read model ${name}`);
    const schema = `as_of_${name}_${position}`.slice(0, 60);
    await this.#builder.buildAsOf(definition, position, { schema, signal: this.#stopping.signal });
    return schema;
  }

  /** Removes what `asOf` made. Repeating it changes nothing. */
  async dropAsOf(schema: string): Promise<void> {
    if (!/^as_of_/.test(schema)) throw new Error(`${schema} is no as-of schema`);
    await this.#options.database.owner.rows(dropSchemaStatement(id(schema)));
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
      this.#options.report?.(`The read model ${runner.name} stands still at ${why.fault.eventType} ${why.fault.eventId}: ${why.fault.message}`, undefined);
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

const buildLock = (name: string): string => `leasing: build ${name}`;
const liveLock = (buildId: string): string => `leasing: run ${buildId}`;

/** Throws where two projections share a name or a table, or a table's personal columns cannot be erased. */
const checkDefinitions = (projections: readonly ProjectionDefinition[]): void => {
  const tables = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, tables: own } of projections) {
    if (names.has(name)) throw new Error(`two read models are called ${name}`);
    names.add(name);
    for (const table of Object.values(own)) {
      const other = tables.get(table.name);
      if (other !== undefined) throw new Error(`the table ${table.name} belongs to both ${other} and ${name}`);
      tables.set(table.name, name);
    }
  }
};

/** Starts the projector of this process; the reader may be started before or after. Resolves when every read model that nobody else builds is there. */
export async function startProjector(options: ProjectorOptions): Promise<Projector> {
  const projector = new Projector(options);
  await projector.start();
  return projector;
}
