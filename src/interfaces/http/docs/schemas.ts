/** Schemas as the documents show them: standard formats, and what stands in many places once, by reference. */
import type { Column, Columns } from '../../../../projections/kernel/table.ts';
import { canonicalJson } from '../../../domain/kernel/hash.ts';
import { money, position } from '../../../domain/kernel/schema.ts';
import { isSchemaNode, type SchemaNode } from './examples.ts';

const plainCopy = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema));

/** Words that are shown once: found again by what they say. */
const sharedWords: ReadonlyMap<string, string> = new Map(
  Object.entries({ Money: money(), SignedMoney: money({ signed: true }), Position: position() }).map(([name, schema]) => [
    canonicalJson(plainCopy(schema)),
    name,
  ]),
);
export const sharedSchemas = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...sharedWords].map(([text, name]) => [name, documentForm(JSON.parse(text), { isRoot: true })]));

/** The schema in the form of the documents; `$ref` to shared words wherever they stand. */
export const documentForm = (schema: unknown, { isRoot = false }: { readonly isRoot?: boolean } = {}): unknown => {
  if (Array.isArray(schema)) return schema.map((member) => documentForm(member));
  if (!isSchemaNode(schema)) return schema;
  const shared = isRoot ? undefined : sharedWords.get(canonicalJson(plainCopy(schema)));
  if (shared !== undefined) return { $ref: `#/components/schemas/${shared}` };
  const form: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema)) {
    if (name === 'format' && member === 'instant') form[name] = 'date-time';
    else if (name === 'format' && member === 'bounded-document') continue;
    else if (name === 'properties' && isSchemaNode(member))
      form[name] = Object.fromEntries(Object.entries(member).map(([key, value]) => [key, documentForm(value)]));
    else form[name] = name === 'enum' || name === 'required' || name === 'const' ? member : documentForm(member);
  }
  return form;
};

const kinds: Readonly<Record<Column['kind'], SchemaNode>> = {
  uuid: { type: 'string', format: 'uuid' },
  text: { type: 'string' },
  integer: { type: 'integer' },
  bigint: { type: 'string', pattern: '^-?[0-9]+$' },
  numeric: { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?$' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  instant: { type: 'string', format: 'date-time' },
  json: {},
  textArray: { type: 'array', items: { type: 'string' } },
  uuidArray: { type: 'array', items: { type: 'string', format: 'uuid' } },
};

const columnSchema = (column: Column): SchemaNode => {
  const kind = kinds[column.kind];
  const nullable = column.isNullable && kind['type'] !== undefined ? { ...kind, type: [kind['type'], 'null'] } : kind;
  return column.docs === undefined ? nullable : { ...nullable, description: column.docs };
};

/** A row of a query. No column is required: `fields=` leaves some out. */
export const rowSchema = (columns: Columns, docs: string): SchemaNode => ({
  type: 'object',
  description: docs,
  additionalProperties: false,
  properties: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, columnSchema(column)])),
});
