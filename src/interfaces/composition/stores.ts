/** The stores: embedded where no address is given, somebody else's where one is; the same code behind. */
import { hkdfSync } from 'node:crypto';
import { LogReader } from '../../application/log-reader.ts';
import { model } from '../../domain/model.ts';
import { type Configuration, masterKeyOf } from '../../infrastructure/configuration.ts';
import { EventCodec } from '../../infrastructure/event-store/event-codec.ts';
import { EventStoreLog } from '../../infrastructure/event-store/event-store-log.ts';
import { createLogger } from '../../infrastructure/observability/logger.ts';
import { openDatabase } from '../../infrastructure/postgres/database.ts';
import { PostgresKeyVault } from '../../infrastructure/postgres/key-vault.ts';
import type { EmbeddedStores } from './embedded-stores.ts';
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
    .provide(parts.stores, [parts.configuration, parts.embeddedStores], addresses)
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

const fail = (error: Error): void => {
  // A store that dies under a running system is no state to go on in: the next start recovers.
  process.stderr.write(`${error.message}\n`);
  process.exit(70);
};

/** The addresses of both stores, once they answer. */
const addresses = async ({ databaseUrl, eventStoreUrl }: Configuration, begun: EmbeddedStores): Promise<Stores> => {
  const [postgres, eventStore] = await Promise.all([begun.postgres, begun.eventStore]);
  for (const store of [postgres, eventStore]) void store?.failed.then(fail);
  const stores = { databaseUrl: databaseUrl ?? postgres?.url, eventStoreUrl: eventStoreUrl ?? eventStore?.url };
  if (stores.databaseUrl === undefined || stores.eventStoreUrl === undefined) throw new Error('a store has neither an address nor an embedded server');
  return { databaseUrl: stores.databaseUrl, eventStoreUrl: stores.eventStoreUrl };
};
