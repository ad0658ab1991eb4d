/** Polygons laid out on the plane, and what is checked of one before anything is computed with it. */
import { orient2d } from 'robust-predicates';
import type { Position } from './position.ts';
import { type Box, boxOfRing, layOutRing, type PlanarRing, sideOfRings } from './ring.ts';
import { type Polygon, type ShapeProblem, shapeLimits, shapeProblem } from './shape.ts';
import { findMeeting } from './simple-rings.ts';

/** The outer ring first; holes are laid out within its range of x. */
export type PlanarPolygon = { readonly rings: readonly PlanarRing[]; readonly box: Box };

const samePosition = (a: Position | undefined, b: Position | undefined): boolean => a?.latitude === b?.latitude && a?.longitude === b?.longitude;

/** Lays out a polygon whose rings are closed and in range, or says why it cannot. */
export const layOutPolygon = ({ rings }: Polygon): PlanarPolygon | ShapeProblem => {
  const laid: PlanarRing[] = [];
  for (const [index, ring] of rings.entries()) {
    const outer = laid[0];
    const result = layOutRing(ring, outer === undefined ? -180 : boxOfRing(outer).minX);
    if ('problem' in result) return shapeProblem(result.problem, { ring: index, vertex: result.vertex });
    laid.push(result.ring);
  }
  return { rings: laid, box: boxOfRing(laid[0] ?? new Float64Array()) };
};

const isFlat = (ring: PlanarRing): boolean => {
  const [x, y] = [ring[0] ?? 0, ring[1] ?? 0];
  for (let at = 4; at < ring.length; at += 2) if (orient2d(x, y, ring[2] ?? 0, ring[3] ?? 0, ring[at] ?? 0, ring[at + 1] ?? 0) !== 0) return false;
  return true;
};

const distinctVertices = (ring: PlanarRing): number => {
  const seen = new Set<string>();
  for (let at = 0; at < ring.length; at += 2) seen.add(`${ring[at]} ${ring[at + 1]}`);
  return seen.size;
};

const firstVertex = (ring: PlanarRing) => ({ x: ring[0] ?? 0, y: ring[1] ?? 0 });
const reachesInto = (inner: Box, outer: Box): boolean =>
  inner.minX >= outer.minX && inner.maxX <= outer.maxX && inner.minY >= outer.minY && inner.maxY <= outer.maxY;

/** Of rings that nowhere meet, a hole is wholly in another ring if one of its vertices is. */
const holeProblem = ([outer, ...holes]: readonly PlanarRing[]): ShapeProblem | undefined => {
  const boxes = holes.map(boxOfRing);
  const outside = holes.findIndex((hole) => sideOfRings(outer === undefined ? [] : [outer], firstVertex(hole)) < 0);
  if (outside >= 0) return shapeProblem('holeOutside', { ring: outside + 1 });
  for (const [index, hole] of holes.entries())
    for (const [other, around] of holes.entries()) {
      const [box, aroundBox] = [boxes[index], boxes[other]];
      if (index === other || box === undefined || aroundBox === undefined || !reachesInto(box, aroundBox)) continue;
      if (sideOfRings([around], firstVertex(hole)) > 0) return shapeProblem('holesOverlap', { ring: index + 1 });
    }
  return undefined;
};

/** What is wrong with a polygon whose positions are in range, or nothing. */
export const polygonProblem = (polygon: Polygon): ShapeProblem | undefined => {
  if (polygon.rings.length === 0) return shapeProblem('noRings');
  if (polygon.rings.reduce((sum, ring) => sum + ring.length - 1, 0) > shapeLimits.verticesMax) return shapeProblem('tooManyVertices');
  const open = polygon.rings.findIndex((ring) => ring.length === 0 || !samePosition(ring[0], ring.at(-1)));
  if (open >= 0) return shapeProblem('ringNotClosed', { ring: open });
  const laid = layOutPolygon(polygon);
  if ('code' in laid) return laid;
  const few = laid.rings.findIndex((ring) => distinctVertices(ring) < 3);
  if (few >= 0) return shapeProblem('tooFewVertices', { ring: few });
  const flat = laid.rings.findIndex(isFlat);
  if (flat >= 0) return shapeProblem('zeroArea', { ring: flat });
  const meeting = findMeeting(laid.rings);
  if (meeting !== undefined) return shapeProblem(meeting.first.ring === meeting.second.ring ? 'selfIntersection' : 'ringsTouch', meeting.second);
  return holeProblem(laid.rings);
};
