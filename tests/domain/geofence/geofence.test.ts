import { describe, expect, test } from '@jest/globals';
import { geofence, versionsMax } from '../../../src/domain/geofence/decider.ts';
import { geofenceEvents } from '../../../src/domain/geofence/events.ts';
import { type Alerts, type ShapeText, toShape, versionAt } from '../../../src/domain/geofence/rules.ts';
import { type CommandOf, emit } from '../../../src/domain/kernel/aggregate.ts';
import { addMilliseconds } from '../../../src/domain/kernel/calendar.ts';
import { contains } from '../../../src/domain/kernel/geo/contains.ts';
import { toPositionText } from '../../../src/domain/kernel/geo/position.ts';
import { shapeProblems } from '../../../src/domain/kernel/geo/shape.ts';
import { tiles } from '../../../src/domain/kernel/interval.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { polygon } from '../kernel/geo/shapes.ts';

const { given, fold, run } = scenarios(geofence);
const event = emit(geofenceEvents);
type Command = CommandOf<typeof geofence.commands>;

const at = (longitude: number, latitude: number) => toPositionText({ latitude, longitude });
const square = (size: number): ShapeText => ({ kind: 'polygon', rings: [[at(0, 0), at(size, 0), at(size, size), at(0, size), at(0, 0)]] });
const circle: ShapeText = { kind: 'circle', center: { latitude: '14.6349', longitude: '-90.5069' }, radiusMeters: 250 };
const corridor: ShapeText = { kind: 'corridor', path: [at(-90.5, 14.6), at(-89.5, 15.1), at(-88.6, 15.7)], widthMeters: 400 };
const yesterday = '2026-02-28T12:00:00.000Z';
const customer = id('customer');
const drawn = event('GeofenceDrawn', { name: 'Yard', customerId: customer, shape: square(1), effectiveFrom: yesterday });
const archived = event('GeofenceArchived', { reason: 'sold', archivedAt: now });
const customerFacts = (situation: 'active' | 'closed' = 'active') => ({
  [`customer-${customer}`]: {
    situation,
    accounts: { [id('north')]: { isOpen: true }, [id('south')]: { isOpen: true }, [id('shut')]: { isOpen: false } },
  },
});

describe('drawing', () => {
  test.each([square(2), circle, corridor])('a valid shape is drawn, from now on', (shape) => {
    given()
      .when('DrawGeofence', { name: 'Yard', shape })
      .then(event('GeofenceDrawn', { name: 'Yard', shape, effectiveFrom: now }))
      .andRepeatedNothing();
  });

  test('it may hold from the past on, never from the future', () => {
    given().when('DrawGeofence', { name: 'Yard', shape: circle, effectiveFrom: yesterday }).thenTypes('GeofenceDrawn');
    given()
      .when('DrawGeofence', { name: 'Yard', shape: circle, effectiveFrom: addMilliseconds(now, 1) })
      .thenRejected('effectiveInFuture');
  });

  test('TE-1 a customer’s user draws for its customer, whatever the body says', () => {
    given()
      .when('DrawGeofence', { name: 'Yard', customerId: id('another'), shape: circle }, { tenant: customer })
      .then(event('GeofenceDrawn', { name: 'Yard', customerId: customer, shape: circle, effectiveFrom: now }));
    given()
      .when('DrawGeofence', { name: 'Yard', customerId: customer, shape: circle }, { facts: customerFacts('closed') })
      .thenRejected('customerClosed');
    expect(geofence.tenantOf(fold([drawn]), id('self'))).toBe(customer);
    expect(geofence.tenantOf(fold([event('GeofenceDrawn', { name: 'Depot', shape: circle, effectiveFrom: now })]), id('self'))).toBeNull();
  });

  test('what is drawn is not drawn anew', () => {
    given(drawn)
      .when('DrawGeofence', { name: 'Yard', customerId: customer, shape: square(1), effectiveFrom: yesterday })
      .thenNothing();
    given(drawn)
      .when('DrawGeofence', { name: 'Yard', customerId: customer, shape: square(2), effectiveFrom: yesterday })
      .thenRejected('alreadyDrawn');
    given(drawn)
      .when('DrawGeofence', { name: 'Depot', customerId: customer, shape: square(1) })
      .thenRejected('alreadyDrawn');
  });

  test('a shape that is none is refused, with its reason and the place', () => {
    const bowTie: ShapeText = { kind: 'polygon', rings: [[at(0, 0), at(2, 2), at(2, 0), at(0, 2), at(0, 0)]] };
    const { decision } = given().when('DrawGeofence', { name: 'Yard', shape: bowTie });
    expect(decision).toMatchObject({ code: 'invalidShape', message: shapeProblems.selfIntersection, details: { problem: 'selfIntersection', ring: 0 } });
    const shapes: readonly ShapeText[] = [
      { ...circle, radiusMeters: 9 },
      { ...circle, radiusMeters: 500_001 },
      { kind: 'polygon', rings: [] },
      { kind: 'polygon', rings: [[at(0, 0), at(1, 0), at(1, 1)]] },
      { kind: 'corridor', path: [at(0, 0)], widthMeters: 100 },
    ];
    for (const shape of shapes) given().when('DrawGeofence', { name: 'Yard', shape }).thenRejected('invalidShape');
    for (const shape of shapes) given(drawn).when('ReshapeGeofence', { shape }).thenRejected('invalidShape');
  });

  test('GF-1 a shape of the log contains what was drawn', () => {
    fc.assert(
      fc.property(polygon, (of) => {
        const text: ShapeText = { kind: 'polygon', rings: of.rings.map((ring) => ring.map(toPositionText)) };
        const [vertex] = text.kind === 'polygon' ? (text.rings[0] ?? []) : [];
        const back = toShape(text);
        if (vertex === undefined || back.kind !== 'polygon') throw new Error('no polygon');
        expect(contains(back, { latitude: Number(vertex.latitude), longitude: Number(vertex.longitude) })).toBe(true);
      }),
    );
  });
});

describe('geometries over time', () => {
  test('GF-6 a new geometry holds from its instant on, after the last one', () => {
    given(drawn)
      .when('ReshapeGeofence', { shape: circle })
      .then(event('GeofenceReshaped', { versionNumber: 2, shape: circle, effectiveFrom: now }))
      .andRepeatedNothing();
    given(drawn)
      .when('ReshapeGeofence', { shape: circle, effectiveFrom: addMilliseconds(yesterday, 1) })
      .thenTypes('GeofenceReshaped');
    given(drawn).when('ReshapeGeofence', { shape: circle, effectiveFrom: yesterday }).thenRejected('notLater');
    given(drawn)
      .when('ReshapeGeofence', { shape: circle, effectiveFrom: addMilliseconds(now, 1) })
      .thenRejected('effectiveInFuture');
    given(drawn)
      .when('ReshapeGeofence', { shape: square(1) })
      .thenNothing();
  });

  test('GF-6 the clock of another node does not turn the order round', () => {
    const ahead = addMilliseconds(now, 500);
    const { state } = given(drawn, event('GeofenceReshaped', { versionNumber: 2, shape: circle, effectiveFrom: ahead })).when('ReshapeGeofence', {
      shape: corridor,
    });
    expect(state).toMatchObject({ versions: [{}, {}, { versionNumber: 3, effectiveFrom: addMilliseconds(ahead, 1) }] });
    given(drawn, event('GeofenceReshaped', { versionNumber: 2, shape: circle, effectiveFrom: ahead }))
      .when('ArchiveGeofence', { reason: 'sold' })
      .then(event('GeofenceArchived', { reason: 'sold', archivedAt: addMilliseconds(ahead, 1) }));
  });

  test('a geofence has a bounded number of geometries', () => {
    const many = Array.from({ length: versionsMax - 1 }, (_, index) =>
      event('GeofenceReshaped', { versionNumber: index + 2, shape: square(index + 2), effectiveFrom: addMilliseconds(yesterday, index + 1) }),
    );
    // shapes far larger than the earth are never asked for their validity by a fold
    given(drawn, ...many.slice(0, 20))
      .when('ReshapeGeofence', { shape: circle })
      .thenTypes('GeofenceReshaped');
    const state = fold([drawn, ...many.map((each, index) => ({ ...each, data: { ...each.data, shape: index % 2 === 0 ? circle : corridor } }) as typeof each)]);
    expect(geofence.decide.ReshapeGeofence(state, { shape: square(1) }, { ...contextNow })).toMatchObject({ code: 'tooMany' });
  });
});

const contextNow = {
  now,
  actor: { kind: 'user', id: id('actor') },
  tenant: null,
  id: id('self'),
  newId: (n: number) => id(`made:${n}`),
  may: () => true,
  held: new Set(['*']),
  facts: new Map(),
  takeNumber: () => 1,
} as const;

describe('names, tags, accounts, the end', () => {
  test('it is renamed and tagged; the same again changes nothing', () => {
    given(drawn)
      .when('RenameGeofence', { name: 'Depot' })
      .then(event('GeofenceRenamed', { name: 'Depot' }))
      .andRepeatedNothing();
    given(drawn)
      .when('TagGeofence', { tags: ['yard', 'port'] })
      .then(event('GeofenceTagged', { tags: ['yard', 'port'] }))
      .andRepeatedNothing();
    given(drawn, event('GeofenceTagged', { tags: ['yard', 'port'] }))
      .when('TagGeofence', { tags: ['port', 'yard'] })
      .thenNothing();
    given(drawn, event('GeofenceTagged', { tags: ['yard'] }))
      .when('TagGeofence', { tags: [] })
      .thenTypes('GeofenceTagged');
  });

  test('TE-1 it is limited to open accounts of its own customer', () => {
    const facts = customerFacts();
    const limited = event('GeofenceLimitedToAccounts', { accountIds: [id('north'), id('shut')] });
    given(drawn)
      .when('LimitGeofenceToAccounts', { accountIds: [id('north'), id('south')] }, { facts })
      .then(event('GeofenceLimitedToAccounts', { accountIds: [id('north'), id('south')] }))
      .andRepeatedNothing();
    given(drawn)
      .when('LimitGeofenceToAccounts', { accountIds: [id('north'), id('foreign')] }, { facts })
      .thenRejected('unknownAccount');
    given(drawn)
      .when('LimitGeofenceToAccounts', { accountIds: [id('shut')] }, { facts })
      .thenRejected('accountClosed');
    given(drawn, limited)
      .when('LimitGeofenceToAccounts', { accountIds: [id('shut')] }, { facts })
      .thenTypes('GeofenceLimitedToAccounts');
    given(drawn, limited).when('LimitGeofenceToAccounts', { accountIds: [] }, { facts }).thenTypes('GeofenceLimitedToAccounts');
    given(event('GeofenceDrawn', { name: 'Depot', shape: circle, effectiveFrom: now }))
      .when('LimitGeofenceToAccounts', { accountIds: [id('north')] }, { facts })
      .thenRejected('companyFence');
  });

  test('archived is the end: everything else is refused, archiving again changes nothing', () => {
    given(drawn).when('ArchiveGeofence', { reason: 'sold' }).then(archived).andRepeatedNothing();
    const commands: readonly Command[] = [
      { type: 'ReshapeGeofence', data: { shape: circle } },
      { type: 'RenameGeofence', data: { name: 'Depot' } },
      { type: 'TagGeofence', data: { tags: [] } },
      { type: 'LimitGeofenceToAccounts', data: { accountIds: [id('north')] } },
      { type: 'ConfigureGeofenceAlerts', data: { events: [] } },
    ];
    for (const { type, data } of commands) given(drawn, archived).when(type, data).thenRejected('archived');
    given(drawn, archived)
      .when('DrawGeofence', { name: 'Yard', customerId: customer, shape: square(1), effectiveFrom: yesterday })
      .thenNothing();
  });
});

const office: Alerts = {
  events: ['enter', 'exit', 'dwell'],
  dwellMinutes: 30,
  schedule: { timeZone: 'America/Guatemala', windows: [{ weekdays: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' }] },
  altitude: { fromMeters: 1400, toMeters: 1600 },
};

describe('any history', () => {
  const instant = fc.integer({ min: 0, max: 200 }).map((minutes) => addMilliseconds(yesterday, minutes * 60_000));
  const shape = fc.constantFrom(square(1), square(2), circle, corridor);
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc
      .record({ shape, from: fc.option(instant) })
      .map(({ shape: of, from }): Command => ({ type: 'ReshapeGeofence', data: { shape: of, ...(from === null ? {} : { effectiveFrom: from }) } })),
    fc.constantFrom('A', 'B').map((name): Command => ({ type: 'RenameGeofence', data: { name } })),
    fc.subarray(['yard', 'port', 'shop']).map((tags): Command => ({ type: 'TagGeofence', data: { tags } })),
    fc
      .constantFrom<Alerts>(office, { events: [] }, { events: ['enter', 'pass-through'] })
      .map((alerts): Command => ({ type: 'ConfigureGeofenceAlerts', data: alerts })),
    fc.constant<Command>({ type: 'ArchiveGeofence', data: { reason: 'sold' } }),
  );
  const first: Command = { type: 'DrawGeofence', data: { name: 'Yard', shape: square(1), effectiveFrom: yesterday } };
  const nowOf = (index: number) => ({ now: addMilliseconds(yesterday, index * 20 * 60_000) });

  test('GF-6 geometries tile the time from the drawing to the end, and each instant has the one that held', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 15 }), instant, (commands, when) => {
        const { state } = run([first, ...commands], nowOf);
        if (state.situation === 'absent') throw new Error('nothing was drawn');
        const { versions, archivedAt } = state;
        const spans = versions.map(({ effectiveFrom }, index) => ({ from: effectiveFrom, to: versions[index + 1]?.effectiveFrom ?? archivedAt }));
        expect(tiles(spans, { from: yesterday, to: archivedAt })).toBe(true);
        expect(versions.map(({ versionNumber }) => versionNumber)).toEqual(versions.map((_, index) => index + 1));
        const held = spans.findIndex(({ from, to }) => from <= when && (to === null || when < to));
        expect(versionAt(state, when)?.versionNumber).toBe(held < 0 ? undefined : held + 1);
        expect(versionAt(state, addMilliseconds(yesterday, -1))).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('ES-1 a command given again right after it was accepted changes nothing, and folding gives the state that decided', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 10 }), command, (commands, last) => {
        const { state, events } = run([first, ...commands], nowOf);
        expect(fold(events)).toEqual(state);
        const again = run([first, ...commands, last, last], (index) => nowOf(Math.min(index, commands.length + 1)));
        expect(again.events).toEqual(run([first, ...commands, last], nowOf).events);
      }),
      { numRuns: 300 },
    );
  });
});
