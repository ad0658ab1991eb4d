import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { addDays } from '../../../src/domain/kernel/calendar.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { unitPromise } from '../../../src/domain/unit-promise/decider.ts';
import { unitPromiseEvents } from '../../../src/domain/unit-promise/events.ts';
import { mostPromised, type Span, unitPromiseId } from '../../../src/domain/unit-promise/state.ts';
import { contextOf, id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, fold } = scenarios(unitPromise);
const event = emit(unitPromiseEvents);
const equipmentType = 'portable-toilet';
const here = { id: unitPromiseId(equipmentType) };
const counted = (name: string) => event('FleetUnitCounted', { equipmentType, equipmentId: id(name) });
const three = ['A', 'B', 'C'].map(counted);
const wish = (name: string, from: string, to: string, quantity: number) => ({ equipmentType, requestId: id(name), from, to, quantity });
const promised = (...said: Parameters<typeof wish>) => event('UnitsPromised', wish(...said));
const march = (day: number): string => addDays('2026-03-01', day - 1);

describe('SR-14 what is promised of a type', () => {
  test('as many as the fleet has, first and last day counted', () => {
    const first = promised('first', march(1), march(10), 2);
    given(...three)
      .when('PromiseUnits', wish('first', march(1), march(10), 2), here)
      .then(first)
      .andRepeatedNothing();
    given(...three, first)
      .when('PromiseUnits', wish('second', march(10), march(12), 2), here)
      .thenRejected('notEnough');
    given(...three, first)
      .when('PromiseUnits', wish('second', march(10), march(12), 1), here)
      .then(promised('second', march(10), march(12), 1));
    given(...three, first)
      .when('PromiseUnits', wish('second', march(11), march(12), 3), here)
      .then(promised('second', march(11), march(12), 3));
  });
  test('a request that wants something else is judged without what it has', () => {
    given(...three, promised('first', march(1), march(10), 2))
      .when('PromiseUnits', wish('first', march(5), march(20), 3), here)
      .then(promised('first', march(5), march(20), 3));
  });
  test('what is let go is free', () => {
    const both = [...three, promised('first', march(1), march(10), 3), event('PromiseReleased', { requestId: id('first') })];
    given(...both)
      .when('PromiseUnits', wish('second', march(1), march(10), 3), here)
      .then(promised('second', march(1), march(10), 3));
    given(...both)
      .when('ReleasePromise', { requestId: id('first') })
      .thenNothing();
  });
  test('a unit that leaves is a fact: it says how many are short on the worst day', () => {
    const load = [promised('first', march(1), march(10), 2), promised('second', march(10), march(12), 1)];
    given(...three, ...load)
      .when('DropFleetUnit', { equipmentId: id('A') })
      .then(event('FleetUnitDropped', { equipmentType, equipmentId: id('A'), short: 1 }))
      .andRepeatedNothing();
    given(...three, promised('first', march(1), march(10), 2))
      .when('DropFleetUnit', { equipmentId: id('A') })
      .then(event('FleetUnitDropped', { equipmentType, equipmentId: id('A'), short: 0 }));
  });
  test('each type has its own', () => {
    given()
      .when('CountFleetUnit', { equipmentType: 'sink', equipmentId: id('A') }, here)
      .thenRejected('notThisType');
    given(...three)
      .when('PromiseUnits', wish('first', march(3), march(2), 1), here)
      .thenRejected('endsBeforeStart');
  });

  const span = fc.tuple(fc.integer({ min: 1, max: 25 }), fc.nat({ max: 12 }), fc.integer({ min: 1, max: 4 })).map(([from, days, quantity]): Span => {
    return { from: march(from), to: march(from + days), quantity };
  });
  const onDay = (promises: readonly Span[], day: string): number =>
    promises.reduce((sum, each) => sum + (each.from <= day && day <= each.to ? each.quantity : 0), 0);
  test('the most of a span is the most of its days, each counted', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), span, (promises, { from, to }) => {
        const days = Array.from({ length: 40 }, (_, n) => march(n + 1)).filter((day) => from <= day && day <= to);
        expect(mostPromised(promises, { from, to })).toBe(Math.max(0, ...days.map((day) => onDay(promises, day))));
      }),
    );
  });
  test('SR-14 whatever is asked, changed and let go: on no day more than the fleet, and nothing is refused that would fit', () => {
    const act = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), span) },
      { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c') },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (acts, fleet) => {
        let state = fold(Array.from({ length: fleet }, (_, n) => counted(`unit ${n}`)));
        const paper = new Map<string, Span>();
        for (const each of acts) {
          if (typeof each === 'string') {
            const decision = unitPromise.decide.ReleasePromise(state, { requestId: id(each) }, contextOf(here));
            if (isRejection(decision)) throw new Error(decision.code);
            state = fold(decision, state);
            paper.delete(each);
            continue;
          }
          const [name, wanted] = each;
          const decision = unitPromise.decide.PromiseUnits(state, { equipmentType, requestId: id(name), ...wanted }, contextOf(here));
          const others = [...paper].flatMap(([key, promise]) => (key === name ? [] : [promise]));
          const days = Array.from({ length: 40 }, (_, n) => march(n + 1)).filter((day) => wanted.from <= day && day <= wanted.to);
          expect(isRejection(decision)).toBe(days.some((day) => onDay(others, day) + wanted.quantity > fleet));
          if (isRejection(decision)) continue;
          state = fold(decision, state);
          paper.set(name, wanted);
          expect(Math.max(...Array.from({ length: 40 }, (_, n) => onDay([...paper.values()], march(n + 1))))).toBeLessThanOrEqual(fleet);
        }
      }),
    );
  });
});
