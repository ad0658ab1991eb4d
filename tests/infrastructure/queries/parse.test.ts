import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { ParsedRequest, QueryRequest, RequestError } from '../../../src/application/ports/queries.ts';
import { cursorsWith } from '../../../src/infrastructure/queries/cursor.ts';
import { parserWith } from '../../../src/infrastructure/queries/parse.ts';
import { callerOf, sampleQuery, tenants } from './kit.ts';

const cursors = cursorsWith(Buffer.alloc(32, 7));
const parser = parserWith(cursors);
const parse = (text: string, definition: QueryDefinition = sampleQuery): ParsedRequest =>
  parser({ definition, parameters: new URLSearchParams(text), caller: callerOf(), reserved: ['q'] });
const accepted = (text: string): QueryRequest => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.request;
};
const errorsOf = (text: string, definition?: QueryDefinition): readonly RequestError[] => {
  const parsed = parse(text, definition);
  return parsed.ok ? [] : parsed.errors;
};
const filterIn = (text: string): unknown => accepted(`filter[name]=${encodeURIComponent(text)}`).filters[0];

describe('addresses of queries', () => {
  test('nothing asked for is the first page of all columns in the default order', () => {
    expect(accepted('q=x')).toEqual({
      filters: [],
      sort: [{ column: 'sample_id', isDescending: false }],
      fields: Object.keys(sampleQuery.columns),
      limit: 50,
      format: 'json',
    });
  });

  test('everything that can be asked is understood', () => {
    const text = 'filter[size]=gte:3&filter[size]=lt:9&sort=-size,name&fields=name,size&limit=500&count=estimate&format=csv&near=14.6,-90.5&within=1000';
    expect(accepted(text)).toEqual({
      filters: [
        { column: 'size', operator: 'gte', values: ['3'] },
        { column: 'size', operator: 'lt', values: ['9'] },
      ],
      sort: [
        { column: 'size', isDescending: true },
        { column: 'name', isDescending: false },
        { column: 'sample_id', isDescending: false },
      ],
      ...{ fields: ['name', 'size'], limit: 500, count: 'estimate', format: 'csv' },
      area: { kind: 'near', latitude: 14.6, longitude: -90.5, withinMeters: 1000 },
    });
    expect(accepted('bbox=-91,14,-90,15').area).toEqual({ kind: 'box', west: -91, south: 14, east: -90, north: 15 });
    expect(accepted('sort=-sample_id').sort).toEqual([{ column: 'sample_id', isDescending: true }]);
  });

  test('operators stand before a colon; any other text is the value itself', () => {
    expect(filterIn('plain')).toEqual({ column: 'name', operator: 'eq', values: ['plain'] });
    expect(filterIn('12:30')).toEqual({ column: 'name', operator: 'eq', values: ['12:30'] });
    expect(filterIn('eq:in:a')).toEqual({ column: 'name', operator: 'eq', values: ['in:a'] });
    expect(filterIn('')).toEqual({ column: 'name', operator: 'eq', values: [''] });
    expect(filterIn('like:50%')).toEqual({ column: 'name', operator: 'like', values: ['50%'] });
    expect(filterIn('in:a,"b,""c""",')).toEqual({ column: 'name', operator: 'in', values: ['a', 'b,"c"', ''] });
    expect(filterIn('in:a')).toEqual({ column: 'name', operator: 'in', values: ['a'] });
    expect(filterIn('between:a,b')).toEqual({ column: 'name', operator: 'between', values: ['a', 'b'] });
  });

  test('any list of texts survives being written as a list', () => {
    const item = fc.string({ maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 6 }), (items) => {
        const written = items.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        expect(filterIn(`in:${written}`)).toEqual({ column: 'name', operator: 'in', values: items });
      }),
    );
  });

  test('unknown parameters, filters, columns, orders and operators are refused with the known ones', () => {
    expect(errorsOf('colour=red')[0]).toMatchObject({ parameter: 'colour', known: expect.arrayContaining(['filter[…]', 'sort', 'near', 'q']) });
    for (const name of ['nothing', 'extra', 'toString', '__proto__']) {
      expect(errorsOf(`filter[${name}]=1`)[0]).toMatchObject({ parameter: `filter[${name}]`, known: expect.arrayContaining(['name', 'customer_id']) });
    }
    expect(errorsOf('sort=latitude')[0]).toMatchObject({ parameter: 'sort', known: expect.arrayContaining(['size']) });
    expect(errorsOf('sort=tags')[0]?.parameter).toBe('sort');
    expect(errorsOf('fields=name,secret')[0]).toMatchObject({ parameter: 'fields', known: expect.arrayContaining(['name']) });
    expect(errorsOf('filter[note]=like:a')[0]).toMatchObject({ parameter: 'filter[note]', known: expect.not.arrayContaining(['like']) });
    expect(errorsOf('near=1,1&within=5', { ...sampleQuery, place: undefined } as never).map(({ parameter }) => parameter)).toEqual(['near', 'within']);
  });

  test('every mistake is named at once', () => {
    const text = 'filter[size]=x&filter[size]=in:1,y&limit=501&count=all&format=pdf&sort=name,name&bbox=1,2,3&filter[due_on]=null:maybe';
    expect(new Set(errorsOf(text).map(({ parameter }) => parameter))).toEqual(
      new Set(['filter[size]', 'limit', 'count', 'format', 'sort', 'bbox', 'filter[due_on]']),
    );
  });

  test('sizes are bounded', () => {
    expect(errorsOf(`filter[size]=in:${Array(201).fill('1').join(',')}`)[0]?.parameter).toBe('filter[size]');
    expect(errorsOf(Array(21).fill('filter[size]=1').join('&'))[0]?.parameter).toBe('filter');
    expect(errorsOf('sort=size,name,note,price')[0]?.parameter).toBe('sort');
    for (const limit of ['0', '-1', '501', '1e2', '', '0x10']) expect(errorsOf(`limit=${limit}`)[0]?.parameter).toBe('limit');
    expect(errorsOf('limit=1&limit=2')[0]?.parameter).toBe('limit');
    for (const area of ['near=1,1', 'within=5', 'near=91,0&within=1', 'near=1&within=1', 'near=1,1&within=-1', 'bbox=0,1,0,0', 'bbox=0,0,181,0']) {
      expect([area, errorsOf(area).length]).toEqual([area, 1]);
    }
  });

  test('no text whatever is taken for a cursor, and no address makes the parser throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('after', 'sort', 'filter[size]', 'near', 'bbox', 'fields')), fc.string({ unit: 'binary' }))),
        (pairs) => {
          const parsed = parse(pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&'));
          if (pairs.some(([name]) => name === 'after')) expect(parsed.ok).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('cursors', () => {
  const definition = sampleQuery;
  const request = accepted('filter[is_new]=true&filter[size]=gte:1&sort=size');
  const caller = callerOf();
  const values = ['5', '00000000-0000-4000-8000-000000000000'];
  const cursor = cursors.write({ definition, request, caller }, values);
  const address = (changes = ''): string => `filter[is_new]=true&filter[size]=gte:1&sort=size&after=${cursor}${changes}`;

  test('a cursor continues its own query, with more or fewer fields, another limit and filters in another order', () => {
    expect(accepted(address()).after).toEqual(values);
    expect(accepted(`filter[size]=gte:1&filter[is_new]=true&sort=size&limit=7&fields=name&after=${cursor}`).after).toEqual(values);
  });

  test('a cursor of another query, order, filter, tenant or installation is refused', () => {
    for (const other of ['sort=-size', 'sort=price', 'sort=size&filter[size]=gte:2', 'sort=size']) {
      expect([other, errorsOf(`${other}&after=${cursor}`)[0]?.parameter]).toEqual([other, 'after']);
    }
    expect(errorsOf(address(), { ...definition, name: 'other' })[0]?.parameter).toBe('after');
    expect(errorsOf(address('&bbox=0,0,1,1'))[0]?.parameter).toBe('after');
    const foreign = parser({ definition, parameters: new URLSearchParams(address()), caller: callerOf({ tenant: tenants[0] }) });
    expect(foreign.ok).toBe(false);
    expect(cursorsWith(Buffer.alloc(32, 8)).read({ definition, request, caller }, cursor)).toBeUndefined();
  });

  test('an edited cursor is refused, whichever character was changed', () => {
    for (let at = 0; at < cursor.length; at += 1) {
      const edited = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
      expect(cursors.read({ definition, request, caller }, edited)).toBeUndefined();
    }
  });

  test('a cursor whose values no longer fit the columns is refused', () => {
    for (const wrong of [['x', values[1] ?? ''], ['5'], ['5', null], [values[1] ?? '', '5']]) {
      expect(cursors.read({ definition, request, caller }, cursors.write({ definition, request, caller }, wrong))).toBeUndefined();
    }
    expect(cursors.read({ definition, request, caller }, cursors.write({ definition, request, caller }, [null, values[1] ?? '']))).toEqual([null, values[1]]);
  });
});
