import { ANY, type AppendExpectedRevision, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { describe, expect, test } from '@jest/globals';
import { gather, made, refusal, several, useServer } from './harness.ts';
import { bring, lastRevision, type Situation, situations } from './streams-in-every-state.ts';

const server = useServer();

type Outcome = { readonly next: bigint } | 'stream-deleted' | { readonly current: bigint | 'no_stream' };
type Row = { readonly situation: Situation; readonly expected: AppendExpectedRevision; readonly outcome: Outcome };

const deleted = 'stream-deleted';
const conflict = (current: bigint | 'no_stream'): Outcome => ({ current });

/** EVENT-STORE.md §6, "Expected revision", written out. */
const rowsOf = (situation: Situation): readonly Row[] => {
  const last = lastRevision[situation];
  const current = last < 0n ? 'no_stream' : last;
  const next = { next: last + 1n };
  const isTombstoned = situation === 'tombstoned';
  const hasNone = situation === 'absent' || situation === 'metadata only';
  const row = (expected: AppendExpectedRevision, outcome: Outcome): Row => ({ situation, expected, outcome: isTombstoned ? deleted : outcome });
  const exists: Outcome = situation === 'absent' ? conflict('no_stream') : situation === 'soft-deleted' ? deleted : next;
  return [
    row(ANY, next),
    row(NO_STREAM, hasNone || situation === 'soft-deleted' ? next : conflict(current)),
    row(STREAM_EXISTS, exists),
    row(hasNone ? 0n : last, hasNone ? conflict('no_stream') : next),
    row(last > 0n ? last - 1n : 7n, conflict(current)),
    row(100n, conflict(current)),
  ];
};

const rows = situations.flatMap(rowsOf);
const paths = [
  { path: 'batch append', options: {} },
  { path: 'classic append', options: { credentials: { username: 'admin', password: 'changeit' } } },
] as const;

describe.each(paths)('§6 expected revisions by $path', ({ options }) => {
  test.each(rows)('a stream that is $situation, expecting $expected', async ({ situation, expected, outcome }) => {
    const { client } = server();
    const stream = await bring(client, situation);
    const append = client.appendToStream(stream, [made('Appended')], { ...options, expectedRevision: expected });
    if (outcome === 'stream-deleted') {
      expect(await refusal(append)).toMatchObject({ type: 'stream-deleted', streamName: stream });
    } else if ('next' in outcome) {
      expect(await append).toMatchObject({ success: true, nextExpectedRevision: outcome.next });
    } else {
      expect(await refusal(append)).toMatchObject({
        type: 'wrong-expected-version',
        streamName: stream,
        actualVersion: outcome.current,
        expectedVersion: expected,
      });
    }
  });

  test('a refused append leaves nothing behind', async () => {
    const { client } = server();
    const stream = await bring(client, 'three events');
    await refusal(client.appendToStream(stream, several(4), { ...options, expectedRevision: 0n }));
    expect(await gather(client.readStream(stream))).toHaveLength(3);
  });

  test('throwOnAppendFailure: false gives a value instead of an error', async () => {
    const { client, url } = server();
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    const lenient = EventStoreDBClient.connectionString(`${url}&throwOnAppendFailure=false`);
    const stream = await bring(client, 'three events');
    const result = await lenient.appendToStream(stream, several(1), { ...options, expectedRevision: 0n });
    await lenient.dispose();
    expect(result).toMatchObject({ success: false });
  });
});

describe('§9 expected revisions of deletes', () => {
  const expectations = [ANY, NO_STREAM, 'last', 'wrong'] as const;
  const cases = situations.flatMap((situation) => expectations.map((expectation) => ({ situation, expectation })));

  const succeeds = (situation: Situation, expectation: (typeof expectations)[number], isHard: boolean): boolean => {
    const hasNone = situation === 'absent' || situation === 'metadata only';
    if (expectation === 'wrong') return false;
    if (expectation === 'last') return !hasNone;
    if (situation === 'absent') return isHard;
    return expectation === ANY || hasNone || situation === 'soft-deleted';
  };

  const numbers = { any: -2n, no_stream: -1n } as const;

  test.each(cases)('delete of a stream that is $situation, expecting $expectation', async ({ situation, expectation }) => {
    const { client } = server();
    const stream = await bring(client, situation);
    const last = lastRevision[situation];
    const expectedRevision = expectation === 'last' ? (last < 0n ? 0n : last) : expectation === 'wrong' ? 50n : expectation;
    const attempt = client.deleteStream(stream, { expectedRevision });
    if (situation === 'tombstoned') expect(await refusal(attempt)).toMatchObject({ type: 'stream-deleted', code: 9, streamName: stream });
    else if (succeeds(situation, expectation, false)) expect((await attempt).position?.commit).toBeGreaterThanOrEqual(0n);
    else {
      const expectedVersion = typeof expectedRevision === 'bigint' ? expectedRevision : numbers[expectedRevision];
      expect(await refusal(attempt)).toMatchObject({ type: 'wrong-expected-version', code: 9, streamName: stream, expectedVersion, actualVersion: last });
    }
  });

  test.each(cases)('tombstone of a stream that is $situation, expecting $expectation', async ({ situation, expectation }) => {
    const { client } = server();
    const stream = await bring(client, situation);
    const last = lastRevision[situation];
    const expectedRevision = expectation === 'last' ? (last < 0n ? 0n : last) : expectation === 'wrong' ? 50n : expectation;
    const attempt = client.tombstoneStream(stream, { expectedRevision });
    if (situation === 'tombstoned') expect(await refusal(attempt)).toMatchObject({ type: 'stream-deleted', code: 9 });
    else if (succeeds(situation, expectation, true)) expect((await attempt).position?.commit).toBeGreaterThanOrEqual(0n);
    else expect(await refusal(attempt)).toMatchObject({ type: 'wrong-expected-version', actualVersion: last });
  });
});
