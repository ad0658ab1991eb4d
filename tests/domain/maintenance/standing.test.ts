/** How a schedule stands, and what is kept of it. */
import { describe, expect, test } from '@jest/globals';
import type { EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { addDays, addMonths } from '../../../src/domain/kernel/calendar.ts';
import { isRejection, type Rejection } from '../../../src/domain/kernel/rejection.ts';
import type { maintenanceEvents } from '../../../src/domain/maintenance/events.ts';
import { forecastDate, outlookAt, retainedUntil } from '../../../src/domain/maintenance/rules.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { defaults, defined, event, on, presentIn, type Read, words } from './kit.ts';

const { given } = words;
const order = id('order');
type Event = EventOf<typeof maintenanceEvents>;
type Outcome = { readonly decision: readonly Event[] | Rejection };
const eventsOf = ({ decision }: Outcome): readonly Event[] => {
  if (isRejection(decision)) throw new Error('it was refused');
  return decision;
};
/** The last status that was said. */
const said = (outcome: Outcome): string | undefined =>
  eventsOf(outcome).reduce<string | undefined>(
    (last, { data }) => ('outlook' in data ? data.outlook.status : 'status' in data ? data.status : last),
    undefined,
  );
const told = ['MaintenanceDueSoon', 'MaintenanceDue', 'MaintenanceOverdue'];

describe('PM-2 how it stands is said by whatever changes it', () => {
  const performed = { workOrderId: order, performedOn: '2026-03-05', readings: [] };
  const overdue = eventsOf(given(defined()).when('CheckMaintenance', {}, on('2026-03-04')));
  const done = eventsOf(given(defined(), ...overdue).when('RecordMaintenancePerformed', performed, on('2026-03-05')));

  test('done it is in order; taken back it is overdue again, though that was told before', () => {
    expect(overdue.map(({ type }) => type)).toEqual(['MaintenanceDue', 'MaintenanceOverdue']);
    expect(said({ decision: done })).toBe('ok');
    const back = given(defined(), ...overdue, ...done).when('WithdrawMaintenancePerformed', { workOrderId: order }, on('2026-03-06'));
    back.thenTypes('MaintenancePerformanceWithdrawn');
    expect(said(back)).toBe('overdue');
    expect(presentIn(back.state)).toMatchObject({ status: 'overdue' });
    expect(eventsOf(back)).toMatchObject([{ data: { outlook: { lastDoneOn: '2026-01-31' } } }]);
  });

  test('another plan, longer or shorter, says how it stands then', () => {
    const yearly = given(defined(), ...overdue).when('ChangeMaintenance', { ...defaults, calendar: { every: 1, unit: 'year' } }, on('2026-03-06'));
    yearly.thenTypes('MaintenanceChanged');
    expect(said(yearly)).toBe('ok');
    const monthly = given(defined(), ...overdue, ...eventsOf(yearly)).when('ChangeMaintenance', defaults, on('2026-03-07'));
    monthly.thenTypes('MaintenanceChanged');
    expect(said(monthly)).toBe('overdue');
  });

  test('PM-4 told of before, its day changes how it stands and tells nobody', () => {
    const later = given(defined(), ...overdue).when('ChangeMaintenance', { ...defaults, calendar: { every: 2, unit: 'month' } }, on('2026-03-06'));
    const history = [defined(), ...overdue, ...eventsOf(later)];
    expect(said(later)).toBe('ok');
    given(...history)
      .when('CheckMaintenance', {}, on('2026-03-24'))
      .thenTypes('MaintenanceDueSoon');
    const due = given(...history).when('CheckMaintenance', {}, on('2026-03-31'));
    due.then(event('MaintenanceReassessed', { status: 'due' })).andRepeatedNothing();
  });

  test('paused it is paused whatever happens, and resumed it stands as its day says', () => {
    const paused = [defined(), ...overdue, event('MaintenancePaused', { reason: 'yard' })];
    expect(said(given(...paused).when('ChangeMaintenance', { ...defaults, name: 'B' }, on('2026-03-06')))).toBe('paused');
    const resumed = given(...paused).when('ResumeMaintenance', {}, on('2026-03-06'));
    resumed.thenTypes('MaintenanceResumed');
    expect(said(resumed)).toBe('overdue');
  });

  test('PM-5 a reading taken back takes back how it stood by it', () => {
    const metered = defined({ calendar: undefined, primaryMeter: { kind: 'odometer', every: 1000, uom: 'KMT', siEvery: 1_000_000 } });
    const readings: readonly Read[] = [
      ['2026-01-31T10:00:00.000Z', 0],
      ['2026-03-01T10:00:00.000Z', 1200],
    ];
    const look = { kind: 'odometer' as const, year: 2026 };
    const over = given(metered).when('RecordUsage', look, on('2026-03-02', readings));
    expect(said(over)).toBe('overdue');
    const back = given(metered, ...eventsOf(over)).when('RecordUsage', look, on('2026-03-03', readings.slice(0, 1)));
    expect(said(back)).toBe('ok');
    const again = given(metered, ...eventsOf(over), ...eventsOf(back)).when('RecordUsage', look, on('2026-03-04', readings));
    expect(said(again)).toBe('overdue');
    expect(eventsOf(again).filter(({ type }) => told.includes(type))).toEqual([]);
  });

  test('whatever a decision says of it, the state agrees with the day it was said', () => {
    const step = fc.record({ days: fc.nat(20), what: fc.constantFrom('check', 'perform', 'withdraw', 'skip', 'change', 'snooze', 'pause', 'resume') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let history: readonly Event[] = [defined()];
        let today = '2026-02-01';
        for (const [n, { days, what }] of steps.entries()) {
          today = addDays(today, days);
          const context = { ...on(today), newId: (k: number) => id(`${n} ${k}`) };
          const at = given(...history);
          const made = {
            check: () => at.when('CheckMaintenance', {}, context),
            perform: () => at.when('RecordMaintenancePerformed', { workOrderId: order, performedOn: today, readings: [] }, context),
            withdraw: () => at.when('WithdrawMaintenancePerformed', { workOrderId: order }, context),
            skip: () => at.when('SkipMaintenance', { reason: 'x' }, context),
            change: () => at.when('ChangeMaintenance', { ...defaults, calendar: { every: 10 + days, unit: 'day' } }, context),
            snooze: () => at.when('SnoozeMaintenance', { until: addDays(today, 9), reason: 'x' }, context),
            pause: () => at.when('PauseMaintenance', { reason: 'x' }, context),
            resume: () => at.when('ResumeMaintenance', {}, context),
          }[what]();
          if (isRejection(made.decision) || made.decision.length === 0) continue;
          history = [...history, ...made.decision];
          const state = presentIn(made.state);
          if (what !== 'snooze') expect(state.status).toBe(outlookAt(state, context.now).status);
        }
      }),
    );
  });
});

test('PM-6 the forecast is today + (due − projected) / average daily use, whatever day it is asked on', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 400 }), fc.nat(60), (used, ahead, averageDaily, daysLater) => {
      const readOn = '2026-03-01';
      const due = used + ahead;
      const projected = used + averageDaily * daysLater;
      const today = addDays(readOn, daysLater);
      const asked = addDays(today, Math.ceil((due - projected) / averageDaily));
      expect(forecastDate({ readOn, due, used, averageDaily })).toBe(asked);
    }),
  );
});

describe('PM-9 maintenance records are kept a year, and six months after the unit left', () => {
  const kept = (performedOn: string, name: string) => {
    const context = { ...on(performedOn), newId: (n: number) => id(`${name} ${n}`) };
    const data = { performedOn, readings: [], parts: [{ partName: 'Filter', quantity: '1' }], attachmentId: id(`${name} report`) };
    return { name, performedOn, context, data };
  };
  const records = [kept('2026-02-10', 'early'), kept('2026-11-20', 'late')];
  const history = () =>
    records.reduce<readonly Event[]>(
      (before, { data, context }) => [...before, ...eventsOf(given(...before).when('RecordMaintenancePerformed', data, context))],
      [defined()],
    );
  const recordId = (name: string) => id(`${name} 0`);

  test('not while the unit is in the fleet, taken back or not', () => {
    const remove = { performanceId: recordId('early'), reason: 'space' };
    given(...history())
      .when('RemoveMaintenanceRecord', remove, on('2040-01-01'))
      .thenRejected('retained');
    const back = eventsOf(given(...history()).when('WithdrawMaintenancePerformed', { performanceId: recordId('early') }, on('2026-12-01')));
    const ended = eventsOf(given(...history(), ...back).when('EndMaintenance', { reason: 'sold' }, on('2026-12-01')));
    expect(ended).toMatchObject([{ data: { records: records.map(({ name }) => ({ performanceId: recordId(name) })) } }]);
  });

  test('through the later of both, and not longer', () => {
    const ended = eventsOf(given(...history()).when('EndMaintenance', { reason: 'sold' }, on('2026-12-01')));
    expect(ended).toEqual([
      event('MaintenanceEnded', {
        reason: 'sold',
        endedOn: '2026-12-01',
        records: [
          { performanceId: recordId('early'), retainedUntil: '2027-06-01', attachmentId: id('early report') },
          { performanceId: recordId('late'), retainedUntil: '2027-11-20', attachmentId: id('late report') },
        ],
      }),
    ]);
    for (const [name, until] of [
      ['early', '2027-06-01'],
      ['late', '2027-11-20'],
    ] as const) {
      const remove = { performanceId: recordId(name), reason: 'space' };
      const gone = given(...history(), ...ended);
      gone.when('RemoveMaintenanceRecord', remove, on(until)).thenRejected('retained');
      const removed = gone.when('RemoveMaintenanceRecord', remove, on(addDays(until, 1)));
      removed.then(event('MaintenanceRecordRemoved', { ...remove, partIds: [id(`${name} 1`)], attachmentId: id(`${name} report`) }));
      given(...history(), ...ended, ...eventsOf(removed))
        .when('RemoveMaintenanceRecord', remove, on('2030-01-01'))
        .thenRejected('unknownRecord');
    }
  });

  test('never shorter than a year from when it was done, nor than six months from when the unit left', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (doneDays, leftDays) => {
        const doneOn = addDays('2024-01-31', doneDays);
        const leftOn = addDays('2024-01-31', Math.max(doneDays, leftDays));
        const until = retainedUntil({ on: doneOn }, leftOn);
        const both = [addMonths(doneOn, 12), addMonths(leftOn, 6)];
        expect(both.every((day) => day <= until) && both.includes(until)).toBe(true);
      }),
    );
  });
});
