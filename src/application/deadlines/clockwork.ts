/** Asks the scheduler again and again, until stopped; a failure only delays what is due. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DeadlineScheduler } from './scheduler.ts';

type Options = { readonly everyMs: number; readonly failed?: (error: unknown) => void };

/** Starts the clockwork; the function it returns stops it after the firing in work. */
export const startClockwork = (scheduler: DeadlineScheduler, { everyMs, failed }: Options): (() => Promise<void>) => {
  const abort = new AbortController();
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      try {
        await scheduler.fireDue();
      } catch (error) {
        failed?.(error);
      }
      await delay(everyMs, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  };
  const running = run();
  return async () => {
    abort.abort();
    await running;
  };
};
