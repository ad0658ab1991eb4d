import { expect, test } from '@jest/globals';
import type { StoredEvent } from '../../../src/application/ports/event-log.ts';
import { pairing } from '../../../src/application/processes/pairing.ts';
import { equipment } from '../../../src/domain/equipment/decider.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import type { Equipment } from '../../../src/domain/equipment/state.ts';
import { type EquipmentAddon, equipmentAddon } from '../../../src/domain/equipment-addon/decider.ts';
import { equipmentAddonEvents } from '../../../src/domain/equipment-addon/events.ts';
import { currentPairing, type IotDevice, iotDevice } from '../../../src/domain/iot-device/decider.ts';
import { iotDeviceEvents } from '../../../src/domain/iot-device/events.ts';
import { emit, erase, type Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { toilet } from '../../domain/equipment/kit.ts';
import { id } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { fc } from '../../kit/seed.ts';
import { following, nodeOn, TurnLog } from './equipment-world.ts';

const unit = emit(equipmentEvents);
const device = emit(iotDeviceEvents);
const addon = emit(equipmentAddonEvents);
const units = ['U1', 'U2', 'U3'] as const;
const things = ['T1', 'T2'] as const;

const setUp = async (log: MemoryEventLog): Promise<void> => {
  for (const name of units) await happened(log, `equipment-${id(name)}`, unit('EquipmentRegistered', { ...toilet, unitNumber: name, serialNumber: name }));
  for (const name of things) {
    await happened(log, `iotDevice-${id(name)}`, device('IotDeviceRegistered', { deviceType: 'asset-tracker', vendor: 'generic', serialNumber: name }));
    await happened(
      log,
      `equipmentAddon-${id(name)}`,
      addon('EquipmentAddonRegistered', { addonType: 'genset', serialNumber: name, effectiveOn: '2026-01-01' }),
    );
  }
};

const shapes = { equipment: erase(equipment), iotDevice: erase(iotDevice), equipmentAddon: erase(equipmentAddon) };
const isShape = (category: string): category is keyof typeof shapes => Object.hasOwn(shapes, category);
/** The states of units, devices and add-ons after each event of the log. */
const replay = (events: readonly StoredEvent[], look: (states: ReadonlyMap<string, unknown>) => void): ReadonlyMap<string, unknown> => {
  const states = new Map<string, unknown>();
  for (const event of events) {
    if (!isShape(event.category) || event.type === 'StreamFenced') continue;
    const { initial, evolve } = shapes[event.category];
    const at = { id: event.id, occurredAt: event.metadata.occurredAt, actor: event.metadata.actor };
    states.set(event.stream, evolve(states.get(event.stream) ?? initial, event, at));
    look(states);
  }
  return states;
};
const present = (states: ReadonlyMap<string, unknown>) =>
  units.flatMap((name) => {
    const state = states.get(`equipment-${id(name)}`) as Frozen<Equipment> | undefined;
    return state === undefined || state.situation === 'absent' ? [] : [{ unitId: id(name), device: state.device, addons: state.addons }];
  });

/** EQ-5 at every version: no device and no add-on is on two units. */
const atMostOnce = (states: ReadonlyMap<string, unknown>): void => {
  const all = present(states);
  const devices = all.flatMap((each) => (each.device === null ? [] : [each.device.deviceId]));
  const addons = all.flatMap((each) => Object.keys(each.addons));
  expect(new Set(devices).size).toBe(devices.length);
  expect(new Set(addons).size).toBe(addons.length);
};
/** At rest both sides say the same. */
const agree = (states: ReadonlyMap<string, unknown>): void => {
  const all = present(states);
  for (const name of things) {
    const pair = currentPairing(states.get(`iotDevice-${id(name)}`) as Frozen<IotDevice>);
    const on = all.find((each) => each.device?.deviceId === id(name));
    expect(pair === undefined ? undefined : [pair.equipmentId, pair.pairingId]).toEqual(on === undefined ? undefined : [on.unitId, on.device?.pairingId]);
    const attached = states.get(`equipmentAddon-${id(name)}`) as Frozen<EquipmentAddon>;
    const current = attached.situation === 'absent' ? null : attached.current;
    const carrier = all.find((each) => Object.hasOwn(each.addons, id(name)));
    expect(current === null ? undefined : [current.equipmentId, current.installationId]).toEqual(
      carrier === undefined ? undefined : [carrier.unitId, carrier.addons[id(name)]],
    );
  }
};

const wish = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('InstallDevice' as const, 'InstallAddon' as const),
      unit: fc.constantFrom(...units),
      thing: fc.constantFrom(...things),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('RemoveDevice' as const, 'RemoveAddon' as const),
      unit: fc.constantFrom(...units),
      thing: fc.constantFrom(...things),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('MarkDeviceLost' as const, 'MarkDeviceFound' as const, 'RetireIotDevice' as const, 'RetireAddon' as const),
      unit: fc.constantFrom(...units),
      thing: fc.constantFrom(...things),
    }),
  },
);
const wishes = fc.array(wish, { minLength: 1, maxLength: 6 });
type Wish = { readonly kind: string; readonly unit: string; readonly thing: string };
const commandOf = ({ kind, unit: on, thing }: Wish): readonly [category: string, target: string, data: Readonly<Record<string, unknown>>] => {
  if (kind === 'InstallDevice') return ['equipment', id(on), { deviceId: id(thing) }];
  if (kind === 'InstallAddon') return ['equipment', id(on), { addonId: id(thing) }];
  if (kind === 'RemoveDevice') return ['equipment', id(on), { reason: 'test' }];
  if (kind === 'RemoveAddon') return ['equipment', id(on), { addonId: id(thing), reason: 'test' }];
  if (kind === 'MarkDeviceFound') return ['iotDevice', id(thing), {}];
  return [kind === 'RetireAddon' ? 'equipmentAddon' : 'iotDevice', id(thing), { reason: 'test' }];
};

test('EQ-5 a device is on at most one unit and a unit has at most one device, for every interleaving of two nodes and the process', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.tuple(wishes, wishes), async (scheduler, people) => {
      const memory = new MemoryEventLog();
      await setUp(memory);
      const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
      const log = new TurnLog(memory, turn);
      const process = following(pairing, log, () => memory.events);
      const act = async (mine: readonly Wish[], person: number) => {
        const node = nodeOn(log);
        for (const [n, one] of mine.entries()) {
          const [category, target, data] = commandOf(one);
          const outcome = await node.send(category, target, one.kind, data, { key: `${person} ${n}` });
          if (outcome.kind === 'contention') throw new Error('a command gave up');
        }
      };
      const reacting = (async () => {
        for (let n = 0; n < 12; n += 1) {
          await turn('the process looks');
          await process.step();
        }
      })();
      await scheduler.waitFor(Promise.all([...people.map(act), reacting]));
      await scheduler.waitFor(process.drain());
      const states = replay(memory.events, atMostOnce);
      agree(states);
      for (const { type } of memory.events) seen.add(type);
    }),
    { numRuns: 100 },
  );
  const wanted = ['IotDevicePaired', 'IotDeviceUnpaired', 'IotDeviceLost', 'EquipmentAddonAttached', 'EquipmentAddonDetached', 'StepRefused'];
  expect(wanted.filter((type) => !seen.has(type))).toEqual([]);
});

test('EQ-5 a device that was lost between being claimed and being paired is let go by the unit, once, however often it is delivered', async () => {
  const log = new MemoryEventLog();
  await setUp(log);
  const node = nodeOn(log);
  await node.send('equipment', id('U1'), 'InstallDevice', { deviceId: id('T1') });
  await node.send('iotDevice', id('T1'), 'MarkDeviceLost', { reason: 'gone' });
  await following(pairing, log, () => log.events).drain();
  const types = () => log.events.map(({ type }) => type);
  expect(types()).toEqual(expect.arrayContaining(['DeviceInstalled', 'IotDeviceLost', 'StepRefused', 'DeviceRemoved']));
  expect(types()).not.toContain('IotDevicePaired');
  agree(replay(log.events, atMostOnce));

  const before = types();
  const again = following(pairing, log, () => log.events);
  await again.runner.started();
  await again.drain();
  expect(types()).toEqual(before);

  await node.send('iotDevice', id('T1'), 'MarkDeviceFound', {});
  expect(await node.send('equipment', id('U2'), 'InstallDevice', { deviceId: id('T1') })).toMatchObject({ kind: 'accepted' });
});

test('EQ-5 one that is on a unit is nobody else’s to install, neither before nor after it is paired', async () => {
  const log = new MemoryEventLog();
  await setUp(log);
  const node = nodeOn(log);
  const install = (name: string) => node.send('equipment', id(name), 'InstallDevice', { deviceId: id('T1') });
  await install('U1');
  expect(await install('U2')).toMatchObject({ kind: 'refused', rejection: { code: 'deviceTaken' } });
  await following(pairing, log, () => log.events).drain();
  expect(await install('U2')).toMatchObject({ kind: 'refused', rejection: { code: expect.stringMatching(/^device(Taken|NotInStock)$/) } });
  expect(await node.send('equipment', id('U1'), 'InstallDevice', { deviceId: id('T2') })).toMatchObject({
    kind: 'refused',
    rejection: { code: 'deviceInstalled' },
  });
});
