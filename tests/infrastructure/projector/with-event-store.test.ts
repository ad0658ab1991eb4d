import { expect, test } from '@jest/globals';
import { benchModels, eventAt, unitAggregate } from '../../../bench/projector/models.ts';
import { LogReader } from '../../../src/application/log-reader.ts';
import type { StoredEvent } from '../../../src/application/ports/event-log.ts';
import { startEmbeddedEventStore } from '../../../src/infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../../src/infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../../src/infrastructure/event-store/event-store-log.ts';
import { openDatabase } from '../../../src/infrastructure/postgres/database.ts';
import { Projector } from '../../../src/infrastructure/projector/projector.ts';
import { PostgresReadModels } from '../../../src/infrastructure/projector/read-models.ts';
import { MemoryKeyVault } from '../../kit/memory-key-vault.ts';
import { createTestDatabase } from '../../kit/postgres.ts';
import { foldWhole, provisioned, storedTables } from '../../kit/projections.ts';

test('ES-3 over an event store: what was there, what comes live and what is rebuilt give the rows of the fold', async () => {
  const made = await createTestDatabase({ template: provisioned });
  const store = await startEmbeddedEventStore({});
  const database = await openDatabase({ url: made.url });
  const log = new EventStoreLog(store.url, new EventCodec([unitAggregate], new MemoryKeyVault()));
  const append = async (from: number, to: number): Promise<bigint> => {
    for (let n = from; n < to; n += 1) {
      const { stream, event } = eventAt(n);
      expect(await log.append(stream, [event], (n % 10) - 1)).toMatchObject({ ok: true });
    }
    return log.tail();
  };
  await append(0, 120);
  const reader = new LogReader({ log });
  const projector = new Projector({ database, log, reader, projections: benchModels });
  const readModels = new PostgresReadModels(database.owner, projector);
  await projector.start();
  reader.start();
  const position = await append(120, 300);
  for (const { name } of benchModels) expect(await readModels.waitFor(name, position, 20_000)).toBe('reached');
  const events: StoredEvent[] = [];
  for await (const batch of log.readAll({})) events.push(...batch);
  for (const model of benchModels) {
    expect(await storedTables(database, model)).toEqual(foldWhole(model, events));
    await projector.rebuild(model.name);
    expect(await storedTables(database, model)).toEqual(foldWhole(model, events));
  }
  await reader.stop();
  await projector.stop();
  await log.close();
  await database.close();
  await store.close();
  await made.drop();
});
