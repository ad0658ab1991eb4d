/** A pool of connections that says how it is used and names its failures. */
import pg from 'pg';
import { asDatabaseError, isConnectionFailure } from './failures.ts';

export type PoolGauges = { readonly inUse: number; readonly idle: number; readonly waiting: number };
/** Told of each statement that took at least so long, with its text: values stand apart from it and are not told. */
export type SlowStatements = {
  readonly fromMs: number;
  readonly told: (slow: { readonly pool: string; readonly ms: number; readonly statement: string }) => void;
};
export type PoolOptions = {
  readonly url: string;
  readonly max: number;
  readonly name: string;
  readonly login?: { readonly role: string; readonly password: string };
  readonly statementTimeoutMs?: number;
  /** How long a caller waits for a free connection before `DatabaseUnavailable`. */
  readonly acquireTimeoutMs?: number;
  /** Run-time parameters of every connection. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Sends statements without waiting for the answers to those before; no COPY on such a connection. */
  readonly isPipelined?: boolean;
  /** COPY is streamed here: no time limit of the driver's own, whose timer would outlive every COPY; the server's limit holds. */
  readonly isForCopies?: boolean;
  readonly slow?: SlowStatements;
};

const statementShownMax = 1000;

export class Pool {
  readonly #pool: pg.Pool;
  readonly #name: string;
  readonly #slow: SlowStatements | undefined;

  constructor(options: PoolOptions) {
    const parameters = Object.entries(options.parameters ?? {}).map(([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`);
    this.#name = options.name;
    this.#slow = options.slow;
    this.#pool = new pg.Pool({
      ...connectionOf(options.url, options.login),
      max: options.max,
      application_name: `leasing ${options.name}`,
      connectionTimeoutMillis: options.acquireTimeoutMs ?? 5000,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      options: parameters.join(' '),
      // The server's limit ends the statement; the driver's, later, ends waiting for a server that does not answer at all.
      ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
      ...(options.statementTimeoutMs === undefined || options.isForCopies === true ? {} : { query_timeout: options.statementTimeoutMs + 5000 }),
      ...(options.isPipelined === true ? { pipeline: true } : {}),
    });
    // An idle connection that breaks is simply not there any more; the next query opens another.
    this.#pool.on('error', ignore);
    // One that breaks between two statements, or while it is thrown away, says so here; the next statement then fails.
    this.#pool.on('connect', (client) => client.on('error', ignore));
  }

  gauges(): PoolGauges {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  /** One statement on any connection. `R` is what its select list gives. Throws `DatabaseUnavailable`, `QueryTooSlow` or the driver's error. */
  async rows<R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<readonly R[]> {
    return this.use(async (client) => (await this.timed(text, () => client.query<R>(text, [...values]))).rows);
  }

  /** Runs a statement and tells of it where it was slow, also where it failed. */
  async timed<T>(text: string, run: () => Promise<T>): Promise<T> {
    if (this.#slow === undefined) return run();
    const startMs = performance.now();
    try {
      return await run();
    } finally {
      const ms = performance.now() - startMs;
      if (ms >= this.#slow.fromMs) this.#slow.told({ pool: this.#name, ms: Math.round(ms), statement: text.slice(0, statementShownMax) });
    }
  }

  /** Work on one connection; it is thrown away where the connection failed, or where the work failed and says so. */
  async use<T>(work: (client: pg.PoolClient) => Promise<T>, discardAfter: (error: unknown) => boolean = isConnectionFailure): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw asDatabaseError(error);
    });
    let discard = false;
    try {
      return await work(client);
    } catch (error) {
      discard = discardAfter(error);
      throw asDatabaseError(error);
    } finally {
      client.release(discard);
    }
  }

  /** Begin, work, commit; rolled back where the work throws. */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.use((client) => inTransaction(client, 'begin', () => work(client)));
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A login of our own in place of the owner's, on the same server and database. */
export const connectionOf = (url: string, login?: { readonly role: string; readonly password: string }): { readonly connectionString: string } => {
  if (login === undefined) return { connectionString: url };
  const own = new URL(url);
  own.username = login.role;
  own.password = login.password;
  return { connectionString: own.href };
};

const ignore = (): void => undefined;

/** `begin` may set variables of the transaction along. A rollback that fails too is a failure of the connection, and is what is thrown. */
export async function inTransaction<T>(client: pg.PoolClient, begin: string, work: () => Promise<T>): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    if (!isConnectionFailure(error)) await client.query('rollback');
    throw error;
  }
}
