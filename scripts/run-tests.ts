/**
 * The test command: Jest as ES modules, once with the project's fixed seed and, with `--random`, once more with a seed of this run.
 * Both seeds are printed, so that any failure can be run again with `TEST_SEED=<seed> npm test`.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const fixedSeed = 20260101;
const require = createRequire(import.meta.url);
const wanted = process.env['TEST_SEED'];
const seed = wanted === undefined ? fixedSeed : Number(wanted);
const args = process.argv.slice(2);
console.log(`seed ${seed}`);
const run = spawnSync(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', require.resolve('jest/bin/jest'), ...args], {
  stdio: 'inherit',
  env: { ...process.env, TEST_SEED: String(seed) },
});
if (run.signal !== null) console.error(`Jest was ended by ${run.signal}.`);
if (run.error !== undefined) console.error(`Jest could not be run: ${run.error.message}`);
process.exitCode = run.status ?? 1;
