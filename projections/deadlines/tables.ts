import { companyTable, instant, json, restrictable, text, uuid } from '../kernel/table.ts';

export const deadlineTable = companyTable('deadline', {
  key: 'deadline_id',
  permission: 'deadline:view',
  docs: 'What falls due: the deadlines that aggregates have set and that have not fired yet.',
  isAudited: false,
  columns: {
    deadline_id: uuid(),
    category: text().filtered(),
    aggregate_id: uuid().filtered(),
    name: text(),
    due_at: instant().filtered(),
    command: text().filtered(),
    data: json(),
    set_by: uuid(),
    correlation_id: uuid(),
    ...restrictable,
  },
});
