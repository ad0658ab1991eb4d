/** Whether service levels were kept (SR-6): one row for each state that had one. */
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { serviceRequest } from '../../src/domain/service-request/decider.ts';
import { timelineRowId, when } from './rows.ts';

const minuteMs = 60_000;

export const levels = when(serviceRequest, {
  RequestClockSet: ({ aggregateId, occurredAt, data }, { level, request }) => {
    const { entry, state, enteredAt, sla, dueAt = null, left } = data;
    const was = left === undefined ? undefined : level.get(timelineRowId(aggregateId, left.entry));
    if (left !== undefined && was !== undefined)
      level.patch(was.sla_compliance_id, {
        left_at: occurredAt,
        working_minutes: Math.floor(left.workingMs / minuteMs),
        outcome: was.outcome === 'breached' ? 'breached' : 'kept',
      });
    const id = timelineRowId(aggregateId, entry);
    const row = request.get(aggregateId);
    if (row === undefined) return;
    // Another urgency may have no service level for the state it is in.
    if (sla === undefined) return level.remove(id);
    const before = level.get(id);
    level.put({
      sla_compliance_id: id,
      service_request_id: aggregateId,
      service_type_id: row.service_type_id,
      service_urgency_lookup_id: row.service_urgency_lookup_id,
      state,
      waiting_on: sla.waitingOn,
      month_on: `${localDate(enteredAt, row.time_zone).slice(0, 7)}-01`,
      entered_at: enteredAt,
      left_at: null,
      deadline_at: before?.outcome === 'breached' ? before.deadline_at : dueAt,
      sla_limit_minutes: sla.limitMinutes,
      working_minutes: null,
      outcome: before?.outcome ?? 'running',
    });
  },
  RequestSlaBreached: ({ aggregateId, data }, { level }) =>
    level.patch(timelineRowId(aggregateId, data.entry), { outcome: 'breached', deadline_at: data.dueAt }),
});
