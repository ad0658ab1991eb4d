/**
 * Resident memory of the program with all roles (its event store is a thread of it; Postgres is processes of its own and is not counted), started
 * again with the demonstration there: idle, and at its highest under load; against a Node process with an Express application that does nothing, idle and under the same number of requests.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Person, startProduct, withDataFolder } from '../tests/kit/product.ts';
import type { Benchmark, BenchmarkRow } from './benchmark.ts';
import { median } from './event-store/kit.ts';

const rounds = 5;
const inFlight = 16;
const loadMs = 4000;
const sampleMs = 50;

/** MiB. */
const residentOf = (pid: number): number => Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()) / 1024;

const emptyProgram = `import express from 'express';
const application = express();
application.get('/', (_, response) => response.json({}));
const server = application.listen(0, '127.0.0.1', () => console.log(server.address().port));`;

const startEmpty = async (): Promise<{ readonly child: ChildProcess; readonly pid: number; readonly url: string }> => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', emptyProgram], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line]: unknown[] = await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0, url: `http://127.0.0.1:${String(line).trim()}` };
};

/** Requests one after the other in each of some lanes for a while, and the highest memory meanwhile. */
const peakUnder = async (
  pid: number,
  ask: (n: number) => Promise<boolean>,
): Promise<{ readonly mib: number; readonly isGood: boolean; readonly requests: number }> => {
  const end = performance.now() + loadMs;
  let requests = 0;
  let isGood = true;
  let mib = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      requests += 1;
      const isAnswered = await ask(requests);
      isGood &&= isAnswered;
    }
  };
  const watch = async (): Promise<void> => {
    while (performance.now() < end) {
      mib = Math.max(mib, residentOf(pid));
      await delay(sampleMs);
    }
  };
  await Promise.all([watch(), ...Array.from({ length: inFlight }, lane)]);
  return { mib, isGood, requests };
};

const idleOf = async (pid: number): Promise<number> => {
  await delay(500);
  return residentOf(pid);
};

/** A command, a page, a search and an export in turn. */
const mixed =
  (person: Person) =>
  async (n: number): Promise<boolean> => {
    const customer = { customerName: `Load ${n}`, customerClass: 'enterprise', currency: 'USD', country: 'US', timeZone: 'America/Chicago' };
    const answer = await [
      () => person.command('customer/register-customer', customer),
      () => person.get('/queries/equipment?limit=50&sort=unit_number'),
      () => person.get('/queries/search?q=transportes'),
      () => person.get('/queries/equipment?format=csv'),
    ][n % 4]?.();
    await answer?.arrayBuffer();
    return answer?.ok === true;
  };

const measure = (): Promise<readonly BenchmarkRow[]> =>
  withDataFolder(async (folder) => {
    const environment = { DEMO: 'true', RATE_LIMIT_PER_MINUTE: '0', RATE_LIMIT_ANONYMOUS_PER_MINUTE: '0' };
    // The load of a first start is another thing to measure.
    await (await startProduct(folder, environment)).end('SIGTERM');
    const product = await startProduct(folder, environment);
    const empty = await startEmpty();
    const person = await Person.signIn(product.runtime, 'admin');
    const idle = { ours: [] as number[], baseline: [] as number[] };
    const loaded = { ours: [] as number[], baseline: [] as number[] };
    let correct = true;
    for (let round = 0; round < rounds; round += 1) {
      idle.ours.push(await idleOf(product.runtime.pid));
      idle.baseline.push(await idleOf(empty.pid));
    }
    for (let round = 0; round < rounds; round += 1) {
      const ours = await peakUnder(product.runtime.pid, mixed(person));
      const baseline = await peakUnder(empty.pid, async () => (await fetch(empty.url)).ok);
      correct &&= ours.isGood && baseline.isGood && ours.requests > 0;
      loaded.ours.push(ours.mib);
      loaded.baseline.push(baseline.mib);
    }
    empty.child.kill();
    correct &&= (await product.end('SIGTERM')).code === 0;
    const row = (name: string, { ours, baseline }: typeof idle, limits: { readonly must: number; readonly dream: number }): BenchmarkRow => {
      const [mine, theirs] = [median(ours), median(baseline)];
      return { name: `${name} / an empty Express process`, size: rounds, unit: 'MiB', ours: mine, baseline: theirs, ratio: mine / theirs, ...limits, correct };
    };
    return [row('Memory of all roles, idle', idle, { must: 6, dream: 3 }), row('Memory of all roles, highest under load', loaded, { must: 12, dream: 6 })];
  });

export const memory: Benchmark = { name: 'memory', run: measure };
