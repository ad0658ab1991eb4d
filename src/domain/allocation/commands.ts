import { defineCommands } from '../kernel/aggregate.ts';
import { fields, instant, integer, optional, text, uuid } from '../kernel/schema.ts';
import { place, swappedOut, wanted } from './events.ts';

const permission = 'allocation:edit';
const units = integer({ min: 1, max: 100_000 });
const slot = { assignmentId: uuid() } as const;

export const allocationCommands = defineCommands({
  AllowUnits: {
    permission,
    docs: 'Opens the allocation or raises it by what the agreement granted.',
    creates: true,
    internal: true,
    rejects: ['otherPlace', 'tooMany'],
    schema: fields({ ...place, units }),
  },
  LowerAllowance: {
    permission,
    docs: 'Gives slots back; never below those reserved and assigned. The agreement’s grant follows.',
    startsProcess: true,
    rejects: ['belowUse', 'closed'],
    schema: fields({ units }),
  },
  ReserveSlot: {
    permission,
    docs: 'Holds a slot for a unit until `leaseUntil`.',
    internal: true,
    rejects: ['closed', 'quotaExceeded', 'notAssignable'],
    schema: fields({ ...slot, ...wanted, leaseUntil: instant() }),
  },
  ConfirmSlot: {
    permission,
    docs: 'The unit was assigned. Also when closed: an earlier reservation may be confirmed.',
    internal: true,
    rejects: ['noReservation'],
    schema: fields(slot),
  },
  ReleaseSlot: {
    permission,
    docs: 'Frees a slot, reserved or assigned; a slot that is free already stays so. Where it names a unit, only a slot of that unit.',
    internal: true,
    rejects: [],
    schema: fields({ ...slot, equipmentId: optional(uuid()), reason: text() }),
  },
  LapseReservation: { permission, docs: 'The lease of a reservation ended.', internal: true, rejects: [], schema: fields(slot) },
  BeginSwap: {
    permission,
    docs: 'Holds the slot of an assigned unit for another one.',
    internal: true,
    rejects: ['notAssigned', 'alreadyUsed'],
    schema: fields({ ...slot, replaces: uuid(), ...wanted, leaseUntil: instant(), swappedOut }),
  },
  CancelSwap: {
    permission,
    docs: 'Gives the slot back to the unit that was to be replaced.',
    internal: true,
    rejects: [],
    schema: fields({ ...slot, replaces: uuid() }),
  },
  CloseAllocation: { permission, docs: 'Stops new reservations.', internal: true, rejects: [], schema: fields({ reason: text() }) },
  ReopenAllocation: { permission, docs: 'Allows reservations again, after a renewal.', internal: true, rejects: [], schema: fields({ reason: text() }) },
});
