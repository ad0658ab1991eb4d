import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { type QueryDefinition, tableQuery } from '../../../projections/kernel/query.ts';
import { double, instant, integer, json, numeric, tenantTable, text, textArray, uuid } from '../../../projections/kernel/table.ts';
import type { Caller } from '../../../src/application/caller.ts';
import type { QueryRequest, QueryRunner, Row } from '../../../src/application/ports/queries.ts';
import { queryRunner } from '../../../src/infrastructure/queries/runner.ts';
import { csvRows } from './csv.ts';
import { type Filled, openFilled } from './database.ts';
import { byOrder, callerOf, passes, sampleFilter, sampleQuery, sampleRows, sampleSort, sampleTable, tenants } from './kit.ts';

const cells = tenantTable('cell', {
  key: 'cell_id',
  permission: 'sample:read',
  docs: 'What people write into cells.',
  isAudited: false,
  columns: {
    cell_id: uuid(),
    words: text().nullable(),
    list: textArray(),
    document: json(),
    amount: numeric(),
    size: integer(),
    weight: double(),
    at: instant(),
  },
});
const cellQuery = tableQuery('cell', cells);
const dangerous = /^[=+\-@\t\r\n＝＋－＠]/;
const wicked = fc
  .oneof(
    fc.constantFrom(
      '=1+1',
      '+cmd|x',
      '-2+3',
      '@SUM(A1)',
      '\tx',
      '\rx',
      '\n=1',
      '＝1',
      '＋1',
      '－1',
      '＠x',
      '',
      ' ',
      '"=1"',
      'a,=1',
      "'=1",
      '_x0041_',
      'a_x000D_b',
      '\u0001',
    ),
    fc.tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ''), fc.string({ unit: 'binary', maxLength: 12 })).map(([first, rest]) => `${first}${rest}`),
  )
  .filter((word) => word.isWellFormed() && !word.includes('\0'));
const cellRow = fc.record({
  cell_id: fc.uuid({ version: 4 }),
  customer_id: fc.constant(tenants[0]),
  account_id: fc.constant(null),
  words: fc.option(wicked, { nil: null }),
  list: fc.array(wicked, { maxLength: 2 }),
  document: fc.oneof(wicked, fc.constantFrom<unknown>(-5, { a: '=1' }, null, [])).map((value) => value ?? false),
  amount: fc.constantFrom('-1.50', '12345678901234567890.5', '0'),
  size: fc.integer({ min: -1000, max: 1000 }),
  weight: fc.constantFrom(-0.5, 1e21, 0.1),
  at: fc.constant('2026-01-31T08:15:00.001Z'),
});

const byText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);

describe('exports', () => {
  let filled: Filled;
  let runner: QueryRunner;
  const owner = tenantsUser();
  const asked = (definition: QueryDefinition, changes: Partial<QueryRequest> = {}): QueryRequest => {
    const parsed = runner.parse(definition, new URLSearchParams(), owner);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return { ...parsed.request, ...changes };
  };
  const csv = async (definition: QueryDefinition, request: QueryRequest, caller: Caller = owner): Promise<readonly (readonly (string | null)[])[]> => {
    const { body } = await runner.export(definition, request, caller, 'csv');
    return csvRows((await buffer(body)).toString());
  };
  const workbook = async (definition: QueryDefinition, request: QueryRequest): Promise<ExcelJS.Workbook> => {
    const { body } = await runner.export(definition, request, owner, 'xlsx');
    const book = new ExcelJS.Workbook();
    await book.xlsx.read(body);
    return book;
  };
  /** Connections of exports that the database still has. */
  const running = async (): Promise<number> => {
    const [row] = await filled.database.owner.rows<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where application_name like '%export%' and state <> 'idle' and datname = current_database()`,
    );
    return row?.n ?? -1;
  };
  const untilNoneRuns = async (): Promise<void> => {
    for (let looks = 0; (await running()) > 0; looks += 1) if (looks > 2000) throw new Error('an export still runs');
  };

  beforeAll(async () => {
    filled = await openFilled({ sample: [sampleTable], cell: [cells] });
    runner = queryRunner({ database: filled.database, cursorKey: Buffer.alloc(32, 1) });
  });
  afterAll(async () => filled?.close());

  test('QU-2 an export holds the rows of the query, all of them, in its order, for its caller, at its position', async () => {
    await fc.assert(
      fc.asyncProperty(
        sampleRows(25),
        fc.array(sampleFilter, { maxLength: 2 }),
        sampleSort,
        fc.constantFrom(callerOf(), owner),
        async (rows, filters, sort, caller) => {
          await filled.fill(sampleTable, rows);
          const request = asked(sampleQuery, { filters, sort, fields: ['sample_id', 'size', 'price', 'seen_at'], limit: 1 });
          const expected = rows
            .filter((row) => caller.tenant === null || row['customer_id'] === caller.tenant)
            .filter((row) => filters.every((filter) => passes(row, filter)))
            .sort(byOrder(sort))
            .map((row) => request.fields.map((name) => (row[name] === null ? null : String(row[name]))));
          const [heading, ...lines] = await csv(sampleQuery, request, caller);
          expect(heading).toEqual(request.fields);
          // By the key alone is no order that a reader would miss.
          expect(sort.length > 1 ? lines : [...lines].sort(byText)).toEqual(sort.length > 1 ? expected : [...expected].sort(byText));
        },
      ),
      { numRuns: 40 },
    );
    const { asOf, body } = await runner.export(sampleQuery, asked(sampleQuery), owner, 'csv');
    expect(asOf.position).toBe('42');
    body.destroy();
    await untilNoneRuns();
  });

  test('QU-2 no cell of a CSV file can run as a formula, and numbers stay numbers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(cellRow, { selector: (row) => row.cell_id, maxLength: 20 }), async (rows) => {
        await filled.fill(cells, rows);
        const [heading = [], ...lines] = await csv(cellQuery, asked(cellQuery));
        expect(lines).toHaveLength(rows.length);
        for (const line of lines) {
          const cell = Object.fromEntries(heading.map((name, at) => [String(name), line[at] ?? null]));
          const row = rows.find((candidate) => candidate.cell_id === cell['cell_id']);
          for (const name of ['words', 'list', 'document']) expect(cell[name] ?? '').not.toMatch(dangerous);
          const words = row?.words ?? null;
          expect(cell['words']).toBe(words !== null && dangerous.test(words) ? `'${words}` : words);
          expect([cell['amount'], Number(cell['size']), Number(cell['weight'])]).toEqual([row?.amount, row?.size, row?.weight]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('QU-2 a workbook holds texts as texts, formulas nowhere, and numbers as numbers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(cellRow, { selector: (row) => row.cell_id, maxLength: 20 }), async (rows) => {
        await filled.fill(cells, rows);
        const request = asked(cellQuery);
        const [sheet] = (await workbook(cellQuery, request)).worksheets;
        const lines: unknown[][] = [];
        sheet?.eachRow({ includeEmpty: true }, (row) => lines.push(request.fields.map((_, at) => row.getCell(at + 1).value)));
        const [heading, ...unordered] = lines;
        const ordered = [...unordered].sort((a, b) => byText(a[request.fields.indexOf('cell_id')], b[request.fields.indexOf('cell_id')]));
        const expected = [...rows].sort((a, b) => byText(a.cell_id, b.cell_id));
        expect(heading).toEqual(request.fields);
        expect(lines).toHaveLength(rows.length + 1);
        expected.forEach((row, at) => {
          const cell = Object.fromEntries(request.fields.map((name, column) => [name, ordered[at]?.[column] ?? null]));
          expect(plain(cell['words'])).toBe(row.words === '' ? plain(cell['words']) : row.words);
          expect(cell['amount']).toEqual(row.amount.length > 15 ? row.amount : Number(row.amount));
          expect([cell['size'], cell['weight'], cell['at']]).toEqual([row.size, row.weight, row.at]);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a reader that goes away ends the statement and gives the connection back, so that later exports find one', async () => {
    await filled.database.owner.rows('truncate read_models.sample');
    await filled.database.owner.rows(
      `insert into read_models.sample (sample_id, customer_id, name, ordinal, is_new, groups, latitude, longitude)
       select gen_random_uuid(), $1, repeat('x', 2000), n, true, '{}', 0, 0 from generate_series(1, 20000) n`,
      [tenants[0]],
    );
    for (const format of ['csv', 'xlsx', 'csv', 'xlsx'] as const) {
      const { body } = await runner.export(sampleQuery, asked(sampleQuery), owner, format);
      await once(body, 'readable');
      body.destroy();
      await untilNoneRuns();
    }
    expect(await csv(sampleQuery, asked(sampleQuery, { fields: ['sample_id'] }))).toHaveLength(20_001);
  });

  test('an export waits for its reader: what is in flight stays small', async () => {
    for (const format of ['csv', 'xlsx'] as const) {
      const { body } = await runner.export(sampleQuery, asked(sampleQuery), owner, format);
      await once(body, 'readable');
      expect(body.readableLength).toBeLessThan(1_000_000);
      body.destroy();
      await untilNoneRuns();
    }
  });

  test('an export that fails on the way is cut off with an error, never ended as if it were whole', async () => {
    const failing = {
      ...sampleQuery,
      from: `select s.*, 1 / (s.ordinal - 15000) as broken from sample s`,
      columns: { ...sampleQuery.columns, broken: integer() },
    };
    for (const format of ['csv', 'xlsx'] as const) {
      const { body } = await runner.export(
        failing,
        asked(failing, { fields: ['name', 'broken'], sort: [{ column: 'ordinal', isDescending: false }] }),
        owner,
        format,
      );
      await expect(buffer(body as Readable)).rejects.toThrow(/division by zero/);
    }
    await untilNoneRuns();
  });
});

function tenantsUser(): Caller {
  return callerOf({ tenant: tenants[0] });
}

/** exceljs leaves the escapes of ECMA-376 as they are. */
function plain(value: unknown): Row[string] {
  return typeof value === 'string' ? value.replace(/_x([0-9A-F]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : value;
}
