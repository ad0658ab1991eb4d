import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { binaryEvent, type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { backUp } from '../../../src/infrastructure/embedded-event-store/operations/backup.ts';
import { exportLines, importLines } from '../../../src/infrastructure/embedded-event-store/operations/ndjson.ts';
import { connect } from '../../../src/infrastructure/embedded-event-store/operations/protocol-client.ts';
import { scavenge } from '../../../src/infrastructure/embedded-event-store/operations/scavenge.ts';
import { verify } from '../../../src/infrastructure/embedded-event-store/operations/verify.ts';
import { openForReading } from '../../../src/infrastructure/embedded-event-store/storage/database.ts';
import { events, everything, freshFolder, open, refused } from './kit.ts';

const revisions = async (client: EventStoreDBClient, stream: string): Promise<readonly number[]> => {
  const found: number[] = [];
  for await (const { event } of client.readStream(stream)) found.push(Number(event?.revision));
  return found;
};

describe('scavenge', () => {
  const filled = async () => {
    const opened = await open(freshFolder());
    const { client } = opened;
    const large = (count: number) => Array.from({ length: count }, () => binaryEvent({ type: 'Large', data: Buffer.alloc(20_000, 1) }));
    for (const stream of ['kept-1', 'counted-1', 'cut-1', 'deleted-1', 'tombstoned-1', 'recreated-1']) {
      for (let n = 0; n < 3; n += 1) await client.appendToStream(stream, large(20));
    }
    await client.setStreamMetadata('counted-1', { maxCount: 4 });
    await client.setStreamMetadata('cut-1', { truncateBefore: 50 });
    await client.deleteStream('deleted-1');
    await client.tombstoneStream('tombstoned-1');
    await client.deleteStream('recreated-1');
    await client.appendToStream('recreated-1', events(2));
    await client.appendToStream('after-1', events(1));
    return opened;
  };

  test('takes away exactly what could not be read, and the space comes back', async () => {
    const { server, client } = await filled();
    const streams = ['kept-1', 'counted-1', 'cut-1', 'recreated-1', 'after-1'];
    const before = await Promise.all(streams.map((stream) => revisions(client, stream)));
    const { eventsRemoved, bytesFreed } = await scavenge(server.store);
    expect(await Promise.all(streams.map((stream) => revisions(client, stream)))).toEqual(before);
    // 56 of counted, 50 of cut, 59 of deleted (the last stays), 60 of tombstoned, 60 of recreated, one old metadata event of recreated.
    expect(eventsRemoved).toBe(56 + 50 + 59 + 60 + 60 + 1);
    expect(bytesFreed).toBeGreaterThan(4_000_000);
    expect(verify(server.store.log.database).problems).toEqual([]);
  });

  test('keeps revisions and positions going where they were', async () => {
    const { server, client } = await filled();
    const { next } = server.store.log;
    await scavenge(server.store);
    expect(await client.appendToStream('deleted-1', events(1))).toMatchObject({ nextExpectedRevision: 60n, position: { commit: BigInt(next) } });
    expect(await refused(client.appendToStream('tombstoned-1', events(1)))).toMatchObject({ type: 'stream-deleted' });
  });

  test('twice removes nothing more, and survives a restart', async () => {
    const folder = freshFolder();
    const { server, client, close } = await open(folder);
    await client.appendToStream('counted-1', events(50));
    await client.setStreamMetadata('counted-1', { maxCount: 3 });
    expect((await scavenge(server.store)).eventsRemoved).toBe(47);
    expect((await scavenge(server.store)).eventsRemoved).toBe(0);
    await close();
    const again = await open(folder);
    expect(await revisions(again.client, 'counted-1')).toEqual([47, 48, 49]);
    expect(await everything(again.client)).toHaveLength(5);
  });

  test('beside running appends and subscriptions nothing is missed', async () => {
    const { server, client } = await filled();
    const seen: number[] = [];
    const subscription = client.subscribeToStream('live-1');
    subscription.on('data', ({ event }) => seen.push(Number(event?.revision)));
    const writing = (async () => {
      for (let n = 0; n < 100; n += 1) await client.appendToStream('live-1', events(1));
    })();
    await Promise.all([writing, scavenge(server.store)]);
    while (seen.length < 100) await once(subscription, 'data');
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n));
    await subscription.unsubscribe();
  });

  test('virtual links of events that are gone are gone too, the others keep their revisions', async () => {
    const { server, client } = await open();
    await client.appendToStream('cat-1', events(4));
    await client.appendToStream('cat-2', events(1));
    const links = () => revisions(client, '$ce-cat');
    expect(await links()).toEqual([0, 1, 2, 3, 4]);
    await client.setStreamMetadata('cat-1', { truncateBefore: 3 });
    await scavenge(server.store);
    expect(await links()).toEqual([3, 4]);
  });
});

describe('verify', () => {
  test('finds a sound log sound, and counts it', async () => {
    const folder = freshFolder();
    const { client } = await open(folder);
    await client.appendToStream('thing-1', events(10));
    expect(verify(openForReading(folder))).toEqual({ events: 11, streams: 2, problems: [] });
  });

  test.each([
    { what: 'an event that is missing', damage: 'delete from event where position = 4', reported: 'position 4: the event is missing' },
    { what: 'a gap in a stream', damage: 'delete from event where position = 4', reported: "stream 'thing-1': 9 events between revisions 0 and 9" },
    {
      what: 'a record changed',
      damage: "update event set record = cast(replace(cast(record as text), 'Happened', 'Happenex') as blob) where position = 5",
      reported: 'position 5: the checksum does not fit the record',
    },
    { what: 'a revision changed', damage: 'update event set revision = 77 where position = 6', reported: 'position 6: the checksum does not fit the record' },
    {
      what: 'an event under another stream',
      damage: "update stream set name = 'other-1' where name = 'thing-1'",
      reported: "the record is of stream 'thing-1', the index says 'other-1'",
    },
  ])('reports $what', async ({ damage, reported }) => {
    const { server, client } = await open();
    await client.appendToStream('thing-1', events(10));
    const { database } = server.store.log;
    database.exec(damage);
    expect(verify(database).problems.join('\n')).toContain(reported);
  });
});

describe('backup', () => {
  test('while appends go on: a sound beginning of the log that a server can be started on', async () => {
    const folder = freshFolder();
    const { client } = await open(folder);
    await client.appendToStream('thing-1', events(500));
    const writing = (async () => {
      for (let n = 0; n < 60; n += 1) await client.appendToStream('thing-2', events(3));
    })();
    const restored = freshFolder();
    const { problems } = backUp(openForReading(folder), join(restored, 'events.sqlite'));
    await writing;
    expect(problems).toEqual([]);
    const copy = await open(restored);
    const [whole, saved] = [await everything(client), await everything(copy.client)];
    expect(saved).toEqual(whole.slice(0, saved.length));
    expect(saved.length).toBeGreaterThanOrEqual(501);
  });

  test('never overwrites, and leaves nothing half made under its name', async () => {
    const folder = freshFolder();
    await open(folder);
    const destination = join(freshFolder(), 'copy.sqlite');
    writeFileSync(destination, 'precious');
    expect(() => backUp(openForReading(folder), destination)).toThrow('exists already');
    expect(readFileSync(destination, 'utf8')).toBe('precious');
    expect(existsSync(`${destination}.unfinished`)).toBe(false);
  });
});

describe('export and import', () => {
  const linesOf = async (url: string): Promise<readonly string[]> => {
    const client = connect(url);
    const lines: string[] = [];
    for await (const line of exportLines(client)) lines.push(line);
    client.close();
    return lines;
  };
  const load = async (url: string, lines: readonly string[]): Promise<number> => {
    const client = connect(url);
    const count = await importLines(client, createInterface({ input: Readable.from(lines) }));
    client.close();
    return count;
  };
  const withoutPlace = (line: string): unknown => {
    const { position: _position, created: _created, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return rest['type'] === '$streamDeleted' ? { ...rest, id: '' } : rest;
  };
  const source = async () => {
    const { client, url } = await open();
    await client.appendToStream('thing-1', [
      jsonEvent({ type: 'Größer', data: { text: 'ž', n: 1.5 }, metadata: { by: 'x' } }),
      binaryEvent({ type: 'Bytes', data: Buffer.from([0, 255]) }),
    ]);
    for (let n = 0; n < 30; n += 1) await client.appendToStream(`thing-${n % 3}`, events(2));
    await client.setStreamMetadata('thing-1', { maxCount: 1000 });
    await client.tombstoneStream('thing-2');
    return url;
  };

  test('a log moves whole: same events, ids, revisions, order, bytes', async () => {
    const lines = await linesOf(await source());
    const target = await open();
    expect(await load(target.url, lines)).toBe(lines.length);
    expect((await linesOf(target.url)).map(withoutPlace)).toEqual(lines.map(withoutPlace));
  });

  test('an import that was cut off can be run again', async () => {
    const lines = await linesOf(await source());
    const target = await open();
    await load(target.url, lines.slice(0, 17));
    await load(target.url, lines);
    await load(target.url, lines);
    expect((await linesOf(target.url)).map(withoutPlace)).toEqual(lines.map(withoutPlace));
  });

  test('a line that is no event stops the import and says where', async () => {
    const target = await open();
    expect((await refused(load(target.url, ['{"stream":"thing-1"}\n']))).message).toContain('Line 1 is no event');
  });
});

describe('npm run event-store', () => {
  const program = new URL('../../../src/infrastructure/embedded-event-store/main.ts', import.meta.url).pathname;
  const run = (args: readonly string[]) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    const ended = once(child, 'exit').then(([code]) => ({ code: Number(code), output }));
    const until = async (text: string): Promise<string> => {
      while (!output.includes(text)) await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
      return output;
    };
    return { child, ended, until };
  };

  test('serves a folder until it is told to stop, and only one server a folder', async () => {
    const data = freshFolder();
    const first = run(['--port', '0', '--data', data]);
    await first.until('esdb://127.0.0.1:');
    expect(await run(['--port', '0', '--data', data]).ended).toMatchObject({ code: 1, output: expect.stringContaining('Another event store is running') });
    expect(await run(['--data', data, '--verify']).ended).toMatchObject({ code: 0, output: expect.stringContaining('all sound') });
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);
  });

  test('warns when it listens beyond this machine', async () => {
    const server = run(['--port', '0', '--memory', '--bind', '0.0.0.0']);
    expect(await server.until('esdb://')).toContain('warning: listening on 0.0.0.0 without TLS');
    server.child.kill('SIGTERM');
    await server.ended;
  });

  test('verify of a damaged log ends with 1', async () => {
    const folder = freshFolder();
    const { server, client, close } = await open(folder);
    await client.appendToStream('thing-1', events(5));
    server.store.log.database.exec('delete from event where position = 3');
    await close();
    expect(await run(['--data', folder, '--verify']).ended).toMatchObject({ code: 1, output: expect.stringContaining('position 3: the event is missing') });
  });

  test('scavenges a folder that nobody serves', async () => {
    const folder = freshFolder();
    const { client, close } = await open(folder);
    await client.appendToStream('thing-1', events(50));
    await client.deleteStream('thing-1');
    await close();
    expect(await run(['--data', folder, '--scavenge']).ended).toMatchObject({ code: 0, output: expect.stringContaining('49 events removed') });
  });

  test.each([['--port', 'abc'], ['--nonsense']])('refuses %s', async (...args) => {
    expect((await run(args).ended).code).toBe(1);
  });
});

test('a folder that is damaged beyond reading is refused at start with a sentence', async () => {
  const folder = freshFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'events.sqlite'), 'this is no database, but long enough to be looked at by whoever opens it'.repeat(20));
  expect((await refused(open(folder))).message).toContain('not a database');
  expect(statSync(join(folder, 'events.sqlite')).size).toBeGreaterThan(100);
});
