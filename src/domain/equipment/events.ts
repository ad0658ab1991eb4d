import { defineEvents } from '../kernel/aggregate.ts';
import {
  businessDate,
  code,
  document,
  fields,
  flag,
  instant,
  integer,
  list,
  lookup,
  measurement,
  metadata,
  note,
  oneOf,
  optional,
  ref,
  text,
  timeZone,
  uuid,
} from '../kernel/schema.ts';

export const holdKinds = ['dot_oos', 'damage', 'maintenance', 'compliance', 'recall', 'stolen'] as const;
export const conditions = ['good', 'fair', 'damaged'] as const;
export const meterKinds = ['odometer', 'engine-hours', 'reefer-hours'] as const;

/** What a unit is. Its VIN is kept in capitals, without spaces or dashes. */
export const profile = {
  unitNumber: code({ max: 40 }),
  equipmentType: lookup('equipment-type'),
  vin: optional(text({ max: 40 })),
  vinWaiver: optional(fields({ reason: text() }, 'Why a VIN is taken whose check digit is wrong.')),
  serialNumber: optional(code()),
  oemMakeModel: optional(lookup('oem-make-model')),
  uom: optional(lookup('uom')),
  description: optional(note({ max: 1000 })),
  specifications: document(),
  timeZone: timeZone(),
} as const;
export const permit = {
  licensePlateNumber: code({ max: 20 }),
  licensePlateState: text({ max: 60 }),
  expiresOn: optional(businessDate()),
  attachmentId: optional(ref('attachment')),
} as const;
export const equipmentDocument = {
  category: lookup('document-category'),
  name: text(),
  attachmentId: optional(ref('attachment')),
  issuedOn: optional(businessDate()),
  expiresOn: optional(businessDate()),
} as const;
/** Whose slot of which line an assignment fills. */
const assignment = {
  assignmentId: uuid(),
  allocationId: uuid(),
  agreementId: uuid(),
  scheduleId: uuid(),
  lineItemId: uuid(),
  customerId: uuid(),
  accountId: uuid(),
} as const;
export const conditionReport = {
  condition: oneOf(conditions),
  notes: optional(note()),
  damages: list(fields({ component: text(), description: text({ max: 1000 }), attachmentIds: optional(list(ref('attachment'), { max: 20 })) }), { max: 50 }),
} as const;
/** What a meter showed: the value in its own unit, a UN/ECE code. */
export const reading = { kind: oneOf(meterKinds), value: measurement({ min: 0 }), uom: lookup('uom'), readAt: instant() } as const;
const expiry = { expiresOn: businessDate() } as const;
const near = { ...expiry, daysLeft: integer({ max: 365 }) } as const;
/** A reservation whose day has come and that nothing bars any more: it is tried again at that instant. */
const resumes = optional(fields({ assignmentId: uuid(), at: instant() }));

export const equipmentEvents = defineEvents({
  EquipmentRegistered: { version: 1, docs: 'A unit joined the fleet.', schema: fields(profile) },
  EquipmentCorrected: { version: 1, docs: 'What was said of a unit was wrong or incomplete.', schema: fields({ ...profile, reason: optional(text()) }) },
  EquipmentMetadataChanged: { version: 1, docs: 'Extra facts were replaced.', schema: fields({ metadata: metadata() }) },
  EquipmentRetired: { version: 1, docs: 'The unit left the fleet for good; its number, VIN and serial are free again.', schema: fields({ reason: text() }) },

  EquipmentHoldPlaced: {
    version: 1,
    docs: 'Something keeps the unit out of service.',
    schema: fields({ holdId: uuid(), kind: oneOf(holdKinds), source: text(), note: optional(note({ max: 1000 })) }),
  },
  EquipmentHoldReleased: {
    version: 1,
    docs: 'That one thing no longer keeps it out of service; others may.',
    schema: fields({ holdId: uuid(), kind: oneOf(holdKinds), reason: text(), isInService: flag(), resumes }),
  },

  EquipmentPermitSet: {
    version: 1,
    docs: 'The unit’s one current permit and plate; an earlier one no longer counts.',
    schema: fields({ permitId: uuid(), ...permit, timeZone: timeZone() }),
  },
  EquipmentPermitRemoved: { version: 1, docs: 'The unit has no permit.', schema: fields({ permitId: uuid() }) },
  EquipmentPermitExpiryNear: { version: 1, docs: 'The permit expires in so many days.', schema: fields({ permitId: uuid(), ...near }) },
  EquipmentPermitExpired: { version: 1, docs: 'The permit is no longer valid.', schema: fields({ permitId: uuid(), ...expiry }) },

  EquipmentDocumentAdded: {
    version: 1,
    docs: 'A paper of the unit’s; an annual inspection is valid through the same date twelve months on.',
    schema: fields({ documentId: uuid(), ...equipmentDocument, timeZone: timeZone() }),
  },
  EquipmentDocumentRenewed: {
    version: 1,
    docs: 'A newer copy that is valid longer; reminders of the old one are off.',
    schema: fields({
      documentId: uuid(),
      attachmentId: optional(ref('attachment')),
      issuedOn: optional(businessDate()),
      ...expiry,
      timeZone: timeZone(),
    }),
  },
  EquipmentDocumentRemoved: { version: 1, docs: 'A paper was taken off the list.', schema: fields({ documentId: uuid() }) },
  EquipmentDocumentExpiryNear: { version: 1, docs: 'A paper expires in so many days.', schema: fields({ documentId: uuid(), ...near }) },
  EquipmentDocumentExpired: { version: 1, docs: 'A paper is no longer valid.', schema: fields({ documentId: uuid(), ...expiry }) },

  DeviceInstalled: {
    version: 1,
    docs: 'An IoT device is on the unit from this instant on.',
    schema: fields({ pairingId: uuid(), deviceId: uuid(), installedAt: instant() }),
  },
  DeviceRemoved: {
    version: 1,
    docs: 'The IoT device is off the unit.',
    schema: fields({ pairingId: uuid(), deviceId: uuid(), removedAt: instant(), reason: text() }),
  },
  AddonInstalled: {
    version: 1,
    docs: 'An add-on is on the unit from this instant on.',
    schema: fields({ installationId: uuid(), addonId: uuid(), installedAt: instant() }),
  },
  AddonRemoved: {
    version: 1,
    docs: 'The add-on is off the unit.',
    schema: fields({ installationId: uuid(), addonId: uuid(), removedAt: instant(), reason: text() }),
  },
  LoadStatusChanged: {
    version: 1,
    docs: 'Somebody or something said how the unit is loaded.',
    schema: fields({ loadDetailId: uuid(), loadStatus: lookup('load-status'), observedAt: instant() }),
  },

  EquipmentAssigned: {
    version: 1,
    docs: 'The unit fills a slot: on rent at once, or reserved for a later day.',
    schema: fields({
      ...assignment,
      equipmentType: code(),
      from: businessDate(),
      until: optional(businessDate()),
      timeZone: timeZone(),
      status: oneOf(['reserved', 'on_rent']),
    }),
  },
  AssignmentActivated: {
    version: 1,
    docs: 'A reservation’s day has come: the unit is on rent.',
    schema: fields({ ...assignment, activatedOn: businessDate() }),
  },
  AssignmentActivationRefused: {
    version: 1,
    docs: 'A reservation’s day has come and something bars it; it is tried again at the next day’s start, and as soon as a hold or an earlier holder is gone.',
    schema: fields({ ...assignment, on: businessDate(), refusal: code(), message: note(), retryAt: instant() }),
  },
  AssignmentCancelled: { version: 1, docs: 'A reservation will not take place.', schema: fields({ ...assignment, reason: text() }) },
  EquipmentCalledOff: {
    version: 1,
    docs: 'Rent ends on this day; the unit stays in the holder’s custody until it is returned.',
    schema: fields({ ...assignment, offRentOn: businessDate() }),
  },
  CallOffWithdrawn: { version: 1, docs: 'Rent goes on.', schema: fields(assignment) },
  EquipmentReturned: {
    version: 1,
    docs: 'The unit is back, in this condition; rent ended on the day it was called off, at the latest today.',
    schema: fields({
      ...assignment,
      startedOn: businessDate(),
      offRentOn: businessDate(),
      returnedOn: businessDate(),
      facility: optional(lookup('facility')),
      ...conditionReport,
      readings: list(fields(reading), { max: 10 }),
      resumes,
    }),
  },
  AssignmentAbandoned: {
    version: 1,
    docs: 'An assignment of this id will never be taken on: who waits for it may free its slot.',
    schema: fields({ assignmentId: uuid(), allocationId: optional(uuid()) }),
  },
  EquipmentMaintenanceNoted: {
    version: 1,
    docs: 'The unit is maintained by this schedule: what is told of its meters is told to it.',
    isCompanysOwn: true,
    schema: fields({ maintenanceId: uuid() }),
  },
});
