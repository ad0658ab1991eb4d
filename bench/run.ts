/**
 * `npm run bench [-- name …]`: every module below this folder that exports benchmarks, or those whose name begins with one given. Prints one
 * table and writes `results/latest.json`; results of benchmarks that did not run this time are kept there. Exits with 1 where an answer was wrong.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Benchmark, BenchmarkRow } from './benchmark.ts';

const here = dirname(fileURLToPath(import.meta.url));
const resultsFile = join(here, 'results', 'latest.json');

const isBenchmark = (value: unknown): value is Benchmark => {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'name') === 'string' && typeof Reflect.get(value, 'run') === 'function';
};

/** A module is looked into only where its text says that it exports one: others start servers when imported. */
const found = async (): Promise<readonly Benchmark[]> => {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && file !== 'run.ts');
  const promising = files.filter((file) => /export const \w+: (?:Benchmark\b|readonly Benchmark\[\])/.test(readFileSync(join(here, file), 'utf8'))).sort();
  const modules = await Promise.all(promising.map(async (file): Promise<object> => import(pathToFileURL(join(here, file)).href)));
  return modules.flatMap((module) => Object.values(module).flat().filter(isBenchmark));
};

const round = (value: number): number => (Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
const verdict = ({ ratio, must, dream, correct }: BenchmarkRow): string => {
  if (!correct) return 'WRONG';
  // Where the dream is less than the must, both are limits: times and memory.
  const reaches = (goal: number): boolean => (must > dream ? ratio <= goal : ratio >= goal);
  return reaches(dream) ? 'dream' : reaches(must) ? 'must' : 'short';
};

const shown = (row: BenchmarkRow) => ({
  name: row.name,
  size: row.size,
  unit: row.unit,
  ours: round(row.ours),
  baseline: round(row.baseline),
  ratio: round(row.ratio),
  must: row.must,
  dream: row.dream,
  reached: verdict(row),
});

const earlier = (): readonly BenchmarkRow[] => {
  try {
    const rows: unknown = JSON.parse(readFileSync(resultsFile, 'utf8'));
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
};
const keyOf = ({ name, size }: BenchmarkRow): string => `${name} ${size}`;

const wanted = process.argv.slice(2);
const chosen = (await found()).filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)));
if (chosen.length === 0) throw new Error(`no benchmark is named ${wanted.join(' or ')}: there are ${(await found()).map(({ name }) => name).join(', ')}`);

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}\n`);
const rows: BenchmarkRow[] = [];
const failures: string[] = [];
for (const { name, run } of chosen) {
  const startedAt = performance.now();
  process.stdout.write(`${name} …`);
  try {
    rows.push(...(await run()));
    process.stdout.write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    failures.push(name);
    process.stdout.write(` failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
console.table(rows.map(shown));
const measured = new Set(rows.map(keyOf));
mkdirSync(dirname(resultsFile), { recursive: true });
writeFileSync(resultsFile, `${JSON.stringify([...earlier().filter((row) => !measured.has(keyOf(row))), ...rows], null, 2)}\n`);
const isWrong = failures.length > 0 || rows.some(({ correct }) => !correct);
// What a failed benchmark left open must not keep the others' results waiting.
process.exit(isWrong ? 1 : 0);
