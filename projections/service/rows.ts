/** What several handlers need of a request's rows: their keys, its state and its clock. */

import type { DataOf } from '../../src/domain/kernel/aggregate.ts';
import { isBusinessDate } from '../../src/domain/kernel/calendar.ts';
import { derivedId, isUuid } from '../../src/domain/kernel/ids.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import type { serviceRequestEvents } from '../../src/domain/service-request/events.ts';
import { type Occurred, projecting, type Rows } from '../kernel/projection.ts';
import type { RowOf } from '../kernel/table.ts';
import {
  assignmentNotificationTable,
  formPtarServiceFileTable,
  promisedFleetTable,
  requestFosasTable,
  requestOthersTable,
  requestProductTable,
  requestPtarTable,
  requestSanitariosTable,
  requestWasteDisposalTable,
  requestWasteManifestTable,
  serviceRequestAddressTable,
  serviceRequestAssignmentTable,
  serviceRequestLogTable,
  serviceRequestManagerReviewTable,
  serviceRequestMediaTable,
  serviceRequestNoteTable,
  serviceRequestPersonTable,
  serviceRequestStateTimelineTable,
  serviceRequestStatusLogTable,
  serviceRequestTable,
  serviceRequestVisitTable,
  slaComplianceTable,
  unitPromiseTable,
} from './tables.ts';

export const tables = {
  request: serviceRequestTable,
  person: serviceRequestPersonTable,
  address: serviceRequestAddressTable,
  sanitarios: requestSanitariosTable,
  fosas: requestFosasTable,
  ptar: requestPtarTable,
  others: requestOthersTable,
  log: serviceRequestLogTable,
  statusLog: serviceRequestStatusLogTable,
  timeline: serviceRequestStateTimelineTable,
  assignment: serviceRequestAssignmentTable,
  review: serviceRequestManagerReviewTable,
  media: serviceRequestMediaTable,
  product: requestProductTable,
  ptarFile: formPtarServiceFileTable,
  visit: serviceRequestVisitTable,
  manifest: requestWasteManifestTable,
  disposal: requestWasteDisposalTable,
  note: serviceRequestNoteTable,
  notice: assignmentNotificationTable,
  level: slaComplianceTable,
  promise: unitPromiseTable,
  fleet: promisedFleetTable,
};
export const { projection, when } = projecting(tables);
export type All = Rows<typeof tables>;
export type Data<K extends keyof typeof serviceRequestEvents> = DataOf<(typeof serviceRequestEvents)[K]>;
type RequestRow = RowOf<(typeof serviceRequestTable)['columns']>;

export const addressRowId = (requestId: string): string => derivedId(requestId, ['address']);
export const personRowId = (requestId: string, field: string): string => derivedId(requestId, ['person', field]);
export const mediaRowId = (requestId: string, attachmentId: string): string => derivedId(requestId, ['media', attachmentId]);
export const uploadRowId = (requestId: string, attachmentId: string): string => derivedId(requestId, ['upload', attachmentId]);
export const timelineRowId = (requestId: string, entry: number): string => derivedId(requestId, ['state', String(entry)]);
export const manifestRowId = (requestId: string, manifestNumber: string): string => derivedId(requestId, ['manifest', manifestNumber]);

export const noticeRowId = (noticeId: string, userId: string): string => derivedId(noticeId, ['told', userId]);

export const lookupId = (catalog: string, code: string | undefined): string | null => (code === undefined ? null : entryId(catalog, code));
export const statusColumns = (status: string) => ({ status, service_request_status_id: entryId('service-request-status', status) });

/** The request is in another state: its row and the log of its states say so. */
export const moveTo = (rows: All, { id, aggregateId, occurredAt, actor }: Occurred, to: string, changes: Partial<RequestRow> = {}): void => {
  const before = rows.request.get(aggregateId);
  rows.request.patch(aggregateId, { ...changes, ...statusColumns(to) });
  if (before?.status === to) return;
  rows.statusLog.put({
    service_request_status_log_id: id,
    service_request_id: aggregateId,
    from_status: before?.status ?? null,
    to_status: to,
    changed_at: occurredAt,
    changed_by: actor.id,
  });
};
export const without = (ids: readonly string[], id: string): readonly string[] => ids.filter((other) => other !== id);
export const withId = (ids: readonly string[], id: string): readonly string[] => [...without(ids, id), id];

type Details = Readonly<Record<string, unknown>>;
// What the catalog's schema lets through one day a column may not hold: such a value stays in `details` alone.
const integerMax = 2_147_483_647;
export const textIn = (details: Details, name: string): string | null => (typeof details[name] === 'string' ? details[name] : null);
export const numberIn = (details: Details, name: string): number | null => {
  const value = details[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
};
export const integerIn = (details: Details, name: string): number | null => {
  const value = numberIn(details, name);
  return value !== null && Number.isInteger(value) && Math.abs(value) <= integerMax ? value : null;
};
export const dateIn = (details: Details, name: string): string | null => {
  const value = textIn(details, name);
  return value !== null && isBusinessDate(value) ? value : null;
};
export const uuidsIn = (details: Details, name: string): readonly string[] => {
  const value = details[name];
  return Array.isArray(value) ? [...new Set(value.filter((each): each is string => typeof each === 'string' && isUuid(each)))] : [];
};
