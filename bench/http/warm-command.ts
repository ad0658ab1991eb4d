/**
 * A warm command over HTTP: token, limits, permission, schema, fold at hand, decision, durable append, answer; against a bare Express route
 * of the same process that only calls `appendToStream` of the same store. Requests a second with 32 in flight, rounds interleaved.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';

const inFlight = 32;
const rounds = 6;
const perRound = 2000;

type Ports = { readonly ours: number; readonly bare: number; readonly token: string; readonly tenant: string };
type Sent = { readonly status: number; readonly body: string };
type Side = (n: number) => Promise<Sent>;

const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
const post = (port: number, path: string, { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> }): Promise<Sent> =>
  new Promise((resolve, refuse) => {
    const sent = request(
      { port, path, method: 'POST', agent, headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', refuse).end(body);
  });

/** Requests a second, and whether each was answered as it should be. */
const rate = async (side: Side, from: number): Promise<{ readonly perSecond: number; readonly isGood: boolean }> => {
  let next = from;
  let isGood = true;
  const worker = async (): Promise<void> => {
    while (next < from + perRound) {
      const { status } = await side(next++);
      isGood &&= status === 200;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSecond: (perRound / (performance.now() - start)) * 1000, isGood };
};

const startServer = async (folder: string): Promise<{ readonly child: ChildProcess; readonly ports: Ports }> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('./warm-server.ts', import.meta.url)), folder], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  if (child.stdout === null) throw new Error('the server has no output');
  const [line] = await once(child.stdout, 'data');
  return { child, ports: JSON.parse(String(line)) };
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** `aggregates` are warm and take turns. */
const measure = async (aggregates: number): Promise<BenchmarkRow> => {
  const folder = await mkdtemp(join(tmpdir(), 'warm-command-'));
  const { child, ports } = await startServer(folder);
  const headers = { Authorization: `Bearer ${ports.token}` };
  const ids = Array.from({ length: aggregates }, () => randomUUID());
  const install = (id: string) =>
    post(ports.ours, '/commands/gauge/install-gauge', { headers, body: JSON.stringify({ id, customerId: ports.tenant, name: 'a name' }) });
  for (let n = 0; n < ids.length; n += inFlight) await Promise.all(ids.slice(n, n + inFlight).map(install));
  const at = (n: number): string => ids[n % ids.length] ?? '';
  const ours: Side = (n) => post(ports.ours, `/commands/gauge/${at(n)}/rename-gauge`, { headers, body: JSON.stringify({ name: `name ${n}` }) });
  const bare: Side = (n) => post(ports.bare, `/append/bare-${at(n)}`, { headers, body: JSON.stringify({ name: `name ${n}` }) });
  const rates = { ours: [] as number[], bare: [] as number[] };
  let correct = true;
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const name of order) {
      const { perSecond, isGood } = await rate(name === 'ours' ? ours : bare, round * perRound);
      correct &&= isGood;
      // The first round warms up.
      if (round > 0) rates[name].push(perSecond);
    }
  }
  child.send('count');
  const [counted] = await once(child, 'message');
  correct &&= counted.gauge === (rounds + 1) * perRound;
  child.send('stop');
  await once(child, 'exit');
  await rm(folder, { recursive: true });
  const [mine, theirs] = [median(rates.ours), median(rates.bare)];
  return {
    name: 'Warm command',
    size: aggregates,
    unit: 'requests/s',
    ours: Math.round(mine),
    baseline: Math.round(theirs),
    ratio: mine / theirs,
    must: 0.6,
    dream: 0.9,
    correct,
  };
};

export const warmCommand: Benchmark = {
  name: 'warm-command',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const aggregates of [32, 1000, 10_000]) rows.push(await measure(aggregates));
    agent.destroy();
    return rows;
  },
};
