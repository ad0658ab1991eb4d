import { catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import { equipmentAddonFact } from '../equipment-addon/decider.ts';
import { currentPairing, iotDeviceFact } from '../iot-device/decider.ts';
import { type Aggregate, type Claim, type DataOf, type Decide, emit, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { normalizeVin } from '../kernel/identifiers/vin.ts';
import { startOfLocalDay } from '../kernel/time-zone.ts';
import { assignmentDecisions, dueReservation, present } from './assignments.ts';
import { equipmentCommands } from './commands.ts';
import { equipmentEvents } from './events.ts';
import { paperDecisions, unwatch, watch } from './papers.ts';
import { addonsMax, equipmentTypes, fitsType, mayRelease, notRetired, roomIn, typePolicy } from './rules.ts';
import { contentOf, type Equipment, evolve, initial, outOf, type PresentEquipment } from './state.ts';

const event = emit(equipmentEvents);
type Register = DataOf<(typeof equipmentCommands)['RegisterEquipment']>;

const normalized = <P extends Pick<Register, 'vin'>>(profile: P): P => (profile.vin === undefined ? profile : { ...profile, vin: normalizeVin(profile.vin) });
const isOpen = ({ status }: { readonly status: string }): boolean => status !== 'returned' && status !== 'cancelled';
const openAssignments = ({ assignments }: PresentEquipment): readonly string[] =>
  Object.entries(assignments)
    .filter(([, assignment]) => isOpen(assignment))
    .map(([id]) => id);

/** Nothing of the unit is anywhere else: it is with nobody, and carries nothing. */
const isFree = (state: PresentEquipment) => {
  const open = openAssignments(state);
  if (open.length > 0) return reject('assigned', 'The unit is assigned or reserved.', { assignmentIds: open });
  if (state.device !== null) return reject('deviceInstalled', 'Take the device off the unit first.', { deviceId: state.device.deviceId });
  const addons = Object.keys(state.addons);
  return addons.length > 0 ? reject('addonsInstalled', 'Take the add-ons off the unit first.', { addonIds: addons }) : undefined;
};

const decide: Decide<Equipment, typeof equipmentCommands, typeof equipmentEvents> = {
  RegisterEquipment: (state, command, { facts }) => {
    const profile = normalized(command);
    if (state.situation === 'present') return state.profile === contentOf(profile) ? [] : reject('alreadyRegistered', 'This unit is registered.');
    return fitsType(profile, typePolicy(facts, profile.equipmentType)) ?? [event('EquipmentRegistered', profile)];
  },
  CorrectEquipment: (before, command, { facts }) => {
    const state = present(before);
    const corrected = normalized(command);
    const { reason: _, ...profile } = corrected;
    if (state.profile === contentOf(profile)) return notRetired(state) ?? [];
    const open = openAssignments(state);
    const isOtherType = profile.equipmentType !== state.equipmentType;
    return (
      notRetired(state) ??
      (isOtherType && open.length > 0 ? reject('typeInUse', 'The unit is assigned or reserved as what it is.', { assignmentIds: open }) : undefined) ??
      fitsType(profile, typePolicy(facts, profile.equipmentType)) ?? [event('EquipmentCorrected', corrected)]
    );
  },
  SetEquipmentMetadata: (before, command) => {
    const state = present(before);
    return notRetired(state) ?? (state.metadata === contentOf(command.metadata) ? [] : [event('EquipmentMetadataChanged', command)]);
  },
  RetireEquipment: (before, command) => {
    const state = present(before);
    return state.lifecycle === 'retired' ? [] : (isFree(state) ?? [event('EquipmentRetired', command)]);
  },

  PlaceHold: (before, command, { newId }) => {
    const state = present(before);
    const holdId = command.holdId ?? newId(0);
    const known = state.holds[holdId];
    if (known !== undefined) {
      return notRetired(state) ?? (known.kind === command.kind ? [] : reject('holdExists', `This hold stands as ${known.kind}.`, { kind: known.kind }));
    }
    return notRetired(state) ?? roomIn(state.holds) ?? [event('EquipmentHoldPlaced', { ...command, holdId })];
  },
  ReleaseHold: (before, command, context) => {
    const state = present(before);
    const hold = state.holds[command.holdId];
    if (hold === undefined) return notRetired(state) ?? [];
    const isInService = Object.keys(state.holds).length === 1;
    const due = isInService && state.outId === null ? dueReservation(state, context.now) : undefined;
    const released = event('EquipmentHoldReleased', { ...command, kind: hold.kind, isInService, ...(due === undefined ? {} : { resumes: due }) });
    return notRetired(state) ?? mayRelease(hold.kind, context) ?? [released];
  },

  InstallDevice: (before, { deviceId }, { newId, now, facts }) => {
    const state = present(before);
    if (state.device !== null) {
      const { deviceId: installed } = state.device;
      return notRetired(state) ?? (installed === deviceId ? [] : reject('deviceInstalled', 'The unit has a device.', { deviceId: installed }));
    }
    const device = iotDeviceFact.of(facts, deviceId);
    const isFree = device?.situation === 'in_stock' && currentPairing(device) === undefined;
    return (
      notRetired(state) ??
      (isFree ? undefined : reject('deviceNotInStock', `The device is ${device?.situation ?? 'absent'}.`)) ?? [
        event('DeviceInstalled', { pairingId: newId(0), deviceId, installedAt: now }),
      ]
    );
  },
  RemoveDevice: (before, { pairingId, reason }, { now }) => {
    const { device } = present(before);
    const isMeant = device !== null && (pairingId === undefined || pairingId === device.pairingId);
    return isMeant ? [event('DeviceRemoved', { ...device, removedAt: now, reason })] : [];
  },
  InstallAddon: (before, { addonId }, { newId, now, facts }) => {
    const state = present(before);
    if (Object.hasOwn(state.addons, addonId)) return notRetired(state) ?? [];
    const addon = equipmentAddonFact.of(facts, addonId);
    return (
      notRetired(state) ??
      roomIn(state.addons, addonsMax) ??
      (addon?.situation === 'in_stock' ? undefined : reject('addonNotInStock', `The add-on is ${addon?.situation ?? 'absent'}.`)) ?? [
        event('AddonInstalled', { installationId: newId(0), addonId, installedAt: now }),
      ]
    );
  },
  RemoveAddon: (before, { addonId, installationId, reason }, { now }) => {
    const installed = present(before).addons[addonId];
    const isMeant = installed !== undefined && (installationId === undefined || installationId === installed);
    return isMeant ? [event('AddonRemoved', { installationId: installed, addonId, removedAt: now, reason })] : [];
  },
  SetLoadStatus: (before, command, { newId, now }) => {
    const state = present(before);
    const { load } = state;
    if (command.observedAt > now) return notRetired(state) ?? reject('inFuture', 'A load is seen before it is told.');
    if (load !== null && load.observedAt > command.observedAt) return notRetired(state) ?? reject('superseded', `A later state is known: ${load.loadStatus}.`);
    const isKnown = load !== null && load.loadStatus === command.loadStatus;
    return notRetired(state) ?? (isKnown ? [] : [event('LoadStatusChanged', { loadDetailId: newId(0), ...command })]);
  },
  NoteMaintenance: (before, command) => {
    const { lifecycle, maintenances } = present(before);
    return lifecycle === 'retired' || maintenances.includes(command.maintenanceId) ? [] : [event('EquipmentMaintenanceNoted', command)];
  },
  ...paperDecisions,
  ...assignmentDecisions,
};

const types = [catalogFact.at(equipmentTypes)];
const guards: Guards<Equipment, typeof equipmentCommands> = {
  RegisterEquipment: () => types,
  CorrectEquipment: () => types,
  InstallDevice: (_state, { deviceId }) => [iotDeviceFact.at(deviceId)],
  InstallAddon: (_state, { addonId }) => [equipmentAddonFact.at(addonId)],
  AssignEquipment: (_state, { customerId }) => [...types, customerFact.at(customerId)],
  ActivateAssignment: (state, { assignmentId }) => {
    const assignment = state.situation === 'absent' ? undefined : state.assignments[assignmentId];
    return assignment === undefined ? [] : [...types, customerFact.at(assignment.ids.customerId)];
  },
};

/** What a unit holds alone while it is in the fleet (EQ-10): its number, its VIN, its serial in its type, its device, its add-ons. */
const claims = (state: Frozen<Equipment>): readonly Claim[] => {
  if (state.situation === 'absent' || state.lifecycle === 'retired') return [];
  const scope = 'company';
  return [
    { kind: 'unitNumber', scope, value: state.unitNumber },
    ...(state.vin === null ? [] : [{ kind: 'vin', scope, value: state.vin }]),
    ...(state.serialNumber === null ? [] : [{ kind: 'serial', scope: `${scope}/${state.equipmentType}`, value: state.serialNumber }]),
    ...(state.device === null ? [] : [{ kind: 'device', scope, value: state.device.deviceId }]),
    ...Object.keys(state.addons).map((addonId) => ({ kind: 'addon', scope, value: addonId })),
  ];
};

const activation = (assignmentId: string, dueAt: string) =>
  [{ change: 'set', name: `activate:${assignmentId}`, dueAt, command: 'ActivateAssignment', data: { assignmentId } }] as const;
const noActivation = ({ assignmentId }: { readonly assignmentId: string }) => [{ change: 'cancel', name: `activate:${assignmentId}` }] as const;
const permitWatch = (permitId: string) => ({ name: 'permit', remind: 'RemindOfPermit', expire: 'ExpirePermit', id: { permitId } });
const documentWatch = (documentId: string) => ({
  name: `document:${documentId}`,
  remind: 'RemindOfEquipmentDocument',
  expire: 'ExpireEquipmentDocument',
  id: { documentId },
});

/** A unit of the fleet: what it is, who has it and will have it, and what keeps it out of service. */
export const equipment: Aggregate<'equipment', Equipment, typeof equipmentCommands, typeof equipmentEvents> = {
  category: 'equipment',
  docs: 'A unit of the fleet: what it is, who has it and will have it, and what keeps it out of service. The holder’s while it is out, else the company’s.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: equipmentEvents,
  commands: equipmentCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : (outOf(state)?.ids.customerId ?? null)),
  accountOf: (state) => (state.situation === 'absent' ? null : (outOf(state)?.ids.accountId ?? null)),
  claims,
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    EquipmentPermitSet: (data) => watch(permitWatch(data.permitId), data),
    EquipmentPermitRemoved: () => unwatch('permit'),
    EquipmentDocumentAdded: (data) => watch(documentWatch(data.documentId), data),
    EquipmentDocumentRenewed: (data) => watch(documentWatch(data.documentId), data),
    EquipmentDocumentRemoved: ({ documentId }) => unwatch(`document:${documentId}`),
    EquipmentAssigned: ({ assignmentId, status, from, timeZone }) => (status === 'reserved' ? activation(assignmentId, startOfLocalDay(from, timeZone)) : []),
    AssignmentActivated: noActivation,
    AssignmentActivationRefused: ({ assignmentId, retryAt }) => activation(assignmentId, retryAt),
    AssignmentCancelled: noActivation,
    EquipmentHoldReleased: ({ resumes }) => (resumes === undefined ? [] : activation(resumes.assignmentId, resumes.at)),
    EquipmentReturned: ({ resumes }) => (resumes === undefined ? [] : activation(resumes.assignmentId, resumes.at)),
  },
};
