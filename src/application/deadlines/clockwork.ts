/** Asks the scheduler again and again, until stopped; a failure only delays what is due. */
import { startRepeating } from '../repeating.ts';
import type { DeadlineScheduler } from './scheduler.ts';

type Options = {
  readonly everyMs: number;
  /** Whether nothing falls due for now. */
  readonly rests?: () => boolean;
  readonly failed?: (error: unknown) => void;
};

/** Starts the clockwork; the function it returns stops it after the firing in work. */
export const startClockwork = (scheduler: DeadlineScheduler, options: Options): (() => Promise<void>) =>
  startRepeating(async () => {
    if (options.rests?.() !== true) await scheduler.fireDue();
  }, options);
