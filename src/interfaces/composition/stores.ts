/** The stores: embedded where no address is given, somebody else's where one is; the same code behind. */
import { hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { LogReader } from '../../application/log-reader.ts';
import { model } from '../../domain/model.ts';
import { masterKeyOf } from '../../infrastructure/configuration.ts';
import { startEmbeddedEventStore } from '../../infrastructure/embedded-event-store/start.ts';
import { EventCodec } from '../../infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../infrastructure/event-store/event-store-log.ts';
import { createLogger } from '../../infrastructure/observability/logger.ts';
import { openDatabase } from '../../infrastructure/postgres/database.ts';
import { startEmbeddedPostgres } from '../../infrastructure/postgres/embedded/server.ts';
import { PostgresKeyVault } from '../../infrastructure/postgres/key-vault.ts';
import type { Parts } from './provide.ts';
import { parts, type Secrets, type Stores } from './tokens.ts';

const derived = (master: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', master, new Uint8Array(0), `leasing-backend ${purpose}`, 32));

export const provideStores = (system: Parts): Parts =>
  system
    .provide(parts.logger, [parts.configuration], ({ logLevel }) => createLogger(logLevel))
    .provide(parts.secrets, [parts.configuration], async (configuration): Promise<Secrets> => {
      const master = await masterKeyOf(configuration);
      return {
        master,
        hashes: derived(master, 'hashes'),
        claims: derived(master, 'claims'),
        cursors: derived(master, 'cursors'),
        links: derived(master, 'links'),
      };
    })
    .provide(parts.stores, [parts.configuration, parts.closers], async (configuration, closers): Promise<Stores> => {
      // Both at once: neither needs the other, and Postgres takes longer.
      const [databaseUrl, eventStoreUrl] = await Promise.all([
        configuration.databaseUrl ?? embeddedPostgres(configuration, closers),
        configuration.eventStoreUrl ?? embeddedEventStore(configuration, closers),
      ]);
      return { databaseUrl, eventStoreUrl };
    })
    .provide(
      parts.database,
      [parts.configuration, parts.stores, parts.closers, parts.progress, parts.logger],
      async ({ databasePoolMax, slowQueryMs }, { databaseUrl }, closers, progress, logger) => {
        const slow = { fromMs: slowQueryMs, told: (facts: object) => logger.warn(facts, 'a slow statement') };
        const warn = (sentence: string): void => progress.warn(sentence);
        const database = await openDatabase({ url: databaseUrl, poolMax: databasePoolMax, warn, ...(slowQueryMs === 0 ? {} : { slow }) });
        closers.defer(() => database.close());
        return database;
      },
    )
    .provide(parts.vault, [parts.database, parts.secrets], ({ owner }, { master }) => new PostgresKeyVault({ pool: owner, masterKey: master }))
    .provide(parts.log, [parts.stores, parts.vault, parts.closers], ({ eventStoreUrl }, vault, closers) => {
      const log = new EventStoreLog(eventStoreUrl, new EventCodec(model, vault));
      closers.defer(() => log.close());
      return log;
    })
    .provide(parts.reader, [parts.log, parts.logger, parts.closers], (log, logger, closers) => {
      const reader = new LogReader({ log, failed: (error) => logger.warn({ err: error }, 'the log cannot be followed; trying again') });
      closers.defer(() => reader.stop());
      return reader;
    });

type Embedding = { readonly dataFolder: string; readonly embeddedPostgresPort: number; readonly embeddedEventStorePort: number };
const fail = (error: Error): void => {
  // A store that dies under a running system is no state to go on in: the next start recovers.
  process.stderr.write(`${error.message}\n`);
  process.exit(70);
};

const embeddedPostgres = async ({ dataFolder, embeddedPostgresPort }: Embedding, closers: AsyncDisposableStack): Promise<string> => {
  const server = await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres'), port: embeddedPostgresPort });
  void server.failed.then(fail);
  closers.defer(() => server.stop());
  return server.url;
};
const embeddedEventStore = async ({ dataFolder, embeddedEventStorePort }: Embedding, closers: AsyncDisposableStack): Promise<string> => {
  const store = await startEmbeddedEventStore({ folder: join(dataFolder, 'events'), port: embeddedEventStorePort });
  void store.failed.then(fail);
  closers.defer(() => store.close());
  return store.url;
};
