import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  areDisjoint,
  clipIntervals,
  conflictsWith,
  containsInterval,
  containsValue,
  type Interval,
  intersectIntervals,
  intersectUnions,
  interval,
  isEmptyInterval,
  mergeIntervals,
  overlaps,
  subtractIntervals,
  tiles,
  unionMeasure,
} from '../../../src/domain/kernel/interval.ts';

// The oracle: an interval over 0…30 is the set of the whole numbers in it; an open end reaches past them all.
const points = Array.from({ length: 31 }, (_, at) => at);
const setOf = (...intervals: readonly Interval<number>[]) =>
  new Set(points.filter((at) => intervals.some((each) => at >= each.from && (each.to === null || at < each.to))));
const any = fc.record({ from: fc.nat(30), to: fc.option(fc.nat(30), { nil: null, freq: 8 }) });
const many = fc.array(any, { maxLength: 8 });
const sorted = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);
const common = (a: ReadonlySet<number>, b: ReadonlySet<number>) => new Set([...a].filter((at) => b.has(at)));

describe('half-open intervals', () => {
  test('EQ-2 two overlap exactly when some value lies in both', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const both = common(setOf(a), setOf(b));
        expect(overlaps(a, b)).toBe(both.size > 0);
        expect(overlaps(b, a)).toBe(overlaps(a, b));
        expect(sorted(setOf(...[intersectIntervals(a, b) ?? []].flat()))).toEqual(sorted(both));
        expect(containsInterval(a, b)).toBe((b.to !== null || a.to === null || isEmptyInterval(b)) && sorted(setOf(b)).every((at) => setOf(a).has(at)));
        for (const at of points) expect(containsValue(a, at)).toBe(setOf(a).has(at));
      }),
      { numRuns: 1000 },
    );
    expect(overlaps(interval('2026-01-01', '2026-02-01'), interval('2026-02-01', null))).toBe(false);
    expect(overlaps(interval('2026-01-01', '2026-02-02'), interval('2026-02-01', null))).toBe(true);
  });

  test('EQ-2 a calendar is disjoint exactly when no value lies in two of its intervals', () => {
    fc.assert(
      fc.property(many, any, (taken, wanted) => {
        expect(areDisjoint(taken)).toBe(points.every((at) => taken.filter((each) => containsValue(each, at)).length <= 1));
        expect(conflictsWith(taken, wanted).length > 0).toBe(common(setOf(...taken), setOf(wanted)).size > 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('EQ-7 the measure of a union counts what is covered twice once', () => {
    fc.assert(
      fc.property(many, fc.nat(30), fc.nat(30), (down, from, to) => {
        const clipped = clipIntervals(down, { from, to });
        expect(unionMeasure(clipped, (a, b) => b - a)).toBe(common(setOf(...down), setOf({ from, to })).size);
      }),
      { numRuns: 1000 },
    );
    expect(() => unionMeasure([interval(1, null)], (a, b) => b - a)).toThrow('without an end');
  });

  test('BI-10 what is left after subtracting is what neither hole holds, and merging keeps every value', () => {
    fc.assert(
      fc.property(many, many, (whole, holes) => {
        const rest = subtractIntervals(whole, holes);
        const expected = new Set([...setOf(...whole)].filter((at) => !setOf(...holes).has(at)));
        expect(sorted(setOf(...rest))).toEqual(sorted(expected));
        const merged = mergeIntervals(whole);
        expect(sorted(setOf(...merged))).toEqual(sorted(setOf(...whole)));
        for (const list of [rest, merged]) {
          expect(areDisjoint(list)).toBe(true);
          expect(list.every((each) => !isEmptyInterval(each))).toBe(true);
          // fewest: a gap after each
          expect(list.every((each, index) => index === 0 || (list[index - 1]?.to ?? Number.POSITIVE_INFINITY) < each.from)).toBe(true);
        }
        expect(sorted(setOf(...intersectUnions(whole, holes)))).toEqual(sorted(common(setOf(...whole), setOf(...holes))));
      }),
      { numRuns: 1000 },
    );
  });

  test('AG-9 intervals tile a range when every value of it lies in exactly one, and none outside', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(30), { maxLength: 8 }), fc.nat(30), fc.nat(30), (cuts, from, to) => {
        const range = { from, to };
        const bounds = [from, ...cuts.filter((cut) => cut > from && cut < to).sort((a, b) => a - b), to];
        const pieces = bounds.slice(1).map((end, index) => ({ from: bounds[index] ?? from, to: end }));
        expect(tiles(pieces, range)).toBe(true);
        if (from < to) {
          expect(tiles(pieces.slice(1), range)).toBe(false);
          expect(tiles([...pieces, { from: to, to: to + 1 }], range)).toBe(false);
          expect(tiles([...pieces, { from, to: from + 1 }], range)).toBe(false);
        }
      }),
    );
  });
});
