import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCellGrid } from '../../../../src/domain/kernel/geo/cell-grid.ts';
import { distanceToPathMeters, prepareShape, segmentsOf } from '../../../../src/domain/kernel/geo/contains.ts';
import { createFenceIndex, crossingsOf } from '../../../../src/domain/kernel/geo/fence-index.ts';
import { destination } from '../../../../src/domain/kernel/geo/great-circle.ts';
import { layOutPolygon } from '../../../../src/domain/kernel/geo/polygon.ts';
import { distanceMeters, type Position } from '../../../../src/domain/kernel/geo/position.ts';
import { intoBox, settle, sideOfRings } from '../../../../src/domain/kernel/geo/ring.ts';
import type { Shape } from '../../../../src/domain/kernel/geo/shape.ts';
import { center, circle, corridor, pointsNear, polygon, position, rectangle } from './shapes.ts';

/** The slow way, that asks neither grid nor raster. */
const holdsSlowly = (shape: Shape, point: Position): boolean => {
  switch (shape.kind) {
    case 'circle':
      return distanceMeters(shape.center, point) <= shape.radiusMeters;
    case 'corridor':
      return distanceToPathMeters(point, segmentsOf(shape.path)) <= shape.widthMeters / 2;
    case 'polygon': {
      const laid = layOutPolygon(shape);
      if ('code' in laid) throw new Error(laid.message);
      return sideOfRings(laid.rings, { x: intoBox(settle(point.longitude), laid.box), y: settle(point.latitude) }) >= 0;
    }
    default:
      return shape satisfies never;
  }
};

const ring = (shape: Shape): readonly Position[] => (shape.kind === 'polygon' ? shape.rings.flat() : shape.kind === 'corridor' ? shape.path : [shape.center]);
/** Points all over one of the shapes, thickest where it matters. */
const pointOf = (shape: Shape): fc.Arbitrary<Position> => {
  const around = fc.record({
    from: fc.constantFrom(...ring(shape)),
    share: fc.double({ min: 0, max: 1.2, noNaN: true }),
    bearing: fc.double({ min: 0, max: 360, noNaN: true }),
  });
  const reach = shape.kind === 'circle' ? shape.radiusMeters : shape.kind === 'corridor' ? shape.widthMeters / 2 : 30_000;
  const near = around.map(({ from, share, bearing }) => destination(from, { distanceMeters: reach * share, bearing }));
  return shape.kind === 'polygon' ? fc.oneof(pointsNear(shape), near) : near;
};
const shape = fc.oneof<fc.Arbitrary<Shape>[]>(polygon, circle, corridor);
const shapesAndPoints = fc
  .array(shape, { minLength: 1, maxLength: 6 })
  .chain((shapes) => fc.tuple(fc.constant(shapes), fc.array(fc.oneof(position, ...shapes.map(pointOf)), { minLength: 15, maxLength: 15 })));

describe('the fence index', () => {
  test('GF-7 it finds exactly the fences that hold a position, asked one by one without it', () => {
    fc.assert(
      fc.property(shapesAndPoints, ([shapes, points]) => {
        const index = createFenceIndex(shapes.map((of, at) => ({ id: `fence ${at}`, shape: of })));
        const prepared = shapes.map(prepareShape);
        for (const point of points) {
          const expected = shapes.flatMap((of, at) => (holdsSlowly(of, point) ? [at] : []));
          expect(index.holding(point)).toEqual(expected);
          expect(prepared.flatMap((of, at) => (of.contains(point) ? [at] : []))).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('GF-7 a raster calls no cell inside or outside of which a point is not', () => {
    const shapeAndPoints = shape.chain((of) => fc.tuple(fc.constant(of), fc.array(pointOf(of), { minLength: 30, maxLength: 30 }), fc.constantFrom(8, 32, 128)));
    fc.assert(
      fc.property(shapeAndPoints, ([of, points, size]) => {
        const { box, raster } = prepareShape(of);
        const { cells } = raster(size);
        for (const point of points) {
          const x = intoBox(point.longitude, box);
          if (x < box.minX || x > box.maxX || point.latitude < box.minY || point.latitude > box.maxY) continue;
          const column = Math.min(size - 1, Math.floor(((x - box.minX) / (box.maxX - box.minX)) * size));
          const row = Math.min(size - 1, Math.floor(((point.latitude - box.minY) / (box.maxY - box.minY)) * size));
          const state = cells[row * size + column];
          if (state !== 2) expect(state === 1).toBe(holdsSlowly(of, point));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('GF-7 180° east and west are asked as one, also of the index', () => {
    const box = (west: number, east: number): Shape => ({ kind: 'polygon', rings: [rectangle(west, 0, east, 5)] });
    const shapes: readonly Shape[] = [
      box(170, 180),
      box(-180, -170),
      box(170, -180),
      box(179, -179),
      { kind: 'circle', center: { latitude: 2, longitude: 180 }, radiusMeters: 100 },
      { kind: 'circle', center: { latitude: 2, longitude: -180 }, radiusMeters: 5000 },
    ];
    const index = createFenceIndex(shapes.map((of, at) => ({ id: String(at), shape: of })));
    for (const longitude of [180, -180]) expect(index.holding({ latitude: 2, longitude })).toEqual([0, 1, 2, 3, 4, 5]);
    expect(index.holding({ latitude: 2, longitude: 179.99 })).toEqual([0, 2, 3, 5]);
    expect(index.holding({ latitude: 2, longitude: -179.99 })).toEqual([1, 3, 5]);
    expect(createFenceIndex([]).holding({ latitude: 0, longitude: 0 })).toEqual([]);
  });

  test('the poles belong to the circles around them', () => {
    const index = createFenceIndex(
      [90, -90].map((latitude) => ({ id: String(latitude), shape: { kind: 'circle', center: { latitude, longitude: 12 }, radiusMeters: 400_000 } as const })),
    );
    for (const longitude of [-180, -77, 0, 12, 180]) {
      expect(index.holding({ latitude: 90, longitude })).toEqual([0]);
      expect(index.holding({ latitude: 87, longitude })).toEqual([0]);
      expect(index.holding({ latitude: -87, longitude })).toEqual([1]);
      expect(index.holding({ latitude: 86, longitude })).toEqual([]);
    }
  });

  test('the grid names each box that holds a point, once', () => {
    const box = fc
      .record({
        minX: fc.double({ min: -180, max: 179.9, noNaN: true }),
        minY: fc.double({ min: -90, max: 89, noNaN: true }),
        width: fc.double({ min: 1e-7, max: 300, noNaN: true }),
        height: fc.double({ min: 1e-7, max: 40, noNaN: true }),
      })
      .map(({ minX, minY, width, height }) => ({ minX, minY, maxX: minX + width, maxY: Math.min(90, minY + height) }));
    fc.assert(
      fc.property(fc.array(box, { maxLength: 30 }), fc.array(position, { minLength: 10, maxLength: 10 }), (boxes, points) => {
        const grid = createCellGrid(boxes);
        const corners = boxes.slice(0, 3).map(({ minX, minY }) => ({ longitude: minX, latitude: minY }));
        for (const { longitude, latitude } of [...points, ...corners]) {
          const found: number[] = [];
          grid.collect(longitude, latitude, found);
          expect(new Set(found).size).toBe(found.length);
          const holds = boxes.flatMap((each, at) =>
            [longitude, longitude + 360].some((x) => x >= each.minX && x <= each.maxX) && latitude >= each.minY && latitude <= each.maxY ? [at] : [],
          );
          expect(holds.filter((at) => !found.includes(at))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('GF-2 what a unit left and entered is the difference of the fences that held it before and after', () => {
    const set = fc.uniqueArray(fc.nat(30)).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(set, set, (before, now) => {
        expect(crossingsOf(before, now)).toEqual({
          exited: before.filter((each) => !now.includes(each)),
          entered: now.filter((each) => !before.includes(each)),
        });
      }),
    );
  });

  test('GF-2 along any path, enters and exits of a fence alternate from an enter', () => {
    fc.assert(
      fc.property(fc.array(circle, { minLength: 1, maxLength: 5 }), fc.array(center, { minLength: 2, maxLength: 12 }), (shapes, stops) => {
        const index = createFenceIndex(shapes.map((of, at) => ({ id: String(at), shape: of })));
        const path = stops.flatMap((stop) => [stop, ...shapes.map((of) => of.center)]);
        const isInside = shapes.map(() => false);
        let held: readonly number[] = [];
        for (const stop of path) {
          const now = index.holding(stop);
          const { exited, entered } = crossingsOf(held, now);
          for (const at of exited) expect(isInside[at]).toBe(true);
          for (const at of entered) expect(isInside[at]).toBe(false);
          for (const at of [...exited, ...entered]) isInside[at] = !isInside[at];
          held = now;
        }
      }),
    );
  });
});
