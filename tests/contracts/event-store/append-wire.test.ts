import { randomUUID } from 'node:crypto';
import { binaryEvent, type EventData } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { freshName, gather, refusal, several, useServer } from './harness.ts';
import { openBatch, rawAppend, rawBatch, rawEvent, rawRead } from './raw-requests.ts';

const server = useServer();
const append = (stream: string, events: EventData[], options: Record<string, unknown> = {}) => server().client.appendToStream(stream, events, options);
const idsOf = async (stream: string) => (await gather(server().client.readStream(stream))).map(({ event }) => event?.id);
const binary = (bytes: number, fill = 0) => binaryEvent({ type: 'Bytes', data: Buffer.alloc(bytes, fill) });

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
    // The client's own ten seconds are about the machine, not about the rule.
    const results = await Promise.all(Array.from({ length: 10_000 }, () => append(stream, several(1), { deadline: 110_000 })));
    expect(new Set(results.map(({ nextExpectedRevision }) => nextExpectedRevision)).size).toBe(10_000);
    expect(await idsOf(stream)).toHaveLength(10_000);
  });

  test('of concurrent appends at the same revision exactly one succeeds', async () => {
    const stream = freshName();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => append(stream, several(1), { expectedRevision: 'no_stream' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
