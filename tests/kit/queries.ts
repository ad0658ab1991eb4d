/** Queries as they are asked in Postgres, of read models that have seen a history. */
import type { ProjectionDefinition } from '../../projections/kernel/projection.ts';
import type { QueryDefinition } from '../../projections/kernel/query.ts';
import type { Caller } from '../../src/application/caller.ts';
import type { Row } from '../../src/application/ports/queries.ts';
import { queryRunner } from '../../src/infrastructure/queries/runner.ts';
import { id } from './decider.ts';
import { inPostgres, type Steps } from './projections.ts';

/** Somebody who may ask everything: of a customer, or `null` for staff. */
const reader = (tenant: string | null): Caller => ({ actor: { kind: 'user', id: id('reader') }, tenant, accounts: 'all', permissions: new Set(['*']) });
/** The first page; `parameters` as in the address. */
export type Ask = (name: string, tenant: string | null, parameters?: string | Readonly<Record<string, string>>) => Promise<readonly Row[]>;

/** Asks the queries in a database that is gone after `use`. Every query is asked once by staff before: none that Postgres does not take. */
export const asking = (
  { queries, ...history }: { readonly queries: readonly QueryDefinition[]; readonly projections: readonly ProjectionDefinition[]; readonly steps: Steps },
  use: (ask: Ask) => Promise<void>,
): Promise<void> =>
  inPostgres(history, async ({ database }) => {
    const runner = queryRunner({ database, cursorKey: Buffer.alloc(32, 1) });
    const ask: Ask = async (name, tenant, parameters = '') => {
      const definition = queries.find((query) => query.name === name);
      if (definition === undefined) throw new Error(`no query ${name}`);
      const parsed = runner.parse(definition, new URLSearchParams(parameters), reader(tenant));
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
      return (await runner.page(definition, parsed.request, reader(tenant))).data;
    };
    for (const { name } of queries) await ask(name, null);
    await use(ask);
  });
