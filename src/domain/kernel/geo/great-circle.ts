/** Vectors from the earth's centre, for distances to great-circle segments: no special cases at the poles or the antimeridian. */
import { degrees, earthRadiusMeters, type Position, radians } from './position.ts';

/** A unit vector: x to 0° N 0° E, y to 0° N 90° E, z to the north pole. */
export type Vector = { readonly x: number; readonly y: number; readonly z: number };

export const vectorOf = ({ latitude, longitude }: Position): Vector => {
  const [phi, lambda] = [radians(latitude), radians(longitude)];
  return { x: Math.cos(phi) * Math.cos(lambda), y: Math.cos(phi) * Math.sin(lambda), z: Math.sin(phi) };
};
// By arctangents: an arcsine loses half its digits at the poles.
const latitudeOf = ({ x, y, z }: Vector): number => Math.atan2(z, Math.hypot(x, y));
const cross = (a: Vector, b: Vector): Vector => ({ x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x });
const dot = (a: Vector, b: Vector): number => a.x * b.x + a.y * b.y + a.z * b.z;
const minus = (a: Vector, b: Vector): Vector => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z });
const chord = (a: Vector, b: Vector): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z);

/** A segment with what every distance to it needs. */
export type Segment = {
  readonly from: Vector;
  readonly to: Vector;
  /** The unit normal of the great circle, or nothing where both ends are one point. */
  readonly normal: Vector | undefined;
  readonly atFrom: Vector;
  readonly atTo: Vector;
};

/** The shorter arc between two points that are not opposite each other. */
export const segmentOf = (from: Vector, to: Vector): Segment => {
  // a × (b − a) is a × b, without losing the digits of two vectors that are almost the same.
  const normal = cross(from, minus(to, from));
  const length = Math.sqrt(dot(normal, normal));
  if (length === 0) return { from, to, normal: undefined, atFrom: from, atTo: to };
  const unit = { x: normal.x / length, y: normal.y / length, z: normal.z / length };
  return { from, to, normal: unit, atFrom: cross(unit, from), atTo: cross(to, unit) };
};

/** Great-circle distance from a point to the nearest point of the segment. */
export const distanceToSegmentMeters = (point: Vector, { from, to, normal, atFrom, atTo }: Segment): number => {
  // Between the two great circles that stand on the ends, the nearest point is the foot on the segment; elsewhere an end.
  if (normal !== undefined && dot(atFrom, point) >= 0 && dot(atTo, point) >= 0) return earthRadiusMeters * Math.asin(Math.min(1, Math.abs(dot(normal, point))));
  return 2 * earthRadiusMeters * Math.asin(Math.min(1, Math.min(chord(point, from), chord(point, to)) / 2));
};

/** The segment's range of latitudes (radians): a great circle bulges towards the pole between its ends. */
export const latitudeRange = ({ from, to, normal, atFrom, atTo }: Segment): { readonly south: number; readonly north: number } => {
  const ends = [latitudeOf(from), latitudeOf(to)];
  if (normal !== undefined) {
    // The circle's highest point has the direction of the pole less its part along the normal.
    const top = { x: -normal.z * normal.x, y: -normal.z * normal.y, z: 1 - normal.z * normal.z };
    const height = Math.atan2(Math.hypot(normal.x, normal.y), Math.abs(normal.z));
    if (dot(atFrom, top) >= 0 && dot(atTo, top) >= 0) ends.push(height);
    if (dot(atFrom, top) <= 0 && dot(atTo, top) <= 0) ends.push(-height);
  }
  return { south: Math.min(...ends), north: Math.max(...ends) };
};

/** The point a distance away along the great circle that sets out at a bearing (degrees clockwise from north; at a pole, from its meridian). */
export const destination = (from: Position, { distanceMeters, bearing }: { readonly distanceMeters: number; readonly bearing: number }): Position => {
  const [phi, lambda] = [radians(from.latitude), radians(from.longitude)];
  const start = vectorOf(from);
  const north = { x: -Math.sin(phi) * Math.cos(lambda), y: -Math.sin(phi) * Math.sin(lambda), z: Math.cos(phi) };
  const east = { x: -Math.sin(lambda), y: Math.cos(lambda), z: 0 };
  const [ahead, aside] = [Math.cos(distanceMeters / earthRadiusMeters), Math.sin(distanceMeters / earthRadiusMeters)];
  const [toNorth, toEast] = [aside * Math.cos(radians(bearing)), aside * Math.sin(radians(bearing))];
  const end = {
    x: start.x * ahead + north.x * toNorth + east.x * toEast,
    y: start.y * ahead + north.y * toNorth + east.y * toEast,
    z: start.z * ahead + north.z * toNorth,
  };
  return { latitude: degrees(latitudeOf(end)), longitude: degrees(Math.atan2(end.y, end.x)) };
};
