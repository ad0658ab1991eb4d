/** Whether requests can be answered, part by part; facts for operators, no secrets and no tenant's data. */
import type { Directory } from '../../application/directory.ts';
import type { IdentityDriftWatch } from '../../application/identity-drift-watch.ts';
import type { LogReader } from '../../application/log-reader.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { ReadModels } from '../../application/ports/read-models.ts';
import type { ProcessSupervisor } from '../../application/processes/supervisor.ts';
import type { Database } from '../../infrastructure/postgres/database.ts';
import type { Health } from '../http/parts.ts';

type Observed = {
  readonly log: EventLog;
  readonly reader: LogReader;
  readonly database: Database;
  readonly readModels: ReadModels;
  readonly processes: ProcessSupervisor;
  readonly directory: Directory;
  /** Where this process checks it. */
  readonly drift?: IdentityDriftWatch;
};
type Part = { readonly ok: boolean } & Readonly<Record<string, unknown>>;
const waitMaxMs = 2000;

/** What a part says of itself within two seconds; a part that throws or does not answer is not well. */
const asked = async (ask: () => Promise<Part>): Promise<Part> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Part>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'no answer' }), waitMaxMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.name : 'failed' };
  } finally {
    clearTimeout(timer);
  }
};

const postgres = async (database: Database): Promise<Part> => {
  await database.owner.rows('select 1');
  return { ok: true, connections: database.gauges() };
};
const projections = async (readModels: ReadModels): Promise<Part> => {
  const status = await readModels.status();
  const faulted = status.filter(({ state }) => state === 'faulted');
  const listed = status.map(({ name, version, state, position, fault }) => ({
    name,
    version,
    state,
    position: String(position),
    ...(fault === undefined ? {} : { fault }),
  }));
  return { ok: faulted.length === 0, models: listed };
};

export const healthOf =
  ({ log, reader, database, readModels, processes, directory, drift }: Observed): (() => Promise<Health>) =>
  async () => {
    const [eventStore, store, models] = await Promise.all([
      asked(async () => ({
        ok: reader.fault === undefined,
        tail: String(await log.tail()),
        reached: String(reader.position),
        ...(reader.fault === undefined ? {} : { fault: reader.fault.message }),
      })),
      asked(() => postgres(database)),
      asked(() => projections(readModels)),
    ]);
    const listed = processes.status().map(({ position, ...rest }) => ({ ...rest, position: String(position) }));
    const parts: Health['parts'] = {
      eventStore,
      postgres: store,
      projections: models,
      processes: { ok: listed.every(({ failure }) => failure === undefined), processes: listed },
      directory: { ok: !directory.freshness.isBehind, position: String(directory.position) },
      ...(drift === undefined ? {} : { identityDrift: { ok: drift.status.problem === undefined, ...drift.status } }),
    };
    // A read model or process that stands still is an operator's matter; requests are still answered.
    return { ready: eventStore.ok && store.ok && parts['directory']?.ok === true, parts };
  };
