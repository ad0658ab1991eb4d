import { expect, test } from '@jest/globals';
import { surviveKills } from './lives.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20260101);
const kills = Number(process.env['KILLS'] ?? 100);

test('ES-2 ES-8 one event at a time: after every SIGKILL each acknowledged event is there exactly once, in order, and the subscriber resumes without gap or repeat', async () => {
  const done = await surviveKills({ kills, writers: 8, batchSize: () => 1, isClassic: false, seed });
  expect(done.acknowledged).toBeGreaterThan(done.kills);
}, 600_000);
