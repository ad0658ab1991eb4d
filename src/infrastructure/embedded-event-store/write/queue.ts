/**
 * The one writer. Everything that waits when the last commit ended goes into the next transaction (group commit) and is
 * acknowledged only after that commit; then readers are woken.
 */
import { GrpcFailure, notReady, storageFailed, timedOut, tooBusy } from '../grpc/failure.ts';
import type { EventLog } from '../storage/log.ts';
import type { StoredEvent } from '../wire/stored-event.ts';

type Waiting = { readonly run: () => void; readonly acknowledge: () => void; readonly refuse: (error: unknown) => void };

const batchMax = 4096;
/** More than this is not taken: it would be answered too late to matter. */
const waitingMax = 100_000;
/** A write that waited longer (for a disk that hangs) is refused before it begins. */
const waitMs = 10_000;

export class WriteQueue {
  readonly #log: EventLog;
  readonly #onCommit: (events: readonly StoredEvent[]) => void;
  #waiting: Waiting[] = [];
  #isScheduled = false;
  #isClosed = false;

  constructor(log: EventLog, onCommit: (events: readonly StoredEvent[]) => void) {
    this.#log = log;
    this.#onCommit = onCommit;
  }

  /**
   * Runs `change` in the next transaction and hands its value to `done` once that is durable. A `GrpcFailure` thrown by `change` refuses
   * this change alone; any other error (a full disk) takes back the whole transaction and refuses all of it.
   */
  submit<T>(change: () => T, done: (value: T) => void, refuse: (error: unknown) => void): void {
    if (this.#isClosed || this.#waiting.length >= waitingMax) {
      refuse(this.#isClosed ? notReady() : tooBusy());
      return;
    }
    const sinceMs = performance.now();
    let settle = (): void => undefined;
    const run = (): void => {
      try {
        if (performance.now() - sinceMs > waitMs) throw timedOut('the write waited too long');
        const value = change();
        settle = () => done(value);
      } catch (error) {
        if (!(error instanceof GrpcFailure)) throw error;
        settle = () => refuse(error);
      }
    };
    this.#waiting.push({ run, acknowledge: () => settle(), refuse });
    this.#schedule();
  }

  /** `submit` as a promise, for callers that are not on the hot path. */
  write<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => this.submit(change, resolve, reject));
  }

  /** Runs something that cannot be part of a transaction (giving pages back) between two of them. */
  apart(act: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          act();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }

  /** Commits what waits and takes nothing more. */
  close(): void {
    while (this.#waiting.length > 0) this.#flush();
    this.#isClosed = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #flush(): void {
    const batch = this.#waiting.slice(0, batchMax);
    this.#waiting = this.#waiting.slice(batch.length);
    if (batch.length === 0) return;
    const committed = this.#commit(batch);
    if (committed === undefined) return;
    for (const write of batch) write.acknowledge();
    if (committed.length > 0) this.#onCommit(committed);
  }

  #commit(batch: readonly Waiting[]): readonly StoredEvent[] | undefined {
    try {
      this.#log.begin();
      for (const write of batch) write.run();
      return this.#log.commit();
    } catch (error) {
      this.#takeBack();
      const reason = storageFailed(error instanceof Error ? error.message : String(error));
      for (const write of batch) write.refuse(reason);
      return undefined;
    }
  }

  #takeBack(): void {
    try {
      this.#log.rollback();
    } catch {
      // SQLite has already rolled back by itself (a full disk does that); what was remembered is forgotten either way.
      this.#log.rollback();
    }
  }
}
