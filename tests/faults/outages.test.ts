/** Stores that go away under people at work: they are told when to come back, nothing is lost, and the system recovers by itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemCaller } from '../../src/application/caller.ts';
import { templateRoleId } from '../../src/application/role-templates.ts';
import { type EmbeddedEventStore, startEmbeddedEventStore } from '../../src/infrastructure/embedded-event-store/start.ts';
import type { System } from '../../src/interfaces/composition/system.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { id } from '../kit/decider.ts';
import { createTestDatabase, type TestDatabase } from '../kit/postgres.ts';
import { Person, withDataFolder } from '../kit/product.ts';
import { alwaysHolds, replay, restHolds } from '../kit/rental.ts';
import { loadRental, readModelsThatDiffer, senderOn, systemOn, untilAtRest, wholeLog } from '../kit/system.ts';
import { TcpProxy, type Weather } from '../kit/tcp-proxy.ts';
import { Client, mistakesIn } from './clients.ts';

const units = Array.from({ length: 12 }, (_, n) => `U${n + 1}`);
const outageMs = Number(process.env['FAULTS'] ?? 1200);
const patienceMs = 60_000;
type Store = 'postgres' | 'eventStore';
type Scene = {
  readonly name: string;
  readonly store: Store;
  readonly weather: Weather /** Somebody is turned away for certain; elsewhere the node's own retries may hide it all. */;
  readonly isFelt: boolean;
};
const scenes: readonly Scene[] = (['postgres', 'eventStore'] as const).flatMap((store) => [
  { name: `${store} slow`, store, weather: { kind: 'open', latencyMs: 15 }, isFelt: false },
  { name: `${store} refusing connections`, store, weather: { kind: 'refuse' }, isFelt: true },
  { name: `${store} silent with connections open`, store, weather: { kind: 'silent' }, isFelt: false },
  { name: `${store} cut off after some bytes`, store, weather: { kind: 'cutAfter', bytes: 3000 }, isFelt: false },
]);

const target = (url: string) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) });
const through = (url: string, port: number): string => {
  const changed = new URL(url);
  changed.port = String(port);
  changed.hostname = '127.0.0.1';
  return changed.href;
};

let database: TestDatabase;
let store: EmbeddedEventStore;
let proxies: Readonly<Record<Store, TcpProxy>>;
let system: System;
let done: () => void = () => undefined;
let stopped: Promise<unknown>;
const clients = Array.from({ length: 4 }, (_, n) => new Client(n, units));
const httpUrl = (): string => system.httpUrl ?? '';

beforeAll(async () => {
  database = await createTestDatabase();
  store = await startEmbeddedEventStore({});
  proxies = { postgres: await TcpProxy.to(target(database.url)), eventStore: await TcpProxy.to(target(store.url)) };
  const environment = {
    MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    DATABASE_URL: through(database.url, proxies.postgres.port),
    EVENTSTORE_URL: through(store.url, proxies.eventStore.port),
  };
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  await new Promise<void>((started, failed) => {
    stopped = withDataFolder(async (folder) => {
      system = await systemOn(folder, environment);
      started();
      await finished;
      await system.stop();
    }).catch(failed);
  });
  await loadRental(system, units);
}, 120_000);
afterAll(async () => {
  done();
  await stopped;
  for (const proxy of Object.values(proxies)) await proxy.close();
  await store.close();
  await database.drop();
}, 60_000);

/** Asks until both a query that is level with the log and a command are answered. */
const recovered = async (): Promise<boolean> => {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const person = await Person.signIn({ httpUrl: httpUrl() }, 'admin');
    const { status, headers } = await person.command('equipment/register-equipment', {}, {});
    expect(headers.get('Retry-After') === null).toBe(status !== 503);
    const ready = await person.get('/health/ready');
    if (status !== 503 && ready.status === 200 && (await person.get('/queries/customer?limit=1')).status === 200) return true;
    await delay(100);
  }
  return false;
};

describe('a store that goes away under people at work', () => {
  test.each(scenes)('$name: told when to come back, back by itself, nothing lost', async ({ store: which, weather, isFelt }) => {
    const before = clients.reduce((sum, { turnedAway }) => sum + turnedAway, 0);
    const stop = new AbortController();
    const working = clients.map((client) => client.work({ httpUrl: httpUrl() }, stop.signal));
    const person = await Person.signIn({ httpUrl: httpUrl() }, 'admin');
    const queries: Response[] = [];
    await delay(100);
    proxies[which].set(weather);
    const until = performance.now() + outageMs;
    while (performance.now() < until) {
      // A request of its own, so that reading is tried too; it may take as long as the store stays silent.
      void person.get('/queries/customer?limit=1').then((answer) => queries.push(answer));
      await delay(50);
    }
    proxies[which].set({ kind: 'open' });
    expect(await recovered()).toBe(true);
    stop.abort();
    await Promise.all(working);
    expect(clients.flatMap(({ wrong }) => wrong)).toEqual([]);
    for (const { status, headers } of queries) expect([status, headers.get('Retry-After') !== null]).toEqual([status, status === 503]);
    expect(queries.filter(({ status }) => status !== 200 && status !== 503).map(({ status }) => status)).toEqual([]);
    const turnedAway = clients.reduce((sum, each) => sum + each.turnedAway, 0) - before + queries.filter(({ status }) => status === 503).length;
    if (isFelt) expect(turnedAway).toBeGreaterThan(0);
  });

  test('ES-2 ES-3 ES-8 after all of it the log holds what was acknowledged once, read models are the log’s, and processes have finished', async () => {
    for (const client of clients) await client.askAgain({ httpUrl: httpUrl() });
    const record = clients.flatMap((client) => client.record);
    expect(record.filter(({ answer }) => answer === undefined)).toEqual([]);
    await untilAtRest(system);
    const events = await wholeLog(system);
    expect(mistakesIn(record, events)).toEqual([]);
    restHolds(replay(events, alwaysHolds));
    expect(await readModelsThatDiffer(system, events)).toEqual([]);
    expect((await system.part(parts.processes)).status().flatMap(({ failure }) => failure ?? [])).toEqual([]);
  });

  test('ES-9 a person who is forgotten while the database is away is forgotten as soon as it is back, and nothing stands still', async () => {
    const { send } = await senderOn(system);
    const person = id('somebody');
    const name = 'Remigio Ixcot';
    await send('user', person, 'InviteUser', { email: 'remigio@example.org', name, language: 'es', roleIds: [templateRoleId('admin')] }, { key: 'i' });
    await send('user', person, 'LinkIdentity', { subject: 'demo|somebody' }, { key: 'l' });
    await send('user', person, 'ApproveUser', {}, { key: 'a', caller: systemCaller('approver') });
    await send('user', person, 'DeactivateUser', { reason: 'left' }, { key: 'd' });
    const forget = () => send('subject', person, 'ForgetSubject', { kind: 'user', reason: 'asked for it' }, { key: 'f' });
    const history = async () => JSON.stringify((await (await system.part(parts.log)).read(`user-${person}`)).map(({ data }) => data));
    expect(await history()).toContain(name);
    proxies.postgres.set({ kind: 'refuse' });
    await forget().catch(() => undefined);
    await delay(outageMs);
    proxies.postgres.set({ kind: 'open' });
    expect(await recovered()).toBe(true);
    expect(await forget()).toMatchObject({ kind: 'accepted' });
    await (await system.part(parts.processes)).settled();
    expect(await history()).not.toContain(name);
    const events = await wholeLog(system);
    expect(await readModelsThatDiffer(system, events)).toEqual([]);
    const { position } = await system.part(parts.directory);
    expect(position).toBe(events.at(-1)?.position);
  });

  test('it stops in good order while the database is away', async () => {
    proxies.postgres.set({ kind: 'refuse' });
    await system.stop();
  });
});
