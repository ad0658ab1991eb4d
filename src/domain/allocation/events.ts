import { conditionReport, reading } from '../equipment/events.ts';
import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, fields, instant, integer, list, lookup, optional, text, timeZone, uuid } from '../kernel/schema.ts';

export const unitsMax = 100_000;
const units = integer({ min: 1, max: unitsMax });
const slot = { assignmentId: uuid() } as const;
/** Which line and account the slots are of. */
export const place = {
  agreementId: uuid(),
  scheduleId: uuid(),
  lineItemId: uuid(),
  customerId: uuid(),
  accountId: uuid(),
  equipmentType: lookup('equipment-type'),
} as const;
/** The unit that is to take a slot. */
export const wanted = { equipmentId: uuid(), from: businessDate(), until: optional(businessDate()) } as const;

/** How the unit that comes back in a swap was found. */
export const swappedOut = fields({ ...conditionReport, readings: list(fields(reading), { max: 10 }) });

export const allocationEvents = defineEvents({
  AllocationOpened: { version: 1, docs: 'An account has slots of a line.', schema: fields({ ...place, allowed: units }) },
  AllowanceRaised: { version: 1, docs: 'More slots, granted before by the agreement.', schema: fields({ units, allowed: units }) },
  AllowanceLowered: {
    version: 1,
    docs: 'Fewer slots; the agreement’s grant is reduced by as many next.',
    schema: fields({ units, allowed: integer({ max: unitsMax }), agreementId: uuid(), scheduleId: uuid(), lineItemId: uuid() }),
  },
  SlotReserved: {
    version: 1,
    docs: 'A slot is held for a unit until the lease ends.',
    schema: fields({ ...slot, ...wanted, ...place, leaseUntil: instant(), timeZone: timeZone() }),
  },
  SlotConfirmed: { version: 1, docs: 'The unit was assigned: the slot is taken.', schema: fields({ ...slot }) },
  SlotReleased: { version: 1, docs: 'The slot is free again.', schema: fields({ ...slot, reason: text() }) },
  ReservationLapsed: {
    version: 1,
    docs: 'The lease ended unconfirmed; the unit is fenced first, only then is the slot freed.',
    schema: fields({ ...slot, equipmentId: uuid() }),
  },
  SlotSwapBegun: {
    version: 1,
    docs: 'The slot of one assignment is held for another unit instead; the count does not change.',
    schema: fields({ ...slot, replaces: uuid(), replacesEquipmentId: uuid(), ...wanted, ...place, leaseUntil: instant(), timeZone: timeZone(), swappedOut }),
  },
  SlotSwapCancelled: {
    version: 1,
    docs: 'The unit to be replaced stays: the slot is its again.',
    schema: fields({ ...slot, replaces: uuid(), replacesEquipmentId: uuid() }),
  },
  AllocationClosed: {
    version: 1,
    docs: 'No slot is reserved any more; what is out comes home.',
    schema: fields({ reason: text(), stillOut: integer({ max: 100_000 }) }),
  },
  AllocationReopened: { version: 1, docs: 'Slots may be reserved again, after a renewal.', schema: fields({ reason: text() }) },
});
