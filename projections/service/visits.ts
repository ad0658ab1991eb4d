/** Planned visits, and where the waste went. */

import { isZeroDecimal } from '../../src/domain/kernel/decimal.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { serviceRequest } from '../../src/domain/service-request/decider.ts';
import { manifestRowId, when } from './rows.ts';

export const visits = when(serviceRequest, {
  RequestVisitsPlanned: ({ aggregateId, data }, { visit }) => {
    for (const id of data.dropped) visit.patch(id, { status: 'dropped' });
    for (const { visitId, kind, plannedOn } of data.visits)
      visit.put({
        service_request_visit_id: visitId,
        service_request_id: aggregateId,
        visit_kind: kind,
        planned_on: plannedOn,
        status: 'planned',
        done_on: null,
        note: null,
      });
  },
  RequestVisitDone: ({ data }, { visit }) => visit.patch(data.visitId, { status: 'done', done_on: data.doneOn, note: data.note ?? null }),
  RequestVisitCancelled: ({ data }, { visit }) => visit.patch(data.visitId, { status: 'cancelled', note: data.reason }),
  WasteCollected: ({ aggregateId, data }, { manifest }) =>
    manifest.put({
      request_waste_manifest_id: manifestRowId(aggregateId, data.manifestNumber),
      service_request_id: aggregateId,
      manifest_number: data.manifestNumber,
      collected_m3: data.volumeM3,
      collected_on: data.collectedOn,
      remaining_m3: data.volumeM3,
      is_balanced: false,
      is_void: false,
      void_reason: null,
    }),
  WasteDisposed: ({ aggregateId, data }, { manifest, disposal }) => {
    const manifestId = manifestRowId(aggregateId, data.manifestNumber);
    manifest.patch(manifestId, { remaining_m3: data.remainingM3, is_balanced: isZeroDecimal(data.remainingM3) });
    disposal.put({
      request_waste_disposal_id: data.disposalId,
      service_request_id: aggregateId,
      request_waste_manifest_id: manifestId,
      facility_lookup_id: entryId('facility', data.site),
      volume_m3: data.volumeM3,
      disposed_on: data.disposedOn,
      ticket_number: data.ticketNumber ?? null,
      attachment_id: data.attachmentId ?? null,
    });
  },
  WasteManifestVoided: ({ aggregateId, data }, { manifest }) =>
    manifest.patch(manifestRowId(aggregateId, data.manifestNumber), { is_void: true, void_reason: data.reason }),
});
