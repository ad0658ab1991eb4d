/**
 * Whether rings cross or touch: the sweep of M. Shamos and D. Hoey (1976) with exact predicates, n log n for any input, so that ten thousand
 * vertices drawn to be slow are not. A line moves from west to east over the edges; of two that meet, some pair are neighbours on it
 * just before the first meeting, so it suffices to test edges as they become neighbours.
 */
import { orient2d } from 'robust-predicates';
import type { PlanarRing } from './ring.ts';

/** Edge e runs from vertex e to the next vertex of its ring. `low` is its end that the sweep meets first. */
type Edges = {
  readonly count: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly ring: Int32Array;
  readonly next: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
};
/** Where two rings or two parts of one meet: an edge of each by ring and vertex number. */
export type Meeting = {
  readonly first: { readonly ring: number; readonly vertex: number };
  readonly second: { readonly ring: number; readonly vertex: number };
};

const isBefore = ({ x, y }: Edges, a: number, b: number): boolean => {
  const [ax, bx] = [x[a] ?? 0, x[b] ?? 0];
  return ax < bx || (ax === bx && (y[a] ?? 0) < (y[b] ?? 0));
};

const edgesOf = (rings: readonly PlanarRing[]): Edges => {
  const count = rings.reduce((sum, ring) => sum + ring.length / 2 - 1, 0);
  const [x, y] = [new Float64Array(count), new Float64Array(count)];
  const [ring, next, low, high] = [new Int32Array(count), new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  const edges = { count, x, y, ring, next, low, high };
  let vertex = 0;
  for (const [index, coordinates] of rings.entries()) {
    const first = vertex;
    for (let at = 0; at + 2 < coordinates.length; at += 2, vertex++) {
      x[vertex] = coordinates[at] ?? 0;
      y[vertex] = coordinates[at + 1] ?? 0;
      ring[vertex] = index;
      next[vertex] = at + 4 < coordinates.length ? vertex + 1 : first;
    }
  }
  for (let edge = 0; edge < count; edge++) {
    const end = next[edge] ?? 0;
    low[edge] = isBefore(edges, edge, end) ? edge : end;
    high[edge] = low[edge] === edge ? end : edge;
  }
  return edges;
};

/** The sign of the turn a → b → c: 1 where c lies above the line through a and b, told from the west. */
const turn = ({ x, y }: Edges, [a, b, c]: readonly [number, number, number]): number =>
  -Math.sign(orient2d(x[a] ?? 0, y[a] ?? 0, x[b] ?? 0, y[b] ?? 0, x[c] ?? 0, y[c] ?? 0));

/** Whether two edges have more in common than the vertex where one follows the other. */
const meet = (edges: Edges, e: number, f: number): boolean => {
  const { next, low, high } = edges;
  if (next[e] === f || next[f] === e) {
    const [before, after] = next[e] === f ? [e, f] : [f, e];
    const end = next[after] ?? 0;
    // Folded back onto each other: in line, and both ends on one side of the common vertex.
    return turn(edges, [before, after, end]) === 0 && isBefore(edges, before, after) === isBefore(edges, end, after);
  }
  const [el, eh, fl, fh] = [low[e] ?? 0, high[e] ?? 0, low[f] ?? 0, high[f] ?? 0];
  const [a, b] = [turn(edges, [el, eh, fl]), turn(edges, [el, eh, fh])];
  if (a * b > 0) return false;
  const [c, d] = [turn(edges, [fl, fh, el]), turn(edges, [fl, fh, eh])];
  if (c * d > 0) return false;
  return a !== 0 || b !== 0 || (!isBefore(edges, eh, fl) && !isBefore(edges, fh, el));
};

/** The edges the sweep line cuts, from south to north. Both operations return a pair that meets, if they bring one together. */
const sweepLine = (edges: Edges) => {
  const { low, high } = edges;
  const active = new Int32Array(edges.count);
  let count = 0;
  const pairAt = (lower: number): readonly [number, number] | undefined => {
    if (lower < 0 || lower + 1 >= count) return undefined;
    const [e, f] = [active[lower] ?? 0, active[lower + 1] ?? 0];
    return meet(edges, e, f) ? [e, f] : undefined;
  };
  const remove = (edge: number): readonly [number, number] | undefined => {
    const index = active.subarray(0, count).indexOf(edge);
    active.copyWithin(index, index + 1, count--);
    return pairAt(index - 1);
  };
  /** 1 where the edge begins above the other one, −1 below, 0 where they touch. Of two that begin in one vertex the directions decide. */
  const sideOf = (edge: number, other: number): number => {
    const [from, to, start] = [low[other] ?? 0, high[other] ?? 0, low[edge] ?? 0];
    return turn(edges, [from, to, from === start ? (high[edge] ?? 0) : start]);
  };
  const insert = (edge: number): readonly [number, number] | undefined => {
    let [from, to] = [0, count];
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = active[middle] ?? 0;
      const side = sideOf(edge, other);
      if (side === 0) return [other, edge];
      if (side > 0) from = middle + 1;
      else to = middle;
    }
    active.copyWithin(from + 1, from, count++);
    active[from] = edge;
    return pairAt(from - 1) ?? pairAt(from);
  };
  return { remove, insert };
};

/** The first meeting of edges, if any two of the rings, or two parts of one, cross, touch or run along each other. */
export const findMeeting = (rings: readonly PlanarRing[]): Meeting | undefined => {
  const edges = edgesOf(rings);
  const firstOf: number[] = [];
  for (let vertex = 0; vertex < edges.count; vertex++) firstOf[edges.ring[vertex] ?? 0] ??= vertex;
  const place = (edge: number) => ({ ring: edges.ring[edge] ?? 0, vertex: edge - (firstOf[edges.ring[edge] ?? 0] ?? 0) });
  const previous = new Int32Array(edges.count);
  for (let edge = 0; edge < edges.count; edge++) previous[edges.next[edge] ?? 0] = edge;
  const order = Array.from({ length: edges.count }, (_, vertex) => vertex).sort((a, b) => (isBefore(edges, a, b) ? -1 : isBefore(edges, b, a) ? 1 : 0));
  const line = sweepLine(edges);
  for (const [index, vertex] of order.entries()) {
    const after = order[index + 1];
    if (after !== undefined && edges.x[after] === edges.x[vertex] && edges.y[after] === edges.y[vertex]) return { first: place(vertex), second: place(after) };
    const around = [previous[vertex] ?? 0, vertex];
    // Edges that end here leave before those that begin here come.
    for (const edge of around.filter((each) => edges.high[each] === vertex).concat(around.filter((each) => edges.low[each] === vertex))) {
      const pair = edges.high[edge] === vertex ? line.remove(edge) : line.insert(edge);
      if (pair !== undefined) return { first: place(pair[0]), second: place(pair[1]) };
    }
  }
  return undefined;
};
