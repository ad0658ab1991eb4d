/** Batches of events folded into one build, each in one transaction with its checkpoint; finds the event that cannot be applied. */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { StoredEvent } from '../../application/ports/event-log.ts';
import type { ReadModelFault } from '../../application/ports/read-models.ts';
import { codeOf } from '../failure.ts';
import { isConnectionFailure, isTransient, tellable } from '../postgres/failures.ts';
import type { Pool } from '../postgres/pool.ts';
import { type Build, markFaulted, readBuilds } from './checkpoints.ts';
import { HandlerError, LookupsDoNotEnd, ProjectionFold } from './fold.ts';
import { RowStore, Superseded } from './row-store.ts';

export type WriterPools = {
  readonly owner: Pool;
  /** Pipelined, without waiting for the disk at commit. */
  readonly writers: Pool;
};

/** An event that cannot be applied: recorded, and the checkpoint stands right before it. */
export class Faulted extends Error {
  override readonly name = 'Faulted';
  readonly fault: ReadModelFault;

  constructor(fault: ReadModelFault, cause: unknown) {
    super(fault.message, { cause });
    this.fault = fault;
  }
}

export const batchEventsMax = 5000;
const retriesMax = 5;

export class BatchWriter {
  readonly #build: Build;
  readonly #pools: WriterPools;
  readonly #fold: ProjectionFold;
  readonly #store: RowStore;
  #saved: bigint;

  constructor(definition: ProjectionDefinition, build: Build, pools: WriterPools) {
    this.#build = build;
    this.#pools = pools;
    this.#fold = new ProjectionFold(definition, false);
    this.#store = new RowStore(pools.writers, build, definition);
    this.#saved = build.position;
  }

  /** As the checkpoint says. */
  get saved(): bigint {
    return this.#saved;
  }
  /** Somebody else moved the checkpoint on this runner's behalf. */
  movedTo(position: bigint): void {
    this.#saved = position;
  }

  concerns(event: StoredEvent): boolean {
    return this.#fold.concerns(event);
  }

  /**
   * Applies events that concern this projection and moves the checkpoint to `to`. Throws `Superseded`, `Faulted`, or what the driver throws
   * when the database is away; then the checkpoint may have moved over some of them.
   */
  async write(events: readonly StoredEvent[], to: bigint): Promise<void> {
    for (let start = 0; start === 0 || start < events.length; start += batchEventsMax) {
      const part = events.slice(start, start + batchEventsMax);
      const isLast = start + batchEventsMax >= events.length;
      await this.#writePart(part, isLast ? to : (part.at(-1)?.position ?? to));
    }
  }

  async #writePart(events: readonly StoredEvent[], to: bigint): Promise<void> {
    try {
      await this.#apply(events, to);
    } catch (error) {
      if (!isFault(error)) throw error;
      await this.#locateFault(events, error);
    }
  }

  async #apply(events: readonly StoredEvent[], to: bigint): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const changes = await this.#fold.batch(events, this.#store.load);
        await this.#store.commit(changes, this.#saved, to);
        this.#saved = to;
        return;
      } catch (error) {
        if (!isTransient(error) || attempt >= retriesMax) throw error;
      }
    }
  }

  /** Applies event by event up to the one that cannot be. */
  async #locateFault(events: readonly StoredEvent[], batchError: unknown): Promise<never> {
    // Tables may have been swapped away under a batch; then nothing is wrong with its events.
    const row = (await readBuilds(this.#pools.owner, this.#build.name)).find((build) => build.buildId === this.#build.buildId);
    if (row === undefined || row.position !== this.#saved) throw new Superseded('this build was replaced');
    for (const event of events) {
      try {
        await this.#apply([event], event.position);
      } catch (error) {
        if (!isFault(error)) throw error;
        throw new Faulted(await this.#record(event, error), error);
      }
    }
    // Each event alone went through: the batch as a whole did not, so it is looked at anew from here.
    throw new Error('a batch failed whose events do not', { cause: batchError });
  }

  async #record(event: StoredEvent, error: unknown): Promise<ReadModelFault> {
    const fault = { position: String(event.position), eventId: event.id, eventType: event.type, message: describe(error) };
    await markFaulted(this.#pools.owner, { buildId: this.#build.buildId, position: this.#saved }, fault);
    return fault;
  }
}

/** SQLSTATE classes that come from the rows: data, constraints, tables, limits. */
const rowErrors = /^(22|23|42|54)/;

/** Failures that come from the events and the handlers, not from circumstances. */
const isFault = (error: unknown): boolean => {
  if (error instanceof Superseded || isConnectionFailure(error)) return false;
  if (error instanceof HandlerError || error instanceof LookupsDoNotEnd || error instanceof TypeError) return true;
  return rowErrors.test(codeOf(error) ?? '');
};
const describe = (error: unknown): string => `${error instanceof HandlerError ? 'handler' : 'rows'}: ${tellable(error)}`.slice(0, 1000);
