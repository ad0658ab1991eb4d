/** Checks once a day that the identity provider still has what we have; what came of it is seen in the health of the system. */
import { checkIdentityDrift } from './identity-drift.ts';

/** UTC. Nobody's office hours in Central America. */
const fromHour = '08';
const retryMs = 3_600_000;

export type DriftStatus = {
  /** The last whole check, ISO 8601 UTC; `null`: none since this process began. */
  readonly checkedAt: string | null;
  readonly checked: number;
  /** How many were told again. */
  readonly drifted: number;
  /** Why the last check did not come to its end. */
  readonly problem?: string;
};
type Parts = Omit<Parameters<typeof checkIdentityDrift>[0], 'signal'> & { readonly clock: () => string };

export class IdentityDriftWatch {
  readonly #parts: Parts;
  #status: DriftStatus = { checkedAt: null, checked: 0, drifted: 0 };
  #notBefore = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get status(): DriftStatus {
    return this.#status;
  }

  /** Asked now and then: checks where today's check is due and was not made. After a failure it waits an hour. */
  async tick(signal: AbortSignal): Promise<void> {
    const at = this.#parts.clock();
    const isDone = this.#status.checkedAt !== null && this.#status.checkedAt.slice(0, 10) >= at.slice(0, 10);
    if (isDone || at.slice(11, 13) < fromHour || at < this.#notBefore) return;
    const { checked, drifted, problem } = await this.#check(at, signal);
    if (problem === undefined) this.#status = { checkedAt: at, checked, drifted: drifted.length };
    else {
      this.#status = { ...this.#status, checked, drifted: drifted.length, problem };
      this.#notBefore = new Date(Date.parse(at) + retryMs).toISOString();
    }
  }

  async #check(at: string, signal: AbortSignal) {
    try {
      return await checkIdentityDrift({ ...this.#parts, signal }, at);
    } catch (error) {
      return { checked: 0, drifted: [], problem: error instanceof Error ? error.name : 'failed' };
    }
  }
}
