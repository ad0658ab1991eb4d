/** What may be asked of a column, by its kind and its declared filter. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Column, ColumnKind } from '../../../projections/kernel/table.ts';
import type { Operator } from '../../application/ports/queries.ts';

const same: readonly Operator[] = ['eq', 'ne', 'in', 'null'];
const ordered: readonly Operator[] = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'between', 'null'];
/** Of a list column `eq` means that it holds the value, `in` that it holds one of them. */
const listed: readonly Operator[] = ['eq', 'in', 'null'];

const byKind: Readonly<Record<ColumnKind, readonly Operator[]>> = {
  uuid: same,
  boolean: same,
  text: ordered,
  integer: ordered,
  bigint: ordered,
  numeric: ordered,
  double: ordered,
  date: ordered,
  instant: ordered,
  json: ['null'],
  textArray: listed,
  uuidArray: listed,
};
const unsortable: ReadonlySet<ColumnKind> = new Set(['json', 'textArray', 'uuidArray']);

/** Declared for filtering, and so served by an index. */
export const isFilterable = (definition: QueryDefinition, name: string, column: Column): boolean => column.filter !== 'none' || name === definition.key;

export const operatorsOf = (column: Column): readonly Operator[] => {
  if (column.filter === 'prose') return ['like', 'null'];
  return column.kind === 'text' && column.filter === 'contains' ? [...byKind.text, 'like'] : byKind[column.kind];
};

export const filterableColumns = (definition: QueryDefinition): readonly string[] =>
  Object.entries(definition.columns).flatMap(([name, column]) => (isFilterable(definition, name, column) ? [name] : []));

export const sortableColumns = (definition: QueryDefinition): readonly string[] =>
  filterableColumns(definition).filter((name) => {
    const { kind, filter } = columnOf(definition, name);
    return !unsortable.has(kind) && filter !== 'prose';
  });

/** The column of that name; a name that was not checked before is a bug. */
export const columnOf = (definition: QueryDefinition, name: string): Column => {
  const column = Object.hasOwn(definition.columns, name) ? definition.columns[name] : undefined;
  if (column === undefined) throw new Error(`the query ${definition.name} has no column ${name}`);
  return column;
};
