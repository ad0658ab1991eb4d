/**
 * Events to many open streams: frames a second to all subscribers together, against a loop that writes each frame to each response; rounds
 * interleaved, servers and subscribers in processes of their own. And what one open stream costs in memory, after the load.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Benchmark, BenchmarkRow } from '../benchmark.ts';

const rounds = 5;
/** As a busy log gives them: so many at once. */
const batch = 20;
const framesARound = 200_000;
const sides = ['ours', 'raw'] as const;
type Side = (typeof sides)[number];
type Running = { readonly server: ChildProcess; readonly client: ChildProcess; readonly idleBytes: number };

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const answerOf = async <T>(child: ChildProcess, asked?: object): Promise<T> => {
  const answer = once(child, 'message');
  if (asked !== undefined) child.send(asked);
  // The boundary: the scripts of this benchmark answer what they are asked.
  return (await answer)[0] as T;
};
const memoryOf = async (server: ChildProcess): Promise<number> => (await answerOf<{ readonly rssBytes: number }>(server, { kind: 'memory' })).rssBytes;

const start = async (side: Side, subscribers: number): Promise<Running> => {
  const server = spawn(process.execPath, ['--expose-gc', script('sse-server.ts'), side], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  if (server.stdout === null) throw new Error('the server has no output');
  const [line] = await once(server.stdout, 'data');
  const { port, token } = JSON.parse(String(line));
  const idleBytes = await memoryOf(server);
  const client = spawn(process.execPath, [script('sse-client.ts'), String(port), token, String(subscribers)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(client, 'message');
  return { server, client, idleBytes };
};

/** Frames a second, and whether each subscriber had each frame once. */
const rate = async ({ server, client }: Running, from: number, { events, subscribers }: { readonly events: number; readonly subscribers: number }) => {
  await answerOf(client, { position: from + events - 1 });
  const startMs = performance.now();
  server.send({ kind: 'publish', from, count: events, batch });
  const { frames } = await answerOf<{ readonly frames: number }>(client);
  return { perSecond: (frames / (performance.now() - startMs)) * 1000, isGood: frames === events * subscribers };
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const measure = async (subscribers: number): Promise<readonly BenchmarkRow[]> => {
  const running: Readonly<Record<Side, Running>> = { ours: await start('ours', subscribers), raw: await start('raw', subscribers) };
  const events = Math.max(batch, Math.floor(framesARound / subscribers / batch) * batch);
  const rates: Record<Side, number[]> = { ours: [], raw: [] };
  let correct = true;
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const { perSecond, isGood } = await rate(running[side], 1 + round * events, { events, subscribers });
      correct &&= isGood;
      // The first round warms up.
      if (round > 0) rates[side].push(perSecond);
    }
  }
  const memory: Record<Side, number> = { ours: 0, raw: 0 };
  for (const side of sides) memory[side] = ((await memoryOf(running[side].server)) - running[side].idleBytes) / subscribers / 1024;
  for (const side of sides) for (const child of [running[side].client, running[side].server]) child.kill();
  const [mine, theirs] = [median(rates.ours), median(rates.raw)];
  const row = { size: subscribers, correct } as const;
  return [
    { ...row, name: 'SSE', unit: 'frames/s', ours: Math.round(mine), baseline: Math.round(theirs), ratio: mine / theirs, must: 1, dream: 5 },
    // The limits are in KiB themselves, so the ratio is to one.
    ...(subscribers < 1000
      ? []
      : [{ ...row, name: 'SSE memory', unit: 'KiB/subscriber', ours: memory.ours, baseline: memory.raw, ratio: memory.ours, must: 32, dream: 16 }]),
  ];
};

export const sse: Benchmark = {
  name: 'sse',
  run: async () => {
    const rows: BenchmarkRow[] = [];
    for (const subscribers of [10, 100, 1000]) rows.push(...(await measure(subscribers)));
    return rows;
  },
};
