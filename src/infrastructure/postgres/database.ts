/** The database as the rest of the program sees it: an owner's pool for the program's own parts, and reading on behalf of a caller. */
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Caller } from '../../application/caller.ts';
import { asDatabaseError, isConnectionFailure } from './failures.ts';
import { allAccounts, id, literal, liveSchema, variables } from './names.ts';
import type { RoleNames } from './policies.ts';
import { inTransaction, Pool, type PoolGauges } from './pool.ts';
import { provision, type Warn } from './provision.ts';

/** A customer's user: there is no reading of a tenant's rows without saying whose. */
export type TenantCaller = Caller & { readonly tenant: string };
export type StaffCaller = Caller & { readonly tenant: null };

/** A read-only transaction on one snapshot, on behalf of a caller. Names in statements need no schema. */
export interface Session {
  /** `R` is what the select list gives; `name` makes it a prepared statement of each connection. */
  rows<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[], name?: string): Promise<readonly R[]>;
  /** The output of `copy (…) to stdout …`, streamed. Values must be written into the statement as literals. */
  copyOut(statement: string): Readable;
}
export type SessionOptions = {
  /** Where unqualified names are looked for; the live read models unless said otherwise (an as-of schema). */
  readonly schema?: string;
  /** `export`: from a small pool of its own, with the long time limit. */
  readonly purpose?: 'query' | 'export';
};
export type DatabaseOptions = {
  /** Of a user who may create roles and extensions. */
  readonly url: string;
  /** Connections each pool opens at most. */
  readonly poolMax?: number | { readonly owner: number; readonly tenant: number; readonly staff: number };
  readonly statementTimeoutMs?: number;
  readonly exportTimeoutMs?: number;
  readonly warn?: Warn;
};
type Reader = 'tenant' | 'staff';

export interface Database {
  readonly url: string;
  readonly roles: RoleNames;
  readonly wordCollation: string;
  /** Owner of all tables; sees every row. For the program's own parts only, never on behalf of a caller. */
  readonly owner: Pool;
  asTenant<T>(caller: TenantCaller, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  asStaff<T>(caller: StaffCaller, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** As whichever of the two the caller is. */
  as<T>(caller: Caller, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  gauges(): Readonly<Record<'owner' | Reader, PoolGauges>>;
  close(): Promise<void>;
}

const exportsMax = 2;

/** Connects, migrates and provisions. Throws `DatabaseUnavailable` where the server cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const provisioned = await provision(options.url, options.warn ?? (() => undefined)).catch((error: unknown) => {
    throw asDatabaseError(error);
  });
  const max =
    typeof options.poolMax === 'object' ? options.poolMax : { owner: options.poolMax ?? 10, tenant: options.poolMax ?? 10, staff: options.poolMax ?? 10 };
  const queryLimitMs = options.statementTimeoutMs ?? 15_000;
  const reader = (kind: Reader, name: string, size: number, limitMs: number): Pool =>
    new Pool({
      url: options.url,
      login: provisioned.logins[kind],
      name,
      max: size,
      statementTimeoutMs: limitMs,
      parameters: { search_path: `${liveSchema},public`, default_transaction_read_only: 'on', timezone: 'UTC' },
    });
  const exportLimitMs = options.exportTimeoutMs ?? 600_000;
  return new OpenDatabase({
    url: options.url,
    roles: provisioned.roles,
    wordCollation: provisioned.wordCollation,
    owner: new Pool({ url: options.url, name: 'owner', max: max.owner }),
    query: { tenant: reader('tenant', 'tenant', max.tenant, queryLimitMs), staff: reader('staff', 'staff', max.staff, queryLimitMs) },
    export: { tenant: reader('tenant', 'tenant export', exportsMax, exportLimitMs), staff: reader('staff', 'staff export', exportsMax, exportLimitMs) },
  });
}

type Parts = {
  readonly url: string;
  readonly roles: RoleNames;
  readonly wordCollation: string;
  readonly owner: Pool;
  readonly query: Readonly<Record<Reader, Pool>>;
  readonly export: Readonly<Record<Reader, Pool>>;
};

class OpenDatabase implements Database {
  readonly url: string;
  readonly roles: RoleNames;
  readonly wordCollation: string;
  readonly owner: Pool;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.url = parts.url;
    this.roles = parts.roles;
    this.wordCollation = parts.wordCollation;
    this.owner = parts.owner;
    this.#parts = parts;
  }

  asTenant<T>(caller: TenantCaller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    const accounts = caller.accounts === 'all' ? allAccounts : `{${[...caller.accounts].join(',')}}`;
    return this.#read('tenant', { [variables.customer]: caller.tenant, [variables.accounts]: accounts }, work, options);
  }
  asStaff<T>(caller: StaffCaller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    return this.#read('staff', { [variables.permissions]: [...caller.permissions].join(',') }, work, options);
  }
  as<T>(caller: Caller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    const { tenant } = caller;
    return tenant === null ? this.asStaff({ ...caller, tenant }, work, options) : this.asTenant({ ...caller, tenant }, work, options);
  }

  gauges(): Readonly<Record<'owner' | Reader, PoolGauges>> {
    return { owner: this.owner.gauges(), tenant: this.#parts.query.tenant.gauges(), staff: this.#parts.query.staff.gauges() };
  }

  async close(): Promise<void> {
    const { owner, query, export: exports } = this.#parts;
    await Promise.all([owner, query.tenant, query.staff, exports.tenant, exports.staff].map((pool) => pool.close()));
  }

  async #read<T>(role: Reader, session: Readonly<Record<string, string>>, work: (session: Session) => Promise<T>, options: SessionOptions): Promise<T> {
    const path = options.schema === undefined ? [] : [`set local search_path = ${id(options.schema)}, ${liveSchema}, public`];
    const settings = Object.entries(session).map(([name, value]) => `set local ${name} = ${literal(value)}`);
    const pool = this.#parts[options.purpose ?? 'query'][role];
    const sessionOn = (client: pg.PoolClient): Session => ({
      rows: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = [], name?: string) =>
        (await client.query<R>({ text, values: [...values], ...(name === undefined ? {} : { name }) })).rows,
      copyOut: (statement) => client.query(copyTo(statement)),
    });
    // One round trip; local to the transaction, so a connection never carries one caller's tenant to the next.
    const begin = ['begin isolation level repeatable read read only', ...settings, ...path].join(';');
    // An export that was cut off still sends; its connection is not used again.
    const discardAfter = options.purpose === 'export' ? () => true : isConnectionFailure;
    return pool.use((client) => inTransaction(client, begin, () => work(sessionOn(client))), discardAfter);
  }
}
