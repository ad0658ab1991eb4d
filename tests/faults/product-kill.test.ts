/** The product is killed under people at work, again and again; what it had acknowledged is there, once, and everything follows from it. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startProduct, withDataFolder } from '../kit/product.ts';
import { alwaysHolds, replay, restHolds } from '../kit/rental.ts';
import { fc, seed } from '../kit/seed.ts';
import { loadRental, quiet, readModelsThatDiffer, systemOn, untilAtRest, wholeLog } from '../kit/system.ts';
import { Client, mistakesIn } from './clients.ts';

/** As many lives as `FAULTS` says; else as many as fit into the time, at least three. */
const wanted = process.env['FAULTS'] === undefined ? undefined : Number(process.env['FAULTS']);
const livesMin = 3;
const budgetMs = 25_000;
const clientsAtOnce = 6;
const units = Array.from({ length: 12 }, (_, n) => `U${n + 1}`);
/** When each life ends: after so many answers to its clients, and a moment later. */
const lives = fc.sample(fc.record({ answers: fc.integer({ min: 5, max: 200 }), laterMs: fc.nat({ max: 30 }) }), { numRuns: wanted ?? 50, seed });

/** Resolves after so many answers in this life. */
const answersOf = (clients: readonly Client[], count: number): Promise<void> =>
  new Promise((resolve) => {
    let answers = 0;
    for (const client of clients) {
      client.answered = () => {
        answers += 1;
        if (answers === count) resolve();
      };
    }
  });

test(
  `ES-2 ES-8 killed again and again under ${clientsAtOnce} clients: what was acknowledged is there once, read models are the log's, processes finish`,
  async () => {
    await withDataFolder(async (folder) => {
      const before = await systemOn(folder);
      await loadRental(before, units);
      await before.stop();

      const clients = Array.from({ length: clientsAtOnce }, (_, n) => new Client(n, units));
      const startedAt = performance.now();
      let rounds = 0;
      for (const life of lives) {
        if (wanted === undefined && rounds >= livesMin && performance.now() - startedAt > budgetMs) break;
        rounds += 1;
        const product = await startProduct(folder, quiet);
        const stop = new AbortController();
        const lived = answersOf(clients, life.answers);
        const working = clients.map((client) => client.work(product.runtime, stop.signal));
        await lived;
        await delay(life.laterMs);
        await product.end('SIGKILL');
        stop.abort();
        await Promise.all(working);
      }

      const after = await systemOn(folder);
      try {
        await untilAtRest(after);
        const events = await wholeLog(after);
        const record = clients.flatMap((client) => client.record);
        expect(mistakesIn(record, events)).toEqual([]);
        // The check itself would see a loss, and a second effect.
        const known = record.find(({ answer }) => answer?.status === 201)?.answer?.events?.[0]?.id;
        const one = events.find(({ id }) => id === known);
        if (one === undefined) throw new Error('no customer was registered');
        expect(
          mistakesIn(
            record,
            events.filter(({ id }) => id !== known),
          ).length,
        ).toBeGreaterThan(0);
        expect(mistakesIn(record, [...events, { ...one, id: 'again', metadata: { ...one.metadata, commandId: 'again' } }]).length).toBeGreaterThan(0);
        restHolds(replay(events, alwaysHolds));
        expect(await readModelsThatDiffer(after, events)).toEqual([]);
        const acknowledged = record.filter(({ answer }) => answer !== undefined && answer.status < 300).length;
        expect(acknowledged).toBeGreaterThan(rounds * 5);
        const types = new Set(events.map(({ type }) => type));
        // The clients got as far as whole processes; how far beyond depends on the machine.
        expect([...types]).toContain('AssignmentCompleted');
      } finally {
        await after.stop();
      }
    });
  },
  600_000 + (wanted ?? 0) * 20_000,
);
