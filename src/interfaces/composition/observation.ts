/** What operators see of a running system: health, and measurements taken when they are asked for. */
import type { LogReader } from '../../application/log-reader.ts';
import type { ReadModels } from '../../application/ports/read-models.ts';
import type { ProcessSupervisor } from '../../application/processes/supervisor.ts';
import type { Sample } from '../../infrastructure/observability/gauges.ts';
import { Metrics } from '../../infrastructure/observability/metrics.ts';
import type { Database } from '../../infrastructure/postgres/database.ts';
import { healthOf } from './health.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

const bytes = (behind: bigint): number => Number(behind > 0n ? behind : 0n);
/** −1 stands for "nothing yet". */
const since = (tail: bigint, position: bigint): number => bytes(tail - (position < 0n ? 0n : position));

const poolSamples = (database: Database): readonly Sample[] =>
  Object.entries(database.gauges()).flatMap(([pool, { inUse, idle, waiting }]) =>
    Object.entries({ in_use: inUse, idle, waiting }).map(([state, value]): Sample => ({ name: 'postgres_connections', labels: { pool, state }, value })),
  );

const readModelSamples = async (readModels: ReadModels, tail: bigint): Promise<readonly Sample[]> =>
  (await readModels.status()).flatMap(({ name, state, position }): readonly Sample[] => [
    { name: 'read_model_lag_bytes', labels: { read_model: name }, value: since(tail, position) },
    { name: 'read_model_faulted', labels: { read_model: name }, value: state === 'faulted' ? 1 : 0 },
  ]);

const processSamples = (processes: ProcessSupervisor, tail: bigint): readonly Sample[] =>
  processes.status().flatMap(({ name, position, failure }): readonly Sample[] => [
    { name: 'process_lag_bytes', labels: { process: name }, value: since(tail, position) },
    { name: 'process_stopped', labels: { process: name }, value: failure === undefined ? 0 : 1 },
  ]);

const readerSamples = (reader: LogReader, tail: bigint): readonly Sample[] => [
  { name: 'event_log_tail', labels: {}, value: Number(tail) },
  { name: 'event_log_lag_bytes', labels: {}, value: since(tail, reader.position) },
];

export const provideObservation = (system: Parts): Parts =>
  system
    .provide(
      parts.metrics,
      [parts.configuration, parts.log, parts.reader, parts.database, parts.readModels, parts.processes, parts.directory, parts.usage],
      ({ roles }, log, reader, database, readModels, processes, directory, usage) =>
        new Metrics({
          postgres: () => poolSamples(database),
          node: () => [
            { name: 'directory_behind', labels: {}, value: directory.freshness.isBehind ? 1 : 0 },
            { name: 'api_calls_uncounted', labels: {}, value: usage.uncounted },
          ],
          reader: async () => readerSamples(reader, await log.tail()),
          readModels: async () => readModelSamples(readModels, await log.tail()),
          processes: async () => (roles.includes('processor') ? processSamples(processes, await log.tail()) : []),
        }),
    )
    .provide(
      parts.health,
      [parts.configuration, parts.log, parts.reader, parts.database, parts.readModels, parts.processes, parts.directory, parts.drift],
      ({ roles }, log, reader, database, readModels, processes, directory, drift) =>
        healthOf({ log, reader, database, readModels, processes, directory, ...(roles.includes('processor') ? { drift } : {}) }),
    );
