/** What falls due while the demonstration tells its weeks: read from the log, because the read models may not be there yet. */
import type { DueDeadline, DueDeadlines } from '../../../application/ports/due-deadlines.ts';
import type { EventLog, StoredEvent } from '../../../application/ports/event-log.ts';
import { deadlineIdOf } from '../../../domain/kernel/deadline-id.ts';
import { model } from '../../../domain/model.ts';

const aggregates = new Map(model.map((aggregate) => [aggregate.category, aggregate]));

export class DeadlinesInLog implements DueDeadlines {
  readonly #log: EventLog;
  readonly #open = new Map<string, DueDeadline>();
  #position: bigint | undefined;

  constructor(log: EventLog) {
    this.#log = log;
  }

  async due(now: string, limit: number): Promise<readonly DueDeadline[]> {
    for await (const events of this.#log.readAll(this.#position === undefined ? {} : { from: this.#position })) {
      for (const event of events) this.#see(event);
      this.#position = events.at(-1)?.position ?? this.#position;
    }
    return [...this.#open.values()]
      .filter(({ dueAt }) => dueAt <= now)
      .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0))
      .slice(0, limit);
  }

  #see(event: StoredEvent): void {
    const { category, aggregateId, data } = event;
    if (category === 'deadline') {
      if (this.#open.get(aggregateId)?.dueAt === data['dueAt']) this.#open.delete(aggregateId);
      return;
    }
    for (const change of aggregates.get(category)?.deadlines(event, aggregateId) ?? []) {
      const deadlineId = deadlineIdOf(category, aggregateId, change.name);
      if (change.change === 'cancel') this.#open.delete(deadlineId);
      else {
        const { name, dueAt, command } = change;
        const correlationId = event.metadata.$correlationId;
        this.#open.set(deadlineId, { deadlineId, category, aggregateId, name, dueAt, command, data: change.data, setBy: event.id, correlationId });
      }
    }
  }
}
