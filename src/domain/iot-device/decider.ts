import { type Aggregate, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { containsValue } from '../kernel/interval.ts';
import { changing, reached } from '../kernel/presence.ts';
import { iotDeviceCommands } from './commands.ts';
import { iotDeviceEvents } from './events.ts';

/** Which unit the device was on, half-open in time; `to` is `null` while it is. */
export type Pairing = { readonly pairingId: string; readonly equipmentId: string; readonly from: string; readonly to: string | null };
type Present = {
  readonly situation: 'in_stock' | 'installed' | 'lost' | 'retired';
  readonly profile: string;
  readonly vendor: string;
  readonly serialNumber: string;
  readonly isFaulty: boolean;
  readonly isSuspended: boolean;
  readonly batteryPercent: number | null;
  /** The last one is the current one while it has no end. In time order. */
  readonly pairings: readonly Pairing[];
};
export type IotDevice = { readonly situation: 'absent' } | Present;
/** A device as other aggregates' guards see it. */
export const iotDeviceFact = fact<IotDevice>('iotDevice');

const event = emit(iotDeviceEvents);
const batteryStep = 5;
const present = reached<Frozen<IotDevice>>('a device');
/** The pairing the device is in now, also while it is lost and its unit has not let it go. */
export const currentPairing = (state: Frozen<IotDevice>): Pairing | undefined => {
  if (state.situation === 'absent') return undefined;
  const last = state.pairings.at(-1);
  return last?.to === null ? last : undefined;
};
/** EQ-5: a reading belongs to the pairing at its fix time, whenever it arrives. */
export const pairingAt = (state: Frozen<IotDevice>, fixTime: string): Pairing | undefined =>
  state.situation === 'absent' ? undefined : state.pairings.find((pairing) => containsValue(pairing, fixTime));

const allowed = { in_stock: ['MarkDeviceLost', 'RetireIotDevice'], installed: ['MarkDeviceLost'], lost: ['MarkDeviceFound'], retired: [] } as const;
const live = (state: Frozen<IotDevice>) =>
  state.situation === 'retired' ? reject('retired', 'The device is out of use.', { allowed: allowed.retired }) : undefined;
const latest = (a: string, b: string | null | undefined): string => (b !== null && b !== undefined && b > a ? b : a);

const decide: Aggregate<'iotDevice', IotDevice, typeof iotDeviceCommands, typeof iotDeviceEvents>['decide'] = {
  RegisterIotDevice: (state, command) => {
    if (state.situation === 'absent') return [event('IotDeviceRegistered', command)];
    return state.profile === canonicalJson(command) ? [] : reject('alreadyRegistered', 'This device is registered.');
  },
  PairDevice: (state, { pairingId, equipmentId, installedAt }) => {
    const { situation, pairings } = present(state);
    if (pairings.some((known) => known.pairingId === pairingId)) return [];
    if (situation !== 'in_stock' || currentPairing(state) !== undefined)
      return live(state) ?? reject('notInStock', `The device is ${situation}.`, { status: situation, allowed: allowed[situation] });
    // Clocks of two nodes may disagree; pairings of one device never overlap.
    return [event('IotDevicePaired', { pairingId, equipmentId, from: latest(installedAt, pairings.at(-1)?.to) })];
  },
  UnpairDevice: (state, { pairingId, removedAt }) => {
    const current = currentPairing(state);
    if (current?.pairingId !== pairingId) return [];
    return [event('IotDeviceUnpaired', { pairingId, equipmentId: current.equipmentId, to: latest(removedAt, current.from) })];
  },
  ReportDeviceBattery: (state, command) => {
    const { batteryPercent: before } = present(state);
    const now = command.batteryPercent;
    const isNews = before === null || Math.abs(now - before) >= batteryStep || (now !== before && (now === 0 || now === 100));
    return live(state) ?? (isNews ? [event('IotDeviceBatteryReported', command)] : []);
  },
  MarkDeviceFaulty: (state, command) => live(state) ?? (present(state).isFaulty ? [] : [event('IotDeviceFaulted', command)]),
  MarkDeviceRepaired: (state, command) => live(state) ?? (present(state).isFaulty ? [event('IotDeviceRepaired', command)] : []),
  SuspendDeviceLine: (state, command) => live(state) ?? (present(state).isSuspended ? [] : [event('IotDeviceLineSuspended', command)]),
  ActivateDeviceLine: (state) => live(state) ?? (present(state).isSuspended ? [event('IotDeviceLineActivated', {})] : []),
  MarkDeviceLost: (state, { reason }) => {
    if (state.situation === 'lost') return [];
    const current = currentPairing(state);
    const where = current === undefined ? {} : { pairingId: current.pairingId, equipmentId: current.equipmentId };
    return live(state) ?? [event('IotDeviceLost', { reason, ...where })];
  },
  MarkDeviceFound: (state) => {
    const { situation } = present(state);
    if (situation === 'in_stock') return [];
    return (
      live(state) ??
      (situation === 'lost' ? [event('IotDeviceFound', {})] : reject('notLost', 'The device is on a unit.', { status: situation, allowed: allowed[situation] }))
    );
  },
  RetireIotDevice: (state, command) => {
    const { situation } = present(state);
    if (situation === 'retired') return [];
    if (situation === 'lost') return reject('lost', 'The device is lost.', { status: situation, allowed: allowed.lost });
    if (situation === 'installed' || currentPairing(state) !== undefined)
      return reject('installed', 'Take the device off its unit first.', { status: situation, allowed: allowed.installed });
    return [event('IotDeviceRetired', command)];
  },
};

const changed = changing<Frozen<IotDevice>>();
const evolve: Evolve<IotDevice, typeof iotDeviceEvents> = {
  IotDeviceRegistered: (_state, data) => ({
    situation: 'in_stock',
    profile: canonicalJson(data),
    vendor: data.vendor,
    serialNumber: data.serialNumber,
    isFaulty: false,
    isSuspended: false,
    batteryPercent: null,
    pairings: [],
  }),
  IotDevicePaired: changed(({ pairings }, pairing) => ({ situation: 'installed', pairings: [...pairings, { ...pairing, to: null }] })),
  IotDeviceUnpaired: changed(({ situation, pairings }, { pairingId, to }) => ({
    situation: situation === 'installed' ? 'in_stock' : situation,
    pairings: pairings.map((pairing) => (pairing.pairingId === pairingId ? { ...pairing, to } : pairing)),
  })),
  IotDeviceBatteryReported: changed((_state, { batteryPercent }) => ({ batteryPercent })),
  IotDeviceFaulted: changed(() => ({ isFaulty: true })),
  IotDeviceRepaired: changed(() => ({ isFaulty: false })),
  IotDeviceLineSuspended: changed(() => ({ isSuspended: true })),
  IotDeviceLineActivated: changed(() => ({ isSuspended: false })),
  IotDeviceLost: changed(() => ({ situation: 'lost' })),
  IotDeviceFound: changed(() => ({ situation: 'in_stock' })),
  IotDeviceRetired: changed(() => ({ situation: 'retired' })),
};

/** A tracker or sensor of the company's: in stock, on a unit, or lost. Installing and removing are the unit's. */
export const iotDevice: Aggregate<'iotDevice', IotDevice, typeof iotDeviceCommands, typeof iotDeviceEvents> = {
  category: 'iotDevice',
  docs: 'A tracker or sensor of the company’s: in stock, on a unit, or lost. Installing and removing are the unit’s.',
  confidentiality: 'company',
  stateVersion: 1,
  events: iotDeviceEvents,
  commands: iotDeviceCommands,
  initial: { situation: 'absent' },
  decide,
  evolve,
  tenantOf: () => null,
  claims: (state) =>
    state.situation === 'absent' || state.situation === 'retired'
      ? []
      : [{ kind: 'deviceSerial', scope: `company/${state.vendor}`, value: state.serialNumber }],
  exists: ({ situation }) => situation !== 'absent',
};
