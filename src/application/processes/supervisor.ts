/**
 * Keeps every process following the log, each from its own checkpoint, through restarts of whatever it needs. Of several nodes one runs a
 * process; the others stand by and take over what is not held. Two that believe so for a moment do no harm: every step has a derived id.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LogReader, LogSubscription } from '../log-reader.ts';
import type { ProcessCheckpoints } from '../ports/checkpoints.ts';
import type { EventLog, LogBatch, StoredEvent } from '../ports/event-log.ts';
import type { Leadership } from '../ports/leadership.ts';
import { startRepeating } from '../repeating.ts';

const backOffMaxMs = 5000;
/** Checkpoints are saved together, this long after the first of them moved: what a crash lets come again changes nothing. */
const saveAfterMs = 250;
const standByMs = 1000;

type Parts = {
  readonly log: EventLog;
  readonly reader: LogReader;
  readonly checkpoints: ProcessCheckpoints;
  /** Absent: this node is the only one. `lost` is told when everything that was held is not any more. */
  readonly leadership?: (lost: () => void) => Leadership;
  /** How often what another node runs is looked at. */
  readonly standByMs?: number;
  /** Told of every failure; the process goes on from its checkpoint by itself. */
  readonly failed?: (process: string, error: unknown) => void;
};
/** `standsBy`: another node runs it. `givenUp`: so many things it left since this node began, because they kept failing. */
export type ProcessStatus = {
  readonly name: string;
  readonly position: bigint;
  readonly failure?: string;
  readonly standsBy?: true;
  readonly givenUp?: number;
};
/** What follows the log from a checkpoint of its own: a process, or an effect. */
export type Follower = {
  readonly definition: { readonly name: string; readonly from: 'now' | 'start' };
  /** What is in the log by now may come again. */
  readonly started: () => Promise<void>;
  readonly handle: (events: readonly StoredEvent[]) => Promise<void>;
  readonly givenUp?: number;
};
type Followed = {
  readonly runner: Follower;
  /** `resumes`: ours, but between a failure and the next try. */
  state: 'standsBy' | 'runs' | 'resumes';
  position: bigint;
  saved: bigint;
  failures: number;
  failure?: string;
  subscription?: LogSubscription;
};

export class ProcessSupervisor {
  readonly #parts: Parts;
  readonly #followed: readonly Followed[];
  readonly #abort = new AbortController();
  #saving: NodeJS.Timeout | undefined;
  readonly #waiting = new Set<{ readonly position: bigint; readonly done: () => void }>();
  readonly #leadership: Leadership | undefined;
  #standingBy: (() => Promise<void>) | undefined;

  constructor(runners: readonly Follower[], parts: Parts) {
    this.#parts = parts;
    this.#followed = runners.map((runner) => ({ runner, state: 'standsBy', position: -1n, saved: -1n, failures: 0 }));
    this.#leadership = parts.leadership?.(() => void this.#lost());
  }

  /** Subscribes every process that no other node runs; resolves once they follow. Throws where a store is away. */
  async start(): Promise<void> {
    await Promise.all(this.#followed.map((followed) => this.#follow(followed)));
    if (this.#leadership === undefined) return;
    this.#standingBy = startRepeating(() => this.#takeOver(), {
      everyMs: this.#parts.standByMs ?? standByMs,
      failed: (error) => this.#parts.failed?.('standing by', error),
    });
  }

  /** Ends each after the batch in work; whoever stands by goes on from there. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#standingBy?.();
    await Promise.all(this.#followed.map(({ subscription }) => subscription?.unsubscribe()));
    clearTimeout(this.#saving);
    await this.#saveSoon();
    await this.#leadership?.close();
  }

  status(): readonly ProcessStatus[] {
    return this.#followed.map(({ runner, state, position, failure }) => ({
      name: runner.definition.name,
      position,
      ...(failure === undefined ? {} : { failure }),
      ...(state === 'standsBy' ? { standsBy: true } : {}),
      ...(runner.givenUp === undefined || runner.givenUp === 0 ? {} : { givenUp: runner.givenUp }),
    }));
  }

  /** Resolves when every process, here or on another node, has reacted to everything up to `position`; what a demo or a test waits for. */
  async reached(position: bigint): Promise<void> {
    if (this.#lowest() >= position) return;
    await new Promise<void>((resolve) => {
      const waiting = { position, done: resolve };
      this.#waiting.add(waiting);
    });
  }

  /** Resolves when nothing that has happened so far, nor what followed from it, leaves anything to do. */
  async settled(): Promise<void> {
    for (let tail = await this.#parts.log.tail(); ; ) {
      await this.reached(tail);
      const now = await this.#parts.log.tail();
      if (now === tail) return;
      tail = now;
    }
  }

  #lowest(): bigint {
    return this.#followed.reduce((lowest, { position }) => (position < lowest ? position : lowest), this.#followed[0]?.position ?? 0n);
  }

  async #takeOver(): Promise<void> {
    for (const followed of this.#followed) if (followed.state === 'standsBy' && !this.#abort.signal.aborted) await this.#follow(followed);
    this.#tellWaiting();
  }

  /** The locks are gone, so another node may run everything by now: each ends after the batch in work and stands by. */
  async #lost(): Promise<void> {
    const ours = this.#followed.filter(({ state }) => state === 'runs');
    await Promise.all(ours.map(({ subscription }) => subscription?.unsubscribe()));
    for (const followed of ours) if (followed.state === 'runs') followed.state = 'standsBy';
  }

  async #follow(followed: Followed): Promise<void> {
    const { name, from } = followed.runner.definition;
    if (this.#leadership !== undefined && !(await this.#leadership.take(`leasing: process ${name}`))) {
      followed.state = 'standsBy';
      // What the other node has saved is all that is known of how far it is.
      followed.position = (await this.#parts.checkpoints.load(name)) ?? -1n;
      return;
    }
    const saved = await this.#parts.checkpoints.load(name);
    const start = saved ?? (from === 'now' ? await this.#parts.log.tail() : undefined);
    if (saved === undefined && start !== undefined) await this.#parts.checkpoints.save(name, start);
    await followed.runner.started();
    followed.position = start ?? -1n;
    followed.saved = followed.position;
    followed.state = 'runs';
    followed.subscription = this.#parts.reader.subscribe({
      name: `process:${name}`,
      from: start,
      handle: (batch) => this.#handle(followed, batch),
      detached: (reason) => void this.#resume(followed, reason),
    });
  }

  async #handle(followed: Followed, batch: LogBatch): Promise<void> {
    await followed.runner.handle(batch.events);
    followed.position = batch.position;
    followed.failures = 0;
    delete followed.failure;
    this.#saving ??= setTimeout(() => void this.#saveSoon(), saveAfterMs);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    if (this.#waiting.size === 0) return;
    const lowest = this.#lowest();
    for (const waiting of this.#waiting) {
      if (lowest < waiting.position) continue;
      this.#waiting.delete(waiting);
      waiting.done();
    }
  }

  async #saveSoon(): Promise<void> {
    this.#saving = undefined;
    try {
      await this.#save();
    } catch (error) {
      // The checkpoint stays behind until the next move, or the next start: what comes again then changes nothing.
      this.#parts.failed?.('checkpoints', error);
    }
  }

  /** Only what all steps are done of: a process that failed is where it was. */
  async #save(): Promise<void> {
    for (const followed of this.#followed) {
      const { position } = followed;
      if (position <= followed.saved) continue;
      await this.#parts.checkpoints.save(followed.runner.definition.name, position);
      followed.saved = position;
    }
  }

  async #resume(followed: Followed, reason: unknown): Promise<void> {
    followed.state = 'resumes';
    followed.failure = reason instanceof Error ? reason.message : String(reason);
    this.#parts.failed?.(followed.runner.definition.name, reason);
    while (!this.#abort.signal.aborted) {
      followed.failures += 1;
      await delay(Math.min(backOffMaxMs, 50 * 2 ** Math.min(followed.failures, 8)), undefined, { signal: this.#abort.signal }).catch(() => undefined);
      if (this.#abort.signal.aborted) return;
      try {
        return await this.#follow(followed);
      } catch (error) {
        this.#parts.failed?.(followed.runner.definition.name, error);
      }
    }
  }
}
