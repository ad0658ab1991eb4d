/** What is due, without a database. */
import { deadlines as projection } from '../../projections/deadlines/projection.ts';
import type { DueDeadline, DueDeadlines } from '../../src/application/ports/due-deadlines.ts';
import type { StoredEvent } from '../../src/application/ports/event-log.ts';
import { foldWhole } from './projections.ts';

/** The read model `deadline` over these events. */
export const foldedDeadlines = (events: () => readonly StoredEvent[]): DueDeadlines => ({
  due: async (at, limit) => {
    const rows = (foldWhole(projection, events())['deadline'] ?? []).map(
      (row) => JSON.parse(row) as Readonly<Record<string, string>> & { readonly data: object },
    );
    return rows
      .filter((row) => String(row['due_at']) <= at)
      .sort((a, b) => (String(a['due_at']) < String(b['due_at']) ? -1 : 1))
      .slice(0, limit)
      .map((row): DueDeadline => {
        const text = (name: string): string => String(row[name]);
        const which = { deadlineId: text('deadline_id'), category: text('category'), aggregateId: text('aggregate_id'), name: text('name') };
        return {
          ...which,
          dueAt: text('due_at'),
          command: text('command'),
          data: { ...row.data },
          setBy: text('set_by'),
          correlationId: text('correlation_id'),
        };
      });
  },
});
