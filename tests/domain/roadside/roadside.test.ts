import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { sumMoney } from '../../../src/domain/kernel/money.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { roadside } from '../../../src/domain/roadside/decider.ts';
import { milestones, roadsideEvents } from '../../../src/domain/roadside/events.ts';
import { total } from '../../../src/domain/roadside/state.ts';
import { contextOf, id, now, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const words = scenarios(roadside);
const { given } = words;
const event = emit(roadsideEvents);
const usd = (amount: string) => ({ amount, currency: 'USD' }) as const;
const requestId = id('request');
const unitId = id('unit');
const customerId = id('customer');
const about = { requestId, equipmentId: unitId } as const;
const facts = {
  [`serviceRequest-${requestId}`]: {
    situation: 'present',
    status: 'in_progress',
    customerId,
    accountId: id('account'),
    equipmentId: unitId,
    media: { [id('photo')]: 'photo' },
  },
};
const asked = { requestId, description: 'Flat tyre at km 40', currency: 'USD', attachmentIds: [] } as const;
const askedFor = {
  ...asked,
  equipmentId: unitId,
  customerId,
  accountId: id('account'),
  standbyVendors: ['North', 'South'],
  nextVendor: 'North',
} as const;
const requested = event('RoadsideRequested', askedFor);
const attemptId = id('attempt');
const minutes = (n: number): string => new Date(Date.parse(now) + n * 60_000).toISOString();
const dispatched = event('VendorDispatched', { attemptId, number: 1, vendorName: 'North', answerBy: minutes(15) });
const accepted = event('DispatchAccepted', { attemptId, acceptedAt: now });
const departed = event('VendorDeparted', { attemptId, departedAt: now });
const arrived = event('VendorArrived', { attemptId, arrivedAt: now });
const resolved = event('RoadsideResolved', {
  ...about,
  attemptId,
  outcome: 'repaired',
  resolvedAt: now,
  readings: [],
  evidence: [],
  attachmentIds: [],
  description: asked.description,
  currency: 'USD',
  parts: [],
  fees: [],
  feeTotal: usd('0.00'),
  total: usd('0.00'),
});
const settled = event('RoadsideSettled', { ...about, outcome: 'repaired', currency: 'USD', parts: [], fees: [], feeTotal: usd('0.00'), total: usd('0.00') });
const cancelled = event('RoadsideCancelled', { ...about, reason: 'rolled away', total: usd('0.00') });
const dataOf = (decision: unknown): Readonly<Record<string, unknown>> =>
  (decision as readonly { readonly data: Readonly<Record<string, unknown>> }[])[0]?.data ?? {};

const to = {
  requested: [requested],
  dispatched: [requested, dispatched],
  accepted: [requested, dispatched, accepted],
  en_route: [requested, dispatched, accepted, departed],
  on_site: [requested, dispatched, accepted, departed, arrived],
  resolved: [requested, dispatched, accepted, departed, arrived, resolved],
  closed: [requested, dispatched, accepted, departed, arrived, resolved, settled],
  cancelled: [requested, cancelled],
} as const;
type State = keyof typeof to;

describe('the state machine of a roadside job', () => {
  const part = { partName: 'tyre', quantity: '1', unitCost: usd('310.00') } as const;
  const commands = {
    RequestRoadside: asked,
    NameStandbyVendors: { standbyVendors: ['West'] },
    DispatchVendor: { vendorName: 'East' },
    DispatchStandby: { vendorName: 'South', afterAttemptId: id('another') },
    AcceptDispatch: {},
    DeclineDispatch: { reason: 'no truck' },
    TimeOutDispatch: { attemptId },
    ReviseEta: { etaAt: minutes(60) },
    ReplaceVendor: { reason: 'too slow' },
    DepartEnRoute: {},
    Arrive: {},
    ReportUnable: { reason: 'no tyre' },
    ResolveRoadside: { outcome: 'repaired' },
    CorrectMilestone: { attemptId, milestone: 'arrived', at: now, reason: 'told wrongly' },
    RecordRoadsidePart: part,
    RemoveRoadsidePart: { partId: id('none') },
    RecordRoadsideFee: { feeKind: 'callout', amount: usd('80.00') },
    RemoveRoadsideFee: { feeId: id('none') },
    LogCommunication: { channel: 'call', direction: 'outbound' },
    AttachToRoadside: { attachmentId: id('bill') },
    LinkWorkOrder: { workOrderId: id('order') },
    SettleCosts: {},
    CancelRoadside: { reason: 'rolled away' },
  } as const;
  type Command = keyof typeof commands;
  const no = 'notAllowedNow';
  const none = {
    ...(Object.fromEntries(Object.keys(commands).map((name) => [name, no])) as Record<Command, string>),
    RequestRoadside: '-',
    DispatchStandby: '-',
    TimeOutDispatch: '-',
    LogCommunication: 'CommunicationLogged',
    AttachToRoadside: 'RoadsideAttached',
  };
  const open = { ...none, NameStandbyVendors: 'RoadsideStandbyNamed', CancelRoadside: 'RoadsideCancelled' };
  const costs = { RecordRoadsideFee: 'RoadsideFeeRecorded', RemoveRoadsideFee: '-' };
  const table: Readonly<Record<State, Readonly<Record<Command, string>>>> = {
    requested: { ...open, DispatchVendor: 'VendorDispatched' },
    dispatched: { ...open, AcceptDispatch: 'DispatchAccepted', DeclineDispatch: 'DispatchDeclined', TimeOutDispatch: 'DispatchTimedOut' },
    accepted: { ...open, AcceptDispatch: '-', ReviseEta: 'EtaRevised', ReplaceVendor: 'VendorReplaced', DepartEnRoute: 'VendorDeparted' },
    en_route: { ...open, ReviseEta: 'EtaRevised', ReplaceVendor: 'VendorReplaced', DepartEnRoute: '-', Arrive: 'VendorArrived' },
    on_site: {
      ...none,
      ...costs,
      Arrive: '-',
      RecordRoadsidePart: 'RoadsidePartRecorded',
      RemoveRoadsidePart: '-',
      ReportUnable: 'VendorUnable',
      ResolveRoadside: 'RoadsideResolved',
      CancelRoadside: 'RoadsideCancelled',
    },
    resolved: { ...none, ...costs, ResolveRoadside: '-', CorrectMilestone: '-', LinkWorkOrder: 'RoadsideWorkOrderLinked', SettleCosts: 'RoadsideSettled' },
    closed: { ...none, SettleCosts: '-', LinkWorkOrder: 'RoadsideWorkOrderLinked' },
    cancelled: { ...none, CancelRoadside: '-' },
  };
  const outcomeOf = (decision: unknown): string => (Array.isArray(decision) ? (decision[0]?.type ?? '-') : (decision as { readonly code: string }).code);

  test('SR-1 every state × every command does what the table says, and a refusal lists what is allowed', () => {
    expect(Object.keys(commands).sort()).toEqual(Object.keys(roadside.commands).sort());
    for (const [state, row] of Object.entries(table)) {
      for (const [type, data] of Object.entries(commands)) {
        const { decision } = given(...to[state as State]).when(type as Command, data as never, { facts });
        expect({ state, type, outcome: outcomeOf(decision) }).toEqual({ state, type, outcome: row[type as Command] });
        if (outcomeOf(decision) !== no) continue;
        const taken = Object.entries(row)
          // What a deadline says, and what the process says late, is not for people.
          .filter(([name, outcome]) => outcome !== no && outcome !== '-' && name !== 'TimeOutDispatch' && !(state === 'closed' && name === 'LinkWorkOrder'))
          .map(([name]) => name);
        expect({ state, ...(decision as { readonly details: object }).details }).toMatchObject({ allowed: expect.arrayContaining(taken) });
      }
    }
  });
  test('from each end of an attempt the job is open for the next vendor', () => {
    const ends = [
      [...to.dispatched, event('DispatchDeclined', { attemptId, reason: 'x' })],
      [...to.dispatched, event('DispatchTimedOut', { attemptId })],
      [...to.en_route, event('VendorReplaced', { attemptId, reason: 'x' })],
      [...to.on_site, event('VendorUnable', { attemptId, endedAt: now, reason: 'x' })],
    ];
    for (const history of ends) {
      const { decision } = given(...history).when('DispatchVendor', { vendorName: 'South' });
      expect(dataOf(decision)).toMatchObject({ number: 2, vendorName: 'South' });
    }
  });
});

describe('a roadside job', () => {
  test('SR-8 SR-3 always has one service request, whose owner, unit and files it takes', () => {
    const { decision } = given().when('RequestRoadside', { ...asked, standbyVendors: ['North', 'South'] }, { facts });
    expect(dataOf(decision)).toMatchObject({ requestId, equipmentId: unitId, customerId, attachmentIds: [id('photo')], nextVendor: 'North' });
    given().when('RequestRoadside', asked, {}).thenRejected('requestEnded');
    const ended = { [`serviceRequest-${requestId}`]: { ...facts[`serviceRequest-${requestId}`], status: 'cancelled' } };
    given().when('RequestRoadside', asked, { facts: ended }).thenRejected('requestEnded');
    given()
      .when('RequestRoadside', { ...asked, equipmentId: id('other') }, { facts })
      .thenRejected('otherEquipment');
    given()
      .when('RequestRoadside', { ...asked, currency: 'ZZZ' }, { facts })
      .thenRejected('unknownCurrency');
  });
  test('a vendor that does not answer in time is timed out by its deadline, which says who is next', () => {
    expect(roadside.deadlines?.VendorDispatched?.(dispatched.data as never, id('self'))).toEqual([
      { change: 'set', name: 'answer', dueAt: minutes(15), command: 'TimeOutDispatch', data: { attemptId } },
    ]);
    given(...to.dispatched)
      .when('TimeOutDispatch', { attemptId })
      .then(event('DispatchTimedOut', { attemptId, nextVendor: 'South' }))
      .andRepeatedNothing();
    given(...to.dispatched)
      .when('TimeOutDispatch', { attemptId: id('earlier') })
      .thenNothing();
    given(...to.accepted)
      .when('TimeOutDispatch', { attemptId })
      .thenNothing();
    const timedOut = event('DispatchTimedOut', { attemptId, nextVendor: 'South' });
    given(...to.dispatched, timedOut)
      .when('DispatchStandby', { vendorName: 'South', afterAttemptId: attemptId })
      .thenTypes('VendorDispatched');
    given(...to.dispatched, timedOut)
      .when('DispatchStandby', { vendorName: 'South', afterAttemptId: id('another') })
      .thenNothing();
    given(requested).when('DispatchStandby', { vendorName: 'North' }).thenTypes('VendorDispatched');
  });
  test('how long a vendor may be silent is the policy’s, as it stood when the job was asked for, unless said otherwise', () => {
    const catalog = { entries: { roadside: { isActive: true, entry: { code: 'roadside', attributes: { policy: { answerWithinMinutes: 40 } } } } } };
    const withPolicy = given().when('RequestRoadside', asked, { facts: { ...facts, [`catalog-${catalogId('work-order-policy')}`]: catalog } });
    expect(dataOf(withPolicy.decision)).toMatchObject({ answerWithinMinutes: 40 });
    const job = event('RoadsideRequested', { ...askedFor, answerWithinMinutes: 40 });
    expect(dataOf(given(job).when('DispatchVendor', { vendorName: 'North' }).decision)).toMatchObject({ answerBy: minutes(40) });
    expect(dataOf(given(job).when('DispatchVendor', { vendorName: 'North', answerWithinMinutes: 5 }).decision)).toMatchObject({ answerBy: minutes(5) });
  });
  test('SR-8 an ETA is revised by appending; one that is over is refused', () => {
    const { decision } = given(...to.accepted, event('EtaRevised', { attemptId, etaAt: minutes(30), revision: 1 })).when('ReviseEta', { etaAt: minutes(45) });
    expect(dataOf(decision)).toMatchObject({ etaAt: minutes(45), revision: 2 });
    given(...to.accepted)
      .when('ReviseEta', { etaAt: minutes(-1) })
      .thenRejected('inPast');
  });
  test('a job whose costs are settled takes the order they go to once', () => {
    const linked = event('RoadsideWorkOrderLinked', { workOrderId: id('order') });
    given(...to.closed)
      .when('LinkWorkOrder', { workOrderId: id('order') })
      .then(linked)
      .andRepeatedNothing();
    given(...to.closed, linked)
      .when('LinkWorkOrder', { workOrderId: id('another order') })
      .thenRejected('notAllowedNow');
  });
  test('a cancellation may cost a fee; costs settle as they stand', () => {
    const { decision } = given(...to.en_route).when('CancelRoadside', { reason: 'x', fee: usd('45.5') });
    expect(dataOf(decision)).toMatchObject({ fee: usd('45.50'), total: usd('45.50') });
    given(...to.en_route)
      .when('CancelRoadside', { reason: 'x', fee: { amount: '1', currency: 'GTQ' } })
      .thenRejected('otherCurrency');
    const late = event('RoadsideFeeRecorded', { feeId: id('fee'), feeKind: 'towing', amount: usd('200.00'), total: usd('200.00') });
    const settle = given(...to.resolved, late).when('SettleCosts', {});
    expect(dataOf(settle.decision)).toMatchObject({ feeTotal: usd('200.00'), total: usd('200.00') });
  });
  test('what drivers and technicians are called is theirs to have forgotten', () => {
    expect(roadsideEvents.CommunicationLogged.subject).toBe('communicationId');
    expect(roadsideEvents.DispatchAccepted.subject).toBe('attemptId');
  });

  const cents = fc.integer({ min: 0, max: 10_000_000 }).map((each) => (each / 100).toFixed(2));
  const quantity = fc.tuple(fc.nat(500), fc.nat(999)).map(([whole, rest]) => `${whole}.${String(rest).padStart(3, '0')}`);
  const cost = fc.oneof(
    fc.record({ type: fc.constant('RecordRoadsidePart' as const), data: fc.record({ partName: fc.constant('part'), quantity, unitCost: cents.map(usd) }) }),
    fc.record({ type: fc.constant('RecordRoadsideFee' as const), data: fc.record({ feeKind: fc.constant('callout' as const), amount: cents.map(usd) }) }),
  );
  test('SR-4 the total is Σ parts + fees, exactly, after any of them', () => {
    fc.assert(
      fc.property(fc.array(cost, { maxLength: 25 }), (commands) => {
        let state = words.fold(to.on_site);
        commands.forEach((command, index) => {
          const after = words.act(state, command, { newId: () => id(`cost ${index}`) });
          if (isRejection(after.decision)) throw new Error(after.decision.code);
          state = after.state;
          if (state.situation === 'absent') throw new Error('unreachable');
          const amounts = [...Object.values(state.parts), ...Object.values(state.fees)].map(({ amount }) => amount);
          expect(total(state)).toEqual(sumMoney(amounts, 'USD'));
          expect(dataOf(after.decision)).toMatchObject({ total: total(state) });
        });
      }),
      { numRuns: 100 },
    );
  });

  const commandsOf = { accepted: 'AcceptDispatch', departed: 'DepartEnRoute', arrived: 'Arrive', ended: 'ResolveRoadside' } as const;
  const field = { accepted: 'acceptedAt', departed: 'departedAt', arrived: 'arrivedAt', ended: 'resolvedAt' } as const;
  test('SR-8 whatever is told and corrected, the times of an attempt never decrease; over attempts they may', () => {
    const told = fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined });
    const corrections = fc.array(fc.tuple(fc.constantFrom(...milestones), fc.integer({ min: -60, max: 60 })), { maxLength: 8 });
    fc.assert(
      fc.property(fc.tuple(told, told, told, told), corrections, (times, later) => {
        let state = words.fold([requested, dispatched]);
        const give = (type: string, data: object) => {
          const decide = (
            roadside.decide as unknown as Record<
              string,
              (state: unknown, data: unknown, context: unknown) => ReturnType<(typeof roadside.decide)['SettleCosts']>
            >
          )[type];
          const decision = decide?.(state, data, contextOf({ now: minutes(40) })) ?? [];
          if (!isRejection(decision)) state = words.fold(decision, state);
          return isRejection(decision) ? decision.code : undefined;
        };
        milestones.forEach((milestone, n) => {
          const at = times[n];
          const outcome = milestone === 'ended' ? { outcome: 'towed' } : {};
          const refused = give(commandsOf[milestone], { ...outcome, ...(at === undefined ? {} : { [field[milestone]]: minutes(at) }) });
          if (refused !== undefined) expect(['notMonotone', 'inFuture']).toContain(refused);
          // What was told wrongly is told again, without a time of its own.
          if (refused !== undefined) expect(give(commandsOf[milestone], outcome)).toBeUndefined();
        });
        for (const [milestone, at] of later) give('CorrectMilestone', { attemptId, milestone, at: minutes(at), reason: 'x' });
        if (state.situation === 'absent') throw new Error('unreachable');
        const [attempt] = state.attempts;
        const line = [attempt?.dispatchedAt, ...milestones.map((milestone) => attempt?.times[milestone])];
        expect(line).not.toContain(undefined);
        expect([...line].sort()).toEqual(line);
      }),
      { numRuns: 300 },
    );
    const unable = event('VendorUnable', { attemptId, endedAt: minutes(30), reason: 'x' });
    const second = event('VendorDispatched', { attemptId: id('second'), number: 2, vendorName: 'South', answerBy: minutes(15) });
    given(...to.on_site, unable, second)
      .when('AcceptDispatch', { acceptedAt: minutes(5) }, { now: minutes(40) })
      .thenTypes('DispatchAccepted');
  });
});
