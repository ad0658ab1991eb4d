/** The fleet: units with their meters, papers, holds, add-ons and devices, and who has, had and will have them. */
import { equipment } from '../../src/domain/equipment/decider.ts';
import type { equipmentEvents } from '../../src/domain/equipment/events.ts';
import type { DataOf } from '../../src/domain/kernel/aggregate.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { addons, devices, meters } from './registries.ts';
import { type All, attachmentRowId, changeUnit, handOver, holderOf, holdRowId, nobody, permitRowId, projection, when } from './units.ts';

type Data<K extends keyof typeof equipmentEvents> = DataOf<(typeof equipmentEvents)[K]>;
const profileColumns = (data: Data<'EquipmentRegistered'>) => ({
  unit_number: data.unitNumber,
  description: data.description ?? null,
  vin: data.vin ?? null,
  serial_number: data.serialNumber ?? null,
  specifications: data.specifications,
  equipment_type_lookup_id: entryId('equipment-type', data.equipmentType),
  oem_make_model_lookup_id: data.oemMakeModel === undefined ? null : entryId('oem-make-model', data.oemMakeModel),
  uom_lookup_id: data.uom === undefined ? null : entryId('uom', data.uom),
  time_zone: data.timeZone,
});
const newUnit = {
  status: 'available',
  is_in_service: true,
  load_status: null,
  license_plate_number: null,
  license_plate_state: null,
  permit_expires_on: null,
  iot_device_id: null,
  equipment_assignment_id: null,
  is_retired: false,
  is_off_rent: false,
  reserved_assignment_ids: [],
  open_hold_ids: [],
  equipment_has_iot_device_id: null,
  equipment_has_addon_ids: [],
  equipment_document_ids: [],
  metadata: {},
} as const;

const without = (ids: readonly string[], id: string): readonly string[] => ids.filter((other) => other !== id);
const withId = (ids: readonly string[], id: string): readonly string[] => [...without(ids, id), id];

/** The file of a paper, where it has one: the row is that paper's alone. */
const fileOf = (rows: All, equipmentId: string, paper: { readonly documentId: string; readonly category: string; readonly attachmentId?: string }): void => {
  const id = attachmentRowId(equipmentId, paper.documentId);
  if (paper.attachmentId === undefined) rows.hasAttachment.remove(id);
  else
    rows.hasAttachment.put({
      equipment_has_attachment_id: id,
      equipment_id: equipmentId,
      attachment_id: paper.attachmentId,
      document_category: paper.category,
      ...holderOf(rows.equipment.get(equipmentId)),
    });
};

const units = when(equipment, {
  EquipmentRegistered: ({ aggregateId, data }, { equipment: fleet }) =>
    fleet.put({ equipment_id: aggregateId, ...newUnit, ...profileColumns(data), ...nobody }),
  EquipmentCorrected: ({ aggregateId, data }, { equipment: fleet }) => fleet.patch(aggregateId, profileColumns(data)),
  EquipmentMetadataChanged: ({ aggregateId, data }, { equipment: fleet }) => fleet.patch(aggregateId, { metadata: data.metadata }),
  EquipmentRetired: ({ aggregateId }, rows) => changeUnit(rows, aggregateId, () => ({ is_retired: true })),
  EquipmentHoldPlaced: ({ aggregateId, occurredAt, data }, rows) => {
    const id = holdRowId(aggregateId, data.holdId);
    changeUnit(rows, aggregateId, ({ open_hold_ids }) => ({ open_hold_ids: withId(open_hold_ids, id) }));
    rows.hold.put({
      equipment_hold_id: id,
      equipment_id: aggregateId,
      hold_id: data.holdId,
      hold_kind: data.kind,
      source: data.source,
      note: data.note ?? null,
      placed_at: occurredAt,
      released_at: null,
      release_reason: null,
      is_open: true,
      ...holderOf(rows.equipment.get(aggregateId)),
    });
  },
  EquipmentHoldReleased: ({ aggregateId, occurredAt, data }, rows) => {
    const id = holdRowId(aggregateId, data.holdId);
    changeUnit(rows, aggregateId, ({ open_hold_ids }) => ({ open_hold_ids: without(open_hold_ids, id) }));
    rows.hold.patch(id, { released_at: occurredAt, release_reason: data.reason, is_open: false });
  },
  LoadStatusChanged: ({ aggregateId, data }, rows) => {
    rows.equipment.patch(aggregateId, { load_status: data.loadStatus });
    rows.load.put({
      equipment_load_detail_id: data.loadDetailId,
      equipment_id: aggregateId,
      equipment_load_date: data.observedAt,
      equipment_load_status: data.loadStatus,
    });
  },
});

const papers = when(equipment, {
  EquipmentPermitSet: ({ aggregateId, data }, rows) => {
    const { licensePlateNumber, licensePlateState, expiresOn = null, attachmentId } = data;
    rows.equipment.patch(aggregateId, { license_plate_number: licensePlateNumber, license_plate_state: licensePlateState, permit_expires_on: expiresOn });
    rows.permit.put({
      equipment_permit_id: permitRowId(aggregateId),
      equipment_id: aggregateId,
      license_plate_number: licensePlateNumber,
      license_plate_state: licensePlateState,
      expires_on: expiresOn,
      is_expired: false,
      attachment_id: attachmentId ?? null,
      ...holderOf(rows.equipment.get(aggregateId)),
    });
    fileOf(rows, aggregateId, { documentId: 'permit', category: 'permit', ...(attachmentId === undefined ? {} : { attachmentId }) });
  },
  EquipmentPermitRemoved: ({ aggregateId }, rows) => {
    rows.equipment.patch(aggregateId, { license_plate_number: null, license_plate_state: null, permit_expires_on: null });
    rows.permit.remove(permitRowId(aggregateId));
    fileOf(rows, aggregateId, { documentId: 'permit', category: 'permit' });
  },
  EquipmentPermitExpired: ({ aggregateId }, { permit }) => permit.patch(permitRowId(aggregateId), { is_expired: true }),
  EquipmentDocumentAdded: ({ aggregateId, data }, rows) => {
    const { documentId, category, name, attachmentId, issuedOn = null, expiresOn = null } = data;
    changeUnit(rows, aggregateId, ({ equipment_document_ids }) => ({ equipment_document_ids: withId(equipment_document_ids, documentId) }));
    rows.document.put({
      equipment_document_id: documentId,
      equipment_id: aggregateId,
      document_category: category,
      document_name: name,
      issued_on: issuedOn,
      expires_on: expiresOn,
      is_expired: false,
      attachment_id: attachmentId ?? null,
      ...holderOf(rows.equipment.get(aggregateId)),
    });
    if (attachmentId !== undefined) fileOf(rows, aggregateId, { documentId, category, attachmentId });
  },
  EquipmentDocumentRenewed: ({ aggregateId, data }, rows) => {
    const { documentId, attachmentId, issuedOn = null, expiresOn } = data;
    const before = rows.document.get(documentId);
    if (before === undefined) return;
    rows.document.patch(documentId, { issued_on: issuedOn, expires_on: expiresOn, is_expired: false, attachment_id: attachmentId ?? before.attachment_id });
    if (attachmentId !== undefined) fileOf(rows, aggregateId, { documentId, category: before.document_category, attachmentId });
  },
  EquipmentDocumentExpired: ({ data }, { document }) => document.patch(data.documentId, { is_expired: true }),
  EquipmentDocumentRemoved: ({ aggregateId, data: { documentId } }, rows) => {
    changeUnit(rows, aggregateId, ({ equipment_document_ids }) => ({ equipment_document_ids: without(equipment_document_ids, documentId) }));
    rows.document.remove(documentId);
    rows.hasAttachment.remove(attachmentRowId(aggregateId, documentId));
  },
});

const parts = when(equipment, {
  DeviceInstalled: ({ aggregateId, data: { pairingId, deviceId, installedAt } }, rows) => {
    rows.equipment.patch(aggregateId, { iot_device_id: deviceId, equipment_has_iot_device_id: pairingId });
    rows.hasDevice.put({
      equipment_has_iot_device_id: pairingId,
      equipment_id: aggregateId,
      iot_device_id: deviceId,
      installed_at: installedAt,
      removed_at: null,
      removal_reason: null,
      ...holderOf(rows.equipment.get(aggregateId)),
    });
  },
  DeviceRemoved: ({ aggregateId, data: { pairingId, removedAt, reason } }, rows) => {
    rows.equipment.patch(aggregateId, { iot_device_id: null, equipment_has_iot_device_id: null });
    rows.hasDevice.patch(pairingId, { removed_at: removedAt, removal_reason: reason });
  },
  AddonInstalled: ({ aggregateId, data: { installationId, addonId, installedAt } }, rows) => {
    changeUnit(rows, aggregateId, ({ equipment_has_addon_ids }) => ({ equipment_has_addon_ids: withId(equipment_has_addon_ids, installationId) }));
    rows.hasAddon.put({
      equipment_has_addon_id: installationId,
      equipment_id: aggregateId,
      equipment_addon_id: addonId,
      addon_type: rows.addon.get(addonId)?.addon_type ?? null,
      installed_at: installedAt,
      removed_at: null,
      removal_reason: null,
      ...holderOf(rows.equipment.get(aggregateId)),
    });
  },
  AddonRemoved: ({ aggregateId, data: { installationId, removedAt, reason } }, rows) => {
    changeUnit(rows, aggregateId, ({ equipment_has_addon_ids }) => ({ equipment_has_addon_ids: without(equipment_has_addon_ids, installationId) }));
    rows.hasAddon.patch(installationId, { removed_at: removedAt, removal_reason: reason });
  },
});

/** A unit goes out to its holder. */
const goesOut = (rows: All, equipmentId: string, { assignmentId, customerId, accountId }: Data<'CallOffWithdrawn'>): void =>
  handOver(
    rows,
    equipmentId,
    { customer_id: customerId, account_id: accountId },
    {
      equipment_assignment_id: assignmentId,
      is_off_rent: false,
      reserved_assignment_ids: without(rows.equipment.get(equipmentId)?.reserved_assignment_ids ?? [], assignmentId),
    },
  );

const assignments = when(equipment, {
  EquipmentAssigned: ({ aggregateId, occurredAt, data }, rows) => {
    const { assignmentId, status } = data;
    const isOut = status === 'on_rent';
    rows.assignment.put({
      equipment_assignment_id: assignmentId,
      equipment_id: aggregateId,
      equipment_type_allocation_id: data.allocationId,
      master_agreement_id: data.agreementId,
      schedule_agreement_id: data.scheduleId,
      schedule_agreement_line_item_id: data.lineItemId,
      status,
      activation_date: data.from,
      planned_end_date: data.until ?? null,
      activated_at: isOut ? occurredAt : null,
      off_rent_on: null,
      returned_on: null,
      returned_at: null,
      facility_lookup_id: null,
      return_condition: null,
      return_notes: null,
      return_damages: null,
      activation_refusal: null,
      cancellation_reason: null,
      customer_id: data.customerId,
      account_id: data.accountId,
    });
    if (isOut) goesOut(rows, aggregateId, data);
    else changeUnit(rows, aggregateId, (unit) => ({ reserved_assignment_ids: withId(unit.reserved_assignment_ids, assignmentId) }));
  },
  AssignmentActivated: ({ aggregateId, occurredAt, data }, rows) => {
    rows.assignment.patch(data.assignmentId, { status: 'on_rent', activation_date: data.activatedOn, activated_at: occurredAt, activation_refusal: null });
    goesOut(rows, aggregateId, data);
  },
  AssignmentActivationRefused: ({ data }, rows) => rows.assignment.patch(data.assignmentId, { activation_refusal: data.refusal }),
  AssignmentCancelled: ({ aggregateId, data: { assignmentId, reason } }, rows) => {
    rows.assignment.patch(assignmentId, { status: 'cancelled', cancellation_reason: reason });
    changeUnit(rows, aggregateId, (unit) => ({ reserved_assignment_ids: without(unit.reserved_assignment_ids, assignmentId) }));
  },
  EquipmentCalledOff: ({ aggregateId, data }, rows) => {
    rows.assignment.patch(data.assignmentId, { status: 'off_rent', off_rent_on: data.offRentOn });
    changeUnit(rows, aggregateId, () => ({ is_off_rent: true }));
  },
  CallOffWithdrawn: ({ aggregateId, data }, rows) => {
    rows.assignment.patch(data.assignmentId, { status: 'on_rent', off_rent_on: null });
    changeUnit(rows, aggregateId, () => ({ is_off_rent: false }));
  },
  EquipmentReturned: ({ aggregateId, occurredAt, data }, rows) => {
    rows.assignment.patch(data.assignmentId, {
      status: 'returned',
      off_rent_on: data.offRentOn,
      returned_on: data.returnedOn,
      returned_at: occurredAt,
      facility_lookup_id: data.facility === undefined ? null : entryId('facility', data.facility),
      return_condition: data.condition,
      return_notes: data.notes ?? null,
      return_damages: data.damages,
    });
    handOver(rows, aggregateId, nobody, { equipment_assignment_id: null, is_off_rent: false });
  },
});

export const fleet = projection({
  name: 'equipment',
  version: 1,
  docs: 'The fleet: units with their meters, papers, holds, add-ons and devices, and who has, had and will have them.',
  on: [units, papers, parts, assignments, meters, addons, devices],
});
