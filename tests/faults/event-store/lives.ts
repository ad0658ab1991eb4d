/**
 * A store that is killed again and again while writers and a subscriber use it. Each life: start the program on the same folder, settle what
 * the last kill left unknown by sending the same events at the same revision again, write until the kill. What was acknowledged is compared
 * with what is there after every kill.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { expect } from '@jest/globals';
import { verify } from '../../../src/infrastructure/embedded-event-store/operations/verify.ts';
import { openForReading } from '../../../src/infrastructure/embedded-event-store/storage/database.ts';

const program = new URL('../../../src/infrastructure/embedded-event-store/main.ts', import.meta.url).pathname;

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export type Plan = {
  readonly kills: number;
  readonly writers: number;
  /** How many events the n-th append of a writer has. */
  readonly batchSize: (random: () => number) => number;
  /** Classic appends instead of batch appends. */
  readonly isClassic: boolean;
  readonly seed: number;
};

/** `checked` events were compared after an earlier kill; the whole stream is compared again at the end. */
type Writer = { readonly stream: string; readonly acknowledged: string[]; pending: readonly string[]; checked: number };
/** `$all` as one subscriber saw it over all lives, resuming after its last position. */
type Subscriber = { readonly seen: string[]; position: bigint | undefined };

const classic = { credentials: { username: 'admin', password: 'changeit' } };
const liveMsMin = 5;
const liveMsMax = 120;

const start = async (folder: string, cache: string): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = spawn(process.execPath, [program, '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache, NODE_OPTIONS: '' },
  });
  const [line]: unknown[] = await once(child.stdout ?? child, 'data');
  return { child, url: /esdb:\S+/.exec(String(line))?.[0] ?? '' };
};

const appendPending = async (client: EventStoreDBClient, writer: Writer, isClassic: boolean): Promise<void> => {
  const events = writer.pending.map((id) => jsonEvent({ id, type: 'Happened', data: { id } }));
  const last = writer.acknowledged.length - 1;
  await client.appendToStream(writer.stream, events, { expectedRevision: last < 0 ? NO_STREAM : BigInt(last), ...(isClassic ? classic : {}) });
  writer.acknowledged.push(...writer.pending);
  writer.pending = [];
};

/** Writes until the store is gone; the append whose outcome is unknown then stays pending. */
const write = async (client: EventStoreDBClient, writer: Writer, plan: Plan, random: () => number): Promise<void> => {
  try {
    for (;;) {
      if (writer.pending.length === 0) writer.pending = Array.from({ length: plan.batchSize(random) }, () => randomUUID());
      await appendPending(client, writer, plan.isClassic);
    }
  } catch (error) {
    // A refusal would mean that the store lost or doubled something; only its death ends a writer.
    expect((error as { readonly type?: string }).type).not.toBe('wrong-expected-version');
  }
};

const listen = (client: EventStoreDBClient, subscriber: Subscriber): void => {
  const { position } = subscriber;
  const subscription = client.subscribeToAll({ fromPosition: position === undefined ? 'start' : { commit: position, prepare: position } });
  subscription.on('data', ({ event }) => {
    if (event === undefined) return;
    subscriber.seen.push(event.id);
    subscriber.position = event.position.commit;
  });
  subscription.on('error', () => undefined);
};

/** Every acknowledged event is there exactly once and in order; what was pending is there whole or not at all. */
const checkWriter = async (client: EventStoreDBClient, writer: Writer): Promise<void> => {
  const found: string[] = [];
  const acknowledged = writer.acknowledged.slice(writer.checked);
  if (writer.acknowledged.length + writer.pending.length === 0) return;
  try {
    for await (const { event } of client.readStream(writer.stream, { fromRevision: BigInt(writer.checked) })) found.push(event?.id ?? '');
  } catch (error) {
    if ((error as { readonly type?: string }).type !== 'stream-not-found') throw error;
  }
  expect(found).toEqual(found.length > acknowledged.length ? [...acknowledged, ...writer.pending] : acknowledged);
  writer.checked = writer.acknowledged.length;
};

const live = async (
  context: { readonly folder: string; readonly cache: string; readonly plan: Plan; readonly random: () => number },
  parts: { readonly writers: readonly Writer[]; readonly subscriber: Subscriber },
): Promise<void> => {
  const { child, url } = await start(context.folder, context.cache);
  const exited = once(child, 'exit');
  const client = EventStoreDBClient.connectionString(url);
  for (const writer of parts.writers) await checkWriter(client, writer);
  listen(client, parts.subscriber);
  const writing = parts.writers.map((writer) => write(client, writer, context.plan, context.random));
  await delay(liveMsMin + context.random() * (liveMsMax - liveMsMin));
  child.kill('SIGKILL');
  await Promise.all([exited, ...writing]);
  await client.dispose();
};

/** A life that ends in peace: only then does Node keep what it compiled, which makes the others start faster. */
const warmUp = async (folder: string, cache: string): Promise<void> => {
  const { child } = await start(folder, cache);
  child.kill('SIGTERM');
  await once(child, 'exit');
};

/** Runs all lives of a plan, then compares the whole log with what the subscriber saw. Answers what was done. */
export const surviveKills = async (plan: Plan): Promise<{ readonly kills: number; readonly acknowledged: number }> => {
  const folder = mkdtempSync(join(tmpdir(), 'event-store-lives-'));
  const cache = join(folder, 'compile-cache');
  const random = numbersFrom(plan.seed);
  const writers: readonly Writer[] = Array.from({ length: plan.writers }, (_, n) => ({ stream: `writer-${n}`, acknowledged: [], pending: [], checked: 0 }));
  const subscriber: Subscriber = { seen: [], position: undefined };
  try {
    await warmUp(folder, cache);
    for (let kill = 0; kill < plan.kills; kill += 1) await live({ folder, cache, plan, random }, { writers, subscriber });
    await settle({ folder, cache, plan }, { writers, subscriber });
    expect(verify(openForReading(folder)).problems).toEqual([]);
    return { kills: plan.kills, acknowledged: writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** One last life without a kill: everything pending is written, and the subscriber catches up. */
const settle = async (
  context: { readonly folder: string; readonly cache: string; readonly plan: Plan },
  parts: { readonly writers: readonly Writer[]; readonly subscriber: Subscriber },
): Promise<void> => {
  const { child, url } = await start(context.folder, context.cache);
  const client = EventStoreDBClient.connectionString(url);
  for (const writer of parts.writers) {
    if (writer.pending.length > 0) await appendPending(client, writer, context.plan.isClassic);
    writer.checked = 0;
    await checkWriter(client, writer);
  }
  const all: string[] = [];
  for await (const { event } of client.readAll()) all.push(event?.id ?? '');
  const { position } = parts.subscriber;
  const rest = client.subscribeToAll({ fromPosition: position === undefined ? 'start' : { commit: position, prepare: position } });
  rest.on('data', ({ event }) => parts.subscriber.seen.push(event?.id ?? ''));
  await once(rest, 'caughtUp');
  await rest.unsubscribe();
  expect(parts.subscriber.seen).toEqual(all);
  await client.dispose();
  child.kill('SIGKILL');
  await once(child, 'exit');
};
