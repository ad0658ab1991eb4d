/** `npm run cli -- <command>`: looking into an installation and tending it from a terminal. */
import { terminalProgress } from '../composition/progress.ts';
import { runCli } from './run.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort());
// Whoever reads has seen enough, as with `… | head`: what was made for the answer is still cleared away.
let isUnread = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  isUnread = error.code === 'EPIPE';
  interruption.abort();
});

const cli = { environment: process.env, out: process.stdout, progress: terminalProgress(process.stderr), interrupted: interruption.signal };
const exitCode = await runCli(process.argv.slice(2), cli, (text) => void (isUnread || process.stderr.write(text)));
process.exitCode = isUnread ? 0 : exitCode;
// What an interrupted command left under way is not waited for: its stores are closed.
if (interruption.signal.aborted) process.exit();
