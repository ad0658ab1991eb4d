/**
 * `npm run check`: types, format and lint, and the architecture, side by side. Prints what is wrong, or a line a check; the exit code is 1 where
 * one of them found something.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { violationsIn } from '../tests/architecture/rules.ts';
import { sourcesIn } from '../tests/architecture/source.ts';

type Outcome = { readonly name: string; readonly ok: boolean; readonly output: string; readonly seconds: number };

const root = fileURLToPath(new URL('..', import.meta.url));
const startedAt = performance.now();
const seconds = (): number => (performance.now() - startedAt) / 1000;

/** Runs the script of an installed package with this Node, whatever the shell's PATH says. */
const tool = (name: string, script: string, args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(`../node_modules/${script}`, import.meta.url)), ...args], { cwd: root });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => resolve({ name, ok: false, output: error.message, seconds: seconds() }));
    child.once('close', (code) => resolve({ name, ok: code === 0, output: Buffer.concat(chunks).toString(), seconds: seconds() }));
  });

const architecture = async (): Promise<Outcome> => {
  const violations = violationsIn(sourcesIn(['src', 'projections']));
  const output = violations.map(({ rule, path, message }) => `${path}: ${message} (${rule})\n`).join('');
  return { name: 'architecture', ok: violations.length === 0, output, seconds: seconds() };
};

const outcomes = await Promise.all([
  tool('types', 'typescript/bin/tsc', ['--project', root, '--pretty', 'false']),
  tool('format and lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '--max-diagnostics=50']),
  architecture(),
]);
for (const { name, ok, output, seconds: at } of outcomes) {
  if (!ok) process.stdout.write(`${output}\n`);
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name}, ${at.toFixed(1)} s\n`);
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
