/** The parts of the system by name. Modules say how each is made; nobody else names a product. */
import type { Express } from 'express';
import type { ApiUsageMeter } from '../../application/api-usage-meter.ts';
import type { Downloads } from '../../application/attachments/download.ts';
import type { Uploads } from '../../application/attachments/upload.ts';
import type { DeadlineScheduler } from '../../application/deadlines/scheduler.ts';
import type { Directory } from '../../application/directory.ts';
import type { CommandHandler } from '../../application/handle-command.ts';
import type { IdentityDriftWatch } from '../../application/identity-drift-watch.ts';
import type { LogReader } from '../../application/log-reader.ts';
import type { BlobStore } from '../../application/ports/blob-store.ts';
import type { IdentityProvider } from '../../application/ports/identity-provider.ts';
import type { Mailer } from '../../application/ports/mail.ts';
import type { QueryRunner, Search } from '../../application/ports/queries.ts';
import type { ReadModels } from '../../application/ports/read-models.ts';
import type { Follower, ProcessSupervisor } from '../../application/processes/supervisor.ts';
import type { PublicReports } from '../../application/public-reports.ts';
import type { ReferenceCheck } from '../../application/reference-check.ts';
import type { States } from '../../application/states.ts';
import type { Configuration } from '../../infrastructure/configuration.ts';
import type { EventStoreLog } from '../../infrastructure/event-store/event-store-log.ts';
import type { DevelopmentIssuer } from '../../infrastructure/identity/development-issuer.ts';
import type { Database } from '../../infrastructure/postgres/database.ts';
import type { PostgresKeyVault } from '../../infrastructure/postgres/key-vault.ts';
import type { Projector } from '../../infrastructure/projector/projector.ts';
import type { HttpMetrics, HttpParts, Logger } from '../http/parts.ts';
import type { EmbeddedStores } from './embedded-stores.ts';
import type { Progress } from './progress.ts';
import { token } from './provide.ts';
import type { SignIn } from './sign-in.ts';
import type { Timepiece } from './timepiece.ts';

export type Secrets = {
  readonly master: Uint8Array;
  readonly hashes: Uint8Array;
  readonly claims: Uint8Array;
  readonly cursors: Uint8Array;
  readonly links: Uint8Array;
};
/** Where the stores are, embedded or not. */
export type Stores = { readonly databaseUrl: string; readonly eventStoreUrl: string };
/** What must be undone at the end, in the opposite order. */
export type Closers = AsyncDisposableStack;

/** What the HTTP interface reads from. */
export type HttpAsking = Pick<
  HttpParts,
  'queries' | 'queryRunner' | 'search' | 'readModels' | 'eventIndex' | 'wholeEventIndex' | 'restrictedEventsPermission' | 'log' | 'reader'
>;
/** What it tells, and what is told of people themselves. */
export type HttpTelling = Pick<HttpParts, 'commands' | 'files' | 'ownSettings' | 'publicReports' | 'requested'>;

export const parts = {
  configuration: token<Configuration>('configuration'),
  closers: token<Closers>('closers'),
  timepiece: token<Timepiece>('timepiece'),
  clock: token<() => string>('clock'),
  progress: token<Progress>('progress'),
  logger: token<Logger>('logger'),
  metrics: token<HttpMetrics>('metrics'),
  secrets: token<Secrets>('secrets'),
  embeddedStores: token<EmbeddedStores>('embedded stores'),
  stores: token<Stores>('stores'),
  database: token<Database>('database'),
  vault: token<PostgresKeyVault>('vault'),
  log: token<EventStoreLog>('log'),
  reader: token<LogReader>('reader'),
  states: token<States>('states'),
  directory: token<Directory>('directory'),
  references: token<ReferenceCheck>('references'),
  commands: token<CommandHandler>('commands'),
  blobs: token<BlobStore>('blobs'),
  uploads: token<Uploads>('uploads'),
  downloads: token<Downloads>('downloads'),
  publicReports: token<PublicReports | undefined>('public reports'),
  projector: token<Projector | undefined>('projector'),
  readModels: token<ReadModels>('read models'),
  queryRunner: token<QueryRunner>('query runner'),
  search: token<Search>('search'),
  processes: token<ProcessSupervisor>('processes'),
  effects: token<readonly Follower[]>('effects'),
  printing: token<Follower>('printing'),
  scheduler: token<DeadlineScheduler>('scheduler'),
  identityProvider: token<IdentityProvider>('identity provider'),
  mailer: token<Mailer>('mailer'),
  drift: token<IdentityDriftWatch>('identity drift'),
  usage: token<ApiUsageMeter>('API usage'),
  health: token<HttpParts['health']>('health'),
  issuer: token<DevelopmentIssuer | undefined>('issuer'),
  signIn: token<SignIn>('sign-in'),
  httpAsking: token<HttpAsking>('what HTTP asks'),
  httpTelling: token<HttpTelling>('what HTTP tells'),
  application: token<Express>('application'),
} as const;
