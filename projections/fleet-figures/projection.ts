/** What a fleet is judged by: when units were out and down (EQ-7), and what they cost. */
import { equipment } from '../../src/domain/equipment/decider.ts';
import { addDays } from '../../src/domain/kernel/calendar.ts';
import { derivedId } from '../../src/domain/kernel/ids.ts';
import { localDate, startOfLocalDay } from '../../src/domain/kernel/time-zone.ts';
import { maintenance } from '../../src/domain/maintenance/decider.ts';
import { roadside } from '../../src/domain/roadside/decider.ts';
import { workOrder } from '../../src/domain/work-order/decider.ts';
import { type Occurred, projecting, type Rows } from '../kernel/projection.ts';
import type { RowOf } from '../kernel/table.ts';
import { equipmentStandingTable, equipmentUtilizationTable, fleetCostTable } from './tables.ts';

const tables = { stretch: equipmentUtilizationTable, standing: equipmentStandingTable, cost: fleetCostTable };
const { projection, when } = projecting(tables);
type All = Rows<typeof tables>;
type Stretch = RowOf<(typeof equipmentUtilizationTable)['columns']>;
type Standing = RowOf<(typeof equipmentStandingTable)['columns']>;
type Holder = { readonly customerId: string | null; readonly accountId: string | null };

const nobody: Holder = { customerId: null, accountId: null };
const holderIn = (standing: Standing): Holder => ({ customerId: standing.holder_customer_id, accountId: standing.holder_account_id });
const custodyOf = (assignmentId: string): string => derivedId(assignmentId, ['custody']);
const rentOf = (assignmentId: string): string => derivedId(assignmentId, ['rent']);

type Begun = Pick<Stretch, 'equipment_utilization_id' | 'measure' | 'starts_at'> & { readonly assignmentId?: string };
const begin = (rows: All, unit: Standing, { assignmentId, ...begun }: Begun, holder: Holder): void =>
  rows.stretch.put({
    ...begun,
    equipment_id: unit.equipment_id,
    ends_at: null,
    time_zone: unit.time_zone,
    equipment_assignment_id: assignmentId ?? null,
    customer_id: holder.customerId,
    account_id: holder.accountId,
  });

/** A unit that is down when it changes hands is down for both, each for its own time (TE-9). */
const handOver = (rows: All, event: Occurred, unit: Standing, holder: Holder): void => {
  const isDown = unit.down_utilization_id !== null;
  const down = isDown ? derivedId(event.id, ['down']) : null;
  rows.standing.patch(unit.equipment_id, { holder_customer_id: holder.customerId, holder_account_id: holder.accountId, down_utilization_id: down });
  if (unit.down_utilization_id === null || down === null) return;
  rows.stretch.patch(unit.down_utilization_id, { ends_at: event.occurredAt });
  begin(rows, unit, { equipment_utilization_id: down, measure: 'down', starts_at: event.occurredAt }, holder);
};

type Out = { readonly assignmentId: string; readonly customerId: string; readonly accountId: string };
const goOut = (rows: All, event: Occurred<Out>, from: string): void => {
  const unit = rows.standing.get(event.aggregateId);
  if (unit === undefined) return;
  const { assignmentId, ...holder } = event.data;
  const starts_at = startOfLocalDay(from, unit.time_zone);
  begin(rows, unit, { equipment_utilization_id: custodyOf(assignmentId), measure: 'custody', starts_at, assignmentId }, holder);
  begin(rows, unit, { equipment_utilization_id: rentOf(assignmentId), measure: 'rent', starts_at, assignmentId }, holder);
  handOver(rows, event, unit, holder);
};
/** A day that is over at its end; today, at this instant. */
const endOf = (date: string, { time_zone }: Standing, occurredAt: string): string =>
  date === localDate(occurredAt, time_zone) ? occurredAt : startOfLocalDay(addDays(date, 1), time_zone);

const changeHolds = (rows: All, { id, aggregateId, occurredAt }: Occurred, change: (open: readonly string[]) => readonly string[]): void => {
  const unit = rows.standing.get(aggregateId);
  if (unit === undefined) return;
  const open_hold_ids = change(unit.open_hold_ids);
  const isDown = open_hold_ids.length > 0;
  rows.standing.patch(aggregateId, { open_hold_ids });
  if (isDown === (unit.down_utilization_id !== null)) return;
  const down = isDown ? derivedId(id, ['down']) : null;
  rows.standing.patch(aggregateId, { down_utilization_id: down });
  if (unit.down_utilization_id !== null) rows.stretch.patch(unit.down_utilization_id, { ends_at: occurredAt });
  if (down !== null) begin(rows, unit, { equipment_utilization_id: down, measure: 'down', starts_at: occurredAt }, holderIn(unit));
};

const use = when(equipment, {
  EquipmentRegistered: ({ aggregateId, occurredAt, data }, rows) => {
    const unit = { equipment_id: aggregateId, time_zone: data.timeZone, holder_customer_id: null, holder_account_id: null, open_hold_ids: [] };
    const standing: Standing = { ...unit, down_utilization_id: null };
    rows.standing.put(standing);
    begin(rows, standing, { equipment_utilization_id: aggregateId, measure: 'fleet', starts_at: occurredAt }, nobody);
  },
  EquipmentCorrected: ({ aggregateId, data }, rows) => rows.standing.patch(aggregateId, { time_zone: data.timeZone }),
  EquipmentRetired: ({ aggregateId, occurredAt }, rows) => {
    rows.stretch.patch(aggregateId, { ends_at: occurredAt });
    const down = rows.standing.get(aggregateId)?.down_utilization_id ?? null;
    if (down !== null) rows.stretch.patch(down, { ends_at: occurredAt });
    rows.standing.remove(aggregateId);
  },
  EquipmentHoldPlaced: (event, rows) => changeHolds(rows, event, (open) => [...open.filter((hold) => hold !== event.data.holdId), event.data.holdId]),
  EquipmentHoldReleased: (event, rows) => changeHolds(rows, event, (open) => open.filter((hold) => hold !== event.data.holdId)),
  EquipmentAssigned: (event, rows) => {
    const { status, from, assignmentId, customerId, accountId } = event.data;
    if (status === 'on_rent') goOut(rows, { ...event, data: { assignmentId, customerId, accountId } }, from);
  },
  AssignmentActivated: (event, rows) => {
    const { activatedOn, assignmentId, customerId, accountId } = event.data;
    goOut(rows, { ...event, data: { assignmentId, customerId, accountId } }, activatedOn);
  },
  EquipmentCalledOff: ({ aggregateId, data }, rows) => {
    const unit = rows.standing.get(aggregateId);
    if (unit !== undefined) rows.stretch.patch(rentOf(data.assignmentId), { ends_at: startOfLocalDay(addDays(data.offRentOn, 1), unit.time_zone) });
  },
  CallOffWithdrawn: ({ data }, rows) => rows.stretch.patch(rentOf(data.assignmentId), { ends_at: null }),
  EquipmentReturned: (event, rows) => {
    const { aggregateId, occurredAt, data } = event;
    const unit = rows.standing.get(aggregateId);
    if (unit === undefined) return;
    rows.stretch.patch(rentOf(data.assignmentId), { ends_at: endOf(data.offRentOn, unit, occurredAt) });
    rows.stretch.patch(custodyOf(data.assignmentId), { ends_at: endOf(data.returnedOn, unit, occurredAt) });
    handOver(rows, event, unit, nobody);
  },
});

type Total = { readonly amount: string; readonly currency: string };
const dayOf = (rows: All, equipmentId: string, occurredAt: string): string => localDate(occurredAt, rows.standing.get(equipmentId)?.time_zone ?? 'UTC');
/** A sum that says nothing of what it is made of. */
const other = ({ amount, currency }: Total) => ({ currency_code: currency, labour_cost: '0', part_cost: '0', other_cost: amount, total_cost: amount }) as const;
const isNothing = ({ amount }: Total): boolean => Number(amount) === 0;

const ofOrders = when(workOrder, {
  WorkOrderCompleted: ({ aggregateId, occurredAt, data }, rows) => {
    if (data.equipmentId === undefined) return;
    rows.cost.put({
      fleet_cost_per_unit_id: aggregateId,
      equipment_id: data.equipmentId,
      cost_source: 'work-order',
      incurred_on: dayOf(rows, data.equipmentId, occurredAt),
      currency_code: data.total.currency,
      labour_cost: data.labourTotal.amount,
      part_cost: data.partTotal.amount,
      other_cost: '0',
      total_cost: data.total.amount,
      is_final: false,
    });
  },
  WorkOrderReopened: ({ aggregateId }, rows) => rows.cost.remove(aggregateId),
  WorkOrderClosed: ({ aggregateId, data }, rows) =>
    rows.cost.patch(aggregateId, { labour_cost: data.labourTotal.amount, part_cost: data.partTotal.amount, total_cost: data.total.amount, is_final: true }),
});
/** A job’s costs go to its order, where it has one. */
const ofJobs = when(roadside, {
  RoadsideSettled: ({ aggregateId, occurredAt, data }, rows) => {
    if (data.workOrderId !== undefined || isNothing(data.total)) return;
    const about = { fleet_cost_per_unit_id: aggregateId, equipment_id: data.equipmentId, cost_source: 'roadside', is_final: true } as const;
    rows.cost.put({ ...about, incurred_on: dayOf(rows, data.equipmentId, occurredAt), ...other(data.total) });
  },
  RoadsideCancelled: ({ aggregateId, occurredAt, data }, rows) => {
    if (isNothing(data.total)) return;
    const about = { fleet_cost_per_unit_id: aggregateId, equipment_id: data.equipmentId, cost_source: 'roadside', is_final: true } as const;
    rows.cost.put({ ...about, incurred_on: dayOf(rows, data.equipmentId, occurredAt), ...other(data.total) });
  },
});
/** What an order did is in the order’s costs already. */
const ofMaintenance = when(maintenance, {
  MaintenancePerformed: ({ data }, rows) => {
    if (data.workOrderId !== undefined || data.cost === undefined || isNothing(data.cost)) return;
    const about = { fleet_cost_per_unit_id: data.performanceId, equipment_id: data.equipmentId, cost_source: 'maintenance', is_final: true } as const;
    rows.cost.put({ ...about, incurred_on: data.performedOn, ...other(data.cost) });
  },
  MaintenancePerformanceWithdrawn: ({ data }, rows) => rows.cost.remove(data.performanceId),
});

export const fleetFigures = projection({
  name: 'fleet-figures',
  version: 1,
  docs: 'When units were out and down, and what they cost.',
  on: [use, ofOrders, ofJobs, ofMaintenance],
});
