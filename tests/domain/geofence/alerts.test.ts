import { describe, expect, test } from '@jest/globals';
import { geofence } from '../../../src/domain/geofence/decider.ts';
import { crossingKinds, geofenceEvents } from '../../../src/domain/geofence/events.ts';
import { type Alerts, type Crossing, keptQuietBy } from '../../../src/domain/geofence/rules.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { addMilliseconds } from '../../../src/domain/kernel/calendar.ts';
import { localTime } from '../../../src/domain/kernel/time-zone.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given } = scenarios(geofence);
const event = emit(geofenceEvents);
const drawn = event('GeofenceDrawn', {
  name: 'Yard',
  shape: { kind: 'circle', center: { latitude: '14.6349', longitude: '-90.5069' }, radiusMeters: 250 },
  effectiveFrom: now,
});
const office: Alerts = {
  events: ['enter', 'exit', 'dwell'],
  dwellMinutes: 30,
  schedule: { timeZone: 'America/Guatemala', windows: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' }] },
  altitude: { fromMeters: 1400, toMeters: 1600 },
};

describe('alerts', () => {
  test('a configuration is taken as it is given, if it makes sense', () => {
    given(drawn).when('ConfigureGeofenceAlerts', office).then(event('GeofenceAlertsConfigured', office)).andRepeatedNothing();
    given(drawn, event('GeofenceAlertsConfigured', office)).when('ConfigureGeofenceAlerts', { events: [] }).thenTypes('GeofenceAlertsConfigured');
    const windows = (from: string, to: string) => ({ timeZone: 'UTC', windows: [{ weekdays: [1], from, to }] });
    const senseless: readonly Alerts[] = [
      { events: ['dwell'] },
      { events: ['no-exit'], dwellMinutes: 5 },
      { events: ['enter'], schedule: windows('17:00', '08:00') },
      { events: ['enter'], schedule: windows('08:00', '08:00') },
      { events: ['enter'], altitude: {} },
      { events: ['enter'], altitude: { fromMeters: 10, toMeters: 9 } },
    ];
    for (const alerts of senseless) given(drawn).when('ConfigureGeofenceAlerts', alerts).thenRejected('invalidAlerts');
    given(drawn)
      .when('ConfigureGeofenceAlerts', { events: ['enter'], schedule: windows('00:00', '24:00'), altitude: { fromMeters: 0, toMeters: 0 } })
      .thenTypes('GeofenceAlertsConfigured');
  });

  const watching = { alerts: office, accountIds: [id('north')] };
  // Monday, 08:00 in Guatemala
  const monday = '2026-03-02T14:00:00.000Z';
  const crossing: Crossing = { kind: 'enter', at: monday, accountId: id('north'), altitudeMeters: 1500 };
  const told = (change: Partial<Crossing>) => keptQuietBy(watching, { ...crossing, ...change });

  test('GF-5 altitude, schedule and accounts are exact at their bounds', () => {
    expect(told({})).toBeUndefined();
    expect([told({ at: monday }), told({ at: addMilliseconds(monday, -1) })]).toEqual([undefined, 'schedule']);
    expect([told({ at: '2026-03-02T22:59:59.999Z' }), told({ at: '2026-03-02T23:00:00.000Z' })]).toEqual([undefined, 'schedule']);
    expect([told({ at: '2026-03-07T15:00:00.000Z' }), told({ at: '2026-03-09T05:00:00.000Z' })]).toEqual(['schedule', 'schedule']);
    expect([told({ altitudeMeters: 1400 }), told({ altitudeMeters: 1600 }), told({ altitudeMeters: 1399.999 }), told({ altitudeMeters: 1600.001 })]).toEqual([
      undefined,
      undefined,
      'altitude',
      'altitude',
    ]);
    expect([told({ accountId: id('south') }), told({ accountId: null }), told({ altitudeMeters: null }), told({ kind: 'pass-through' })]).toEqual([
      'account',
      'account',
      'altitude',
      'event',
    ]);
    expect(
      keptQuietBy({ alerts: { events: ['enter'] }, accountIds: [] }, { kind: 'enter', at: monday, accountId: null, altitudeMeters: null }),
    ).toBeUndefined();
    expect(keptQuietBy({ alerts: { events: ['enter'], altitude: { fromMeters: 0 } }, accountIds: [] }, { ...crossing, altitudeMeters: 0 })).toBeUndefined();
  });

  test('GF-5 a crossing is told exactly when every limit that is given is met', () => {
    const limits = fc.record({
      events: fc.uniqueArray(fc.constantFrom(...crossingKinds)),
      accounts: fc.uniqueArray(fc.constantFrom(id('north'), id('south')), { maxLength: 2 }),
      hours: fc.option(fc.tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: 1, max: 24 })).filter(([from, to]) => from < to)),
      days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      from: fc.option(fc.integer({ min: 0, max: 10 })),
      to: fc.option(fc.integer({ min: 0, max: 10 })),
    });
    const happened = fc.record({
      kind: fc.constantFrom(...crossingKinds),
      at: fc.integer({ min: 0, max: 14 * 48 }).map((halfHours) => addMilliseconds(monday, halfHours * 1_800_000)),
      accountId: fc.option(fc.constantFrom(id('north'), id('south'))),
      altitudeMeters: fc.option(fc.integer({ min: -1, max: 11 })),
    });
    const two = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
    fc.assert(
      fc.property(limits, happened, ({ events, accounts, hours, days, from, to }, crossed) => {
        const alerts: Alerts = {
          events,
          ...(hours === null ? {} : { schedule: { timeZone: 'America/Chicago', windows: [{ weekdays: days, from: two(hours[0]), to: two(hours[1]) }] } }),
          ...(from === null && to === null ? {} : { altitude: { ...(from === null ? {} : { fromMeters: from }), ...(to === null ? {} : { toMeters: to }) } }),
        };
        const { weekday, millisecondsOfDay } = localTime(crossed.at, 'America/Chicago');
        const hour = millisecondsOfDay / 3_600_000;
        const { altitudeMeters } = crossed;
        const isTold =
          events.includes(crossed.kind) &&
          (accounts.length === 0 || (crossed.accountId !== null && accounts.includes(crossed.accountId))) &&
          (hours === null || (days.includes(weekday) && hours[0] <= hour && hour < hours[1])) &&
          ((from === null && to === null) || (altitudeMeters !== null && altitudeMeters >= (from ?? -100) && altitudeMeters <= (to ?? 100)));
        expect(keptQuietBy({ alerts, accountIds: accounts }, crossed) === undefined).toBe(isTold);
      }),
      { numRuns: 1000 },
    );
  });
});
