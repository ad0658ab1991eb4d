/**
 * Gives each due deadline its command, once: the command's id follows from the deadline and its instant, so a second firing (two schedulers,
 * a restart, a clock that jumps) changes nothing. A refusal closes the deadline too; otherwise it would fire for ever.
 */
import { uuidv5 } from '../../domain/kernel/ids.ts';
import { systemCaller } from '../caller.ts';
import type { CommandHandler, CommandOutcome } from '../handle-command.ts';
import type { DueDeadline, DueDeadlines } from '../ports/due-deadlines.ts';
import type { EventLog } from '../ports/event-log.ts';
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

  /** Fires all that is due now; returns how many. Throws where a store is away: they are still due at the next call. */
  async fireDue(): Promise<number> {
    let fired = 0;
    for (;;) {
      const due = (await this.#parts.deadlines.due(this.#parts.clock(), batchMax + this.#closed.size)).filter((deadline) => !this.#closed.has(keyOf(deadline)));
      for (const deadline of due.slice(0, batchMax)) {
        await this.#fire(deadline);
        fired += 1;
      }
      if (due.length < batchMax) return fired;
    }
  }

  async #fire(deadline: DueDeadline): Promise<void> {
    const commandId = uuidv5(deadline.deadlineId, deadline.dueAt);
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
    const commandId = uuidv5(deadline.deadlineId, `closed:${deadline.dueAt}`);
    const refusal = outcome.kind === 'refused' ? { refusal: outcome.rejection.code } : {};
    const by = { commandId, commandHash: commandId, correlationId: deadline.correlationId, actor: caller.actor, at: this.#parts.clock() };
    const closed = systemEvent(by, 'DeadlineClosed', { dueAt: deadline.dueAt, outcome: outcome.kind, ...refusal });
    const [last] = await this.#parts.log.read(stream, { backwards: true, max: 1 });
    if (last?.data['dueAt'] !== deadline.dueAt) await this.#parts.log.append(stream, [closed], last?.revision ?? -1);
    if (this.#closed.size >= closedMax) this.#closed.clear();
    this.#closed.add(keyOf(deadline));
  }
}

const keyOf = ({ deadlineId, dueAt }: DueDeadline): string => `${deadlineId} ${dueAt}`;
