/** The one list of read models. The projector, the query routes and the documents iterate it. */
import { catalogs } from './catalogs/projection.ts';
import { catalogQueries } from './catalogs/queries.ts';
import { deadlines } from './deadlines/projection.ts';
import { deadlineQueries } from './deadlines/queries.ts';
import type { ReadModel } from './kernel/read-model.ts';

export const readModels: readonly ReadModel[] = [
  { projection: deadlines, queries: deadlineQueries },
  { projection: catalogs, queries: catalogQueries },
];
