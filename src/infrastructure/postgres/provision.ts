/** Brings a database to what this program needs: migrations, extensions, leak-proof operators, logins. Safe to run by many at once. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { codeOf, messageOf } from '../failure.ts';
import { leakproofFunctions } from './leakproof.ts';
import { keptMigrations } from './migrations/names.ts';
import { id, keptSchema, literal, liveSchema } from './names.ts';
import type { RoleNames } from './policies.ts';

export type Login = { readonly role: string; readonly password: string };
export type Provisioned = {
  readonly logins: { readonly tenant: Login; readonly staff: Login };
  readonly roles: RoleNames;
  /** The collation for columns that are searched within. */
  readonly wordCollation: string;
};
export type Warn = (sentence: string) => void;

const extensions = ['pg_trgm', 'btree_gin', 'btree_gist', 'cube', 'earthdistance'] as const;

/** `url`: of a user who may create roles and extensions. Throws what the driver throws. */
export async function provision(url: string, warn: Warn): Promise<Provisioned> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtextextended('leasing: migrations', 0))`);
    await migrateWhereNeeded(client, url);
    for (const extension of extensions) await client.query(`create extension if not exists ${extension} schema public`);
    await markLeakproof(client, warn);
    const logins = { tenant: await ensureLogin(client, 'tenant'), staff: await ensureLogin(client, 'staff') };
    const roles = { tenant: logins.tenant.role, staff: logins.staff.role };
    await grantBase(client, roles);
    const found = await client.query(`select from pg_collation where collname = 'pg_c_utf8'`);
    return { logins, roles, wordCollation: found.rowCount === 1 ? 'pg_c_utf8' : 'C' };
  } finally {
    // Ends the session and with it the lock.
    await client.end();
  }
}

/** The ORM runs migrations; whether there are any to run is one question, so that it is loaded only then. */
async function migrateWhereNeeded(client: pg.Client, url: string): Promise<void> {
  const { rows: tables } = await client.query<{ there: boolean }>(`select to_regclass('${keptSchema}.migration') is not null as there`);
  const done = tables[0]?.there === true ? (await client.query<{ name: string }>(`select name from ${keptSchema}.migration`)).rows : [];
  if (keptMigrations.every((name) => done.some((row) => row.name === name))) return;
  const { migrate } = await import('./orm.ts');
  await migrate(url);
}

/** The made login of one kind; its password is kept where only the owner reads, so that every node of an installation knows it. */
async function ensureLogin(client: pg.Client, kind: keyof Provisioned['logins']): Promise<Login> {
  const kept = await client.query<{ role_name: string; password: string }>('select role_name, password from kept.login where kind = $1', [kind]);
  const known = kept.rows[0];
  const login = known === undefined ? await newLogin(client, kind) : { role: known.role_name, password: known.password };
  const existing = await client.query('select from pg_roles where rolname = $1', [login.role]);
  // A database restored on another server comes without its roles.
  if (existing.rowCount === 0) await client.query(`create role ${id(login.role)} login noinherit password ${literal(login.password)}`);
  if (known === undefined) await client.query('insert into kept.login (kind, role_name, password) values ($1, $2, $3)', [kind, login.role, login.password]);
  return login;
}

/** Roles belong to the whole server, so the name carries the database's and something random. */
async function newLogin(client: pg.Client, kind: string): Promise<Login> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const suffix = randomBytes(4).toString('hex');
  return { role: `${(rows[0]?.name ?? 'leasing').slice(0, 40)}_${kind}_${suffix}`, password: randomBytes(24).toString('base64url') };
}

async function grantBase(client: pg.Client, roles: RoleNames): Promise<void> {
  const both = `${id(roles.tenant)}, ${id(roles.staff)}`;
  await client.query(`grant usage on schema ${liveSchema}, ${keptSchema} to ${both}`);
  // How far a read model is may be read in the same snapshot as its rows.
  await client.query(`grant select (name, version, position, is_live) on kept.projection to ${both}`);
}

/**
 * Lets the planner use indexes for these operators under row-level security: they give nothing away but by raising an error on an
 * overflow. Only a superuser may say so; elsewhere such queries are right but slower.
 */
async function markLeakproof(client: pg.Client, warn: Warn): Promise<void> {
  const wanted = await client.query<{ signature: string }>(
    `select p.oid::regprocedure::text as signature from pg_proc p
     where not p.proleakproof and p.prokind = 'f' and p.proname = any($1)
       and p.pronamespace in ('pg_catalog'::regnamespace, 'public'::regnamespace)`,
    [leakproofFunctions],
  );
  try {
    for (const { signature } of wanted.rows) await client.query(`alter function ${signature} leakproof`);
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    warn(`Searching, sorting by amounts and searching near a place will be slower: the database user is no superuser (${messageOf(error)}).`);
  }
}
