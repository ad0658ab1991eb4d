/** The database as the rest of the program sees it: an owner's pool for the program's own parts, and reading on behalf of a caller. */
import type { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Caller } from '../../application/caller.ts';
import { asDatabaseError, isConnectionFailure } from './failures.ts';
import { allAccounts, id, literal, liveSchema, variables } from './names.ts';
import type { RoleNames } from './policies.ts';
import { inTransaction, Pool, type PoolGauges, type SlowStatements } from './pool.ts';
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
  readonly slow?: SlowStatements;
};
type Reader = 'tenant' | 'staff';
type Purpose = 'query' | 'export';

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
  /** One statement on behalf of a caller, transaction and all in one round trip: a third less than `as` with the same statement. */
  once<R extends pg.QueryResultRow>(caller: Caller, statement: OnceStatement, schema?: string): Promise<readonly R[]>;
  gauges(): Readonly<Record<'owner' | Reader, PoolGauges>>;
  close(): Promise<void>;
}
/** `name` makes it a prepared statement of each connection, which saves half of a short statement's time. */
export type OnceStatement = { readonly text: string; readonly values: readonly unknown[]; readonly name?: string };

const exportsMax = 2;
/** What the program's own statements may take; bulk loads have connections of their own. */
const ownerLimitMs = 30_000;

/** Connects, migrates and provisions. Throws `DatabaseUnavailable` where the server cannot be reached. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const provisioned = await provision(options.url, options.warn ?? (() => undefined)).catch((error: unknown) => {
    throw asDatabaseError(error);
  });
  const max =
    typeof options.poolMax === 'object' ? options.poolMax : { owner: options.poolMax ?? 10, tenant: options.poolMax ?? 10, staff: options.poolMax ?? 10 };
  const slow = options.slow === undefined ? {} : { slow: options.slow };
  const queryLimitMs = options.statementTimeoutMs ?? 15_000;
  const reader = (kind: Reader, purpose: Purpose, size: number, limitMs: number): Pool =>
    new Pool({
      url: options.url,
      login: provisioned.logins[kind],
      name: purpose === 'export' ? `${kind} export` : kind,
      max: size,
      ...slow,
      statementTimeoutMs: limitMs,
      // COPY, which exports use, cannot share a pipelined connection.
      isPipelined: purpose === 'query',
      isForCopies: purpose === 'export',
      parameters: { search_path: `${liveSchema},public`, default_transaction_read_only: 'on', timezone: 'UTC' },
    });
  const exportLimitMs = options.exportTimeoutMs ?? 600_000;
  return new OpenDatabase({
    url: options.url,
    roles: provisioned.roles,
    wordCollation: provisioned.wordCollation,
    owner: new Pool({ url: options.url, name: 'owner', max: max.owner, statementTimeoutMs: ownerLimitMs, ...slow }),
    query: { tenant: reader('tenant', 'query', max.tenant, queryLimitMs), staff: reader('staff', 'query', max.staff, queryLimitMs) },
    export: { tenant: reader('tenant', 'export', exportsMax, exportLimitMs), staff: reader('staff', 'export', exportsMax, exportLimitMs) },
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
    return this.#read(caller, work, options);
  }
  asStaff<T>(caller: StaffCaller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    return this.#read(caller, work, options);
  }
  as<T>(caller: Caller, work: (session: Session) => Promise<T>, options: SessionOptions = {}): Promise<T> {
    return this.#read(caller, work, options);
  }
  once<R extends pg.QueryResultRow>(caller: Caller, statement: OnceStatement, schema?: string): Promise<readonly R[]> {
    const begin = beginFor(caller, schema);
    const pool = this.#poolFor(caller, 'query');
    return pool.use(async (client) => {
      const { text, values, name } = statement;
      // Sent together; where an earlier one fails, the later ones run into the failed transaction.
      const begun = client.query(begin);
      const answered = pool.timed(text, () => client.query<R>({ text, values: [...values], ...(name === undefined ? {} : { name }) }));
      const ended = client.query('commit');
      const failures = (await Promise.allSettled([begun, answered, ended])).filter((outcome) => outcome.status === 'rejected');
      const [failure] = failures;
      if (failure !== undefined) throw failure.reason;
      return (await answered).rows;
    });
  }

  gauges(): Readonly<Record<'owner' | Reader, PoolGauges>> {
    return { owner: this.owner.gauges(), tenant: this.#parts.query.tenant.gauges(), staff: this.#parts.query.staff.gauges() };
  }

  async close(): Promise<void> {
    const { owner, query, export: exports } = this.#parts;
    await Promise.all([owner, query.tenant, query.staff, exports.tenant, exports.staff].map((pool) => pool.close()));
  }

  #poolFor(caller: Caller, purpose: Purpose): Pool {
    return this.#parts[purpose][caller.tenant === null ? 'staff' : 'tenant'];
  }

  async #read<T>(caller: Caller, work: (session: Session) => Promise<T>, options: SessionOptions): Promise<T> {
    const purpose = options.purpose ?? 'query';
    const pool = this.#poolFor(caller, purpose);
    const sessionOn = (client: pg.PoolClient): Session => ({
      rows: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = [], name?: string) =>
        (await pool.timed(text, () => client.query<R>({ text, values: [...values], ...(name === undefined ? {} : { name }) }))).rows,
      copyOut: (statement) => client.query(copyTo(statement)),
    });
    // An export that was cut off still sends; its connection is not used again.
    const discardAfter = purpose === 'export' ? () => true : isConnectionFailure;
    return pool.use((client) => inTransaction(client, beginFor(caller, options.schema), () => work(sessionOn(client))), discardAfter);
  }
}

/** The variables that the caller's policies read. */
const variablesOf = ({ tenant, accounts, permissions }: Caller): Readonly<Record<string, string>> => {
  if (tenant === null) return { [variables.permissions]: [...permissions].join(',') };
  return { [variables.customer]: tenant, [variables.accounts]: accounts === 'all' ? allAccounts : `{${[...accounts].join(',')}}` };
};

/** One round trip; local to the transaction, so a connection never carries one caller's tenant to the next. */
const beginFor = (caller: Caller, schema: string | undefined): string => {
  const path = schema === undefined ? [] : [`set local search_path = ${id(schema)}, ${liveSchema}, public`];
  const settings = Object.entries(variablesOf(caller)).map(([name, value]) => `set local ${name} = ${literal(value)}`);
  return ['begin isolation level repeatable read read only', ...settings, ...path].join(';');
};
