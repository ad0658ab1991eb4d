/**
 * Keys of data subjects in Postgres: 32 random bytes each, wrapped by the installation's master key (AES-256-GCM, the subject's name
 * authenticated along). A destroyed one leaves its row behind, so that it is never made again.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { KeyVault } from '../../application/ports/key-vault.ts';
import type { Pool } from './pool.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const attemptsMax = 3;

export type KeyVaultOptions = {
  readonly pool: Pool;
  /** 32 bytes. Losing it loses every personal field. */
  readonly masterKey: Uint8Array;
  readonly cachedMax?: number;
};
type KeyRow = { readonly subject: string; readonly wrapped: Buffer | null };

export class PostgresKeyVault implements KeyVault {
  readonly #pool: Pool;
  readonly #masterKey: Uint8Array;
  readonly #cache: LRUCache<string, Uint8Array>;
  /** Known to be forgotten: their keys may still be in the database for a moment, but are not used here any more. */
  readonly #forgotten = new Set<string>();
  #evictions = 0;

  constructor(options: KeyVaultOptions) {
    if (options.masterKey.length !== 32) throw new Error('the master key must have 32 bytes');
    this.#pool = options.pool;
    this.#masterKey = options.masterKey;
    this.#cache = new LRUCache({ max: options.cachedMax ?? 20_000 });
  }

  /** Throws `DatabaseUnavailable`. */
  async keyFor(subject: string): Promise<Uint8Array | undefined> {
    if (this.#forgotten.has(subject)) return undefined;
    const cached = this.#cache.get(subject);
    if (cached !== undefined) return cached;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const asked = this.#evictions;
      const [row] = await this.#pool.rows<KeyRow>('select subject, wrapped from vault.subject_key where subject = $1', [subject]);
      if (row !== undefined) return this.#remember(row, asked);
      const key = randomBytes(32);
      const made = await this.#pool.rows<KeyRow>(
        'insert into vault.subject_key (subject, wrapped) values ($1, $2) on conflict do nothing returning subject, wrapped',
        [subject, this.#wrap(subject, key)],
      );
      // Nothing returned: another node made it, or destroyed it, in between; that one counts.
      if (made[0] !== undefined) return this.#remember(made[0], asked);
    }
    throw new Error(`the key of a subject neither is there nor can be made`);
  }

  /** Throws `DatabaseUnavailable`. */
  async keysOf(subjects: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const keys = new Map<string, Uint8Array>();
    const unknown: string[] = [];
    for (const subject of new Set(subjects)) {
      if (this.#forgotten.has(subject)) continue;
      const cached = this.#cache.get(subject);
      if (cached === undefined) unknown.push(subject);
      else keys.set(subject, cached);
    }
    if (unknown.length === 0) return keys;
    const asked = this.#evictions;
    const rows = await this.#pool.rows<KeyRow>('select subject, wrapped from vault.subject_key where subject = any($1)', [unknown]);
    for (const row of rows) {
      const key = this.#remember(row, asked);
      if (key !== undefined) keys.set(row.subject, key);
    }
    return keys;
  }

  /** Throws `DatabaseUnavailable`. */
  async destroy(subject: string): Promise<void> {
    this.evict(subject);
    await this.#pool.rows(
      `insert into vault.subject_key (subject, wrapped, destroyed_at) values ($1, null, now())
       on conflict (subject) do update set wrapped = null, destroyed_at = now() where subject_key.destroyed_at is null`,
      [subject],
    );
    // Somebody may have looked it up while the row was still whole.
    this.evict(subject);
  }

  /** This subject is forgotten: its key is not used here any more, whoever destroys it and when. */
  evict(subject: string): void {
    this.#forgotten.add(subject);
    this.#evictions += 1;
    this.#cache.delete(subject);
  }

  /** An answer that was under way while something was evicted may be out of date, so it is used but not kept. */
  #remember(row: KeyRow, asked: number): Uint8Array | undefined {
    if (row.wrapped === null || this.#forgotten.has(row.subject)) return undefined;
    const key = this.#unwrap(row.subject, row.wrapped);
    if (asked === this.#evictions) this.#cache.set(row.subject, key);
    return key;
  }

  #wrap(subject: string, key: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#masterKey, nonce).setAAD(Buffer.from(subject, 'utf8'));
    const body = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** Throws where the row was changed, moved to another subject, or wrapped by another master key. */
  #unwrap(subject: string, wrapped: Buffer): Uint8Array {
    const decipher = createDecipheriv(algorithm, this.#masterKey, wrapped.subarray(0, nonceBytes)).setAAD(Buffer.from(subject, 'utf8'));
    decipher.setAuthTag(wrapped.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes + tagBytes)), decipher.final()]);
  }
}
