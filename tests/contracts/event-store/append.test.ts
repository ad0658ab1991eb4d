import { randomUUID } from 'node:crypto';
import { binaryEvent, type EventData, jsonEvent } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { freshName, gather, made, refusal, several, useServer } from './harness.ts';
import { openBatch, rawAppend, rawBatch, rawEvent, rawRead } from './raw-requests.ts';

const server = useServer();
const paths = [
  { path: 'batch append', options: {} },
  { path: 'classic append', options: { credentials: { username: 'admin', password: 'changeit' } } },
] as const;
const append = (stream: string, events: EventData[], options: Record<string, unknown> = {}) => server().client.appendToStream(stream, events, options);
const idsOf = async (stream: string) => (await gather(server().client.readStream(stream))).map(({ event }) => event?.id);
const binary = (bytes: number, fill = 0) => binaryEvent({ type: 'Bytes', data: Buffer.alloc(bytes, fill) });

describe.each(paths)('§6 $path', ({ options }) => {
  test('the revision is that of the last event, the position that at which it is read back', async () => {
    const stream = freshName();
    const result = await append(stream, several(3), options);
    const read = await gather(server().client.readStream(stream));
    expect(result.nextExpectedRevision).toBe(2n);
    expect(read.at(-1)?.event?.position).toEqual(result.position);
  });

  test('events of one append are contiguous in $all, in order', async () => {
    const stream = freshName();
    const { position } = await append(stream, several(5), options);
    const before = await gather(server().client.readAll({ direction: 'backwards', fromPosition: position ?? 'end', maxCount: 4 }));
    expect(before.map(({ event }) => [event?.streamId, event?.revision])).toEqual([3n, 2n, 1n, 0n].map((revision) => [stream, revision]));
  });

  test('an append that fails its expectation writes none of its events', async () => {
    const stream = freshName();
    await append(stream, several(1), options);
    await refusal(append(stream, several(3), { ...options, expectedRevision: 'no_stream' }));
    expect(await idsOf(stream)).toHaveLength(1);
  });

  test('data and metadata come back as they were sent', async () => {
    const stream = freshName();
    const event = jsonEvent({ type: 'Ünïcode', data: { text: 'žluťoučký 🐎', nested: [1, null, { a: true }] }, metadata: { by: 'мир' } });
    await append(stream, [event], options);
    const [read] = await gather(server().client.readStream(stream));
    expect(read?.event).toMatchObject({
      streamId: stream,
      id: event.id,
      type: 'Ünïcode',
      data: event.data,
      metadata: event.metadata,
      isJson: true,
      revision: 0n,
    });
  });

  test('binary data is binary', async () => {
    const stream = freshName();
    const data = Buffer.from([0, 1, 2, 253, 254, 255]);
    await append(stream, [binaryEvent({ type: 'Bytes', data, metadata: Buffer.from([7, 0]) })], options);
    const [read] = await gather(server().client.readStream(stream));
    expect([read?.event?.isJson, Buffer.from(read?.event?.data as Uint8Array)]).toEqual([false, data]);
  });

  test('an empty list answers the current revision and writes nothing', async () => {
    const stream = freshName();
    await append(stream, several(2), options);
    expect(await append(stream, [], options)).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(await idsOf(stream)).toHaveLength(2);
  });

  test('an empty list checks the expected revision', async () => {
    const stream = freshName();
    await append(stream, several(2), options);
    expect(await refusal(append(stream, [], { ...options, expectedRevision: 0n }))).toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
  });

  test('an empty list on an absent stream is accepted', async () => {
    expect(await append(freshName(), [], options)).toMatchObject({ success: true, nextExpectedRevision: 0n });
  });

  test('exactly 1 MiB of data passes, one byte more does not', async () => {
    expect(await append(freshName(), [binary(512 * 1024), binary(512 * 1024)], options)).toMatchObject({ success: true });
    expect(await refusal(append(freshName(), [binary(512 * 1024), binary(512 * 1024 + 1)], options))).toMatchObject({ type: 'maximum-append-size-exceeded' });
  });

  test('idempotence 1: the same events at the same revision are written once', async () => {
    const stream = freshName();
    const events = several(3);
    const first = await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    const second = await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect([second.nextExpectedRevision, second.position]).toEqual([first.nextExpectedRevision, first.position]);
    expect(await idsOf(stream)).toHaveLength(3);
  });

  test('idempotence 1: a part of what was written, from its beginning, is a retry too', async () => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect(await append(stream, events.slice(0, 2), { ...options, expectedRevision: 'no_stream' })).toMatchObject({ nextExpectedRevision: 1n });
    expect(await append(stream, events.slice(1), { ...options, expectedRevision: 0n })).toMatchObject({ nextExpectedRevision: 2n });
  });

  test.each([
    { what: 'the first id differs', change: (events: EventData[]) => [made('Other'), ...events.slice(1)] },
    { what: 'a later id differs', change: (events: EventData[]) => [...events.slice(0, 2), made('Other')] },
    { what: 'it runs past the end', change: (events: EventData[]) => [...events, made('Other')] },
  ])('idempotence 1: when $what it is the wrong version', async ({ change }) => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, { ...options, expectedRevision: 'no_stream' });
    expect(await refusal(append(stream, change(events), { ...options, expectedRevision: 'no_stream' }))).toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
  });

  test('idempotence 2: at the current revision ids are not looked at', async () => {
    const stream = freshName();
    const events = several(1);
    await append(stream, events, options);
    await append(stream, events, { ...options, expectedRevision: 0n });
    expect(await idsOf(stream)).toEqual([events[0]?.id, events[0]?.id]);
  });

  test('idempotence 3: with any, known ids are a retry', async () => {
    const stream = freshName();
    const events = several(3);
    const first = await append(stream, events, options);
    await append(stream, several(1), options);
    const again = await append(stream, events, options);
    expect([again.nextExpectedRevision, again.position]).toEqual([2n, first.position]);
    expect(await idsOf(stream)).toHaveLength(4);
  });

  test('idempotence 3: with stream_exists as well', async () => {
    const stream = freshName();
    const events = several(2);
    await append(stream, events, options);
    expect(await append(stream, events, { ...options, expectedRevision: 'stream_exists' })).toMatchObject({ nextExpectedRevision: 1n });
    expect(await idsOf(stream)).toHaveLength(2);
  });

  test('idempotence 3: with any, a first id that is unknown appends all, known ones included', async () => {
    const stream = freshName();
    const events = several(2);
    await append(stream, events, options);
    await append(stream, [made('New'), ...events], options);
    expect(await idsOf(stream)).toHaveLength(5);
  });

  test('idempotence 3: with any, a known id followed by an unknown one is the wrong version', async () => {
    const stream = freshName();
    const events = several(2);
    await append(stream, events, options);
    expect(await refusal(append(stream, [...events, made('New')], options))).toMatchObject({ type: 'wrong-expected-version' });
  });

  test('idempotence 4: the same id in another stream is another event', async () => {
    const [one, other, events] = [freshName(), freshName(), several(1)];
    await append(one, events, options);
    await append(other, events, options);
    expect([await idsOf(one), await idsOf(other)]).toEqual([[events[0]?.id], [events[0]?.id]]);
  });

  test('idempotence 4: the same id twice in one append is written twice', async () => {
    const stream = freshName();
    const event = made('Twice');
    await append(stream, [event, event], options);
    expect(await idsOf(stream)).toEqual([event.id, event.id]);
  });

  test('idempotence 5: a retry of an event that was truncated has no position', async () => {
    const stream = freshName();
    const events = several(3);
    await append(stream, events, options);
    await server().client.setStreamMetadata(stream, { truncateBefore: 3 });
    const again = await append(stream, events, options);
    expect([again.success, again.nextExpectedRevision, again.position]).toEqual([true, 2n, undefined]);
  });
});

describe('§6 on the wire', () => {
  test('JSON is stored as it was sent, not checked, not reformatted', async () => {
    const stream = freshName();
    const sent = ['{ "a" :1,  "b":1e400 }', '{broken'].map((text) => ({ type: 'T', contentType: 'application/json', data: Buffer.from(text) }));
    await rawAppend(server(), stream, sent);
    const messages = await rawRead(server(), { stream: { name: stream, from: 'start' }, count: '9' });
    expect(messages.map((message) => Buffer.from(message.getEvent()?.getEvent()?.getData_asU8() ?? []).toString())).toEqual([
      '{ "a" :1,  "b":1e400 }',
      '{broken',
    ]);
  });

  test('a structured id is the same id', async () => {
    const [stream, id] = [freshName(), randomUUID()];
    await rawAppend(server(), stream, [{ ...rawEvent, id, structured: true }]);
    expect(await idsOf(stream)).toEqual([id]);
  });

  test('an id in upper case is the same id', async () => {
    const [stream, id] = [freshName(), randomUUID()];
    await rawAppend(server(), stream, [{ ...rawEvent, id: id.toUpperCase() }]);
    expect(await idsOf(stream)).toEqual([id]);
  });

  test('u64’s maximum as expected revision means no stream', async () => {
    const stream = freshName();
    expect((await rawAppend(server(), stream, [rawEvent], { expected: '18446744073709551615' })).hasSuccess()).toBe(true);
    expect((await rawAppend(server(), stream, [rawEvent], { expected: '18446744073709551615' })).hasWrongExpectedVersion()).toBe(true);
  });

  test('§13 the deprecated fields of the wrong version stay unset', async () => {
    const body = (await rawAppend(server(), freshName(), [rawEvent], { expected: '4' })).getWrongExpectedVersion();
    expect([body?.hasCurrentRevision2060(), body?.hasNoStream2060(), body?.hasExpectedRevision2060(), body?.hasAny2060()]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('the empty stream name is refused', async () => {
    expect((await refusal(rawAppend(server(), '', [rawEvent]))).code).toBeGreaterThan(0);
  });

  test('streams that begin with $ can be written', async () => {
    expect(await append(`$conformance-${randomUUID()}`, several(1))).toMatchObject({ success: true });
  });

  test('names may be long, and anything but empty', async () => {
    for (const name of [`${'n'.repeat(900)}${randomUUID()}`, `with space/slash?#%&=${randomUUID()}`, `日本語-${randomUUID()}`]) {
      await append(name, several(1));
      expect(await idsOf(name)).toHaveLength(1);
    }
  });

  test('30,000 events of 32 bytes pass in one append, 40,000 do not', async () => {
    const many = (count: number) => Array.from({ length: count }, () => binary(32));
    expect(await append(freshName(), many(30_000))).toMatchObject({ nextExpectedRevision: 29_999n });
    expect(await refusal(append(freshName(), many(40_000)))).toMatchObject({ type: 'maximum-append-size-exceeded' });
  });
});

describe('§6 batch append', () => {
  const part = (changes: Record<string, unknown>) => ({ correlation: randomUUID(), stream: freshName(), events: [rawEvent], isFinal: true, ...changes });

  test('one response a correlation id, with the stream and the expectation echoed', async () => {
    const stream = freshName();
    const correlation = randomUUID();
    const [response, ...more] = await rawBatch(server(), [part({ correlation, stream, expected: '18446744073709551615' })]);
    expect(more).toEqual([]);
    expect(response?.getCorrelationId()?.getString()).toBe(correlation);
    expect(Buffer.from(response?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
    expect(response?.hasNoStream()).toBe(true);
    expect([response?.getSuccess()?.getCurrentRevision(), response?.getSuccess()?.hasPosition()]).toEqual(['0', true]);
  });

  test('a structured correlation id comes back structured', async () => {
    const [response] = await rawBatch(server(), [part({ structured: true })]);
    expect(response?.getCorrelationId()?.hasStructured()).toBe(true);
  });

  test('an append may come in several messages', async () => {
    const [correlation, stream] = [randomUUID(), freshName()];
    const responses = await rawBatch(server(), [
      { correlation, stream, events: [rawEvent, rawEvent], isFinal: false },
      { correlation, events: [rawEvent], isFinal: false },
      { correlation, events: [rawEvent], isFinal: true },
    ]);
    expect(responses.map((response) => response.getSuccess()?.getCurrentRevision())).toEqual(['3']);
  });

  test('appends may be interleaved', async () => {
    const [one, other] = [part({ isFinal: false }), part({ isFinal: false })];
    const responses = await rawBatch(server(), [
      one,
      other,
      { correlation: one.correlation, isFinal: true },
      { correlation: other.correlation, events: [rawEvent], isFinal: true },
    ]);
    const revisions = new Map(responses.map((response) => [response.getCorrelationId()?.getString(), response.getSuccess()?.getCurrentRevision()]));
    expect([revisions.get(one.correlation), revisions.get(other.correlation)]).toEqual(['0', '1']);
  });

  test('a message under an unknown id is ignored', async () => {
    expect(await rawBatch(server(), [{ correlation: randomUUID(), events: [rawEvent], isFinal: true }, part({})])).toHaveLength(1);
  });

  test('after an error the rest of that append is dropped', async () => {
    const [correlation, stream] = [randomUUID(), freshName()];
    const responses = await rawBatch(server(), [
      { correlation, stream, events: [{ ...rawEvent, data: new Uint8Array(1024 * 1024 + 1) }], isFinal: false },
      { correlation, events: [rawEvent], isFinal: true },
    ]);
    expect(responses.map((response) => response.getError()?.getMessage())).toEqual(['MaximumAppendSizeExceeded']);
    expect(await refusal(gather(server().client.readStream(stream)))).toMatchObject({ type: 'stream-not-found' });
  });

  test('an append that is not finished in time is answered Timeout', async () => {
    const unfinished = part({ isFinal: false, deadlineMs: Date.now() + 200 });
    const [response] = await openBatch(server(), [unfinished], 1);
    expect([response?.getError()?.getCode(), response?.getError()?.getMessage()]).toEqual([4, 'Timeout']);
  });

  const details: readonly { readonly name: string; readonly code: number; readonly act: () => Promise<unknown> }[] = [
    { name: 'WrongExpectedVersion', code: 6, act: async () => rawBatch(server(), [part({ expected: '9' })]) },
    {
      name: 'StreamDeleted',
      code: 5,
      act: async () => {
        const stream = freshName();
        await server().client.tombstoneStream(stream);
        return rawBatch(server(), [part({ stream })]);
      },
    },
    { name: 'AccessDenied', code: 7, act: async () => rawBatch(server(), [part({ stream: '$all' })]) },
    { name: 'Timeout', code: 4, act: async () => rawBatch(server(), [part({ deadlineMs: Date.now() - 1 })]) },
    {
      name: 'MaximumAppendSizeExceeded',
      code: 3,
      act: async () => rawBatch(server(), [part({ events: [{ ...rawEvent, data: new Uint8Array(1024 * 1024 + 1) }] })]),
    },
  ];
  test.each(details)('§5 $name is one detail of google.rpc.Status with code $code', async ({ name, code, act }) => {
    const [response] = (await act()) as Awaited<ReturnType<typeof rawBatch>>;
    const error = response?.getError();
    expect([error?.getCode(), error?.getMessage(), error?.getDetails()?.getTypeUrl()]).toEqual([code, name, `type.googleapis.com/event_store.client.${name}`]);
    expect(response?.hasStreamIdentifier()).toBe(true);
  });

  test('§5 BadRequest: an event without a type', async () => {
    const [response] = await rawBatch(server(), [part({ events: [{ contentType: 'application/json' }] })]);
    expect([response?.getError()?.getCode(), response?.getError()?.getDetails()?.getTypeName()]).toEqual([3, 'event_store.client.BadRequest']);
  });

  test('one refusal leaves the appends beside it alone', async () => {
    const stream = freshName();
    const appends = Array.from({ length: 40 }, (_, n) => append(stream, several(1), n % 4 === 0 ? { expectedRevision: 7777n } : {}));
    const results = await Promise.allSettled(appends);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await idsOf(stream)).toHaveLength(30);
  });

  test('10,000 concurrent appends on one stream all arrive, once, without gaps', async () => {
    const stream = freshName();
    const results = await Promise.all(Array.from({ length: 10_000 }, () => append(stream, several(1))));
    expect(new Set(results.map(({ nextExpectedRevision }) => nextExpectedRevision)).size).toBe(10_000);
    expect(await idsOf(stream)).toHaveLength(10_000);
  });

  test('of concurrent appends at the same revision exactly one succeeds', async () => {
    const stream = freshName();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => append(stream, several(1), { expectedRevision: 'no_stream' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
