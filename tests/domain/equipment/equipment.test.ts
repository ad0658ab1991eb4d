import { describe, expect, test } from '@jest/globals';
import { equipmentCommands } from '../../../src/domain/equipment/commands.ts';
import { isInService } from '../../../src/domain/equipment/state.ts';
import { isNorthAmericanVin, vinCheckDigit } from '../../../src/domain/kernel/identifiers/vin.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { event, facts, good, hold, ids, registeredToilet, registeredVan, returned, started, today, toilet, typeFacts, van, vin, words } from './kit.ts';

const { given, claimsAfter, run } = words;
const kinds = ['dot_oos', 'damage', 'maintenance', 'compliance', 'recall', 'stolen'] as const;

describe('a unit of the fleet', () => {
  test('is registered once; the same again changes nothing', () => {
    given().when('RegisterEquipment', van, { facts }).then(registeredVan).andRepeatedNothing();
    given(registeredVan)
      .when('RegisterEquipment', { ...van, unitNumber: 'V-2' }, { facts })
      .thenRejected('alreadyRegistered');
    given()
      .when('RegisterEquipment', { ...van, equipmentType: 'submarine' }, { facts })
      .thenRejected('unknownType');
  });

  test('EQ-1 a type with a VIN wants a right one; a wrong check digit is taken with a waiver, a wrong form never', () => {
    const { vin: _, ...without } = van;
    given().when('RegisterEquipment', without, { facts }).thenRejected('vinRequired');
    given()
      .when('RegisterEquipment', { ...van, vin: '1m8g dm9a-xkp042788' }, { facts })
      .then(registeredVan);
    const wrong = { ...van, vin: '1M8GDM9A0KP042788' };
    given().when('RegisterEquipment', wrong, { facts }).thenRejected('invalidVin');
    given()
      .when('RegisterEquipment', { ...wrong, vinWaiver: { reason: 'rebuilt frame' } }, { facts })
      .thenTypes('EquipmentRegistered');
    given()
      .when('RegisterEquipment', { ...van, vin: '1M8GDM9AXKP04278', vinWaiver: { reason: 'x' } }, { facts })
      .thenRejected('invalidVin');
    given()
      .when('RegisterEquipment', { ...van, vin: 'IM8GDM9AXKP042788', vinWaiver: { reason: 'x' } }, { facts })
      .thenRejected('invalidVin');
  });

  test('EQ-1 every change of one character of a North American VIN that alters its sum is refused', () => {
    const characters = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
    fc.assert(
      fc.property(fc.nat(16), fc.constantFrom(...characters), (at, character) => {
        const changed = vin.slice(0, at) + character + vin.slice(at + 1);
        const isRight = !isNorthAmericanVin(changed) || vinCheckDigit(changed) === changed.charAt(8);
        const { decision } = given().when('RegisterEquipment', { ...van, vin: changed }, { facts });
        expect({ changed, accepted: Array.isArray(decision) }).toEqual({ changed, accepted: isRight });
      }),
    );
  });

  test('EQ-1 a type without a VIN wants a serial number', () => {
    const { serialNumber: _, ...without } = toilet;
    given().when('RegisterEquipment', without, { facts }).thenRejected('serialRequired');
    given().when('RegisterEquipment', toilet, { facts }).then(registeredToilet);
  });

  test('has the specifications of its type, each mistake told', () => {
    const { decision } = given().when('RegisterEquipment', { ...van, specifications: { axles: 0, wings: 2 } }, { facts });
    expect(decision).toMatchObject({ code: 'invalidSpecifications', details: { errors: [{ pointer: '/axles' }, { pointer: '/wings' }] } });
  });

  test('EQ-10 holds its number, VIN, serial, device and add-ons alone while it is in the fleet, and frees them when it leaves', () => {
    const device = event('DeviceInstalled', { pairingId: id('p'), deviceId: id('d'), installedAt: '2026-03-01T12:00:00.000Z' });
    const addon = event('AddonInstalled', { installationId: id('i'), addonId: id('a'), installedAt: '2026-03-01T12:00:00.000Z' });
    expect(claimsAfter(registeredVan, device, addon).map(({ kind, value }) => [kind, value])).toEqual([
      ['unitNumber', 'V-1'],
      ['vin', vin],
      ['device', id('d')],
      ['addon', id('a')],
    ]);
    expect(claimsAfter(registeredToilet)).toContainEqual({ kind: 'serial', scope: 'company/portable-toilet', value: 'S-1' });
    expect(claimsAfter(registeredVan, event('EquipmentRetired', { reason: 'sold' }))).toEqual([]);
  });

  test('is corrected, but stays of its type while it is assigned (EQ-4)', () => {
    const corrected = { ...toilet, unitNumber: 'T-2' };
    given(registeredToilet)
      .when('CorrectEquipment', { ...corrected, reason: 'painted over' }, { facts })
      .then(event('EquipmentCorrected', { ...corrected, reason: 'painted over' }))
      .andRepeatedNothing();
    given(registeredToilet, started('A', { from: today }))
      .when('CorrectEquipment', { ...toilet, equipmentType: 'sink', specifications: { stations: 2 } }, { facts })
      .thenRejected('typeInUse');
    given(registeredToilet, started('A', { from: today }), returned('A'))
      .when('CorrectEquipment', { ...toilet, equipmentType: 'sink', specifications: { stations: 2 } }, { facts })
      .thenTypes('EquipmentCorrected');
  });

  test('leaves the fleet only when nobody has it and nothing is on it', () => {
    given(registeredToilet).when('RetireEquipment', { reason: 'sold' }).thenTypes('EquipmentRetired');
    given(registeredToilet, started('A', { from: today }))
      .when('RetireEquipment', { reason: 'sold' })
      .thenRejected('assigned');
    const at = '2026-03-01T12:00:00.000Z';
    given(registeredToilet, event('DeviceInstalled', { pairingId: id('p'), deviceId: id('d'), installedAt: at }))
      .when('RetireEquipment', { reason: 'sold' })
      .thenRejected('deviceInstalled');
    given(registeredToilet, event('AddonInstalled', { installationId: id('i'), addonId: id('a'), installedAt: at }))
      .when('RetireEquipment', { reason: 'sold' })
      .thenRejected('addonsInstalled');
  });

  test('tells how it is loaded, not from the future and not behind what is known', () => {
    const at = '2026-03-01T11:00:00.000Z';
    const loaded = event('LoadStatusChanged', { loadDetailId: id('made:0'), loadStatus: 'loaded', observedAt: at });
    given(registeredVan).when('SetLoadStatus', { loadStatus: 'loaded', observedAt: at }).then(loaded).andRepeatedNothing();
    given(registeredVan).when('SetLoadStatus', { loadStatus: 'loaded', observedAt: '2026-03-01T13:00:00.000Z' }).thenRejected('inFuture');
    given(registeredVan, loaded).when('SetLoadStatus', { loadStatus: 'empty', observedAt: '2026-03-01T10:00:00.000Z' }).thenRejected('superseded');
  });
});

test('a unit knows each of its schedules once', () => {
  const noted = event('EquipmentMaintenanceNoted', { maintenanceId: id('pm') });
  given(registeredVan)
    .when('NoteMaintenance', { maintenanceId: id('pm') })
    .then(noted)
    .andRepeatedNothing();
  given(registeredVan, noted)
    .when('NoteMaintenance', { maintenanceId: id('inspection') })
    .thenTypes('EquipmentMaintenanceNoted');
});

describe('holds', () => {
  test('EQ-11 in service ⇔ no open hold; releasing one never clears another', () => {
    const step = fc.record({ place: fc.boolean(), hold: fc.constantFrom('a', 'b', 'c', 'd'), kind: fc.constantFrom(...kinds) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const open = new Map<string, string>();
        const commands = steps.map(({ place, hold: name, kind }) => {
          if (!place) open.delete(name);
          else if (!open.has(name)) open.set(name, kind);
          return place
            ? ({ type: 'PlaceHold', data: { holdId: id(name), kind, source: 'test' } } as const)
            : ({ type: 'ReleaseHold', data: { holdId: id(name), reason: 'done' } } as const);
        });
        const { state } = run([{ type: 'RegisterEquipment', data: toilet }, ...commands], () => ({ facts }));
        if (state.situation === 'absent') throw new Error('unreachable');
        expect(state.holds).toEqual(Object.fromEntries([...open].map(([name, kind]) => [id(name), { kind }])));
        expect(isInService(state)).toBe(open.size === 0);
      }),
    );
  });

  test('EQ-11 who may release one depends on its kind', () => {
    for (const kind of kinds) {
      const isWorkshops = kind === 'damage' || kind === 'maintenance';
      const at = given(registeredVan, hold('h', kind));
      const release = (...held: string[]) => at.when('ReleaseHold', { holdId: id('h'), reason: 'done' }, { held: new Set(held) });
      if (isWorkshops) release('equipment:edit').thenTypes('EquipmentHoldReleased');
      else release('equipment:edit').thenRejected('notPermitted');
      release('equipment:edit', 'equipment:approve').thenTypes('EquipmentHoldReleased');
    }
  });

  test('EQ-12 damage found later takes the unit out of service and does not reopen rent', () => {
    const history = [registeredToilet, started('A', { from: today }), returned('A')];
    const after = given(...history).when('PlaceHold', { kind: 'damage', source: 'yard' });
    after.thenTypes('EquipmentHoldPlaced');
    if (after.state.situation === 'absent') throw new Error('unreachable');
    expect(after.state.assignments[id('A')]).toMatchObject({ status: 'returned', offRentOn: today, returnedOn: today });
    expect(after.state.outId).toBeNull();
  });
});

describe('a retired unit', () => {
  const retired = [registeredToilet, event('EquipmentRetired', { reason: 'sold' })];
  const at = '2026-03-01T11:00:00.000Z';
  const refused = {
    CorrectEquipment: toilet,
    SetEquipmentMetadata: { metadata: { a: 1 } },
    PlaceHold: { kind: 'damage', source: 'x' },
    ReleaseHold: { holdId: id('h'), reason: 'x' },
    SetPermit: { licensePlateNumber: 'P', licensePlateState: 'S' },
    RemovePermit: { permitId: id('permit') },
    AddEquipmentDocument: { category: 'insurance', name: 'x' },
    RenewEquipmentDocument: { documentId: id('x'), expiresOn: today },
    RemoveEquipmentDocument: { documentId: id('x') },
    InstallDevice: { deviceId: id('d') },
    InstallAddon: { addonId: id('a') },
    SetLoadStatus: { loadStatus: 'empty', observedAt: at },
    AssignEquipment: { ...ids('A'), equipmentType: 'portable-toilet', from: today, timeZone: 'UTC' },
  } as const;
  const silent = {
    RetireEquipment: { reason: 'again' },
    RemoveDevice: { reason: 'x' },
    RemoveAddon: { addonId: id('a'), reason: 'x' },
    RemindOfPermit: { permitId: id('permit'), expiresOn: today, daysLeft: 7 },
    ExpirePermit: { permitId: id('permit'), expiresOn: today },
    RemindOfEquipmentDocument: { documentId: id('x'), expiresOn: today, daysLeft: 7 },
    ExpireEquipmentDocument: { documentId: id('x'), expiresOn: today },
    ActivateAssignment: { assignmentId: id('A') },
    NoteMaintenance: { maintenanceId: id('pm') },
  } as const;

  test('takes no change, whatever is asked: every command', () => {
    const from = given(...retired);
    for (const [type, data] of Object.entries(refused)) {
      const { decision } = from.when(type as keyof typeof refused, data as never, { facts: typeFacts });
      expect({ type, decision }).toMatchObject({ type, decision: { code: 'retired' } });
    }
    for (const [type, data] of Object.entries(silent)) {
      expect({ type, decision: from.when(type as keyof typeof silent, data as never).decision }).toEqual({ type, decision: [] });
    }
    from.when('RegisterEquipment', toilet, { facts }).thenNothing();
    from.when('RegisterEquipment', { ...toilet, unitNumber: 'T-9' }, { facts }).thenRejected('alreadyRegistered');
    from.when('AbandonAssignment', { assignmentId: id('A') }).thenTypes('AssignmentAbandoned');
    const unknown = {
      CancelAssignment: { reason: 'x' },
      CallOff: { offRentOn: today },
      WithdrawCallOff: {},
      ReturnEquipment: { returnedOn: today, ...good },
    } as const;
    for (const [type, data] of Object.entries(unknown)) {
      from.when(type as keyof typeof unknown, { assignmentId: id('A'), ...data } as never).thenRejected('unknownAssignment');
    }
    const all = [...Object.keys(refused), ...Object.keys(silent), ...Object.keys(unknown), 'RegisterEquipment', 'AbandonAssignment'];
    expect(all.sort()).toEqual(Object.keys(equipmentCommands).sort());
  });
});
