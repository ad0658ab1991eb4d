/** Measurements that are taken when they are asked for: names, meanings and labels in one table. */
import { Gauge, type Registry } from 'prom-client';

const known = {
  postgres_connections: { help: 'Connections to Postgres by pool and state; waiting: work without one.', labels: ['pool', 'state'] },
  directory_behind: { help: '1 while this node does not know the newest permissions and lets nobody in.', labels: [] },
  api_calls_uncounted: { help: 'Calls that there was no room to count for API usage.', labels: [] },
  event_log_tail: { help: 'The commit position of the newest event.', labels: [] },
  event_log_lag_bytes: { help: 'How far this process is behind the end of the log, in bytes of commit position.', labels: [] },
  read_model_lag_bytes: { help: 'How far each read model is behind the end of the log.', labels: ['read_model'] },
  read_model_faulted: { help: '1 where a read model stands still.', labels: ['read_model'] },
  process_lag_bytes: { help: 'How far each process is behind the end of the log.', labels: ['process'] },
  process_stopped: { help: '1 while a process waits to be tried again.', labels: ['process'] },
  part_answers: { help: '0 where a part could not be measured: what it tells is then absent.', labels: ['part'] },
} as const satisfies Readonly<Record<string, { readonly help: string; readonly labels: readonly string[] }>>;

export type Sample = { readonly name: keyof typeof known; readonly labels: Readonly<Record<string, string>>; readonly value: number };
/** Gives nothing, or throws, where a part is away. */
export type Collect = () => readonly Sample[] | Promise<readonly Sample[]>;

const waitMaxMs = 1500;

/** A part that does not answer in time costs its own measurements, not everybody's. */
const inTime = async (collect: Collect): Promise<readonly Sample[] | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), waitMaxMs);
  });
  try {
    return await Promise.race([collect(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
};

/** `refresh` takes all measurements anew; what is not measured any more is not shown any more. */
export const gaugesOn = (registry: Registry, collectors: Readonly<Record<string, Collect>>): { readonly refresh: () => Promise<void> } => {
  const gauges = new Map(
    Object.entries(known).map(([name, { help, labels }]) => [name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] })] as const),
  );
  return {
    refresh: async () => {
      const answers = await Promise.all(Object.entries(collectors).map(async ([part, collect]) => [part, await inTime(collect)] as const));
      for (const gauge of gauges.values()) {
        gauge.reset();
        // A reset gauge without labels says 0, which is a measurement.
        gauge.remove({});
      }
      for (const [part, samples] of answers) {
        gauges.get('part_answers')?.set({ part }, samples === undefined ? 0 : 1);
        for (const { name, labels, value } of samples ?? []) gauges.get(name)?.set(labels, value);
      }
    },
  };
};
