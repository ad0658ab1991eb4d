/** `npm run cli -- <command>`: looking into an installation and tending it from a terminal. */
import { terminalProgress } from '../composition/progress.ts';
import { runCli } from './run.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());
// Whoever reads may have seen enough: `… | head` is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));

const cli = { environment: process.env, out: process.stdout, progress: terminalProgress(process.stderr), interrupted: interruption.signal };
process.exitCode = await runCli(process.argv.slice(2), cli, (text) => process.stderr.write(text));
// What an interrupted command left under way is not waited for: its stores are closed.
if (interruption.signal.aborted) process.exit();
