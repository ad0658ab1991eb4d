import { defineEvents } from '../kernel/aggregate.ts';
import { code, fields, instant, integer, lookup, optional, text, uuid } from '../kernel/schema.ts';

/** What a device is. Its serial number is the maker's. */
export const deviceProfile = {
  deviceType: code(),
  vendor: lookup('iot-device-vendor'),
  serialNumber: code(),
  firmware: optional(code()),
} as const;
const pairing = { pairingId: uuid(), equipmentId: uuid() } as const;

export const iotDeviceEvents = defineEvents({
  IotDeviceRegistered: { version: 1, docs: 'A device is in stock.', schema: fields(deviceProfile) },
  IotDevicePaired: {
    version: 1,
    docs: 'The device is on a unit: its readings are the unit’s from this instant on.',
    schema: fields({ ...pairing, from: instant() }),
  },
  IotDeviceUnpaired: { version: 1, docs: 'The device is off the unit.', schema: fields({ ...pairing, to: instant() }) },
  IotDeviceBatteryReported: {
    version: 1,
    docs: 'The battery stands five points or more from where it was last said to stand.',
    schema: fields({ batteryPercent: integer({ max: 100 }), reportedAt: instant() }),
  },
  IotDeviceFaulted: { version: 1, docs: 'The device does not work as it should.', schema: fields({ reason: text() }) },
  IotDeviceRepaired: { version: 1, docs: 'The device works again.', schema: fields({ note: optional(text()) }) },
  IotDeviceLineSuspended: { version: 1, docs: 'Its mobile line is off.', schema: fields({ reason: text() }) },
  IotDeviceLineActivated: { version: 1, docs: 'Its mobile line is on.', schema: fields({}) },
  IotDeviceLost: {
    version: 1,
    docs: 'Nobody knows where the device is; where it was on a unit, it is taken off.',
    schema: fields({ reason: text(), pairingId: optional(uuid()), equipmentId: optional(uuid()) }),
  },
  IotDeviceFound: { version: 1, docs: 'The device is back in stock.', schema: fields({}) },
  IotDeviceRetired: { version: 1, docs: 'The device is out of use for good; its serial number is free again.', schema: fields({ reason: text() }) },
});
