/** The one list of read models. The projector, the query routes and the documents iterate it. */
import { agreements } from './agreements/projection.ts';
import { agreementQueries } from './agreements/queries.ts';
import { allocationCounts } from './allocation-counts/projection.ts';
import { allocationCountQueries } from './allocation-counts/queries.ts';
import { catalogs } from './catalogs/projection.ts';
import { catalogQueries } from './catalogs/queries.ts';
import { customers } from './customers/projection.ts';
import { customerQueries } from './customers/queries.ts';
import { deadlines } from './deadlines/projection.ts';
import { deadlineQueries } from './deadlines/queries.ts';
import type { ReadModel } from './kernel/read-model.ts';

export const readModels: readonly ReadModel[] = [
  { projection: deadlines, queries: deadlineQueries },
  { projection: agreements, queries: agreementQueries },
  { projection: allocationCounts, queries: allocationCountQueries },
  { projection: catalogs, queries: catalogQueries },
  { projection: customers, queries: customerQueries },
];
