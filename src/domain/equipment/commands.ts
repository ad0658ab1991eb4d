import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, code, fields, instant, integer, list, lookup, metadata, note, oneOf, optional, ref, text, timeZone, uuid } from '../kernel/schema.ts';
import { conditionReport, equipmentDocument, holdKinds, permit, profile, reading } from './events.ts';

const edit = 'equipment:edit';
const assign = 'equipment:assign';
const identity = ['vinRequired', 'invalidVin', 'serialRequired', 'invalidSpecifications', 'unknownType', 'unitNumberTaken', 'vinTaken', 'serialTaken'] as const;
const barred = ['onHold', 'papersMissing', 'papersExpired', 'insuranceExpired', 'creditHeld'] as const;

export const equipmentCommands = defineCommands({
  RegisterEquipment: {
    permission: 'equipment:create',
    docs: 'Takes a unit into the fleet. Types with a VIN need one whose form, and for North American makers check digit, is right; others a serial number.',
    creates: true,
    rejects: ['alreadyRegistered', ...identity],
    schema: fields(profile),
  },
  CorrectEquipment: {
    permission: edit,
    docs: 'Corrects what is said of a unit. Its type stays while it is assigned or reserved.',
    rejects: ['retired', 'typeInUse', ...identity],
    schema: fields({ ...profile, reason: optional(text()) }),
  },
  SetEquipmentMetadata: {
    permission: edit,
    docs: 'Replaces the extra facts (at most 50 keys, 16 KiB).',
    rejects: ['retired'],
    schema: fields({ metadata: metadata() }),
  },
  RetireEquipment: {
    permission: 'equipment:delete',
    docs: 'Takes a unit out of the fleet for good. It has no open assignment or reservation, no device and no add-on.',
    rejects: ['assigned', 'deviceInstalled', 'addonsInstalled'],
    schema: fields({ reason: text() }),
  },

  PlaceHold: {
    permission: edit,
    docs: 'Takes the unit out of service for one reason. Holds stand side by side; legal in any assignment.',
    rejects: ['retired', 'tooMany', 'holdExists'],
    schema: fields({ holdId: optional(uuid()), kind: oneOf(holdKinds), source: text(), note: optional(note({ max: 1000 })) }),
  },
  ReleaseHold: {
    permission: edit,
    docs: 'Ends one hold; the others stay. dot_oos, compliance, recall and stolen need equipment:approve.',
    rejects: ['retired', 'notPermitted'],
    schema: fields({ holdId: uuid(), reason: text() }),
  },

  SetPermit: {
    permission: edit,
    docs: 'The unit’s current permit and plate; its expiry is watched: 60, 30 and 7 days before, and on the day.',
    rejects: ['retired'],
    schema: fields(permit),
  },
  RemovePermit: { permission: edit, docs: 'The unit has no permit any more.', rejects: ['retired'], schema: fields({ permitId: uuid() }) },
  RemindOfPermit: {
    permission: edit,
    docs: 'A permit’s expiry comes near.',
    internal: true,
    rejects: [],
    schema: fields({ permitId: uuid(), expiresOn: businessDate(), daysLeft: integer({ max: 365 }) }),
  },
  ExpirePermit: {
    permission: edit,
    docs: 'A permit’s last day is over.',
    internal: true,
    rejects: [],
    schema: fields({ permitId: uuid(), expiresOn: businessDate() }),
  },
  AddEquipmentDocument: {
    permission: edit,
    docs: 'Adds a paper. An annual inspection needs the day it was made; it is valid through the same date twelve months on.',
    rejects: ['retired', 'tooMany', 'issueDateNeeded', 'expiresBeforeIssue'],
    schema: fields(equipmentDocument),
  },
  RenewEquipmentDocument: {
    permission: edit,
    docs: 'Replaces a paper by one that is valid longer.',
    rejects: ['retired', 'unknownDocument', 'notLater', 'issueDateNeeded', 'expiryNeeded', 'expiresBeforeIssue'],
    schema: fields({
      documentId: uuid(),
      attachmentId: optional(ref('attachment')),
      issuedOn: optional(businessDate()),
      expiresOn: optional(businessDate()),
    }),
  },
  RemoveEquipmentDocument: {
    permission: edit,
    docs: 'Takes a paper off the list.',
    rejects: ['retired', 'unknownDocument'],
    schema: fields({ documentId: uuid() }),
  },
  RemindOfEquipmentDocument: {
    permission: edit,
    docs: 'A paper’s expiry comes near.',
    internal: true,
    rejects: [],
    schema: fields({ documentId: uuid(), expiresOn: businessDate(), daysLeft: integer({ max: 365 }) }),
  },
  ExpireEquipmentDocument: {
    permission: edit,
    docs: 'A paper’s last day is over.',
    internal: true,
    rejects: [],
    schema: fields({ documentId: uuid(), expiresOn: businessDate() }),
  },

  InstallDevice: {
    permission: edit,
    docs: 'Puts an IoT device from stock on the unit: one device a unit, one unit a device. The device is paired next.',
    startsProcess: true,
    rejects: ['retired', 'deviceInstalled', 'deviceNotInStock', 'deviceTaken'],
    schema: fields({ deviceId: ref('iotDevice') }),
  },
  RemoveDevice: {
    permission: edit,
    docs: 'Takes the IoT device off the unit; with a pairing, only if it is still that one.',
    rejects: [],
    schema: fields({ pairingId: optional(uuid()), reason: text() }),
  },
  InstallAddon: {
    permission: edit,
    docs: 'Puts an add-on from stock on the unit: one unit an add-on.',
    startsProcess: true,
    rejects: ['retired', 'tooMany', 'addonNotInStock', 'addonTaken'],
    schema: fields({ addonId: ref('equipmentAddon') }),
  },
  RemoveAddon: {
    permission: edit,
    docs: 'Takes an add-on off the unit; with an installation, only if it is still that one.',
    rejects: [],
    schema: fields({ addonId: uuid(), installationId: optional(uuid()), reason: text() }),
  },
  SetLoadStatus: {
    permission: edit,
    docs: 'Says how the unit is loaded.',
    rejects: ['retired', 'inFuture', 'superseded'],
    schema: fields({ loadStatus: lookup('load-status'), observedAt: instant() }),
  },
  NoteMaintenance: {
    permission: edit,
    docs: 'The unit is maintained by this schedule.',
    internal: true,
    rejects: [],
    schema: fields({ maintenanceId: uuid() }),
  },

  AssignEquipment: {
    permission: assign,
    docs: 'Gives the unit to a slot: on rent where it starts today or earlier, else reserved. `until` is the day it is free again.',
    internal: true,
    rejects: ['retired', 'abandoned', 'alreadyAssigned', 'wrongType', 'invalidPeriod', 'overlap', ...barred],
    schema: fields({
      assignmentId: uuid(),
      allocationId: ref('allocation'),
      agreementId: uuid(),
      scheduleId: uuid(),
      lineItemId: uuid(),
      customerId: ref('customer'),
      accountId: ref('account'),
      equipmentType: code(),
      from: businessDate(),
      until: optional(businessDate()),
      timeZone: timeZone(),
    }),
  },
  AbandonAssignment: {
    permission: assign,
    docs: 'Refuses an assignment id from now on. Where the assignment exists, nothing happens.',
    internal: true,
    rejects: [],
    schema: fields({ assignmentId: uuid(), allocationId: optional(uuid()) }),
  },
  ActivateAssignment: {
    permission: assign,
    docs: 'A reservation’s day has come. What bars it is recorded; one whose days are over is cancelled.',
    internal: true,
    rejects: [],
    schema: fields({ assignmentId: uuid() }),
  },
  CancelAssignment: {
    permission: assign,
    docs: 'Calls a reservation off.',
    rejects: ['unknownAssignment', 'notAllowedNow'],
    schema: fields({ assignmentId: uuid(), reason: text() }),
  },
  CallOff: {
    permission: assign,
    docs: 'Ends the rent on a day; the unit stays with its holder until it is returned.',
    rejects: ['unknownAssignment', 'notAllowedNow', 'beforeStart', 'overlap'],
    schema: fields({ assignmentId: uuid(), offRentOn: businessDate() }),
  },
  WithdrawCallOff: {
    permission: assign,
    docs: 'Lets the rent go on; refused where the days after were reserved meanwhile.',
    rejects: ['unknownAssignment', 'notAllowedNow', 'overlap'],
    schema: fields({ assignmentId: uuid() }),
  },
  ReturnEquipment: {
    permission: 'equipment:approve',
    docs: 'The unit is back: its condition, its meters, and where it stands.',
    rejects: ['unknownAssignment', 'notAllowedNow', 'beforeStart', 'inFuture', 'wrongReading'],
    schema: fields({
      assignmentId: uuid(),
      returnedOn: businessDate(),
      facility: optional(lookup('facility')),
      ...conditionReport,
      readings: list(fields(reading), { max: 10 }),
    }),
  },
});
