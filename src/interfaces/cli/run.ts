/** Runs one command line: finds the command, turns whatever goes wrong into one sentence and an exit code. */
import { Command, CommanderError } from 'commander';
import { StoreUnavailable } from '../../application/ports/event-log.ts';
import { DatabaseUnavailable } from '../../application/ports/read-models.ts';
import { version } from '../composition/version.ts';
import { demoCommand } from './commands/demo.ts';
import { docsCommand } from './commands/docs.ts';
import { exportCommand } from './commands/export.ts';
import { forgetCommand } from './commands/forget.ts';
import { modelCommand } from './commands/model.ts';
import { projectionsCommand } from './commands/projections.ts';
import { repeatCommand } from './commands/repeat.ts';
import { replayCommand } from './commands/replay.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { type Cli, CliFailure, exits } from './context.ts';

const commands = [
  projectionsCommand,
  replayCommand,
  verifyCommand,
  exportCommand,
  tokenCommand,
  forgetCommand,
  repeatCommand,
  demoCommand,
  modelCommand,
  docsCommand,
] as const;

const about = `Works on the stores of the system that runs in DATA_DIR; where none runs, starts the embedded ones for as long as it takes;
with DATABASE_URL and EVENTSTORE_URL, on those. Answers go to standard output, bars and remarks to standard error.`;

type Write = (text: string) => void;

const programFor = (cli: Cli, error: Write): Command => {
  const program = new Command('npm run -s cli --').description(about).version(version).showHelpAfterError('(--help says more)');
  for (const make of commands) program.addCommand(make(cli));
  const settle = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: (text) => void cli.out.write(text), writeErr: error });
    command.commands.forEach(settle);
  };
  settle(program);
  return program;
};

/** The sentence and the exit code of a failure. */
const told = (failure: unknown): { readonly sentence: string; readonly exitCode: number } => {
  if (failure instanceof CliFailure) return { sentence: failure.message, exitCode: failure.exitCode };
  const message = failure instanceof Error ? failure.message : String(failure);
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
  const isAway = failure instanceof DatabaseUnavailable || failure instanceof StoreUnavailable;
  return { sentence, exitCode: isAway ? exits.unavailable : exits.failed };
};

/** `words`: the command line without the program. Gives the exit code; never throws. */
export const runCli = async (words: readonly string[], cli: Cli, error: Write): Promise<number> => {
  try {
    await programFor(cli, error).parseAsync([...words], { from: 'user' });
    return 0;
  } catch (failure) {
    // Commander has said it already; help that was asked for is no failure.
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? 0 : exits.usage;
    const { sentence, exitCode } = told(failure);
    error(`${sentence}\n`);
    const isCurious = ['debug', 'trace'].includes(cli.environment['LOG_LEVEL'] ?? '');
    if (isCurious && failure instanceof Error) error(`${failure.stack ?? ''}\n`);
    return exitCode;
  }
};
