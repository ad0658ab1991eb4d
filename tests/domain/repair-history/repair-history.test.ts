import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { isRework, repairHistory } from '../../../src/domain/repair-history/decider.ts';
import { repairHistoryEvents } from '../../../src/domain/repair-history/events.ts';
import { contextOf, id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const words = scenarios(repairHistory);
const { given } = words;
const event = emit(repairHistoryEvents);
const part = { equipmentId: id('unit'), vmrsCode: '901-001-001', position: '1LO' } as const;
const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();
type Change = {
  readonly repairReason?: 'breakdown' | 'pm' | 'accident' | 'driver_damage';
  readonly odometerMeters?: number;
  readonly rework?: { readonly days: number; readonly distanceMeters: number };
};
const repair = (name: string, opened: number, completed: number, change: Change = {}) =>
  ({ workOrderId: id(name), lineId: id(`${name} line`), repairReason: 'breakdown', openedAt: day(opened), completedAt: day(completed), ...change }) as const;
const noted = (name: string, opened: number, completed: number, change: Change = {}) =>
  event('RepairNoted', { ...part, ...repair(name, opened, completed, change) });
const lineOf = (name: string) => ({ workOrderId: id(name), lineId: id(`${name} line`) });

describe('SR-5 rework', () => {
  test('the same part of the same unit within 30 days', () => {
    const mark = event('ReworkFound', { ...lineOf('second'), reworkOf: lineOf('first') });
    given(noted('first', 0, 1))
      .when('NoteRepair', { ...part, ...repair('second', 31, 32) })
      .then(noted('second', 31, 32), mark)
      .andRepeatedNothing();
    given(noted('first', 0, 1))
      .when('NoteRepair', { ...part, ...repair('second', 32, 33) })
      .then(noted('second', 32, 33));
  });
  test('or within a distance, however long it stood', () => {
    const first = repair('first', 0, 1, { odometerMeters: 1_000_000 });
    expect(isRework(repair('second', 300, 301, { odometerMeters: 4_000_000 }), first)).toBe(true);
    expect(isRework(repair('second', 300, 301, { odometerMeters: 4_000_001 }), first)).toBe(false);
    expect(isRework(repair('second', 300, 301), first)).toBe(false);
  });
  test('SR-5 the time and the distance are those of the policy that its order was opened with', () => {
    const rework = { days: 60, distanceMeters: 500 };
    expect(isRework(repair('second', 61, 62, { rework }), repair('first', 0, 1))).toBe(true);
    expect(isRework(repair('second', 62, 63, { rework }), repair('first', 0, 1, { rework: { days: 90, distanceMeters: 500 } }))).toBe(false);
    const [from, to, beyond] = [1_000_000, 1_000_500, 1_000_501].map((odometerMeters) => ({ odometerMeters, rework }));
    expect(isRework(repair('second', 300, 301, to), repair('first', 0, 1, from))).toBe(true);
    expect(isRework(repair('second', 300, 301, beyond), repair('first', 0, 1, from))).toBe(false);
  });
  test.each(['pm', 'accident', 'driver_damage'] as const)('never by reason of %s, whatever the earlier one’s reason', (repairReason) => {
    given(noted('first', 0, 1))
      .when('NoteRepair', { ...part, ...repair('second', 5, 6, { repairReason }) })
      .thenTypes('RepairNoted');
    given(noted('first', 0, 1, { repairReason }))
      .when('NoteRepair', { ...part, ...repair('second', 5, 6) })
      .thenTypes('RepairNoted', 'ReworkFound');
  });
  test('another line of the same order, or an order that ran beside it, is none', () => {
    given(noted('first', 0, 1))
      .when('NoteRepair', { ...part, ...repair('first', 0, 1), lineId: id('other line') })
      .thenTypes('RepairNoted');
    given(noted('first', 0, 5))
      .when('NoteRepair', { ...part, ...repair('second', 4, 6) })
      .thenTypes('RepairNoted');
  });
  test('what was withdrawn counts no more', () => {
    given(noted('first', 0, 1))
      .when('WithdrawRepair', lineOf('first'))
      .then(event('RepairWithdrawn', lineOf('first')))
      .andRepeatedNothing();
    given(noted('first', 0, 1), event('RepairWithdrawn', lineOf('first')))
      .when('NoteRepair', { ...part, ...repair('second', 5, 6) })
      .thenTypes('RepairNoted');
  });
  test('in whatever order completions are told, the same repairs are rework', () => {
    const times = fc.array(fc.tuple(fc.nat(100), fc.nat(5)), { minLength: 1, maxLength: 6 });
    const found = (order: readonly number[], repairs: readonly ReturnType<typeof repair>[]): readonly string[] => {
      let state = words.fold([]);
      const marked: string[] = [];
      for (const n of order) {
        const said = repairs[n];
        if (said === undefined) continue;
        const decision = repairHistory.decide.NoteRepair(state, { ...part, ...said }, contextOf());
        if (isRejection(decision)) throw new Error('refused');
        state = words.fold(decision, state);
        for (const { type, data } of decision) if (type === 'ReworkFound') marked.push(data.workOrderId);
      }
      return marked.sort();
    };
    fc.assert(
      fc.property(times, fc.infiniteStream(fc.nat()), (chosen, keys) => {
        const repairs = chosen.map(([from, length], n) => repair(`order ${n}`, from, from + length));
        const order = repairs.map((_, n) => n);
        const weights = order.map(() => keys.next().value ?? 0);
        const shuffled = [...order].sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0));
        expect(found(shuffled, repairs)).toEqual(found(order, repairs));
      }),
      { numRuns: 200 },
    );
  });
});
