import { describe, expect, test } from '@jest/globals';
import { equipmentAddonCommands } from '../../../src/domain/equipment-addon/commands.ts';
import { equipmentAddon } from '../../../src/domain/equipment-addon/decider.ts';
import { equipmentAddonEvents } from '../../../src/domain/equipment-addon/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, now, scenarios } from '../../kit/decider.ts';
import { typeFacts as facts } from '../equipment/kit.ts';

const { given, claimsAfter } = scenarios(equipmentAddon);
const event = emit(equipmentAddonEvents);
const profile = { addonType: 'genset', serialNumber: 'G-1', effectiveOn: '2026-01-01' } as const;
const registered = event('EquipmentAddonRegistered', profile);
const attached = event('EquipmentAddonAttached', { installationId: id('i'), equipmentId: id('unit'), from: now });
const detached = event('EquipmentAddonDetached', { installationId: id('i'), equipmentId: id('unit'), to: now });

describe('an add-on', () => {
  test('EQ-10 is registered once; a type that needs a serial number has one of its own until it is retired', () => {
    given().when('RegisterAddon', profile, { facts }).then(registered).andRepeatedNothing();
    const { serialNumber: _, ...without } = profile;
    given().when('RegisterAddon', without, { facts }).thenRejected('serialRequired');
    given()
      .when('RegisterAddon', { ...without, addonType: 'e-track' }, { facts })
      .thenTypes('EquipmentAddonRegistered');
    expect(claimsAfter(registered)).toEqual([{ kind: 'addonSerial', scope: 'company/genset', value: 'G-1' }]);
    expect(claimsAfter(registered, event('EquipmentAddonRetired', { reason: 'old' }))).toEqual([]);
  });

  test('every state × every command; an installation that ended never comes back', () => {
    const states = {
      in_stock: [registered],
      installed: [registered, attached],
      ended: [registered, attached, detached],
      retired: [registered, event('EquipmentAddonRetired', { reason: 'x' })],
    } as const;
    const commands = {
      RegisterAddon: profile,
      AttachAddon: { installationId: id('j'), equipmentId: id('unit'), installedAt: now },
      DetachAddon: { installationId: id('i'), removedAt: now },
      RetireAddon: { reason: 'x' },
    } as const;
    const table: Readonly<Record<keyof typeof states, Readonly<Record<keyof typeof commands, string>>>> = {
      in_stock: { RegisterAddon: '-', AttachAddon: 'EquipmentAddonAttached', DetachAddon: '-', RetireAddon: 'EquipmentAddonRetired' },
      installed: { RegisterAddon: '-', AttachAddon: 'notInStock', DetachAddon: 'EquipmentAddonDetached', RetireAddon: 'installed' },
      ended: { RegisterAddon: '-', AttachAddon: 'EquipmentAddonAttached', DetachAddon: '-', RetireAddon: 'EquipmentAddonRetired' },
      retired: { RegisterAddon: '-', AttachAddon: 'notInStock', DetachAddon: '-', RetireAddon: '-' },
    };
    expect(Object.keys(commands).sort()).toEqual(Object.keys(equipmentAddonCommands).sort());
    for (const [state, history] of Object.entries(states)) {
      for (const [type, data] of Object.entries(commands)) {
        const { decision } = given(...history).when(type as keyof typeof commands, data as never, { facts });
        const outcome = Array.isArray(decision) ? (decision[0]?.type ?? '-') : (decision as { readonly code: string }).code;
        expect({ state, type, outcome }).toEqual({ state, type, outcome: table[state as keyof typeof states][type as keyof typeof commands] });
      }
    }
    given(registered, attached, detached)
      .when('AttachAddon', { installationId: id('i'), equipmentId: id('unit'), installedAt: now })
      .thenNothing();
  });
});
