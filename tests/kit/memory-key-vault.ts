import { randomBytes } from 'node:crypto';
import type { KeyVault } from '../../src/application/ports/key-vault.ts';

/** Keys in memory, for tests that have no database. */
export class MemoryKeyVault implements KeyVault {
  readonly #keys = new Map<string, Uint8Array | undefined>();

  async keyFor(subject: string): Promise<Uint8Array | undefined> {
    if (!this.#keys.has(subject)) this.#keys.set(subject, randomBytes(32));
    return this.#keys.get(subject);
  }
  async keysOf(subjects: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const keys = new Map<string, Uint8Array>();
    for (const subject of subjects) {
      const key = this.#keys.get(subject);
      if (key !== undefined) keys.set(subject, key);
    }
    return keys;
  }
  async destroy(subject: string): Promise<void> {
    this.#keys.set(subject, undefined);
  }
}
