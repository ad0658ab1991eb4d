/** The port `ReadModels`: from memory where the projection runs in this process, from its checkpoint where another one runs it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadModelStatus, ReadModels, WaitOutcome } from '../../application/ports/read-models.ts';
import type { Pool } from '../postgres/pool.ts';
import { type Build, readBuilds } from './checkpoints.ts';
import type { Projector } from './projector.ts';

const pollFirstMs = 5;
const pollMaxMs = 50;

export class PostgresReadModels implements ReadModels {
  readonly #owner: Pool;
  readonly #projector: Projector | undefined;
  /** Waiters that look at the same moment share one query. */
  #lookup: Promise<ReadonlyMap<string, Build>> | undefined;

  /** `projector`: that of this process, if it has one. */
  constructor(owner: Pool, projector?: Projector) {
    this.#owner = owner;
    this.#projector = projector;
  }

  async positionOf(name: string): Promise<bigint> {
    return this.#projector?.localPosition(name) ?? (await this.#live()).get(name)?.position ?? -1n;
  }

  async waitFor(name: string, position: bigint, timeoutMs: number): Promise<WaitOutcome> {
    const deadline = performance.now() + timeoutMs;
    const local = await this.#waitHere(name, position, timeoutMs);
    if (local === undefined) return this.#poll(name, position, deadline);
    // The snapshot in which the caller reads next says so too.
    if (local === 'reached') await this.#projector?.save(name);
    return local;
  }

  /** In memory, where the projection runs or stands still here. */
  async #waitHere(name: string, position: bigint, timeoutMs: number): Promise<WaitOutcome | undefined> {
    const projector = this.#projector;
    if (projector?.localFault(name) !== undefined) return 'faulted';
    const reached = projector?.localPosition(name);
    if (projector === undefined || reached === undefined) return undefined;
    if (reached >= position) return 'reached';
    const outcome = await projector.waits.wait(name, position, timeoutMs);
    return outcome === 'lost' ? undefined : outcome;
  }

  async status(): Promise<readonly ReadModelStatus[]> {
    const builds = (await readBuilds(this.#owner)).filter((build) => !build.name.startsWith('as_of_'));
    const names = [...new Set(builds.map((build) => build.name))];
    return names.flatMap((name) => {
      const own = builds.filter((build) => build.name === name);
      const live = own.find((build) => build.isLive);
      const making = own.find((build) => !build.isLive);
      const shown = live ?? making;
      if (shown === undefined) return [];
      const fault = live?.fault ?? making?.fault;
      const state = fault !== undefined ? 'faulted' : making !== undefined ? 'building' : shown.state;
      const position = this.#projector?.localPosition(name) ?? shown.position;
      return [{ name, version: shown.version, state, position, ...(fault === undefined ? {} : { fault }) }];
    });
  }

  async #poll(name: string, position: bigint, deadline: number): Promise<WaitOutcome> {
    for (let waitMs = pollFirstMs; ; waitMs = Math.min(pollMaxMs, waitMs * 2)) {
      const build = (await this.#live()).get(name);
      if (build !== undefined && build.position >= position) return 'reached';
      if (build?.state === 'faulted') return 'faulted';
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return 'behind';
      await delay(Math.min(waitMs, leftMs));
    }
  }

  #live(): Promise<ReadonlyMap<string, Build>> {
    this.#lookup ??= readBuilds(this.#owner)
      .then((builds) => new Map(builds.filter((build) => build.isLive).map((build) => [build.name, build])))
      .finally(() => {
        this.#lookup = undefined;
      });
    return this.#lookup;
  }
}
