/** The request's read model: decided histories, and what people read of them. */
import { describe, expect, test } from '@jest/globals';
import { catalogs as catalogsModel } from '../../projections/catalogs/projection.ts';
import { customers as customersModel } from '../../projections/customers/projection.ts';
import { fleet } from '../../projections/equipment/projection.ts';
import { serviceRequests } from '../../projections/service/projection.ts';
import { serviceQueries } from '../../projections/service/queries.ts';
import { manifestRowId, timelineRowId } from '../../projections/service/rows.ts';
import { usersReadModel } from '../../projections/users/projection.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { serviceRequestEvents } from '../../src/domain/service-request/events.ts';
import { accountId, catalogs, customer, customerId, details, type Story, submitted, type Type, unit } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { checkInMemory, checkProjection, foldedRows } from '../kit/projections.ts';
import { asking } from '../kit/queries.ts';
import { fc } from '../kit/seed.ts';
import { type Step, step } from './occurrences.ts';

const target = (n: number): string => id(`request ${n}`);
/** As the shell stamps them: what is the company's own is no customer's. */
const holderOf = (type: string) =>
  Reflect.get(Reflect.get(serviceRequestEvents, type) ?? {}, 'isCompanysOwn') === true
    ? { tenant: null, account: null }
    : { tenant: customerId, account: accountId };
/** The events of stories, one request each, as the log has them. */
const stepsOf = (stories: readonly Story[]): readonly Step[] =>
  stories
    .flatMap((story, n) => story.events.map((event) => ({ stream: `serviceRequest-${target(n)}`, type: event.type, data: event.data as never, at: story.at })))
    .map(({ stream, ...facts }, n) => step(n, stream, { ...facts, ...holderOf(facts.type) }));
const rowsOf = (stories: readonly Story[]) => foldedRows(serviceRequests, stepsOf(stories));

const quotation = { quotationId: id('Q') };
const price = { unitPrice: { amount: '12.50', currency: 'GTQ' } };
const acts: readonly ((story: Story) => unknown)[] = [
  (story) => story.give('StartReview', {}),
  (story) => story.give('RequestManagerReview', {}),
  (story) => story.give('ApproveManagerReview', {}, { actor: { kind: 'user', id: id('Carla') } }),
  (story) => story.give('RejectManagerReview', { reason: 'dear' }, { actor: { kind: 'user', id: id('Carla') } }),
  (story) => story.give('MarkQuoted', quotation),
  (story) => story.give('MarkAccepted', quotation),
  (story) => story.give('ReturnToReview', quotation),
  (story) => story.give('ScheduleRequest', { startsAt: story.at, endsAt: story.at }),
  (story) => story.give('StartRequest', {}),
  (story) => story.give('ResolveRequest', { resolution: 'mended' }),
  (story) => story.give('CloseRequest', { rating: 4 }),
  (story) => story.give('ReopenRequest', { reason: 'again' }),
  (story) => story.give('PlaceRequestOnHold', { reason: 'rain' }),
  (story) => story.give('ReleaseRequestHold', {}),
  (story) => story.give('ChangePriority', { urgency: 'urgent' }),
  (story) => story.give('AssignRequest', { role: 'technician', userId: id('Ana') }),
  (story) => story.give('AssignRequest', { role: 'technician', userId: id('Beto') }),
  (story) => story.give('UnassignRequest', { role: 'technician' }),
  (story) => story.give('AttachRequestMedia', { attachmentId: id('photo'), mediaCategory: 'photo' }),
  (story) => story.give('RemoveRequestMedia', { attachmentId: id('photo') }),
  (story) => story.give('AddRequestProduct', { productId: id('P'), quantity: '2', ...price }),
  (story) => story.give('PlanVisits', { delivery: '2026-03-10', pickup: '2026-03-24', cleaningsPerWeek: 1 }),
  (story) => story.give('RecordCollection', { manifestNumber: 'M', volumeM3: '8', collectedOn: '2026-03-02' }),
  (story) => story.give('RecordDisposal', { manifestNumber: 'M', volumeM3: '8.0', site: 'VNV-WASTE', disposedOn: '2026-03-02' }),
  (story) => story.give('VoidManifest', { manifestNumber: 'M', reason: 'slip' }),
  (story) => story.give('NoteWorkOpened', { workId: id('W'), workKind: 'workOrder', kind: 'repair' }),
  (story) => story.give('NoteWorkEnded', { workId: id('W'), workKind: 'workOrder', outcome: 'completed', evidence: ['photo'] }),
  (story) => story.give('NoteWorkReopened', { workId: id('W'), workKind: 'workOrder' }),
  (story) => story.give('RecordRequestGeocode', { position: { latitude: '14.6', longitude: '-90.5' }, precision: 'zone', provider: 'offline' }),
  (story) =>
    story.give('AmendRequest', {
      description: 'corrected',
      details: details[story.request.serviceType as Type],
      location: { street: `calle ${story.events.length}`, municipio: '0101' },
    }),
  (story) => story.give('RecordSlaBreach', { entry: story.request.clock.entry, dueAt: story.request.clock.dueAt ?? story.at }),
  (story) => story.give('AddRequestNote', { text: 'The gate is locked' }),
  (story) => story.give('AddInternalNote', { text: 'Pays late' }),
  (story) => story.give('RecordRequestNotice', { noticeId: id(`notice ${story.events.length}`), kind: 'assigned', userIds: [id('Ana')], about: id('A') }),
  (story) => story.request.wanted !== null && story.give('NoteUnitsPromised', story.request.wanted),
  (story) => story.request.wanted !== null && story.give('NoteUnitsShort', { ...story.request.wanted, available: 1 }),
  (story) => story.give('DeclineRequest', { reason: 'lost' }),
  (story) => story.give('CancelRequest', { reason: 'x' }),
];
const type: fc.Arbitrary<Type> = fc.constantFrom('breakdown', 'tire', 'fosas', 'sanitarios', 'ptar', 'other', 'pm');
const story: fc.Arbitrary<Story> = fc
  .tuple(type, fc.array(fc.tuple(fc.nat({ max: acts.length - 3 }), fc.integer({ min: 1, max: 5000 })), { maxLength: 30, size: 'max' }), fc.nat({ max: 12 }))
  .map(([of, moves, end]) => {
    const made = submitted(of);
    for (const [act, minutes] of moves) acts[act]?.(made.later(minutes));
    if (end < 2) acts[acts.length - 1 - end]?.(made);
    return made;
  });
const stories = fc.array(story, { minLength: 1, maxLength: 3 });

describe('the requests’ read model', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: serviceRequests, steps: stories.map(stepsOf), runs: 30 });
  });

  test('shows each request as its aggregate is, one timeline row a state, and everything in the log', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(stories, async (all) => {
        const rows = await rowsOf(all);
        for (const [n, { request, events }] of all.entries()) {
          seen.add(request.status);
          const ofIt = (table: string) => (rows[table] ?? []).filter((row) => row['service_request_id'] === target(n));
          const [row] = ofIt('request');
          expect(row).toMatchObject({
            status: request.status,
            service_request_status_id: entryId('service-request-status', request.status),
            is_on_hold: request.heldFrom !== null,
            review_status: request.review.status,
            deadline_at: request.clock.dueAt,
            is_breached: request.clock.isBreached,
            state_entry: request.clock.entry,
            technician_id: request.assignments.technician?.userId ?? null,
            open_quotation_ids: request.quotations,
            open_work_ids: Object.entries(request.works).flatMap(([work, { status }]) => (status === 'open' ? [work] : [])),
            closes_at: request.closesAt,
            reopen_until: request.reopenUntil,
            customer_id: customerId,
            account_id: accountId,
          });
          expect(ofIt('log')).toHaveLength(events.length);
          const timeline = ofIt('timeline');
          expect(timeline.map(({ entry }) => Number(entry)).sort((a, b) => a - b)).toEqual(Array.from({ length: request.clock.entry }, (_, k) => k + 1));
          expect(timeline.filter(({ left_at }) => left_at === null).map(({ state }) => state)).toEqual([request.status]);
          expect(timeline.filter(({ is_breached }) => is_breached === true)).toHaveLength(Number(row?.['breach_count']));
          const path = ofIt('statusLog');
          expect(path.filter(({ to_status }) => to_status === request.status).length).toBeGreaterThan(0);
          expect(path).toHaveLength(timeline.length);
          expect(ofIt('assignment').filter(({ unassigned_at }) => unassigned_at === null)).toHaveLength(Object.keys(request.assignments).length);
          expect(ofIt('media')).toHaveLength(Object.keys(request.media).length);
          expect(ofIt('product')).toHaveLength(Object.keys(request.products).length);
          expect(ofIt('manifest').filter(({ is_void }) => is_void === false)).toHaveLength(Object.keys(request.manifests).length);
          expect(ofIt('address')).toHaveLength(request.hasLocation ? 1 : 0);
        }
      }),
      { numRuns: 60 },
    );
    expect(seen.size).toBeGreaterThan(6);
  });

  test('SR-6 a service level is kept or breached as its state in the timeline says, once a state that has one', async () => {
    const outcomes = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(stories, async (made) => {
        const { timeline = [], level = [] } = await rowsOf(made);
        const judged = timeline.filter(({ sla_limit_minutes: limit }) => limit !== null);
        expect(level.map((row) => row['sla_compliance_id']).sort()).toEqual(judged.map((row) => row['service_request_state_timeline_id']).sort());
        for (const row of level) {
          const state = judged.find((each) => each['service_request_state_timeline_id'] === row['sla_compliance_id']);
          const outcome = state?.['is_breached'] === true ? 'breached' : state?.['left_at'] === null ? 'running' : 'kept';
          const { left_at, working_minutes, deadline_at, sla_limit_minutes, waiting_on } = state ?? {};
          expect(row).toMatchObject({ outcome, left_at, working_minutes, deadline_at, sla_limit_minutes, waiting_on });
          outcomes.add(outcome);
        }
      }),
      { numRuns: 60 },
    );
    expect([...outcomes].sort()).toEqual(['breached', 'kept', 'running']);
  });

  test('each type has its details in its own table; another place is geocoded anew', async () => {
    const all = (['sanitarios', 'fosas', 'ptar', 'other'] as const).map((of) => submitted(of));
    const [toilets, pits] = all;
    toilets?.give('RecordRequestGeocode', { position: { latitude: '14.6', longitude: '-90.5' }, precision: 'zone', provider: 'offline' });
    const before = await rowsOf(all);
    expect(before['sanitarios']).toEqual([expect.objectContaining({ service_request_id: target(0), quantity: 4, rental_start_date: '2026-03-10' })]);
    expect(before['fosas']).toEqual([expect.objectContaining({ water_type: 'black', volume_m3: 8 })]);
    expect(before['ptar']).toEqual([expect.objectContaining({ design_flow_m3_day: 12.5, upload_ids: [] })]);
    expect(before['others']).toEqual([expect.objectContaining({ description: 'a fence' })]);
    expect(before['address']?.find((row) => row['service_request_id'] === target(0))).toMatchObject({ latitude: 14.6, geocode_precision: 'zone' });
    toilets?.give('AmendRequest', { description: 'x', details: { ...details.sanitarios, quantity: 9 }, location: { street: 'another' } });
    pits?.give('AmendRequest', { description: 'x', details: { ...details.fosas, volumeM3: 3.5 }, location: { street: 'here' } });
    const after = await rowsOf(all);
    expect(after['sanitarios']).toEqual([expect.objectContaining({ quantity: 9 })]);
    expect(after['fosas']).toEqual([expect.objectContaining({ volume_m3: 3.5 })]);
    expect(after['address']?.find((row) => row['service_request_id'] === target(0))).toMatchObject({ street: 'another', latitude: null, geocoded_at: null });
  });

  test('a plant’s files come and go with its details', async () => {
    const files = [id('plan'), id('results')];
    const known = {
      facts: {
        ...catalogs,
        ...customer(),
        ...unit(undefined),
        ...Object.fromEntries(files.map((file) => [`attachment-${file}`, { situation: 'present', customerId }])),
      },
    };
    const made = submitted('ptar');
    const amend = (uploads: readonly string[]) =>
      made.give('AmendRequest', { description: 'x', details: { ...details.ptar, uploads }, location: { street: 'x' } }, known);
    amend(files);
    expect((await rowsOf([made]))['ptarFile']).toHaveLength(2);
    amend(files.slice(1));
    expect((await rowsOf([made]))['ptarFile']).toEqual([expect.objectContaining({ attachment_id: id('results') })]);
  });

  test('SR-6 SR-13 the timeline tells working minutes and breaches, the manifest what is left', async () => {
    const made = submitted('fosas', 'emergency');
    const { clock } = made.request;
    made.later(60 * 24).give('StartReview', {});
    made.give('MarkQuoted', quotation);
    made.give('MarkAccepted', quotation);
    made.give('ScheduleRequest', { startsAt: made.at, endsAt: made.at });
    made.give('RecordCollection', { manifestNumber: 'M', volumeM3: '8', collectedOn: '2026-03-02' });
    made.give('RecordDisposal', { manifestNumber: 'M', volumeM3: '3', site: 'VNV-WASTE', disposedOn: '2026-03-02' });
    const rows = await rowsOf([made]);
    expect(rows['timeline']?.find((row) => row['service_request_state_timeline_id'] === timelineRowId(target(0), 1))).toMatchObject({
      state: 'submitted',
      is_breached: true,
      deadline_at: clock.dueAt,
      working_minutes: 60 * 24,
    });
    expect(rows['request']?.[0]).toMatchObject({ is_breached: false, breach_count: 1 });
    expect(rows['manifest']).toEqual([
      expect.objectContaining({ request_waste_manifest_id: manifestRowId(target(0), 'M'), remaining_m3: '5', is_balanced: false }),
    ]);
    await checkInMemory({ definition: serviceRequests, steps: fc.constant(stepsOf([made])), runs: 3 });
  });

  test('TE-2 the board: what is open, the next to be late first, for its own customer and for staff alone', async () => {
    const projections = [serviceRequests, customersModel, catalogsModel, fleet, usersReadModel];
    const [calm, urgent, over, held] = [submitted('other'), submitted('fosas', 'emergency'), submitted('other'), submitted('other')];
    over.give('CancelRequest', { reason: 'x' });
    held.give('StartReview', {});
    held.give('RequestManagerReview', {});
    calm.give('AssignRequest', { role: 'salesperson', userId: id('Ana') });
    calm.give('AddRequestNote', { text: 'The gate is locked' });
    calm.give('AddInternalNote', { text: 'Pays late' });
    calm.give('RecordRequestNotice', { noticeId: id('notice'), kind: 'assigned', userIds: [id('Ana')] });
    held.give('PlaceRequestOnHold', { reason: 'x' });
    await asking({ projections, queries: serviceQueries, steps: stepsOf([calm, urgent, over, held]) }, async (ask) => {
      const board = await ask('request-board', customerId);
      expect(board.map((row) => [row['service_request_id'], row['sla_state']])).toEqual([
        [target(1), 'running'],
        [target(0), 'running'],
        [target(3), 'held'],
      ]);
      expect(board[0]?.['sla_remaining_minutes']).toEqual(expect.any(Number));
      expect(await ask('request-board', null)).toHaveLength(3);
      expect(await ask('request-board', id('Norte'))).toEqual([]);
      expect(await ask('request-board', null, { 'filter[assignee_ids]': id('Ana') })).toMatchObject([{ service_request_id: target(0), is_late: true }]);
      // The one still waiting is late by now; the two that went on kept their service level.
      const kept = await ask('sla-compliance', customerId, { 'filter[service_type_id]': entryId('service-type', 'other'), 'filter[state]': 'submitted' });
      expect(kept).toMatchObject([
        {
          month_on: '2026-03-01',
          judged_count: 3,
          kept_count: 2,
          breached_count: 1,
          running_count: 0,
          compliance_percent: '66.7',
          average_working_minutes: '0.0',
        },
      ]);
      expect(await ask('sla-compliance', id('Norte'))).toEqual([]);
      // TE-2: what the company wrote for itself and whom it told is not the customer's to see.
      expect((await ask('service-request-note', customerId)).map(({ is_internal: own }) => own)).toEqual([false]);
      expect(await ask('service-request-note', null)).toHaveLength(2);
      expect([await ask('assignment-notification', customerId), await ask('service-request-manager-review', customerId)]).toEqual([[], []]);
      expect(await ask('assignment-notification', null)).toMatchObject([{ user_id: id('Ana'), notice_kind: 'assigned', service_request_id: target(0) }]);
      expect(await ask('service-request-manager-review', null)).toHaveLength(1);
      expect((await ask('service-request-log', customerId)).map(({ change }) => change)).not.toContain('ManagerReviewRequested');
    });
  });
});
