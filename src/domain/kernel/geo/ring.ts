/**
 * Rings on the plane of longitudes (x) and latitudes (y). A ring over the antimeridian is laid out without the jump: x runs on past 180, and
 * the ring's smallest x is in [−180, 180). Each x is the vertex's own longitude plus whole turns, so that it does not matter where a ring
 * starts or which way it runs (GF-1).
 */
import { orient2d } from 'robust-predicates';
import type { Position } from './position.ts';
import type { ShapeProblemCode } from './shape.ts';

/**
 * Coordinates nearer to zero than 10⁻³⁰ degrees count as zero: below it the exact predicates would underflow. (An atom is 10⁻¹⁵ degrees wide.)
 */
export const settle = (degrees: number): number => (degrees > -1e-30 && degrees < 1e-30 ? 0 : degrees);

/** x, y, x, y, … of a closed ring (the last vertex is the first again) without repeated neighbours. */
export type PlanarRing = Float64Array;
export type Box = { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };

export const boxOfRing = (ring: PlanarRing): Box => {
  let [minX, minY, maxX, maxY] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < ring.length; at += 2) {
    const [x, y] = [ring[at] ?? 0, ring[at + 1] ?? 0];
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return { minX, minY, maxX, maxY };
};

/** Whole turns to add to each longitude of a closed path so that no step is longer than half a turn. */
const turnsOf = (ring: readonly Position[]): { readonly turns: readonly number[] } | { readonly problem: ShapeProblemCode; readonly vertex: number } => {
  const turns: number[] = [];
  let turn = 0;
  for (const [vertex, { longitude }] of ring.entries()) {
    const step = longitude - (ring[vertex - 1]?.longitude ?? longitude);
    if (Math.abs(step) === 180) return { problem: 'edgeTooLong', vertex };
    if (step > 180) turn--;
    if (step < -180) turn++;
    turns.push(turn);
  }
  // A ring that does not come back to the turn it began on has gone round the pole.
  return turn === 0 ? { turns } : { problem: 'ringAroundPole', vertex: ring.length - 1 };
};

/** Lays out a closed ring; `from` shifts it by whole turns so that it starts at or after that x (a hole next to its outer ring). */
export const layOutRing = (
  ring: readonly Position[],
  from = -180,
): { readonly ring: PlanarRing } | { readonly problem: ShapeProblemCode; readonly vertex: number } => {
  const unrolled = turnsOf(ring);
  if ('problem' in unrolled) return unrolled;
  const west = ring.reduce((least, { longitude }, index) => Math.min(least, longitude + 360 * (unrolled.turns[index] ?? 0)), Number.POSITIVE_INFINITY);
  const shift = Math.ceil((from - west) / 360);
  const laid: number[] = [];
  for (const [index, position] of ring.entries()) {
    const [latitude, longitude] = [settle(position.latitude), settle(position.longitude)];
    const turns = (unrolled.turns[index] ?? 0) + shift;
    const x = turns === 0 ? longitude : longitude + 360 * turns;
    if (laid.at(-2) !== x || laid.at(-1) !== latitude) laid.push(x, latitude);
  }
  const planar = Float64Array.from(laid);
  const { minX, maxX } = boxOfRing(planar);
  return maxX - minX > 360 ? { problem: 'ringAroundPole', vertex: 0 } : { ring: planar };
};

/** The x of a longitude in the layout of a box: the longitude itself, or a turn more or less if that brings it inside. */
export const intoBox = (longitude: number, { minX, maxX }: Box): number =>
  longitude < minX ? longitude + 360 : longitude > maxX ? longitude - 360 : longitude;

/** Where a point lies: 1 inside, 0 on the edge, −1 outside. */
export type Side = 1 | 0 | -1;

/**
 * The edge's part in an even-odd test by a ray to the east: 1 if the ray crosses it, 0 if not, −1 if the point is on it. Exact: where
 * comparing coordinates does not settle it, the side is told by an adaptive-precision determinant (J. R. Shewchuk).
 */
export const crossingOf = (ring: PlanarRing, at: number, { x, y }: { readonly x: number; readonly y: number }): 1 | 0 | -1 => {
  const y1 = ring[at + 1] ?? 0;
  const y2 = ring[at + 3] ?? 0;
  if ((y1 < y && y2 < y) || (y1 > y && y2 > y)) return 0;
  const x1 = ring[at] ?? 0;
  const x2 = ring[at + 2] ?? 0;
  if (x1 < x && x2 < x) return 0;
  const spans = y1 > y !== y2 > y;
  if (x1 > x && x2 > x) return spans ? 1 : 0;
  // Positive where the point is to the right of the edge seen from its first end.
  const side = orient2d(x1, y1, x2, y2, x, y);
  if (side === 0) return -1;
  return spans && side < 0 === y2 > y1 ? 1 : 0;
};

/** Where the point lies among the rings by the even-odd rule: inside the outer one and outside every hole is inside. */
export const sideOfRings = (rings: readonly PlanarRing[], point: { readonly x: number; readonly y: number }): Side => {
  let inside = false;
  for (const ring of rings)
    for (let at = 0; at + 2 < ring.length; at += 2) {
      const crossing = crossingOf(ring, at, point);
      if (crossing < 0) return 0;
      if (crossing === 1) inside = !inside;
    }
  return inside ? 1 : -1;
};
