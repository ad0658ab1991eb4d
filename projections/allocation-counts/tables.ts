import { integer, tenantTable, text, uuid } from '../kernel/table.ts';

const permission = 'allocation:view';

export const equipmentTypeAllocationTable = tenantTable('equipment_type_allocation', {
  key: 'equipment_type_allocation_id',
  permission,
  docs: 'Each account’s slots of each line: how many it may have out, and how many it has.',
  columns: {
    equipment_type_allocation_id: uuid(),
    master_agreement_id: uuid().filtered(),
    schedule_agreement_id: uuid().filtered(),
    schedule_agreement_line_item_id: uuid().filtered(),
    equipment_type_lookup_id: uuid().filtered(),
    units_allowed: integer().filtered(),
    units_reserved: integer().filtered(),
    units_assigned: integer().filtered(),
    units_available: integer().filtered(),
    status: text().filtered(),
  },
});
export const allocationSlotTable = tenantTable('allocation_slot', {
  key: 'allocation_slot_id',
  permission,
  docs: 'The slots in use, one row an assignment.',
  columns: { allocation_slot_id: uuid(), equipment_type_allocation_id: uuid().filtered(), equipment_id: uuid().filtered(), status: text().filtered() },
});
/** Contracted units stand at the line, which is the customer's, not an account's. */
export const lineAllocationCountTable = tenantTable('line_allocation_count', {
  key: 'schedule_agreement_line_item_id',
  permission,
  docs: 'Each line of a schedule: units contracted, allowed to accounts, reserved, assigned and available.',
  columns: {
    schedule_agreement_line_item_id: uuid(),
    master_agreement_id: uuid().filtered(),
    schedule_agreement_id: uuid().filtered(),
    equipment_type_lookup_id: uuid().filtered(),
    units_contracted: integer().filtered(),
    units_allowed: integer().filtered(),
    units_reserved: integer().filtered(),
    units_assigned: integer().filtered(),
    units_available: integer().filtered().described('Contracted less those in use.'),
  },
});
