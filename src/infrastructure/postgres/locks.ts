/** Advisory locks on one connection of their own: who holds one is the runner; the server frees them when the connection ends, however it ends. */
import pg from 'pg';
import type { Leadership } from '../../application/ports/leadership.ts';

const connectTimeoutMs = 5000;
const heartbeatMs = 10_000;

export class Locks implements Leadership {
  readonly #url: string;
  readonly #lost: () => void;
  #client: pg.Client | undefined;
  #connecting: Promise<pg.Client> | undefined;
  #asked: Promise<unknown> = Promise.resolve();
  #held = new Set<string>();
  #heartbeat: NodeJS.Timeout | undefined;

  /** `lost`: told when the connection ends under locks that were held. */
  constructor(url: string, lost: () => void) {
    this.#url = url;
    this.#lost = lost;
  }

  holds(name: string): boolean {
    return this.#held.has(name);
  }

  /** Takes the lock if nobody has it; true where it is held already. Throws what the driver throws. */
  async take(name: string): Promise<boolean> {
    if (this.#held.has(name)) return true;
    const client = await this.#connected();
    const { rows } = await this.#inTurn(() => client.query<{ taken: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as taken', [name]));
    const taken = rows[0]?.taken === true && this.#client === client;
    if (taken) this.#held.add(name);
    return taken;
  }

  async free(name: string): Promise<void> {
    if (!this.#held.delete(name)) return;
    const client = this.#client;
    await this.#inTurn(async () => client?.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name])).catch(() => undefined);
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#held = new Set();
    clearInterval(this.#heartbeat);
    await client?.end().catch(() => undefined);
  }

  /** A connection takes one statement at a time. */
  #inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const mine = this.#asked.then(ask);
    this.#asked = mine.catch(() => undefined);
    return mine;
  }

  /** One connection, also for many that ask at once: locks on another would be lost with it unnoticed. */
  async #connected(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'leasing locks',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: connectTimeoutMs,
    });
    client.on('error', () => this.#broken(client));
    client.on('end', () => this.#broken(client));
    await client.connect();
    this.#client = client;
    // A half-open connection says nothing by itself.
    this.#heartbeat = setInterval(() => void this.#inTurn(() => client.query('select')).catch(() => this.#broken(client)), heartbeatMs);
    this.#heartbeat.unref();
    return client;
  }

  #broken(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    clearInterval(this.#heartbeat);
    const had = this.#held.size > 0;
    this.#held = new Set();
    void client.end().catch(() => undefined);
    if (had) this.#lost();
  }
}
