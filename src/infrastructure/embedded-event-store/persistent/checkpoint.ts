/** When a group's progress is written down: often enough to redeliver little after a restart, rarely enough to cost little. */
import type { Store } from '../read/context.ts';
import type { GroupConfig } from './model.ts';
import { saveCheckpoint } from './system-streams.ts';

export class Checkpoint {
  readonly #store: Store;
  readonly #config: GroupConfig;
  /** The place last written, if any was. */
  stored: number | undefined;
  #done: number;
  #writtenAtMs: number;
  #isWriting = false;

  constructor(store: Store, config: GroupConfig, start: { readonly done: number; readonly isStored: boolean }) {
    this.#store = store;
    this.#config = config;
    this.#done = start.done;
    this.stored = start.isStored ? start.done : undefined;
    this.#writtenAtMs = Date.now();
  }

  /** Writes the place if (the time has passed or there are many) and (a tick finds enough or there are many). */
  consider(done: number, at: { readonly nowMs: number; readonly isTick: boolean }): void {
    const { checkpointAfterMs, minCheckpointCount, maxCheckpointCount } = this.#config.settings;
    const count = done - this.#done;
    if (this.#isWriting || count <= 0 || done < 0) return;
    const areMany = count >= maxCheckpointCount;
    const isTime = at.nowMs - this.#writtenAtMs >= checkpointAfterMs;
    if (!((isTime || areMany) && ((at.isTick && count >= minCheckpointCount) || areMany))) return;
    this.#write(done, at.nowMs);
  }

  #write(done: number, nowMs: number): void {
    this.#isWriting = true;
    this.#writtenAtMs = nowMs;
    saveCheckpoint(this.#store, this.#config.key, done)
      .then(() => {
        this.#done = done;
        this.stored = done;
      })
      .catch(() => undefined)
      .finally(() => {
        this.#isWriting = false;
      });
  }
}
