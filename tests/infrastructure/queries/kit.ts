/** A table with a column of every kind, rows for it, and what filters and orders mean, said a second time in plain JavaScript. */
import fc from 'fast-check';
import { type QueryDefinition, tableQuery } from '../../../projections/kernel/query.ts';
import * as columns from '../../../projections/kernel/table.ts';
import type { Caller } from '../../../src/application/caller.ts';
import type { Filter, Row, SortKey } from '../../../src/application/ports/queries.ts';
import { operatorsOf } from '../../../src/infrastructure/queries/words.ts';

export const tenants = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'] as const;
export const accounts = ['aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb'] as const;

export const sampleTable = columns.tenantTable('sample', {
  key: 'sample_id',
  permission: 'sample:read',
  docs: 'A row of every kind.',
  isAudited: false,
  columns: {
    sample_id: columns.uuid(),
    name: columns.text().searched(),
    note: columns.text().nullable().filtered(),
    size: columns.integer().nullable().filtered(),
    ordinal: columns.bigint().filtered(),
    price: columns.numeric().nullable().filtered(),
    weight: columns.double().nullable().filtered(),
    is_new: columns.boolean().filtered(),
    due_on: columns.date().nullable().filtered(),
    seen_at: columns.instant().nullable().filtered(),
    tags: columns.textArray().nullable().filtered(),
    groups: columns.uuidArray().filtered(),
    extra: columns.json().nullable(),
    latitude: columns.double(),
    longitude: columns.double(),
  },
});
export const sampleQuery: QueryDefinition = tableQuery('sample', sampleTable, { place: { latitude: 'latitude', longitude: 'longitude' } });

export const callerOf = (changes: Partial<Caller> = {}): Caller => ({
  actor: { kind: 'user', id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' },
  tenant: null,
  accounts: 'all',
  permissions: new Set(['sample:read']),
  ...changes,
});

// Few values, so that ties and hits are common; texts whose order and case are easily mistaken.
const words = ['', 'a', 'A', 'ab', 'Z', 'z', 'é', 'É', 'ñandú', '100%', 'a_b', 'a\\b', '=1+1', "o'k", '"q"', 'a,b', '\ttab', '😀', '-5', '@x'];
const ids = Array.from({ length: 8 }, (_, n) => `0000000${n}-0000-4000-8000-00000000000${n}`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null, freq: 3 });
const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

export const sampleRow: fc.Arbitrary<Row> = fc.record({
  sample_id: fc.uuid({ version: 4 }),
  customer_id: maybe(pick(...tenants)),
  account_id: maybe(pick(...accounts)),
  name: pick(...words),
  note: maybe(pick(...words)),
  size: maybe(pick(-2147483648, -1, 0, 1, 2147483647)),
  ordinal: pick('-9223372036854775808', '-1', '0', '10', '9', '9223372036854775807'),
  price: maybe(pick('-1.5', '0', '9', '10', '10.00', '99999999999999999999.123456')),
  weight: maybe(pick(-1.5, 0, 0.1, 1e-300, 1e300, 9, 10)),
  is_new: fc.boolean(),
  due_on: maybe(pick('0001-01-01', '2026-01-31', '2026-02-01', '9999-12-31')),
  seen_at: maybe(pick('2026-01-31T08:15:00.000Z', '2026-01-31T08:15:00.001Z', '2026-02-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z')),
  tags: maybe(fc.subarray(['a', 'b', 'c,d', '"']).map((tags) => [...tags])),
  groups: fc.subarray(ids).map((groups) => [...groups]),
  extra: maybe(pick<unknown>({ a: 1 }, [1, 2], '=x', -5)),
  latitude: pick(14.6349, 14.7, -90, 90, 0),
  longitude: pick(-90.5069, -90.6, 179.9, -179.9, 0),
});
export const sampleRows = (max: number): fc.Arbitrary<readonly Row[]> => fc.uniqueArray(sampleRow, { maxLength: max, selector: (row) => row['sample_id'] });

const exact = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const scaled = BigInt(whole + fraction.padEnd(6, '0'));
  return text.startsWith('-') ? -scaled : scaled;
};
const bytes = (text: string): string => [...text].map((letter) => (letter.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('');

/** A value as something that `<` and `===` compare as the column does. */
const comparable = (kind: columns.ColumnKind, value: unknown): string | number | bigint | boolean => {
  const text = String(value);
  if (kind === 'numeric' || kind === 'bigint') return exact(text);
  if (kind === 'integer' || kind === 'double') return Number(text);
  return kind === 'text' ? bytes(text) : text;
};

const kindOf = (column: string): columns.ColumnKind => sampleQuery.columns[column]?.kind ?? 'text';

/** Does the row pass the filter? */
export const passes = (row: Row, { column, operator, values }: Filter): boolean => {
  const value = row[column];
  if (operator === 'null') return (value === null) === (values[0] === 'true');
  if (operator === 'ne') return value === null || comparable(kindOf(column), value) !== comparable(kindOf(column), values[0]);
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return operator === 'in' ? values.some((one) => value.includes(one)) : values.every((one) => value.includes(one));
  if (operator === 'like') return String(value).toLowerCase().includes(String(values[0]).toLowerCase());
  const mine = comparable(kindOf(column), value);
  const [low = mine, high = mine] = values.map((one) => comparable(kindOf(column), one));
  const outcomes = {
    eq: mine === low,
    in: values.some((one) => comparable(kindOf(column), one) === mine),
    gt: mine > low,
    gte: mine >= low,
    lt: mine < low,
    lte: mine <= low,
    between: mine >= low && mine <= high,
  };
  return outcomes[operator];
};

/** The order in plain JavaScript: nulls are greater than everything. */
export const byOrder =
  (sort: readonly SortKey[]) =>
  (a: Row, b: Row): number => {
    for (const { column, isDescending } of sort) {
      const [left, right] = [a[column], b[column]].map((value) => (value === null ? null : comparable(kindOf(column), value)));
      if (left === right || left === undefined || right === undefined) continue;
      const isLess = left !== null && (right === null || left < right);
      return isLess === isDescending ? 1 : -1;
    }
    return 0;
  };

const sampleValue: Readonly<Record<string, readonly string[]>> = {
  uuid: [...tenants, ids[0] ?? ''],
  text: words,
  integer: ['-1', '0', '1', '2147483647'],
  bigint: ['-1', '0', '9', '10', '9223372036854775807'],
  numeric: ['-1.5', '0', '9', '10', '10.0', '99999999999999999999.123456'],
  double: ['-1.5', '0', '0.1', '1e-300', '9'],
  boolean: ['true', 'false'],
  date: ['0001-01-01', '2026-01-31', '2026-02-01'],
  instant: ['2026-01-31T08:15:00.000Z', '2026-01-31T08:15:00.001Z', '2026-02-01T00:00:00.000Z'],
  textArray: ['a', 'b', 'c,d', '"', 'x'],
  uuidArray: ids,
};

const filterOf = ([column, word]: readonly [string, columns.Column]): fc.Arbitrary<Filter> =>
  fc.constantFrom(...operatorsOf(word)).chain((operator): fc.Arbitrary<Filter> => {
    const value = fc.constantFrom(...(sampleValue[word.kind] ?? ['']));
    const few = { eq: 1, in: 3, between: 2 }[operator as 'in'] ?? 1;
    const values = operator === 'null' ? fc.constantFrom(['true'], ['false']) : fc.array(value, { minLength: few, maxLength: few });
    return values.map((chosen) => ({ column, operator, values: operator === 'like' && chosen[0] === '' ? ['a'] : chosen }));
  });
const filtered = Object.entries(sampleQuery.columns).filter(([, column]) => column.filter !== 'none');
export const sampleFilter: fc.Arbitrary<Filter> = fc.constantFrom(...filtered).chain(filterOf);

const sortable = filtered.flatMap(([name, { kind }]) => (kind.endsWith('Array') || kind === 'json' ? [] : [name]));
export const sampleSort: fc.Arbitrary<readonly SortKey[]> = fc
  .tuple(fc.shuffledSubarray(sortable, { maxLength: 3 }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
  .map(([names, directions]) => [...names, 'sample_id'].map((column, at) => ({ column, isDescending: directions[at] ?? false })));
