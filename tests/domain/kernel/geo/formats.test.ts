import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contains } from '../../../../src/domain/kernel/geo/contains.ts';
import { fromGeoJson, toGeoJson } from '../../../../src/domain/kernel/geo/geojson.ts';
import { toPosition, toPositionText } from '../../../../src/domain/kernel/geo/position.ts';
import type { Shape } from '../../../../src/domain/kernel/geo/shape.ts';
import { findShapeProblem } from '../../../../src/domain/kernel/geo/validity.ts';
import { fromWkt, toWkt } from '../../../../src/domain/kernel/geo/wkt.ts';
import { circle, corridor, pointsNear, polygon, position, ringOf } from './shapes.ts';

const shape = fc.oneof<fc.Arbitrary<Shape>[]>(polygon, circle, corridor);
const sizeOf = (of: Shape) => (of.kind === 'circle' ? { radiusMeters: of.radiusMeters } : of.kind === 'corridor' ? { widthMeters: of.widthMeters } : {});
// JSON has no −0
const plain = (of: Shape | undefined) => JSON.parse(JSON.stringify(of));

describe('formats', () => {
  test('GF-1 GeoJSON there and back keeps what a shape contains, and the shape but for the way its rings run', () => {
    fc.assert(
      fc.property(
        polygon.chain((of) => fc.tuple(fc.constant(of), pointsNear(of))),
        ([of, point]) => {
          const back = fromGeoJson(JSON.parse(JSON.stringify(toGeoJson(of))));
          if (back === undefined) throw new Error('nothing came back');
          expect(findShapeProblem(back)).toBeUndefined();
          expect(contains(back, point)).toBe(contains(of, point));
          expect(toGeoJson(back)).toEqual(plain(toGeoJson(of) as never));
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.oneof<fc.Arbitrary<Shape>[]>(circle, corridor), (of) => expect(fromGeoJson(JSON.parse(JSON.stringify(toGeoJson(of))))).toEqual(plain(of))),
    );
  });

  test('GF-1 well-known text there and back is the same shape', () => {
    fc.assert(fc.property(shape, (of) => expect(plain(fromWkt(toWkt(of), sizeOf(of)))).toEqual(plain(of))));
  });

  test('GF-1 longitude comes first, and the outer ring runs counter-clockwise', () => {
    const ring = ringOf([-90, 14], [-90, 15], [-91, 15], [-91, 14], [-90, 14]);
    const feature = toGeoJson({ kind: 'polygon', rings: [ring.toReversed()] });
    expect(feature.geometry.coordinates).toEqual([
      [
        [-90, 14],
        [-90, 15],
        [-91, 15],
        [-91, 14],
        [-90, 14],
      ],
    ]);
    expect(toWkt({ kind: 'polygon', rings: [ring] })).toBe('POLYGON ((-90 14, -90 15, -91 15, -91 14, -90 14))');
    expect(toWkt({ kind: 'circle', center: { latitude: 14.5, longitude: -90.25 }, radiusMeters: 50 })).toBe('POINT (-90.25 14.5)');
    expect(fromWkt('polygon((0 0,1 0 ,\n1 1, 0 0))')).toEqual({ kind: 'polygon', rings: [ringOf([0, 0], [1, 0], [1, 1], [0, 0])] });
    expect(fromWkt('POLYGON ((0 0, 1e1 0, 1 -.5, 0 0), (2 3, 4 5, 6 7, 2 3))')).toMatchObject({ kind: 'polygon', rings: [{ length: 4 }, { length: 4 }] });
  });

  test('what is no shape is nothing, never an error', () => {
    for (const text of [
      '',
      'POINT (1 2)',
      'POLYGON EMPTY',
      'POLYGON ()',
      'POLYGON (1 2, 3 4)',
      'POLYGON ((1 2, 3), (4 5))',
      'POLYGON ((1 2 3, 4 5 6))',
      'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))',
      'LINESTRING (1 2, 3 4)',
      'POINT (1, 2)',
      `POINT (${'1'.repeat(500_000)}`,
    ])
      expect(fromWkt(text)).toBeUndefined();
    for (const value of [
      null,
      1,
      'x',
      [],
      {},
      { type: 'Feature' },
      { type: 'Polygon' },
      { type: 'Polygon', coordinates: [[['0', '0']]] },
      { type: 'Polygon', coordinates: [[[1]]] },
      { type: 'MultiPolygon', coordinates: [] },
      { type: 'Point', coordinates: [1, 2] },
      {
        type: 'Feature',
        geometry: {
          type: 'LineString',
          coordinates: [
            [1, 2],
            [3, 4],
          ],
        },
        properties: null,
      },
    ])
      expect(fromGeoJson(value)).toBeUndefined();
    fc.assert(fc.property(fc.anything(), (value) => expect(() => fromGeoJson(value)).not.toThrow()));
    fc.assert(fc.property(fc.string(), (text) => expect(() => fromWkt(`POLYGON ((${text}))`)).not.toThrow()));
  });

  test('a position of the log keeps nine places', () => {
    fc.assert(
      fc.property(position, (of) => {
        const text = toPositionText(of);
        expect(text.latitude).toMatch(/^-?\d{1,2}(\.\d{1,9})?$/);
        const back = toPosition(text);
        expect(Math.abs(back.latitude - of.latitude)).toBeLessThanOrEqual(5.1e-10);
        expect(toPositionText(back)).toEqual(text);
      }),
    );
    expect(toPositionText({ latitude: -0, longitude: 100 })).toEqual({ latitude: '0', longitude: '100' });
    expect(toPositionText({ latitude: -1e-12, longitude: -90.5 })).toEqual({ latitude: '0', longitude: '-90.5' });
  });
});
