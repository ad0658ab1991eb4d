/**
 * A polygon cut into level slabs, each with the edges that reach into it. A ray to the east stays in its slab, so a point is told inside
 * from outside by a handful of edges instead of all; the test itself is the exact one.
 */
import type { PlanarPolygon } from './polygon.ts';
import { crossingOf, type Side } from './ring.ts';

/** Edges by slab: those of slab s stand in `places` (offsets into `coordinates`) from `starts[s]` to `starts[s + 1]`. */
export type Slabs = {
  /** All rings, one after the other, x and y in turn. */
  readonly coordinates: Float64Array;
  /** Where in `coordinates` each edge begins. */
  readonly edges: Int32Array;
  readonly places: Int32Array;
  readonly starts: Int32Array;
  readonly minY: number;
  readonly perY: number;
};

const slabsMax = 2048;

const concatenate = (rings: readonly Float64Array[]): { readonly coordinates: Float64Array; readonly edges: Int32Array } => {
  const coordinates = new Float64Array(rings.reduce((sum, ring) => sum + ring.length, 0));
  const edges: number[] = [];
  let offset = 0;
  for (const ring of rings) {
    coordinates.set(ring, offset);
    for (let at = 0; at + 2 < ring.length; at += 2) edges.push(offset + at);
    offset += ring.length;
  }
  return { coordinates, edges: Int32Array.from(edges) };
};

/** The slab of a y, the same rounding for edges and points, so that none falls between. */
const slabOf = ({ minY, perY, starts }: Pick<Slabs, 'minY' | 'perY' | 'starts'>, y: number): number => {
  const slab = Math.floor((y - minY) * perY);
  return slab < 0 ? 0 : slab > starts.length - 2 ? starts.length - 2 : slab;
};

export const cutIntoSlabs = ({ rings, box }: PlanarPolygon): Slabs => {
  const { coordinates, edges } = concatenate(rings);
  const count = Math.max(4, Math.min(slabsMax, edges.length));
  const starts = new Int32Array(count + 1);
  const frame = { minY: box.minY, perY: count / (box.maxY - box.minY), starts };
  const range = (at: number): readonly [number, number] => {
    const [a, b] = [slabOf(frame, coordinates[at + 1] ?? 0), slabOf(frame, coordinates[at + 3] ?? 0)];
    return a < b ? [a, b] : [b, a];
  };
  for (const at of edges) for (let [slab, last] = range(at); slab <= last; slab++) starts[slab + 1] = (starts[slab + 1] ?? 0) + 1;
  for (let slab = 0; slab < count; slab++) starts[slab + 1] = (starts[slab + 1] ?? 0) + (starts[slab] ?? 0);
  const filled = starts.slice();
  const places = new Int32Array(starts[count] ?? 0);
  for (const at of edges)
    for (let [slab, last] = range(at); slab <= last; slab++) {
      const place = filled[slab] ?? 0;
      places[place] = at;
      filled[slab] = place + 1;
    }
  return { coordinates, edges, places, ...frame };
};

/** Where a point of the polygon's box lies, exactly. */
export const sideOfSlabs = (slabs: Slabs, point: { readonly x: number; readonly y: number }): Side => {
  const slab = slabOf(slabs, point.y);
  const { coordinates, places, starts } = slabs;
  let inside = false;
  for (let index = starts[slab] ?? 0, end = starts[slab + 1] ?? 0; index < end; index++) {
    const crossing = crossingOf(coordinates, places[index] ?? 0, point);
    if (crossing < 0) return 0;
    if (crossing === 1) inside = !inside;
  }
  return inside ? 1 : -1;
};
