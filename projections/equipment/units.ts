/** What several handlers need of the fleet's rows: the status for display, and whose the rows of a unit are. */
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import type { RowOf } from '../kernel/table.ts';
import {
  equipmentAddonTable,
  equipmentAssignmentTable,
  equipmentDocumentTable,
  equipmentHasAddonTable,
  equipmentHasAttachmentTable,
  equipmentHasIotDeviceTable,
  equipmentHoldTable,
  equipmentLoadDetailTable,
  equipmentPermitTable,
  equipmentReadingTable,
  equipmentTable,
  iotDeviceTable,
} from './tables.ts';

export const tables = {
  equipment: equipmentTable,
  reading: equipmentReadingTable,
  load: equipmentLoadDetailTable,
  addon: equipmentAddonTable,
  permit: equipmentPermitTable,
  document: equipmentDocumentTable,
  hasAddon: equipmentHasAddonTable,
  hasAttachment: equipmentHasAttachmentTable,
  assignment: equipmentAssignmentTable,
  device: iotDeviceTable,
  hasDevice: equipmentHasIotDeviceTable,
  hold: equipmentHoldTable,
};
export const { projection, when } = projecting(tables);
export type All = Rows<typeof tables>;
export type Unit = RowOf<(typeof equipmentTable)['columns']>;

/** A unit has one permit row; a person's hold id is unique in its unit only, so that no other unit's row can be named by it. */
export const permitRowId = (equipmentId: string): string => derivedId(equipmentId, ['permit']);
export const holdRowId = (equipmentId: string, holdId: string): string => derivedId(equipmentId, ['hold', holdId]);
export const attachmentRowId = (equipmentId: string, documentId: string): string => derivedId(equipmentId, ['attachment', documentId]);

type Parts = Pick<Unit, 'is_retired' | 'open_hold_ids' | 'is_off_rent' | 'equipment_assignment_id' | 'reserved_assignment_ids'>;
/** The first that applies: retired, out_of_service, off_rent, assigned, reserved, available. */
export const statusOf = (unit: Parts): string => {
  if (unit.is_retired) return 'retired';
  if (unit.open_hold_ids.length > 0) return 'out_of_service';
  if (unit.is_off_rent) return 'off_rent';
  if (unit.equipment_assignment_id !== null) return 'assigned';
  return unit.reserved_assignment_ids.length > 0 ? 'reserved' : 'available';
};

/** Changes a unit's row and what is derived from it. */
export const changeUnit = (rows: All, equipmentId: string, change: (unit: Unit) => Partial<Unit>): void => {
  const unit = rows.equipment.get(equipmentId);
  if (unit === undefined) return;
  const changes = change(unit);
  const after = { ...unit, ...changes };
  rows.equipment.patch(equipmentId, { ...changes, status: statusOf(after), is_in_service: after.open_hold_ids.length === 0 });
};

/** Whose a unit's rows of current state are. */
export type Holder = { readonly customer_id: string | null; readonly account_id: string | null };
export const nobody: Holder = { customer_id: null, account_id: null };
export const holderOf = (unit: Unit | undefined): Holder => ({ customer_id: unit?.customer_id ?? null, account_id: unit?.account_id ?? null });

/**
 * TE-9: a unit and what is on it now change hands; what has ended keeps whose it was. A unit carries one permit, one device and a few
 * add-ons, papers and holds, so a change of hands is a handful of rows.
 */
export const handOver = (rows: All, equipmentId: string, holder: Holder, changes: Partial<Unit>): void => {
  const unit = rows.equipment.get(equipmentId);
  if (unit === undefined) return;
  changeUnit(rows, equipmentId, () => ({ ...changes, ...holder }));
  rows.permit.patch(permitRowId(equipmentId), holder);
  rows.hasAttachment.patch(attachmentRowId(equipmentId, 'permit'), holder);
  if (unit.equipment_has_iot_device_id !== null) rows.hasDevice.patch(unit.equipment_has_iot_device_id, holder);
  for (const id of unit.equipment_has_addon_ids) rows.hasAddon.patch(id, holder);
  for (const id of unit.open_hold_ids) rows.hold.patch(id, holder);
  for (const id of unit.equipment_document_ids) {
    rows.document.patch(id, holder);
    rows.hasAttachment.patch(attachmentRowId(equipmentId, id), holder);
  }
};
