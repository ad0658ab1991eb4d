/**
 * Values against the JSON Schemas that the catalogs carry (specifications of an equipment type, details of a service type): the subset of
 * JSON Schema 2020-12 that they use. A keyword outside it is a mistake that is told, never one that is passed over: a rule nobody
 * checks is worse than none.
 */
import { isBusinessDate, isInstant } from './calendar.ts';
import { canonicalJson } from './hash.ts';
import { isUuid } from './ids.ts';

/** One mistake; `pointer` is a JSON Pointer (RFC 6901) to the member, `''` for the whole. */
export type SchemaMistake = { readonly pointer: string; readonly message: string };

type Node = Readonly<Record<string, unknown>>;
type Check = (limit: unknown, value: unknown, at: { readonly pointer: string; readonly schema: Node; readonly depth: number }) => readonly SchemaMistake[];

const depthMax = 16;
const mistakesMax = 100;
const annotationWords = new Set(['title', 'description', 'default', 'examples', '$schema', '$id', '$comment', 'deprecated', 'readOnly', 'writeOnly']);

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const isAnnotation = (keyword: string): boolean => annotationWords.has(keyword) || keyword.startsWith('x-');
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
const only = (holds: boolean, pointer: string, message: string): readonly SchemaMistake[] => (holds ? [] : [{ pointer, message }]);
/** Characters as people count them: code points, as the specification says. */
const lengthOf = (text: string): number => [...text].length;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isNode,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isInteger(value),
  null: (value) => value === null,
};
const formats: Readonly<Record<string, (text: string) => boolean>> = { date: isBusinessDate, 'date-time': isInstant, instant: isInstant, uuid: isUuid };

const patterns = new Map<string, RegExp | undefined>();
const patternsMax = 1000;
/** A pattern that is none gives nothing: the schema is wrong then, and says so. */
const compiledPattern = (source: string): RegExp | undefined => {
  if (patterns.has(source)) return patterns.get(source);
  if (patterns.size >= patternsMax) patterns.clear();
  let compiled: RegExp | undefined;
  try {
    compiled = new RegExp(source, 'u');
  } catch {
    compiled = undefined;
  }
  patterns.set(source, compiled);
  return compiled;
};

const bound =
  (measures: (value: unknown) => number | undefined, holds: (measure: number, limit: number) => boolean, sentence: string): Check =>
  (limit, value, { pointer }) => {
    const measure = measures(value);
    return typeof limit !== 'number' || measure === undefined ? [] : only(holds(measure, limit), pointer, `${sentence} ${limit}`);
  };
const numberIn = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const charactersIn = (value: unknown): number | undefined => (typeof value === 'string' ? lengthOf(value) : undefined);
const itemsIn = (value: unknown): number | undefined => (Array.isArray(value) ? value.length : undefined);
const atLeast = (measure: number, limit: number): boolean => measure >= limit;
const atMost = (measure: number, limit: number): boolean => measure <= limit;

const checks: Readonly<Record<string, Check>> = {
  type: (wanted, value, { pointer }) => {
    const names = (Array.isArray(wanted) ? wanted : [wanted]).filter((name) => typeof name === 'string');
    return only(
      names.some((name) => types[name]?.(value) === true),
      pointer,
      `must be ${names.join(' or ')}`,
    );
  },
  enum: (choices, value, { pointer }) =>
    only(Array.isArray(choices) && choices.some((choice) => canonicalJson(choice) === canonicalJson(value)), pointer, 'must be one of the listed values'),
  const: (wanted, value, { pointer }) => only(canonicalJson(wanted) === canonicalJson(value), pointer, 'must be the one value named'),
  minimum: bound(numberIn, atLeast, 'must be at least'),
  maximum: bound(numberIn, atMost, 'must be at most'),
  minLength: bound(charactersIn, atLeast, 'characters: at least'),
  maxLength: bound(charactersIn, atMost, 'characters: at most'),
  minItems: bound(itemsIn, atLeast, 'items: at least'),
  maxItems: bound(itemsIn, atMost, 'items: at most'),
  uniqueItems: (wanted, value, { pointer }) =>
    only(wanted !== true || !Array.isArray(value) || new Set(value.map(canonicalJson)).size === value.length, pointer, 'items must differ'),
  pattern: (source, value, { pointer }) => {
    if (typeof value !== 'string' || typeof source !== 'string') return [];
    const pattern = compiledPattern(source);
    return pattern === undefined
      ? [{ pointer, message: 'the schema has a pattern that is none' }]
      : only(pattern.test(value), pointer, `must match the pattern ${source}`);
  },
  format: (name, value, { pointer }) => {
    const known = typeof name === 'string' && Object.hasOwn(formats, name) ? formats[name] : undefined;
    if (known === undefined) return [{ pointer, message: `the schema has a format that is not known here: ${String(name)}` }];
    return typeof value === 'string' ? only(known(value), pointer, `must be a ${String(name)}`) : [];
  },
  required: (names, value, { pointer }) =>
    !isNode(value) || !Array.isArray(names)
      ? []
      : names.flatMap((name) => only(typeof name === 'string' && Object.hasOwn(value, name), `${pointer}/${escaped(String(name))}`, 'is required')),
  properties: (members, value, { pointer, depth }) =>
    !isNode(value) || !isNode(members)
      ? []
      : Object.entries(members).flatMap(([name, schema]) =>
          Object.hasOwn(value, name) ? mistakesAt(schema, value[name], { pointer: `${pointer}/${escaped(name)}`, depth: depth + 1 }) : [],
        ),
  additionalProperties: (allowed, value, { pointer, schema, depth }) => {
    if (!isNode(value) || allowed === true) return [];
    const named = isNode(schema['properties']) ? schema['properties'] : {};
    return Object.keys(value)
      .filter((name) => !Object.hasOwn(named, name))
      .flatMap((name) => {
        const at = `${pointer}/${escaped(name)}`;
        return allowed === false ? [{ pointer: at, message: 'is not a known field' }] : mistakesAt(allowed, value[name], { pointer: at, depth: depth + 1 });
      });
  },
  items: (schema, value, { pointer, depth }) =>
    !Array.isArray(value) ? [] : value.flatMap((item, index) => mistakesAt(schema, item, { pointer: `${pointer}/${index}`, depth: depth + 1 })),
};

const mistakesAt = (schema: unknown, value: unknown, at: { readonly pointer: string; readonly depth: number }): readonly SchemaMistake[] => {
  const { pointer, depth } = at;
  if (schema === true) return [];
  if (!isNode(schema)) return [{ pointer, message: 'the schema allows nothing here' }];
  if (depth > depthMax) return [{ pointer, message: `the schema is deeper than ${depthMax} levels` }];
  return Object.entries(schema).flatMap(([keyword, limit]) => {
    if (isAnnotation(keyword)) return [];
    const check = Object.hasOwn(checks, keyword) ? checks[keyword] : undefined;
    return check === undefined
      ? [{ pointer, message: `the schema has a keyword that is not known here: ${keyword}` }]
      : check(limit, value, { pointer, schema, depth });
  });
};

/**
 * The mistakes of `value` by `schema`, at most 100; none: it is valid. Known: type, enum, const, minimum, maximum, minLength, maxLength,
 * pattern, format (date, date-time, uuid), properties, required, additionalProperties, items, minItems, maxItems, uniqueItems.
 */
export const jsonSchemaMistakes = (schema: unknown, value: unknown): readonly SchemaMistake[] =>
  mistakesAt(schema, value, { pointer: '', depth: 0 }).slice(0, mistakesMax);
