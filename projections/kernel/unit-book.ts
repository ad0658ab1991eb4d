/** What concerns units, as people read it. */
import { type QueryDefinition, tableQuery } from './query.ts';
import { type TableDefinition, text } from './table.ts';

type Book = Pick<QueryDefinition, 'name' | 'docs' | 'sort'>;

/**
 * Rows of a table with `equipment_id`, `customer_id` and `account_id`, with the unit's number and the names of customer and account beside them:
 * names change, so they are joined and never copied.
 */
export const unitBook = (projection: string, table: TableDefinition, { name, docs, sort }: Book): QueryDefinition => ({
  ...tableQuery(projection, table, { name, sort, docs: `${docs} A unit that is another’s now has no number here.` }),
  from: `select r.*, e.unit_number, c.customer_name, a.account_name
    from ${table.name} r
    left join equipment e on e.equipment_id = r.equipment_id
    left join customer c on c.customer_id = r.customer_id
    left join account a on a.account_id = r.account_id`,
  columns: {
    ...table.columns,
    unit_number: text().nullable().searched(),
    customer_name: text().nullable().searched(),
    account_name: text().nullable().searched(),
  },
});
