/** Whether a position lies in a shape; the boundary belongs to it (GF-7). */
import { planarBox } from './box.ts';
import { distanceToSegmentMeters, type Segment, segmentOf, vectorOf } from './great-circle.ts';
import { layOutPolygon } from './polygon.ts';
import { distanceMeters, type Position } from './position.ts';
import { type Box, intoBox, settle } from './ring.ts';
import type { Circle, Corridor, Polygon, Shape } from './shape.ts';
import { cutIntoSlabs, type Slabs, sideOfSlabs } from './slabs.ts';

/** A shape made ready for many questions. */
export type PreparedShape = {
  readonly shape: Shape;
  /** In the layout of `ring.ts`. */
  readonly box: Box;
  readonly contains: (position: Position) => boolean;
  /** The edges of a polygon, for those who look closer. */
  readonly slabs?: Slabs;
};

const isInBox = ({ minX, minY, maxX, maxY }: Box, x: number, y: number): boolean => x >= minX && x <= maxX && y >= minY && y <= maxY;

const preparePolygon = (shape: Polygon): PreparedShape => {
  const laid = layOutPolygon(shape);
  if ('code' in laid) throw new Error(laid.message);
  const slabs = cutIntoSlabs(laid);
  const contains = ({ latitude, longitude }: Position): boolean => {
    const [x, y] = [intoBox(settle(longitude), laid.box), settle(latitude)];
    return isInBox(laid.box, x, y) && sideOfSlabs(slabs, { x, y }) >= 0;
  };
  return { shape, box: laid.box, contains, slabs };
};

const prepareCircle = (shape: Circle): PreparedShape => {
  const box = planarBox(shape);
  const contains = (position: Position): boolean => distanceMeters(shape.center, position) <= shape.radiusMeters;
  return { shape, box, contains };
};

/** The path's segments; repeated positions make none of their own. */
export const segmentsOf = (path: readonly Position[]): readonly Segment[] => {
  const vectors = path.map(vectorOf);
  return vectors.slice(1).map((to, index) => segmentOf(vectors[index] ?? to, to));
};

/** Great-circle distance from a position to the nearest point of a path. */
export const distanceToPathMeters = (position: Position, segments: readonly Segment[]): number => {
  const point = vectorOf(position);
  return segments.reduce((least, segment) => Math.min(least, distanceToSegmentMeters(point, segment)), Number.POSITIVE_INFINITY);
};

const prepareCorridor = (shape: Corridor): PreparedShape => {
  const box = planarBox(shape);
  const segments = segmentsOf(shape.path);
  const half = shape.widthMeters / 2;
  const contains = (position: Position): boolean => {
    if (!isInBox(box, intoBox(position.longitude, box), position.latitude)) return false;
    const point = vectorOf(position);
    return segments.some((segment) => distanceToSegmentMeters(point, segment) <= half);
  };
  return { shape, box, contains };
};

/** Prepares a valid shape (`findShapeProblem` finds nothing); throws on a polygon that cannot be laid out. */
export const prepareShape = (shape: Shape): PreparedShape => {
  switch (shape.kind) {
    case 'circle':
      return prepareCircle(shape);
    case 'corridor':
      return prepareCorridor(shape);
    case 'polygon':
      return preparePolygon(shape);
    default:
      return shape satisfies never;
  }
};

/** Whether a position lies in a shape. To ask often, prepare the shape once. */
export const contains = (shape: Shape, position: Position): boolean => prepareShape(shape).contains(position);
