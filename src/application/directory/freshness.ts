/** How far a live view is behind the log, in time: it is level as of the moment at which it held everything that was in the log. */
import { setTimeout as delay } from 'node:timers/promises';

export type FreshnessOptions = {
  /** The newest commit position of the log; 0 where it is empty. */
  readonly tail: () => Promise<bigint>;
  readonly nowMs: () => number;
  readonly lagMaxMs?: number;
  readonly probeEveryMs?: number;
};

export class Freshness {
  readonly #options: Required<FreshnessOptions>;
  #position = -1n;
  #levelAtMs = Number.NEGATIVE_INFINITY;
  readonly #waiting = new Set<{ readonly position: bigint; readonly reached: () => void }>();

  constructor(options: FreshnessOptions) {
    this.#options = { lagMaxMs: 2000, probeEveryMs: 250, ...options };
  }

  get position(): bigint {
    return this.#position;
  }
  /** Since when nothing is known to be missing; −∞ before the view was level for the first time. */
  get levelAtMs(): number {
    return this.#levelAtMs;
  }
  /** Whoever asks must not be answered from this view: what was suspended meanwhile is not known. */
  get isBehind(): boolean {
    return this.#options.nowMs() - this.#levelAtMs > this.#options.lagMaxMs;
  }

  /** The view holds everything up to and including `position`. */
  moved(position: bigint): void {
    if (position <= this.#position) return;
    this.#position = position;
    for (const waiting of this.#waiting) if (this.#has(waiting.position)) waiting.reached();
  }

  /** Waits until the view holds what is in the log now. False where it does not within `timeoutMs`; throws what `tail` throws. */
  async levels(timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    const askedAtMs = this.#options.nowMs();
    const isLevel = await this.#reached(await this.#options.tail(), timeoutMs, signal);
    if (isLevel) this.#levelAtMs = Math.max(this.#levelAtMs, askedAtMs);
    return isLevel;
  }

  /** Looks again and again until `signal`; a store that is away lets the view grow old, which is what is meant. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.levels(this.#options.lagMaxMs, signal).catch(() => false);
      await delay(this.#options.probeEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #has(position: bigint): boolean {
    return this.#position >= position || position === 0n;
  }

  async #reached(position: bigint, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#has(position)) return true;
    const late = new AbortController();
    const waiting = { position, reached: () => late.abort() };
    this.#waiting.add(waiting);
    await delay(timeoutMs, undefined, { signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]) }).catch(() => undefined);
    this.#waiting.delete(waiting);
    return this.#has(position);
  }
}
