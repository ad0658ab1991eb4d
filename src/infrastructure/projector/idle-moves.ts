/** Checkpoints of projections that an event did not concern: moved together, at most every 100 ms, in one statement. */
import type { Pool } from '../postgres/pool.ts';
import { advanceMany } from './checkpoints.ts';
import type { Runner } from './runner.ts';

const everyMs = 100;

export class IdleMoves {
  readonly #pool: Pool;
  readonly #waiting = new Set<Runner>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  add(runner: Runner): void {
    this.#waiting.add(runner);
    this.#timer ??= setTimeout(() => void this.flush(), everyMs);
  }

  /** The runner is about to write by itself: its idle move is dropped, or waited for where it is under way. */
  async settled(runner: Runner): Promise<void> {
    this.#waiting.delete(runner);
    await this.#flushing;
  }

  /** Moves what is waiting now. Never rejects: a checkpoint that stays behind only means that quiet events are read again. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => {
      const runners = [...this.#waiting];
      this.#waiting.clear();
      return this.#move(runners);
    });
    await this.#flushing;
  }

  async #move(runners: readonly Runner[]): Promise<void> {
    const moves = runners.flatMap((runner) => {
      const move = runner.pendingMove;
      return move === undefined ? [] : [{ runner, move }];
    });
    if (moves.length === 0) return;
    try {
      const done = await advanceMany(
        this.#pool,
        moves.map(({ move }) => move),
      );
      for (const { runner, move } of moves) {
        if (done.has(move.buildId)) runner.moveSaved(move.reached);
        else runner.interrupt(new Error('another runner moved this projection'));
      }
    } catch {
      for (const { runner } of moves) this.add(runner);
    }
  }
}
