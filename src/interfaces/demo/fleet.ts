/** The fleet: units of several types with their papers, devices, add-ons and meters. */
import { equipment } from '../../domain/equipment/decider.ts';
import { equipmentAddon } from '../../domain/equipment-addon/decider.ts';
import { iotDevice } from '../../domain/iot-device/decider.ts';
import { addDays } from '../../domain/kernel/calendar.ts';
import { vinCheckDigit } from '../../domain/kernel/identifiers/vin.ts';
import { meter } from '../../domain/meter/decider.ts';
import { meterId } from '../../domain/meter/state.ts';
import type { Random } from './random.ts';
import { type DemoSender, demoId } from './sender.ts';

type Kind = {
  readonly type: string;
  readonly prefix: string;
  /** Of a hundred units. */
  readonly share: number;
  readonly specifications: Readonly<Record<string, unknown>>;
  readonly hasVin: boolean;
  readonly papers: readonly ('annual-inspection' | 'insurance')[];
  readonly needsPermit: boolean;
};
const trailer = { hasVin: true, papers: ['annual-inspection', 'insurance'], needsPermit: true } as const;
export const kinds: readonly Kind[] = [
  { type: 'dry-van', prefix: 'DV', share: 34, specifications: { axles: 2, lengthMeters: 16.15 }, ...trailer },
  { type: 'reefer', prefix: 'RF', share: 20, specifications: { axles: 2, lengthMeters: 16.15 }, ...trailer },
  { type: 'flatbed', prefix: 'FB', share: 12, specifications: { axles: 2, lengthMeters: 14.6 }, ...trailer },
  { type: 'chassis', prefix: 'CH', share: 10, specifications: { axles: 2, containerLengthsFeet: [40] }, ...trailer },
  { type: 'dump', prefix: 'DP', share: 6, specifications: { axles: 2, capacityCubicMeters: 18 }, ...trailer },
  { type: 'genset', prefix: 'GS', share: 4, specifications: { ratedPowerKilowatts: 15 }, hasVin: false, papers: [], needsPermit: false },
  {
    type: 'portable-toilet',
    prefix: 'PT',
    share: 14,
    specifications: { wasteTankLiters: 250, model: 'standard' },
    hasVin: false,
    papers: [],
    needsPermit: false,
  },
];

export type DemoUnit = { readonly id: string; readonly type: string; readonly unitNumber: string };
export type FleetOptions = { readonly units: number; readonly today: string; readonly now: string; readonly random: Random; readonly timeZone: string };

/** A VIN of a North American maker, with the right check digit. */
const vinOf = (index: number): string => {
  const body = `1DW1A53${index % 10}0PS${String(100_000 + index).slice(-6)}`;
  return `${body.slice(0, 8)}${vinCheckDigit(body)}${body.slice(9)}`;
};

/** The units, in a fixed order. Deterministic: the same options give the same fleet. */
const planned = (units: number): readonly { readonly kind: Kind; readonly index: number }[] =>
  Array.from({ length: units }, (_, index) => {
    let at = index % 100;
    const kind = kinds.find(({ share }) => {
      at -= share;
      return at < 0;
    });
    if (kind === undefined) throw new Error('the shares of the kinds add up to a hundred');
    return { kind, index };
  });

export const loadFleet = async (sender: DemoSender, options: FleetOptions): Promise<readonly DemoUnit[]> => {
  const units = planned(options.units).map(({ kind, index }) => ({
    kind,
    index,
    id: demoId(`unit:${index}`),
    unitNumber: `${kind.prefix}-${String(1001 + index)}`,
  }));
  await sender.each(units, async ({ kind, index, id, unitNumber }) => {
    const identity = kind.hasVin ? { vin: vinOf(index) } : { serialNumber: `SN-${100_000 + index}` };
    const data = { unitNumber, equipmentType: kind.type, specifications: kind.specifications, timeZone: options.timeZone, ...identity };
    await sender.send(equipment, 'RegisterEquipment', { key: `${index}`, to: id, data });
    await loadPapers(sender, { kind, index, id, options });
    if (index % 8 === 0) await loadDevice(sender, { index, id, options });
    if (index % 16 === 3) await loadExtras(sender, { index, id, kind, options });
  });
  return units.map(({ kind, id, unitNumber }) => ({ id, type: kind.type, unitNumber }));
};

type Unit = { readonly index: number; readonly id: string; readonly options: FleetOptions };

const loadPapers = async (sender: DemoSender, { kind, index, id, options: { today } }: Unit & { readonly kind: Kind }): Promise<void> => {
  if (kind.needsPermit) {
    const permit = { licensePlateNumber: `TC-${4000 + index}`, licensePlateState: 'Guatemala', expiresOn: addDays(today, 90 + (index % 200)) };
    await sender.send(equipment, 'SetPermit', { key: `${index}`, to: id, data: permit });
  }
  for (const category of kind.papers) {
    const dates = category === 'insurance' ? { expiresOn: addDays(today, 66 + (index % 240)) } : { issuedOn: addDays(today, -(25 + (index % 280))) };
    await sender.send(equipment, 'AddEquipmentDocument', { key: `${index}:${category}`, to: id, data: { category, name: category, ...dates } });
  }
};

const loadDevice = async (sender: DemoSender, { index, id, options: { now } }: Unit): Promise<void> => {
  const deviceId = demoId(`device:${index}`);
  await sender.send(iotDevice, 'RegisterIotDevice', {
    key: `${index}`,
    to: deviceId,
    data: { deviceType: 'gps-tracker', vendor: 'samsara', serialNumber: `G-${70_000 + index}` },
  });
  await sender.send(iotDevice, 'ReportDeviceBattery', { key: `${index}`, to: deviceId, data: { batteryPercent: 40 + (index % 60), reportedAt: now } });
  await sender.send(equipment, 'InstallDevice', { key: `${index}`, to: id, data: { deviceId } });
};

const loadExtras = async (sender: DemoSender, { index, id, kind, options: { now, today } }: Unit & { readonly kind: Kind }): Promise<void> => {
  await sender.send(equipment, 'SetLoadStatus', { key: `${index}`, to: id, data: { loadStatus: index % 32 === 3 ? 'loaded' : 'empty', observedAt: now } });
  if (!kind.hasVin) return;
  const addonId = demoId(`addon:${index}`);
  await sender.send(equipmentAddon, 'RegisterAddon', {
    key: `${index}`,
    to: addonId,
    data: { addonType: 'liftgate', serialNumber: `LG-${index}`, effectiveOn: today },
  });
  await sender.send(equipment, 'InstallAddon', { key: `${index}`, to: id, data: { addonId } });
  const year = Number(now.slice(0, 4));
  const reading = { equipmentId: id, kind: 'odometer', value: 10_000 + 37 * index, uom: 'KMT', readAt: now, source: 'manual' } as const;
  await sender.send(meter, 'RecordReading', { key: `${index}`, to: meterId(id, 'odometer', year), data: reading });
};
