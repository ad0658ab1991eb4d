import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verify } from '../../../src/infrastructure/embedded-event-store/operations/verify.ts';
import { openForReading } from '../../../src/infrastructure/embedded-event-store/storage/database.ts';
import { events, everything, freshFolder, open, refused, type Seen } from './kit.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20260101);
const files = ['events.sqlite', 'events.sqlite-wal'];
/** What a disk would hold if the machine stopped now. */
const snapshot = (folder: string): string => {
  const copy = freshFolder();
  for (const file of files) if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(copy, file));
  return copy;
};
const isPrefix = (shorter: readonly Seen[], longer: readonly Seen[]): boolean => shorter.every((event, index) => event.id === longer[index]?.id);

test('ES-2 commits are synced before they are acknowledged: write-ahead log with synchronous = full', async () => {
  const { server } = await open(freshFolder());
  const { database } = server.store.log;
  expect([database.prepare('pragma journal_mode').get(), database.prepare('pragma synchronous').get()].map((row) => Object.values(row ?? {})[0])).toEqual([
    'wal',
    2,
  ]);
});

test('ES-2 what was acknowledged is in the files at that moment', async () => {
  const folder = freshFolder();
  const { client } = await open(folder);
  for (let n = 0; n < 5; n += 1) {
    await client.appendToStream('thing-1', events(3));
    const copy = await open(snapshot(folder));
    expect((await everything(copy.client)).filter(({ stream }) => stream === 'thing-1')).toHaveLength(3 * (n + 1));
    await copy.close();
  }
});

test('ES-2 a torn tail is cut at start: what is left is a beginning of the log, sound, and can be continued', async () => {
  const folder = freshFolder();
  const { client } = await open(folder);
  for (let n = 0; n < 30; n += 1) await client.appendToStream(`thing-${n % 4}`, events(1 + (n % 3)));
  const whole = await everything(client);
  const walBytes = statSync(join(folder, 'events.sqlite-wal')).size;
  const cut = fc.record({ at: fc.integer({ min: 0, max: walBytes }), garbage: fc.uint8Array({ maxLength: 64 }) });
  await fc.assert(
    fc.asyncProperty(cut, async ({ at, garbage }) => {
      const copy = snapshot(folder);
      const wal = join(copy, 'events.sqlite-wal');
      truncateSync(wal, at);
      writeFileSync(wal, garbage, { flag: 'a' });
      const { client: after, close } = await open(copy);
      const left = await everything(after);
      expect(
        isPrefix(
          left.filter(({ type }) => type === 'Happened'),
          whole.filter(({ type }) => type === 'Happened'),
        ),
      ).toBe(true);
      expect(verify(openForReading(copy)).problems).toEqual([]);
      expect(await after.appendToStream('thing-0', events(1))).toMatchObject({ success: true });
      await close();
    }),
    { seed, numRuns: 25 },
  );
});

describe('ES-2 a full disk', () => {
  const limit = (server: Awaited<ReturnType<typeof open>>['server'], pages: number): void => server.store.log.database.exec(`pragma max_page_count = ${pages}`);
  const pagesOf = (server: Awaited<ReturnType<typeof open>>['server']): number =>
    Number(Object.values(server.store.log.database.prepare('pragma page_count').get() ?? {})[0]);

  test('refuses appends with a clear error, loses nothing, and takes appends again once there is room', async () => {
    const { server, client } = await open(freshFolder());
    await client.appendToStream('thing-1', events(5));
    limit(server, pagesOf(server) + 20);
    const attempts = await Promise.allSettled(Array.from({ length: 300 }, () => client.appendToStream('thing-1', events(20))));
    const kept = attempts.filter(({ status }) => status === 'fulfilled').length;
    const reasons = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [String(attempt.reason.message)] : []));
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toContain('database or disk is full');
    expect((await everything(client)).filter(({ stream }) => stream === 'thing-1')).toHaveLength(5 + 20 * kept);
    limit(server, 1_000_000);
    expect(await client.appendToStream('thing-1', events(1))).toMatchObject({ nextExpectedRevision: BigInt(5 + 20 * kept) });
    expect(verify(server.store.log.database).problems).toEqual([]);
  });

  test('a classic append is told RESOURCE_EXHAUSTED', async () => {
    const { server, client } = await open(freshFolder());
    limit(server, pagesOf(server));
    const big = events(1500);
    const error = await refused(client.appendToStream('thing-1', big, { credentials: { username: 'admin', password: 'changeit' } }));
    expect([error.code, error.message]).toEqual([8, expect.stringContaining('Nothing of this append was kept')]);
  });
});

describe('ES-2 a flipped bit', () => {
  const built = async (): Promise<{ readonly folder: string; readonly original: readonly Seen[] }> => {
    const folder = freshFolder();
    const { client, close } = await open(folder);
    for (let n = 0; n < 40; n += 1) await client.appendToStream(`thing-${n % 5}`, events(3));
    const original = await everything(client);
    await close();
    return { folder, original };
  };

  test('in a record is reported with its position, and everything else can still be read', async () => {
    const { folder, original } = await built();
    const path = join(folder, 'events.sqlite');
    const bytes = readFileSync(path);
    const victim = original.find(({ stream, revision }) => stream === 'thing-2' && revision === 7n);
    // A page that was split may keep an old copy of the record beside the living one.
    for (let at = bytes.indexOf(victim?.id ?? '', 0, 'latin1'); at >= 0; at = bytes.indexOf(victim?.id ?? '', at + 1, 'latin1')) {
      bytes[at + 3] = (bytes[at + 3] ?? 0) ^ 1;
    }
    writeFileSync(path, bytes);
    const { client } = await open(folder);
    const read = async (stream: string): Promise<number> => {
      let count = 0;
      for await (const _event of client.readStream(stream)) count += 1;
      return count;
    };
    const error = await refused(read('thing-2'));
    expect([error.code, error.message]).toEqual([15, expect.stringContaining(`position ${victim?.position} is corrupted`)]);
    expect(await refused(everything(client))).toMatchObject({ code: 15 });
    expect(await read('thing-1')).toBe(24);
    expect(verify(openForReading(folder)).problems).toEqual([expect.stringContaining(`position ${victim?.position}`)]);
  });

  test('anywhere is never served: whatever is read is what was written, and what is missing `verify` reports', async () => {
    const { folder, original } = await built();
    const bytes = readFileSync(join(folder, 'events.sqlite'));
    const known = new Map(original.map((event) => [event.position, JSON.stringify({ ...event, position: 0, revision: `${event.revision}` })]));
    const flip = fc.record({ at: fc.integer({ min: 100, max: bytes.length - 1 }), bit: fc.integer({ min: 0, max: 7 }) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const copy = freshFolder();
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        writeFileSync(join(copy, 'events.sqlite'), changed);
        const started = await open(copy).catch(() => undefined);
        if (started === undefined) return;
        const read = await everything(started.client).catch(() => undefined);
        await started.close();
        for (const event of read ?? []) expect(JSON.stringify({ ...event, position: 0, revision: `${event.revision}` })).toBe(known.get(event.position));
        if (read !== undefined && read.length !== original.length) expect(verify(openForReading(copy)).problems).not.toEqual([]);
      }),
      { seed, numRuns: 80 },
    );
  });
});
