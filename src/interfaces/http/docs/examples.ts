/** Examples made from the schemas, the same at every start: plain values that the schema permits. */
import { inWords } from '../names.ts';
import { sampleOf } from './pattern-sample.ts';

export type SchemaNode = Readonly<Record<string, unknown>>;
export const isSchemaNode = (value: unknown): value is SchemaNode => typeof value === 'object' && value !== null && !Array.isArray(value);

export const exampleId = '0190a6c4-3f2b-7c1d-8e4f-5a6b7c8d9e0f';
const byFormat: Readonly<Record<string, string>> = {
  uuid: exampleId,
  date: '2026-01-31',
  instant: '2026-01-31T08:15:00.000Z',
  'date-time': '2026-01-31T08:15:00.000Z',
  'time-zone': 'America/Guatemala',
  email: 'ana@example.com',
  uri: 'https://example.com/terms.pdf',
};
/** More telling than the shortest text that the pattern permits. */
const favoured = ['GTQ', 'GT', '+50255551234', '125.50', '14.6349', 'standard', 'A-100'];

const textExample = (schema: SchemaNode, name: string): string => {
  const format = typeof schema['format'] === 'string' ? byFormat[schema['format']] : undefined;
  if (format !== undefined) return format;
  const pattern = typeof schema['pattern'] === 'string' ? schema['pattern'] : '';
  const max = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : 200;
  const min = typeof schema['minLength'] === 'number' ? schema['minLength'] : 0;
  const words = inWords(name === '' ? 'text' : name).slice(0, max);
  if (schema['x-lookup'] !== undefined) return 'standard';
  const isFree = pattern === '' || pattern.includes('\\uD800');
  if (pattern.startsWith('^https?://')) return 'https://example.com/terms.pdf';
  const fits = (text: string): boolean => text.length >= min && text.length <= max && new RegExp(pattern, 'u').test(text);
  return (isFree ? [words.padEnd(min, '.')] : [...favoured, words]).find(fits) ?? sampleOf(pattern) ?? words;
};

const numberExample = (schema: SchemaNode): number => {
  const minimum = typeof schema['minimum'] === 'number' ? schema['minimum'] : 0;
  const maximum = typeof schema['maximum'] === 'number' ? schema['maximum'] : 100;
  return Math.min(maximum, Math.max(minimum, 1));
};

const objectExample = (schema: SchemaNode): Readonly<Record<string, unknown>> =>
  isSchemaNode(schema['properties']) ? Object.fromEntries(Object.entries(schema['properties']).map(([name, member]) => [name, exampleOf(member, name)])) : {};

/** A value that the schema permits, with every optional field. `name`: the field it is for. */
export const exampleOf = (schema: unknown, name = ''): unknown => {
  if (!isSchemaNode(schema)) return null;
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['examples'])) return schema['examples'][0];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  for (const choice of ['anyOf', 'oneOf']) if (Array.isArray(schema[choice])) return exampleOf(schema[choice][0], name);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return objectExample(schema);
    case 'array':
      return schema['maxItems'] === 0 ? [] : Array.from({ length: Math.max(1, Number(schema['minItems'] ?? 1)) }, () => exampleOf(schema['items'], name));
    case 'integer':
    case 'number':
      return numberExample(schema);
    case 'boolean':
      return true;
    default:
      return textExample(schema, name);
  }
};
