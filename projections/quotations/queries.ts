import { type QueryDefinition, tableQuery } from '../kernel/query.ts';
import { quotationAcceptanceTable, quotationFollowupTable, quotationGivenTable, quotationLineTable, quotationRevisionTable, quotationTable } from './tables.ts';

const name = 'quotations';
const key = quotationTable.key;
const columns = Object.keys(quotationTable.columns).join(', ');
/** Whoever does not see the current revision, because it is being written, sees the one that was given last. */
const shown: QueryDefinition = {
  ...tableQuery(name, quotationTable),
  from: `select ${columns} from ${quotationTable.name}
    union all
    select ${columns} from ${quotationGivenTable.name} g where not exists (select from ${quotationTable.name} q where q.${key} = g.${key})`,
};

export const quotationQueries: readonly QueryDefinition[] = [
  shown,
  ...[quotationRevisionTable, quotationLineTable, quotationFollowupTable, quotationAcceptanceTable].map((table) => tableQuery(name, table)),
];
