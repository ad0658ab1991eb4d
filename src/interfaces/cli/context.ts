/** What every command is given, and how it says that something is wrong. */
import type { Writable } from 'node:stream';
import type { Environment } from '../../infrastructure/configuration.ts';
import type { Progress } from '../composition/progress.ts';

export type Cli = {
  readonly environment: Environment;
  /** What was asked for, and nothing else: it can be piped and redirected. */
  readonly out: Writable;
  /** Bars and remarks go to the terminal beside it. */
  readonly progress: Progress;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
};

/** Exit codes (sysexits). */
export const exits = { failed: 1, usage: 64, noData: 66, unavailable: 69, configuration: 78, interrupted: 130 } as const;

/** Whatever ends a command with one clear sentence. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: number;

  constructor(sentence: string, exitCode: number = exits.failed) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** Writes text and waits where the reader is slower than we are. */
export const write = (cli: Cli, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    cli.out.write(text, (error) => (error == null ? resolve() : reject(error)));
  });

export const writeLine = (cli: Cli, line: string): Promise<void> => write(cli, `${line}\n`);

/** A value as JSON for people; positions as text. */
export const shownJson = (value: unknown): string => JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member), 2);

/** Rows below headings, each column as wide as its widest cell. */
export const aligned = (headings: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = headings.map((heading, index) => Math.max(heading.length, ...rows.map((row) => (row[index] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line)].join('\n');
};
