/** From the schema words to what Ajv compiles: the rules that JSON Schema cannot say become keywords of ours. */
import { canonicalJson } from '../../domain/kernel/hash.ts';
import { isBoundedDocument } from './formats.ts';

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const metadataBytesMax = 16 * 1024;

/** Keywords of ours, by name: what each asks of the value, and how it says no. */
export const keywords: Readonly<Record<string, { readonly type: 'object' | 'array'; readonly holds: (value: unknown) => boolean; readonly message: string }>> =
  {
    boundedDocument: {
      type: 'object',
      holds: (value) => isBoundedDocument(value),
      message: 'must have at most 6 levels, 200 fields a level and only text that can be stored',
    },
    storableSize: {
      type: 'object',
      holds: (value) => Buffer.byteLength(JSON.stringify(value), 'utf8') <= metadataBytesMax,
      message: 'must not be larger than 16 KiB',
    },
    // Ajv compares objects pair by pair, and with every error listed it does so for lists that are far too long as well.
    distinctItems: {
      type: 'array',
      holds: (value) => !Array.isArray(value) || new Set(value.map(canonicalJson)).size === value.length,
      message: 'must not hold the same item twice',
    },
  };

/** The names of single-valued enumerations by which all choices can be told apart, such as `kind`. */
const tagOf = (choices: readonly unknown[]): string | undefined => {
  const [first] = choices;
  if (!isNode(first) || !isNode(first['properties'])) return undefined;
  return Object.keys(first['properties']).find((name) => {
    const tags = choices.map((choice) => {
      const member = isNode(choice) && isNode(choice['properties']) ? choice['properties'][name] : undefined;
      const isRequired = isNode(choice) && Array.isArray(choice['required']) && choice['required'].includes(name);
      return isRequired && isNode(member) && Array.isArray(member['enum']) && member['enum'].length === 1 ? member['enum'][0] : undefined;
    });
    return tags.every((tag) => tag !== undefined) && new Set(tags).size === tags.length;
  });
};

/** A copy in Ajv's form; the schema itself (which the documents show) stays as it was written. */
export const compilable = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(compilable);
  if (!isNode(schema)) return schema;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(schema)) {
    if (name === 'uniqueItems') copy['distinctItems'] = member;
    else if (name === 'format' && member === 'bounded-document') copy['boundedDocument'] = true;
    else if (name === 'properties' && isNode(member)) copy[name] = Object.fromEntries(Object.entries(member).map(([key, value]) => [key, compilable(value)]));
    else copy[name] = name === 'enum' || name === 'required' || name === 'default' || name === 'examples' ? member : compilable(member);
  }
  // Only the word `metadata` bounds the names of its fields.
  if (schema['propertyNames'] !== undefined) copy['storableSize'] = true;
  const tag = Array.isArray(schema['anyOf']) ? tagOf(schema['anyOf']) : undefined;
  if (tag === undefined) return copy;
  const { anyOf, ...rest } = copy;
  return { ...rest, type: 'object', discriminator: { propertyName: tag }, oneOf: anyOf };
};
