import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogReader, type LogSubscriber } from '../../src/application/log-reader.ts';
import { type LogBatch, type NewEvent, UnreadableEvent } from '../../src/application/ports/event-log.ts';
import { MemoryEventLog, storeAway } from '../kit/memory-event-log.ts';

const event = (id: string): NewEvent => ({
  id,
  type: 'Happened',
  data: {},
  metadata: {
    $correlationId: id,
    $causationId: id,
    commandId: id,
    commandHash: '',
    tenant: null,
    account: null,
    actor: { kind: 'system', id: 'test' },
    schemaVersion: 1,
    occurredAt: '2026-01-01T00:00:00.000Z',
  },
});
let revision = 0;
const grow = async (log: MemoryEventLog, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await log.append(`thing-${revision}`, [event(`e${revision++}`)], -1);
};

/** Remembers what it was given; can be told to fail, to stand still, or to be slow. */
class Witness implements LogSubscriber {
  readonly name = 'witness';
  readonly from: bigint | undefined;
  readonly seen: bigint[] = [];
  reason: unknown;
  failAt: bigint | undefined;
  gate: Promise<void> = Promise.resolve();
  position = -1n;
  #wanted: { readonly position: bigint; readonly resolve: () => void } | undefined;

  constructor(from?: bigint) {
    this.from = from;
  }
  readonly handle = async (batch: LogBatch): Promise<void> => {
    await this.gate;
    if (this.failAt !== undefined && batch.position >= this.failAt) throw new Error('it fails here');
    this.seen.push(...batch.events.map(({ position }) => position));
    this.position = batch.position;
    if (this.#wanted !== undefined && batch.position >= this.#wanted.position) this.#wanted.resolve();
  };
  readonly detached = (reason: unknown): void => {
    this.reason = reason;
    this.#wanted?.resolve();
  };
  /** Resolves at this position, or when detached. */
  async until(position: bigint): Promise<void> {
    if (this.position >= position || this.reason !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#wanted = { position, resolve };
    });
  }
}
const positions = (log: MemoryEventLog, after = -1n): readonly bigint[] => log.events.map(({ position }) => position).filter((position) => position > after);
const held = (): { readonly promise: Promise<void>; readonly open: () => void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, open: () => resolve() };
};

describe('the one reader', () => {
  test('ES-5 every subscriber, added at any time, sees each event after its start once and in order', async () => {
    const join = fc.record({ at: fc.nat({ max: 30 }), from: fc.option(fc.nat({ max: 30 }), { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(join, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 9 }), async (joins, batch) => {
        const log = new MemoryEventLog(batch);
        const reader = new LogReader({ log, queueEventsMax: 5, patienceMs: 1 });
        const witnesses: Witness[] = [];
        for (let round = 0; round <= 30; round += 1) {
          for (const { at, from } of joins.filter((each) => each.at === round)) {
            const witness = new Witness(from === undefined ? undefined : BigInt(from) * 100n);
            witnesses.push(witness);
            reader.subscribe(witness);
            expect(at).toBe(round);
          }
          if (round === 10) reader.start();
          await grow(log, 1);
        }
        const tail = await log.tail();
        await Promise.all(witnesses.map((witness) => witness.until(tail)));
        for (const witness of witnesses) expect(witness.seen).toEqual(positions(log, witness.from));
        await reader.stop();
      }),
      { numRuns: 60 },
    );
  });

  test('begins at the earliest of all starts, and at the end without subscribers', async () => {
    const log = new MemoryEventLog();
    await grow(log, 10);
    const reader = new LogReader({ log });
    const [early, late] = [new Witness(300n), new Witness(700n)];
    reader.subscribe(late);
    reader.subscribe(early);
    reader.start();
    await Promise.all([early.until(1000n), late.until(1000n)]);
    expect(early.seen).toEqual(positions(log, 300n));
    expect(late.seen).toEqual(positions(log, 700n));
    expect(reader.position).toBe(1000n);
    expect(await reader.tailLag()).toBe(0n);
    await reader.stop();
  });

  test('one whose handler throws is told and detached; the others go on', async () => {
    const log = new MemoryEventLog(1);
    const reader = new LogReader({ log });
    const [good, bad] = [new Witness(), new Witness()];
    bad.failAt = 300n;
    reader.subscribe(good);
    reader.subscribe(bad);
    reader.start();
    await grow(log, 5);
    await Promise.all([good.until(500n), bad.until(500n)]);
    expect(String(bad.reason)).toContain('it fails here');
    expect(bad.seen).toEqual([100n, 200n]);
    expect(good.seen).toEqual(positions(log));
    await reader.stop();
  });

  test('one that stands still does not hold up the others, and is level again afterwards', async () => {
    const log = new MemoryEventLog(2);
    const reader = new LogReader({ log, queueEventsMax: 4, patienceMs: 5 });
    const [quick, stuck] = [new Witness(), new Witness()];
    const gate = held();
    stuck.gate = gate.promise;
    reader.subscribe(quick);
    reader.subscribe(stuck);
    reader.start();
    await grow(log, 100);
    await quick.until(await log.tail());
    expect(stuck.seen).toEqual([]);
    gate.open();
    await grow(log, 3);
    await stuck.until(await log.tail());
    expect(stuck.seen).toEqual(positions(log));
    await reader.stop();
  });

  test('a store that goes away and comes back loses and repeats nothing', async () => {
    const log = new MemoryEventLog(3);
    const failures: unknown[] = [];
    const noticed = held();
    const reader = new LogReader({
      log,
      failed: (error) => {
        failures.push(error);
        noticed.open();
      },
    });
    const witness = new Witness();
    reader.subscribe(witness);
    reader.start();
    await grow(log, 10);
    await witness.until(500n);
    log.failure = storeAway();
    log.wake();
    await noticed.promise;
    log.failure = undefined;
    await grow(log, 10);
    await witness.until(await log.tail());
    expect(witness.seen).toEqual(positions(log));
    expect(failures.length).toBeGreaterThan(0);
    await reader.stop();
  });

  test('a log that this program cannot read stops everybody for good, late ones too', async () => {
    const log = new MemoryEventLog(3);
    const reader = new LogReader({ log });
    const [first, second, late] = [new Witness(), new Witness(), new Witness()];
    reader.subscribe(first);
    reader.subscribe(second);
    reader.start();
    await grow(log, 4);
    await first.until(400n);
    log.failure = new UnreadableEvent('unknown event type');
    log.wake();
    await Promise.all([first.until(10_000n), second.until(10_000n)]);
    reader.subscribe(late);
    expect([first.reason, second.reason, late.reason].map(String)).toEqual(Array(3).fill('UnreadableEvent: unknown event type'));
    expect(String(reader.fault)).toContain('unknown event type');
    await reader.stop();
  });

  test('stopping and unsubscribing let the batch in work finish, and nothing comes after', async () => {
    const log = new MemoryEventLog(2);
    const reader = new LogReader({ log });
    const [leaving, staying] = [new Witness(), new Witness()];
    const gate = held();
    leaving.gate = gate.promise;
    const subscription = reader.subscribe(leaving);
    reader.subscribe(staying);
    await grow(log, 4);
    reader.start();
    await staying.until(400n);
    const left = subscription.unsubscribe();
    gate.open();
    await left;
    const seen = [...leaving.seen];
    await grow(log, 4);
    await staying.until(800n);
    await reader.stop();
    await grow(log, 4);
    expect(leaving.seen).toEqual(seen);
    expect(staying.seen).toEqual(positions(log).slice(0, 8));
  });
});
