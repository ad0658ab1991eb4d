/** Processes and deadlines, where this process is a processor. */
import { DeadlineScheduler } from '../../application/deadlines/scheduler.ts';
import { processes } from '../../application/processes/processes.ts';
import { ProcessRunner } from '../../application/processes/runner.ts';
import { ProcessSupervisor } from '../../application/processes/supervisor.ts';
import { PostgresDueDeadlines } from '../../infrastructure/postgres/due-deadlines.ts';
import { PostgresProcessCheckpoints } from '../../infrastructure/postgres/process-checkpoints.ts';
import type { Parts } from './provide.ts';
import { parts } from './tokens.ts';

export const provideProcessSide = (system: Parts): Parts =>
  system
    .provide(
      parts.processes,
      [parts.log, parts.reader, parts.states, parts.commands, parts.clock, parts.database, parts.logger],
      (log, reader, states, commands, clock, { owner }, logger) => {
        const runners = processes.map((definition) => new ProcessRunner(definition, { log, states, commands, clock }));
        return new ProcessSupervisor(runners, {
          log,
          reader,
          checkpoints: new PostgresProcessCheckpoints(owner),
          failed: (name, error) => logger.error({ err: error, process: name }, 'a process stopped; it goes on from its checkpoint'),
        });
      },
    )
    .provide(
      parts.scheduler,
      [parts.log, parts.commands, parts.clock, parts.database],
      (log, commands, clock, { owner }) => new DeadlineScheduler({ log, commands, clock, deadlines: new PostgresDueDeadlines(owner) }),
    );
