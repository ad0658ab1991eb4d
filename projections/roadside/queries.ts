import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { text } from '../kernel/table.ts';
import { communicationLogTable, ersAttemptTable, ersFeeTable, ersHasAttachmentTable, ersPartsUsedTable, ersTable } from './tables.ts';

const name = 'roadside';
const place = { latitude: 'latitude', longitude: 'longitude' } as const;

/** The dispatcher's board: names change, so they are joined and never copied. */
const board: QueryDefinition = {
  ...tableQuery(name, ersTable, { place }),
  name: 'roadside-board',
  docs: 'Roadside jobs with the unit’s number and the customer’s name.',
  from: `select r.*, e.unit_number, c.customer_name
    from ers r
    left join equipment e on e.equipment_id = r.equipment_id
    left join customer c on c.customer_id = r.customer_id`,
  columns: { ...ersTable.columns, unit_number: text().nullable().searched(), customer_name: text().nullable().searched() },
  sort: ['-requested_at'],
};

export const roadsideQueries: readonly QueryDefinition[] = [
  tableQuery(name, ersTable, { sort: ['-requested_at'], place }),
  board,
  tableQuery(name, ersAttemptTable, { sort: ['-dispatched_at'] }),
  tableQuery(name, ersPartsUsedTable),
  tableQuery(name, ersFeeTable),
  tableQuery(name, ersHasAttachmentTable),
  tableQuery(name, communicationLogTable, { sort: ['-communicated_at'] }),
];
