/** Rows between the event's form (ISO instants, decimal strings) and Postgres: one select list, one record definition, one COPY encoding a kind. */
import { type ColumnKind, columnTypes, type TableDefinition } from '../../../projections/kernel/table.ts';
import { id } from '../postgres/names.ts';
import type { Row } from './table-fold.ts';

/** How a column is selected so that the driver gives it back exactly as a handler wrote it. */
const selected: Readonly<Record<ColumnKind, (column: string) => string>> = {
  uuid: (column) => `${column}::text`,
  text: (column) => column,
  integer: (column) => column,
  bigint: (column) => `${column}::text`,
  numeric: (column) => `${column}::text`,
  double: (column) => column,
  boolean: (column) => column,
  date: (column) => `to_char(${column}, 'YYYY-MM-DD')`,
  instant: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  json: (column) => column,
  textArray: (column) => column,
  uuidArray: (column) => `${column}::text[]`,
};

/** All columns of a table in the event's form, under their names. */
export const selectList = (table: TableDefinition): string =>
  Object.entries(table.columns)
    .map(([name, column]) => `${selected[column.kind](id(name))} as ${id(name)}`)
    .join(', ');

/** The column definition list of `jsonb_to_recordset`. */
export const recordDefinition = (table: TableDefinition): string =>
  Object.entries(table.columns)
    .map(([name, column]) => `${id(name)} ${columnTypes[column.kind]}`)
    .join(', ');

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const special = /[\\\t\n\r]/;
const escapeText = (text: string): string => (special.test(text) ? text.replace(/[\\\t\n\r]/g, (found) => escapes[found] ?? found) : text);
const arrayLiteral = (items: readonly unknown[]): string => `{${items.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

const field = (kind: ColumnKind, value: unknown): string => {
  if (value === null || value === undefined) return '\\N';
  switch (kind) {
    case 'json':
      return escapeText(JSON.stringify(value));
    case 'textArray':
    case 'uuidArray':
      return escapeText(arrayLiteral(Array.isArray(value) ? value : []));
    case 'text':
      return escapeText(String(value));
    default:
      return String(value);
  }
};

/** A function that writes one row as a line of COPY's text format (PostgreSQL manual, "COPY", "Text Format"). */
export const copyLine = (table: TableDefinition): ((row: Row) => string) => {
  const columns = Object.entries(table.columns).map(([name, column]) => ({ name, kind: column.kind }));
  return (row) => {
    let line = '';
    for (const { name, kind } of columns) line += (line === '' ? '' : '\t') + field(kind, row[name]);
    return `${line}\n`;
  };
};
