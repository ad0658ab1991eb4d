/**
 * Gives each due deadline its command, once: the command's id follows from the deadline, its instant and the event that set it, so a second
 * firing (two schedulers, a restart, a clock that jumps) changes nothing, and one that was set anew fires anew. A refusal closes the deadline
 * too; otherwise it would fire for ever.
 */
import { uuidv5 } from '../../domain/kernel/ids.ts';
import { systemCaller } from '../caller.ts';
import type { CommandHandler, CommandOutcome } from '../handle-command.ts';
import type { DueDeadline, DueDeadlines } from '../ports/due-deadlines.ts';
import { type EventLog, StoreUnavailable } from '../ports/event-log.ts';
import { systemEvent } from '../system-stream.ts';

const batchMax = 200;
const closedMax = 10_000;
const caller = systemCaller('deadlines');

type Parts = { readonly log: EventLog; readonly commands: CommandHandler; readonly deadlines: DueDeadlines; readonly clock: () => string };

export class DeadlineScheduler {
  readonly #parts: Parts;
  /** Closed here, but perhaps not yet seen by the projection that is asked. */
  readonly #closed = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Fires all that is due now; returns how many. Throws where a store is away, and after all others where one fails: they are still due at the
   * next call.
   */
  async fireDue(): Promise<number> {
    const failures: unknown[] = [];
    const passed = new Set<string>();
    for (;;) {
      const limit = batchMax + this.#closed.size + passed.size;
      const due = (await this.#parts.deadlines.due(this.#parts.clock(), limit)).filter((deadline) => !this.#isDone(deadline, passed));
      for (const deadline of due.slice(0, batchMax)) {
        passed.add(keyOf(deadline));
        await this.#fire(deadline).catch((error: unknown) => {
          if (error instanceof StoreUnavailable) throw error;
          failures.push(error);
        });
      }
      if (due.length >= batchMax) continue;
      if (failures.length > 0) throw failures[0];
      return passed.size;
    }
  }

  #isDone(deadline: DueDeadline, passed: ReadonlySet<string>): boolean {
    return this.#closed.has(keyOf(deadline)) || passed.has(keyOf(deadline));
  }

  async #fire(deadline: DueDeadline): Promise<void> {
    const commandId = uuidv5(deadline.deadlineId, firingOf(deadline));
    const outcome = await this.#parts.commands.handle({
      commandId,
      commandHash: commandId,
      category: deadline.category,
      id: deadline.aggregateId,
      type: deadline.command,
      caller,
      at: this.#parts.clock(),
      correlationId: deadline.correlationId,
      causationId: deadline.setBy,
      data: deadline.data,
    });
    if (outcome.kind === 'contention') return;
    await this.#close(deadline, outcome);
  }

  async #close(deadline: DueDeadline, outcome: CommandOutcome): Promise<void> {
    const stream = `deadline-${deadline.deadlineId}`;
    const commandId = uuidv5(deadline.deadlineId, `closed:${firingOf(deadline)}`);
    const refusal = outcome.kind === 'refused' ? { refusal: outcome.rejection.code } : {};
    const { correlationId, restrictedTo } = deadline;
    const by = { commandId, commandHash: commandId, correlationId, actor: caller.actor, at: this.#parts.clock(), restrictedTo };
    const closed = systemEvent(by, 'DeadlineClosed', { dueAt: deadline.dueAt, outcome: outcome.kind, ...refusal });
    const [last] = await this.#parts.log.read(stream, { backwards: true, max: 1 });
    if (last?.metadata.commandId !== commandId) await this.#parts.log.append(stream, [closed], last?.revision ?? -1);
    if (this.#closed.size >= closedMax) this.#closed.clear();
    this.#closed.add(keyOf(deadline));
  }
}

/** One setting of a deadline; set anew, even for the same instant, it is another one. */
const firingOf = ({ dueAt, setBy }: DueDeadline): string => `${dueAt} ${setBy}`;
const keyOf = (deadline: DueDeadline): string => `${deadline.deadlineId} ${firingOf(deadline)}`;
