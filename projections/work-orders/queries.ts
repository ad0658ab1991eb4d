import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { integer, text } from '../kernel/table.ts';
import {
  workOrderHasAttachmentTable,
  workOrderLabourTable,
  workOrderSignatureTable,
  workOrderTable,
  workOrderTechnicianTable,
  workOrderVmrsTable,
} from './tables.ts';

const name = 'work-orders';

/** Work as people read it: names change, so they are joined and never copied. */
const board: QueryDefinition = {
  ...tableQuery(name, workOrderTable),
  name: 'work-order-board',
  docs: 'Work orders with the unit’s number and the names of customer and account. A unit that is another’s now has no number here.',
  from: `select w.*, e.unit_number, c.customer_name, a.account_name
    from workorder w
    left join equipment e on e.equipment_id = w.equipment_id
    left join customer c on c.customer_id = w.customer_id
    left join account a on a.account_id = w.account_id`,
  columns: {
    ...workOrderTable.columns,
    unit_number: text().nullable().searched(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
  },
  sort: ['-opened_at'],
};
/** The technician's day: what each has begun when, on which order. */
const labour: QueryDefinition = {
  ...tableQuery(name, workOrderLabourTable),
  name: 'technician-day',
  docs: 'Labour with the order it was on, and the technician’s name as the order knows it.',
  from: `select l.*, w.workorder_number, w.workorder_description, w.workorder_status
    from workorder_labour l
    left join workorder w on w.workorder_id = l.workorder_id`,
  columns: {
    ...workOrderLabourTable.columns,
    workorder_number: integer().nullable().filtered(),
    workorder_description: text().nullable().searched(),
    workorder_status: text().nullable().filtered(),
  },
  sort: ['-started_at'],
};
/** Repairs by code, over all orders. */
const repairs: QueryDefinition = {
  ...tableQuery(name, workOrderVmrsTable),
  name: 'repairs',
  docs: 'Lines of work orders with what their codes mean and the unit they were done on.',
  from: `select v.*, m.vmrs_description, w.workorder_number, w.workorder_status, w.equipment_id
    from workorder_vmrs v
    left join vmrs_lookup m on m.vmrs_id = v.vmrs_id
    left join workorder w on w.workorder_id = v.workorder_id`,
  columns: {
    ...workOrderVmrsTable.columns,
    vmrs_description: text().nullable().searched(),
    workorder_number: integer().nullable().filtered(),
    workorder_status: text().nullable().filtered(),
    equipment_id: { ...workOrderTable.columns.equipment_id },
  },
  sort: ['-created_at'],
};

export const workOrderQueries: readonly QueryDefinition[] = [
  tableQuery(name, workOrderTable, { sort: ['-opened_at'] }),
  board,
  tableQuery(name, workOrderVmrsTable),
  repairs,
  tableQuery(name, workOrderLabourTable, { sort: ['-started_at'] }),
  labour,
  tableQuery(name, workOrderTechnicianTable),
  tableQuery(name, workOrderHasAttachmentTable),
  tableQuery(name, workOrderSignatureTable),
];
