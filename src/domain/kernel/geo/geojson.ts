/**
 * Shapes as GeoJSON (RFC 7946): longitude first, rings closed, the outer one counter-clockwise. A circle is a Point and a corridor a
 * LineString with its size among the properties. A polygon across the antimeridian is not cut in two as § 3.1.9 advises: cut, it would not
 * come back as it was drawn; each edge goes the shorter way.
 */
import { layOutPolygon } from './polygon.ts';
import type { Position } from './position.ts';
import type { PlanarRing } from './ring.ts';
import type { Polygon, Shape } from './shape.ts';

export type Coordinates = readonly [longitude: number, latitude: number];
export type GeoJsonGeometry =
  | { readonly type: 'Point'; readonly coordinates: Coordinates }
  | { readonly type: 'LineString'; readonly coordinates: readonly Coordinates[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Coordinates[])[] };
export type GeoJsonFeature = {
  readonly type: 'Feature';
  readonly geometry: GeoJsonGeometry;
  readonly properties: { readonly radiusMeters?: number; readonly widthMeters?: number };
};

const coordinatesOf = ({ longitude, latitude }: Position): Coordinates => [longitude, latitude];

/** Twice the signed area; positive for a counter-clockwise ring. */
const turnOf = (ring: PlanarRing): number => {
  let sum = 0;
  const [x, y] = [ring[0] ?? 0, ring[1] ?? 0];
  for (let at = 0; at + 2 < ring.length; at += 2)
    sum += ((ring[at] ?? 0) - x) * ((ring[at + 3] ?? 0) - y) - ((ring[at + 2] ?? 0) - x) * ((ring[at + 1] ?? 0) - y);
  return sum;
};

const polygonGeometry = (shape: Polygon): GeoJsonGeometry => {
  const laid = layOutPolygon(shape);
  if ('code' in laid) throw new Error(laid.message);
  const rings = shape.rings.map((ring, index) => {
    const isCounterClockwise = turnOf(laid.rings[index] ?? new Float64Array()) > 0;
    return (isCounterClockwise === (index === 0) ? ring : ring.toReversed()).map(coordinatesOf);
  });
  return { type: 'Polygon', coordinates: rings };
};

/** A valid shape as a GeoJSON feature. */
export const toGeoJson = (shape: Shape): GeoJsonFeature => {
  switch (shape.kind) {
    case 'circle':
      return { type: 'Feature', geometry: { type: 'Point', coordinates: coordinatesOf(shape.center) }, properties: { radiusMeters: shape.radiusMeters } };
    case 'corridor':
      return { type: 'Feature', geometry: { type: 'LineString', coordinates: shape.path.map(coordinatesOf) }, properties: { widthMeters: shape.widthMeters } };
    case 'polygon':
      return { type: 'Feature', geometry: polygonGeometry(shape), properties: {} };
    default:
      return shape satisfies never;
  }
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
const listOf = <T>(value: unknown, each: (item: unknown) => T | undefined): readonly T[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(each).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
};
const positionOf = (value: unknown): Position | undefined => {
  if (!Array.isArray(value)) return undefined;
  // A third number, the altitude, is allowed and not ours.
  const [longitude, latitude]: readonly unknown[] = value;
  return typeof longitude === 'number' && typeof latitude === 'number' && value.length <= 3 ? { latitude, longitude } : undefined;
};
const pathOf = (value: unknown): readonly Position[] | undefined => listOf(value, positionOf);

/**
 * The shape of a GeoJSON feature (or bare polygon), not yet checked for validity; nothing where it is none: another geometry, a Point
 * without `radiusMeters`, a LineString without `widthMeters`, coordinates that are no numbers.
 */
export const fromGeoJson = (value: unknown): Shape | undefined => {
  const geometry = memberOf(value, 'type') === 'Feature' ? memberOf(value, 'geometry') : value;
  const properties = memberOf(value, 'properties');
  const coordinates = memberOf(geometry, 'coordinates');
  switch (memberOf(geometry, 'type')) {
    case 'Point': {
      const [center, radiusMeters] = [positionOf(coordinates), memberOf(properties, 'radiusMeters')];
      return center !== undefined && typeof radiusMeters === 'number' ? { kind: 'circle', center, radiusMeters } : undefined;
    }
    case 'LineString': {
      const [path, widthMeters] = [pathOf(coordinates), memberOf(properties, 'widthMeters')];
      return path !== undefined && typeof widthMeters === 'number' ? { kind: 'corridor', path, widthMeters } : undefined;
    }
    case 'Polygon': {
      const rings = listOf(coordinates, pathOf);
      return rings !== undefined ? { kind: 'polygon', rings } : undefined;
    }
    default:
      return undefined;
  }
};
