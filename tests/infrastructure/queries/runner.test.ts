import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import { tableQuery } from '../../../projections/kernel/query.ts';
import { companyTable, restrictedTable, text } from '../../../projections/kernel/table.ts';
import type { Caller } from '../../../src/application/caller.ts';
import { sees } from '../../../src/application/caller.ts';
import { type Page, QueryForbidden, type QueryRequest, type QueryRunner, type Row } from '../../../src/application/ports/queries.ts';
import { DatabaseUnavailable } from '../../../src/application/ports/read-models.ts';
import { queryRunner } from '../../../src/infrastructure/queries/runner.ts';
import { type Filled, openFilled } from './database.ts';
import { accounts, byOrder, callerOf, passes, sampleFilter, sampleQuery, sampleRow, sampleRows, sampleSort, sampleTable, tenants } from './kit.ts';

const permission = { permission: 'secret:read', docs: 'Not for tenants.', isAudited: false } as const;
const companyOwn = companyTable('company_own', { key: 'company_own_id', columns: { company_own_id: text() }, ...permission });
const restrictedOwn = restrictedTable('restricted_own', { key: 'restricted_own_id', columns: { restricted_own_id: text() }, ...permission });

const tenantsUser = (at: 0 | 1, changes: Partial<Caller> = {}): Caller => callerOf({ tenant: tenants[at], ...changes });
const idsOf = (rows: readonly Row[]): readonly unknown[] => rows.map((row) => row['sample_id']);

describe('the query runner', () => {
  let filled: Filled;
  let runner: QueryRunner;
  const asked = (address: string, caller: Caller, definition: QueryDefinition = sampleQuery): QueryRequest => {
    const parsed = runner.parse(definition, new URLSearchParams(address), caller);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    return parsed.request;
  };
  const page = (address: string, caller: Caller): Promise<Page> => runner.page(sampleQuery, asked(address, caller), caller);
  const walk = async (request: QueryRequest, caller: Caller): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    let answer = await runner.page(sampleQuery, request, caller);
    rows.push(...answer.data);
    for (let pages = 1; answer.page.next !== null && pages < 1000; pages += 1) {
      const after = pick(asked(`${addressOf(request)}&after=${answer.page.next}`, caller));
      answer = await runner.page(sampleQuery, { ...request, ...after }, caller);
      rows.push(...answer.data);
    }
    expect(answer.page.next).toBeNull();
    return rows;
  };
  const pick = (request: QueryRequest): Pick<QueryRequest, 'after'> => (request.after === undefined ? {} : { after: request.after });
  const addressOf = ({ filters, sort }: QueryRequest): string => {
    const parameters = filters.map(({ column, operator, values }) => {
      const list = values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',');
      const written = operator === 'in' || operator === 'between' ? list : values[0];
      return `filter[${column}]=${encodeURIComponent(`${operator}:${written}`)}`;
    });
    return [
      ...parameters,
      `sort=${sort
        .slice(0, 3)
        .map(({ column, isDescending }) => `${isDescending ? '-' : ''}${column}`)
        .join(',')}`,
    ].join('&');
  };

  beforeAll(async () => {
    filled = await openFilled({ sample: [sampleTable], secrets: [companyOwn, restrictedOwn] });
    runner = queryRunner({ database: filled.database, cursorKey: Buffer.alloc(32, 1) });
  });
  afterAll(async () => filled?.close());

  test('QU-1 TE-2 what a caller gets, page by page, is what it may see and asked for, in order', async () => {
    const caller = fc.constantFrom(
      callerOf(),
      tenantsUser(0),
      tenantsUser(1),
      tenantsUser(0, { accounts: new Set([accounts[0]]) }),
      tenantsUser(0, { accounts: new Set() }),
    );
    await fc.assert(
      fc.asyncProperty(
        sampleRows(25),
        caller,
        fc.array(sampleFilter, { maxLength: 2 }),
        sampleSort,
        fc.integer({ min: 1, max: 6 }),
        async (rows, who, filters, sort, limit) => {
          await filled.fill(sampleTable, rows);
          const request = { ...asked('', who), filters, sort, limit };
          const expected = rows
            .filter((row) => sees(who, textOf(row['customer_id']), textOf(row['account_id'])))
            .filter((row) => filters.every((filter) => passes(row, filter)))
            .sort(byOrder(sort));
          expect(idsOf(await walk(request, who))).toEqual(idsOf(expected));
          const counted = await runner.page(sampleQuery, { ...request, count: 'exact' }, who);
          expect(counted.total).toBe(expected.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('TE-2 a foreign row and a missing one are answered alike, by key, by filter and by count', async () => {
    const row: Row = { ...fc.sample(sampleRow, 1)[0], customer_id: tenants[1], account_id: null };
    await filled.fill(sampleTable, [row]);
    const id = String(row['sample_id']);
    const missing = '99999999-9999-4999-8999-999999999999';
    const timeless = async (key: string): Promise<unknown> => {
      const { asOf, ...rest } = await runner.one(sampleQuery, key, tenantsUser(0));
      return { ...rest, position: asOf.position };
    };
    expect(await timeless(id)).toEqual({ position: '42' });
    expect(await timeless(missing)).toEqual({ position: '42' });
    expect(await timeless('no uuid at all')).toEqual({ position: '42' });
    expect((await runner.one(sampleQuery, id, tenantsUser(1))).data).toEqual(row);
    const { data, total } = await page(`filter[sample_id]=${id}&count=exact`, tenantsUser(0));
    expect({ data, total }).toEqual({ data: [], total: 0 });
    expect((await page('count=estimate', tenantsUser(0))).total).toBeGreaterThanOrEqual(0);
  });

  test('TE-2 row-level security alone keeps tenants apart: the predicate of ours is the second net', async () => {
    await filled.fill(sampleTable, [{ ...fc.sample(sampleRow, 1)[0], customer_id: tenants[1] }]);
    const blind: QueryDefinition = { ...sampleQuery, scope: 'shared' };
    expect((await runner.page(blind, asked('', tenantsUser(0)), tenantsUser(0))).data).toEqual([]);
    const sql = { ...sampleQuery, from: 'select s.* from sample s' };
    expect((await runner.page(sql, asked('', tenantsUser(0), sql), tenantsUser(0))).data).toEqual([]);
    expect((await runner.page(sql, asked('', tenantsUser(1), sql), tenantsUser(1))).data).toHaveLength(1);
  });

  test('TE-11 the company’s own and the restricted are refused to tenants whatever permission they hold, and to staff without it', async () => {
    await filled.fill(companyOwn, [{ company_own_id: 'a' }]);
    await filled.fill(restrictedOwn, [{ restricted_own_id: 'a' }]);
    const staff = callerOf({ permissions: new Set(['secret:read']) });
    for (const table of [companyOwn, restrictedOwn]) {
      const definition = tableQuery('secrets', table);
      const request = asked('', staff, definition);
      const holder = tenantsUser(0, { permissions: new Set(['secret:read']) });
      await expect(runner.page(definition, request, holder)).rejects.toThrow(QueryForbidden);
      await expect(runner.one(definition, 'a', callerOf())).rejects.toThrow(QueryForbidden);
      await expect(runner.export(definition, request, holder, 'csv')).rejects.toThrow(QueryForbidden);
      // Even where the first net is taken away.
      await expect(runner.page({ ...definition, scope: 'shared' }, request, holder)).rejects.toThrow(/permission denied/);
      expect((await runner.page(definition, request, staff)).data).toHaveLength(1);
    }
    const unaware = { ...tableQuery('secrets', restrictedOwn), permission: 'sample:read' };
    expect((await runner.page(unaware, asked('', staff, unaware), callerOf())).data).toEqual([]);
  });

  test('an answer carries the position of its read model, also where it is empty', async () => {
    await filled.fill(sampleTable, []);
    await filled.reach('sample', '7000');
    expect((await page('', callerOf())).asOf).toEqual({ position: '7000', time: expect.stringMatching(/^\d{4}-.*Z$/) });
    await filled.fill(sampleTable, fc.sample(sampleRow, 1));
    const { data, asOf } = await page('fields=name', callerOf());
    expect([asOf.position, Object.keys(data[0] ?? {})]).toEqual(['7000', ['name']]);
  });

  test('a query asked often is prepared, and goes on being answered when its table is swapped for one with other types', async () => {
    await filled.fill(sampleTable, fc.sample(sampleRow, { numRuns: 3, seed: 1 }));
    for (let times = 0; times < 20; times += 1) expect((await page('fields=size', callerOf())).data).toHaveLength(3);
    await filled.database.owner.rows('alter table read_models.sample alter column size type bigint');
    for (let times = 0; times < 5; times += 1) expect((await page('fields=size', callerOf())).data).toHaveLength(3);
    await filled.database.owner.rows('alter table read_models.sample alter column size type integer');
  });

  test('a column that the tables of an older version do not have is waited for: the newer ones are being built', async () => {
    await filled.database.owner.rows('alter table read_models.sample rename column size to older_size');
    await expect(page('fields=size', callerOf())).rejects.toThrow(DatabaseUnavailable);
    await filled.database.owner.rows('alter table read_models.sample rename column older_size to size');
    await page('fields=size', callerOf());
  });

  test('a read model that was never built is unavailable, not empty', async () => {
    await expect(runner.page({ ...sampleQuery, projection: 'unheard-of' }, asked('', callerOf()), callerOf())).rejects.toThrow(DatabaseUnavailable);
    await expect(runner.page({ ...sampleQuery, from: 'not_there' }, asked('', callerOf()), callerOf())).rejects.toThrow(DatabaseUnavailable);
  });
});

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
