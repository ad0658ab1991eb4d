import { expect, test } from '@jest/globals';
import { systemCaller } from '../../../src/application/caller.ts';
import { openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { createTestDatabase } from '../../kit/postgres.ts';

test('slow statements are told with their text and without their values, also where they fail; quick ones are not', async () => {
  const own = await createTestDatabase();
  const told: { readonly pool: string; readonly ms: number; readonly statement: string }[] = [];
  const database = await openDatabase({ url: own.url, poolMax: 2, slow: { fromMs: 150, told: (slow) => told.push(slow) } });
  const staff = { ...systemCaller('test'), tenant: null } as const;
  try {
    told.length = 0;
    await database.owner.rows('select $1::text', ['quick']);
    await database.owner.rows('select pg_sleep(0.2), $1::text', ['ana@example.com']);
    await database.asStaff(staff, (session) => session.rows('select pg_sleep(0.2), $1::text as session', ['x']));
    await database.once(staff, { text: 'select pg_sleep(0.2), $1::text as once', values: ['x'] });
    await expect(database.owner.rows('select 1 / (random() * 0)::integer from pg_sleep(0.2)')).rejects.toThrow();
    expect(told.map(({ pool, statement }) => `${pool}: ${statement}`)).toEqual([
      'owner: select pg_sleep(0.2), $1::text',
      'staff: select pg_sleep(0.2), $1::text as session',
      'staff: select pg_sleep(0.2), $1::text as once',
      'owner: select 1 / (random() * 0)::integer from pg_sleep(0.2)',
    ]);
    expect(told.every(({ ms }) => ms >= 150)).toBe(true);
  } finally {
    await database.close();
    await own.drop();
  }
});
