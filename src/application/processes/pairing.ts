/**
 * P5: a device or an add-on goes on a unit. The unit claims it first, so that no two ever hold the same one; then the device or add-on is
 * told. Refused (it was lost or retired meanwhile) → the unit lets it go. What a unit lets go is in stock again only after that, so that
 * none is taken while another unit still has it (EQ-5).
 */
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentFact } from '../../domain/equipment/state.ts';
import { equipmentAddon } from '../../domain/equipment-addon/decider.ts';
import { iotDevice } from '../../domain/iot-device/decider.ts';
import type { Facts } from '../../domain/kernel/aggregate.ts';
import type { Rejection } from '../../domain/kernel/rejection.ts';
import { defineProcess, on, send, type Trigger } from './process.ts';

const reasonMax = 200;
// By code points: half a character could not be stored.
const because = ({ message }: Rejection): string => [...message].slice(0, reasonMax).join('');
const itsUnit = ({ aggregateId }: Trigger) => [equipmentFact.at(aggregateId)];
const unitIn = (facts: Facts, id: string) => {
  const unit = equipmentFact.of(facts, id);
  return unit === undefined || unit.situation === 'absent' ? undefined : unit;
};

export const pairing = defineProcess({
  name: 'Pairing',
  docs: 'What a unit takes on is told so, or the unit lets it go again; what it lets go is back in stock.',
  from: 'start',
  on: [
    on(equipment, {
      DeviceInstalled: {
        reads: itsUnit,
        react: ({ aggregateId, data: { deviceId, pairingId, installedAt } }, facts) =>
          // Let go of again already: telling the device now could stand in the way of its next unit.
          unitIn(facts, aggregateId)?.device?.pairingId !== pairingId
            ? []
            : [
                send(iotDevice, 'PairDevice', {
                  step: 'pair',
                  to: deviceId,
                  data: { pairingId, equipmentId: aggregateId, installedAt },
                  refused: (rejection) => [send(equipment, 'RemoveDevice', { step: 'free', to: aggregateId, data: { pairingId, reason: because(rejection) } })],
                }),
              ],
      },
      DeviceRemoved: ({ data: { deviceId, pairingId, removedAt } }) => [
        send(iotDevice, 'UnpairDevice', { step: 'unpair', to: deviceId, data: { pairingId, removedAt } }),
      ],
      AddonInstalled: {
        reads: itsUnit,
        react: ({ aggregateId, data: { addonId, installationId, installedAt } }, facts) =>
          unitIn(facts, aggregateId)?.addons[addonId] !== installationId
            ? []
            : [
                send(equipmentAddon, 'AttachAddon', {
                  step: 'attach',
                  to: addonId,
                  data: { installationId, equipmentId: aggregateId, installedAt },
                  refused: (rejection) => [
                    send(equipment, 'RemoveAddon', { step: 'free', to: aggregateId, data: { addonId, installationId, reason: because(rejection) } }),
                  ],
                }),
              ],
      },
      AddonRemoved: ({ data: { addonId, installationId, removedAt } }) => [
        send(equipmentAddon, 'DetachAddon', { step: 'detach', to: addonId, data: { installationId, removedAt } }),
      ],
    }),
    on(iotDevice, {
      IotDeviceLost: ({ data: { equipmentId, pairingId } }) =>
        equipmentId === undefined || pairingId === undefined
          ? []
          : [send(equipment, 'RemoveDevice', { step: 'remove', to: equipmentId, data: { pairingId, reason: 'The device is lost.' } })],
    }),
  ],
});
