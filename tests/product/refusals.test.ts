/** Starts that cannot be: one clear sentence and an exit code that is not zero. */

import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { listenOn } from '../kit/listening.ts';
import { runToEnd, withDataFolder } from '../kit/product.ts';

const withTakenPort = async <T>(use: (port: number) => Promise<T>): Promise<T> => {
  const server = createServer();
  const { port } = await listenOn(server);
  try {
    return await use(port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};

describe('a start that cannot be', () => {
  test('names every mistake of the configuration', async () => {
    const { code, output } = await runToEnd({ HTTP_PORT: 'x', ROLE: 'cook', LOG_LEVEL: 'loud' });
    expect(code).toBe(78);
    expect(output.trim().split('\n')).toHaveLength(3);
    for (const name of ['HTTP_PORT', 'ROLE', 'LOG_LEVEL']) expect(output).toContain(name);
  });

  test('says that the port is taken', async () => {
    await withTakenPort((port) =>
      withDataFolder(async (folder) => {
        const { code, output } = await runToEnd({ DATA_DIR: folder, HTTP_PORT: String(port), DEMO: 'false' });
        expect(code).not.toBe(0);
        expect(output).toContain(`Port ${port}`);
        expect(output).not.toContain('    at ');
      }),
    );
  }, 120_000);

  test('says that the database or the event store cannot be reached', async () => {
    await withDataFolder(async (folder) => {
      const key = Buffer.alloc(32, 1).toString('base64');
      const away = { DATA_DIR: folder, DEMO: 'false', MASTER_KEY: key };
      const database = await runToEnd({ ...away, DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' });
      expect(database.code).not.toBe(0);
      expect(database.output).toMatch(/database|Postgres/i);
      expect(database.output).not.toContain('secret');
      const store = await runToEnd({ DATA_DIR: folder, DEMO: 'false', EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' });
      expect(store.code).not.toBe(0);
      expect(store.output).toMatch(/event store/i);
      expect(store.output.trim().split('\n').length).toBeLessThanOrEqual(3);
    });
  }, 240_000);
});
