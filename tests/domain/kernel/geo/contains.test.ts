import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { boundingBoxes } from '../../../../src/domain/kernel/geo/box.ts';
import { contains, distanceToPathMeters, prepareShape, segmentsOf } from '../../../../src/domain/kernel/geo/contains.ts';
import { destination } from '../../../../src/domain/kernel/geo/great-circle.ts';
import { layOutPolygon } from '../../../../src/domain/kernel/geo/polygon.ts';
import { distanceMeters, type Position } from '../../../../src/domain/kernel/geo/position.ts';
import { intoBox, settle, sideOfRings } from '../../../../src/domain/kernel/geo/ring.ts';
import type { Polygon, Shape } from '../../../../src/domain/kernel/geo/shape.ts';
import { findShapeProblem } from '../../../../src/domain/kernel/geo/validity.ts';
import { exact, exactSide } from './exact.ts';
import { center, circle, corridor, pointsNear, polygon, position, rectangle, ringOf, wrap } from './shapes.ts';

const polygonAndPoint = polygon.chain((shape) => fc.tuple(fc.constant(shape), pointsNear(shape)));
const runs = { numRuns: 400 };

const laidOut = (shape: Polygon) => {
  const laid = layOutPolygon(shape);
  if ('code' in laid) throw new Error(laid.message);
  return laid;
};

describe('contains', () => {
  test('GF-7 a polygon contains exactly the points that exact arithmetic finds inside it or on its boundary', () => {
    fc.assert(
      fc.property(polygonAndPoint, ([shape, point]) => {
        expect(findShapeProblem(shape)).toBeUndefined();
        const { rings, box } = laidOut(shape);
        const [x, y] = [intoBox(settle(point.longitude), box), settle(point.latitude)];
        const exactRings = rings.map((ring) =>
          Array.from({ length: ring.length / 2 }, (_, at) => ({ x: exact(ring[2 * at] ?? 0), y: exact(ring[2 * at + 1] ?? 0) })),
        );
        const side = exactSide(exactRings, { x: exact(x), y: exact(y) });
        expect(sideOfRings(rings, { x, y })).toBe(side);
        expect(contains(shape, point)).toBe(side >= 0);
      }),
      runs,
    );
  });

  test('GF-7 points a hair beside a sliver are told apart', () => {
    const tip = 1e-15;
    const sliver: Polygon = {
      kind: 'polygon',
      rings: [
        [
          { latitude: 0, longitude: 0 },
          { latitude: 1, longitude: 1 },
          { latitude: 1, longitude: 1 + 1e-12 },
          { latitude: 0, longitude: 0 },
        ],
      ],
    };
    expect(findShapeProblem(sliver)).toBeUndefined();
    expect(contains(sliver, { latitude: 0.5, longitude: 0.5 })).toBe(true);
    expect(contains(sliver, { latitude: 0.5, longitude: 0.5 - tip })).toBe(false);
    expect(contains(sliver, { latitude: 0.5, longitude: 0.5 + 5e-13 + tip })).toBe(false);
  });

  test('GF-1 rotating, reversing or re-closing a ring keeps what it contains', () => {
    fc.assert(
      fc.property(polygonAndPoint, fc.nat(50), fc.nat(3), ([shape, point], start, ring) => {
        const change = (positions: readonly Position[], index: number): readonly Position[] => {
          if (index !== ring % shape.rings.length) return positions;
          const open = positions.slice(0, -1);
          const rotated = [...open.slice(start % open.length), ...open.slice(0, start % open.length)];
          return [...rotated, ...rotated.slice(0, 1)];
        };
        const inside = contains(shape, point);
        const rotated: Polygon = { kind: 'polygon', rings: shape.rings.map(change) };
        const reversed: Polygon = { kind: 'polygon', rings: shape.rings.map((each) => each.toReversed()) };
        const closedTwice: Polygon = { kind: 'polygon', rings: shape.rings.map((each) => [...each, ...each.slice(-1)]) };
        expect([rotated, reversed, closedTwice].map((other) => [findShapeProblem(other), contains(other, point)])).toEqual(
          Array.from({ length: 3 }, () => [undefined, inside]),
        );
        const { box } = laidOut(shape);
        expect([laidOut(rotated).box, laidOut(reversed).box]).toEqual([box, box]);
      }),
      runs,
    );
  });

  test('GF-7 a shape across the antimeridian is the same shape elsewhere', () => {
    // whole degrees, so that turning the earth rounds nothing
    const shape: Polygon = {
      kind: 'polygon',
      rings: [ringOf([170, -10], [-170, -12], [-165, 9], [175, 12], [170, -10])],
    };
    const turned = (by: number): Polygon => ({
      kind: 'polygon',
      rings: shape.rings.map((ring) => ring.map(({ latitude, longitude }) => ({ latitude, longitude: wrap(longitude + by) }))),
    });
    const home = turned(90);
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -180, max: 180 }), fc.constantFrom(-90, -8, -5, 1, 4, 12), (latitude, longitude, by) => {
        const inside = contains(home, { latitude, longitude: wrap(longitude + 90) });
        expect(contains(shape, { latitude, longitude })).toBe(inside);
        expect(contains(turned(by), { latitude, longitude: wrap(longitude + by) })).toBe(inside);
      }),
      runs,
    );
    expect(boundingBoxes(shape)).toEqual([
      { west: 170, south: -12, east: 180, north: 12 },
      { west: -180, south: -12, east: -165, north: 12 },
    ]);
    expect([
      contains(shape, { latitude: 0, longitude: 180 }),
      contains(shape, { latitude: 0, longitude: -180 }),
      contains(shape, { latitude: 0, longitude: 0 }),
    ]).toEqual([true, true, false]);
  });

  test('GF-7 180° east and west are one meridian, whichever of them a shape ends at', () => {
    const box = (west: number, east: number): Polygon => ({ kind: 'polygon', rings: [rectangle(west, 0, east, 5)] });
    for (const shape of [box(170, 180), box(-180, -170), box(170, -180), box(180, -170)])
      for (const longitude of [180, -180]) expect(contains(shape, { latitude: 2, longitude })).toBe(true);
  });

  test('a circle contains what is no farther than its radius, the rim included', () => {
    fc.assert(
      fc.property(circle, position, fc.double({ min: 0, max: 360, noNaN: true }), (shape, point, bearing) => {
        expect(contains(shape, point)).toBe(distanceMeters(shape.center, point) <= shape.radiusMeters);
        const near = destination(shape.center, { distanceMeters: shape.radiusMeters * 0.999, bearing });
        const far = destination(shape.center, { distanceMeters: shape.radiusMeters * 1.001, bearing });
        expect([contains(shape, near), contains(shape, far)]).toEqual([true, false]);
        const rim = { ...shape, radiusMeters: distanceMeters(shape.center, point) };
        expect(contains(rim, point)).toBe(true);
      }),
      runs,
    );
  });

  test('a corridor contains what is no farther from its path than half its width', () => {
    fc.assert(
      fc.property(corridor, center, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(9), (shape, other, share, leg) => {
        const segments = segmentsOf(shape.path);
        const [from, to] = [shape.path[leg % segments.length] ?? other, shape.path[(leg % segments.length) + 1] ?? other];
        const point = {
          latitude: from.latitude + share * (to.latitude - from.latitude),
          longitude: wrap(from.longitude + share * (Math.abs(to.longitude - from.longitude) > 180 ? 0 : to.longitude - from.longitude)),
        };
        for (const each of [point, other, from]) expect(contains(shape, each)).toBe(distanceToPathMeters(each, segments) <= shape.widthMeters / 2);
        expect(contains(shape, from)).toBe(true);
      }),
      runs,
    );
  });

  test('every contained point lies in a bounding box', () => {
    const shapeAndPoint = fc.oneof(
      polygonAndPoint,
      fc
        .tuple(circle, fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
        .map(([shape, bearing, share]): [Shape, Position] => [shape, destination(shape.center, { distanceMeters: shape.radiusMeters * share, bearing })]),
      fc
        .tuple(corridor, fc.nat(8), fc.double({ min: 0, max: 360, noNaN: true }))
        .map(([shape, at, bearing]): [Shape, Position] => [
          shape,
          destination(shape.path[at % shape.path.length] ?? { latitude: 0, longitude: 0 }, { distanceMeters: shape.widthMeters * 0.499, bearing }),
        ]),
    );
    fc.assert(
      fc.property(shapeAndPoint, ([shape, point]) => {
        fc.pre(prepareShape(shape).contains(point));
        const boxes = boundingBoxes(shape);
        expect(boxes.every(({ west, east, south, north }) => west <= east && south <= north && west >= -180 && east <= 180)).toBe(true);
        const longitudes = Math.abs(point.longitude) === 180 ? [180, -180] : [point.longitude];
        expect(
          boxes.some(
            ({ west, east, south, north }) =>
              longitudes.some((longitude) => west <= longitude && longitude <= east) && south <= point.latitude && point.latitude <= north,
          ),
        ).toBe(true);
      }),
      runs,
    );
  });
});

describe('distances', () => {
  test('known distances', () => {
    // 1° of a great circle, and Guatemala City to Mexico City (about 1,060 km)
    expect(distanceMeters({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 })).toBeCloseTo(111_195.08, 2);
    expect(distanceMeters({ latitude: 14.6349, longitude: -90.5069 }, { latitude: 19.4326, longitude: -99.1332 }) / 1000).toBeCloseTo(1063, -1);
    expect(distanceMeters({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(111_195.08, 2);
    expect(distanceMeters({ latitude: 90, longitude: 12 }, { latitude: 90, longitude: -77 })).toBeCloseTo(0, 6);
  });

  test('distance is a metric, and a destination is as far as said', () => {
    fc.assert(
      fc.property(
        position,
        position,
        position,
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
        (a, b, c, meters, bearing) => {
          expect(distanceMeters(a, b)).toBe(distanceMeters(b, a));
          expect(distanceMeters(a, a)).toBe(0);
          expect(distanceMeters(a, c)).toBeLessThanOrEqual((distanceMeters(a, b) + distanceMeters(b, c)) * (1 + 1e-9) + 1e-3);
          expect(Math.abs(distanceMeters(a, destination(a, { distanceMeters: meters, bearing })) - meters)).toBeLessThan(1e-6);
        },
      ),
      runs,
    );
  });

  test('the nearest point of a segment is none of its others', () => {
    fc.assert(
      fc.property(
        center,
        fc.double({ min: 1, max: 300_000, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
        center,
        (from, meters, bearing, point) => {
          const to = destination(from, { distanceMeters: meters, bearing });
          const least = distanceToPathMeters(point, segmentsOf([from, to]));
          const sampled = Array.from({ length: 21 }, (_, step) => distanceMeters(point, destination(from, { distanceMeters: (meters * step) / 20, bearing })));
          // on the far side of the earth the haversine formula is good to centimetres only
          fc.pre(least < 15_000_000);
          expect(least).toBeLessThanOrEqual(Math.min(...sampled) + 1e-3);
          expect(least).toBeGreaterThanOrEqual(Math.min(...sampled) - meters / 20 - 1e-3);
        },
      ),
      runs,
    );
  });
});
