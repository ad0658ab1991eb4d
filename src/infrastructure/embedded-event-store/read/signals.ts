/** Wakes readers after a commit. A reader asks again for its page before it waits, in the same turn, so no wake-up is lost. */
import type { Call } from '../grpc/call.ts';

export type Wakeable = Pick<Call, 'onClose' | 'isOver'>;

/** The topic every commit wakes. */
export const everything = '$all';

export class Signals {
  readonly #watching = new Map<string, Set<() => void>>();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Resolves at the next commit that touches the topic (a stream's name, or `everything`), or when the call is over. */
  next(topic: string, call: Wakeable): Promise<void> {
    if (call.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(topic) ?? new Set();
      this.#waiting.set(topic, waiting);
      const wake = (): void => {
        waiting.delete(wake);
        if (waiting.size === 0 && this.#waiting.get(topic) === waiting) this.#waiting.delete(topic);
        forget();
        resolve();
      };
      waiting.add(wake);
      const forget = call.onClose(wake);
    });
  }

  /** Calls `nudge` after every commit that touches the topic, until the answered function is called. */
  watch(topic: string, nudge: () => void): () => void {
    const watching = this.#watching.get(topic) ?? new Set();
    this.#watching.set(topic, watching);
    watching.add(nudge);
    return () => {
      watching.delete(nudge);
      if (watching.size === 0 && this.#watching.get(topic) === watching) this.#watching.delete(topic);
    };
  }

  notify(topics: Iterable<string>): void {
    for (const topic of topics) {
      for (const wake of [...(this.#waiting.get(topic) ?? [])]) wake();
      for (const nudge of [...(this.#watching.get(topic) ?? [])]) nudge();
    }
  }

  /** Whether anything waits for single streams: naming the streams of a commit costs something. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#watching.size === 0;
  }
}
