/** Boxes of longitude and latitude around shapes, for maps and indexes. */
import { latitudeRange, segmentOf, vectorOf } from './great-circle.ts';
import { layOutPolygon } from './polygon.ts';
import { degrees, earthRadiusMeters, type Position, radians } from './position.ts';
import { type Box, layOutRing } from './ring.ts';
import type { Corridor, Shape } from './shape.ts';

/** Degrees; `west ≤ east` always: what lies across the antimeridian has two boxes. */
export type GeoBox = { readonly west: number; readonly south: number; readonly east: number; readonly north: number };

// A millimetre more than computed, against the last digit of a sine.
const marginDegrees = 1e-8;

/** Latitudes of a range in radians, and how far a distance reaches beyond them. */
const reach = ({ south, north }: { readonly south: number; readonly north: number }, meters: number) => {
  const angle = meters / earthRadiusMeters;
  const highest = Math.max(Math.abs(south), Math.abs(north));
  const roundPole = north + angle >= Math.PI / 2 || south - angle <= -Math.PI / 2;
  return {
    minY: Math.max(-90, degrees(south - angle) - marginDegrees),
    maxY: Math.min(90, degrees(north + angle) + marginDegrees),
    // All longitudes where the pole is within the distance.
    sideways: roundPole ? 360 : degrees(Math.asin(Math.min(1, Math.sin(angle) / Math.cos(highest)))) + marginDegrees,
  };
};

const around = ({ minX, maxX }: { readonly minX: number; readonly maxX: number }, { minY, maxY, sideways }: ReturnType<typeof reach>): Box => {
  const [from, to] = [minX - sideways, maxX + sideways];
  if (to - from >= 360) return { minX: -180, minY, maxX: 180, maxY };
  const shift = from < -180 ? 360 : from >= 180 ? -360 : 0;
  return { minX: from + shift, minY, maxX: to + shift, maxY };
};

const corridorBox = ({ path, widthMeters }: Corridor): Box => {
  const vectors = path.map(vectorOf);
  const ranges = vectors.slice(1).map((to, index) => latitudeRange(segmentOf(vectors[index] ?? to, to)));
  const range = { south: Math.min(...ranges.map(({ south }) => south)), north: Math.max(...ranges.map(({ north }) => north)) };
  // There and back again: a closed ring, which the layout unrolls.
  const laid = layOutRing([...path, ...path.slice(0, -1).reverse()]);
  const [minX, maxX] =
    'problem' in laid
      ? [-180, 180]
      : laid.ring.reduce(([least, most], value, at) => (at % 2 === 0 ? [Math.min(least, value), Math.max(most, value)] : [least, most]), [360, -360] as [
          number,
          number,
        ]);
  return around({ minX, maxX }, reach(range, widthMeters / 2));
};

const pointRange = ({ latitude }: Position) => ({ south: radians(latitude), north: radians(latitude) });

/** The box of a shape in the layout of `ring.ts`: `minX` in [−180, 180), `maxX` beyond 180 where the shape crosses the antimeridian. */
export const planarBox = (shape: Shape): Box => {
  switch (shape.kind) {
    case 'circle':
      return around({ minX: shape.center.longitude, maxX: shape.center.longitude }, reach(pointRange(shape.center), shape.radiusMeters));
    case 'corridor':
      return corridorBox(shape);
    case 'polygon': {
      const laid = layOutPolygon(shape);
      if ('code' in laid) throw new Error(laid.message);
      return laid.box;
    }
    default:
      return shape satisfies never;
  }
};

/** A laid-out box as one or two boxes of longitudes −180 to 180. */
export const splitBox = ({ minX, minY, maxX, maxY }: Box): readonly GeoBox[] =>
  maxX <= 180
    ? [{ west: minX, south: minY, east: maxX, north: maxY }]
    : [
        { west: minX, south: minY, east: 180, north: maxY },
        { west: -180, south: minY, east: maxX - 360, north: maxY },
      ];

/** One box, or two across the antimeridian; every point of the shape lies in one of them. */
export const boundingBoxes = (shape: Shape): readonly GeoBox[] => splitBox(planarBox(shape));
