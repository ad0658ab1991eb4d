import { describe, expect, test } from '@jest/globals';
import { iotDeviceCommands } from '../../../src/domain/iot-device/commands.ts';
import { currentPairing, iotDevice, pairingAt } from '../../../src/domain/iot-device/decider.ts';
import { iotDeviceEvents } from '../../../src/domain/iot-device/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { areDisjoint } from '../../../src/domain/kernel/interval.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, claimsAfter, run } = scenarios(iotDevice);
const event = emit(iotDeviceEvents);
const profile = { deviceType: 'asset-tracker', vendor: 'generic', serialNumber: 'D-1' } as const;
const registered = event('IotDeviceRegistered', profile);
const pair = { pairingId: id('p'), equipmentId: id('unit') };
const paired = event('IotDevicePaired', { ...pair, from: now });
const lost = event('IotDeviceLost', { reason: 'x' });

describe('a device', () => {
  test('EQ-10 is registered once, with a serial number of its own at its vendor until it is retired', () => {
    given().when('RegisterIotDevice', profile).then(registered).andRepeatedNothing();
    given(registered)
      .when('RegisterIotDevice', { ...profile, serialNumber: 'D-2' })
      .thenRejected('alreadyRegistered');
    expect(claimsAfter(registered)).toEqual([{ kind: 'deviceSerial', scope: 'company/generic', value: 'D-1' }]);
    expect(claimsAfter(registered, event('IotDeviceRetired', { reason: 'old' }))).toEqual([]);
  });

  test('keeps a battery report only where it says something new', () => {
    const report = (batteryPercent: number) => ({ batteryPercent, reportedAt: now });
    const at50 = [registered, event('IotDeviceBatteryReported', report(50))];
    given(...at50)
      .when('ReportDeviceBattery', report(46))
      .thenNothing();
    given(...at50)
      .when('ReportDeviceBattery', report(45))
      .then(event('IotDeviceBatteryReported', report(45)))
      .andRepeatedNothing();
    given(registered, event('IotDeviceBatteryReported', report(3)))
      .when('ReportDeviceBattery', report(0))
      .thenTypes('IotDeviceBatteryReported');
  });

  test('faulty and suspended are flags in every state but retired', () => {
    for (const history of [[registered], [registered, paired], [registered, lost]]) {
      given(...history)
        .when('MarkDeviceFaulty', { reason: 'silent' })
        .then(event('IotDeviceFaulted', { reason: 'silent' }))
        .andRepeatedNothing();
      given(...history)
        .when('SuspendDeviceLine', { reason: 'unused' })
        .then(event('IotDeviceLineSuspended', { reason: 'unused' }))
        .andRepeatedNothing();
      given(...history, event('IotDeviceFaulted', { reason: 'silent' }))
        .when('MarkDeviceRepaired', {})
        .thenTypes('IotDeviceRepaired');
      given(...history, event('IotDeviceLineSuspended', { reason: 'unused' }))
        .when('ActivateDeviceLine', {})
        .thenTypes('IotDeviceLineActivated');
    }
  });

  test('EQ-5 one lost on a unit is not paired again before the unit has let it go', () => {
    const found = [registered, paired, event('IotDeviceLost', { reason: 'x', ...pair }), event('IotDeviceFound', {})];
    const next = { pairingId: id('q'), equipmentId: id('another'), installedAt: now };
    given(...found)
      .when('PairDevice', next)
      .thenRejected('notInStock');
    given(...found)
      .when('RetireIotDevice', { reason: 'x' })
      .thenRejected('installed');
    given(...found, event('IotDeviceUnpaired', { ...pair, to: now }))
      .when('PairDevice', next)
      .thenTypes('IotDevicePaired');
  });

  test('EQ-5 pairings never overlap, whatever clocks say, and a reading belongs to the pairing at its fix time', () => {
    const instant = (n: number): string => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();
    const step = fc.record({ pairs: fc.boolean(), which: fc.nat(4), minute: fc.nat(60) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.nat(60), (steps, minute) => {
        const commands = steps.map(({ pairs, which, minute: when }) =>
          pairs
            ? ({ type: 'PairDevice', data: { pairingId: id(`p${which}`), equipmentId: id(`u${which}`), installedAt: instant(when) } } as const)
            : ({ type: 'UnpairDevice', data: { pairingId: id(`p${which}`), removedAt: instant(when) } } as const),
        );
        const { state } = run([{ type: 'RegisterIotDevice', data: profile }, ...commands]);
        if (state.situation === 'absent') throw new Error('unreachable');
        expect(areDisjoint(state.pairings)).toBe(true);
        expect(state.pairings.filter(({ to }) => to === null).length).toBeLessThanOrEqual(1);
        expect(currentPairing(state) !== undefined).toBe(state.situation === 'installed');
        const at = instant(minute);
        const holds = state.pairings.filter(({ from, to }) => from <= at && (to === null || at < to));
        expect(pairingAt(state, at)).toEqual(holds[0]);
      }),
    );
  });
});

describe('the state machine of a device', () => {
  const states = {
    in_stock: [registered],
    installed: [registered, paired],
    lost: [registered, lost],
    retired: [registered, event('IotDeviceRetired', { reason: 'x' })],
  } as const;
  const commands = {
    RegisterIotDevice: profile,
    PairDevice: { pairingId: id('q'), equipmentId: id('unit'), installedAt: now },
    UnpairDevice: { pairingId: id('p'), removedAt: now },
    ReportDeviceBattery: { batteryPercent: 50, reportedAt: now },
    MarkDeviceFaulty: { reason: 'x' },
    MarkDeviceRepaired: {},
    SuspendDeviceLine: { reason: 'x' },
    ActivateDeviceLine: {},
    MarkDeviceLost: { reason: 'x' },
    MarkDeviceFound: {},
    RetireIotDevice: { reason: 'x' },
  } as const;
  const live = {
    RegisterIotDevice: '-',
    UnpairDevice: '-',
    ReportDeviceBattery: 'IotDeviceBatteryReported',
    MarkDeviceFaulty: 'IotDeviceFaulted',
    MarkDeviceRepaired: '-',
    SuspendDeviceLine: 'IotDeviceLineSuspended',
    ActivateDeviceLine: '-',
  };
  type Row = Readonly<Record<keyof typeof commands, string>>;
  const table: Readonly<Record<keyof typeof states, Row>> = {
    in_stock: { ...live, PairDevice: 'IotDevicePaired', MarkDeviceLost: 'IotDeviceLost', MarkDeviceFound: '-', RetireIotDevice: 'IotDeviceRetired' },
    installed: {
      ...live,
      PairDevice: 'notInStock',
      UnpairDevice: 'IotDeviceUnpaired',
      MarkDeviceLost: 'IotDeviceLost',
      MarkDeviceFound: 'notLost',
      RetireIotDevice: 'installed',
    },
    lost: { ...live, PairDevice: 'notInStock', MarkDeviceLost: '-', MarkDeviceFound: 'IotDeviceFound', RetireIotDevice: 'lost' },
    retired: {
      RegisterIotDevice: '-',
      PairDevice: 'retired',
      UnpairDevice: '-',
      ReportDeviceBattery: 'retired',
      MarkDeviceFaulty: 'retired',
      MarkDeviceRepaired: 'retired',
      SuspendDeviceLine: 'retired',
      ActivateDeviceLine: 'retired',
      MarkDeviceLost: 'retired',
      MarkDeviceFound: 'retired',
      RetireIotDevice: '-',
    },
  };

  test('EQ-5 every state × every command', () => {
    expect(Object.keys(commands).sort()).toEqual(Object.keys(iotDeviceCommands).sort());
    for (const [state, history] of Object.entries(states)) {
      for (const [type, data] of Object.entries(commands)) {
        const { decision } = given(...history).when(type as keyof typeof commands, data as never);
        const outcome = Array.isArray(decision) ? (decision[0]?.type ?? '-') : (decision as { readonly code: string }).code;
        expect({ state, type, outcome }).toEqual({ state, type, outcome: table[state as keyof typeof states][type as keyof typeof commands] });
      }
    }
  });
});
