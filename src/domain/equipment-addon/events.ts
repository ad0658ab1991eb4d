import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, code, fields, instant, lookup, note, optional, text, uuid } from '../kernel/schema.ts';

/** What an add-on is; `effectiveOn` is the day from which it is the company's. */
export const addonProfile = {
  addonType: lookup('addon-type'),
  serialNumber: optional(code()),
  effectiveOn: businessDate(),
  description: optional(note({ max: 1000 })),
} as const;

export const equipmentAddonEvents = defineEvents({
  EquipmentAddonRegistered: { version: 1, docs: 'An add-on (a liftgate, a generator set) is in stock.', schema: fields(addonProfile) },
  EquipmentAddonAttached: {
    version: 1,
    docs: 'The add-on is on a unit.',
    schema: fields({ installationId: uuid(), equipmentId: uuid(), from: instant() }),
  },
  EquipmentAddonDetached: {
    version: 1,
    docs: 'The add-on is off the unit, and in stock.',
    schema: fields({ installationId: uuid(), equipmentId: uuid(), to: instant() }),
  },
  EquipmentAddonRetired: { version: 1, docs: 'The add-on is out of use for good.', schema: fields({ reason: text() }) },
});
