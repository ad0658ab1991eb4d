import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, integer, optional, text, uuid } from '../kernel/schema.ts';
import { deviceProfile } from './events.ts';

const edit = 'iot-device:edit';

export const iotDeviceCommands = defineCommands({
  RegisterIotDevice: {
    permission: 'iot-device:create',
    docs: 'Takes a device into stock. Its serial number is unique at its vendor.',
    creates: true,
    rejects: ['alreadyRegistered', 'deviceSerialTaken'],
    schema: fields(deviceProfile),
  },
  PairDevice: {
    permission: edit,
    docs: 'The unit has taken the device on.',
    internal: true,
    rejects: ['notInStock', 'retired'],
    schema: fields({ pairingId: uuid(), equipmentId: uuid(), installedAt: instant() }),
  },
  UnpairDevice: {
    permission: edit,
    docs: 'The unit has let the device go; another pairing is left alone.',
    internal: true,
    rejects: [],
    schema: fields({ pairingId: uuid(), removedAt: instant() }),
  },
  ReportDeviceBattery: {
    permission: edit,
    docs: 'Says how full the battery is; kept only where it differs by five points or more, or reaches either end.',
    rejects: ['retired'],
    schema: fields({ batteryPercent: integer({ max: 100 }), reportedAt: instant() }),
  },
  MarkDeviceFaulty: { permission: edit, docs: 'The device does not work as it should.', rejects: ['retired'], schema: fields({ reason: text() }) },
  MarkDeviceRepaired: { permission: edit, docs: 'The device works again.', rejects: ['retired'], schema: fields({ note: optional(text()) }) },
  SuspendDeviceLine: { permission: edit, docs: 'Switches its mobile line off.', rejects: ['retired'], schema: fields({ reason: text() }) },
  ActivateDeviceLine: { permission: edit, docs: 'Switches its mobile line on.', rejects: ['retired'], schema: fields({}) },
  MarkDeviceLost: {
    permission: edit,
    docs: 'Nobody knows where the device is. It is taken off its unit, if it was on one.',
    rejects: ['retired'],
    schema: fields({ reason: text() }),
  },
  MarkDeviceFound: { permission: edit, docs: 'A lost device is back.', rejects: ['retired', 'notLost'], schema: fields({}) },
  RetireIotDevice: {
    permission: 'iot-device:delete',
    docs: 'Ends the use of a device. It is on no unit, and not lost.',
    rejects: ['installed', 'lost'],
    schema: fields({ reason: text() }),
  },
});
