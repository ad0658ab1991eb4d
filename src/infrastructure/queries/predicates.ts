/** What rows a request wants, as conditions in SQL over the relation `q`. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Column } from '../../../projections/kernel/table.ts';
import type { Caller } from '../../application/caller.ts';
import type { Area, Filter, QueryRequest } from '../../application/ports/queries.ts';
import { boundingBoxes, type GeoBox } from '../../domain/kernel/geo/box.ts';
import type { Shape } from '../../domain/kernel/geo/shape.ts';
import { comparedType, identifier, type Values } from './sql-text.ts';
import { columnOf } from './words.ts';

const listKinds = new Set(['textArray', 'uuidArray']);

/** `%` and `_` of the text stand for themselves. */
const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

const first = (filter: Filter): string => {
  const [value] = filter.values;
  if (value === undefined) throw new Error(`the filter of ${filter.column} has no value`);
  return value;
};

const listFilter = (filter: Filter, column: Column, values: Values): string => {
  const overlaps = filter.operator === 'in' ? '&&' : '@>';
  return `q.${identifier(filter.column)} ${overlaps} ${values.list(filter.values, comparedType(column))}`;
};

const comparison = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=' } as const;

const filterSql = (filter: Filter, column: Column, values: Values): string => {
  const reference = `q.${identifier(filter.column)}`;
  const type = comparedType(column);
  if (filter.operator === 'null') return `${reference} is ${first(filter) === 'true' ? '' : 'not '}null`;
  if (listKinds.has(column.kind)) return listFilter(filter, column, values);
  switch (filter.operator) {
    case 'in':
      return `${reference} = any(${values.list(filter.values, type)})`;
    case 'between':
      return `${reference} between ${filter.values.map((value) => values.one(value, type)).join(' and ')}`;
    case 'like':
      return `${reference} ilike ${values.one(likePattern(first(filter)), 'text')}`;
    case 'ne':
      // A row without a value is not equal to one.
      return `${reference} is distinct from ${values.one(first(filter), type)}`;
    case 'eq':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `${reference} ${comparison[filter.operator]} ${values.one(first(filter), type)}`;
    default:
      return filter.operator satisfies never;
  }
};

/**
 * Within some metres of a point, on earthdistance's sphere. The box finds by the index over `ll_to_earth(latitude, longitude)`, the
 * distance decides; the box is a little larger than the circle, so rounding loses nothing.
 */
const nearSql = (place: { readonly latitude: string; readonly longitude: string }, area: Area & { kind: 'near' }, values: Values): string => {
  const at = (column: string): string => `q.${identifier(column)}::double precision`;
  const row = `ll_to_earth(${at(place.latitude)}, ${at(place.longitude)})`;
  const centre = `ll_to_earth(${values.one(String(area.latitude), 'double precision')}, ${values.one(String(area.longitude), 'double precision')})`;
  const radius = values.one(String(area.withinMeters), 'double precision');
  return `${row} <@ earth_box(${centre}, ${radius} * 1.001 + 1) and earth_distance(${row}, ${centre}) <= ${radius}`;
};

const boxSql = (place: { readonly latitude: string; readonly longitude: string }, area: Area & { kind: 'box' }, values: Values): string => {
  const at = (degrees: number): string => values.one(String(degrees), 'numeric');
  const [latitude, longitude] = [`q.${identifier(place.latitude)}`, `q.${identifier(place.longitude)}`];
  const both = area.west <= area.east ? 'and' : 'or';
  const between = `${latitude} between ${at(area.south)} and ${at(area.north)}`;
  return `${between} and (${longitude} >= ${at(area.west)} ${both} ${longitude} <= ${at(area.east)})`;
};

/** ±180° are one meridian with two names, and a row may have either. */
const bothNames = (box: GeoBox): readonly GeoBox[] => [
  box,
  ...(box.west <= -180 ? [{ ...box, west: 180, east: 180 }] : []),
  ...(box.east >= 180 ? [{ ...box, west: -180, east: -180 }] : []),
];

/** The boxes of a shape, in which all that lies in it is found. */
const shapeSql = (place: { readonly latitude: string; readonly longitude: string }, shape: Shape, values: Values): string => {
  const boxes = boundingBoxes(shape).flatMap(bothNames);
  return `(${boxes.map((box) => `(${boxSql(place, { kind: 'box', ...box }, values)})`).join(' or ')})`;
};

const areaSql = (definition: QueryDefinition, { area, shape }: { readonly area: Area; readonly shape: Shape | undefined }, values: Values): string => {
  const { place } = definition;
  if (place === undefined) throw new Error(`the query ${definition.name} has no place`);
  switch (area.kind) {
    case 'near':
      return nearSql(place, area, values);
    case 'box':
      return boxSql(place, area, values);
    case 'fence':
      if (shape === undefined) throw new Error(`where the fence ${area.fenceId} is was not said`);
      return shapeSql(place, shape, values);
    default:
      return area satisfies never;
  }
};

/**
 * What row-level security also says, said once more: the planner can use an index that begins with the customer, and a row has to pass
 * two nets.
 */
export const callerSql = (definition: QueryDefinition, caller: Caller, values: Values): readonly string[] => {
  if (caller.tenant === null || definition.scope !== 'tenant') return [];
  const own = Object.hasOwn(definition.columns, 'customer_id') ? [`q."customer_id" = ${values.one(caller.tenant, 'uuid')}`] : [];
  if (caller.accounts === 'all' || !Object.hasOwn(definition.columns, 'account_id')) return own;
  return [...own, `(q."account_id" is null or q."account_id" = any(${values.list([...caller.accounts], 'uuid')}))`];
};

/** Every condition but the cursor's. */
export const conditions = (definition: QueryDefinition, request: Pick<QueryRequest, 'filters' | 'area' | 'shape'>, values: Values): readonly string[] => [
  ...request.filters.map((filter) => filterSql(filter, columnOf(definition, filter.column), values)),
  ...(request.area === undefined ? [] : [areaSql(definition, { area: request.area, shape: request.shape }, values)]),
];
