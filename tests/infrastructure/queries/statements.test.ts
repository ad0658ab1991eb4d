import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { columnTypes } from '../../../projections/kernel/table.ts';
import type { Filter, QueryRequest, Row, SortKey } from '../../../src/application/ports/queries.ts';
import { pageStatement, type Statement, selectedColumns } from '../../../src/infrastructure/queries/statements.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/postgres.ts';
import { byOrder, callerOf, passes, sampleFilter, sampleQuery, sampleRow, sampleRows, sampleSort, sampleTable } from './kit.ts';

const names = Object.keys(sampleTable.columns);
const definitions = Object.entries(sampleTable.columns).map(([name, column]) => `${name} ${columnTypes[column.kind]}`);
const recordset = `insert into sample select * from jsonb_to_recordset($1::jsonb) as r(${definitions.join(', ')})`;

describe('the SQL of pages', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const run = async ({ text, values }: Statement): Promise<readonly Row[]> => (await client.query<Row>(text, [...values])).rows;
  const insert = async (rows: readonly Row[]): Promise<void> => void (await client.query(recordset, [JSON.stringify(rows)]));
  const fill = async (rows: readonly Row[]): Promise<void> => {
    await client.query('truncate sample');
    await insert(rows);
  };
  const requestOf = (changes: Partial<QueryRequest>): QueryRequest => ({
    ...{ filters: [], sort: [{ column: 'sample_id', isDescending: false }], fields: names, limit: 50, format: 'json' },
    ...changes,
  });
  const pageOf = (request: QueryRequest): Promise<readonly Row[]> => run(pageStatement({ definition: sampleQuery, request, caller: callerOf() }));
  const cursorOf = (row: Row, sort: readonly SortKey[]): readonly (string | null)[] =>
    sort.map(({ column }) => (row[column] === null ? null : String(row[column])));

  /** Walks all pages; `between` runs after each. */
  const walk = async (request: QueryRequest, between: (page: number) => Promise<void>): Promise<readonly Row[]> => {
    const seen: Row[] = [];
    let after: readonly (string | null)[] | undefined;
    for (let page = 0; page < 1000; page += 1) {
      const rows = await pageOf(after === undefined ? request : { ...request, after });
      seen.push(...rows.slice(0, request.limit));
      const last = rows[request.limit - 1];
      if (rows.length <= request.limit || last === undefined) return seen;
      after = cursorOf(last, request.sort);
      await between(page);
    }
    throw new Error('the walk does not end');
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('create extension cube; create extension earthdistance');
    await client.query(`create table sample (${definitions.join(', ')}, primary key (sample_id))`);
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  test('rows come back in the form they were written in', async () => {
    await fc.assert(
      fc.asyncProperty(sampleRows(20), async (rows) => {
        await fill(rows);
        const sort = [{ column: 'sample_id', isDescending: false }];
        expect(await pageOf(requestOf({ sort }))).toEqual([...rows].sort(byOrder(sort)));
      }),
      { numRuns: 50 },
    );
  });

  test('QU-1 the result of filters equals the predicates over the whole list', async () => {
    await fc.assert(
      fc.asyncProperty(
        sampleRows(30),
        fc.array(fc.array(sampleFilter, { minLength: 1, maxLength: 3 }), { minLength: 20, maxLength: 20 }),
        async (rows, asked) => {
          await fill(rows);
          for (const filters of asked) {
            const found = await pageOf(requestOf({ filters }));
            const expected = rows.filter((row) => filters.every((filter: Filter) => passes(row, filter)));
            expect({ filters, ids: found.map((row) => row['sample_id']) }).toEqual({ filters, ids: expected.map((row) => row['sample_id']).sort() });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('QU-1 walking cursors gives the whole list in order, whatever is null and whichever way columns run', async () => {
    await fc.assert(
      fc.asyncProperty(sampleRows(30), sampleSort, fc.integer({ min: 1, max: 7 }), async (rows, sort, limit) => {
        await fill(rows);
        const seen = await walk(requestOf({ sort, limit, fields: ['name'] }), async () => undefined);
        expect(seen.map((row) => row['sample_id'])).toEqual([...rows].sort(byOrder(sort)).map((row) => row['sample_id']));
      }),
      { numRuns: 150 },
    );
  });

  test('QU-1 rows that come and go while cursors walk never repeat or hide one that stays', async () => {
    await fc.assert(
      fc.asyncProperty(
        sampleRows(20),
        fc.array(sampleRow, { maxLength: 20 }),
        sampleSort,
        fc.integer({ min: 1, max: 5 }),
        async (rows, others, sort, limit) => {
          await fill(rows);
          const staying = new Set(rows.filter((_, at) => at % 3 !== 0).map((row) => row['sample_id']));
          const leaving = rows.filter((row) => !staying.has(row['sample_id']));
          const seen = await walk(requestOf({ sort, limit }), async (page) => {
            const [gone, come] = [leaving[page], others[page]];
            if (gone !== undefined) await client.query('delete from sample where sample_id = $1', [gone['sample_id']]);
            if (come !== undefined && !rows.some((row) => row['sample_id'] === come['sample_id'])) await insert([come]);
          });
          const ids = seen.map((row) => row['sample_id']);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids.filter((id) => staying.has(id)).sort()).toEqual([...staying].sort());
        },
      ),
      { numRuns: 80 },
    );
  });

  test('columns of the order are read even where they are not asked for, since the next cursor is made of them', () => {
    const request = requestOf({
      fields: ['name'],
      sort: [
        { column: 'size', isDescending: true },
        { column: 'sample_id', isDescending: true },
      ],
    });
    expect(selectedColumns(request)).toEqual(['name', 'size', 'sample_id']);
  });

  test('near keeps what lies within the distance, bbox what lies in the box, over the antimeridian too', async () => {
    const at = (id: number, latitude: number, longitude: number): Row => ({
      ...fc.sample(sampleRow, 1)[0],
      ...{ sample_id: `0000000${id}-0000-4000-8000-000000000000`, latitude, longitude },
    });
    await fill([at(1, 14.6349, -90.5069), at(2, 14.6349, -90.4977), at(3, 14.7, -90.5069), at(4, 0, 179.9), at(5, 0, -179.9)]);
    const found = async (area: QueryRequest['area'] & object): Promise<unknown> =>
      (await pageOf(requestOf({ area }))).map((row) => String(row['sample_id'])[7]);
    expect(await found({ kind: 'near', latitude: 14.6349, longitude: -90.5069, withinMeters: 0 })).toEqual(['1']);
    // One hundredth of a degree of longitude is 1,077 m here, so the second lies 991 m away.
    expect(await found({ kind: 'near', latitude: 14.6349, longitude: -90.5069, withinMeters: 985 })).toEqual(['1']);
    expect(await found({ kind: 'near', latitude: 14.6349, longitude: -90.5069, withinMeters: 995 })).toEqual(['1', '2']);
    expect(await found({ kind: 'near', latitude: 0, longitude: 180, withinMeters: 12_000 })).toEqual(['4', '5']);
    expect(await found({ kind: 'near', latitude: 0, longitude: 0, withinMeters: 20_100_000 })).toEqual(['1', '2', '3', '4', '5']);
    expect(await found({ kind: 'box', west: -90.51, south: 14.6, east: -90.5, north: 14.65 })).toEqual(['1']);
    expect(await found({ kind: 'box', west: 179, south: -1, east: -179, north: 1 })).toEqual(['4', '5']);
  });
});
