/** What a set of projections must be to run together. */
import type { ProjectionDefinition } from '../../../projections/kernel/projection.ts';

/** Throws where two projections share a name or a table, or a table's personal columns cannot be erased. */
export const checkDefinitions = (projections: readonly ProjectionDefinition[]): void => {
  const tables = new Map<string, string>();
  const names = new Set<string>();
  for (const { name, tables: own } of projections) {
    if (names.has(name)) throw new Error(`two read models are called ${name}`);
    names.add(name);
    for (const table of Object.values(own)) {
      const other = tables.get(table.name);
      if (other !== undefined) throw new Error(`the table ${table.name} belongs to both ${other} and ${name}`);
      tables.set(table.name, name);
    }
  }
};
