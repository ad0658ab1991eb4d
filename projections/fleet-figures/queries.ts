import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { date, integer, numeric, text, uuid } from '../kernel/table.ts';
import { story, timeline } from './story.ts';
import { equipmentStandingTable, equipmentUtilizationTable, fleetCostTable } from './tables.ts';

const name = 'fleet-figures';

/** Hours of a multirange, to two places: what overlaps counts once. */
const hours = (stretches: string): string => `coalesce((select round(sum(extract(epoch from upper(x) - lower(x))) / 3600, 2) from unnest(${stretches}) x), 0)`;
const percent = (part: string, whole: string): string => `case when ${whole} > 0 then round(100 * ${part} / ${whole}, 1) end`;

/**
 * EQ-7: each stretch is cut at the unit's own months and at now, then joined with the others of its measure, then held against the time in which
 * the reader had the unit: staff all of it, a customer its custody.
 */
const utilization: QueryDefinition = {
  ...tableQuery(name, equipmentUtilizationTable),
  name: 'equipment-utilization',
  docs: 'Each unit and month: hours had (in the fleet; for a customer in its custody), hours out, on rent and down, and the percentages from them. What goes on counts until now.',
  from: `with of_month as (
      select s.equipment_id, m.month_on::date as month_on, range_agg(s.stretch * m.span) filter (where s.measure = 'fleet') as fleet,
        range_agg(s.stretch * m.span) filter (where s.measure = 'custody') as custody,
        range_agg(s.stretch * m.span) filter (where s.measure = 'rent') as rent,
        range_agg(s.stretch * m.span) filter (where s.measure = 'down') as down
      from (
        select u.equipment_id, u.measure, u.time_zone, tstzrange(u.starts_at, least(u.ends_at, now())) as stretch
        from equipment_utilization u where u.starts_at < least(u.ends_at, now())
      ) s
      cross join lateral (
        select g.month_on, tstzrange(g.month_on at time zone s.time_zone, (g.month_on + interval '1 month') at time zone s.time_zone) as span
        from generate_series(date_trunc('month', lower(s.stretch) at time zone s.time_zone), upper(s.stretch) at time zone s.time_zone, interval '1 month') g(month_on)
      ) m
      group by s.equipment_id, m.month_on
    ), had as (
      select equipment_id, month_on, coalesce(fleet + coalesce(custody, '{}'), custody) as held, coalesce(custody, '{}') as custody,
        coalesce(rent, '{}') as rent, coalesce(down, '{}') as down
      from of_month where fleet is not null or custody is not null
    ), measured as (
      select equipment_id, month_on, ${hours('held')} as held_hours, ${hours('custody')} as custody_hours,
        ${hours('rent')} as rent_hours, ${hours('down * held')} as down_hours
      from had
    )
    select m.equipment_id || '/' || m.month_on as equipment_month, m.equipment_id, m.month_on, m.held_hours, m.custody_hours, m.rent_hours, m.down_hours,
      ${percent('m.rent_hours', 'm.held_hours')} as utilization_percent,
      ${percent('(m.held_hours - m.down_hours)', 'm.held_hours')} as availability_percent,
      e.unit_number, e.equipment_type_lookup_id, t.equipment_name
    from measured m
    left join equipment e on e.equipment_id = m.equipment_id
    left join equipment_type_lookup t on t.equipment_type_lookup_id = e.equipment_type_lookup_id`,
  columns: {
    equipment_month: text().described('unit and month'),
    equipment_id: uuid().filtered(),
    month_on: date().filtered().described('its first day, in the unit’s time zone'),
    held_hours: numeric().described('in the fleet; for a customer: in its custody'),
    custody_hours: numeric().described('out with customers'),
    rent_hours: numeric().filtered(),
    down_hours: numeric().filtered().described('out of service by one hold or several'),
    utilization_percent: numeric().nullable().filtered().described('on rent, of the hours had'),
    availability_percent: numeric().nullable().filtered().described('not down, of the hours had'),
    unit_number: text().nullable().searched(),
    equipment_type_lookup_id: uuid().nullable().filtered(),
    equipment_name: text().nullable().searched(),
  },
  key: 'equipment_month',
  sort: ['-month_on', 'unit_number'],
};

const costs: QueryDefinition = {
  ...tableQuery(name, fleetCostTable),
  name: 'fleet-cost-per-unit',
  docs: 'Each unit, month and currency: what orders, roadside jobs and maintenance cost. A holder sees what was spent in its time.',
  from: `select c.equipment_id || '/' || c.month_on || '/' || c.currency_code as equipment_month, c.*, e.unit_number, e.equipment_type_lookup_id, t.equipment_name
    from (
      select equipment_id, date_trunc('month', incurred_on)::date as month_on, currency_code, count(*)::integer as cost_count,
        count(*) filter (where not is_final)::integer as open_count, sum(labour_cost) as labour_cost, sum(part_cost) as part_cost,
        sum(other_cost) as other_cost, sum(total_cost) as total_cost
      from fleet_cost_per_unit group by 1, 2, 3
    ) c
    left join equipment e on e.equipment_id = c.equipment_id
    left join equipment_type_lookup t on t.equipment_type_lookup_id = e.equipment_type_lookup_id`,
  columns: {
    equipment_month: text().described('unit, month and currency'),
    equipment_id: uuid().filtered(),
    month_on: date().filtered().described('its first day'),
    currency_code: text().filtered(),
    cost_count: integer().described('orders, jobs and maintenances'),
    open_count: integer().described('of them not final yet'),
    labour_cost: numeric(),
    part_cost: numeric(),
    other_cost: numeric(),
    total_cost: numeric().filtered(),
    unit_number: text().nullable().searched(),
    equipment_type_lookup_id: uuid().nullable().filtered(),
    equipment_name: text().nullable().searched(),
  },
  key: 'equipment_month',
  sort: ['-month_on', '-total_cost'],
};

export const fleetFigureQueries: readonly QueryDefinition[] = [
  utilization,
  tableQuery(name, equipmentUtilizationTable, { name: 'equipment-utilization-stretch', sort: ['-starts_at'] }),
  costs,
  tableQuery(name, fleetCostTable, { name: 'fleet-cost-entry', sort: ['-incurred_on'] }),
  tableQuery(name, equipmentStandingTable),
  story,
  timeline,
];
