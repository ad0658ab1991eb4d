/**
 * What comes after a row in an order of several columns. Ascending columns have their nulls last and descending ones first (Postgres's
 * own defaults, so one index serves both directions).
 */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { SortKey } from '../../application/ports/queries.ts';
import { comparedType, identifier, type Values } from './sql-text.ts';
import { columnOf } from './words.ts';

type Part = { readonly reference: string; readonly type: string; readonly isNullable: boolean; readonly isDescending: boolean; readonly value: string | null };

export const orderSql = (sort: readonly SortKey[]): string =>
  sort.map(({ column, isDescending }) => `q.${identifier(column)}${isDescending ? ' desc' : ''}`).join(', ');

const equal = ({ reference, type, value }: Part, values: Values): string =>
  value === null ? `${reference} is null` : `${reference} = ${values.one(value, type)}`;

/** The ways in which this column alone is later than the value; they exclude each other, and each is one range of an index. */
const later = ({ reference, type, isNullable, isDescending, value }: Part, values: Values): readonly string[] => {
  if (value === null) return isDescending && isNullable ? [`${reference} is not null`] : [];
  const beyond = `${reference} ${isDescending ? '<' : '>'} ${values.one(value, type)}`;
  return isNullable && !isDescending ? [beyond, `${reference} is null`] : [beyond];
};

const prefix = (parts: readonly Part[], values: Values): readonly string[] => parts.map((part) => equal(part, values));

/** One range of the index over all columns, and what an ascending column's nulls add to it. */
const uniform = (parts: readonly Part[], isDescending: boolean, values: Values): readonly string[] => {
  const row = parts.map(({ reference }) => reference).join(', ');
  const last = parts.map(({ type, value }) => values.one(value ?? '', type)).join(', ');
  const nulls = isDescending
    ? []
    : parts.flatMap((part, at) => (part.isNullable ? [[...prefix(parts.slice(0, at), values), `${part.reference} is null`].join(' and ')] : []));
  return [`(${row}) ${isDescending ? '<' : '>'} (${last})`, ...nulls];
};

/**
 * The rows after the one with `after` as its values of `sort`: conditions that exclude each other and together hold for all of them.
 * They are asked apart and joined, because an OR over them would read every row of the order before the cursor.
 */
export const afterSql = (definition: QueryDefinition, sort: readonly SortKey[], after: readonly (string | null)[], values: Values): readonly string[] => {
  const parts = sort.map(({ column: name, isDescending }, at): Part => {
    const column = columnOf(definition, name);
    return { reference: `q.${identifier(name)}`, type: comparedType(column), isNullable: column.isNullable, isDescending, value: after[at] ?? null };
  });
  const isDescending = parts[0]?.isDescending ?? false;
  const isUniform = parts.every((part) => part.isDescending === isDescending && part.value !== null);
  if (isUniform) return uniform(parts, isDescending, values);
  return parts.flatMap((part, at) =>
    // A value is only given a place in the statement where its condition stands in it.
    later(part, values).map((condition) => [...prefix(parts.slice(0, at), values), condition].join(' and ')),
  );
};
