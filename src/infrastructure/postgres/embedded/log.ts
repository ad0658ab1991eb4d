/** The server's log file, as far as errors at start and at its end need it. */
import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';

const logBytesMax = 8 * 1024 * 1024;
const tailBytesMax = 16 * 1024;

export interface LogView {
  /** The last error that Postgres wrote since, without its time and process, or nothing. */
  lastError(): string | undefined;
  /** Whether Postgres wrote that its port was taken. */
  saysPortTaken(): boolean;
}

/** What is written to the log from now on. */
export function logFrom(file: string): LogView {
  const start = existsSync(file) ? statSync(file).size : 0;
  const lines = (): readonly string[] => readFrom(file, start).split('\n');
  return {
    lastError: () =>
      lines()
        .map((line) => line.match(/\b(?:FATAL|PANIC|error):\s+(.*)$/)?.[1])
        .findLast((message) => message !== undefined),
    saysPortTaken: () => lines().some((line) => line.includes('could not bind') && line.includes('in use')),
  };
}

function readFrom(file: string, start: number): string {
  if (!existsSync(file)) return '';
  const fd = openSync(file, 'r');
  try {
    const from = Math.max(start, statSync(file).size - tailBytesMax);
    const buffer = Buffer.alloc(tailBytesMax);
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, tailBytesMax, from));
  } finally {
    closeSync(fd);
  }
}

/** Keeps one earlier log, so that logs never take more than twice their limit and one run. */
export function rotateLog(file: string): void {
  if (existsSync(file) && statSync(file).size > logBytesMax) renameSync(file, `${file}.1`);
}
