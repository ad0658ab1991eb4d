import { boolean, companyTable, date, instant, numeric, tenantTable, text, uuid, uuidArray } from '../kernel/table.ts';

export const equipmentUtilizationTable = tenantTable('equipment_utilization', {
  key: 'equipment_utilization_id',
  permission: 'equipment:view',
  docs: 'The stretches of time that use and availability are measured by: in the fleet, out, on rent, down. A holder sees its own time.',
  columns: {
    equipment_utilization_id: uuid(),
    equipment_id: uuid().filtered(),
    measure: text().filtered().described('fleet (registered to retired), custody (out to returned), rent (out to off-rent) or down (some hold open)'),
    starts_at: instant().filtered(),
    ends_at: instant().nullable().filtered().described('none while it goes on'),
    time_zone: text().described('the unit’s: its months begin there'),
    equipment_assignment_id: uuid().nullable().filtered(),
  },
});
/** What the next event of a unit is understood by; nothing that the fleet does not show better. */
export const equipmentStandingTable = companyTable('equipment_standing', {
  key: 'equipment_id',
  permission: 'equipment:view',
  docs: 'How each unit stands for its figures: with whom, and down since which stretch.',
  columns: {
    equipment_id: uuid(),
    time_zone: text(),
    holder_customer_id: uuid().nullable(),
    holder_account_id: uuid().nullable(),
    open_hold_ids: uuidArray(),
    down_utilization_id: uuid().nullable(),
  },
});
export const fleetCostTable = tenantTable('fleet_cost_per_unit', {
  key: 'fleet_cost_per_unit_id',
  permission: 'work-order:view',
  docs: 'What was spent on each unit, one row a completed order, a roadside job without one, or a maintenance without one: every cost once.',
  columns: {
    fleet_cost_per_unit_id: uuid().described('the order, job or maintenance itself'),
    equipment_id: uuid().filtered(),
    cost_source: text().filtered().described('work-order, roadside or maintenance'),
    incurred_on: date().filtered().described('the day in the unit’s time zone'),
    currency_code: text().filtered(),
    labour_cost: numeric(),
    part_cost: numeric(),
    other_cost: numeric(),
    total_cost: numeric().filtered(),
    is_final: boolean().filtered().described('costs are closed; before that the order may be reopened'),
  },
});
