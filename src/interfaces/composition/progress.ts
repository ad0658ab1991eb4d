/** What the terminal shows while something long goes on. */
export interface Progress {
  /** A step of a long work: `done` of `total` (0: unknown). */
  step(name: string, done: number, total: number): void;
  /** One finished sentence. */
  say(sentence: string): void;
  warn(sentence: string): void;
}

const barWidth = 24;
const everyMs = 100;

/** Bars that overwrite themselves on a terminal; elsewhere a line when a work ends. */
export const terminalProgress = (out: NodeJS.WriteStream): Progress => {
  // Whoever read along has gone (`npm start | head`): the program goes on without telling.
  out.on('error', () => undefined);
  let shownAt = 0;
  let isOpen = false;
  const endBar = (): void => {
    if (isOpen) out.write('\n');
    isOpen = false;
  };
  const line = (sentence: string): void => {
    endBar();
    out.write(`${sentence}\n`);
  };
  return {
    step: (name, done, total) => {
      const isLast = total > 0 && done >= total;
      const now = performance.now();
      if (!isLast && (!out.isTTY || now - shownAt < everyMs)) return;
      shownAt = now;
      const filled = total === 0 ? 0 : Math.round((barWidth * done) / total);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
      out.write(out.isTTY ? `\r  ${bar} ${name}: ${done}${total === 0 ? '' : ` of ${total}`}\u001b[K` : `  ${name}: ${done}`);
      isOpen = true;
      if (isLast) endBar();
    },
    say: line,
    warn: (sentence) => line(`warning: ${sentence}`),
  };
};

/** For tests and commands that print something else. */
export const silentProgress: Progress = { step: () => undefined, say: () => undefined, warn: () => undefined };
