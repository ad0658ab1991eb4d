import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY, type AppendExpectedRevision, EventStoreDBClient, jsonEvent, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type RunningServer, startServer } from '../../../src/infrastructure/embedded-event-store/server.ts';
import { Model, type Outcome, tombstone } from './model.ts';

const seed = Number(process.env['TEST_SEED'] ?? 20260101);
const tombstoneRevision = 9223372036854775807n;

/** One server for all runs; a restart is a step of a run. Streams carry the run's name, so runs do not see each other. */
class Real {
  readonly #folder = mkdtempSync(join(tmpdir(), 'event-store-model-'));
  #server: RunningServer | undefined;
  client: EventStoreDBClient | undefined;

  async start(): Promise<void> {
    this.#server = await startServer({ host: '127.0.0.1', port: 0, folder: this.#folder });
    this.client = EventStoreDBClient.connectionString(`esdb://127.0.0.1:${this.#server.port}?tls=false`);
  }

  get next(): number {
    return this.#server?.store.log.next ?? 0;
  }

  get connected(): EventStoreDBClient {
    if (this.client === undefined) throw new Error('not started');
    return this.client;
  }

  async stop(): Promise<void> {
    await this.client?.dispose();
    await this.#server?.close();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

type Run = { readonly model: Model; readonly name: (stream: number) => string; readonly from: number; lastIds: readonly string[] };
type Step =
  | { readonly kind: 'append'; readonly stream: number; readonly count: number; readonly expected: Expectation }
  | { readonly kind: 'repeat'; readonly stream: number; readonly expected: Expectation; readonly isLonger: boolean }
  | { readonly kind: 'delete'; readonly stream: number; readonly expected: Expectation }
  | { readonly kind: 'tombstone'; readonly stream: number }
  | { readonly kind: 'describe'; readonly stream: number; readonly maxCount: number | undefined; readonly truncateBefore: number | undefined }
  | { readonly kind: 'read'; readonly stream: number; readonly isBackwards: boolean; readonly from: number | undefined; readonly count: number }
  | { readonly kind: 'readAll'; readonly isBackwards: boolean }
  | { readonly kind: 'subscribe'; readonly stream: number; readonly from: number | undefined }
  | { readonly kind: 'restart' };
type Expectation = 'any' | 'no_stream' | 'stream_exists' | 'last' | number;

const streams = fc.integer({ min: 0, max: 2 });
const expectations = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Expectation>('any', 'no_stream', 'stream_exists', 'last') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }) },
);
const optionalRevision = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), stream: streams, count: fc.integer({ min: 0, max: 4 }), expected: expectations }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('repeat' as const), stream: streams, expected: expectations, isLonger: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), stream: streams, expected: expectations }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tombstone' as const), stream: streams }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('describe' as const),
      stream: streams,
      maxCount: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
      truncateBefore: optionalRevision,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      stream: streams,
      isBackwards: fc.boolean(),
      from: optionalRevision,
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('readAll' as const), isBackwards: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('subscribe' as const), stream: streams, from: optionalRevision }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

const expectedOf = (run: Run, name: string, expectation: Expectation): AppendExpectedRevision => {
  if (expectation === 'any') return ANY;
  if (expectation === 'no_stream') return NO_STREAM;
  if (expectation === 'stream_exists') return STREAM_EXISTS;
  if (expectation === 'last') return run.model.last(name) < 0 ? NO_STREAM : BigInt(run.model.last(name));
  return BigInt(expectation);
};

const outcomeOf = async (attempt: Promise<object>): Promise<Outcome> => {
  try {
    const result = await attempt;
    return { kind: 'ok', revision: 'nextExpectedRevision' in result ? Number(result.nextExpectedRevision) : 0 };
  } catch (error) {
    const type = (error as { readonly type?: string }).type;
    if (type === 'wrong-expected-version') return { kind: 'conflict' };
    if (type === 'stream-deleted') return { kind: 'deleted' };
    throw error;
  }
};

const append = async (real: Real, run: Run, step: { readonly stream: number; readonly expected: Expectation }, ids: readonly string[]): Promise<void> => {
  const name = run.name(step.stream);
  const expected = expectedOf(run, name, step.expected);
  const events = ids.map((id) => jsonEvent({ id, type: 'Happened', data: {} }));
  const modelled = run.model.append(name, ids, expected);
  const outcome = await outcomeOf(real.connected.appendToStream(name, events, { expectedRevision: expected }));
  // An empty append to an empty stream has no revision to tell; the client reads that as 0.
  const isEmpty = modelled.kind === 'ok' && modelled.revision === -1;
  expect(outcome).toEqual(isEmpty ? { kind: 'ok', revision: 0 } : modelled);
};

const readStream = async (real: Real, name: string, options: { readonly isBackwards: boolean; readonly from: number | undefined; readonly count: number }) => {
  const found: string[] = [];
  const direction = options.isBackwards ? 'backwards' : 'forwards';
  const fromRevision = options.from === undefined ? (options.isBackwards ? 'end' : 'start') : BigInt(options.from);
  try {
    for await (const { event } of real.connected.readStream(name, { direction, fromRevision, maxCount: options.count } as never))
      found.push(`${event?.revision} ${event?.id}`);
    return found;
  } catch (error) {
    return (error as { readonly type?: string }).type === 'stream-not-found' ? 'absent' : 'deleted';
  }
};

const read = async (real: Real, run: Run, step: Step & { readonly kind: 'read' }): Promise<void> => {
  const name = run.name(step.stream);
  const readable = run.model.readable(name);
  const { from, isBackwards, count } = step;
  const line = ({ revision, id }: { readonly revision: number; readonly id: string }): string => `${revision} ${id}`;
  const chosen =
    typeof readable === 'string'
      ? readable
      : isBackwards
        ? readable
            .filter(({ revision }) => from === undefined || revision <= from)
            .reverse()
            .slice(0, count)
            .map(line)
        : readable
            .filter(({ revision }) => from === undefined || revision >= from)
            .slice(0, count)
            .map(line);
  expect(await readStream(real, name, { from, isBackwards, count })).toEqual(chosen);
};

const readAll = async (real: Real, run: Run, isBackwards: boolean): Promise<void> => {
  const found: string[] = [];
  const from = { commit: BigInt(run.from), prepare: BigInt(run.from) };
  const events = isBackwards
    ? real.connected.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: run.model.log.length })
    : real.connected.readAll({ fromPosition: from });
  for await (const { event } of events)
    if (event?.streamId.includes(run.name(0).slice(0, -2)) === true)
      found.push(`${event.streamId} ${event.revision === tombstoneRevision ? tombstone : event.revision}`);
  const modelled = run.model.log.map(({ stream, revision }) => `${stream} ${revision}`);
  expect(found).toEqual(isBackwards ? modelled.reverse() : modelled);
};

const subscribe = async (real: Real, run: Run, step: Step & { readonly kind: 'subscribe' }): Promise<void> => {
  const name = run.name(step.stream);
  const subscription = real.connected.subscribeToStream(name, { fromRevision: step.from === undefined ? 'start' : BigInt(step.from) });
  const found: number[] = [];
  const isDeleted = await new Promise<boolean>((resolve) => {
    subscription.on('data', ({ event }) => found.push(Number(event?.revision)));
    (subscription as NodeJS.EventEmitter).once('caughtUp', () => resolve(false));
    subscription.once('error', () => resolve(true));
  });
  if (!isDeleted) await subscription.unsubscribe();
  const readable = run.model.readable(name);
  expect(isDeleted).toBe(readable === 'deleted');
  const { from } = step;
  expect(found).toEqual(
    typeof readable === 'string' ? [] : readable.map(({ revision }) => revision).filter((revision) => from === undefined || revision > from),
  );
};

const take = async (real: Real, run: Run, step: Step): Promise<void> => {
  switch (step.kind) {
    case 'append':
      run.lastIds = Array.from({ length: step.count }, () => randomUUID());
      return append(real, run, step, run.lastIds);
    case 'repeat':
      return append(real, run, step, step.isLonger ? [...run.lastIds, randomUUID()] : run.lastIds);
    case 'delete': {
      const expected = expectedOf(run, run.name(step.stream), step.expected === 'stream_exists' ? 'any' : step.expected);
      const outcome = await outcomeOf(real.connected.deleteStream(run.name(step.stream), { expectedRevision: expected as never }));
      return expect(outcome).toEqual(run.model.delete(run.name(step.stream), expected));
    }
    case 'tombstone':
      return expect(await outcomeOf(real.connected.tombstoneStream(run.name(step.stream)))).toEqual(run.model.tombstone(run.name(step.stream)));
    case 'describe': {
      const limits = {
        ...(step.maxCount === undefined ? {} : { maxCount: step.maxCount }),
        ...(step.truncateBefore === undefined ? {} : { truncateBefore: step.truncateBefore }),
      };
      const outcome = await outcomeOf(real.connected.setStreamMetadata(run.name(step.stream), limits));
      return expect(outcome.kind).toBe(run.model.describe(run.name(step.stream), limits).kind);
    }
    case 'read':
      return read(real, run, step);
    case 'readAll':
      return readAll(real, run, step.isBackwards);
    case 'subscribe':
      return subscribe(real, run, step);
    case 'restart':
      await real.stop();
      return real.start();
    default:
      return step satisfies never;
  }
};

test('ES-1 random appends, retries, deletes, metadata, reads, subscriptions and restarts do what the model does', async () => {
  const real = new Real();
  await real.start();
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (script) => {
        const tag = randomUUID();
        const run: Run = { model: new Model(), name: (stream) => `${tag}-${stream}`, from: real.next, lastIds: [] };
        for (const step of script) await take(real, run, step);
        await readAll(real, run, false);
      }),
      { seed, numRuns: 1000 },
    );
  } finally {
    await real.stop();
    real.remove();
  }
}, 300_000);
