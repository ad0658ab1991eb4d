import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { date, integer, text } from '../kernel/table.ts';
import { unitBook } from '../kernel/unit-book.ts';
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

const name = 'equipment';

/** The fleet as people read it: names change, so they are joined and never copied. */
const fleet: QueryDefinition = {
  ...tableQuery(name, equipmentTable),
  name: 'fleet',
  docs: 'Units with the names of their type, make, customer and account, and the day they went out.',
  from: `select e.*, t.equipment_type, t.equipment_name, m.make, m.model, m.year as model_year,
      c.customer_name, a.account_name, g.activation_date, g.off_rent_on
    from equipment e
    left join equipment_type_lookup t on t.equipment_type_lookup_id = e.equipment_type_lookup_id
    left join oem_make_model_lookup m on m.oem_make_model_lookup_id = e.oem_make_model_lookup_id
    left join customer c on c.customer_id = e.customer_id
    left join account a on a.account_id = e.account_id
    left join equipment_assignment g on g.equipment_assignment_id = e.equipment_assignment_id`,
  columns: {
    ...equipmentTable.columns,
    equipment_type: text().nullable().filtered(),
    equipment_name: text().nullable().searched(),
    make: text().nullable().searched(),
    model: text().nullable().searched(),
    model_year: integer().nullable().filtered(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
    activation_date: date().nullable().filtered(),
    off_rent_on: date().nullable().filtered(),
  },
  sort: ['unit_number'],
};

/** Who has, had and will have which unit. */
const assignmentBook = unitBook(name, equipmentAssignmentTable, {
  name: 'assignment-book',
  docs: 'Assignments with the unit’s number and the names of customer and account.',
  sort: ['-activation_date'],
});

/** EQ-6: what each meter shows now, the latest reading that counts. */
const meters: QueryDefinition = {
  ...tableQuery(name, equipmentReadingTable),
  name: 'equipment-meter',
  docs: 'What each meter of each unit shows now: its latest reading that counts.',
  from: `select distinct on (r.equipment_id, r.reading_type) r.*, e.unit_number
    from equipment_reading r
    left join equipment e on e.equipment_id = r.equipment_id
    where not r.is_void
    order by r.equipment_id, r.reading_type, r.recorded_at desc, r.equipment_reading_id`,
  columns: { ...equipmentReadingTable.columns, unit_number: text().nullable().searched() },
  sort: ['unit_number', 'reading_type'],
};

export const equipmentQueries: readonly QueryDefinition[] = [
  tableQuery(name, equipmentTable, { sort: ['unit_number'] }),
  fleet,
  tableQuery(name, equipmentAssignmentTable, { sort: ['-activation_date'] }),
  assignmentBook,
  tableQuery(name, equipmentReadingTable, { sort: ['-recorded_at'] }),
  meters,
  tableQuery(name, equipmentLoadDetailTable, { sort: ['-equipment_load_date'] }),
  tableQuery(name, equipmentPermitTable, { sort: ['expires_on'] }),
  tableQuery(name, equipmentDocumentTable, { sort: ['expires_on'] }),
  tableQuery(name, equipmentHoldTable, { sort: ['-placed_at'] }),
  tableQuery(name, equipmentAddonTable),
  tableQuery(name, equipmentHasAddonTable, { sort: ['-installed_at'] }),
  tableQuery(name, equipmentHasAttachmentTable),
  tableQuery(name, iotDeviceTable),
  tableQuery(name, equipmentHasIotDeviceTable, { sort: ['-installed_at'] }),
];
