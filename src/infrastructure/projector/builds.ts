/** The builds that this process makes: each projection by one at a time, here and anywhere. */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';
import type { Locks } from '../postgres/locks.ts';
import type { Faulted } from './batch-writer.ts';
import type { Builder, BuildLiveOptions } from './builder.ts';

type BuildsParts = {
  readonly builder: Builder;
  readonly locks: Locks;
  readonly signal: AbortSignal;
  readonly report: (sentence: string) => void;
};
const buildLock = (name: string): string => `leasing: build ${name}`;

export class Builds {
  readonly #parts: BuildsParts;
  readonly #claimed = new Set<string>();
  readonly #running = new Set<Promise<unknown>>();
  /** What this process could not build: not tried again by itself. */
  readonly #unbuildable = new Set<string>();

  constructor(parts: BuildsParts) {
    this.#parts = parts;
  }

  isUnbuildable(name: string): boolean {
    return this.#unbuildable.has(name);
  }
  forgive(name: string): void {
    this.#unbuildable.delete(name);
  }

  /** Reserves a projection for a build of ours; false where somebody else is at it. What is claimed must be given to `run`. */
  async claim(name: string): Promise<boolean> {
    if (this.#claimed.has(name)) return false;
    this.#claimed.add(name);
    const taken = await this.#parts.locks.take(buildLock(name)).catch((error: unknown) => {
      this.#claimed.delete(name);
      throw error;
    });
    if (!taken) this.#claimed.delete(name);
    return taken;
  }

  /** Gives up a claim without building. */
  async release(name: string): Promise<void> {
    this.#claimed.delete(name);
    await this.#parts.locks.free(buildLock(name));
  }

  /** Builds what was claimed and swaps it in. Gives the faults of what cannot be built to the end. */
  async run(definitions: readonly ProjectionDefinition[], options: Pick<BuildLiveOptions, 'after'> = {}): Promise<ReadonlyMap<string, Faulted>> {
    const running = this.#parts.builder.buildLive(definitions, { signal: this.#parts.signal, ...options });
    this.#running.add(running);
    try {
      const faults = await running;
      for (const [name, { fault }] of faults) {
        this.#unbuildable.add(name);
        this.#parts.report(`The read model ${name} cannot be built beyond ${fault.eventType} ${fault.eventId}: ${fault.message}`);
      }
      return faults;
    } finally {
      this.#running.delete(running);
      for (const { name } of definitions) await this.release(name);
    }
  }

  /** Resolves when nothing is being built here. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
