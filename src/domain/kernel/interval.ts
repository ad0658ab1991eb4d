/**
 * Half-open intervals `[from, to)` over anything that sorts by `<`: instants and business dates as strings, or numbers. A `null` end is
 * open for ever. An interval whose end is not after its start holds nothing, and so never overlaps anything.
 */

/** The values an interval can run over. Strings must be of one fixed-width form (ISO dates, ISO instants), so that text order is time order. */
export type Ordered = string | number;
export type Interval<T extends Ordered> = { readonly from: T; readonly to: T | null };

const endsAfter = <T extends Ordered>(to: T | null, at: T): boolean => to === null || to > at;
const earlierEnd = <T extends Ordered>(a: T | null, b: T | null): T | null => (a === null ? b : b === null ? a : a < b ? a : b);
const laterEnd = <T extends Ordered>(a: T | null, b: T | null): T | null => (a === null || b === null ? null : a > b ? a : b);

export const interval = <T extends Ordered>(from: T, to: T | null): Interval<T> => ({ from, to });
export const isEmptyInterval = <T extends Ordered>({ from, to }: Interval<T>): boolean => !endsAfter(to, from);

/** Whether the instant or day lies in the interval: its start does, its end does not. */
export const containsValue = <T extends Ordered>({ from, to }: Interval<T>, at: T): boolean => from <= at && endsAfter(to, at);
/** Whether every value of the inner one lies in the outer one; an empty one lies in all. */
export const containsInterval = <T extends Ordered>(outer: Interval<T>, inner: Interval<T>): boolean =>
  isEmptyInterval(inner) || (outer.from <= inner.from && (outer.to === null || (inner.to !== null && inner.to <= outer.to)));

/** The values both hold, or nothing. */
export const intersectIntervals = <T extends Ordered>(a: Interval<T>, b: Interval<T>): Interval<T> | undefined => {
  const common = { from: a.from > b.from ? a.from : b.from, to: earlierEnd(a.to, b.to) };
  return isEmptyInterval(common) ? undefined : common;
};
/** Whether some value lies in both; touching (one ends where the other starts) is not overlapping. */
export const overlaps = <T extends Ordered>(a: Interval<T>, b: Interval<T>): boolean => intersectIntervals(a, b) !== undefined;

const sortedNonEmpty = <T extends Ordered>(intervals: readonly Interval<T>[]): readonly Interval<T>[] =>
  intervals.filter((each) => !isEmptyInterval(each)).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));

/** The union as the fewest intervals, in order, with gaps between them: overlapping and touching ones are joined. */
export const mergeIntervals = <T extends Ordered>(intervals: readonly Interval<T>[]): readonly Interval<T>[] => {
  const merged: Interval<T>[] = [];
  for (const next of sortedNonEmpty(intervals)) {
    const last = merged.at(-1);
    if (last !== undefined && (last.to === null || next.from <= last.to)) merged[merged.length - 1] = { from: last.from, to: laterEnd(last.to, next.to) };
    else merged.push(next);
  }
  return merged;
};

/** Whether no two of them overlap (EQ-2). */
export const areDisjoint = <T extends Ordered>(intervals: readonly Interval<T>[]): boolean =>
  sortedNonEmpty(intervals).every((each, index, all) => {
    const next = all[index + 1];
    return next === undefined || !overlaps(each, next);
  });

/** Those of `taken` that `wanted` overlaps: why a booking is refused. */
export const conflictsWith = <I extends Interval<T>, T extends Ordered>(taken: readonly I[], wanted: Interval<T>): readonly I[] =>
  taken.filter((each) => overlaps(each, wanted));

/** What each of them has within `range`, in order, not joined. */
export const clipIntervals = <T extends Ordered>(intervals: readonly Interval<T>[], range: Interval<T>): readonly Interval<T>[] =>
  sortedNonEmpty(intervals).flatMap((each) => intersectIntervals(each, range) ?? []);

/** What is left of `whole` without the values of `holes`, in order. */
export const subtractIntervals = <T extends Ordered>(whole: readonly Interval<T>[], holes: readonly Interval<T>[]): readonly Interval<T>[] => {
  const cuts = mergeIntervals(holes);
  return mergeIntervals(whole).flatMap((piece) => {
    const rest: Interval<T>[] = [];
    let from = piece.from;
    for (const cut of cuts) {
      if (!overlaps(cut, piece)) continue;
      if (from < cut.from) rest.push({ from, to: cut.from });
      if (cut.to === null) return rest;
      if (cut.to > from) from = cut.to;
    }
    return endsAfter(piece.to, from) ? [...rest, { from, to: piece.to }] : rest;
  });
};

/** The values both unions hold, as the fewest intervals. */
export const intersectUnions = <T extends Ordered>(a: readonly Interval<T>[], b: readonly Interval<T>[]): readonly Interval<T>[] =>
  mergeIntervals(mergeIntervals(a).flatMap((each) => clipIntervals(b, each)));

/**
 * The measure of the union: what is covered twice counts once (EQ-7). `length` tells how far two bounds are apart (days between dates,
 * milliseconds between instants). Throws on an interval without an end: clip to a range first.
 */
export const unionMeasure = <T extends Ordered>(intervals: readonly Interval<T>[], length: (from: T, to: T) => number): number =>
  mergeIntervals(intervals).reduce((sum, { from, to }) => {
    if (to === null) throw new Error('an interval without an end has no measure');
    return sum + length(from, to);
  }, 0);

/** Whether they cover `range` exactly, without gap or overlap (AG-9, TL-7). */
export const tiles = <T extends Ordered>(intervals: readonly Interval<T>[], range: Interval<T>): boolean => {
  const merged = mergeIntervals(intervals);
  if (isEmptyInterval(range)) return merged.length === 0;
  return areDisjoint(intervals) && merged.length === 1 && merged[0]?.from === range.from && merged[0].to === range.to;
};
