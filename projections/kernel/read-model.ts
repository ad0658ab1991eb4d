import type { ProjectionDefinition } from './projection.ts';
import type { QueryDefinition } from './query.ts';

/** One read model: how it is folded and what it answers. */
export type ReadModel = { readonly projection: ProjectionDefinition; readonly queries: readonly QueryDefinition[] };
