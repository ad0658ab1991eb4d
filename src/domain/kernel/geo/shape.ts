/**
 * The shapes of geofences. A polygon's edges are straight lines between longitudes and latitudes (as in GeoJSON and PostGIS geometry), each
 * going the shorter way round the earth, so a ring may cross the antimeridian; circles and corridors are measured along great circles.
 */
import type { Position } from './position.ts';

export type Circle = { readonly kind: 'circle'; readonly center: Position; readonly radiusMeters: number };
/** The first ring is the outside, each other one a hole. A ring's last position repeats its first. */
export type Polygon = { readonly kind: 'polygon'; readonly rings: readonly (readonly Position[])[] };
/** Everything within half the width of a path. */
export type Corridor = { readonly kind: 'corridor'; readonly path: readonly Position[]; readonly widthMeters: number };
export type Shape = Circle | Polygon | Corridor;

/** What a shape may be: sizes in metres, vertices of all rings or of the path together. */
export const shapeLimits = { radiusMinMeters: 10, radiusMaxMeters: 500_000, widthMinMeters: 10, widthMaxMeters: 500_000, verticesMax: 10_000 } as const;

/** Why a shape is refused. */
export const shapeProblems = {
  latitudeOutOfRange: 'A latitude lies outside −90 to 90.',
  longitudeOutOfRange: 'A longitude lies outside −180 to 180.',
  radiusOutOfRange: 'A radius is 10 m to 500 km.',
  widthOutOfRange: 'A width is 10 m to 500 km.',
  tooManyVertices: 'A shape has at most 10,000 vertices.',
  tooFewVertices: 'A ring has at least three distinct vertices, a path at least two.',
  noRings: 'A polygon has an outer ring.',
  ringNotClosed: 'A ring ends where it begins.',
  zeroArea: 'A ring encloses an area.',
  edgeTooLong: 'An edge reaches half way round the earth or further; put a vertex between.',
  ringAroundPole: 'A ring goes round a pole or round the whole earth.',
  selfIntersection: 'A ring does not cross or touch itself.',
  ringsTouch: 'Rings do not cross or touch each other.',
  holeOutside: 'A hole lies inside the outer ring.',
  holesOverlap: 'A hole does not lie inside another one.',
} as const;
export type ShapeProblemCode = keyof typeof shapeProblems;
/** The first thing found wrong, with the ring (0 the outer one) and the vertex where it was met. */
export type ShapeProblem = { readonly code: ShapeProblemCode; readonly message: string; readonly ring?: number; readonly vertex?: number };

export const shapeProblem = (code: ShapeProblemCode, at: { readonly ring?: number; readonly vertex?: number } = {}): ShapeProblem => ({
  code,
  message: shapeProblems[code],
  ...at,
});
