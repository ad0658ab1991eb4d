import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { date, integer, text, uuid } from '../kernel/table.ts';
import { unitBook } from '../kernel/unit-book.ts';
import { inspectionTable, violationTable } from './tables.ts';

const name = 'compliance';

const book = unitBook(name, inspectionTable, {
  name: 'inspection-book',
  docs: 'Inspections with the unit’s number and the names of customer and account.',
  sort: ['-inspection_date'],
});

/** What one list asks of three kinds of things: the paper’s own row, whose it is, and its last day. */
const items = `select p.equipment_permit_id as compliance_item_id, 'permit' as item_kind, 'permit' as category,
      concat_ws(' ', p.license_plate_number, p.license_plate_state) as title, p.equipment_id, p.expires_on as due_on, p.customer_id, p.account_id
    from equipment_permit p where p.expires_on is not null
  union all
  select d.equipment_document_id, 'document', d.document_category, d.document_name, d.equipment_id, d.expires_on, d.customer_id, d.account_id
    from equipment_document d where d.expires_on is not null
  union all
  select i.dot_inspection_id, 'certification', i.inspection_kind, concat_ws(' ', 'Inspection of', i.inspection_date::text, i.report_number), i.equipment_id,
      i.certify_by, i.customer_id, i.account_id
    from dot_inspection i where i.status = 'open' and i.inspection_result = 'failed'`;
const daysLeft = `(m.due_on - (now() at time zone coalesce(e.time_zone, 'UTC'))::date)::int`;
/** The thresholds are those of the reminders (PM-10). */
const list: QueryDefinition = {
  name: 'compliance-list',
  docs: 'What keeps units on the road and ends by itself, the most pressing first: permits, papers (insurance, annual inspection, licences) with their last day, and inspections whose repairs must be certified. `days_left` is below zero where that day is over. Whoever may see inspections sees the papers too.',
  projection: name,
  from: `select m.*, e.unit_number, c.customer_name, a.account_name, ${daysLeft} as days_left,
      case when ${daysLeft} < 0 then 'over' when ${daysLeft} <= 7 then 'within_7' when ${daysLeft} <= 30 then 'within_30'
        when ${daysLeft} <= 60 then 'within_60' else 'later' end as urgency
    from (${items}) m
    left join equipment e on e.equipment_id = m.equipment_id
    left join customer c on c.customer_id = m.customer_id
    left join account a on a.account_id = m.account_id
    where e.is_retired is not true`,
  columns: {
    compliance_item_id: uuid().described('The row of the permit, the document or the inspection.'),
    item_kind: text().filtered().described('permit, document or certification'),
    category: text().filtered().described('permit, the category of the document, or the kind of inspection'),
    title: text().searched(),
    equipment_id: uuid().filtered(),
    unit_number: text().nullable().searched(),
    due_on: date().filtered().described('Its last day.'),
    days_left: integer().filtered(),
    urgency: text().filtered().described('over, within_7, within_30, within_60 or later, in the unit’s own days'),
    customer_id: uuid().nullable().filtered(),
    account_id: uuid().nullable().filtered(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
  },
  key: 'compliance_item_id',
  scope: inspectionTable.scope,
  permission: inspectionTable.permission,
  sort: ['due_on'],
};

export const complianceQueries: readonly QueryDefinition[] = [
  tableQuery(name, inspectionTable, { sort: ['-inspection_date'] }),
  book,
  tableQuery(name, violationTable),
  list,
];
