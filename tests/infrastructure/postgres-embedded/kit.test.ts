import { expect, test } from '@jest/globals';
import { createTestDatabase, type DatabaseTemplate, testPostgresUrl } from '../../kit/postgres.ts';
import { query } from './harness.ts';

/** Counts its preparations in the server itself, because files and workers share nothing else. */
function counted(name: string): DatabaseTemplate {
  return {
    name,
    prepare: async (url) => {
      await query(url, 'create table fruit (name text); insert into fruit values ($$apple$$)');
      await query(
        await testPostgresUrl(),
        `create table if not exists prepared_${name} (at timestamptz default now()); insert into prepared_${name} default values`,
      );
    },
  };
}

test('a template is prepared once, however many ask for it at once, and each gets a database of its own', async () => {
  const template = counted('kit_once');
  const databases = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase({ template })));
  const [first, second] = databases;
  await query(first?.url ?? '', 'insert into fruit values ($$pear$$)');
  expect(await query(first?.url ?? '', 'select count(*)::int as n from fruit')).toEqual([{ n: 2 }]);
  expect(await query(second?.url ?? '', 'select count(*)::int as n from fruit')).toEqual([{ n: 1 }]);
  expect(await query(await testPostgresUrl(), 'select count(*)::int as n from prepared_kit_once')).toEqual([{ n: 1 }]);
  for (const database of databases) await database.drop();
});

test('a template whose preparation failed is never copied; the next one to ask prepares it anew', async () => {
  const failing = { name: 'kit_failing', prepare: async (url: string) => void (await query(url, 'create table half (id int); select no_such_column')) };
  await expect(createTestDatabase({ template: failing })).rejects.toThrow('no_such_column');
  const database = await createTestDatabase({ template: { ...counted('kit_failing') } });
  expect(await query(database.url, 'select name from fruit')).toEqual([{ name: 'apple' }]);
  await database.drop();
});

test('a dropped database is gone, also from under a client', async () => {
  const database = await createTestDatabase();
  const asleep = query(database.url, 'select pg_sleep(600)').catch((error: unknown) => error);
  expect(await query(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await database.drop();
  expect(String(await asleep)).not.toBe('');
  await expect(query(database.url, 'select 1')).rejects.toThrow('does not exist');
});
