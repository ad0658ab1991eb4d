import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import type { ColumnKind } from '../../../projections/kernel/table.ts';
import { columnTypes } from '../../../projections/kernel/table.ts';
import { checkValue } from '../../../src/infrastructure/queries/values.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/postgres.ts';

const kinds: readonly ColumnKind[] = ['uuid', 'text', 'integer', 'bigint', 'numeric', 'double', 'boolean', 'date', 'instant'];

const nearlyValues = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.uuid(),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.constantFrom('1e400', '-1e-400', '4.9e-324', '2147483648', '-2147483648', '-2147483649', '9223372036854775808', '-9223372036854775808', '', ' 1', '0x1'),
  fc.constantFrom('NaN', 'Infinity', '1_000', 'true', 'TRUE', 't', 'infinity', 'epoch', 'now', '2026-02-29', '2024-02-29', '0000-01-01', '24:00', '2026-13-01'),
  fc.constantFrom('0001-01-01T00:00+23:00', '9999-12-31T23:59:59.999-23:59', '2026-01-01T24:00Z', '2026-01-01T08:00 06:00', '2026-01-01T08:00', '\0', '\uD800'),
  fc.date({ noInvalidDate: true }).map((day) => day.toISOString()),
);

describe('values of filters', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  test('whatever is accepted, Postgres can cast, to the very value that was meant', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), nearlyValues, async (kind, text) => {
        const checked = checkValue(kind, text);
        if (!checked.ok) return;
        const { rows } = await client.query(`select ($1::${columnTypes[kind]})::text as value`, [checked.value]);
        if (kind === 'text') expect(rows[0].value).toBe(text);
        if (kind === 'double') expect(Number(rows[0].value)).toBe(Number(text));
        if (kind === 'instant') expect(new Date(`${checked.value}`).toISOString()).toBe(checked.value);
      }),
      { numRuns: 1000 },
    );
  });

  test('the usual spellings are accepted', () => {
    const usual: readonly (readonly [ColumnKind, string, string])[] = [
      ['instant', '2026-01-31', '2026-01-31T00:00:00.000Z'],
      ['instant', '2026-01-31T08:15Z', '2026-01-31T08:15:00.000Z'],
      ['instant', '2026-01-31T08:15:00.5-06:00', '2026-01-31T14:15:00.500Z'],
      ['instant', '2026-01-31T08:15:00 06:00', '2026-01-31T02:15:00.000Z'],
      ['uuid', 'AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'],
      ['double', '-1e-400', '0'],
      ['date', '2024-02-29', '2024-02-29'],
      ['integer', '-0', '0'],
    ];
    for (const [kind, text, value] of usual) expect([text, checkValue(kind, text)]).toEqual([text, { ok: true, value }]);
  });

  test('what is no value is refused with what was expected', () => {
    const wrong: readonly (readonly [ColumnKind, string])[] = [
      ['date', '2026-02-29'],
      ['date', '0000-01-01'],
      ['instant', '2026-01-31T08:15'],
      ['instant', '0001-01-01T00:00+23:00'],
      ['integer', '2147483648'],
      ['bigint', '9223372036854775808'],
      ['double', '1e400'],
      ['numeric', '1e5'],
      ['boolean', 'TRUE'],
      ['text', 'a\0'],
      ['text', '\uD800'],
      ['json', '{}'],
    ];
    for (const [kind, text] of wrong) expect([kind, text, checkValue(kind, text).ok]).toEqual([kind, text, false]);
  });
});
