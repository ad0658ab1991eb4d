import { connect as connectHttp2 } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import { EventStoreDBClient, persistentSubscriptionToStreamSettingsFromDefaults } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { ascii, type GrpcFailure, notReady, timedOut, tooBusy } from '../../../src/infrastructure/embedded-event-store/grpc/failure.ts';
import { FrameCutter, frame } from '../../../src/infrastructure/embedded-event-store/grpc/frames.ts';
import { serve, unary } from '../../../src/infrastructure/embedded-event-store/grpc/server.ts';
import { startEmbeddedEventStore } from '../../../src/infrastructure/embedded-event-store/start.ts';
import { fc } from '../../kit/seed.ts';
import { events, freshFolder, open, refused } from './kit.ts';

describe('stopping', () => {
  test('ends subscriptions with UNAVAILABLE, not with a silent end', async () => {
    const { client, server } = await open();
    const subscription = client.subscribeToAll();
    const error = new Promise<{ readonly type: string; readonly message: string }>((resolve) => subscription.once('error', resolve as never));
    await new Promise((resolve) => subscription.once('data', resolve));
    await server.close();
    expect(await error).toMatchObject({ type: 'unavailable', message: expect.stringContaining('Server Is Not Ready') });
  });

  test('drops consumers of persistent subscriptions by name', async () => {
    const { client, server } = await open();
    await client.createPersistentSubscriptionToStream('thing-1', 'g', persistentSubscriptionToStreamSettingsFromDefaults());
    const subscription = client.subscribeToPersistentSubscriptionToStream('thing-1', 'g');
    const error = new Promise<{ readonly type: string }>((resolve) => subscription.once('error', resolve as never));
    await new Promise((resolve) => subscription.once('confirmation', () => resolve(undefined)));
    await server.close();
    expect(await error).toMatchObject({ type: 'persistent-subscription-dropped' });
  });

  test('with idle clients connected does not hang', async () => {
    const { client, server } = await open();
    await client.appendToStream('thing-1', events(1));
    await server.close();
    expect((await refused(client.appendToStream('thing-1', events(1)))).message).toContain('UNAVAILABLE');
  });
});

const frameBody = (bytes: Buffer): string => bytes.subarray(5).toString();

describe('connections', () => {
  /** The client's preface, empty SETTINGS, and GOAWAY without an error (RFC 9113 §3.4, §6.5, §6.8). */
  const goodbye = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
    Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ]);

  test('a client that says goodbye and never ends its connection harms nobody, nor does it hold up the end', async () => {
    const server = await serve({ host: '127.0.0.1', port: 0, methods: new Map(), authenticate: () => undefined, keepAliveMs: 1 });
    const lingering = connectSocket({ port: server.port, host: '127.0.0.1', allowHalfOpen: true }, () => lingering.write(goodbye));
    lingering.resume();
    await new Promise((resolve) => lingering.once('end', resolve));
    const other = connectHttp2(`http://127.0.0.1:${server.port}`);
    // By then the other one would have been pinged some times, too.
    let pings = 0;
    await new Promise<void>((resolve) => {
      other.on('ping', () => {
        pings += 1;
        if (pings === 5) resolve();
      });
    });
    const cut = new Promise((resolve) => lingering.once('close', resolve));
    lingering.on('error', () => undefined);
    other.on('error', () => undefined);
    await server.close(notReady());
    lingering.destroy();
    await cut;
  });

  test('§12 whatever bytes and frames come, and whenever the connection is cut, others are served', async () => {
    const echo = unary((message) => message);
    const server = await serve({ host: '127.0.0.1', port: 0, methods: new Map([['/echo', echo]]), authenticate: () => undefined, keepAliveMs: 1 });
    const frames = fc.array(
      fc.record({ type: fc.nat({ max: 10 }), flags: fc.nat({ max: 255 }), stream: fc.constantFrom(0, 1, 2, 3, 5), payload: fc.uint8Array({ maxLength: 64 }) }),
      { maxLength: 12 },
    );
    const cuts = fc.constantFrom('end', 'reset', 'goodbye', 'stay');
    await fc.assert(
      fc.asyncProperty(fc.boolean(), frames, cuts, async (greets, sent, cut) => {
        const socket = connectSocket({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
        socket.on('error', () => undefined);
        const over = new Promise((resolve) => socket.once('close', resolve));
        const bytes = sent.map(({ type, flags, stream, payload }) =>
          Buffer.concat([Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, stream]), payload]),
        );
        socket.write(Buffer.concat([...(greets ? [goodbye.subarray(0, 33)] : []), ...bytes, ...(cut === 'goodbye' ? [goodbye.subarray(33)] : [])]));
        if (cut === 'end') socket.end();
        socket.resume();
        const other = connectHttp2(`http://127.0.0.1:${server.port}`);
        other.on('error', () => undefined);
        const call = other.request({ ':method': 'POST', ':path': '/echo', 'content-type': 'application/grpc', te: 'trailers' });
        const answer = new Promise<Buffer>((resolve) => call.once('data', resolve));
        call.end(frame(Buffer.from('still here')));
        expect(frameBody(await answer)).toBe('still here');
        if (cut === 'reset') socket.resetAndDestroy();
        else socket.destroy();
        await over;
        other.destroy();
      }),
      { numRuns: 200 },
    );
    await server.close(notReady());
  });
});

describe('starting again', () => {
  test('everything is there, and goes on where it was', async () => {
    const folder = freshFolder();
    const first = await open(folder);
    await first.client.appendToStream('thing-1', events(5));
    await first.client.deleteStream('thing-1');
    await first.client.appendToStream('thing-1', events(1));
    await first.client.tombstoneStream('thing-2');
    await first.close();
    const second = await open(folder);
    expect(await second.client.appendToStream('thing-1', events(1), { expectedRevision: 5n })).toMatchObject({ nextExpectedRevision: 6n });
    expect((await refused(second.client.appendToStream('thing-2', events(1)))).type).toBe('stream-deleted');
  });

  test('a retry after the restart is recognised by its ids', async () => {
    const folder = freshFolder();
    const retried = events(3);
    const first = await open(folder);
    const result = await first.client.appendToStream('thing-1', retried, { expectedRevision: 'no_stream' });
    await first.close();
    const second = await open(folder);
    expect(await second.client.appendToStream('thing-1', retried, { expectedRevision: 'no_stream' })).toEqual(result);
    expect(await second.client.appendToStream('thing-1', retried)).toEqual(result);
  });

  test('§11 a persistent subscription resumes after its checkpoint, with its parked messages', async () => {
    const folder = freshFolder();
    const first = await open(folder);
    await first.client.appendToStream('thing-1', events(6));
    const settings = persistentSubscriptionToStreamSettingsFromDefaults({
      startFrom: 'start',
      checkPointLowerBound: 1,
      checkPointUpperBound: 2,
      checkPointAfter: 1,
    });
    await first.client.createPersistentSubscriptionToStream('thing-1', 'g', settings);
    const consumer = first.client.subscribeToPersistentSubscriptionToStream('thing-1', 'g', { bufferSize: 4 });
    let seen = 0;
    for await (const message of consumer) {
      seen += 1;
      if (seen === 2) await consumer.nack('park', 'no', message);
      else if (seen <= 4) await consumer.ack(message);
      if (seen === 6) break;
    }
    for (;;) {
      const { stats } = await first.client.getPersistentSubscriptionToStreamInfo('thing-1', 'g');
      if (stats.parkedMessageCount === 1n && (stats as { lastCheckpointedEventRevision?: bigint }).lastCheckpointedEventRevision === 3n) break;
    }
    await first.close();
    const second = await open(folder);
    const info = await second.client.getPersistentSubscriptionToStreamInfo('thing-1', 'g');
    expect([info.settings, info.stats.parkedMessageCount]).toEqual([settings, 1n]);
    const again = second.client.subscribeToPersistentSubscriptionToStream('thing-1', 'g');
    const revisions: number[] = [];
    for await (const { event } of again) {
      revisions.push(Number(event?.revision));
      if (revisions.length === 2) break;
    }
    expect(revisions).toEqual([4, 5]);
  });

  test('§14 virtual links keep their revisions', async () => {
    const folder = freshFolder();
    const first = await open(folder);
    await first.client.appendToStream('cat-1', events(3));
    const links = async (client: typeof first.client) => {
      const found: unknown[] = [];
      for await (const { event } of client.readStream('$ce-cat')) found.push([event?.id, event?.revision]);
      return found;
    };
    const before = await links(first.client);
    await first.close();
    const second = await open(folder);
    await second.client.appendToStream('cat-2', events(1));
    expect((await links(second.client)).slice(0, 3)).toEqual(before);
  });
});

describe('startEmbeddedEventStore', () => {
  test('close twice is once; the port is free afterwards', async () => {
    const store = await startEmbeddedEventStore({});
    const port = Number(new URL(store.url.replace('esdb', 'http')).port);
    await store.close();
    await store.close();
    const socket = connectSocket(port, '127.0.0.1');
    expect(await new Promise((resolve) => socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)))).toBe('ECONNREFUSED');
  });

  test('a folder in use is refused', async () => {
    const folder = freshFolder();
    const first = await startEmbeddedEventStore({ folder });
    expect((await refused(startEmbeddedEventStore({ folder }))).message).toContain('Another event store is running');
    await first.close();
    const second = await startEmbeddedEventStore({ folder });
    await second.close();
  });

  test('a port that is taken is refused', async () => {
    const first = await startEmbeddedEventStore({});
    const port = Number(new URL(first.url.replace('esdb', 'http')).port);
    expect((await refused(startEmbeddedEventStore({ port }))).message).toContain('EADDRINUSE');
    await first.close();
  });

  test('several in one process are apart', async () => {
    const stores = await Promise.all([startEmbeddedEventStore({}), startEmbeddedEventStore({})]);
    const counts: number[] = [];
    for (const [index, { url }] of stores.entries()) {
      const client = EventStoreDBClient.connectionString(url);
      await client.appendToStream('thing-1', events(index + 1));
      let count = 0;
      for await (const _event of client.readStream('thing-1')) count += 1;
      counts.push(count);
      await client.dispose();
    }
    expect(counts).toEqual([1, 2]);
    await Promise.all(stores.map((store) => store.close()));
  });
});

describe('the write queue', () => {
  test('§5 row: not ready: UNAVAILABLE once it is closed', async () => {
    const { server } = await open();
    server.store.queue.close();
    expect(await refused(server.store.queue.write(() => 1))).toMatchObject({ code: status.UNAVAILABLE, message: 'Server Is Not Ready' });
  });
  test('§5 row: busy: UNAVAILABLE when too much waits; what was taken is written', async () => {
    const { server } = await open();
    const writes = Array.from({ length: 100_001 }, () => server.store.queue.write(() => 1));
    const last = await refused(writes.at(-1) ?? Promise.resolve());
    expect(last).toMatchObject({ code: status.UNAVAILABLE, message: 'Server Is Too Busy' });
    expect(await Promise.all(writes.slice(0, -1))).toHaveLength(100_000);
  });
  test('§5 row: a refusal of one write leaves the others of its transaction alone', async () => {
    const { server } = await open();
    const results = await Promise.allSettled([
      server.store.queue.write(() => 1),
      server.store.queue.write(() => {
        throw timedOut('the test says so');
      }),
      server.store.queue.write(() => 3),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('refusals', () => {
  test('§5 row: write or commit timeout: ABORTED without trailers', () => {
    expect(timedOut('commit')).toMatchObject({ code: status.ABORTED, message: 'Operation timed out: commit', trailers: {} });
  });
  test('§5 row: not leader is never emitted: no refusal of ours carries it', () => {
    expect([notReady(), tooBusy(), timedOut('x')].filter((failure: GrpcFailure) => failure.trailers['exception'] === 'not-leader')).toEqual([]);
  });
  test('§5 trailers are printable ASCII: other names are percent-encoded', () => {
    expect([ascii('plain-100%'), ascii('größe'), ascii('a\nb'), ascii('\ud800')]).toEqual(['plain-100%', 'gr%C3%B6%C3%9Fe', 'a%0Ab', '%EF%BF%BD']);
  });
});

describe('frames', () => {
  const cut = (chunks: readonly Buffer[]): readonly string[] => {
    const cutter = new FrameCutter();
    const found: string[] = [];
    for (const chunk of chunks) cutter.push(chunk, (message) => found.push(message.toString()));
    return found;
  };
  test('messages are found however the bytes are cut', () => {
    const bytes = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.alloc(0)), frame(Buffer.from('three'))]);
    for (let size = 1; size <= bytes.length; size += 1) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
      expect(cut(chunks)).toEqual(['one', '', 'three']);
    }
  });
  test('a compressed message is UNIMPLEMENTED, one over 16 MiB RESOURCE_EXHAUSTED', () => {
    const compressed = Buffer.from([1, 0, 0, 0, 0]);
    const huge = Buffer.from([0, 0x7f, 0, 0, 0]);
    expect(() => cut([compressed])).toThrow(expect.objectContaining({ code: status.UNIMPLEMENTED }));
    expect(() => cut([huge])).toThrow(expect.objectContaining({ code: status.RESOURCE_EXHAUSTED }));
  });
});
