/** One live projection: what the reader hands over is written batch by batch, until another takes over or a fault stops it. */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { LogReader, LogSubscription } from '../../application/log-reader.ts';
import { type LogBatch, UnreadableEvent } from '../../application/ports/event-log.ts';
import type { ReadModelFault } from '../../application/ports/read-models.ts';
import { BatchWriter, Faulted, type WriterPools } from './batch-writer.ts';
import { type Build, markFaulted } from './checkpoints.ts';
import type { IdleMoves } from './idle-moves.ts';

export type RunnerEnd =
  | { readonly kind: 'faulted'; readonly fault: ReadModelFault }
  /** Another runner, a swap, or a database that is away: to be looked at anew. */
  | { readonly kind: 'interrupted'; readonly cause: unknown };
export type RunnerParts = WriterPools & {
  readonly definition: ProjectionDefinition;
  readonly build: Build;
  readonly idleMoves: IdleMoves;
  /** Does anybody wait for this projection's rows? Then it never rests. */
  readonly isAwaited: () => boolean;
  /** Told after every move of the position. */
  readonly moved: (position: bigint) => void;
  /** Told once, when it ends by itself. */
  readonly ended: (why: RunnerEnd) => void;
};

/** Commits of one projection begin at least so far apart while nobody waits for it. */
const commitEveryMs = 15;
/** In a burst it rests this many times as long as its last commit took: what is written together costs the database, and its neighbours, less. */
const restPerWrite = 3;
const restMaxMs = 120;
const burstEvents = 4;

export class Runner {
  readonly #parts: RunnerParts;
  readonly #writer: BatchWriter;
  /** What the rows reflect: the checkpoint, or further over events that change nothing here. */
  #reached: bigint;
  #subscription: LogSubscription | undefined;
  #wake: (() => void) | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#writer = new BatchWriter(parts.definition, parts.build, parts);
    this.#reached = parts.build.position;
  }

  get name(): string {
    return this.#parts.definition.name;
  }
  get buildId(): string {
    return this.#parts.build.buildId;
  }
  get position(): bigint {
    return this.#reached;
  }

  start(reader: LogReader): void {
    this.#subscription = reader.subscribe({
      name: this.name,
      from: this.#reached < 0n ? undefined : this.#reached,
      handle: (batch) => this.#handle(batch),
      detached: (reason) => void this.#detached(reason),
    });
  }

  /** Somebody waits: a rest ends at once. */
  hurry(): void {
    this.#wake?.();
  }

  /** Lets the batch in work finish; nothing is written afterwards. */
  async stop(): Promise<void> {
    this.hurry();
    await this.#subscription?.unsubscribe();
  }

  async #handle(batch: LogBatch): Promise<void> {
    const events = batch.events.filter((event) => this.#writer.concerns(event));
    if (events.length === 0) {
      this.#moveTo(batch.position);
      this.#parts.idleMoves.add(this);
      return;
    }
    await this.#parts.idleMoves.settled(this);
    const startedAt = performance.now();
    await this.#writer.write(events, batch.position);
    this.#moveTo(batch.position);
    const writtenMs = performance.now() - startedAt;
    await this.#rest(Math.max(commitEveryMs - writtenMs, events.length < burstEvents ? 0 : Math.min(writtenMs * restPerWrite, restMaxMs)));
  }

  /** In a burst the next events gather a little, so that they are written together; a single event never waits for this. */
  async #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#parts.isAwaited()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** What an idle move has to say to the checkpoint. */
  get pendingMove(): { readonly buildId: string; readonly was: bigint; readonly reached: bigint } | undefined {
    const was = this.#writer.saved;
    return this.#reached > was ? { buildId: this.buildId, was, reached: this.#reached } : undefined;
  }
  moveSaved(position: bigint): void {
    this.#writer.movedTo(position);
  }
  /** The checkpoint was not where this runner believed: it ends. */
  interrupt(cause: unknown): void {
    void this.#subscription?.unsubscribe();
    this.#parts.ended({ kind: 'interrupted', cause });
  }

  #moveTo(position: bigint): void {
    this.#reached = position;
    this.#parts.moved(position);
  }

  async #detached(reason: unknown): Promise<void> {
    if (reason instanceof Faulted) return this.#parts.ended({ kind: 'faulted', fault: reason.fault });
    if (!(reason instanceof UnreadableEvent)) return this.#parts.ended({ kind: 'interrupted', cause: reason });
    // The log itself cannot be read on, so the position after which that is so is all that is known of the event.
    const fault = { position: String(this.#reached), eventId: '', eventType: '', message: reason.message };
    this.#parts.ended({ kind: 'faulted', fault });
    await markFaulted(this.#parts.owner, { buildId: this.buildId, position: this.#writer.saved }, fault).catch(() => undefined);
  }
}
