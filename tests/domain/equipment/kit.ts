/** A unit of the fleet for tests, the shipped equipment types as facts, and the words around them. */
import { equipment } from '../../../src/domain/equipment/decider.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { shippedFacts } from '../../kit/shipped-catalogs.ts';

export const words = scenarios(equipment);
export const event = emit(equipmentEvents);
export const zone = 'America/Guatemala';
/** The kit's clock, 2026-03-01T12:00Z, is the morning of this day in the zone. */
export const today = '2026-03-01';

export const typeFacts = shippedFacts('equipment-type', 'addon-type');

type Certificate = { readonly expiresOn: string | null };
/** A customer as AssignEquipment's guard finds it. */
export const customerFacts = (name: string, customer: { readonly isCreditHeld?: boolean; readonly insurance?: readonly Certificate[] } = {}) => ({
  [`customer-${id(name)}`]: {
    situation: 'active',
    isCreditHeld: customer.isCreditHeld ?? false,
    documents: Object.fromEntries((customer.insurance ?? []).map(({ expiresOn }, n) => [`d${n}`, { documentType: 'insurance', expiresOn }])),
  },
});
export const facts = { ...typeFacts, ...customerFacts('Sur') };

/** A VIN with a right check digit (49 CFR 565's worked example). */
export const vin = '1M8GDM9AXKP042788';
export const van = { unitNumber: 'V-1', equipmentType: 'dry-van', vin, specifications: { axles: 2 }, timeZone: zone } as const;
export const toilet = {
  unitNumber: 'T-1',
  equipmentType: 'portable-toilet',
  serialNumber: 'S-1',
  specifications: { model: 'standard', wasteTankLiters: 230 },
  timeZone: zone,
} as const;
export const registeredVan = event('EquipmentRegistered', van);
export const registeredToilet = event('EquipmentRegistered', toilet);

export const permitData = (expiresOn = '2027-01-31') => ({
  permitId: id('permit'),
  licensePlateNumber: 'TC-123BCD',
  licensePlateState: 'Guatemala',
  expiresOn,
  timeZone: zone,
});
export const permit = (expiresOn?: string) => event('EquipmentPermitSet', permitData(expiresOn));
export const paper = (category: string, expiresOn = '2027-01-31', issuedOn = '2026-01-31') =>
  event('EquipmentDocumentAdded', { documentId: id(category), category, name: category, issuedOn, expiresOn, timeZone: zone });
/** A van with all the papers that its type makes mandatory. */
export const readyVan = [registeredVan, permit(), paper('annual-inspection'), paper('insurance')];

export const ids = (name: string, customer = 'Sur') => ({
  assignmentId: id(name),
  allocationId: id('slots'),
  agreementId: id('agreement'),
  scheduleId: id('schedule'),
  lineItemId: id('line'),
  customerId: id(customer),
  accountId: id(`${customer} account`),
});
type Days = { readonly from: string; readonly until?: string };
export const assign = (name: string, days: Days, equipmentType = 'portable-toilet', customer = 'Sur') => ({
  ...ids(name, customer),
  equipmentType,
  ...days,
  timeZone: zone,
});
export const reserved = (name: string, days: Days) => event('EquipmentAssigned', { ...assign(name, days), status: 'reserved' });
export const started = (name: string, days: Days) => event('EquipmentAssigned', { ...assign(name, days), status: 'on_rent' });
export const good = { condition: 'good', damages: [], readings: [] } as const;
type Stay = { readonly startedOn?: string; readonly returnedOn?: string; readonly offRentOn?: string };
export const returned = (name: string, { startedOn = today, returnedOn = today, offRentOn }: Stay = {}) =>
  event('EquipmentReturned', { ...ids(name), startedOn, returnedOn, offRentOn: offRentOn ?? returnedOn, ...good });
export const hold = (name: string, kind: 'dot_oos' | 'damage' | 'maintenance' | 'compliance' | 'recall' | 'stolen' = 'damage') =>
  event('EquipmentHoldPlaced', { holdId: id(name), kind, source: name });
