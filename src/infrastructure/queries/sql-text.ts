/** Pieces of SQL: identifiers from definitions only, values as parameters (or, where COPY takes none, as quoted literals). */
import pg from 'pg';
import type { Column } from '../../../projections/kernel/table.ts';
import { columnTypes } from '../../../projections/kernel/table.ts';

const identifierPattern = /^[a-z_][a-z0-9_]{0,62}$/;

/** A quoted identifier. Names come from definitions; anything but lower-case words in one is a bug. */
export const identifier = (name: string): string => {
  if (!identifierPattern.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a column or table`);
  return `"${name}"`;
};

/** A value's place in the statement. `type` is a Postgres type; a list is given as `type[]`. */
export type Values = { readonly one: (value: string, type: string) => string; readonly list: (values: readonly string[], type: string) => string };
export type BoundValues = Values & { readonly bound: readonly (string | readonly string[])[] };

/** Values as `$1::type`, in the order they are asked for. */
export const boundValues = (): BoundValues => {
  const bound: (string | readonly string[])[] = [];
  const places = new Map<string, string>();
  const add = (value: string | readonly string[], type: string): string => `$${bound.push(value)}::${type}`;
  /** The same value twice is one parameter. */
  const addOnce = (value: string, type: string): string => {
    const place = places.get(`${type} ${value}`) ?? add(value, type);
    places.set(`${type} ${value}`, place);
    return place;
  };
  return { bound, one: addOnce, list: (values, type) => add(values, `${type}[]`) };
};

/** Values within the text, for COPY, which takes no parameters. */
export const quotedValues: Values = {
  one: (value, type) => `${pg.escapeLiteral(value)}::${type}`,
  list: (values, type) => `array[${values.map((value) => pg.escapeLiteral(value)).join(',')}]::${type}[]`,
};

/** The Postgres type in which a value of the column (of a list column: one item) is compared. */
export const comparedType = (column: Column): string => {
  if (column.kind === 'textArray') return 'text';
  if (column.kind === 'uuidArray') return 'uuid';
  return columnTypes[column.kind];
};

/** A column as the event's form: ISO instants and dates, decimal strings; independent of the driver and of the session's settings. */
export const eventForm = (column: Column, reference: string): string => {
  switch (column.kind) {
    case 'instant':
      return `to_char(${reference} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    case 'date':
      return `to_char(${reference}, 'YYYY-MM-DD')`;
    case 'numeric':
    case 'bigint':
    case 'uuid':
      return `${reference}::text`;
    case 'uuidArray':
      return `${reference}::text[]`;
    case 'text':
    case 'integer':
    case 'double':
    case 'boolean':
    case 'json':
    case 'textArray':
      return reference;
    default:
      return column.kind satisfies never;
  }
};
