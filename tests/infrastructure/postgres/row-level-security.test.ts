import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Caller } from '../../../src/application/caller.ts';
import { DatabaseUnavailable, QueryTooSlow } from '../../../src/application/ports/read-models.ts';
import { type Database, openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { schemaStatements } from '../../../src/infrastructure/postgres/policies.ts';
import { connectionOf } from '../../../src/infrastructure/postgres/pool.ts';
import { tableDdl } from '../../../src/infrastructure/postgres/table-ddl.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/postgres.ts';
import { provisioned } from '../../kit/projections.ts';
import { accounts, entryTable, idOf, incidentTable, kindTable, nameTable, tenants } from '../projector/sample.ts';

let made: TestDatabase;
let database: Database;
const schema = 'somewhere';
const at = { schema };
const caller = (changes: Partial<Caller>): Caller => ({
  actor: { kind: 'user', id: 'u' },
  tenant: tenants[0],
  accounts: 'all',
  permissions: new Set(),
  ...changes,
});
const staff = (...permissions: string[]): Caller => caller({ tenant: null, permissions: new Set(permissions) });

beforeAll(async () => {
  made = await createTestDatabase({ template: provisioned });
  database = await openDatabase({ url: made.url, poolMax: 3, statementTimeoutMs: 500 });
  const ddl = await tableDdl([entryTable, kindTable, nameTable, incidentTable], { schema, roles: database.roles, wordCollation: database.wordCollation });
  const statements = [...ddl.values()].flatMap(({ create, index, secure }) => [...create, ...index, ...secure]);
  for (const statement of [...schemaStatements(schema, database.roles), ...statements]) await database.owner.rows(statement);
  for (const tenant of tenants) {
    for (const account of [null, ...accounts]) {
      await database.owner.rows(
        `insert into ${schema}.unit_entry (unit_entry_id, customer_id, account_id, unit_id, kind, position) values ($1, $2, $3, $1, $4, '')`,
        [idOf(`${tenant} ${account}`), tenant, account, account === null ? 'none' : account === accounts[0] ? 'first' : 'second'],
      );
    }
  }
  await database.owner.rows(`insert into ${schema}.unit_entry (unit_entry_id, unit_id, kind, position) values ($1, $1, 'company', '')`, [idOf('company')]);
  await database.owner.rows(`insert into ${schema}.unit_kind (code, title) values ('a', 'A')`);
  await database.owner.rows(`insert into ${schema}.unit_name (name, units) values ('a', 1)`);
  await database.owner.rows(`insert into ${schema}.unit_incident (unit_incident_id, story) values ($1, 'secret')`, [idOf('incident')]);
});
afterAll(async () => {
  await database.close();
  await made.drop();
});

const kinds = async (who: Caller): Promise<readonly unknown[]> =>
  (await database.as(who, (session) => session.rows('select customer_id, kind from unit_entry order by 1, 2'), at)).map(
    (row) => `${row['customer_id']} ${row['kind']}`,
  );
const count = (who: Caller, table: string): Promise<number> =>
  database.as(who, async (session) => Number((await session.rows<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n), at);

describe('what a caller sees', () => {
  test('TE-2 a tenant sees its own rows only, by account where it has only some', async () => {
    const own = (...names: string[]) => names.map((name) => `${tenants[0]} ${name}`);
    expect(await kinds(caller({}))).toEqual(own('first', 'none', 'second'));
    expect(await kinds(caller({ accounts: new Set([accounts[0]]) }))).toEqual(own('first', 'none'));
    expect(await kinds(caller({ accounts: new Set(accounts) }))).toEqual(own('first', 'none', 'second'));
    expect(await kinds(caller({ accounts: new Set() }))).toEqual(own('none'));
    expect(await kinds(caller({ tenant: idOf('nobody') }))).toEqual([]);
    expect(await count(staff(), 'unit_entry')).toBe(7);
  });

  test('TE-11 restricted tables are for staff with the permission, company tables for staff, shared ones for all', async () => {
    expect(await count(staff('incident:read'), 'unit_incident')).toBe(1);
    expect(await count(staff('*'), 'unit_incident')).toBe(1);
    expect(await count(staff('unit:read', 'incident:readers'), 'unit_incident')).toBe(0);
    await expect(count(caller({ permissions: new Set(['incident:read']) }), 'unit_incident')).rejects.toThrow('permission denied');
    expect(await count(staff(), 'unit_name')).toBe(1);
    await expect(count(caller({}), 'unit_name')).rejects.toThrow('permission denied');
    expect(await count(staff(), 'unit_kind')).toBe(1);
    expect(await count(caller({}), 'unit_kind')).toBe(1);
  });

  test('400 concurrent queries of two tenants on three connections never see the other', async () => {
    const ask = async (i: number): Promise<boolean> => {
      const tenant = tenants[i % 2] ?? '';
      const rows = await kinds(caller({ tenant }));
      return rows.length === 3 && rows.every((row) => String(row).startsWith(tenant));
    };
    expect((await Promise.all(Array.from({ length: 400 }, (_, i) => ask(i)))).every((isOwn) => isOwn)).toBe(true);
  });
});

describe('what a caller cannot do', () => {
  const passwordOf = async (kind: string): Promise<string> =>
    String((await database.owner.rows('select password from kept.login where kind = $1', [kind]))[0]?.['password']);
  const signedIn = async <T>(kind: 'tenant' | 'staff', work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client(connectionOf(made.url, { role: database.roles[kind], password: await passwordOf(kind) }));
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };

  test('a query without a tenant fails, also on a connection that had one', async () => {
    await signedIn('tenant', async (client) => {
      await expect(client.query(`select * from ${schema}.unit_entry`)).rejects.toThrow('unrecognized configuration parameter');
      await client.query(`begin; set local app.accounts = 'all'`);
      await expect(client.query(`select * from ${schema}.unit_entry`)).rejects.toThrow('app.customer');
      await client.query('rollback');
      await client.query(`begin; set local app.customer = '${tenants[0]}'; set local app.accounts = 'all'`);
      expect((await client.query(`select * from ${schema}.unit_entry`)).rowCount).toBe(3);
      await client.query('commit');
      await expect(client.query(`select * from ${schema}.unit_entry`)).rejects.toThrow(/uuid|array/);
    });
  });

  test.each(['tenant', 'staff'] as const)('the %s role cannot bypass, become another, write, or read what is kept', async (kind) => {
    await signedIn(kind, async (client) => {
      const other = kind === 'tenant' ? database.roles.staff : database.roles.tenant;
      for (const statement of [
        `set role "${other}"`,
        'set role postgres',
        `delete from ${schema}.unit_kind`,
        `insert into ${schema}.unit_kind (code, title) values ('b', 'B')`,
        `drop table ${schema}.unit_kind`,
        `alter table ${schema}.unit_entry disable row level security`,
        `drop policy tenant on ${schema}.unit_entry`,
        'select * from kept.login',
        'select * from vault.subject_key',
        'create table public.mine (a int)',
        `create view ${schema}.mine as select 1`,
      ]) {
        await expect(client.query(statement)).rejects.toThrow(/permission denied|must be owner|must be able to SET ROLE/);
      }
      expect((await client.query('select rolsuper, rolbypassrls, rolcreaterole, rolinherit from pg_roles where rolname = current_user')).rows).toEqual([
        { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolinherit: false },
      ]);
      expect((await client.query('select from pg_auth_members where member = (select oid from pg_roles where rolname = current_user)')).rowCount).toBe(0);
    });
  });

  test('a tenant written as SQL is a value, nothing else', async () => {
    await expect(kinds(caller({ tenant: `x'; reset role; --` }))).rejects.toThrow('uuid');
    await expect(kinds(caller({ accounts: new Set([`}'; drop table x; --`]) }))).rejects.toThrow(/array|uuid/);
  });
});

describe('failures', () => {
  test('a slow statement is too slow, a server that is away is unavailable, and both leave a pool that works', async () => {
    const slow = database.as(staff(), (session) => session.rows('select pg_sleep(30)'));
    await expect(slow).rejects.toBeInstanceOf(QueryTooSlow);
    const cut = database.as(staff(), (session) => session.rows('select pg_terminate_backend(pg_backend_pid())'));
    await expect(cut).rejects.toThrow();
    await database.owner.rows(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`);
    // The pools may notice one by one; no query is answered wrongly meanwhile.
    for (let i = 0; i < 10; i += 1) await count(staff(), 'unit_kind').catch((error: unknown) => expect(error).toBeInstanceOf(DatabaseUnavailable));
    expect(await count(staff(), 'unit_kind')).toBe(1);
    expect(database.gauges().staff.inUse).toBe(0);
    await expect(openDatabase({ url: 'postgres://x:y@127.0.0.1:1/none' })).rejects.toBeInstanceOf(DatabaseUnavailable);
  });

  test('opening again, also by many at once, changes nothing', async () => {
    const again = await Promise.all([1, 2, 3].map(() => openDatabase({ url: made.url })));
    expect(again.map(({ roles }) => roles)).toEqual([1, 2, 3].map(() => database.roles));
    await Promise.all(again.map((each) => each.close()));
  });
});
