/** Does something again and again, until stopped; a failure only delays it. */
import { setTimeout as delay } from 'node:timers/promises';

type Options = { readonly everyMs: number; readonly failed?: (error: unknown) => void };

/** Begins at once, then waits `everyMs` after each time. The function it returns tells the work to stop and resolves after the one in progress. */
export const startRepeating = (work: (signal: AbortSignal) => Promise<void>, { everyMs, failed }: Options): (() => Promise<void>) => {
  const abort = new AbortController();
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      try {
        await work(abort.signal);
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
