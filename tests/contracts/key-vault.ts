/** What every key vault promises. */
import { describe, expect, test } from '@jest/globals';
import type { KeyVault } from '../../src/application/ports/key-vault.ts';

/** `again`: the same vault as another node, or a restarted one, has it. */
export function checkKeyVault(name: string, open: () => Promise<{ readonly vault: KeyVault; readonly again: KeyVault }>): void {
  describe(name, () => {
    test('a subject has one key of 32 bytes, the same for everybody, made on first use', async () => {
      const { vault, again } = await open();
      const subject = crypto.randomUUID();
      expect((await vault.keysOf([subject])).size).toBe(0);
      const keys = await Promise.all([vault.keyFor(subject), again.keyFor(subject), vault.keyFor(subject), again.keyFor(subject)]);
      expect(keys[0]).toHaveLength(32);
      expect(new Set(keys.map((key) => Buffer.from(key ?? []).toString('hex'))).size).toBe(1);
      expect(await vault.keyFor(crypto.randomUUID())).not.toEqual(keys[0]);
    });

    test('a destroyed key is gone for everybody and never made again', async () => {
      const { vault, again } = await open();
      const [gone, kept, never] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
      await vault.keyFor(gone);
      await vault.keyFor(kept);
      await vault.destroy(gone);
      await vault.destroy(gone);
      // Also of somebody of whom nothing was ever written.
      await vault.destroy(never);
      for (const each of [vault, again]) {
        expect(await each.keyFor(gone)).toBeUndefined();
        expect(await each.keyFor(never)).toBeUndefined();
        expect([...(await each.keysOf([gone, kept, never, crypto.randomUUID()])).keys()]).toEqual([kept]);
      }
    });

    test('destroying while others read and write leaves no key behind', async () => {
      const { vault, again } = await open();
      const subject = crypto.randomUUID();
      await Promise.all([vault.keyFor(subject), again.keyFor(subject), again.destroy(subject), vault.keysOf([subject]), vault.destroy(subject)]);
      expect(await vault.keyFor(subject)).toBeUndefined();
    });
  });
}
