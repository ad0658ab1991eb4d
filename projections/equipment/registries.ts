/** Handlers of what stands beside the units: meters, add-ons, devices. */
import { equipmentAddon } from '../../src/domain/equipment-addon/decider.ts';
import { iotDevice } from '../../src/domain/iot-device/decider.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { meter } from '../../src/domain/meter/decider.ts';
import { when } from './units.ts';

export const meters = when(meter, {
  MeterReadingRecorded: ({ aggregateId, data }, { reading }) =>
    reading.put({
      equipment_reading_id: data.readingId,
      equipment_id: data.equipmentId,
      meter_id: aggregateId,
      reading_type: data.kind,
      equipment_reading: data.value,
      uom_lookup_id: entryId('uom', data.uom),
      si_value: data.siValue,
      recorded_at: data.readAt,
      source: data.source,
      source_id: data.sourceId ?? null,
      is_roll_up: data.isRollUp,
      is_void: false,
      void_reason: null,
      customer_id: data.customerId ?? null,
      account_id: data.accountId ?? null,
    }),
  MeterReadingVoided: ({ data }, { reading }) => reading.patch(data.readingId, { is_void: true, void_reason: data.reason }),
  MeterReadingUnvoided: ({ data }, { reading }) => reading.patch(data.readingId, { is_void: false, void_reason: null }),
});

export const addons = when(equipmentAddon, {
  EquipmentAddonRegistered: ({ aggregateId, data }, { addon }) =>
    addon.put({
      equipment_addon_id: aggregateId,
      addon_type: data.addonType,
      serial_number: data.serialNumber ?? null,
      description: data.description ?? null,
      effective_date: data.effectiveOn,
      status: 'in_stock',
      equipment_id: null,
    }),
  EquipmentAddonAttached: ({ aggregateId, data }, { addon }) => addon.patch(aggregateId, { status: 'installed', equipment_id: data.equipmentId }),
  EquipmentAddonDetached: ({ aggregateId }, { addon }) => addon.patch(aggregateId, { status: 'in_stock', equipment_id: null }),
  EquipmentAddonRetired: ({ aggregateId }, { addon }) => addon.patch(aggregateId, { status: 'retired' }),
});

export const devices = when(iotDevice, {
  IotDeviceRegistered: ({ aggregateId, data }, { device }) =>
    device.put({
      iot_device_id: aggregateId,
      device_type: data.deviceType,
      serial_number: data.serialNumber,
      iot_device_vendor_lookup_id: entryId('iot-device-vendor', data.vendor),
      firmware: data.firmware ?? null,
      device_installation_date: null,
      equipment_id: null,
      status: 'in_stock',
      battery_health: null,
      battery_reported_at: null,
      is_faulty: false,
      is_line_suspended: false,
    }),
  IotDevicePaired: ({ aggregateId, data }, { device }) =>
    device.patch(aggregateId, { status: 'installed', equipment_id: data.equipmentId, device_installation_date: data.from }),
  IotDeviceUnpaired: ({ aggregateId }, { device }) => {
    const before = device.get(aggregateId);
    const status = before?.status === 'installed' ? 'in_stock' : (before?.status ?? 'in_stock');
    device.patch(aggregateId, { status, equipment_id: null, device_installation_date: null });
  },
  IotDeviceBatteryReported: ({ aggregateId, data }, { device }) =>
    device.patch(aggregateId, { battery_health: data.batteryPercent, battery_reported_at: data.reportedAt }),
  IotDeviceFaulted: ({ aggregateId }, { device }) => device.patch(aggregateId, { is_faulty: true }),
  IotDeviceRepaired: ({ aggregateId }, { device }) => device.patch(aggregateId, { is_faulty: false }),
  IotDeviceLineSuspended: ({ aggregateId }, { device }) => device.patch(aggregateId, { is_line_suspended: true }),
  IotDeviceLineActivated: ({ aggregateId }, { device }) => device.patch(aggregateId, { is_line_suspended: false }),
  IotDeviceLost: ({ aggregateId }, { device }) => device.patch(aggregateId, { status: 'lost' }),
  IotDeviceFound: ({ aggregateId }, { device }) => device.patch(aggregateId, { status: 'in_stock' }),
  IotDeviceRetired: ({ aggregateId }, { device }) => device.patch(aggregateId, { status: 'retired' }),
});
