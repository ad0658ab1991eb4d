/** Shapes for properties: polygons that are valid by construction, anywhere on earth, and points where they matter. */
import fc from 'fast-check';
import type { Position } from '../../../../src/domain/kernel/geo/position.ts';
import type { Circle, Corridor, Polygon } from '../../../../src/domain/kernel/geo/shape.ts';

/** Into −180 to 180. */
export const wrap = (longitude: number): number => (longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude);
const at = (latitude: number, longitude: number): Position => ({ latitude, longitude: wrap(longitude) });

/** As formats list positions: the longitude first. */
export const ringOf = (...points: readonly (readonly [longitude: number, latitude: number])[]): readonly Position[] =>
  points.map(([longitude, latitude]) => ({ latitude, longitude }));
export const rectangle = (west: number, south: number, east: number, north: number): readonly Position[] =>
  ringOf([west, south], [east, south], [east, north], [west, north], [west, south]);

/** Anywhere but the last degrees before the poles; often by the antimeridian. */
export const center = fc.record({
  latitude: fc.double({ min: -70, max: 70, noNaN: true }),
  longitude: fc.oneof(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: 178, max: 180, noNaN: true }),
    fc.double({ min: -180, max: -178, noNaN: true }),
  ),
});
export const position = fc.record({ latitude: fc.double({ min: -90, max: 90, noNaN: true }), longitude: fc.double({ min: -180, max: 180, noNaN: true }) });

/** A star around a centre: rays at growing angles, less than half a turn apart, of any length between the two radii. */
const star = (
  { middle, least, most }: { readonly middle: Position; readonly least: number; readonly most: number },
  lengths: readonly number[],
): readonly Position[] => {
  const corners = lengths.map((length, index) => {
    const angle = (2 * Math.PI * index) / lengths.length;
    const radius = least + (most - least) * length;
    return at(middle.latitude + radius * Math.sin(angle), middle.longitude + radius * Math.cos(angle));
  });
  return [...corners, ...corners.slice(0, 1)];
};

const lengths = (most: number) => fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: most });

/** A valid polygon of 5 to 40 corners with none to three holes. */
export const polygon: fc.Arbitrary<Polygon> = fc
  .record({ middle: center, size: fc.constantFrom(0.001, 0.05, 1, 12), outer: lengths(40), holes: fc.array(lengths(12), { maxLength: 3 }) })
  .map(({ middle, size, outer, holes }) => {
    // No edge of the outer star comes nearer to the centre than half its least ray's cosine share; the holes keep well within.
    const ring = star({ middle, least: size * 0.5, most: size }, outer);
    const inner = holes.map((hole, index) => {
      const angle = (2 * Math.PI * index) / 3;
      const apart = { latitude: middle.latitude + size * 0.08 * Math.sin(angle), longitude: middle.longitude + size * 0.08 * Math.cos(angle) };
      return star({ middle: apart, least: size * 0.02, most: size * 0.06 }, hole);
    });
    return { kind: 'polygon', rings: [ring, ...inner] };
  });

export const circle: fc.Arbitrary<Circle> = fc.record({
  kind: fc.constant('circle' as const),
  center: position,
  radiusMeters: fc.double({ min: 10, max: 500_000, noNaN: true }),
});

export const corridor: fc.Arbitrary<Corridor> = fc
  .record({
    from: center,
    steps: fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), { minLength: 1, maxLength: 8 }),
    bends: fc.constantFrom(1, 1, 8),
    widthMeters: fc.double({ min: 10, max: 50_000, noNaN: true }),
  })
  .map(({ from, steps, bends, widthMeters }) => {
    const path = [from];
    // the same steps over and over make a long path, for which the corridor keeps a raster of its own
    for (const [north, east] of Array.from({ length: bends }, () => steps).flat()) {
      const last = path.at(-1) ?? from;
      path.push(at(Math.max(-89, Math.min(89, last.latitude + north)), last.longitude + east));
    }
    return { kind: 'corridor' as const, path: [...path, at(from.latitude + 0.5, from.longitude + 0.25)], widthMeters };
  });

/** Points in and around a polygon: its vertices, points on and by its edges, and others nearby. */
export const pointsNear = ({ rings }: Polygon): fc.Arbitrary<Position> => {
  const vertices = rings.flat();
  const first = vertices[0] ?? { latitude: 0, longitude: 0 };
  const spread = Math.max(...vertices.map(({ latitude }) => Math.abs(latitude - first.latitude))) * 1.5;
  const nudge = fc.double({ min: -1, max: 1, noNaN: true });
  return fc.oneof(
    fc.constantFrom(...vertices),
    fc.record({ ring: fc.constantFrom(...rings), share: fc.double({ min: 0, max: 1, noNaN: true }), index: fc.nat(60) }).map(({ ring, share, index }) => {
      const [a = first, b = first] = [ring[index % (ring.length - 1)], ring[(index % (ring.length - 1)) + 1]];
      const step = Math.abs(b.longitude - a.longitude) > 180 ? 0 : b.longitude - a.longitude;
      return at(a.latitude + share * (b.latitude - a.latitude), a.longitude + share * step);
    }),
    fc.tuple(nudge, nudge).map(([north, east]) => at(Math.max(-90, Math.min(90, first.latitude + north * spread)), first.longitude + east * spread)),
  );
};
