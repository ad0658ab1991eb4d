/** Whether a position lies in a shape; the boundary belongs to it (GF-7). */
import { planarBox } from './box.ts';
import { distanceToSegmentMeters, type Segment, segmentOf, vectorOf } from './great-circle.ts';
import { layOutPolygon } from './polygon.ts';
import { distanceMeters, type Position } from './position.ts';
import { across, cellAt, inside, type Raster, rasterOfPolygon, rasterOfSegments, rasterSizeOf, type SegmentRaster } from './raster.ts';
import { type Box, intoBox, settle } from './ring.ts';
import type { Circle, Corridor, Polygon, Shape } from './shape.ts';
import { cutIntoSlabs, sideOfSlabs } from './slabs.ts';

/** A shape made ready for many questions. */
export type PreparedShape = {
  readonly shape: Shape;
  /** In the layout of `ring.ts`. */
  readonly box: Box;
  readonly contains: (position: Position) => boolean;
  /** The box in `size` × `size` cells inside, outside and across the boundary. */
  readonly raster: (size: number) => Raster;
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
  return { shape, box: laid.box, contains, raster: (size) => rasterOfPolygon(slabs, laid.box, size) };
};

const prepareCircle = (shape: Circle): PreparedShape => {
  const box = planarBox(shape);
  const contains = (position: Position): boolean => distanceMeters(shape.center, position) <= shape.radiusMeters;
  const center = vectorOf(shape.center);
  const segments = [segmentOf(center, center)];
  return { shape, box, contains, raster: (size) => rasterOfSegments({ segments, withinMeters: shape.radiusMeters, reaches: [box] }, box, size) };
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

/** The box within which each segment alone can decide, laid out within the corridor's own. */
const reachesOf = (shape: Corridor, box: Box): readonly Box[] =>
  shape.path.slice(1).map((to, index) => {
    const reach = planarBox({ ...shape, path: [shape.path[index] ?? to, to] });
    if (box.maxX - box.minX >= 360) return { ...reach, minX: box.minX, maxX: box.maxX };
    const shift = reach.minX < box.minX - 1e-6 ? 360 : 0;
    return { ...reach, minX: reach.minX + shift, maxX: reach.maxX + shift };
  });

/** Segments up to which asking each is as quick as looking up which are near. */
const fewSegments = 32;

const prepareCorridor = (shape: Corridor): PreparedShape => {
  const box = planarBox(shape);
  const segments = segmentsOf(shape.path);
  const half = shape.widthMeters / 2;
  const rasterOf = (size: number): SegmentRaster => rasterOfSegments({ segments, withinMeters: half, reaches: reachesOf(shape, box) }, box, size);
  const own = segments.length > fewSegments ? rasterOf(rasterSizeOf(segments.length)) : undefined;
  const contains = (position: Position): boolean => {
    const x = intoBox(position.longitude, box);
    if (!isInBox(box, x, position.latitude)) return false;
    const cell = own === undefined ? -1 : cellAt(own, box, { x, y: position.latitude });
    const state = own?.cells[cell] ?? across;
    if (state !== across) return state === inside;
    const point = vectorOf(position);
    return (own?.near.get(cell) ?? segments).some((segment) => distanceToSegmentMeters(point, segment) <= half);
  };
  return { shape, box, contains, raster: rasterOf };
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
