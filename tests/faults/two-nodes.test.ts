/** Two nodes with every role on the same stores: each process runs at one of them, commands go to both, and one node's end is no end of anything. */
import { expect, test } from '@jest/globals';
import { startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import type { System } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { createTestDatabase } from '../kit/postgres.ts';
import { withDataFolder } from '../kit/product.ts';
import { alwaysHolds, replay, restHolds } from '../kit/rental.ts';
import { loadRental, readModelsThatDiffer, systemOn, wholeLog } from '../kit/system.ts';
import { Client, mistakesIn } from './clients.ts';

const units = Array.from({ length: 12 }, (_, n) => `U${n + 1}`);
const wishesMin = 60;

/** Works at a node until so many wishes of all clients are answered. */
const workAt = async (nodes: readonly System[], clients: readonly Client[]): Promise<void> => {
  const stop = new AbortController();
  let answers = 0;
  for (const client of clients) {
    client.answered = () => {
      answers += 1;
      if (answers >= wishesMin) stop.abort();
    };
  }
  await Promise.all(clients.map((client, n) => client.work({ httpUrl: nodes[n % nodes.length]?.httpUrl ?? '' }, stop.signal)));
};
const standingBy = async (node: System) => (await node.part(parts.processes)).status().map(({ name, standsBy }) => [name, standsBy === true] as const);

test('ES-2 ES-8 EQ-3 of two nodes one runs each process; when it ends the other does, and nothing is lost or done twice', async () => {
  await withDataFolder((folder) =>
    withDataFolder(async (otherFolder) => {
      const database = await createTestDatabase();
      const store = await startEmbeddedEventStore({});
      const environment = { MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), DATABASE_URL: database.url, EVENTSTORE_URL: store.url };
      const first = await systemOn(folder, environment);
      await loadRental(first, units);
      const second = await systemOn(otherFolder, environment);
      const clients = Array.from({ length: 4 }, (_, n) => new Client(n, units));
      try {
        await workAt([first, second], clients);
        expect((await standingBy(first)).filter(([, isIdle]) => isIdle)).toEqual([]);
        expect((await standingBy(second)).filter(([, isIdle]) => !isIdle)).toEqual([]);
        await first.stop();
        await workAt([second], clients);
        const processes = await second.part(parts.processes);
        await processes.settled();
        expect((await standingBy(second)).filter(([, isIdle]) => isIdle)).toEqual([]);
        expect(processes.status().flatMap(({ failure }) => failure ?? [])).toEqual([]);
        const events = await wholeLog(second);
        const record = clients.flatMap((client) => client.record);
        expect(clients.flatMap(({ wrong }) => wrong)).toEqual([]);
        expect(mistakesIn(record, events)).toEqual([]);
        restHolds(replay(events, alwaysHolds));
        expect(await readModelsThatDiffer(second, events)).toEqual([]);
        // No node reacted beside the other: each recorded step of a process is there once.
        const steps = events.filter(({ type }) => type === 'StepRefused' || type === 'StepUnchanged').map(({ data }) => `${data['trigger']} ${data['step']}`);
        expect(steps.length).toBe(new Set(steps).size);
      } finally {
        await Promise.all([first.stop(), second.stop()]);
        await store.close();
        await database.drop();
      }
    }),
  );
}, 240_000);
