/** What people wrote to a request, who was told of it, and what the fleet keeps for it. */
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { serviceRequest } from '../../src/domain/service-request/decider.ts';
import { unitPromise } from '../../src/domain/unit-promise/decider.ts';
import type { Occurred } from '../kernel/projection.ts';
import { type All, type Data, noticeRowId, when } from './rows.ts';

const noted = ({ aggregateId, occurredAt, actor, data }: Occurred<Data<'RequestNoteAdded'>>, { note }: All, isInternal: boolean): void =>
  note.put({
    service_request_note_id: data.noteId,
    service_request_id: aggregateId,
    note: data.text,
    is_internal: isInternal,
    written_at: occurredAt,
    written_by: actor.id,
  });

export const correspondence = when(serviceRequest, {
  RequestNoteAdded: (event, rows) => noted(event, rows, false),
  RequestInternalNoteAdded: (event, rows) => noted(event, rows, true),
  RequestNoticeSent: ({ aggregateId, occurredAt, data }, { notice }) => {
    for (const userId of data.userIds)
      notice.put({
        assignment_notification_id: noticeRowId(data.noticeId, userId),
        service_request_id: aggregateId,
        user_id: userId,
        notice_kind: data.kind,
        service_request_assignment_id: data.kind === 'assigned' ? (data.about ?? null) : null,
        notified_at: occurredAt,
      });
  },
  RequestUnitsPromised: ({ aggregateId }, { request }) => request.patch(aggregateId, { promise_status: 'promised' }),
  RequestUnitsShort: ({ aggregateId }, { request }) => request.patch(aggregateId, { promise_status: 'short' }),
  RequestUnitsAskedFor: ({ aggregateId }, { request }) => request.patch(aggregateId, { promise_status: 'asked' }),
});

const typeId = (equipmentType: string): string => entryId('equipment-type', equipmentType);
export const promised = when(unitPromise, {
  FleetUnitCounted: ({ data }, { fleet }) => {
    const id = typeId(data.equipmentType);
    const before = fleet.get(id);
    fleet.put({ equipment_type_lookup_id: id, unit_count: (before?.unit_count ?? 0) + 1, short_count: Math.max(0, (before?.short_count ?? 0) - 1) });
  },
  FleetUnitDropped: ({ data }, { fleet }) => {
    const id = typeId(data.equipmentType);
    const before = fleet.get(id);
    if (before !== undefined) fleet.patch(id, { unit_count: before.unit_count - 1, short_count: data.short });
  },
  UnitsPromised: ({ data }, { promise }) =>
    promise.put({
      service_request_id: data.requestId,
      equipment_type_lookup_id: typeId(data.equipmentType),
      from_on: data.from,
      to_on: data.to,
      quantity: data.quantity,
    }),
  PromiseReleased: ({ data }, { promise }) => promise.remove(data.requestId),
});
