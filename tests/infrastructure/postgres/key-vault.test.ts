import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { PostgresKeyVault } from '../../../src/infrastructure/postgres/key-vault.ts';
import { checkKeyVault } from '../../contracts/key-vault.ts';
import { MemoryKeyVault } from '../../kit/memory-key-vault.ts';
import { createTestDatabase, type TestDatabase } from '../../kit/postgres.ts';
import { provisioned } from '../../kit/projections.ts';

let made: TestDatabase;
let database: Database;
const masterKey = randomBytes(32);
beforeAll(async () => {
  made = await createTestDatabase({ template: provisioned });
  database = await openDatabase({ url: made.url });
});
afterAll(async () => {
  await database.close();
  await made.drop();
});
const vault = (key: Uint8Array = masterKey): PostgresKeyVault => new PostgresKeyVault({ pool: database.owner, masterKey: key });

describe('the key vault', () => {
  checkKeyVault('in Postgres', async () => ({ vault: vault(), again: vault() }));
  checkKeyVault('in memory', async () => {
    const memory = new MemoryKeyVault();
    return { vault: memory, again: memory };
  });

  test('keys are wrapped: neither the key nor another master key reads a row', async () => {
    const key = await vault().keyFor('wrapped');
    const [row] = await database.owner.rows<{ wrapped: Buffer }>(`select wrapped from vault.subject_key where subject = 'wrapped'`);
    expect(row?.wrapped.includes(Buffer.from(key ?? []))).toBe(false);
    await expect(vault(randomBytes(32)).keyFor('wrapped')).rejects.toThrow();
  });

  test('a row moved to another subject is refused', async () => {
    await vault().keyFor('from');
    await database.owner.rows(`insert into vault.subject_key (subject, wrapped) select 'to', wrapped from vault.subject_key where subject = 'from'`);
    await expect(vault().keyFor('to')).rejects.toThrow();
  });

  test('a node that had the key in memory forgets it when told', async () => {
    const [here, there] = [vault(), vault()];
    await there.keyFor('told');
    await here.destroy('told');
    there.evict('told');
    expect(await there.keyFor('told')).toBeUndefined();
    expect(await database.owner.rows(`select wrapped from vault.subject_key where subject = 'told'`)).toEqual([{ wrapped: null }]);
  });
});
