/** Whether a shape can be a geofence, with a named reason where not. Everything else in this folder may assume a shape that passed. */
import { polygonProblem } from './polygon.ts';
import { type Position, positionProblem } from './position.ts';
import { type Corridor, type Shape, type ShapeProblem, shapeLimits, shapeProblem } from './shape.ts';

const positionsProblem = (positions: readonly Position[], ring = 0): ShapeProblem | undefined => {
  for (const [vertex, position] of positions.entries()) {
    const problem = positionProblem(position);
    if (problem !== undefined) return shapeProblem(problem, { ring, vertex });
  }
  return undefined;
};

const isWithin = (value: number, least: number, most: number): boolean => value >= least && value <= most;

const corridorProblem = ({ path, widthMeters }: Corridor): ShapeProblem | undefined => {
  if (!isWithin(widthMeters, shapeLimits.widthMinMeters, shapeLimits.widthMaxMeters)) return shapeProblem('widthOutOfRange');
  if (path.length > shapeLimits.verticesMax) return shapeProblem('tooManyVertices');
  const outside = positionsProblem(path);
  if (outside !== undefined) return outside;
  const steps = path.slice(1).map((to, index) => ({ from: path[index] ?? to, to }));
  if (!steps.some(({ from, to }) => from.latitude !== to.latitude || from.longitude !== to.longitude)) return shapeProblem('tooFewVertices');
  const long = steps.findIndex(({ from, to }) => Math.abs(to.longitude - from.longitude) === 180 || Math.abs(to.latitude - from.latitude) === 180);
  return long < 0 ? undefined : shapeProblem('edgeTooLong', { vertex: long + 1 });
};

/** The first thing wrong with a shape, or nothing. Ten thousand vertices take about a tenth of a second, however they are drawn. */
export const findShapeProblem = (shape: Shape): ShapeProblem | undefined => {
  switch (shape.kind) {
    case 'circle':
      return isWithin(shape.radiusMeters, shapeLimits.radiusMinMeters, shapeLimits.radiusMaxMeters)
        ? positionsProblem([shape.center])
        : shapeProblem('radiusOutOfRange');
    case 'corridor':
      return corridorProblem(shape);
    case 'polygon': {
      for (const [index, ring] of shape.rings.entries()) {
        if (ring.length > shapeLimits.verticesMax + 1) return shapeProblem('tooManyVertices');
        const outside = positionsProblem(ring, index);
        if (outside !== undefined) return outside;
      }
      return polygonProblem(shape);
    }
    default:
      return shape satisfies never;
  }
};
