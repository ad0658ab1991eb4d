import { catalogFact, listedIn } from '../catalog/decider.ts';
import { type Aggregate, type Evolve, emit, type Facts, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing, reached } from '../kernel/presence.ts';
import { catalogId } from '../kernel/well-known.ts';
import { equipmentAddonCommands } from './commands.ts';
import { equipmentAddonEvents } from './events.ts';

type Installation = { readonly installationId: string; readonly equipmentId: string; readonly from: string };
type Present = {
  readonly situation: 'in_stock' | 'installed' | 'retired';
  readonly profile: string;
  readonly addonType: string;
  readonly serialNumber: string | null;
  readonly current: Installation | null;
  /** Installations that have ended, by id, with their end: a late repeat of one changes nothing. */
  readonly ended: Readonly<Record<string, string>>;
};
export type EquipmentAddon = { readonly situation: 'absent' } | Present;
/** An add-on as other aggregates' guards see it. */
export const equipmentAddonFact = fact<EquipmentAddon>('equipmentAddon');

const event = emit(equipmentAddonEvents);
const addonTypes = catalogId('addon-type');
const present = reached<Frozen<EquipmentAddon>>('an add-on');
const needsSerial = (facts: Facts, addonType: string): boolean => listedIn(facts, addonTypes, addonType)?.entry.attributes?.['requiresSerial'] === true;
const allowed = { in_stock: ['RetireAddon'], installed: [], retired: [] } as const;

const decide: Aggregate<'equipmentAddon', EquipmentAddon, typeof equipmentAddonCommands, typeof equipmentAddonEvents>['decide'] = {
  RegisterAddon: (state, command, { facts }) => {
    if (state.situation !== 'absent') return state.profile === canonicalJson(command) ? [] : reject('alreadyRegistered', 'This add-on is registered.');
    if (command.serialNumber === undefined && needsSerial(facts, command.addonType))
      return reject('serialRequired', 'Add-ons of this type have a serial number.');
    return [event('EquipmentAddonRegistered', command)];
  },
  AttachAddon: (state, { installationId, equipmentId, installedAt }) => {
    const { situation, current, ended } = present(state);
    if (current?.installationId === installationId || Object.hasOwn(ended, installationId)) return [];
    if (situation !== 'in_stock') return reject('notInStock', `The add-on is ${situation}.`, { status: situation, allowed: allowed[situation] });
    return [event('EquipmentAddonAttached', { installationId, equipmentId, from: installedAt })];
  },
  DetachAddon: (state, { installationId, removedAt }) => {
    const { current } = present(state);
    if (current?.installationId !== installationId) return [];
    return [event('EquipmentAddonDetached', { installationId, equipmentId: current.equipmentId, to: removedAt < current.from ? current.from : removedAt })];
  },
  RetireAddon: (state, command) => {
    const { situation } = present(state);
    if (situation === 'retired') return [];
    return situation === 'in_stock'
      ? [event('EquipmentAddonRetired', command)]
      : reject('installed', 'Take the add-on off its unit first.', { status: situation, allowed: allowed[situation] });
  },
};

const changed = changing<Frozen<EquipmentAddon>>();
const evolve: Evolve<EquipmentAddon, typeof equipmentAddonEvents> = {
  EquipmentAddonRegistered: (_state, data) => ({
    situation: 'in_stock',
    profile: canonicalJson(data),
    addonType: data.addonType,
    serialNumber: data.serialNumber ?? null,
    current: null,
    ended: {},
  }),
  EquipmentAddonAttached: changed((_state, current) => ({ situation: 'installed', current })),
  EquipmentAddonDetached: changed(({ ended }, { installationId, to }) => ({ situation: 'in_stock', current: null, ended: { ...ended, [installationId]: to } })),
  EquipmentAddonRetired: changed(() => ({ situation: 'retired' })),
};

/** An accessory with a life of its own, in stock or on one unit. Installing and removing are the unit's. */
export const equipmentAddon: Aggregate<'equipmentAddon', EquipmentAddon, typeof equipmentAddonCommands, typeof equipmentAddonEvents> = {
  category: 'equipmentAddon',
  docs: 'An accessory with a life of its own, in stock or on one unit. Installing and removing are the unit’s.',
  confidentiality: 'company',
  stateVersion: 1,
  events: equipmentAddonEvents,
  commands: equipmentAddonCommands,
  initial: { situation: 'absent' },
  decide,
  evolve,
  guards: { RegisterAddon: () => [catalogFact.at(addonTypes)] },
  tenantOf: () => null,
  claims: (state) =>
    state.situation === 'absent' || state.situation === 'retired' || state.serialNumber === null
      ? []
      : [{ kind: 'addonSerial', scope: `company/${state.addonType}`, value: state.serialNumber }],
  exists: ({ situation }) => situation !== 'absent',
};
