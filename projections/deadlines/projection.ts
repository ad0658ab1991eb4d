/** Every deadline that an event of any aggregate sets, until it is cancelled, set anew or closed. */
import { deadlineIdOf } from '../../src/domain/kernel/deadline-id.ts';
import { model } from '../../src/domain/model.ts';
import { type Occurred, projecting, type Rows } from '../kernel/projection.ts';
import { deadlineTable } from './tables.ts';

const tables = { deadline: deadlineTable };
const { projection, whenAny } = projecting(tables);
const aggregates = new Map(model.map((aggregate) => [aggregate.category, aggregate]));

const close = (event: Occurred, rows: Rows<typeof tables>): void => {
  const id = event.aggregateId;
  const closed = event.data as { readonly dueAt: string };
  // A deadline that was set anew meanwhile stays: what closed is the earlier one.
  if (rows.deadline.get(id)?.due_at === closed.dueAt) rows.deadline.remove(id);
};

export const deadlines = projection({
  name: 'deadlines',
  version: 2,
  docs: 'What falls due, for the scheduler.',
  on: [
    whenAny((event, rows) => {
      if (event.category === 'deadline') return close(event, rows);
      for (const change of aggregates.get(event.category)?.deadlines(event, event.aggregateId) ?? []) {
        const id = deadlineIdOf(event.category, event.aggregateId, change.name);
        if (change.change === 'cancel') rows.deadline.remove(id);
        else {
          rows.deadline.put({
            deadline_id: id,
            category: event.category,
            aggregate_id: event.aggregateId,
            name: change.name,
            due_at: change.dueAt,
            command: change.command,
            data: change.data,
            set_by: event.id,
            correlation_id: event.correlationId,
            restricted_to: event.restrictedTo,
          });
        }
      }
      return undefined;
    }),
  ],
});
