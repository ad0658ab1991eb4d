/** A read-model table as an entity of MikroORM, which owns its DDL. Loaded only where tables are made: the ORM is a large part of a start and of the memory. */
import { defineEntity, type EntitySchema, type PolicyDef, p } from '@mikro-orm/core';
import { type Column, columnTypes, type TableDefinition } from '../../../projections/kernel/table.ts';

/** What the owner of the database adds to a table's entity. */
export type EntityExtras = { readonly policies?: readonly PolicyDef[]; readonly collationOf?: (column: Column) => string | undefined };

/** The MikroORM entity of a table, in `schema`: the owner of its DDL. Column names are the properties' names. */
export const entityOf = (table: TableDefinition, schema: string, extras: EntityExtras = {}): EntitySchema => {
  const properties = Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => {
      const property = p.type('string').columnType(columnTypes[column.kind]).fieldName(name);
      const collation = extras.collationOf?.(column);
      const collated = collation === undefined ? property : property.collation(collation);
      const nullable = column.isNullable ? collated.nullable() : collated;
      return [name, name === table.key ? nullable.primary() : nullable];
    }),
  );
  return defineEntity({ name: `${schema}_${table.name}`, tableName: table.name, schema, properties, policies: [...(extras.policies ?? [])] });
};
