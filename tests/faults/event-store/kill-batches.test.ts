import { expect, test } from '@jest/globals';
import { surviveKills } from './lives.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20260101);
const kills = Number(process.env['KILLS'] ?? 100);

test('ES-2 ES-8 appends of several events, by the classic rpc: after every SIGKILL each is there whole or not at all, once, in order', async () => {
  const done = await surviveKills({ kills, writers: 6, batchSize: (random) => 1 + Math.floor(random() * 40), isClassic: true, seed: seed + 1 });
  expect(done.acknowledged).toBeGreaterThan(done.kills);
}, 600_000);
