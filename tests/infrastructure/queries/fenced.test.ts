import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueryRequest, QueryRunner, Row } from '../../../src/application/ports/queries.ts';
import { contains } from '../../../src/domain/kernel/geo/contains.ts';
import type { Shape } from '../../../src/domain/kernel/geo/shape.ts';
import { queryRunner } from '../../../src/infrastructure/queries/runner.ts';
import { rectangle } from '../../domain/kernel/geo/shapes.ts';
import { type Filled, openFilled } from './database.ts';
import { callerOf, sampleQuery, sampleRow, sampleTable, tenants } from './kit.ts';

const fenceId = '77777777-7777-4777-8777-777777777777';
const caller = callerOf();
const at = (n: number, latitude: number, longitude: number): Row => ({
  ...fc.sample(sampleRow, { numRuns: 1, seed: 7 })[0],
  ...{ sample_id: `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`, latitude, longitude },
});
const shapes: readonly Shape[] = [
  { kind: 'circle', center: { latitude: 14.6, longitude: -90.5 }, radiusMeters: 50_000 },
  { kind: 'circle', center: { latitude: 0, longitude: 180 }, radiusMeters: 100_000 },
  { kind: 'polygon', rings: [rectangle(-91, 14, -90, 15), rectangle(-90.7, 14.4, -90.3, 14.8)] },
  { kind: 'polygon', rings: [rectangle(179, -1, -179, 1)] },
  { kind: 'polygon', rings: [rectangle(179, -1, 180, 1)] },
  { kind: 'polygon', rings: [rectangle(-180, -1, -179, 1)] },
  {
    kind: 'corridor',
    path: [
      { latitude: 14.6, longitude: -91 },
      { latitude: 14.6, longitude: -90 },
    ],
    widthMeters: 20_000,
  },
];
const near = (value: number, spread: number) =>
  fc.double({ min: value - spread, max: value + spread, noNaN: true }).map((degrees) => Math.round(degrees * 100) / 100);
const place = fc.oneof(
  fc.tuple(near(14.6, 0.8), near(-90.5, 0.8)),
  fc.tuple(near(0, 1.2), fc.oneof(near(179.2, 0.8), near(-179.2, 0.8))),
  fc.constantFrom<[number, number]>([0, 180], [0, -180], [1, 180], [-1, -180], [14, -91], [15, -90], [14.4, -90.7]),
);

describe('in_geofence', () => {
  let filled: Filled;
  let runner: QueryRunner;
  beforeAll(async () => {
    filled = await openFilled({ sample: [sampleTable] });
    runner = queryRunner({ database: filled.database, cursorKey: Buffer.alloc(32, 1) });
  });
  afterAll(async () => filled?.close());

  const asked = (address: string): QueryRequest => {
    const parsed = runner.parse(sampleQuery, new URLSearchParams(`in_geofence=${fenceId}${address}`), caller);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return parsed.request;
  };
  const walk = async (address: string, shape: Shape): Promise<{ readonly pages: readonly (readonly Row[])[] }> => {
    const pages: (readonly Row[])[] = [];
    for (let next: string | null = ''; next !== null && pages.length < 1000; ) {
      const request: QueryRequest = asked(`${address}${next === '' ? '' : `&after=${next}`}`);
      const page = await runner.page(sampleQuery, { ...request, shape }, caller);
      pages.push(page.data);
      next = page.page.next;
    }
    return { pages };
  };

  test('QU-1 GF-7 gives exactly what the domain says lies in the shape, in order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(place, { maxLength: 40 }), fc.constantFrom(...shapes), fc.integer({ min: 1, max: 5 }), async (places, shape, limit) => {
        const rows = places.map(([latitude, longitude], n) => at(n, latitude, longitude));
        await filled.fill(sampleTable, rows);
        const { pages } = await walk(`&limit=${limit}&sort=sample_id&fields=name`, shape);
        const expected = places.filter(([latitude, longitude]) => contains(shape, { latitude, longitude })).length;
        expect(pages.flat()).toHaveLength(expected);
        expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
        expect(pages.flat().every((row) => Object.keys(row).join() === 'name')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('goes on past what lies in the box alone, and after so many rows with the next page', async () => {
    // In the corner of the circle's box, outside the circle; every 3,000th row in its centre.
    const rows = Array.from({ length: 12_000 }, (_, n) => (n % 3000 === 2999 ? at(n, 14.6, -90.5) : at(n, 14.95, -90.1)));
    await filled.fill(sampleTable, rows);
    const [circle] = shapes;
    if (circle === undefined) throw new Error('no shape');
    const { pages } = await walk('&limit=10&sort=sample_id&fields=sample_id', circle);
    expect(pages.map((page) => page.map((row) => Number(String(row['sample_id']).slice(0, 8))))).toEqual([[2999, 5999, 8999], [11_999]]);
    const { pages: single } = await walk('&limit=1&sort=sample_id&fields=sample_id', circle);
    expect(single.map((page) => page.length)).toEqual([1, 1, 1, 1]);
  });

  test('TE-2 tenants see their own in the shape', async () => {
    await filled.fill(sampleTable, [
      { ...at(1, 14.6, -90.5), customer_id: tenants[0], account_id: null },
      { ...at(2, 14.6, -90.5), customer_id: tenants[1], account_id: null },
    ]);
    const own = callerOf({ tenant: tenants[0] });
    const parsed = runner.parse(sampleQuery, new URLSearchParams({ in_geofence: fenceId }), own);
    if (!parsed.ok) throw new Error('refused');
    const { data } = await runner.page(sampleQuery, { ...parsed.request, ...(shapes[0] === undefined ? {} : { shape: shapes[0] }) }, own);
    expect(data.map((row) => row['customer_id'])).toEqual([tenants[0]]);
  });

  test('is refused with another place, with a count, as a file, with anything but an id, and with the cursor of another fence', async () => {
    const errors = (address: string) => {
      const parsed = runner.parse(sampleQuery, new URLSearchParams(address), caller);
      return parsed.ok ? [] : parsed.errors.map(({ parameter }) => parameter);
    };
    expect(errors(`in_geofence=${fenceId}&bbox=0,0,1,1`)).toEqual(['in_geofence']);
    expect(errors(`in_geofence=${fenceId}&near=0,0&within=5`)).toEqual(['in_geofence']);
    expect(errors(`in_geofence=${fenceId}&count=exact`)).toEqual(['count']);
    expect(errors(`in_geofence=${fenceId}&format=csv`)).toEqual(['format']);
    expect(errors('in_geofence=here')).toEqual(['in_geofence']);
    await filled.fill(sampleTable, [at(1, 14.6, -90.5), at(2, 14.6, -90.5)]);
    const first = await runner.page(sampleQuery, { ...asked('&limit=1'), ...(shapes[0] === undefined ? {} : { shape: shapes[0] }) }, caller);
    expect(errors(`in_geofence=${fenceId.replaceAll('7', '8')}&after=${first.page.next}`)).toEqual(['after']);
    expect(errors(`in_geofence=${fenceId}&after=${first.page.next}`)).toEqual([]);
  });
});
