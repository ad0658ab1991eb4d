/** A query's address as a checked request. Every mistake is named at once, with what would have been right. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Caller } from '../../application/caller.ts';
import type { Area, Filter, Format, ParsedRequest, QueryRequest, RequestError, SortKey } from '../../application/ports/queries.ts';
import type { Cursors } from './cursor.ts';
import { filterCountMax, filteredColumn, found, type Outcome, parseFilter, refused } from './parse-filters.ts';
import { checkValue } from './values.ts';
import { sortableColumns } from './words.ts';

export const limitMax = 500;
export const limitDefault = 50;
export const sortMax = 3;
const radiusMaxMeters = 20_100_000;
const formats: readonly Format[] = ['json', 'csv', 'xlsx'];
const parameters = ['sort', 'fields', 'limit', 'after', 'count', 'format'] as const;
const geographic = ['near', 'within', 'bbox', 'in_geofence'] as const;

export type Parsing = {
  readonly definition: QueryDefinition;
  readonly parameters: URLSearchParams;
  readonly caller: Caller;
  /** Parameters that somebody else reads. */
  readonly reserved?: readonly string[];
};

export const parserWith =
  (cursors: Cursors) =>
  (parsing: Parsing): ParsedRequest => {
    const { definition, caller } = parsing;
    const errors: RequestError[] = [];
    const kept = <T>(outcome: Outcome<T>): T | undefined => {
      if (outcome.ok) return outcome.value;
      errors.push(outcome.error);
      return undefined;
    };
    errors.push(...unknownParameters(parsing), ...repeated(parsing));
    const given = (name: string): string | undefined => parsing.parameters.get(name) ?? undefined;
    const filters = filtersOf(parsing).flatMap((outcome) => kept(outcome) ?? []);
    const order = kept(parseSort(definition, given('sort')));
    const fields = kept(parseFields(definition, given('fields')));
    const limit = kept(parseLimit(given('limit')));
    const count = kept(parseCount(given('count')));
    const format = kept(parseFormat(given('format')));
    const area = kept(parseArea(definition, given));
    if (errors.length > 0 || order === undefined || fields === undefined || limit === undefined || format === undefined) return { ok: false, errors };
    const request: QueryRequest = {
      ...{ filters, sort: order, fields, limit, format },
      ...(count === undefined ? {} : { count }),
      ...(area === undefined ? {} : { area }),
    };
    const cursor = given('after');
    if (cursor === undefined) return { ok: true, request };
    const after = cursors.read({ definition, request, caller }, cursor);
    if (after !== undefined) return { ok: true, request: { ...request, after } };
    return { ok: false, errors: [{ parameter: 'after', message: 'This cursor is not one of this query with these filters and this order.' }] };
  };

const knownParameters = ({ definition, reserved = [] }: Parsing): readonly string[] => [
  ...parameters,
  ...(definition.place === undefined ? [] : geographic),
  ...reserved,
];

const unknownParameters = (parsing: Parsing): readonly RequestError[] => {
  const known = knownParameters(parsing);
  return [...new Set(parsing.parameters.keys())]
    .filter((name) => filteredColumn(name) === undefined && !known.includes(name))
    .map((name) => ({ parameter: name, message: 'There is no parameter of this name.', known: ['filter[…]', ...known] }));
};

const repeated = (parsing: Parsing): readonly RequestError[] =>
  [...parameters, ...geographic]
    .filter((name) => parsing.parameters.getAll(name).length > 1)
    .map((name) => ({ parameter: name, message: 'This parameter may be given once.' }));

const filtersOf = ({ definition, parameters: given }: Parsing): readonly Outcome<Filter>[] => {
  const asked = [...given].flatMap(([parameter, text]) => {
    const column = filteredColumn(parameter);
    return column === undefined ? [] : [{ column, text }];
  });
  if (asked.length > filterCountMax) return [refused('filter', `At most ${filterCountMax} filters may be given.`)];
  return asked.map(({ column, text }) => parseFilter(definition, column, text));
};

const sortKey = (text: string): SortKey => (text.startsWith('-') ? { column: text.slice(1), isDescending: true } : { column: text, isDescending: false });

/** The whole order: what is asked for, and the key (in the direction of the last word) where it is not named. */
const withKey = (definition: QueryDefinition, keys: readonly SortKey[]): readonly SortKey[] => {
  const at = keys.findIndex(({ column }) => column === definition.key);
  // What stands behind the key orders nothing any more.
  return at >= 0 ? keys.slice(0, at + 1) : [...keys, { column: definition.key, isDescending: keys.at(-1)?.isDescending ?? false }];
};

/** The order of a query's answer where nobody asks for another. */
export const defaultSort = (definition: QueryDefinition): readonly SortKey[] => withKey(definition, definition.sort.map(sortKey));

const parseSort = (definition: QueryDefinition, text: string | undefined): Outcome<readonly SortKey[]> => {
  if (text === undefined) return found(defaultSort(definition));
  const keys = text.split(',').map(sortKey);
  const known = sortableColumns(definition);
  const unknown = keys.find(({ column }) => !known.includes(column));
  if (unknown !== undefined) return refused('sort', `The answer cannot be sorted by ${JSON.stringify(unknown.column.slice(0, 100))}.`, known);
  if (keys.length > sortMax) return refused('sort', `At most ${sortMax} columns may be sorted by.`);
  if (new Set(keys.map(({ column }) => column)).size < keys.length) return refused('sort', 'A column is named twice.');
  return found(withKey(definition, keys));
};

const parseFields = (definition: QueryDefinition, text: string | undefined): Outcome<readonly string[]> => {
  const known = Object.keys(definition.columns);
  if (text === undefined) return found(known);
  const names = [...new Set(text.split(','))];
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined ? found(names) : refused('fields', `There is no column ${JSON.stringify(unknown.slice(0, 100))}.`, known);
};

const parseLimit = (text: string | undefined): Outcome<number> => {
  if (text === undefined) return found(limitDefault);
  const limit = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= limitMax ? found(limit) : refused('limit', `limit expects a whole number from 1 to ${limitMax}.`);
};

const parseCount = (text: string | undefined): Outcome<'exact' | 'estimate' | undefined> =>
  text === undefined || text === 'exact' || text === 'estimate' ? found(text) : refused('count', 'count expects one of these.', ['exact', 'estimate']);

const parseFormat = (text: string | undefined): Outcome<Format> => {
  if (text === undefined) return found('json');
  const format = formats.find((known) => known === text);
  return format === undefined ? refused('format', 'format expects one of these.', formats) : found(format);
};

const numbersIn = (text: string, count: number): readonly number[] | undefined => {
  const checked = text.split(',').map((part) => checkValue('double', part));
  return checked.length === count && checked.every(({ ok }) => ok) ? checked.map((outcome) => (outcome.ok ? Number(outcome.value) : 0)) : undefined;
};
const isLatitude = (degrees: number): boolean => Math.abs(degrees) <= 90;
const isLongitude = (degrees: number): boolean => Math.abs(degrees) <= 180;

const parseArea = (definition: QueryDefinition, given: (name: string) => string | undefined): Outcome<Area | undefined> => {
  const [near, within, box, fence] = geographic.map(given);
  // Where the query has no place, these are unknown parameters and reported as such.
  if (definition.place === undefined || [near, within, box, fence].every((text) => text === undefined)) return found(undefined);
  if (fence !== undefined)
    return [near, within, box].every((text) => text === undefined) ? parseFence(fence, given) : refused('in_geofence', 'Give in_geofence alone.');
  if (box !== undefined) return near === undefined && within === undefined ? parseBox(box) : refused('bbox', 'Give either bbox or near and within.');
  if (near === undefined || within === undefined) return refused(near === undefined ? 'near' : 'within', 'near and within are given together.');
  const [latitude, longitude] = numbersIn(near, 2) ?? [];
  if (latitude === undefined || longitude === undefined || !isLatitude(latitude) || !isLongitude(longitude)) {
    return refused('near', 'near expects latitude,longitude in degrees.');
  }
  const [withinMeters] = numbersIn(within, 1) ?? [];
  if (withinMeters === undefined || withinMeters < 0 || withinMeters > radiusMaxMeters) {
    return refused('within', `within expects metres from 0 to ${radiusMaxMeters}.`);
  }
  return found({ kind: 'near', latitude, longitude, withinMeters });
};

/** What lies in a fence is decided row by row, so it is neither counted nor exported. */
const parseFence = (text: string, given: (name: string) => string | undefined): Outcome<Area> => {
  const fenceId = checkValue('uuid', text);
  if (!fenceId.ok) return refused('in_geofence', 'in_geofence expects the id of a geofence.');
  if (given('count') !== undefined) return refused('count', 'What lies in a geofence is not counted.');
  return (given('format') ?? 'json') === 'json'
    ? found({ kind: 'fence', fenceId: fenceId.value })
    : refused('format', 'What lies in a geofence comes as JSON.', ['json']);
};

const parseBox = (text: string): Outcome<Area> => {
  const [west, south, east, north] = numbersIn(text, 4) ?? [];
  const isBox = west !== undefined && south !== undefined && east !== undefined && north !== undefined;
  if (!isBox || ![west, east].every(isLongitude) || ![south, north].every(isLatitude) || south > north) {
    return refused('bbox', 'bbox expects west,south,east,north in degrees, south not above north.');
  }
  return found({ kind: 'box', west, south, east, north });
};
