import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areaSquareMeters } from '../../../../src/domain/kernel/geo/area.ts';
import { distanceMeters, type Position } from '../../../../src/domain/kernel/geo/position.ts';
import { settle } from '../../../../src/domain/kernel/geo/ring.ts';
import type { Polygon, Shape, ShapeProblemCode } from '../../../../src/domain/kernel/geo/shape.ts';
import { findMeeting } from '../../../../src/domain/kernel/geo/simple-rings.ts';
import { findShapeProblem } from '../../../../src/domain/kernel/geo/validity.ts';
import { type ExactPoint, exact, exactMeet } from './exact.ts';
import { circle, corridor, polygon, ringOf } from './shapes.ts';

const square = (west: number, south: number, size: number) =>
  ringOf([west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]);
const polygonOf = (...rings: readonly (readonly Position[])[]): Polygon => ({ kind: 'polygon', rings });
const codeOf = (shape: Shape): ShapeProblemCode | undefined => findShapeProblem(shape)?.code;

/** All pairs of edges, in whole numbers: whether the rings do what valid ones do not. */
const meetsSlowly = (rings: readonly (readonly ExactPoint[])[]): boolean => {
  const edges = rings.flatMap((ring, r) => ring.slice(1).map((to, index) => ({ r, index, count: ring.length - 1, line: [ring[index] ?? to, to] as const })));
  return edges.some((e, i) =>
    edges.slice(i + 1).some((f) => {
      const follows = e.r === f.r && ((e.index + 1) % e.count === f.index || (f.index + 1) % f.count === e.index);
      if (!follows) return exactMeet(e.line, f.line);
      // neighbours: anything beyond the common vertex
      const [first, second] = (e.index + 1) % e.count === f.index ? [e.line, f.line] : [f.line, e.line];
      return exactMeet(first, [second[1], second[1]]) || exactMeet(second, [first[0], first[0]]);
    }),
  );
};

describe('validity of shapes', () => {
  test('rings meet exactly when two of their edges do, on grids where everything is degenerate', () => {
    const ring = (size: number) =>
      fc.array(fc.tuple(fc.nat(size), fc.nat(size)), { minLength: 3, maxLength: 9 }).filter((points) =>
        points.every(([x, y], index) => {
          const [nextX, nextY] = points[(index + 1) % points.length] ?? [x, y];
          return x !== nextX || y !== nextY;
        }),
      );
    const rings = fc.constantFrom(2, 3, 5, 12).chain((size) => fc.array(ring(size), { minLength: 1, maxLength: 2 }));
    let met = 0;
    fc.assert(
      fc.property(rings, (list) => {
        const closed = list.map((points) => [...points, points[0] ?? [0, 0]]);
        const slow = meetsSlowly(closed.map((points) => points.map(([x, y]) => ({ x: BigInt(x), y: BigInt(y) }))));
        expect(findMeeting(closed.map((points) => Float64Array.from(points.flat()))) !== undefined).toBe(slow);
        if (slow) met++;
      }),
      { numRuns: 20_000 },
    );
    expect(met).toBeGreaterThan(5000);
  });

  test('rings of any doubles meet exactly when exact arithmetic says so', () => {
    const coordinate = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }).map(settle), fc.constantFrom(0, 0.1, 0.2, 0.30000000000000004, 0.3, -0.1, 1 / 3));
    const ring = fc.uniqueArray(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 8, selector: ([x, y]) => `${x + 0} ${y + 0}` });
    fc.assert(
      fc.property(ring, (points) => {
        const closed = [...points, points[0] ?? [0, 0]];
        const slow = meetsSlowly([closed.map(([x, y]) => ({ x: exact(x), y: exact(y) }))]);
        expect(findMeeting([Float64Array.from(closed.flat())]) !== undefined).toBe(slow);
      }),
      { numRuns: 3000 },
    );
  });

  test('what is drawn right passes', () => {
    fc.assert(fc.property(fc.oneof<fc.Arbitrary<Shape>[]>(polygon, circle, corridor), (shape) => expect(findShapeProblem(shape)).toBeUndefined()));
  });

  test('each mistake has its name', () => {
    const hole = square(4, 4, 2);
    const cases: readonly (readonly [ShapeProblemCode | undefined, Shape])[] = [
      [undefined, polygonOf(square(0, 0, 10), hole, square(7, 7, 1))],
      ['noRings', polygonOf()],
      ['ringNotClosed', polygonOf(square(0, 0, 10).slice(0, -1))],
      ['ringNotClosed', polygonOf([])],
      ['ringNotClosed', polygonOf(square(0, 0, 10), hole.slice(0, -1))],
      ['tooFewVertices', polygonOf(ringOf([0, 0], [1, 1], [0, 0]))],
      ['tooFewVertices', polygonOf(ringOf([0, 0], [0, 0], [0, 0], [0, 0]))],
      ['tooFewVertices', polygonOf(ringOf([0, 0], [1, 1], [0, 0], [1, 1], [0, 0]))],
      ['zeroArea', polygonOf(ringOf([0, 0], [1, 1], [2, 2], [0, 0]))],
      ['selfIntersection', polygonOf(ringOf([0, 0], [2, 2], [2, 0], [0, 2], [0, 0]))],
      ['selfIntersection', polygonOf(ringOf([0, 0], [4, 0], [4, 4], [2, 0], [0, 4], [0, 0]))],
      ['selfIntersection', polygonOf(ringOf([0, 0], [4, 0], [4, 4], [4, 2], [6, 2], [4, 2], [0, 4], [0, 0]))],
      ['ringsTouch', polygonOf(square(0, 0, 10), square(8, 8, 4))],
      ['ringsTouch', polygonOf(square(0, 0, 10), square(0, 4, 2))],
      ['ringsTouch', polygonOf(square(0, 0, 10), ringOf([0, 5], [2, 4], [2, 6], [0, 5]))],
      ['ringsTouch', polygonOf(square(0, 0, 10), hole, hole)],
      ['holeOutside', polygonOf(square(0, 0, 10), square(20, 0, 2))],
      ['holeOutside', polygonOf(square(4, 4, 2), square(0, 0, 10))],
      ['holesOverlap', polygonOf(square(0, 0, 10), square(2, 2, 6), hole)],
      ['latitudeOutOfRange', polygonOf(ringOf([0, 0], [1, 91], [1, 0], [0, 0]))],
      ['longitudeOutOfRange', polygonOf(ringOf([0, 0], [181, 1], [1, 0], [0, 0]))],
      ['latitudeOutOfRange', polygonOf(ringOf([0, 0], [1, Number.NaN], [1, 0], [0, 0]))],
      ['edgeTooLong', polygonOf(ringOf([-90, 0], [90, 0], [0, 10], [-90, 0]))],
      ['ringAroundPole', polygonOf(ringOf([-120, 80], [0, 80], [120, 80], [-120, 80]))],
      ['tooManyVertices', polygonOf(Array.from({ length: 10_002 }, (_, index) => ({ latitude: index / 1000, longitude: 0 })))],
      ['radiusOutOfRange', { kind: 'circle', center: { latitude: 0, longitude: 0 }, radiusMeters: 9.99 }],
      ['radiusOutOfRange', { kind: 'circle', center: { latitude: 0, longitude: 0 }, radiusMeters: 500_001 }],
      ['radiusOutOfRange', { kind: 'circle', center: { latitude: 0, longitude: 0 }, radiusMeters: Number.NaN }],
      ['latitudeOutOfRange', { kind: 'circle', center: { latitude: -90.1, longitude: 0 }, radiusMeters: 10 }],
      ['widthOutOfRange', { kind: 'corridor', path: ringOf([0, 0], [1, 1]), widthMeters: 0 }],
      ['tooFewVertices', { kind: 'corridor', path: ringOf([1, 1]), widthMeters: 50 }],
      ['tooFewVertices', { kind: 'corridor', path: ringOf([1, 1], [1, 1]), widthMeters: 50 }],
      ['edgeTooLong', { kind: 'corridor', path: ringOf([-90, 1], [90, 1]), widthMeters: 50 }],
      [
        'tooManyVertices',
        { kind: 'corridor', path: Array.from({ length: 10_001 }, (_, index) => ({ latitude: index / 1000, longitude: 0 })), widthMeters: 50 },
      ],
      ['longitudeOutOfRange', { kind: 'corridor', path: ringOf([0, 0], [200, 1]), widthMeters: 50 }],
    ];
    expect(cases.map(([, shape]) => codeOf(shape))).toEqual(cases.map(([code]) => code));
    expect(findShapeProblem(polygonOf(square(0, 0, 10), ringOf([4, 4], [6, 6], [6, 4], [4, 6], [4, 4])))).toMatchObject({ code: 'selfIntersection', ring: 1 });
  });

  test('a ring drawn to be slow is judged all the same', () => {
    // 5,000 slanted teeth: the boxes of all edges overlap
    const teeth = Array.from({ length: 4999 }, (_, index) => (index % 2 === 0 ? [index / 1000, 0] : [index / 1000 + 20, 20])) as [number, number][];
    const comb = ringOf(...teeth, [40, -1], [0, -1], [0, 0]);
    expect(codeOf(polygonOf(comb))).toBeUndefined();
    const crossed = comb.map((each, index) => (index === 2501 ? { latitude: 20, longitude: 40 } : each));
    expect(codeOf(polygonOf(crossed))).toBe('selfIntersection');
    const many = Array.from({ length: 10_000 }, (_, index) => {
      const angle = (2 * Math.PI * index) / 10_000;
      const radius = index % 2 === 0 ? 1 : 0.99;
      return [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
    });
    expect(codeOf(polygonOf(ringOf(...many, many[0] ?? [0, 0])))).toBeUndefined();
  });
});

describe('areas', () => {
  test('a small box has the area of its sides, and holes are taken out', () => {
    for (const latitude of [0, 14.6, -33, 60, 89]) {
      const size = 0.001;
      const side = distanceMeters({ latitude: latitude + size / 2, longitude: 0 }, { latitude: latitude + size / 2, longitude: size });
      const height = distanceMeters({ latitude, longitude: 0 }, { latitude: latitude + size, longitude: 0 });
      expect(areaSquareMeters(polygonOf(square(0, latitude, size))) / (side * height)).toBeCloseTo(1, 6);
    }
    const whole = areaSquareMeters(polygonOf(square(0, 0, 10)));
    expect(areaSquareMeters(polygonOf(square(0, 0, 10), square(4, 4, 2)))).toBeCloseTo(whole - areaSquareMeters(polygonOf(square(4, 4, 2))), 0);
  });

  test('an octant is an eighth of the sphere, and a circle a cap', () => {
    const earth = 4 * Math.PI * 6_371_008.8 ** 2;
    expect(areaSquareMeters(polygonOf(ringOf([0, 0], [45, 0], [90, 0], [90, 90], [0, 90], [0, 0]))) / earth).toBeCloseTo(1 / 8, 9);
    expect(areaSquareMeters({ kind: 'circle', center: { latitude: 1, longitude: 2 }, radiusMeters: 100 })).toBeCloseTo(Math.PI * 10_000, 1);
    expect(areaSquareMeters({ kind: 'corridor', path: ringOf([0, 0], [1, 0]), widthMeters: 100 })).toBeCloseTo(111_195.08 * 100 + Math.PI * 2500, 0);
  });

  test('a ring may start anywhere and run either way', () => {
    fc.assert(
      fc.property(polygon, fc.nat(40), (shape, start) => {
        const turned = polygonOf(
          ...shape.rings.map((ring) => {
            const open = ring.slice(0, -1);
            const rotated = [...open.slice(start % open.length), ...open.slice(0, start % open.length)].reverse();
            return [...rotated, ...rotated.slice(0, 1)];
          }),
        );
        expect(areaSquareMeters(turned) / areaSquareMeters(shape)).toBeCloseTo(1, 6);
      }),
    );
  });
});
