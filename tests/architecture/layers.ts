/** Who may import what, and which files there are: the tables that the rules read. A new row needs its reason. */

/** The first layer whose `at` begins a file's path is the file's. `may` are beginnings of paths; `mayTypes` the same and packages, for types only. */
export type Layer = {
  readonly at: string;
  readonly may: readonly string[];
  readonly mayTypes?: readonly string[];
  readonly packages: readonly string[];
};

const pure = ['decimal.js', 'robust-predicates', 'flatbush', 'point-in-polygon-hao', 'node:crypto'];

export const layers: readonly Layer[] = [
  // The words of schemas are the only ones who know the schema library.
  { at: 'src/domain/kernel/schema.ts', may: [], packages: ['typebox'] },
  { at: 'src/domain/kernel/', may: ['src/domain/kernel/'], packages: pure },
  // Aggregates are written in the kernel's words alone.
  { at: 'src/domain/', may: ['src/domain/'], packages: [] },
  {
    at: 'src/application/',
    may: ['src/application/', 'src/domain/'],
    // A query is asked by its definition, which is data of the read model.
    mayTypes: ['projections/kernel/query.ts'],
    packages: ['lru-cache', 'node:crypto', 'node:stream', 'node:timers/promises'],
  },
  { at: 'projections/kernel/table.ts', may: ['src/domain/'], packages: ['@mikro-orm/core'] },
  { at: 'projections/', may: ['projections/', 'src/domain/'], packages: [] },
  {
    at: 'src/infrastructure/',
    // Search ranks documents as they were written: by the same words.
    may: ['src/infrastructure/', 'src/application/', 'src/domain/', 'projections/kernel/', 'projections/global-search/'],
    packages: [
      'node:*',
      '@aws-sdk/client-s3',
      '@eventstore/db-client',
      '@grpc/grpc-js',
      '@mikro-orm/core',
      '@mikro-orm/migrations',
      '@mikro-orm/postgresql',
      'ajv',
      'auth0',
      'jsonwebtoken',
      'lru-cache',
      'nodemailer',
      'pdfkit',
      'pg',
      'pg-copy-streams',
      'pino',
      'prom-client',
      'sharp',
    ],
  },
  {
    at: 'src/interfaces/http/',
    may: ['src/interfaces/http/', 'src/application/', 'src/domain/', 'projections/kernel/query.ts'],
    mayTypes: ['projections/kernel/'],
    packages: ['node:*', 'compression', 'express', 'helmet', 'rate-limiter-flexible'],
  },
  {
    at: 'src/interfaces/cli/',
    may: ['src/interfaces/', 'src/infrastructure/', 'src/application/', 'src/domain/', 'projections/'],
    // Rows are read through our own pool; only what they look like is the driver's.
    mayTypes: ['pg'],
    packages: ['node:*', 'commander'],
  },
  // The demonstration sends commands as clients do; it takes the running system's parts by their tokens.
  {
    at: 'src/interfaces/demo/',
    may: ['src/interfaces/demo/', 'src/interfaces/composition/', 'src/application/', 'src/domain/', 'projections/'],
    packages: ['node:*'],
  },
  {
    at: 'src/interfaces/composition/',
    may: ['src/interfaces/', 'src/infrastructure/', 'src/application/', 'src/domain/', 'projections/'],
    packages: ['node:*', 'inversify', 'reflect-metadata', 'express'],
  },
  { at: 'src/main.ts', may: ['src/interfaces/composition/', 'src/infrastructure/configuration.ts'], packages: ['node:module'] },
];

/** What reads the world behind a function's back. Outside `ambientShell` it is an error but for the named files. */
export const ambient = /\bprocess\.(?:env|hrtime|argv|cwd)\b|\bDate\.now\b|\bnew Date\(\)|\brandomUUID\b|\brandomBytes\b|\bMath\.random\b|\bperformance\.now\b/;
export const ambientShell = ['src/infrastructure/', 'src/interfaces/', 'src/main.ts'];
export const ambientExceptions: ReadonlyMap<string, string> = new Map([
  ['src/application/handle-command.ts', 'the jitter of waiting out a conflict decides nothing'],
  ['src/application/processes/supervisor.ts', 'how long a reader has been quiet is measured, never stored'],
  ['src/application/system-stream.ts', 'ids of the shell’s own events are never derived or compared'],
]);
/** `process.env` is read in one place; a child's environment is another matter. */
export const environmentReaders: ReadonlySet<string> = new Set([
  'src/main.ts',
  'src/interfaces/cli/main.ts',
  'src/infrastructure/postgres/embedded/supervised.ts',
]);

/** An aggregate's files. */
export const aggregateKinds = { required: ['commands.ts', 'events.ts', 'decider.ts'], optional: ['state.ts', 'rules.ts'] } as const;
/** What another aggregate may be asked for, by file; its aggregate itself (what `model.ts` lists) and its commands never. */
export const openToOthers: readonly string[] = ['decider.ts', 'state.ts', 'rules.ts', 'events.ts', 'permissions.ts'];
/** A read model's files. */
export const readModelKinds = { required: ['tables.ts', 'projection.ts'], optional: ['queries.ts'] } as const;

/**
 * A part that outgrew those files is named by its subject, begins with a sentence that says what it is, and is its own folder's alone (but what
 * `openToOthers` names). These names say nothing.
 */
export const emptyNames = /(?:^|-)(?:helpers?|utils?|utilities|manager)\.ts$|^(?:common|misc|shared|base|index|service|types|functions|lib|stuff)\.ts$/;

/** Past 300 lines a file has more than one job; tables and schemas are exempt. */
export const linesMax = 300;
export const isTable = (path: string): boolean => /(?:^|\/)(?:tables|events|commands|configuration-settings)\.ts$/.test(path);
