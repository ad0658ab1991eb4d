/** Calls for service: what they say, where they stand, who has them, and how long each state took. */

import { erase } from '../../src/domain/kernel/aggregate.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { serviceRequest } from '../../src/domain/service-request/decider.ts';
import { serviceRequestEvents } from '../../src/domain/service-request/events.ts';
import { erasingBy } from '../event-index/personal.ts';
import type { Occurred, Subscription } from '../kernel/projection.ts';
import { levels } from './levels.ts';
import { type All, addressRowId, type Data, lookupId, mediaRowId, moveTo, projection, statusColumns, timelineRowId, when, withId, without } from './rows.ts';
import { saidOf } from './said.ts';
import { correspondence, promised } from './said-to.ts';
import { visits } from './visits.ts';

const particulars = (data: Data<'RequestAmended'>) => ({
  service_urgency_type_lookup_id: lookupId('service-urgency-type', data.urgencyType),
  service_issues_lookup_id: lookupId('service-issues', data.issue),
  tire_size_lookup_id: lookupId('tire-size', data.tireSize),
  service_request_location_id: data.location?.savedLocationId ?? null,
  facility_lookup_id: lookupId('facility', data.facility),
  issue_description: data.description,
  details: data.details,
  details_schema_version: data.detailsSchemaVersion,
});
const fresh = {
  personal_fields: [],
  ...statusColumns('submitted'),
  status_reason: null,
  is_on_hold: false,
  hold_reason: null,
  review_status: 'none',
  scheduled_start_at: null,
  scheduled_end_at: null,
  state_entry: 0,
  state_entered_at: null,
  deadline_at: null,
  sla_limit_minutes: null,
  waiting_on: null,
  is_breached: false,
  breach_count: 0,
  salesperson_id: null,
  technician_id: null,
  service_provider_id: null,
  reviewer_id: null,
  promise_status: 'none',
  open_work_ids: [],
  open_quotation_ids: [],
  accepted_quotation_id: null,
  resolution: null,
  resolved_at: null,
  closes_at: null,
  closed_at: null,
  reopen_until: null,
  rating: null,
  metadata: {},
} as const;

const content = when(serviceRequest, {
  RequestSubmitted: (event, rows) => {
    const { id, aggregateId, occurredAt, actor, data } = event;
    rows.request.put({
      service_request_id: aggregateId,
      ...fresh,
      request_number: data.requestNumber,
      equipment_id: data.equipmentId ?? null,
      service_type_id: entryId('service-type', data.serviceType),
      service_urgency_lookup_id: entryId('service-urgency', data.urgency),
      ...particulars(data),
      requested_by: data.requestedBy ?? null,
      time_zone: data.timeZone,
    });
    rows.statusLog.put({
      service_request_status_log_id: id,
      service_request_id: aggregateId,
      from_status: null,
      to_status: 'submitted',
      changed_at: occurredAt,
      changed_by: actor.id,
    });
    saidOf(rows, aggregateId, data);
  },
  RequestAmended: ({ aggregateId, data }, rows) => {
    const before = rows.request.get(aggregateId);
    if (before === undefined) return;
    rows.request.patch(aggregateId, particulars(data));
    const serviceType = ['sanitarios', 'fosas', 'ptar', 'other'].find((code) => entryId('service-type', code) === before.service_type_id);
    saidOf(rows, aggregateId, { ...data, serviceType: serviceType ?? '' });
  },
  RequestAddressGeocoded: ({ aggregateId, occurredAt, data }, { address }) =>
    address.patch(addressRowId(aggregateId), {
      latitude: Number(data.position.latitude),
      longitude: Number(data.position.longitude),
      geocode_precision: data.precision,
      geocode_provider: data.provider,
      geocoded_at: occurredAt,
    }),
  RequestMetadataChanged: ({ aggregateId, data }, { request }) => request.patch(aggregateId, { metadata: data.metadata }),
  RequestPriorityChanged: ({ aggregateId, data }, { request }) =>
    request.patch(aggregateId, { service_urgency_lookup_id: entryId('service-urgency', data.urgency) }),
  RequestMediaAttached: ({ aggregateId, data }, { media }) =>
    media.put({
      service_request_media_id: mediaRowId(aggregateId, data.attachmentId),
      service_request_id: aggregateId,
      attachment_id: data.attachmentId,
      media_category: data.mediaCategory,
    }),
  RequestMediaRemoved: ({ aggregateId, data }, { media }) => media.remove(mediaRowId(aggregateId, data.attachmentId)),
  RequestProductAdded: ({ aggregateId, data }, { product }) =>
    product.put({
      request_product_id: data.requestProductId,
      service_request_id: aggregateId,
      product_id: data.productId,
      quantity: data.quantity,
      unit_price: data.unitPrice.amount,
      currency_code: data.unitPrice.currency,
    }),
  RequestProductChanged: ({ data }, { product }) =>
    product.patch(data.requestProductId, { quantity: data.quantity, unit_price: data.unitPrice.amount, currency_code: data.unitPrice.currency }),
  RequestProductRemoved: ({ data }, { product }) => product.remove(data.requestProductId),
  RequestAssigned: ({ aggregateId, occurredAt, data }, rows) => {
    rows.request.patch(aggregateId, { [`${data.role}_id`]: data.userId });
    rows.assignment.put({
      service_request_assignment_id: data.assignmentId,
      service_request_id: aggregateId,
      user_id: data.userId,
      assignment_role: data.role,
      assigned_at: occurredAt,
      unassigned_at: null,
      unassignment_reason: null,
    });
  },
  RequestUnassigned: ({ aggregateId, occurredAt, data }, rows) => {
    rows.request.patch(aggregateId, { [`${data.role}_id`]: null });
    rows.assignment.patch(data.assignmentId, { unassigned_at: occurredAt, unassignment_reason: data.reason ?? null });
  },
});

const reviews = when(serviceRequest, {
  ManagerReviewRequested: ({ aggregateId, occurredAt, data }, rows) => {
    rows.request.patch(aggregateId, { review_status: 'pending' });
    rows.review.put({
      service_request_manager_review_id: data.reviewId,
      service_request_id: aggregateId,
      decision: 'pending',
      requested_by: data.requesterId,
      requested_at: occurredAt,
      request_note: data.note ?? null,
      reviewer_id: null,
      decided_at: null,
      decision_note: null,
    });
  },
  ManagerReviewApproved: ({ aggregateId, occurredAt, data }, rows) => {
    rows.request.patch(aggregateId, { review_status: 'approved' });
    rows.review.patch(data.reviewId, { decision: 'approved', reviewer_id: data.reviewerId, decided_at: occurredAt, decision_note: data.note ?? null });
  },
  ManagerReviewRejected: ({ aggregateId, occurredAt, data }, rows) => {
    rows.request.patch(aggregateId, { review_status: 'rejected' });
    rows.review.patch(data.reviewId, { decision: 'rejected', reviewer_id: data.reviewerId, decided_at: occurredAt, decision_note: data.reason });
  },
});

const states = when(serviceRequest, {
  RequestReviewStarted: (event, rows) => moveTo(rows, event, 'in_review'),
  RequestQuoted: (event, rows) =>
    moveTo(rows, event, 'quoted', { open_quotation_ids: withId(rows.request.get(event.aggregateId)?.open_quotation_ids ?? [], event.data.quotationId) }),
  RequestAccepted: (event, rows) => moveTo(rows, event, 'accepted', { open_quotation_ids: [], accepted_quotation_id: event.data.quotationId }),
  RequestQuotationLapsed: (event, rows) => {
    const { aggregateId, data } = event;
    const left = without(rows.request.get(aggregateId)?.open_quotation_ids ?? [], data.quotationId);
    if (data.isLast) moveTo(rows, event, 'in_review', { open_quotation_ids: left });
    else rows.request.patch(aggregateId, { open_quotation_ids: left });
  },
  RequestScheduled: (event, rows) => moveTo(rows, event, 'scheduled', { scheduled_start_at: event.data.startsAt, scheduled_end_at: event.data.endsAt }),
  RequestRescheduled: ({ aggregateId, data }, { request }) => request.patch(aggregateId, { scheduled_start_at: data.startsAt, scheduled_end_at: data.endsAt }),
  RequestStarted: (event, rows) => moveTo(rows, event, 'in_progress'),
  RequestResolved: (event, rows) =>
    moveTo(rows, event, 'resolved', { resolution: event.data.resolution ?? null, resolved_at: event.occurredAt, closes_at: event.data.closesAt }),
  RequestClosed: (event, rows) =>
    moveTo(rows, event, 'closed', {
      closed_at: event.occurredAt,
      closes_at: null,
      promise_status: 'none',
      reopen_until: event.data.reopenUntil,
      rating: event.data.rating ?? null,
    }),
  RequestReopened: (event, rows) =>
    moveTo(rows, event, event.data.to, {
      status_reason: event.data.reason,
      resolved_at: null,
      closes_at: null,
      closed_at: null,
      reopen_until: null,
      ...(event.data.to === 'in_review' ? { review_status: 'none', open_quotation_ids: [] } : {}),
    }),
  RequestDeclined: (event, rows) =>
    moveTo(rows, event, 'declined', { status_reason: event.data.reason, promise_status: 'none', is_on_hold: false, hold_reason: null, open_quotation_ids: [] }),
  RequestCancelled: (event, rows) =>
    moveTo(rows, event, 'cancelled', {
      status_reason: event.data.reason,
      promise_status: 'none',
      is_on_hold: false,
      hold_reason: null,
      open_quotation_ids: [],
      open_work_ids: [],
    }),
  RequestPutOnHold: ({ aggregateId, data }, { request }) => request.patch(aggregateId, { is_on_hold: true, hold_reason: data.reason }),
  RequestHoldReleased: ({ aggregateId }, { request }) => request.patch(aggregateId, { is_on_hold: false, hold_reason: null }),
  RequestWorkOpened: ({ aggregateId, data }, rows) =>
    rows.request.patch(aggregateId, { open_work_ids: withId(rows.request.get(aggregateId)?.open_work_ids ?? [], data.workId) }),
  RequestWorkReopened: ({ aggregateId, data }, rows) =>
    rows.request.patch(aggregateId, { open_work_ids: withId(rows.request.get(aggregateId)?.open_work_ids ?? [], data.workId) }),
  RequestWorkEnded: ({ aggregateId, data }, rows) =>
    rows.request.patch(aggregateId, { open_work_ids: without(rows.request.get(aggregateId)?.open_work_ids ?? [], data.workId) }),
});

const minuteMs = 60_000;
const clocks = when(serviceRequest, {
  RequestClockSet: ({ aggregateId, occurredAt, data }, rows) => {
    const { entry, state, enteredAt, sla, dueAt = null, left } = data;
    if (left !== undefined)
      rows.timeline.patch(timelineRowId(aggregateId, left.entry), { left_at: occurredAt, working_minutes: Math.floor(left.workingMs / minuteMs) });
    const id = timelineRowId(aggregateId, entry);
    const before = rows.timeline.get(id);
    const policy = {
      deadline_at: dueAt,
      sla_limit_minutes: sla?.limitMinutes ?? null,
      sla_policy_code: sla?.policyCode ?? null,
      sla_policy_version: sla?.policyVersion ?? null,
      waiting_on: sla?.waitingOn ?? null,
    };
    if (before !== undefined) rows.timeline.patch(id, before.is_breached ? { ...policy, deadline_at: before.deadline_at } : policy);
    else
      rows.timeline.put({
        service_request_state_timeline_id: id,
        service_request_id: aggregateId,
        entry,
        state,
        entered_at: enteredAt,
        left_at: null,
        is_breached: false,
        breached_at: null,
        working_minutes: null,
        ...policy,
      });
    rows.request.patch(aggregateId, {
      state_entry: entry,
      state_entered_at: enteredAt,
      deadline_at: dueAt,
      sla_limit_minutes: policy.sla_limit_minutes,
      waiting_on: policy.waiting_on,
      is_breached: before?.is_breached ?? false,
    });
  },
  RequestSlaBreached: ({ aggregateId, occurredAt, data }, rows) => {
    rows.timeline.patch(timelineRowId(aggregateId, data.entry), { is_breached: true, breached_at: occurredAt, deadline_at: data.dueAt });
    const count = rows.request.get(aggregateId)?.breach_count ?? 0;
    rows.request.patch(aggregateId, { is_breached: true, breach_count: count + 1 });
  },
});

const withoutPersonal = erasingBy([erase(serviceRequest)]);
const logged = (event: Occurred, { log }: All): void => {
  const { id, type, aggregateId, occurredAt, actor } = event;
  const details = withoutPersonal(event);
  log.put({ service_request_log_id: id, service_request_id: aggregateId, change: type, details, actor_id: actor.id, created_at: occurredAt });
};
/** Everything that happens to a request is in its log. */
const history: Subscription = {
  category: serviceRequest.category,
  handlers: Object.fromEntries(Object.keys(serviceRequestEvents).map((type) => [type, logged])),
};

export const serviceRequests = projection({
  name: 'service',
  version: 4,
  docs: 'Calls for service: what they say, where they stand, who has them, and how long each state took.',
  on: [content, reviews, states, clocks, levels, visits, correspondence, promised, history],
});
