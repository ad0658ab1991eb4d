/** Each deadline is given to its aggregate once: with two schedulers, deaths anywhere, clocks that jump, read models that lag, and weeks of sleep. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { deadlines as projection } from '../../projections/deadlines/projection.ts';
import { startClockwork } from '../../src/application/deadlines/clockwork.ts';
import { DeadlineScheduler } from '../../src/application/deadlines/scheduler.ts';
import type { DueDeadline, DueDeadlines } from '../../src/application/ports/due-deadlines.ts';
import type { EventLog, StoredEvent } from '../../src/application/ports/event-log.ts';
import { addDays, addMilliseconds } from '../../src/domain/kernel/calendar.ts';
import { model } from '../../src/domain/model.ts';
import { id, now } from '../kit/decider.ts';
import { MortalLog } from '../kit/machine.ts';
import type { MemoryEventLog } from '../kit/memory-event-log.ts';
import { foldWhole } from '../kit/projections.ts';
import { rentalLog } from '../kit/rental.ts';
import { fc } from '../kit/seed.ts';
import { type Shell, shellOn } from '../kit/shell.ts';

type Row = { readonly deadline_id: string; readonly category: string; readonly aggregate_id: string; readonly name: string; readonly due_at: string } & {
  readonly command: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly set_by: string;
  readonly correlation_id: string;
};
/** The read model `deadline` over so much of the log as it has seen. */
class Folded implements DueDeadlines {
  readonly #events: () => readonly StoredEvent[];
  constructor(events: () => readonly StoredEvent[]) {
    this.#events = events;
  }
  async due(at: string, limit: number): Promise<readonly DueDeadline[]> {
    const rows = (foldWhole(projection, this.#events())['deadline'] ?? []).map((row) => JSON.parse(row) as Row);
    return rows
      .filter(({ due_at: dueAt }) => dueAt <= at)
      .sort((a, b) => (a.due_at < b.due_at ? -1 : 1))
      .slice(0, limit)
      .map(({ deadline_id: deadlineId, category, aggregate_id: aggregateId, name, due_at: dueAt, command, data, set_by: setBy, correlation_id }) => ({
        ...{ deadlineId, category, aggregateId, name, dueAt, command, data, setBy },
        correlationId: correlation_id,
      }));
  }
}

const node = (log: EventLog): Shell => shellOn(log, model);
const dayMs = 86_400_000;
const unit = id('U1');
const expiries = ['2026-04-10', '2026-06-20', '2026-06-20'] as const;
/** Units with permits that run out. */
const withPapers = async (): Promise<MemoryEventLog> => {
  const names = expiries.map((_, n) => `U${n}`);
  const log = await rentalLog(names);
  const { send } = node(log);
  for (const [n, expiresOn] of expiries.entries()) {
    await send('equipment', id(`U${n}`), 'SetPermit', { licensePlateNumber: `TC-${n}`, licensePlateState: 'Guatemala', expiresOn });
  }
  return log;
};
const types = (log: MemoryEventLog) => log.events.map(({ type }) => type);
const told = (log: MemoryEventLog) =>
  log.events
    .filter(({ type }) => type === 'EquipmentPermitExpiryNear' || type === 'EquipmentPermitExpired')
    .map(({ data }) => ({ paper: String(data['permitId']), daysLeft: Number(data['daysLeft'] ?? 0) }));
const schedulerOn = (log: EventLog, deadlines: DueDeadlines, clock: () => string): DeadlineScheduler =>
  new DeadlineScheduler({ log, commands: node(log).commands, deadlines, clock });

type Step =
  | { readonly kind: 'jump'; readonly days: number }
  | { readonly kind: 'fire'; readonly scheduler: number; readonly diesAt: number; readonly lag: number }
  | { readonly kind: 'restart'; readonly scheduler: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('jump' as const), days: fc.integer({ min: -20, max: 40 }) }),
  fc.record({ kind: fc.constant('fire' as const), scheduler: fc.nat({ max: 1 }), diesAt: fc.nat({ max: 30 }), lag: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant('restart' as const), scheduler: fc.nat({ max: 1 }) }),
);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('deadlines', () => {
  test('PM-10 ES-8 tell of each paper and threshold once, the nearer never before the farther, whatever clocks, schedulers and read models do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const log = await withPapers();
        let clock = now;
        const fresh = () => schedulerOn(log, new Folded(() => log.events), () => clock);
        const schedulers = [fresh(), fresh()];
        for (const each of steps) {
          if (each.kind === 'jump') clock = addMilliseconds(clock, each.days * dayMs);
          else if (each.kind === 'restart') schedulers[each.scheduler] = fresh();
          else {
            const seen = log.events.length - each.lag;
            const mortal = new MortalLog(log, { step: each.diesAt, when: each.diesAt % 2 === 0 ? 'before' : 'after' });
            const dying = schedulerOn(mortal, new Folded(() => log.events.slice(0, Math.max(seen, 0))), () => clock);
            await Promise.race([dying.fireDue(), mortal.died]);
            await schedulers[each.scheduler]?.fireDue();
          }
        }
        clock = '2026-12-01T00:00:00.000Z';
        await Promise.all(schedulers.map((scheduler) => scheduler.fireDue()));
        const all = told(log);
        for (const paper of new Set(all.map((one) => one.paper))) {
          const mine = all.filter((one) => one.paper === paper).map(({ daysLeft }) => daysLeft);
          expect(mine).toEqual([...new Set(mine)].sort((a, b) => b - a));
          expect(mine.filter((daysLeft) => daysLeft === 0)).toEqual([0]);
        }
        expect(new Set(all.map(({ paper }) => paper)).size).toBe(expiries.length);
        expect(await new Folded(() => log.events).due(clock, 1000)).toEqual([]);
        const closed = log.events.filter(({ type }) => type === 'DeadlineClosed');
        expect(new Set(closed.map(({ metadata }) => metadata.commandId)).size).toBe(closed.length);
      }),
      { numRuns: Number(process.env['FAULTS'] ?? 60) },
    );
  });

  test('PM-4 after weeks of sleep all that fell due is given, the oldest first', async () => {
    const log = await withPapers();
    const fired = await schedulerOn(log, new Folded(() => log.events), () => '2026-07-01T00:00:00.000Z').fireDue();
    const due = log.events.filter(({ type }) => type === 'DeadlineClosed').map(({ data }) => String(data['dueAt']));
    expect(fired).toBe(due.length);
    expect(due).toEqual([...due].sort());
    expect(due).toHaveLength(expiries.length * 4);
    // Of what was missed only the last reminder is told.
    for (const of of Map.groupBy(told(log), ({ paper }) => paper).values()) expect(of.map(({ daysLeft }) => daysLeft)).toEqual([7, 0]);
  });

  test('PM-10 a paper set anew for the same day is told of again, and its deadlines are closed again', async () => {
    const log = await rentalLog(['U1']);
    const { send } = node(log);
    const permit = { licensePlateNumber: 'TC-1', licensePlateState: 'Guatemala', expiresOn: '2026-04-10' };
    const scheduler = () => schedulerOn(log, new Folded(() => log.events), () => `${addDays(permit.expiresOn, 1)}T12:00:00.000Z`);
    await send('equipment', unit, 'SetPermit', permit);
    await scheduler().fireDue();
    await send('equipment', unit, 'SetPermit', { ...permit, licensePlateNumber: 'TC-2' });
    await scheduler().fireDue();
    expect(types(log).filter((type) => type === 'EquipmentPermitExpired')).toHaveLength(2);
    expect(await new Folded(() => log.events).due('2026-11-01T00:00:00.000Z', 100)).toEqual([]);
  });

  const madeUp = (name: string, command: string, data: object): DueDeadline => ({
    ...{ deadlineId: id(name), category: 'equipment', aggregateId: unit, name, dueAt: now, command, setBy: id('set'), correlationId: id('c') },
    data: { ...data },
  });
  /** What a list says is due, but for what the log says is closed. */
  const listed = (log: MemoryEventLog, list: readonly DueDeadline[]): DueDeadlines => ({
    due: async (_at, limit) => list.filter(({ deadlineId }) => !log.events.some(({ stream }) => stream === `deadline-${deadlineId}`)).slice(0, limit),
  });

  test('a refused one is closed with its refusal, and does not come again', async () => {
    const log = await rentalLog(['U1']);
    await node(log).send('equipment', unit, 'RetireEquipment', { reason: 'old' });
    const deadlines = listed(log, [madeUp('late hold', 'PlaceHold', { kind: 'recall', source: 'test' })]);
    expect(await schedulerOn(log, deadlines, () => now).fireDue()).toBe(1);
    expect(log.events.at(-1)).toMatchObject({ type: 'DeadlineClosed', data: { outcome: 'refused', refusal: 'retired' } });
    expect(await schedulerOn(log, deadlines, () => now).fireDue()).toBe(0);
  });

  test('one that a mistake of ours makes fail stays due, says so, and stands in no other’s way', async () => {
    const log = await rentalLog(['U1']);
    const broken = madeUp('broken', 'NoSuchCommand', {});
    const deadlines = listed(log, [broken, madeUp('good', 'PlaceHold', { kind: 'recall', source: 'test' })]);
    await expect(schedulerOn(log, deadlines, () => now).fireDue()).rejects.toThrow('NoSuchCommand');
    expect(types(log)).toContain('EquipmentHoldPlaced');
    expect(await deadlines.due(now, 10)).toEqual([broken]);
  });

  test('while somebody tells what happened in another time, nothing falls due by the clock', async () => {
    const log = await rentalLog(['U1']);
    const deadlines = listed(log, [madeUp('late', 'PlaceHold', { kind: 'recall', source: 'test' })]);
    const before = log.events.length;
    const seen: number[] = [];
    await new Promise<void>((awake) => {
      const rests = (): boolean => {
        seen.push(log.events.length);
        if (seen.length === 5) awake();
        return seen.length < 4;
      };
      stops.push(
        startClockwork(
          schedulerOn(log, deadlines, () => now),
          { everyMs: 1, rests },
        ),
      );
    });
    expect(seen.slice(0, 4)).toEqual([before, before, before, before]);
    expect(log.events.at(-1)).toMatchObject({ type: 'DeadlineClosed' });
  });
});
