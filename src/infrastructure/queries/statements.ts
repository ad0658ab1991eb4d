/** The statements of a request. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Caller } from '../../application/caller.ts';
import type { QueryRequest } from '../../application/ports/queries.ts';
import { afterSql, orderSql } from './keyset.ts';
import { callerSql, conditions } from './predicates.ts';
import { type BoundValues, boundValues, eventForm, identifier, quotedValues, type Values } from './sql-text.ts';
import { columnOf } from './words.ts';

export type Statement = { readonly text: string; readonly values: BoundValues['bound'] };
export type Asking = { readonly definition: QueryDefinition; readonly request: QueryRequest; readonly caller: Caller };

const tableName = /^[a-z_][a-z0-9_]*$/;

/** The definition's table or select, as the relation `q`. */
export const relation = ({ from }: QueryDefinition): string => (tableName.test(from) ? `${identifier(from)} q` : `(${from}) q`);

const whereSql = (parts: readonly string[]): string => (parts.length === 0 ? '' : ` where ${parts.join(' and ')}`);

const selectList = (definition: QueryDefinition, names: readonly string[]): string =>
  names.map((name) => `${eventForm(columnOf(definition, name), `q.${identifier(name)}`)} as ${identifier(name)}`).join(', ');

/** The wanted columns and those that the next cursor is made of. */
export const selectedColumns = (request: QueryRequest): readonly string[] => [...new Set([...request.fields, ...request.sort.map(({ column }) => column)])];

/** One page and one row more, which tells whether there is another page. */
export const pageStatement = ({ definition, request, caller }: Asking): Statement => {
  const values = boundValues();
  const base = [...callerSql(definition, caller, values), ...conditions(definition, request, values)];
  const list = selectList(definition, selectedColumns(request));
  const order = orderSql(request.sort);
  const tail = ` order by ${order} limit ${request.limit + 1}`;
  const ranges = request.after === undefined ? [[]] : afterSql(definition, request.sort, request.after, values).map((range) => [range]);
  const [only = ['false']] = ranges;
  if (ranges.length <= 1) return { text: `select ${list} from ${relation(definition)}${whereSql([...base, ...only])}${tail}`, values: values.bound };
  const apart = ranges.map((range) => `(select q.* from ${relation(definition)}${whereSql([...base, ...range])}${tail})`);
  return { text: `select ${list} from (${apart.join(' union all ')}) q${tail}`, values: values.bound };
};

/** How many rows the filters leave. */
export const countStatement = ({ definition, request, caller }: Asking): Statement => {
  const values = boundValues();
  const base = [...callerSql(definition, caller, values), ...conditions(definition, request, values)];
  if (request.count === 'estimate') {
    return { text: `explain (format json) select 1 from ${relation(definition)}${whereSql(base)}`, values: values.bound };
  }
  return { text: `select count(*)::text as total from ${relation(definition)}${whereSql(base)}`, values: values.bound };
};

/** The row of that key; the key was checked by its column's kind. */
export const oneStatement = (definition: QueryDefinition, key: string, caller: Caller): Statement => {
  const values = boundValues();
  const base = [
    ...callerSql(definition, caller, values),
    ...conditions(definition, { filters: [{ column: definition.key, operator: 'eq', values: [key] }] }, values),
  ];
  return { text: `select ${selectList(definition, Object.keys(definition.columns))} from ${relation(definition)}${whereSql(base)}`, values: values.bound };
};

/**
 * The whole filtered result; `form` writes one column. Values stand in the text, because COPY takes no parameters. An order by the key alone
 * only serves cursors, says nothing to a reader and doubles the time, so it is left out.
 */
export const wholeText = ({ definition, request, caller }: Asking, form: (name: string, reference: string) => string): string => {
  const values: Values = quotedValues;
  const base = [...callerSql(definition, caller, values), ...conditions(definition, request, values)];
  const list = request.fields.map((name) => `${form(name, `q.${identifier(name)}`)} as ${identifier(name)}`).join(', ');
  const isOrdered = request.sort.some(({ column }) => column !== definition.key);
  return `select ${list} from ${relation(definition)}${whereSql(base)}${isOrdered ? ` order by ${orderSql(request.sort)}` : ''}`;
};
