/** Waiting in memory for a position of a projection that runs in this process. */

type Waiter = { readonly position: bigint; readonly resolve: (outcome: 'reached' | 'faulted' | 'lost') => void };

export class PositionWaits {
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #asked: (name: string) => void;

  /** `asked`: told when somebody begins to wait. */
  constructor(asked: (name: string) => void = () => undefined) {
    this.#asked = asked;
  }

  /** Does anybody wait for this projection? */
  isAwaited(name: string): boolean {
    return (this.#waiters.get(name)?.size ?? 0) > 0;
  }

  /** `lost`: the projection does not run here any more. */
  wait(name: string, position: bigint, timeoutMs: number): Promise<'reached' | 'behind' | 'faulted' | 'lost'> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(name) ?? new Set();
      this.#waiters.set(name, waiters);
      const end = (outcome: 'reached' | 'behind' | 'faulted' | 'lost'): void => {
        clearTimeout(timer);
        waiters.delete(waiter);
        resolve(outcome);
      };
      const waiter: Waiter = { position, resolve: end };
      const timer = setTimeout(() => end('behind'), timeoutMs);
      waiters.add(waiter);
      this.#asked(name);
    });
  }

  moved(name: string, position: bigint): void {
    const waiters = this.#waiters.get(name);
    if (waiters === undefined || waiters.size === 0) return;
    for (const waiter of [...waiters]) if (waiter.position <= position) waiter.resolve('reached');
  }

  ended(name: string, why: 'faulted' | 'lost'): void {
    for (const waiter of [...(this.#waiters.get(name) ?? [])]) waiter.resolve(why);
  }
}
