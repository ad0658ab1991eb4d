/** Counts that always equal the fold of the log: each event moves an account's counts and its line's by the same step. */
import { agreement } from '../../src/domain/agreement/decider.ts';
import { allocation } from '../../src/domain/allocation/decider.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { projecting, type Rows } from '../kernel/projection.ts';
import { allocationSlotTable, equipmentTypeAllocationTable, lineAllocationCountTable } from './tables.ts';

const tables = { allocation: equipmentTypeAllocationTable, slot: allocationSlotTable, line: lineAllocationCountTable };
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;
type Step = { readonly allowed?: number; readonly reserved?: number; readonly assigned?: number };

const move = (rows: All, allocationId: string, { allowed = 0, reserved = 0, assigned = 0 }: Step): void => {
  const at = rows.allocation.get(allocationId);
  if (at === undefined) return;
  const next = { allowed: at.units_allowed + allowed, reserved: at.units_reserved + reserved, assigned: at.units_assigned + assigned };
  rows.allocation.patch(allocationId, {
    units_allowed: next.allowed,
    units_reserved: next.reserved,
    units_assigned: next.assigned,
    units_available: next.allowed - next.reserved - next.assigned,
  });
  moveLine(rows, at.schedule_agreement_line_item_id, { allowed, reserved, assigned });
};
const moveLine = (rows: All, lineItemId: string, { allowed = 0, reserved = 0, assigned = 0 }: Step): void => {
  const line = rows.line.get(lineItemId);
  if (line === undefined) return;
  rows.line.patch(lineItemId, {
    units_allowed: line.units_allowed + allowed,
    units_reserved: line.units_reserved + reserved,
    units_assigned: line.units_assigned + assigned,
    units_available: line.units_contracted - line.units_reserved - reserved - line.units_assigned - assigned,
  });
};

/** A slot in use becomes another situation, or none. */
const free = (rows: All, allocationId: string, assignmentId: string): void => {
  const slot = rows.slot.get(assignmentId);
  if (slot === undefined) return;
  move(rows, allocationId, slot.status === 'assigned' ? { assigned: -1 } : { reserved: -1 });
  rows.slot.remove(assignmentId);
};
const reserve = (rows: All, allocationId: string, { assignmentId, equipmentId }: { readonly assignmentId: string; readonly equipmentId: string }): void => {
  if (rows.slot.get(assignmentId) === undefined) move(rows, allocationId, { reserved: 1 });
  rows.slot.put({ allocation_slot_id: assignmentId, equipment_type_allocation_id: allocationId, equipment_id: equipmentId, status: 'reserved' });
};

export const allocationCounts = projection({
  name: 'allocation-counts',
  version: 1,
  docs: 'How many units each line and account has contracted, allowed, reserved, assigned and available.',
  on: [
    when(agreement, {
      LineAdded: ({ aggregateId, data }, rows) =>
        rows.line.put({
          schedule_agreement_line_item_id: data.lineItemId,
          master_agreement_id: aggregateId,
          schedule_agreement_id: data.scheduleId,
          equipment_type_lookup_id: entryId('equipment-type', data.equipmentType),
          units_contracted: data.numberOfUnits,
          units_allowed: 0,
          units_reserved: 0,
          units_assigned: 0,
          units_available: data.numberOfUnits,
        }),
      LineUnitsChanged: ({ data }, rows) => {
        const line = rows.line.get(data.lineItemId);
        if (line === undefined) return;
        rows.line.patch(data.lineItemId, {
          units_contracted: data.numberOfUnits,
          units_available: data.numberOfUnits - line.units_reserved - line.units_assigned,
        });
      },
    }),
    when(allocation, {
      AllocationOpened: ({ aggregateId, data }, rows) => {
        rows.allocation.put({
          equipment_type_allocation_id: aggregateId,
          master_agreement_id: data.agreementId,
          schedule_agreement_id: data.scheduleId,
          schedule_agreement_line_item_id: data.lineItemId,
          equipment_type_lookup_id: entryId('equipment-type', data.equipmentType),
          units_allowed: data.allowed,
          units_reserved: 0,
          units_assigned: 0,
          units_available: data.allowed,
          status: 'open',
        });
        moveLine(rows, data.lineItemId, { allowed: data.allowed });
      },
      AllowanceRaised: ({ aggregateId, data }, rows) => move(rows, aggregateId, { allowed: data.units }),
      AllowanceLowered: ({ aggregateId, data }, rows) => move(rows, aggregateId, { allowed: -data.units }),
      SlotReserved: ({ aggregateId, data }, rows) => reserve(rows, aggregateId, data),
      SlotConfirmed: ({ aggregateId, data }, rows) => {
        if (rows.slot.get(data.assignmentId)?.status !== 'reserved') return;
        move(rows, aggregateId, { reserved: -1, assigned: 1 });
        rows.slot.patch(data.assignmentId, { status: 'assigned' });
      },
      SlotReleased: ({ aggregateId, data }, rows) => free(rows, aggregateId, data.assignmentId),
      SlotSwapBegun: ({ aggregateId, data }, rows) => {
        free(rows, aggregateId, data.replaces);
        reserve(rows, aggregateId, data);
      },
      SlotSwapCancelled: ({ aggregateId, data }, rows) => {
        free(rows, aggregateId, data.assignmentId);
        reserve(rows, aggregateId, { assignmentId: data.replaces, equipmentId: data.replacesEquipmentId });
        move(rows, aggregateId, { reserved: -1, assigned: 1 });
        rows.slot.patch(data.replaces, { status: 'assigned' });
      },
      AllocationClosed: ({ aggregateId }, rows) => rows.allocation.patch(aggregateId, { status: 'closed' }),
      AllocationReopened: ({ aggregateId }, rows) => rows.allocation.patch(aggregateId, { status: 'open' }),
    }),
  ],
});
